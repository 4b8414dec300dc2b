exports.handler = function (context, event, callback) {
  console.log('greeting', event.name);
  callback(null, { greeting: `Hello, ${event.name ?? 'world'}!`, domain: context.DOMAIN_NAME });
};

exports.handler = (context, event, callback) => {
  const { request, ...parameters } = event;
  callback(null, typeof request === 'string' ? { request, ...parameters } : parameters);
};

const failures = {
  text: (callback) => callback('bad'),
  error: (callback) => callback(new Error('boom')),
  object: (callback) => callback({ code: 1 }),
  throw: () => { throw new Error('thrown'); },
  falsy: (callback) => callback('', 'fine'),
};
exports.handler = (context, event, callback) => failures[event.how](callback);

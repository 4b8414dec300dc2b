exports.handler = (context, event, callback) => callback(null, 'Hello, world');

exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'OK'), 1500);

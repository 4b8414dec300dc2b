exports.handler = (context, event, callback) => callback(null, { a: 1, b: [true, null, 'é'] });

exports.handler = (context, event, callback) => callback(null, 'x'.repeat(Number(event.bytes)));

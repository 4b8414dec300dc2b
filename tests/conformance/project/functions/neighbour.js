exports.handler = (context, event, callback) => callback(null, require('./hidden.private').word);

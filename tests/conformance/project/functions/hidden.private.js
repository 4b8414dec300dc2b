exports.word = 'hidden';
exports.handler = (context, event, callback) => callback(null, 'in');

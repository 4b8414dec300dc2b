// Answers at /hello, for anyone: curl 'http://localhost:3000/hello?name=you'
const { greeting } = require(Runtime.getFunctions()['greeting'].path);

exports.handler = function (context, event, callback) {
  callback(null, greeting(event.name, context.GREETING));
};

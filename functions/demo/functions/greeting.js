// Public, at /demo/greeting: curl 'http://localhost:3000/demo/greeting?name=Ada&language=fr'
const { greet } = require(Runtime.getFunctions()['phrases'].path);

exports.handler = function (context, event, callback) {
  const { name = 'world', language = context.LANGUAGE } = event;
  callback(null, greet(name, language));
};

// A Response with text and, if asked for, a type; two headers of its own.
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.setStatusCode(Number(event.status ?? 200));
  response.setBody(event.text ?? 'OK');
  response.appendHeader('access_token', 'token');
  if (event.type) response.appendHeader('Content-Type', event.type);
  if (event.challenge) response.appendHeader('WWW-Authenticate', 'Bearer realm="x"');
  callback(null, response);
};

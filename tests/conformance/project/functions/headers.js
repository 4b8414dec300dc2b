// Headers that repeat, that are many, and that only the gateway may set.
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/plain');
  response.setBody('OK');
  if (event.repeat) response.appendHeader('never', ['gonna', 'give']);
  if (event.forbidden) response.appendHeader('X-Shenanigans', 'many').appendHeader('Date', 'never');
  for (let n = 0; n < Number(event.count ?? 0); n += 1) response.appendHeader(`x-${n}`, 'x');
  callback(null, response);
};

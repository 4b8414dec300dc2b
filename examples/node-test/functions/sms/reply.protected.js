// Protected: only Twilio reaches it.
const escapes = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

exports.handler = function (context, event, callback) {
  const text = `You wrote: ${event.Body}`.replace(/[<>&]/g, (c) => escapes[c]);
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody(`<Response><Message>${text}</Message></Response>`);
  console.log('answered', event.From);
  callback(null, response);
};

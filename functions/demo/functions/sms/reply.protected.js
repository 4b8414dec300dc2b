// Protected, at /demo/sms/reply: only Twilio (or `switchboard sign`) can call it.
const { escapeXml, greet } = require(Runtime.getFunctions()['phrases'].path);

exports.handler = function (context, event, callback) {
  const { From = 'stranger', Body = '' } = event;
  const text = `${greet(From, context.LANGUAGE)} You wrote: ${Body}`;
  // Written by hand, so that a fresh clone needs no `npm install`. With the package `twilio` it is
  // `new Twilio.twiml.MessagingResponse()`, and that object is what is called back with.
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody(
    `<?xml version="1.0" encoding="UTF-8"?><Response><Message>${escapeXml(text)}</Message></Response>`,
  );
  callback(null, response);
};

// Protected: answers at /sms/reply, only to a request that Twilio (or `switchboard sign`) signed.
const { greeting } = require(Runtime.getFunctions()['greeting'].path);

exports.handler = function (context, event, callback) {
  const reply = new Twilio.twiml.MessagingResponse();
  reply.message(`${greeting(event.From, context.GREETING)} You wrote: ${event.Body || ''}`);
  callback(null, reply);
};

// Protected, at /demo/voice/menu: what a caller hears. Try it with `switchboard call demo:/voice/menu`.
const { escapeXml, greet } = require(Runtime.getFunctions()['phrases'].path);

const ASK = `<Gather numDigits="1" action="menu"><Say>Press 1 for the time, 2 for a colleague.</Say></Gather>
  <Say>Nothing was pressed.</Say>`;

exports.handler = function (context, event, callback) {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody(`<?xml version="1.0" encoding="UTF-8"?><Response>${verbs(context, event)}</Response>`);
  callback(null, response);
};

// Each request of a call tells what has happened since the last one.
function verbs(context, { Digits, DialCallStatus, From = 'stranger' }) {
  if (DialCallStatus === 'completed') return '<Hangup/>';
  if (DialCallStatus) return `<Say>Nobody is there: ${escapeXml(DialCallStatus)}.</Say>${ASK}`;
  if (Digits === '1') return `<Say>It is ${new Date().toISOString().slice(11, 16)}, UTC.</Say><Hangup/>`;
  if (Digits === '2') return '<Dial action="menu" timeout="10">+14155550111</Dial>';
  return `<Say>${escapeXml(greet(From, context.LANGUAGE))}</Say>${ASK}`;
}

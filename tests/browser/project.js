// The project of most stories: two services, one of them in JavaScript.
'use strict';

module.exports = {
  'services.toml': `default_service = "auth"

[services.auth]
domain = "auth-4173-dev"
env = { JWT_SECRET = "secret_key" }

[services.auth.functions]
"/jwt" = { handler = "rust:jwt", visibility = "public" }
"/bearer" = { handler = "rust:bearer", visibility = "public" }

[services.demo]
root = "demo"
`,
  'demo/functions/greeting.js': `exports.handler = (context, event, callback) => {
  console.log('greeting', event.name);
  callback(null, \`Hello, \${event.name || 'world'}!\`);
};
`,
  'demo/functions/sms/reply.protected.js': `exports.handler = (context, event, callback) => {
  console.log('from', event.From);
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody(\`<Response><Message>You wrote: \${event.Body}</Message></Response>\`);
  callback(null, response);
};
`,
  'demo/functions/voice.js': `exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody('<?xml version="1.0"?><Response><Say loud="yes">Ahoy</Say><Gather numDigits="1"><Say>Press one</Say></Gather></Response>');
  callback(null, response);
};
`,
  'demo/functions/data.js': `exports.handler = (context, event, callback) => {
  callback(null, { name: event.name, list: [1, 2, { deep: true }], nothing: null, text: '<b>bold</b>' });
};
`,
  'demo/assets/index.html': '<!doctype html><title>Demo</title>',
};

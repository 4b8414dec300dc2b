const assert = require('node:assert/strict');
const { test } = require('node:test');
const { base, logged, sign, webhook } = require('../switchboard.js');

test('a public function answers anyone', async () => {
  const response = await fetch(`${base}/hello?name=Ada`);
  assert.equal(response.status, 200);
  const { greeting, domain } = await response.json();
  assert.equal(greeting, 'Hello, Ada!');
  assert.equal(`http://${domain}`, base);
});

test('a protected function answers Twilio alone', async () => {
  const params = { From: '+14155550100', Body: 'Ahoy & <hello>' };
  const answered = await webhook('/sms/reply', params);
  assert.equal(answered.status, 200);
  assert.match(answered.headers.get('content-type'), /^text\/xml/);
  const message = /<Message>(.*)<\/Message>/.exec(await answered.text());
  assert.equal(message[1], 'You wrote: Ahoy &amp; &lt;hello&gt;');

  const unsigned = await fetch(`${base}/sms/reply`, { method: 'POST' });
  assert.equal(unsigned.status, 403);
  const forged = sign(`${base}/sms/reply`, params, 'another token');
  const refused = await fetch(`${base}/sms/reply`, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': forged },
    body: new URLSearchParams(params),
  });
  assert.equal(refused.status, 403);
});

test('what a function printed is told with its request', async () => {
  const params = { From: '+14155550101', Body: 'Ahoy' };
  const told = await logged('/sms/reply', () => webhook('/sms/reply', params));
  assert.equal(told.status, 200);
  assert.deepEqual(told.console, [{ level: 'INFO', text: 'answered +14155550101' }]);
});

test('a function that throws is a 500, and the log says why', async () => {
  const told = await logged('/broken', () => fetch(`${base}/broken`));
  assert.equal(told.status, 500);
  assert.match(told.fault, /it is broken/);
});

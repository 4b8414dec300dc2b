// Somebody opens a request: what came, what was answered, why, and how to have it again.
'use strict';

const assert = require('node:assert/strict');
const { LOOKS, story } = require('./rig.js');
const project = require('./project.js');

story('a text that was refused says why, and how to send it signed', project, async ({ server, open }) => {
  await server.post('/demo/sms/reply', { From: '+14155550142', Body: "Ahoy, it's me" });
  const page = await open();
  await page.tab.getByRole('row', { name: '/demo/sms/reply' }).click();
  const detail = page.tab.locator('.detail');
  await detail.getByRole('heading', { name: 'Signature refused' }).waitFor();
  await detail.getByText('the request is not signed').waitFor();
  await detail.getByText('What was tried').click();
  await detail.getByText(`${server.url}/demo/sms/reply`).first().waitFor();
  assert.equal(await page.evaluate('location.hash'), '#/requests/1');

  const copied = async (button, what) => {
    await detail.getByRole('button', { name: button }).click();
    await page.tab.getByText(`${what} copied`).waitFor();
    return page.evaluate('navigator.clipboard.readText()');
  };
  const send = await copied('switchboard send', 'switchboard send');
  assert.equal(send, `switchboard send sms demo:/sms/reply --from +14155550142 --body 'Ahoy, it'\\''s me'`);
  const curl = await copied('Copy as curl', 'curl command');
  assert.match(curl, /^curl -i http:\/\/localhost:\d+\/demo\/sms\/reply /);
  const { execFileSync } = require('node:child_process');
  const answer = execFileSync('sh', ['-c', curl], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  assert.match(answer, /^HTTP\/1.1 200 /);
  assert.match(answer, /You wrote: Ahoy, it's me/);

  await page.tab.locator('[data-id="2"]').click();
  await detail.getByText('Signature good').waitFor();
});

story('TwiML is indented, with its faults at their lines', project, async ({ server, open }) => {
  await server.ask('/demo/voice');
  const page = await open('#/requests/1');
  const lines = page.tab.locator('.twiml > li');
  await lines.first().waitFor();
  assert.deepEqual(await page.tab.locator('.twiml > li > code').allInnerTexts(), [
    '<Response>', '  <Say loud="yes">Ahoy</Say>', '  <Gather numDigits="1">', '    <Say>Press one</Say>', '  </Gather>', '</Response>',
  ]);
  assert.match(await lines.nth(1).innerText(), /12200/);
  await page.tab.getByRole('button', { name: 'Raw' }).click();
  await page.tab.getByText('<?xml version="1.0"?><Response>').waitFor();
});

story('JSON is a tree, a picture is seen, a recording can be played', {
  ...project,
  'demo/functions/picture.js': `exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', 'image/png');
    response.setBody(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
    callback(null, response);
  };`,
  'demo/functions/sound.js': `exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', 'audio/wav');
    const head = Buffer.from('524946462401000057415645666d74201000000001000100401f0000401f00000100080064617461000100000', 'hex');
    response.setBody(Buffer.concat([head, Buffer.alloc(256, 128)]));
    callback(null, response);
  };`,
}, async ({ server, open }) => {
  await server.ask('/demo/data?name=Ada');
  await server.ask('/demo/picture');
  await server.ask('/demo/sound');
  const page = await open('#/requests/1');
  const tree = page.tab.locator('.tree');
  await tree.getByText('"Ada"').waitFor();
  await tree.getByText('"<b>bold</b>"').waitFor();
  await tree.getByText('[3]').click();
  await tree.locator('summary', { hasText: '2:' }).click();
  await tree.getByText('deep').waitFor();
  await page.tab.goto(`${server.console}/#/requests/2`);
  await page.tab.locator('img.picture').waitFor();
  assert.equal(await page.evaluate('document.querySelector("img.picture").decode().then(() => document.querySelector("img.picture").naturalWidth)'), 1);
  await page.tab.goto(`${server.console}/#/requests/3`);
  await page.tab.locator('audio').waitFor();
});

story('what the cloud would do otherwise is marked in the list, with the rule; log lines and times stand below', {
  ...project,
  'demo/functions/untyped.js': `exports.handler = (context, event, callback) => {
    console.warn('about to answer');
    const response = new Twilio.Response();
    response.setBody('<Response/>');
    callback(null, response);
  };`,
}, async ({ server, open }) => {
  await server.ask('/demo/greeting?name=Ada');
  await server.ask('/demo/untyped');
  const page = await open();
  await page.tab.getByRole('checkbox', { name: 'Parity warnings' }).check();
  await page.tab.locator('.count').getByText('1 of 2').waitFor();
  const row = page.tab.locator('.rows [role=row]');
  assert.match(await row.innerText(), /⚠ 1/);
  await row.click();
  const cloud = page.tab.getByRole('region', { name: 'In the cloud' });
  await cloud.getByText('which Twilio refuses to read').waitFor();
  await cloud.getByText('twiml-content-type').click();
  await cloud.getByText(/source: /).waitFor();
  const said = page.tab.getByRole('region', { name: 'Console' });
  assert.match(await said.innerText(), /warning\s+about to answer/);
  const times = page.tab.getByRole('region', { name: 'Timeline' });
  await times.getByText('Cold start', { exact: true }).waitFor();
  await times.getByText(/^Worker \d+, process \d+/).waitFor();
});

story('secrets are hidden until somebody asks for them', project, async ({ server, open }) => {
  await server.ask('/demo/greeting', { headers: { Authorization: 'Bearer s3cret', Cookie: 'a=t0psecret' } });
  const page = await open('#/requests/1');
  await page.tab.locator('.headers summary').last().click();
  const asked = page.tab.getByLabel('Headers of the request');
  await asked.getByText('(hidden)').first().waitFor();
  assert.doesNotMatch(await page.tab.locator('body').innerText(), /s3cret|t0psecret/);
  await page.tab.getByRole('button', { name: 'Show secrets' }).click();
  await asked.getByText('Bearer s3cret').waitFor();
});

story('an exchange is readable, wide and narrow, in the light and in the dark', project, async ({ server, open }) => {
  await server.post('/demo/sms/reply?x=1', { From: '+14155550142', Body: 'Ahoy' });
  await server.ask('/demo/voice');
  await server.ask('/demo/data?name=Ada');
  for (const path of ['/jwt', '/bearer', '/demo/nothing', '/demo/index.html']) await server.ask(path);
  await server.command('send', 'sms', 'demo:/sms/reply', '--body', 'Ahoy');
  for (const look of LOOKS) {
    const page = await open('#/requests/1', look);
    await page.tab.getByText('Signature refused').waitFor();
    await page.accessible(`refused, ${look.name}`);
    await page.picture(`refused-${look.name}`);
    await page.tab.goto(`${server.console}/#/requests/2`);
    await page.tab.locator('.twiml').waitFor();
    await page.accessible(`twiml, ${look.name}`);
    await page.picture(`twiml-${look.name}`);
    await page.tab.goto(`${server.console}/#/requests/3`);
    await page.tab.locator('.tree').waitFor();
    await page.accessible(`json, ${look.name}`);
    await page.picture(`json-${look.name}`);
    await page.close();
  }
});

// Somebody on the internet sends what a page must never run. It is shown as the text that it is.
'use strict';

const assert = require('node:assert/strict');
const { story } = require('./rig.js');
const project = require('./project.js');

const SCRIPTS = [
  '<script>alert(1);globalThis.ran=1</script>',
  '<img src=x onerror="globalThis.ran=1;alert(1)">',
  '"><svg onload=globalThis.ran=1>',
  '${globalThis.ran=1}',
  'javascript:globalThis.ran=1',
  '<a href="javascript:globalThis.ran=1" id=search>x</a>',
  '</pre></textarea></template><iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
  '<!--?lit$000000000$-->', // what lit-html marks its holes with
];

const functions = {
  ...project,
  'demo/functions/hostile.js': `exports.handler = (context, event, callback) => {
    console.log(event.text);
    console.error(event.text);
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', event.type || 'text/html');
    response.appendHeader('X-Said', event.text.replace(/[^ -~]/g, ''));
    response.setBody(event.wrapped ? '<Response><Say ' + (event.wrapped === 'attribute' ? 'voice="' + event.text.replace(/[<"&]/g, (c) => '&#' + c.charCodeAt(0) + ';') + '"/>' : '>' + event.text.replace(/[<&]/g, (c) => '&#' + c.charCodeAt(0) + ';') + '</Say>') + '</Response>' : event.text);
    callback(null, response);
  };`,
};

/** Looks at everything that there is of each request. */
async function lookedAt(page, server, last) {
  await page.tab.locator(`[data-id="${last}"]`).first().waitFor();
  for (let id = 1; id <= last; id++) {
    await page.tab.goto(`${server.console}/#/requests/${id}`);
    await page.tab.locator('.detail .facts').getByText(`#${id}`, { exact: true }).waitFor();
    for (const details of await page.tab.locator('.detail summary').all()) await details.click();
    for (const raw of await page.tab.locator('.detail').getByRole('button', { name: 'Raw' }).all()) await raw.click();
  }
}

story('a script in path, header, parameter, body, log line, answer or TwiML is shown and never run', functions, async ({ server, open }) => {
  const page = await open();
  await page.evaluate(`
    globalThis.violations = [];
    addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample)); 0`);
  let sent = 0;
  for (const script of SCRIPTS) {
    const header = { 'X-Asked': script, 'User-Agent': script };
    await server.ask(`/demo/${encodeURIComponent(script)}?${new URLSearchParams({ [script]: script })}`, { headers: header });
    await server.post('/demo/hostile', { text: script, [script]: script }, header);
    await server.post('/demo/hostile', { text: script, type: 'text/xml' });
    await server.post('/demo/hostile', { text: script, type: 'text/xml', wrapped: 'text' });
    await server.post('/demo/hostile', { text: script, type: 'text/xml', wrapped: 'attribute' });
    await server.post('/demo/hostile', { text: script, type: 'image/svg+xml' });
    await server.post('/demo/hostile', { text: JSON.stringify({ [script]: script }), type: 'application/json' });
    await server.post('/demo/sms/reply', { Body: script, [script]: script }, { 'X-Twilio-Signature': script });
    sent += 8;
  }
  await lookedAt(page, server, sent);
  // It was there to be seen: in the request, in a log line, in the answer.
  await page.tab.goto(`${server.console}/#/requests/2`);
  await page.tab.locator('.detail .facts').getByText('#2', { exact: true }).waitFor();
  const shown = page.tab.locator('.detail').getByText('<script>alert(1);globalThis.ran=1</script>', { exact: true });
  assert.ok(await shown.count() >= 3, `seen ${await shown.count()} times`);
  // Sent again and compared, too.
  await page.tab.goto(`${server.console}/#/requests/5/again`);
  const form = page.tab.getByRole('form', { name: 'Edit and send again' });
  await form.getByLabel('text', { exact: true }).fill(SCRIPTS[1]);
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  await page.tab.locator('.compared').waitFor();
  // And as a search, from a URL that somebody sent.
  await page.tab.goto(`${server.console}/#/requests?q=${encodeURIComponent(SCRIPTS[1])}&service=${encodeURIComponent(SCRIPTS[0])}`);
  await page.tab.getByText(/None of the/).waitFor();
  assert.equal(await page.evaluate('globalThis.ran'), undefined);
  assert.deepEqual(await page.evaluate('violations'), []);
  assert.equal(await page.evaluate('document.querySelectorAll("main script, main iframe, main [onerror], main [onload]").length'), 0);
});

story('a script in the files of the project is shown and never run', project, async ({ server, open }) => {
  const page = await open();
  server.write('services.toml', `${project['services.toml']}\n"<img src=x onerror=alert(1)>" = 1\n`);
  await page.tab.getByRole('alert').getByText('<img src=x onerror=alert(1)>').first().waitFor();
  server.write('services.toml', project['services.toml']);
  await page.tab.getByRole('alert').waitFor({ state: 'detached' });
});

story('markup cannot be made of a text even by the page itself', project, async ({ open }) => {
  const page = await open();
  // In a task of its own: what the protocol evaluates itself is free of the policy.
  const refused = await page.evaluate(`new Promise((done) => setTimeout(() => {
    const tried = [];
    for (const attempt of [
      () => { document.createElement('div').innerHTML = '<b>'; },
      () => eval('1'),
      () => new Function('return 1')(),
      () => document.write('<b>'),
      () => trustedTypes.createPolicy('mine', { createHTML: (text) => text }),
    ]) {
      try { attempt(); tried.push('done'); } catch (error) { tried.push(error.name); }
    }
    done(tried);
  }))`);
  assert.ok(refused.every((name) => name !== 'done'), refused.join(' '));
  page.faults.length = 0; // these were meant
});

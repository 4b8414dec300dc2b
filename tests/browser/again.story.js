// Somebody changes a request, sends it again, and compares.
'use strict';

const assert = require('node:assert/strict');
const { LOOKS, story } = require('./rig.js');
const project = require('./project.js');

story('the text of a message is edited and sent, signed anew; the answers stand side by side', project, async ({ server, open }) => {
  await server.command('send', 'sms', 'demo:/sms/reply', '--body', 'Ahoy');
  const page = await open('#/requests/1');
  await page.tab.getByRole('button', { name: 'Edit and send again' }).click();
  assert.equal(await page.evaluate('location.hash'), '#/requests/1/again');
  const form = page.tab.getByRole('form', { name: 'Edit and send again' });
  await form.getByLabel('Body', { exact: true }).fill('Farewell');
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  const compared = page.tab.locator('.compared');
  await compared.getByText('Before 200 and now 200').waitFor();
  const row = compared.getByRole('row').filter({ hasText: 'Farewell' });
  assert.match(await row.locator('[data-of=before]').innerText(), /You wrote: Ahoy/);
  assert.match(await row.locator('[data-of=after]').innerText(), /You wrote: Farewell/);
  assert.deepEqual(await row.locator('mark').allInnerTexts(), ['Ahoy', 'Farewell']);
  await compared.getByText('signed anew').waitFor();
  await page.accessible('compared');
  await page.picture('compared-1280-light');
  await compared.getByRole('link', { name: '#2' }).click();
  await page.tab.locator('.detail').getByText('Signature good').waitFor();
});

story('method, target, headers and parameters are changed', {
  ...project,
  'demo/functions/echo.js': `exports.handler = (context, event, callback) => {
    const { request, ...rest } = event;
    callback(null, { rest, x: request.headers['x-name'], gone: request.headers['x-gone'] });
  };`,
}, async ({ server, open }) => {
  await server.post('/demo/echo?q=1', { a: '1', b: '2' }, { 'X-Gone': 'yes' });
  const page = await open('#/requests/1/again');
  const form = page.tab.getByRole('form', { name: 'Edit and send again' });
  await form.getByLabel('Path and query').fill('/demo/echo?q=2');
  await form.getByRole('button', { name: 'Remove b' }).click();
  await form.getByLabel('a', { exact: true }).fill('one');
  await form.getByRole('button', { name: 'Add a parameter' }).click();
  await form.getByLabel('Name of parameter 2').fill('c');
  await form.getByLabel('Value of parameter 2').fill('3 & more');
  await form.getByText(/headers$/).click();
  await form.getByRole('button', { name: 'Remove x-gone' }).click();
  await form.getByRole('button', { name: 'Add a header' }).click();
  const added = form.getByLabel(/Name of header/).last();
  await added.fill('X-Name');
  await form.getByLabel(/Value of header/).last().fill('Ada');
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  await page.tab.locator('.compared').waitFor();
  await server.ask('/demo/greeting');
  const told = await page.evaluate(`(async () => {
    const headers = { authorization: 'Bearer ' + sessionStorage.getItem('token') };
    return (await fetch('/api/1/exchanges/2', { headers })).json();
  })()`);
  assert.deepEqual(JSON.parse(told.answer.body.text), { rest: { q: '2', a: 'one', c: '3 & more' }, x: 'Ada' });

  await form.getByLabel('Method').selectOption('GET');
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  await page.tab.locator('.compared').getByRole('link', { name: '#4' }).waitFor();
  await page.tab.locator('.compared').getByRole('link', { name: '#4' }).click();
  await page.tab.getByText('GET /demo/echo?q=2').first().waitFor();
});

story('what cannot be sent is said', project, async ({ server, open }) => {
  await server.ask('/demo/greeting');
  const page = await open('#/requests/1/again');
  const form = page.tab.getByRole('form', { name: 'Edit and send again' });
  await form.getByLabel('Path and query').fill('no slash');
  await form.getByRole('button', { name: 'Send', exact: true }).click();
  await page.tab.getByRole('alert').getByText('the edited path and query make no URL').waitFor();
});

story('the form is usable, wide and narrow, in the light and in the dark', project, async ({ server, open }) => {
  await server.command('send', 'sms', 'demo:/sms/reply', '--body', 'Ahoy');
  for (const path of ['/jwt', '/bearer', '/demo/greeting?name=Ada', '/demo/voice', '/demo/nothing', '/demo/index.html']) await server.ask(path);
  for (const look of LOOKS) {
    const page = await open('#/requests/1/again', look);
    const form = page.tab.getByRole('form', { name: 'Edit and send again' });
    await form.getByLabel('Body', { exact: true }).fill('STOP');
    await page.accessible(`edited, ${look.name}`);
    await page.picture(`edited-${look.name}`);
    await form.getByRole('button', { name: 'Send', exact: true }).click();
    await page.tab.locator('.compared').waitFor();
    await page.accessible(`compared, ${look.name}`);
    await page.picture(`compared-${look.name}`);
    await page.close();
  }
});

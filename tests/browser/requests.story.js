// Somebody watches requests come in, and finds the one that is looked for.
'use strict';

const assert = require('node:assert/strict');
const { LOOKS, story } = require('./rig.js');
const project = require('./project.js');

story('requests arrive while one looks, newest first', project, async ({ server, open }) => {
  const page = await open();
  await page.tab.getByText('No request yet.').waitFor();
  await server.ask('/demo/greeting?name=Ada');
  await page.tab.getByRole('row', { name: '/demo/greeting' }).waitFor();
  await server.post('/demo/sms/reply', { Body: 'Ahoy' });
  const rows = page.tab.locator('.rows [role=row]');
  await rows.filter({ hasText: '/demo/sms/reply' }).waitFor();
  assert.match(await rows.first().innerText(), /403[\s\S]*POST[\s\S]*\/demo\/sms\/reply/);
});

story('the list is readable, wide and narrow, in the light and in the dark', project, async ({ server, open }) => {
  await server.ask('/demo/greeting?name=Ada');
  await server.post('/demo/sms/reply', { Body: 'Ahoy' });
  await server.ask('/demo/nothing');
  await server.ask('/demo/voice');
  for (const look of LOOKS) {
    const page = await open('', look);
    await page.tab.getByText('/demo/voice').waitFor();
    await page.accessible(`requests, ${look.name}`);
    await page.picture(`requests-${look.name}`);
  }
});

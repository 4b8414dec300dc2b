// Somebody looks at what is served, and breaks and mends it.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { LOOKS, story } = require('./rig.js');
const project = require('./project.js');

story('every route stands there with its visibility, its file and its URLs', project, async ({ server, open }) => {
  const page = await open('#/services');
  const demo = page.tab.getByRole('region', { name: 'Routes of demo' });
  const row = demo.getByRole('row').filter({ hasText: '/sms/reply' });
  assert.equal(await row.getByLabel('Visibility of /sms/reply').inputValue(), 'protected');
  await row.getByText('demo/functions/sms/reply.protected.js:1').waitFor();
  await row.getByRole('button', { name: `Copy ${server.url}/demo/sms/reply` }).click();
  await page.tab.getByText('copied').waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), `${server.url}/demo/sms/reply`);
  await page.tab.getByRole('group', { name: 'URLs' }).getByRole('button', { name: 'Domain' }).click();
  await row.getByText(/^http:\/\/demo-\d+-dev\.localhost:\d+\/sms\/reply$/).waitFor();
  assert.match(await page.evaluate('location.hash'), /urls=domain_url/);
});

story('variables are told with their origin, and with their value when it is asked for', project, async ({ open }) => {
  const page = await open('#/services');
  const auth = page.tab.getByRole('region', { name: 'auth', exact: true });
  await auth.getByText(/variables, auth token/).click();
  const row = auth.getByRole('row').filter({ hasText: 'JWT_SECRET' });
  await row.getByText('(hidden)').waitFor();
  await row.getByText('services.toml:5').waitFor();
  await page.tab.getByRole('button', { name: 'Show values' }).click();
  await row.getByText('secret_key').waitFor();
});

story('processes are counted as they come', project, async ({ server, open }) => {
  const page = await open('#/services');
  const demo = page.tab.getByRole('region', { name: 'demo', exact: true });
  await demo.getByText(/process(es)? of Node/).click();
  await server.ask('/demo/greeting');
  await demo.getByText(/Cold starts 1, median/).waitFor();
  await demo.getByRole('row').filter({ hasText: 'idle' }).first().waitFor();
});

story('a broken file is shown with its line on every view, until it is mended', project, async ({ server, open }) => {
  const page = await open();
  server.write('services.toml', `${project['services.toml']}\nvisbility = "public"\n`);
  const banner = page.tab.getByRole('alert');
  await banner.getByText('the last good version serves on').waitFor();
  await banner.getByText('visbility').waitFor();
  await page.accessible('banner');
  await page.picture('broken-1280-light');
  await page.tab.getByRole('link', { name: 'Services' }).click();
  await banner.getByText('visbility').waitFor();
  // Who opens the page now is told, too.
  const late = await open('', LOOKS[3]);
  await late.tab.getByRole('alert').getByText('visbility').waitFor();
  await late.accessible('banner, narrow');
  await late.picture('broken-390-dark');
  server.write('services.toml', project['services.toml']);
  await banner.waitFor({ state: 'detached' });
  await late.tab.getByRole('alert').waitFor({ state: 'detached' });
});

story('a new route appears by itself', project, async ({ server, open }) => {
  const page = await open('#/services');
  await page.tab.getByRole('region', { name: 'Routes of demo' }).getByText('/greeting', { exact: true }).waitFor();
  server.write('demo/functions/added.js', project['demo/functions/greeting.js']);
  await page.tab.getByRole('region', { name: 'Routes of demo' }).getByText('/added', { exact: true }).waitFor();
});

story('another visibility is tried out, written down with the comments kept, and undone', project, async ({ server, open }) => {
  const commented = `# Mine\n${project['services.toml']}`;
  server.write('services.toml', commented);
  const page = await open('#/services');
  const chosen = page.tab.getByLabel('Visibility of /greeting');
  await chosen.selectOption('protected');
  await page.tab.getByText('/greeting is protected until the server ends').waitFor();
  assert.equal((await server.ask('/demo/greeting')).status, 403);
  assert.equal(fs.readFileSync(path.join(server.folder, 'services.toml'), 'utf8'), commented);
  await page.accessible('a visibility that is tried out');
  await page.picture('tried-1280-light');
  await page.tab.getByRole('button', { name: 'Undo' }).click();
  await page.tab.getByText('/greeting is public again').waitFor();
  assert.equal((await server.ask('/demo/greeting')).status, 200);
  await chosen.selectOption('protected');
  await page.tab.getByRole('button', { name: 'Write to services.toml' }).click();
  await page.tab.getByText('Written: /greeting is protected').waitFor();
  const written = fs.readFileSync(path.join(server.folder, 'services.toml'), 'utf8');
  assert.match(written, /^# Mine\n/);
  assert.match(written, /"\/greeting" = "protected"/);
  await page.tab.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
  assert.equal((await server.ask('/demo/greeting')).status, 403);
});

story('services are readable, wide and narrow, in the light and in the dark', project, async ({ server, open }) => {
  await server.ask('/demo/greeting');
  for (const look of LOOKS) {
    const page = await open('#/services', look);
    await page.tab.getByRole('region', { name: 'Routes of demo' }).waitFor();
    for (const summary of await page.tab.locator('.served summary').all()) await summary.click();
    await page.accessible(`services, ${look.name}`);
    await page.picture(`services-${look.name}`);
    await page.close();
  }
});

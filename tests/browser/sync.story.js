// What functions keep in Sync is looked at, changed and removed.
'use strict';

const assert = require('node:assert/strict');
const { story } = require('./rig.js');
const project = require('./project.js');

const FILES = {
  ...project,
  'demo/node_modules': { link: process.env.PACKAGES },
  'demo/functions/keep.js': `exports.handler = async (context, event, callback) => {
  const sync = Runtime.getSync();
  await sync.documents.create({ uniqueName: 'settings', data: { open: true, text: '<b>bold</b>' }, ttl: 3600 });
  await sync.maps.create({ uniqueName: 'carts' });
  for (const n of [1, 2]) await sync.maps('carts').syncMapItems.create({ key: '+1415555010' + n, data: { items: n } });
  await sync.syncStreams.create({ uniqueName: 'news' });
  callback(null, 'kept');
};
`,
  'demo/functions/change.js': `exports.handler = async (context, event, callback) => {
  const sync = Runtime.getSync();
  await sync.documents('settings').update({ data: { open: false } });
  callback(null, (await sync.documents('settings').fetch()).data);
};
`,
  'demo/functions/tell.js': `exports.handler = async (context, event, callback) => {
  callback(null, (await Runtime.getSync().documents('settings').fetch()).data);
};
`,
};

story('what is kept is looked at, changed and removed', FILES, async ({ server, open }) => {
  const page = await open('#/sync');
  await page.tab.getByText('Nothing is kept').waitFor();
  // What comes is seen without a reload.
  assert.equal((await server.ask('/demo/keep')).text, 'kept');
  const things = page.tab.getByRole('navigation', { name: 'What is kept' });
  const thing = page.tab.getByRole('region', { name: 'What is chosen' });
  await things.getByRole('link', { name: 'Document settings' }).click();
  await thing.getByText('"<b>bold</b>"').waitFor();
  await thing.getByText('revision 0').waitFor();
  await page.accessible('a document');
  await page.picture('sync-document');

  await server.ask('/demo/change');
  await thing.getByText('revision 1').waitFor();
  await thing.getByText('false').waitFor();

  await thing.getByRole('button', { name: 'Edit document settings' }).click();
  const field = thing.getByRole('textbox', { name: 'Data of document settings' });
  const press = (name) => thing.getByRole('button', { name, exact: true }).click();
  await field.fill('{"open": "maybe"');
  await press('Save');
  await thing.getByRole('alert').getByText('54008').waitFor();
  await page.accessible('a document that is edited');
  await page.picture('sync-edited');
  await field.fill('{"open": "maybe"}');
  await press('Save');
  await thing.getByText('revision 2').waitFor();
  await field.waitFor({ state: 'detached' });
  assert.equal((await server.ask('/demo/tell')).text, '{"open":"maybe"}');

  // Somebody else was quicker: what was written stays, wherever one looks, and can be saved all the same.
  await thing.getByRole('button', { name: 'Edit document settings' }).click();
  await field.fill('{"open": "late"}');
  await server.ask('/demo/change');
  await thing.getByText('revision 3').waitFor();
  await press('Save');
  await thing.getByRole('alert').getByText('54103').waitFor();
  await things.getByRole('link', { name: 'Map carts' }).click();
  await thing.getByRole('heading', { name: 'Map carts' }).waitFor();
  assert.equal(await field.inputValue(), '{"open": "late"}');
  await thing.getByRole('button', { name: 'Edit item +14155550101' }).click();
  await page.tab.getByText('Save or cancel document settings first').waitFor();
  await press('Save over what is there now');
  await field.waitFor({ state: 'detached' });
  assert.equal((await server.ask('/demo/tell')).text, '{"open":"late"}');

  const row = (key) => thing.getByRole('row', { name: key });
  await row('+14155550102').locator('[data-kind=number]').getByText('2').waitFor();
  // Shut, a part stays shut while it is asked for anew.
  await row('+14155550102').locator('summary').click();
  await row('+14155550102').locator('[data-kind=number]').waitFor({ state: 'detached' });
  await page.accessible('a map');
  await page.picture('sync-map');
  await press('Remove item +14155550101');
  await row('+14155550101').waitFor({ state: 'detached' });
  assert.equal(await row('+14155550102').locator('[data-kind=number]').count(), 0);

  // What a script changes is seen without a request, and so is what is over.
  const token = new URL(server.link).hash.slice(1);
  const answer = await fetch(`${server.console}/api/1/sync/Services/default/Maps/carts/Items`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ Key: 'brief', Data: '{}', Ttl: '4' }),
  });
  assert.equal(answer.status, 201);
  await row('brief').waitFor();
  await row('brief').waitFor({ state: 'detached' });

  await press('Remove map carts');
  await press('Remove map carts indeed');
  await things.getByRole('link', { name: 'Map carts' }).waitFor({ state: 'detached' });
  await thing.getByRole('heading').waitFor({ state: 'detached' });
  await things.getByRole('link', { name: 'Stream news' }).click();
  await thing.getByText('not kept').waitFor();
});

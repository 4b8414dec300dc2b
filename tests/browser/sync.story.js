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
  const field = thing.getByRole('textbox', { name: 'Data of settings' });
  await field.fill('{"open": "maybe"');
  await thing.getByRole('button', { name: 'Save' }).click();
  await thing.getByRole('alert').getByText('54008').waitFor();
  await page.accessible('a document that is edited');
  await field.fill('{"open": "maybe"}');
  await thing.getByRole('button', { name: 'Save' }).click();
  await thing.getByText('revision 2').waitFor();
  assert.equal((await server.ask('/demo/tell')).text, '{"open":"maybe"}');

  // Somebody else was quicker: what he has written stays.
  await thing.getByRole('button', { name: 'Edit document settings' }).click();
  await server.ask('/demo/change');
  await field.fill('{"open": "late"}');
  await thing.getByRole('button', { name: 'Save' }).click();
  await thing.getByRole('alert').getByText('54103').waitFor();
  await thing.getByRole('button', { name: 'Cancel' }).click();
  await thing.getByText('revision 3').waitFor();
  assert.equal((await server.ask('/demo/tell')).text, '{"open":false}');

  await things.getByRole('link', { name: 'Map carts' }).click();
  const row = (key) => thing.getByRole('row', { name: key });
  await row('+14155550102').getByText('"items"').or(row('+14155550102').getByText('items')).first().waitFor();
  await page.accessible('a map');
  await page.picture('sync-map');
  await thing.getByRole('button', { name: 'Remove item +14155550101' }).click();
  await row('+14155550101').waitFor({ state: 'detached' });
  await row('+14155550102').waitFor();
  await thing.getByRole('button', { name: 'Remove map carts' }).click();
  await things.getByRole('link', { name: 'Map carts' }).waitFor({ state: 'detached' });
  await thing.waitFor({ state: 'detached' });
  await things.getByRole('link', { name: 'Stream news' }).click();
  await thing.getByText('not kept').waitFor();
});

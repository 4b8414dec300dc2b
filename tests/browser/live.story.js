// Somebody works with the list while requests come in: finds, pauses, clears, walks through it by
// keys, and loses the connection.
'use strict';

const assert = require('node:assert/strict');
const { story } = require('./rig.js');
const project = require('./project.js');

const rows = (page) => page.tab.locator('.rows [role=row]');
const paths = async (page) => page.tab.locator('.rows .path').allInnerTexts();
const hash = (page) => page.evaluate('location.hash');
const count = (page, text) => page.tab.locator('.count').getByText(text, { exact: true }).waitFor();

story('a filter is typed, stands in the URL, and holds for what comes later', project, async ({ server, open }) => {
  const page = await open();
  await server.ask('/demo/greeting');
  await server.post('/demo/sms/reply', { Body: 'Ahoy' });
  await server.ask('/demo/nothing');
  await count(page, '3');
  await page.tab.keyboard.press('/');
  await page.tab.keyboard.type('reply');
  await count(page, '1 of 3');
  assert.equal(await hash(page), '#/requests?q=reply');
  await server.post('/demo/sms/reply', { Body: 'again' });
  await server.ask('/demo/greeting');
  await count(page, '2 of 5');
  assert.deepEqual(await paths(page), ['/demo/sms/reply', '/demo/sms/reply']);

  const other = await open(await hash(page));
  await count(other, '2 of 5');
  assert.equal(await other.tab.getByLabel('Search').inputValue(), 'reply');
  await other.tab.getByLabel('Search').fill('');
  await other.tab.getByLabel('Status', { exact: true }).selectOption('4xx');
  await count(other, '3 of 5');
  await other.tab.getByLabel('Method', { exact: true }).selectOption('GET');
  await count(other, '1 of 5');
  await other.tab.getByLabel('Search').fill('there is none such');
  await other.tab.getByText('None of the 5 entries is so.').waitFor();
  await other.accessible('an empty result');
  await other.tab.getByRole('button', { name: 'Show all' }).click();
  await count(other, '5');
});

story('a pause holds the list still, and loses nothing', project, async ({ server, open }) => {
  const page = await open();
  await server.ask('/demo/greeting?n=1');
  await count(page, '1');
  await page.tab.keyboard.press('p');
  await server.ask('/demo/data');
  const resume = page.tab.getByRole('button', { name: 'Resume (1 new)' });
  await resume.waitFor();
  assert.deepEqual(await paths(page), ['/demo/greeting']);
  await resume.click();
  await count(page, '2');
  assert.deepEqual(await paths(page), ['/demo/data', '/demo/greeting']);
});

story('the list is cleared, here and in the server', project, async ({ server, open }) => {
  const page = await open();
  await server.ask('/demo/greeting');
  await count(page, '1');
  await page.tab.getByRole('button', { name: 'Clear' }).click();
  await page.tab.getByText('No request yet.').waitFor();
  await server.ask('/demo/data');
  await count(page, '1');
  const other = await open();
  await count(other, '1');
  assert.deepEqual(await paths(other), ['/demo/data']);
});

story('everything is reached by keys', project, async ({ server, open }) => {
  for (const path of ['/demo/greeting', '/demo/data', '/demo/voice']) await server.ask(path);
  const page = await open();
  await count(page, '3');
  const { keyboard } = page.tab;
  await keyboard.press('j');
  await keyboard.press('j');
  await page.tab.locator('[data-id="2"][aria-selected=true]').waitFor();
  await keyboard.press('Enter');
  const title = page.tab.locator('#detail-title');
  await title.getByText('GET /demo/data').waitFor();
  await keyboard.press('ArrowDown');
  await title.getByText('GET /demo/greeting').waitFor();
  await keyboard.press('k');
  await keyboard.press('k');
  await title.getByText('GET /demo/voice').waitFor();
  await keyboard.press('e');
  await page.tab.getByRole('form', { name: 'Edit and send again' }).waitFor();
  await keyboard.press('Escape');
  await page.tab.getByRole('heading', { name: 'Timeline' }).waitFor();
  await keyboard.press('Escape');
  await title.waitFor({ state: 'detached' });
  assert.equal(await hash(page), '#/requests');
  await keyboard.press('?');
  const help = page.tab.getByRole('dialog', { name: 'Keys' });
  await help.getByText('edit it and send it again').waitFor();
  await page.accessible('help');
  await keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  await keyboard.press('2');
  await page.tab.getByRole('region', { name: 'Routes of demo' }).waitFor();
  // The way back is that of the browser.
  await page.tab.goBack();
  await count(page, '3');
});

story('a broken connection is taken up again without loss or repeats', project, async ({ server, open }) => {
  const page = await open();
  await server.ask('/demo/greeting?n=1');
  await count(page, '1');
  for (let round = 0; round < 3; round++) {
    // The stream breaks in the middle of a burst, of which the rest comes while nobody listens.
    const burst = server.flood('/demo/nothing', 40);
    await page.evaluate('stop()');
    await page.tab.locator('[data-state=away]').waitFor();
    await burst;
    await page.live();
  }
  await count(page, '121');
  const ids = (await page.tab.locator('.rows .id').allInnerTexts()).map(Number);
  assert.deepEqual(ids, ids.map((_, at) => 121 - at));
});

story('a server that has gone is said, and one with another key asks for its link', project, async ({ server, open }) => {
  const page = await open();
  await server.end();
  await page.tab.locator('[data-state=away]').waitFor();
  // The next one will not know this page: where its link is found is said before.
  await page.tab.getByText(/^No server: .*a link of its own, which its terminal shows$/).waitFor();
  await server.run();
  await page.tab.getByRole('alert').getByText('no key to the server that runs now').waitFor();
  await page.accessible('locked');
  await page.tab.goto(server.link);
  await page.live();
  await server.ask('/demo/greeting');
  await count(page, '1');
});

story('ten thousand are kept, forty are drawn, and nothing jumps', project, async ({ server, open }) => {
  const page = await open();
  await page.evaluate(`
    globalThis.shifts = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) shifts += entry.value; })
      .observe({ type: 'layout-shift', buffered: false }); 0`);
  const sent = await server.flood('/demo/nothing', 11_000);
  await page.tab.locator(`[data-id="${sent}"]`).waitFor();
  const shown = Number((await page.tab.locator('.count').innerText()).replaceAll(',', ''));
  assert.ok(shown >= 10_000 && shown <= 10_500, `${shown} are kept`);
  assert.ok(await rows(page).count() < 60);
  // Away from the top, what is in sight stays where it is, in every frame.
  const away = 5000;
  await page.tab.locator('#list').evaluate((list, to) => { list.scrollTop = to; }, away);
  const held = `[data-id="${sent - 190}"]`;
  await page.tab.locator(held).waitFor();
  const rowHeight = (await page.tab.locator(held).boundingBox()).height;
  await page.evaluate(`
    globalThis.places = new Set();
    const look = () => {
      places.add(document.querySelector('${held}')?.getBoundingClientRect().y ?? 'not drawn');
      requestAnimationFrame(look);
    };
    look();`);
  await server.flood('/demo/nothing', 400);
  await page.evaluate(`new Promise((done) => {
    const look = () => (document.querySelector('#list').scrollTop === ${away + 400 * rowHeight} ? done() : requestAnimationFrame(look));
    look();
  })`);
  const places = await page.evaluate('[...places]');
  assert.equal(places.length, 1, `the row was at ${places}`);
  // No row and no column moves; a number that gets another digit grows within its cell.
  const shifts = await page.evaluate('shifts');
  assert.ok(shifts < 0.01, `layout shifts of ${shifts}`);
  await page.tab.getByRole('button', { name: 'Newest' }).click();
  await page.tab.locator(`[data-id="${sent + 400}"]`).waitFor();
  // The oldest is at the end.
  await page.tab.locator('#list').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await page.tab.locator('.rows [role=row]').last().click();
  await page.tab.locator('#detail-title').waitFor();
});

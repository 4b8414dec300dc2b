// A function calls somebody, whose phone rings.
'use strict';

const assert = require('node:assert/strict');
const { story } = require('./rig.js');
const project = require('./project.js');

const FILES = {
  ...project,
  'demo/node_modules': { link: process.env.PACKAGES },
  'demo/functions/place.js': `exports.handler = async (context, event, callback) => {
  const at = (path) => 'https://' + context.DOMAIN_NAME + path;
  const { sid } = await context.getTwilioClient().calls.create({
    to: '+14155550100', from: '+15005550006', url: at('/wanted'), statusCallback: at('/told'), timeout: 25,
  });
  callback(null, sid);
};
`,
  'demo/functions/wanted.protected.js': `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  if (event.Digits) twiml.say('You pressed ' + event.Digits + '.');
  else twiml.gather({ numDigits: 1, action: '/wanted' }).say('Somebody wants you.');
  callback(null, twiml);
};
`,
  'demo/functions/told.protected.js': `exports.handler = (context, event, callback) => callback(null, event.CallStatus);
`,
};

story('the phone rings: it is answered, declined, or left to ring', FILES, async ({ server, open }) => {
  const page = await open('#/phone');
  await page.tab.getByRole('button', { name: 'Add a phone' }).click();
  const phone = page.tab.getByRole('region', { name: 'Phone 1', exact: true });
  await phone.getByText('+14155550100').waitFor();
  const call = phone.getByRole('region', { name: 'Call from +15005550006', exact: true });
  const press = (name) => phone.getByRole('button', { name, exact: true }).click();
  const ring = async () => {
    const placed = await server.ask('/demo/place');
    assert.match(placed.text, /^CA[0-9a-f]{32}$/);
    await phone.getByRole('group', { name: 'The phone rings' }).waitFor();
  };

  await ring();
  await page.accessible('a phone that rings');
  await page.picture('phone-rings');
  await call.getByText('placed by functions/place.js').waitFor();
  // It is heard in the other views, too.
  await page.tab.getByRole('link', { name: 'Requests' }).click();
  const tab = page.tab.getByRole('link', { name: 'Phone rings' });
  await tab.waitFor();
  await page.accessible('another view while a phone rings');
  await tab.click();
  // A key has no meaning yet, and leads to no other view.
  await phone.focus();
  await page.tab.keyboard.press('1');
  await press('Answer');
  await call.getByText('Somebody wants you.').waitFor();
  await tab.waitFor({ state: 'detached' });
  await press('5');
  await call.getByText('You pressed 5.').waitFor();
  await call.locator('[data-told=true]').getByText('/told').waitFor();

  await ring();
  await press('Decline');
  await call.last().getByText('You declined').waitFor();
  await call.last().getByText('the line is busy').waitFor();

  await ring();
  await press('Let it ring for 25 s');
  await call.last().getByText('nobody answers').waitFor();
  assert.equal(await call.count(), 3);
  // What is called next is a function of this project, and not who called.
  assert.notEqual(await phone.getByLabel('Function').inputValue(), 'functions/place.js');
});

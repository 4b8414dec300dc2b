// Somebody texts and calls the functions, with no telephone.
'use strict';

const assert = require('node:assert/strict');
const { LOOKS, story } = require('./rig.js');
const project = require('./project.js');

const FILES = {
  ...project,
  'demo/functions/sms/talk.protected.js': `exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  const verbs = {
    picture: '<Message><Body>An owl</Body><Media>/demo/owl.png</Media></Message>',
    broken: '<Message>oops',
    on: '<Redirect>/demo/sms/reply</Redirect>',
    other: '<Message to="+14155550101">For the other phone</Message>',
    script: '<Message><![CDATA[<script>alert(1)</script><img src=x onerror=alert(2)>]]></Message>',
  };
  response.setBody('<Response>' + (verbs[event.Body] || '<Message>' + event.NumMedia + ' media</Message>') + '</Response>');
  callback(null, response);
};
`,
  'demo/functions/menu.protected.js': `exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  let verbs = '<Gather numDigits="1" action="/demo/menu" input="dtmf speech"><Say>Press one, two or three.</Say></Gather><Say>You pressed nothing.</Say>';
  if (event.Digits === '1') verbs = '<Say>You pressed one.</Say>';
  if (event.Digits === '2') verbs = '<Dial action="/demo/menu" timeout="9">+14155550111</Dial>';
  if (event.Digits === '3') verbs = '<Record action="/demo/menu" maxLength="30"/>';
  if (event.Digits === '4') verbs = '<Enqueue>support</Enqueue><Say><![CDATA[<script>alert(3)</script>]]></Say>';
  if (event.SpeechResult) verbs = '<Say>You said ' + event.SpeechResult + '.</Say>';
  if (event.DialCallStatus) verbs = '<Say>They were ' + event.DialCallStatus + '.</Say><Hangup/>';
  if (event.RecordingDuration) verbs = '<Say>' + event.RecordingDuration + ' seconds.</Say>';
  response.setBody('<Response>' + verbs + '</Response>');
  callback(null, response);
};
`,
};

/** The phone of that name, with what a person does on it. */
function handset(page, name) {
  const phone = page.tab.getByRole('region', { name, exact: true });
  const thread = phone.getByRole('log');
  return {
    phone,
    thread,
    async text(target, body) {
      await phone.getByLabel('Function').fill(target);
      await phone.getByLabel('Message').fill(body);
      await phone.getByLabel('Message').press('Enter');
    },
    async call(target) {
      await phone.getByLabel('Function').fill(target);
      await phone.getByRole('button', { name: 'Call', exact: true }).click();
      await phone.getByRole('group', { name: 'The caller is asked' }).last().waitFor();
    },
    /** Until the last thing done is over, and the caller can do another. */
    ready: () => phone.getByRole('button', { name: 'Hang up', exact: true, disabled: false }).waitFor(),
    press: (name) => phone.getByRole('button', { name, exact: true }).click(),
    sees: (text) => thread.getByText(text).last().waitFor(),
  };
}

async function addPhone(page, name) {
  await page.tab.getByRole('button', { name: 'Add a phone' }).click();
  const added = handset(page, name);
  await added.phone.waitFor();
  return added;
}

story('a function is texted, and its reply arrives', FILES, async ({ server, open }) => {
  const page = await open('#/phone');
  await page.tab.getByText('No phone yet.').waitFor();
  const phone = await addPhone(page, 'Phone 1');
  await phone.sees('Nothing yet.');
  await phone.text('demo:/sms/reply', 'Ahoy');
  await phone.sees('You wrote: Ahoy');
  assert.equal(await phone.phone.getByLabel('Message').inputValue(), '');

  await phone.text('demo:/sms/talk', 'picture');
  await phone.sees('An owl');
  const media = phone.thread.getByRole('link', { name: /owl[.]png$/ });
  assert.equal(await media.getAttribute('href'), `${server.url}/demo/owl.png`);
  await phone.text('demo:/sms/talk', 'on');
  await phone.sees('You wrote: on');
  await phone.sees('<Redirect>');

  await phone.phone.getByText('Media', { exact: true }).click();
  await phone.phone.getByLabel('Addresses of media, with spaces between').fill('https://example.com/a.png https://example.com/b.png');
  await phone.text('demo:/sms/talk', 'see');
  await phone.sees('2 media');

  // What was asked and answered is a click away.
  await phone.thread.getByRole('link', { name: /^Request 1:/ }).click();
  await page.tab.locator('.detail').getByText('You wrote: Ahoy').first().waitFor();
});

story('what fails is told in a bubble, with what to do', FILES, async ({ open }) => {
  const page = await open('#/phone');
  const phone = await addPhone(page, 'Phone 1');
  await phone.text('demo:/sms/talk', 'broken');
  await phone.sees('Error 12100');
  const bubble = phone.thread.locator('.bubble.wrong');
  assert.match(await bubble.innerText(), /write `<\/Message>`/);
  const link = await bubble.getByRole('link').getAttribute('href');
  assert.equal(link, 'https://www.twilio.com/docs/api/errors/12100');
  await phone.text('/nowhere', 'x');
  await phone.sees('Error 11200');
  await phone.sees(/no such route/);
  await phone.text('nobody:/sms', 'x');
  await phone.phone.getByRole('alert').getByText('there is no service `nobody`').waitFor();
  // What could not be sent is still there, to be mended.
  assert.equal(await phone.phone.getByLabel('Message').inputValue(), 'x');
});

story('TwiML with a script in it is text', FILES, async ({ open }) => {
  const page = await open('#/phone');
  const phone = await addPhone(page, 'Phone 1');
  await phone.text('demo:/sms/talk', 'script');
  await phone.sees('<script>alert(1)</script><img src=x onerror=alert(2)>');
  await phone.text('demo:/sms/reply', '<b onclick=alert(4)>bold</b>');
  await phone.sees('<b onclick=alert(4)>bold</b>');
  await phone.call('demo:/menu');
  await phone.press('4');
  await phone.sees('<script>alert(3)</script>');
  await phone.sees('is not imitated here');
  assert.equal(await page.tab.locator('.thread script, .thread img, .thread b').count(), 0);
});

story('a call is placed, and walked through', FILES, async ({ open }) => {
  const page = await open('#/phone');
  const phone = await addPhone(page, 'Phone 1');
  await phone.call('demo:/menu');
  await phone.sees('Press one, two or three.');
  await phone.press('1');
  await phone.sees('You pressed one.');
  await phone.sees('no verb is left');

  // The keyboard is the keypad while the phone has the focus, which it has by the call.
  await phone.call('demo:/menu');
  await phone.ready();
  await page.tab.keyboard.press('1');
  await phone.thread.getByText('You pressed one.').nth(1).waitFor();

  // And still when the call has gone on to the next question, by a button or by words.
  await phone.call('demo:/menu');
  const asked = phone.thread.getByText('Press one, two or three.');
  await phone.press('5');
  await asked.nth(3).waitFor();
  await phone.ready();
  await page.tab.keyboard.press('6');
  await asked.nth(4).waitFor();
  await phone.ready();
  await page.tab.keyboard.press('1');
  await phone.thread.getByText('You pressed one.').nth(2).waitFor();

  await phone.call('demo:/menu');
  await phone.press('Let 5 s pass');
  await phone.sees('You pressed nothing.');

  await phone.call('demo:/menu');
  await phone.phone.getByLabel('What the caller says').fill('operator');
  await page.tab.keyboard.press('Enter');
  await phone.sees('You said operator.');
  await phone.phone.getByRole('button', { name: 'Call', exact: true }).waitFor();
  await page.tab.locator('.phone:focus-within').waitFor();

  await phone.call('demo:/menu');
  await phone.press('2');
  await phone.phone.getByText('Number +14155550111:').waitFor();
  await phone.press('Answered');
  await phone.sees('They were completed.');
  await phone.sees('0:10');

  await phone.call('demo:/menu');
  await phone.press('2');
  await phone.press('Busy');
  await phone.sees('They were busy.');

  await phone.call('demo:/menu');
  await phone.press('3');
  await phone.phone.getByLabel('Speaks for').fill('7');
  await phone.press('Speak');
  await phone.sees('7 seconds.');

  await phone.call('demo:/menu');
  await phone.press('Hang up');
  await phone.sees('the caller hung up');
});

story('two phones are side by side, and two pages agree', FILES, async ({ open }) => {
  const [page, other] = [await open('#/phone'), await open('#/phone')];
  const one = await addPhone(page, 'Phone 1');
  const two = await addPhone(page, 'Phone 2');
  const [first, second] = [await one.phone.boundingBox(), await two.phone.boundingBox()];
  assert.ok(second.x >= first.x + first.width && second.y === first.y, 'side by side');
  await one.text('demo:/sms/talk', 'other');
  await two.sees('For the other phone');
  await handset(other, 'Phone 2').sees('For the other phone');
  await handset(other, 'Phone 1').call('demo:/menu');
  await one.press('1');
  await handset(other, 'Phone 1').sees('You pressed one.');
  await other.tab.getByRole('button', { name: 'Clear Phone 2' }).click();
  await two.sees('Nothing yet.');
  await page.tab.getByRole('button', { name: 'Remove Phone 2' }).click();
  await handset(other, 'Phone 2').phone.waitFor({ state: 'detached' });
});

story('phones are readable, wide and narrow, in the light and in the dark', FILES, async ({ open }) => {
  const page = await open('#/phone');
  await page.picture('phone-none');
  await page.accessible('no phone');
  const one = await addPhone(page, 'Phone 1');
  const two = await addPhone(page, 'Phone 2');
  await one.text('demo:/sms/reply', 'Ahoy there, is anybody home?');
  await one.sees('You wrote: Ahoy');
  await one.text('demo:/sms/talk', 'picture');
  await one.sees('An owl');
  await one.text('demo:/sms/talk', 'broken');
  await one.sees('Error 12100');
  await two.call('demo:/menu');
  await two.press('1');
  await two.sees('no verb is left');
  await two.call('demo:/menu');
  for (const look of LOOKS) {
    const looked = await open('#/phone', look);
    await handset(looked, 'Phone 1').sees('Error 12100');
    await handset(looked, 'Phone 2').phone.getByRole('button', { name: '5', exact: true }).waitFor();
    await looked.accessible(`phones, ${look.name}`);
    await looked.picture(`phone-${look.name}`);
  }
  const narrow = await open('#/phone', LOOKS[2]);
  await handset(narrow, 'Phone 2').phone.scrollIntoViewIfNeeded();
  await narrow.picture('phone-390-call');
  const wide = await narrow.evaluate('document.documentElement.scrollWidth');
  assert.ok(wide <= 390, `${wide} px wide`);
});

// What a test needs of the server that `switchboard exec` has started: calls as Twilio makes them,
// and what a function printed. Copy it into your project.
const { createHmac, randomUUID } = require('node:crypto');
const { readFile } = require('node:fs/promises');
const { setTimeout: wait } = require('node:timers/promises');

const base = process.env.SWITCHBOARD_URL;
if (!base) throw new Error('run the tests with: switchboard exec -- node --test');

/** The X-Twilio-Signature of a POST to `url` with the form parameters `params`. */
function sign(url, params, token = process.env.SWITCHBOARD_AUTH_TOKEN) {
  const names = Object.keys(params).sort();
  const text = names.reduce((text, name) => text + name + params[name], url);
  return createHmac('sha1', token).update(text, 'utf8').digest('base64');
}

/** A POST as Twilio sends it, signed. */
function webhook(path, params) {
  const url = base + path;
  return fetch(url, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': sign(url, params) },
    body: new URLSearchParams(params),
  });
}

/**
 * Does `call` and returns what the server tells of the request to `path` that it makes (the object
 * of `--format json`: status, console, fault). Earlier requests to the same path do not count: the
 * log is written a moment after the answer, so a request to a path of its own marks the place.
 */
async function logged(path, call) {
  const mark = `/mark-${randomUUID()}`;
  await fetch(base + mark);
  await call();
  return found((requests) => {
    const marked = requests.findIndex((request) => request.path === mark);
    return marked < 0 ? undefined : requests.slice(marked).find((r) => r.path === path);
  }, path);
}

async function found(pick, path) {
  for (let left = 500; left > 0; left -= 1) {
    const request = pick(await requests());
    if (request) return request;
    await wait(10);
  }
  throw new Error(`the server tells of no request to ${path}: was it started with --log FILE?`);
}

async function requests() {
  const text = await readFile(process.env.SWITCHBOARD_LOG, 'utf8');
  // What stands behind the last line break is still being written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const events = lines.filter(Boolean).map((line) => JSON.parse(line));
  return events.filter((event) => event.event === 'request');
}

module.exports = { base, sign, webhook, logged };

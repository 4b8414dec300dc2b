'use strict';
// Sends the requests of the cases, as they stand: no library mends them.

const crypto = require('crypto');
const http = require('http');
const https = require('https');

// For answers that come at all; the time limit is 10 s.
const PATIENCE = 30_000;
// Requests at a time. Cases that would disturb others are asked alone, after them.
const TOGETHER = 4;

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

// The answers to each case: a list, for a case may be asked several times at once.
async function askAll(target, cases) {
  const answers = new Map();
  const rest = cases.filter((one) => !one.alone);
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) answers.set(one, await askTimes(target, one));
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  // What another case took down with it is asked again, by itself.
  const unanswered = cases.filter((one) => !one.alone && answers.get(one).some(({ none }) => none !== undefined));
  if (unanswered.length > 0) await target.recover();
  for (const one of [...unanswered, ...cases.filter((each) => each.alone)]) {
    answers.set(one, await askTimes(target, one));
    await target.recover();
  }
  return answers;
}

const askTimes = (target, one) => Promise.all(Array.from({ length: one.times ?? 1 }, () => ask(target, one)));

function ask(target, one) {
  const [method, given] = one.ask.split(' ');
  const base = new URL(target.base());
  const prefix = base.pathname.replace(/\/$/, '');
  // `{15000}` in a header is that many characters.
  const headers = (one.headers ?? []).map((line) => {
    const at = line.indexOf(': ');
    return [line.slice(0, at), line.slice(at + 2).replace(/^\{(\d+)\}$/, (_, count) => 'x'.repeat(Number(count)))];
  });
  let body = one.body ?? '';
  if (one.form !== undefined) {
    headers.push(['Content-Type', FORM]);
    body = new URLSearchParams(one.form).toString();
  }
  body += 'x'.repeat(one.fill ?? 0);
  if (one.sign !== undefined) headers.push(['X-Twilio-Signature', signature(target, one, given)]);
  if (body !== '' || method === 'POST') headers.push(['Content-Length', String(Buffer.byteLength(body))]);
  return new Promise((resolve) => {
    let done = false;
    const end = (answer) => {
      if (!done) resolve({ ...answer, host: target.host() });
      done = true;
    };
    const request = (base.protocol === 'https:' ? https : http).request({
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port || undefined,
      method,
      path: prefix + given,
      headers: [['Host', base.host], ...headers].flat(),
      agent: false,
      timeout: PATIENCE,
    });
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', (error) => end({ none: error.code ?? error.message }));
      response.on('end', () => {
        const order = response.rawHeaders.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase());
        const lines = (name) => response.rawHeaders.filter((_, n) => n % 2 === 1 && response.rawHeaders[n - 1].toLowerCase() === name);
        const values = Object.fromEntries(order.map((name) => [name, lines(name).join(', ')]));
        end({ status: response.statusCode, headers: values, order, lines, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on('timeout', () => {
      end({ none: `no answer in ${PATIENCE / 1000} s` });
      request.destroy();
    });
    // A server may answer before it has read everything, and close.
    request.on('error', (error) => end({ none: error.code ?? error.message }));
    request.end(body);
  });
}

// Twilio's signature of the request, or of what `sign` says was signed in its place.
function signature(target, one, given) {
  const { sign } = one;
  const base = new URL(target.base());
  let origin = base.origin;
  if (sign.port === 'without') origin = `${base.protocol}//${base.hostname}`;
  if (sign.origin !== undefined) origin = sign.origin;
  const url = origin + base.pathname.replace(/\/$/, '') + (sign.path ?? given);
  const names = new Map();
  for (const [name, value] of sign.form ?? one.form ?? []) names.set(name, (names.get(name) ?? new Set()).add(value));
  const sorted = [...names.keys()].sort().flatMap((name) => [...names.get(name)].sort().map((value) => name + value));
  return crypto.createHmac('sha1', sign.token ?? target.token).update(url + sorted.join('')).digest('base64');
}

module.exports = { askAll };

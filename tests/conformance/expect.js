'use strict';
// Whether an answer is what a case expects: null, or in a few words why not.

const { isDeepStrictEqual } = require('util');

const SHOWN = 60;

function fault(one, answers) {
  const { expect } = one;
  if (expect.some !== undefined) {
    const counts = new Map();
    for (const { status, none } of answers) counts.set(status ?? none, (counts.get(status ?? none) ?? 0) + 1);
    const shown = [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
    return counts.has(expect.some) ? null : `none is ${expect.some}: ${shown}`;
  }
  const [answer] = answers;
  if (answer.none !== undefined) return `no answer: ${answer.none}`;
  if (expect.status !== undefined && answer.status !== expect.status) return `status ${answer.status}, not ${expect.status}`;
  for (const [name, value] of Object.entries(expect.headers ?? {})) {
    const got = answer.headers[name];
    if (value === null ? got !== undefined : !fits(value, got)) return `${name}: ${shown(got)}, not ${value ?? 'absent'}`;
  }
  for (const [name, lines] of Object.entries(expect.lines ?? {})) {
    const got = answer.lines(name);
    if (!isDeepStrictEqual(got, lines)) return `${name}: ${JSON.stringify(got)}, not ${JSON.stringify(lines)}`;
  }
  if (expect.order !== undefined) {
    // What HTTP/1.1 and this suite add is no matter of order.
    const order = answer.order.filter((name) => !['connection', 'keep-alive', 'x-switchboard-parity'].includes(name));
    if (!isDeepStrictEqual(order, expect.order)) return `headers ${order.join(', ')}`;
  }
  if (expect.body !== undefined && !fits(expect.body, answer.body)) return `body ${shown(answer.body)}, not ${shown(expect.body)}`;
  if (expect.json !== undefined || expect.includes !== undefined || expect.lacks !== undefined) {
    let value;
    try {
      value = JSON.parse(answer.body);
    } catch {
      return `body ${shown(answer.body)} is no JSON`;
    }
    if (expect.json !== undefined && !isDeepStrictEqual(value, expect.json)) return `body ${shown(answer.body)}, not ${shown(JSON.stringify(expect.json))}`;
    const missing = lacking(expect.includes ?? {}, value, answer.host, '');
    if (missing !== null) return missing;
    for (const key of expect.lacks ?? []) {
      const [outer, inner] = key.split(/\.(.*)/);
      if (value[outer]?.[inner] !== undefined) return `${key} is there`;
    }
  }
  return null;
}

// `~` begins a regular expression.
function fits(wanted, got) {
  return wanted.startsWith('~') ? new RegExp(wanted.slice(1)).test(got ?? '') : wanted === got;
}

function lacking(wanted, got, host, at) {
  for (const [key, value] of Object.entries(wanted)) {
    const place = at === '' ? key : `${at}.${key}`;
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      const missing = lacking(value, got?.[key] ?? {}, host, place);
      if (missing !== null) return missing;
    } else if (!isDeepStrictEqual(got?.[key], value === '{host}' ? host : value)) {
      return `${place} is ${shown(JSON.stringify(got?.[key]))}, not ${shown(JSON.stringify(value))}`;
    }
  }
  return null;
}

function shown(text) {
  if (text === undefined) return 'absent';
  const line = String(text).replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line === '' ? 'empty' : line;
}

module.exports = { fault };

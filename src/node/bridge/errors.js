'use strict';
// Errors for the developer: the message, and the stack as far as it lies in the user's own code.

const path = require('path');
const { types } = require('util');

let root = '';

function isError(value) {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}

// Paths in the service as it is laid out: `functions/a.js:3:7`.
function relative(text) {
  return text.split(`file://${root}${path.sep}`).join('').split(root + path.sep).join('');
}

// The lines of a stack that help: those of the user's files, with those of packages below them.
function frames(stack) {
  return stack
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .filter((line) => !/switchboard:bridge\/|node:internal\/|\(node:|^ +at node:|\[eval\]/.test(line))
    .map(relative);
}

// A SyntaxError's stack begins with the place and, mostly, the source line, before the message.
function excerpt(stack) {
  const place = /^(\S.*:\d+)\n(?:([\s\S]*?\n *\^+)\n)?/.exec(stack);
  if (place === null) return [];
  return relative(place[2] === undefined ? place[1] : `${place[1]}\n${place[2]}`).split('\n');
}

function text(value) {
  for (const shown of [String, (one) => Object.prototype.toString.call(one)]) {
    try {
      return shown(value);
    } catch {
      // Its own code throws.
    }
  }
  return 'a value that cannot be shown';
}

// `{ message, stack }`; the stack may be empty.
function describe(error, depth = 0) {
  const message = text(error);
  let lines = [];
  try {
    const stack = typeof error.stack === 'string' ? error.stack : '';
    lines = [...excerpt(stack), ...frames(stack)];
    if (isError(error.cause) && depth < 4) {
      const cause = describe(error.cause, depth + 1);
      lines.push(`caused by: ${cause.message}`, ...(cause.stack === '' ? [] : [cause.stack]));
    }
  } catch {
    // A getter of the user's threw: the message must do.
  }
  return { message: relative(message), stack: lines.join('\n') };
}

module.exports = {
  describe,
  isError,
  relative,
  text,
  setRoot: (folder) => {
    root = folder;
  },
};

'use strict';
// What user code prints: each call is one frame, with its level and the invocation it belongs to.
//
// Levels: `log` and `info` are INFO, `warn` is WARNING, `error` is ERROR (Twilio docs, "Debugging
// Functions"); `debug` goes with `log` and `trace` with `error`, as Node's streams have them.

const { Console } = require('console');
const { Readable, Writable } = require('stream');
const { StringDecoder } = require('string_decoder');
const channel = require('./channel');
const current = require('./current');
const { KIND } = require('./wire');

const INFO = 0;
const WARNING = 1;
const ERROR = 2;
const LEVELS = { log: INFO, info: INFO, debug: INFO, warn: WARNING, assert: WARNING, error: ERROR, trace: ERROR };
// Up to its line and column: what was printed after an error stands behind its last frame.
const BRIDGE_FRAME = /\n +at [^\n]*?(?:switchboard:bridge\/|node:internal\/)[^\n:]*:\d+:\d+\)?/g;

// More is not kept of an invocation (src/console.rs), and not all fits into a frame.
const LONGEST = 1024 * 1024;

function emit(level, text, invocation = current.owner()) {
  if (text.length > LONGEST) text = `${text.slice(0, LONGEST)}…`;
  if (text.includes('switchboard:bridge/')) text = text.replace(BRIDGE_FRAME, '');
  channel.send(KIND.LOG, invocation === null ? 0 : invocation.id, level, '', text);
}

// A stream that keeps what has no line end yet until it has one, or the invocation answers.
function capture(level, fd) {
  // A character may come in two pieces.
  const decoder = new StringDecoder('utf8');
  let partial = '';
  let owner = null;
  const flush = () => {
    const text = partial + decoder.end();
    partial = '';
    if (text !== '') emit(level, text, owner);
  };
  const write = (bytes) => {
    const invocation = current.owner();
    if (invocation !== owner) flush();
    owner = invocation;
    partial += decoder.write(bytes);
    const end = partial.lastIndexOf('\n');
    if (end >= 0) {
      emit(level, partial.slice(0, end), owner);
      partial = partial.slice(end + 1);
    }
    if (partial.length > 65536) {
      emit(level, partial, owner);
      partial = '';
    }
  };
  let stream;
  const get = () => {
    if (stream === undefined) {
      stream = new Writable({
        write(chunk, _encoding, done) {
          write(chunk);
          done();
        },
      });
      stream.fd = fd;
    }
    return stream;
  };
  return { get, flush };
}

const stdout = capture(INFO, 1);
const stderr = capture(ERROR, 2);

function replaceConsole() {
  let level = null;
  const sink = (usual) => ({
    write: (text) => emit(level ?? usual, text.endsWith('\n') ? text.slice(0, -1) : text),
  });
  const captured = new Console({ stdout: sink(INFO), stderr: sink(ERROR), ignoreErrors: false, colorMode: false });
  for (const name of Object.keys(captured)) {
    if (typeof captured[name] !== 'function') continue;
    const method = captured[name];
    const own = LEVELS[name];
    console[name] = {
      [name](...args) {
        const outer = level;
        level = own ?? outer;
        try {
          return Reflect.apply(method, captured, args);
        } finally {
          level = outer;
        }
      },
    }[name];
  }
}

// Takes over everything that prints. Descriptors 1 and 2 themselves are pipes to the server, for
// what native code and child processes write.
function install() {
  replaceConsole();
  let stdin;
  const streams = {
    stdin: () => (stdin ??= Readable.from([])),
    stdout: stdout.get,
    stderr: stderr.get,
  };
  for (const [name, get] of Object.entries(streams)) {
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get });
  }
}

function flush() {
  stdout.flush();
  stderr.flush();
}

module.exports = { INFO, WARNING, ERROR, emit, flush, install };

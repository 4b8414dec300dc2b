'use strict';
// The debugger's side of a worker: its inspector, and the break where the user's code begins.

const { pathToFileURL } = require('url');
const channel = require('./channel');
const { real } = require('./modules');
const { KIND } = require('./wire');

let breaksFirst = false;

const tell = (head) => channel.send(KIND.INSPECTOR, 0, 0, JSON.stringify(head));

// Opens the inspector; with `wait` returns when a debugger is there. The server stands between it
// and the world: see src/node/debugger/port.rs.
function open({ wait }) {
  const inspector = require('inspector');
  inspector.open(0, '127.0.0.1');
  tell({ kind: 'listens', port: Number(new URL(inspector.url()).port) });
  if (wait) {
    inspector.waitForDebugger();
    breaksFirst = true;
  }
  tell({ kind: 'released' });
}

// Runs `load`, which loads the user's `file`. The first time after a wait, debuggers break at its
// first statement. A breakpoint and no `debugger` statement before it: what people see is their own
// file. It is set by a session of our own, and met by all.
function breakingAt(file, load) {
  if (!breaksFirst) return load();
  breaksFirst = false;
  const { Session } = require('inspector');
  const session = new Session();
  session.connect();
  session.post('Debugger.enable');
  session.post('Debugger.setBreakpointByUrl', { lineNumber: 0, url: pathToFileURL(real(file)).href });
  let loaded;
  try {
    loaded = load();
  } finally {
    if (typeof loaded?.then === 'function') loaded.then(() => session.disconnect(), () => session.disconnect());
    else session.disconnect();
  }
  return loaded;
}

module.exports = { breakingAt, open };

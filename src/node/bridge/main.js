'use strict';
// The worker: takes invocations from the channel and runs them strictly one after another.

const fs = require('fs');
const channel = require('./channel');
const current = require('./current');
const errors = require('./errors');
const { text } = errors;
const faults = require('./faults');
const inspector = require('./inspector');
const { Invocation, prepare } = require('./invoke');
const modules = require('./modules');
const output = require('./output');
const parity = require('./parity');
const processes = require('./process');
const rest = require('./rest');
const { installGlobals, makeContext } = require('./runtime');
const twilio = require('./twilio');
const tickets = require('./tickets');
const typescript = require('./typescript');
const { AHEAD, KIND, json, parse } = require('./wire');

const waiting = [];
let retiring = false;
let pumping = false;

// Starts the next invocation when none runs. A handler that calls back while it is on the stack is
// let finish first: the next one starts from here again, never within it.
function pump() {
  if (pumping) return;
  pumping = true;
  try {
    while (current.running() === null && !retiring && waiting.length > 0) {
      const { id, ahead, head } = waiting.shift();
      if (!ahead || tickets.claim(id)) new Invocation(id, parse(head)).run();
    }
  } catch (error) {
    giveUp(error);
  }
  pumping = false;
  if (retiring && current.running() === null) {
    channel.send(KIND.FATAL, 0, 0, '{"kind":"retired"}');
    process.reallyExit(0);
  }
}

// A function has changed what this file and its neighbours stand on: nothing here can be relied on any
// more, and what runs is answered for by the end of the process.
function giveUp(error) {
  fs.writeSync(2, `this process cannot go on: ${text(error)}\n`);
  process.reallyExit(70);
}

function retire() {
  retiring = true;
  setImmediate(pump);
}

function setUp(setup) {
  // A null prototype: a variable may have any name.
  const variables = Object.assign(Object.create(null), Object.fromEntries(setup.variables));
  tickets.open(setup.tickets);
  errors.setRoot(setup.root);
  twilio.setRoot(setup.root);
  typescript.setRoot(setup.root);
  processes.setVariables(setup.inherited, variables);
  processes.removeEvalGlobals();
  output.install();
  installGlobals(setup, variables);
  faults.install(retire);
  modules.watchLoads();
  modules.takeTypescript(setup);
  parity.watch(setup);
  rest.watch(setup, variables);
  modules.preload(setup.preload);
  prepare({
    contextFor: makeContext(setup, variables),
    importModule,
    // While the pump runs it goes on by itself.
    afterReply: () => {
      if (!pumping) process.nextTick(pump);
    },
  });
  channel.send(KIND.READY, 0, 0, json({ node: process.version, pid: process.pid }));
}

channel.open((kind, id, flags, head) => {
  if (kind === KIND.INVOKE) {
    waiting.push({ id, ahead: (flags & AHEAD) !== 0, head });
    pump();
  } else if (kind === KIND.SETUP) setUp(parse(head));
  else if (kind === KIND.INSPECT) inspector.open(parse(head));
  else if (kind === KIND.ANSWERED) rest.answered(id, parse(head));
});

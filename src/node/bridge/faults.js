'use strict';
// Errors that nobody caught, and the end of the process: each is laid at the door of the invocation
// that caused it, and the process is given up, since its state is not known any more.

const channel = require('./channel');
const current = require('./current');
const { describe } = require('./errors');
const output = require('./output');
const { KIND } = require('./wire');

// `retire()` makes the process take no more work and end when the running invocation has answered.
function install(retire) {
  process.on('uncaughtException', (error, origin) => {
    const culprit = current.owner();
    const kind = origin === 'unhandledRejection' ? 'rejection' : 'uncaught';
    retire();
    if (culprit !== null && !culprit.answered) {
      culprit.fail(error);
      return;
    }
    const { message, stack } = describe(error);
    const said = kind === 'rejection' ? 'Unhandled promise rejection' : 'Uncaught error';
    output.emit(output.ERROR, `${said} after the answer: ${message}${stack === '' ? '' : `\n${stack}`}`, culprit);
  });
  process.on('exit', (code) => {
    output.flush();
    const victim = current.running();
    const by = current.owner();
    const head = { kind: 'exit', code, stack: caller() };
    if (by !== victim) head.by = by.path;
    channel.send(KIND.FATAL, victim === null ? 0 : victim.id, 0, JSON.stringify(head));
  });
}

// `process.exit` runs this synchronously, so the caller is on the stack.
function caller() {
  return describe(new Error()).stack;
}

module.exports = { install };

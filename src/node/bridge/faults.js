'use strict';
// Errors that nobody caught, and the end of the process: each is laid at the door of the invocation
// that caused it, and the process is given up, since its state is not known any more.

const channel = require('./channel');
const current = require('./current');
const { describe } = require('./errors');
const output = require('./output');
const { KIND, json } = require('./wire');

// `retire()` makes the process take no more work and end when the running invocation has answered.
function install(retire) {
  const uncaught = (error, said) => {
    const culprit = current.owner();
    retire();
    if (culprit !== null && !culprit.answered) {
      culprit.fail(error);
      return;
    }
    const { message, stack } = describe(error);
    output.emit(output.ERROR, `${said} after the answer: ${message}${stack === '' ? '' : `\n${stack}`}`, culprit);
  };
  process.on('uncaughtException', (error) => uncaught(error, 'Uncaught error'));
  // As an exception, a rejection with what is no Error would be told of by Node's own words alone.
  process.on('unhandledRejection', (reason) => {
    // Listeners of the user's see to it themselves.
    if (process.listenerCount('unhandledRejection') === 1) uncaught(reason, 'Unhandled promise rejection');
  });
  process.on('exit', (code) => {
    current.running()?.leave();
    output.flush();
    const victim = current.running();
    const by = current.owner();
    const head = { kind: 'exit', code, stack: caller() };
    if (by !== victim) head.by = by.path;
    channel.send(KIND.FATAL, victim === null ? 0 : victim.id, 0, json(head));
  });
}

// `process.exit` runs this synchronously, so the caller is on the stack.
function caller() {
  return describe(new Error()).stack;
}

module.exports = { install };

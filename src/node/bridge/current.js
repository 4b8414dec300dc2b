'use strict';
// Which invocation some code belongs to. One runs at a time; what earlier ones left behind (timers,
// promises) still belongs to them, and only AsyncLocalStorage knows.

const { AsyncLocalStorage } = require('async_hooks');

const storage = new AsyncLocalStorage();
let running = null;

module.exports = {
  within: (invocation, body) => storage.run(invocation, body),
  start: (invocation) => {
    running = invocation;
  },
  end: () => {
    running = null;
  },
  running: () => running,
  // The invocation that this code belongs to, or the one that runs, or null.
  owner: () => storage.getStore() ?? running,
};

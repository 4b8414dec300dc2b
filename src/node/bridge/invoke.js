'use strict';
// One invocation, from its event to its reply: the first of `callback`, a throw, or a rejection.

const { performance } = require('perf_hooks');
const channel = require('./channel');
const current = require('./current');
const { describe, relative } = require('./errors');
const { breakingAt } = require('./inspector');
const modules = require('./modules');
const output = require('./output');
const parity = require('./parity');
const payload = require('./payload');
const { isTypescript } = require('./typescript');
const { BEGINS, KIND, json } = require('./wire');

// A function may put others in their place.
const { nextTick } = process;

let contextFor;
let importFile;
let afterReply;

class Invocation {
  constructor(id, head) {
    this.id = id;
    this.file = head.file;
    this.path = head.path;
    this.event = head.event;
    this.answered = false;
    // The reply that has not left yet.
    this.pending = null;
    this.onStack = true;
    this.warnings = null;
    this.started = performance.now();
  }

  // Never throws.
  run() {
    current.start(this);
    current.within(this, () => {
      try {
        const exported = breakingAt(this.file, () => modules.load(this.file, importFile));
        if (typeof exported?.then === 'function' && typeof exported.handler !== 'function') {
          this.tellLoaded(0);
          exported.then((found) => {
            this.tellLoaded(BEGINS, { files: [], packages: [] });
            this.call(found);
          }).catch((error) => this.fail(error));
        } else {
          this.tellLoaded(BEGINS);
          this.call(exported);
        }
      } catch (error) {
        this.fail(error);
      }
    });
    this.onStack = false;
    this.leave();
  }

  call(exported) {
    const handler = exported?.handler;
    if (typeof handler !== 'function') {
      this.fail(new Error(`Could not find a "handler" function in file ${relative(this.file)}`));
      return;
    }
    if (isTypescript(this.file)) this.warnings = [['typescript', relative(this.file)]];
    else if (modules.isEsModule(exported)) this.warnings = [['es-module', relative(this.file)]];
    const callback = (error, value) => this.callback(error, value);
    const result = Reflect.apply(handler, exported, [contextFor(this.path), this.event, callback]);
    if (typeof result?.then === 'function') result.then(undefined, (error) => this.fail(error));
  }

  callback(error, value) {
    if (this.answered) {
      output.emit(output.WARNING, `callback was called a second time: ignored, the first call has answered${this.where()}`, this);
      return;
    }
    if (error) {
      this.fail(error);
      return;
    }
    let reply;
    try {
      reply = payload.success(value);
    } catch (fault) {
      this.fail(fault);
      return;
    }
    this.reply(reply);
  }

  fail(error) {
    if (this.answered) {
      const { message, stack } = describe(error);
      output.emit(output.ERROR, `thrown after the callback: ${message}${stack === '' ? '' : `\n${stack}`}`, this);
      return;
    }
    this.reply(payload.failure(error));
  }

  // Before the handler runs: the server must know what to watch even while it runs.
  tellLoaded(flags, otherwise = null) {
    const news = modules.takeNews() ?? otherwise;
    if (news !== null) channel.send(KIND.LOADED, this.id, flags, json(news), undefined, this.time());
  }

  // How long it runs by now, as frames have it.
  time() {
    return Math.min(0xffff, Math.ceil((performance.now() - this.started) * 100));
  }

  // Where the user's code stands that is running now.
  where() {
    const { stack } = describe(new Error());
    return stack === '' ? '' : `\n${stack.split('\n', 1)[0]}`;
  }

  // The reply leaves once the code that called back gives way: what it prints until then is this
  // invocation's, and if it blocks, this one is late and not the next.
  reply(reply) {
    this.answered = true;
    this.pending = reply;
    if (!this.onStack) nextTick(() => this.leave());
  }

  // Sends the reply, if there is one that has not left.
  leave() {
    const reply = this.pending;
    if (reply === null) return;
    this.pending = null;
    output.flush();
    this.tellLoaded(0);
    try {
      this.send(reply);
    } catch (error) {
      this.send(payload.failure(error));
    }
    current.end();
    afterReply();
  }

  send({ kind, how, body, warnings }) {
    const loads = parity.loadsOf(this.file);
    const all = this.warnings === null ? warnings : [...this.warnings, ...(warnings ?? [])];
    const plain = how === undefined && all === undefined && loads === undefined;
    const head = plain ? '' : json({ how, warnings: all, loads });
    channel.send(KIND.REPLY, this.id, kind, head, body, this.time());
  }
}

module.exports = {
  Invocation,
  prepare: (options) => {
    ({ contextFor, importModule: importFile, afterReply } = options);
  },
};

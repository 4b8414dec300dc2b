// What the stories stand on: a served project in a folder of its own, and a real Chromium.
//
// Nothing here sleeps: the server writes its ready file, and Playwright waits for what a person
// would wait for. Each story is a file `NAME.story.js`, run by `tests/it/browser.rs` with
//
//     SWITCHBOARD   the built program
//     CHROMIUM      the browser
//     PICTURES      where screenshots go
//     NODE_PATH     the packages of package-lock.json
//     PACKAGES      those that functions use, `twilio` among them
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { chromium } = require('playwright-core');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Reached only where what is waited for never comes. */
const PATIENCE = Number(process.env.PATIENCE ?? 60_000);

const FLAGS = [
  '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  // Chromium refuses to run as root with its sandbox.
  ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
];

/** A project of `files` (path → text, or `{ link }` to a folder elsewhere), served on free ports. */
class Server {
  static async start(files, flags = []) {
    const server = new Server();
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'switchboard-story-'));
    for (const [file, text] of Object.entries(files)) server.write(file, text);
    await server.run(flags);
    return server;
  }

  /** Starts it: again, after `end`; on the same ports, if these are given. */
  async run(flags = []) {
    const ready = path.join(this.folder, '.ready.json');
    fs.rmSync(ready, { force: true });
    const ports = this.ready
      ? ['--port', this.port(), '--console-port', new URL(this.ready.console_url).port]
      : ['--port', '0', '--console-port', '0'];
    this.child = spawn(process.env.SWITCHBOARD, ['start', this.folder, ...ports, '--ready-file', ready, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_RUNTIME_DIR: this.folder, NO_COLOR: '1' },
    });
    this.said = '';
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => { this.said += text; });
    await this.written(ready);
    this.ready = JSON.parse(fs.readFileSync(ready, 'utf8'));
  }

  /** Waits for the ready file: watched, and looked for once the watch stands. */
  async written(ready) {
    const watcher = fs.watch(this.folder);
    try {
      const there = new Promise((done) => {
        const look = () => fs.existsSync(ready) && done();
        watcher.on('change', look);
        look();
      });
      const ended = once(this.child, 'exit').then(() => assert.fail(`the server ended: ${this.said}`));
      await Promise.race([there, ended]);
    } finally {
      watcher.close();
    }
  }

  port() {
    return new URL(this.ready.url).port;
  }

  get url() {
    return `http://localhost:${this.port()}`;
  }

  get console() {
    return this.ready.console_url;
  }

  /** The link that a terminal shows: the run file has its key. */
  get link() {
    const folder = path.join(this.folder, 'switchboard');
    const [file] = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
    return `${this.console}/#${JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')).token}`;
  }

  /** Puts a file in place whole, as editors do. */
  write(file, text) {
    const target = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (typeof text === 'object') {
      fs.symlinkSync(text.link, target);
      return;
    }
    const beside = path.join(this.folder, '.being-saved');
    fs.writeFileSync(beside, text);
    fs.renameSync(beside, target);
  }

  /** Makes a request of a service, and reads its answer. */
  async ask(target, how) {
    const answer = await fetch(this.url + target, how);
    return { status: answer.status, text: await answer.text() };
  }

  /** POSTs a form. */
  post(target, form, headers = {}) {
    return this.ask(target, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  /** Makes `count` GETs as fast as the server answers, and resolves once it has answered all. */
  async flood(target, count) {
    const connections = 4;
    const each = Math.ceil(count / connections);
    const one = () => new Promise((done, failed) => {
      const socket = net.connect(this.port(), '127.0.0.1');
      const head = `GET ${target} HTTP/1.1\r\nHost: localhost:${this.port()}\r\n`;
      socket.on('error', failed).on('close', done).resume();
      // Pipelined, in pieces that no buffer is too small for; the last one ends the connection.
      for (let at = 1; at < each; at++) socket.write(`${head}\r\n`);
      socket.write(`${head}Connection: close\r\n\r\n`);
    });
    await Promise.all(Array.from({ length: connections }, one));
    return connections * each;
  }

  /** Runs the program in the project's folder, and returns what it printed. */
  async command(...args) {
    const child = spawn(process.env.SWITCHBOARD, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_RUNTIME_DIR: this.folder, NO_COLOR: '1' },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => { text += piece; });
    await once(child, 'close');
    return text;
  }

  async end() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGINT');
      await gone;
    }
  }

  async remove() {
    await this.end();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Sizes and colours that each view is looked at in. */
const LOOKS = [
  { name: '1280-light', width: 1280, height: 800, colorScheme: 'light' },
  { name: '1280-dark', width: 1280, height: 800, colorScheme: 'dark' },
  { name: '390-light', width: 390, height: 844, colorScheme: 'light' },
  { name: '390-dark', width: 390, height: 844, colorScheme: 'dark' },
];

/** One page of the console, which complains when something ran or was refused that should not. */
class Page {
  static async open(browser, server, hash = '', look = LOOKS[0]) {
    const page = new Page();
    page.context = await browser.newContext({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.colorScheme,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page.tab = await page.context.newPage();
    page.tab.setDefaultTimeout(PATIENCE);
    page.faults = [];
    page.hosts = new Set();
    page.tab.on('dialog', async (dialog) => {
      page.faults.push(`a dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.tab.on('pageerror', (error) => page.faults.push(`an error: ${error.stack}`));
    page.tab.on('console', (message) => {
      // Chromium tells of answers that are no success, and of a server that has gone, in the same way.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        page.faults.push(`in the console: ${message.text()}`);
      }
    });
    page.tab.on('request', (request) => page.hosts.add(new URL(request.url()).host));
    await page.tab.goto(server.link);
    await page.live();
    if (hash) await page.tab.goto(`${server.console}/${hash}`);
    return page;
  }

  /** Waits until the page hears the server. */
  async live() {
    await this.tab.locator('[data-state=live]').waitFor();
  }

  /** Evaluates `expression` in the page. By the protocol itself: Playwright's way needs `eval`, which
   * the page's policy forbids. */
  async evaluate(expression) {
    this.session ??= await this.context.newCDPSession(this.tab);
    const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', {
      expression, awaitPromise: true, returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async picture(name) {
    fs.mkdirSync(process.env.PICTURES, { recursive: true });
    await this.tab.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`), animations: 'disabled' });
  }

  /** Fails on any serious fault that axe-core finds. */
  async accessible(what) {
    await this.evaluate(AXE);
    const violations = await this.evaluate('axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)');
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n  ')}`);
    assert.deepEqual(serious, [], what);
  }

  /** Nothing ran that should not, and no other host was asked. */
  clean() {
    assert.deepEqual(this.faults, []);
    for (const host of this.hosts) assert.match(host, /^localhost:\d+$|^$/);
  }

  async close() {
    await this.context.close();
  }
}

/**
 * A story: `tell({ server, open })` with a server of `files`. `open(hash, look)` opens the console.
 * What is open at the end must be clean.
 */
function story(name, files, tell) {
  begin();
  test(name, { timeout: 5 * PATIENCE }, async () => {
    const server = await Server.start(files);
    const pages = [];
    try {
      await tell({
        server,
        open: async (hash, look) => {
          const page = await Page.open(browser, server, hash, look);
          pages.push(page);
          return page;
        },
      });
      for (const page of pages) page.clean();
    } catch (error) {
      for (const [number, page] of pages.entries()) {
        await page.picture(`failed-${name.replaceAll(/\W+/g, '-')}-${number}`).catch(() => {});
        if (page.faults.length > 0) error.message += `\nthe page: ${page.faults.join('\n')}`;
      }
      throw error;
    } finally {
      for (const page of pages) await page.close().catch(() => {});
      await server.remove();
    }
  });
}

let browser;

/** One browser for all stories of a file, begun by the first. */
let begin = () => {
  before(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS, timeout: PATIENCE });
  });
  after(() => browser?.close());
  begin = () => {};
};

module.exports = { FLAGS, LOOKS, PATIENCE, Page, Server, story };

// See tests/bench/console.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { chromium } = require('playwright-core');
const { FLAGS, Page, Server } = require('../browser/rig.js');

const SECONDS = Number(process.argv[2] ?? 60);
const RATE = 1000;
const CONNECTIONS = 16;
/** Clicks on the page while the load runs. */
const CLICK_EVERY = 1000;

const FILES = {
  'services.toml': '[services.auth]\nenv = { JWT_SECRET = "secret_key" }\n[services.auth.functions]\n'
    + '"/bearer" = { handler = "rust:bearer", visibility = "public" }\n',
};

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** One connection, one request at a time: the next waits for its turn, and its wait counts. */
class Connection {
  constructor(port, took) {
    this.queue = [];
    this.busy = false;
    this.rest = '';
    this.head = `POST /bearer HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 0\r\n\r\n`;
    this.socket = net.connect(port, '127.0.0.1').setNoDelay(true);
    this.socket.on('error', (error) => { throw error; });
    this.socket.on('data', (piece) => {
      this.rest += piece.toString('latin1');
      const end = this.rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(this.rest)?.[1] ?? 0);
      if (this.rest.length < end + 4 + length) return;
      this.rest = this.rest.slice(end + 4 + length);
      took.push(performance.now() - this.queue.shift());
      this.busy = false;
      this.next();
    });
  }

  ask() {
    this.queue.push(performance.now());
    this.next();
  }

  next() {
    if (this.busy || this.queue.length === 0) return;
    this.busy = true;
    this.socket.write(this.head);
  }
}

/** Asks RATE times a second, whatever the answers do. */
async function load(server, seconds) {
  const took = [];
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(server.port(), took));
  const start = performance.now();
  let asked = 0;
  while (performance.now() - start < seconds * 1000) {
    const due = Math.floor(((performance.now() - start) * RATE) / 1000);
    for (; asked < due; asked++) connections[asked % CONNECTIONS].ask();
    await wait(2);
  }
  while (took.length < asked) await wait(2);
  const lasted = (performance.now() - start) / 1000;
  for (const { socket } of connections) socket.destroy();
  took.sort((a, b) => a - b);
  return { rate: asked / lasted, median: percentile(took, 0.5), late: percentile(took, 0.99) };
}

/** Processor seconds and memory of the server. */
function usage(server) {
  const { pid } = server.child;
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const memory = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return { cpu: (Number(stat[11]) + Number(stat[12])) / 100, megabytes: Number(memory) / 1024 };
}

/** A reader of the stream that counts what it gets, and whether each number came once. */
function follower(server) {
  const [url, token] = server.link.split('/#');
  const told = { entries: 0, missed: 0, last: 0 };
  const headers = { authorization: `Bearer ${token}` };
  told.request = http.get(`${url}/api/1/events`, { headers }, (answer) => {
    let rest = '';
    answer.on('data', (piece) => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith('id: ')) continue;
        const id = Number(line.slice(4));
        if (told.last && id !== told.last + 1) told.missed += Math.abs(id - told.last - 1);
        told.last = id;
        told.entries += 1;
      }
    });
    answer.on('error', () => {});
  });
  told.request.on('error', () => {});
  return told;
}

/** Clicks on a row, and says how long it took until the pane that it opens was painted, in ms. */
const CLICK = `new Promise((done) => {
  const row = document.querySelectorAll('.rows [role=row]')[3];
  const id = row.dataset.id;
  const start = performance.now();
  row.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  row.click();
  let shown = null;
  const look = () => {
    const pane = document.querySelector('.detail');
    if (pane && shown === null) shown = performance.now() - start;
    // One that is gone from the journal meanwhile is told so.
    const whole = pane?.querySelector('.facts span, .fault')?.textContent.includes(id);
    if (!whole) return requestAnimationFrame(look);
    done({ shown, whole: performance.now() - start });
  };
  requestAnimationFrame(look);
})`;

async function clicks(page, until) {
  const took = [];
  while (performance.now() < until) {
    await page.tab.locator('.rows [role=row]').nth(3).waitFor();
    took.push(await page.evaluate(CLICK));
    await page.tab.keyboard.press('Escape');
    await page.tab.keyboard.press('g');
    await wait(CLICK_EVERY);
  }
  return took;
}

function row(name, { rate, median, late }, before, after) {
  console.log(`${name.padEnd(18)} ${rate.toFixed(0).padStart(6)}/s  median ${median.toFixed(2)} ms  99 % ${late.toFixed(1)} ms`
    + `  server: ${((after.cpu - before.cpu) / SECONDS * 100).toFixed(0)} % of a processor, ${after.megabytes.toFixed(0)} MB`);
}

async function main() {
  const server = await Server.start(FILES);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  try {
    // The journal is filled, so that memory is that of a server which has run for a while.
    await load(server, 11);
    let before = usage(server);
    const without = await load(server, SECONDS);
    row('without a console', without, before, usage(server));

    const page = await Page.open(browser, server);
    const followers = [follower(server), follower(server)];
    before = usage(server);
    const until = performance.now() + (SECONDS - 2) * 1000;
    const [withThem, took] = await Promise.all([load(server, SECONDS), clicks(page, until)]);
    row('with three', withThem, before, usage(server));
    console.log(`throughput with them: ${((100 * withThem.rate) / without.rate).toFixed(1)} % of without`);

    const told = (key) => took.map((click) => click[key]).sort((a, b) => a - b);
    for (const [key, name] of [['shown', 'the pane is there'], ['whole', 'the request is in it']]) {
      const sorted = told(key);
      console.log(`click until ${name}: median ${percentile(sorted, 0.5).toFixed(0)} ms, 95 % ${percentile(sorted, 0.95).toFixed(0)} ms, most ${sorted.at(-1).toFixed(0)} ms (${sorted.length} clicks)`);
    }
    await page.session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await page.session.send('Runtime.getHeapUsage');
    const rows = await page.tab.locator('.count').innerText();
    console.log(`page: ${rows} entries, ${(usedSize / 1024 / 1024).toFixed(0)} MB of heap`);
    for (const { entries, missed } of followers) console.log(`stream: ${entries} entries, ${missed} missed or repeated`);
    for (const { request } of followers) request.destroy();
    page.clean();
  } finally {
    await browser.close();
    await server.remove();
  }
}

main();

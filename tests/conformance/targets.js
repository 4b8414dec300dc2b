'use strict';
// What can be asked: this server and twilio-run, each started for a copy of the project, and any URL.

const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const ROOT = path.join(__dirname, '../..');
const TOKEN = '0123456789abcdef0123456789abcdef';
const ENV = `CONFORMANCE=a variable\nACCOUNT_SID=AC${'0'.repeat(32)}\nAUTH_TOKEN=${TOKEN}\n`;
// Packages that the functions require; the last two package.json does not list as it should.
const PACKAGES = ['twilio', '@twilio/runtime-handler', 'semver', 'yargs'];
const PATIENCE = 60_000;

// The packages that tests/oracle/twilio-run locks, installed where the tests have them as well.
function packages() {
  const folder = process.env.CONFORMANCE_PACKAGES ?? path.join(ROOT, 'target/tmp/oracle-twilio-run');
  const source = path.join(ROOT, 'tests/oracle/twilio-run');
  const lock = fs.readFileSync(path.join(source, 'package-lock.json'), 'utf8');
  // tests/it/oracle.rs has the same mark.
  const mark = path.join(folder, 'installed-lock.json');
  if (!fs.existsSync(mark) || fs.readFileSync(mark, 'utf8') !== lock) {
    fs.mkdirSync(folder, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) fs.copyFileSync(path.join(source, file), path.join(folder, file));
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional'], { cwd: folder, encoding: 'utf8' });
    if (npm.status !== 0) throw new Error(`npm could not install twilio-run: ${npm.stderr ?? npm.error}`);
    fs.writeFileSync(mark, lock);
  }
  return path.join(folder, 'node_modules');
}

// A copy of the project, with the packages that it asks for.
function project() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  fs.cpSync(path.join(__dirname, 'project'), folder, { recursive: true });
  fs.writeFileSync(path.join(folder, '.env'), ENV);
  const installed = packages();
  fs.mkdirSync(path.join(folder, 'node_modules/@twilio'), { recursive: true });
  for (const name of PACKAGES) fs.symlinkSync(path.join(installed, name), path.join(folder, 'node_modules', name));
  return folder;
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => server.on('error', reject).listen(0, resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Starts a server on a port of its own, in a process group that ends with it.
async function started(name, command, flags, folder) {
  let child;
  let port;
  const start = async () => {
    port = await freePort();
    child = spawn(command, flags(port), {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, XDG_RUNTIME_DIR: folder },
    });
    let told = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { told = (told + text).slice(-4000); });
    child.on('error', (error) => { told += error.message; });
    for (const end = Date.now() + PATIENCE; !(await listens(port));) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
        throw new Error(`${name} does not start:\n${told}`);
      }
    }
  };
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.on('exit', kill);
  await start();
  return {
    name,
    token: TOKEN,
    base: () => `http://localhost:${port}`,
    host: () => `localhost:${port}`,
    // After a case that may have ended it.
    recover: async () => {
      if (child.exitCode === null && child.signalCode === null && (await listens(port))) return;
      kill();
      await start();
    },
    stop: async () => {
      kill();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

// Whether somebody listens; the time of a failed attempt is all the waiting that is done.
function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: 'localhost' });
    socket.on('connect', () => resolve(true)).on('error', () => setTimeout(() => resolve(false), 20)).on('connect', () => socket.destroy());
  });
}

function switchboard(program) {
  const built = ['release', 'debug'].map((kind) => path.join(ROOT, 'target', kind, 'switchboard'));
  const found = program ?? built.find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error('there is no program to ask: cargo build --release, or name one with --switchboard');
  // As the cloud would answer, and not only warn of it.
  const flags = (port) => ['start', '--port', String(port), '--no-console', '--no-watch', '--strict', '--parity-header'];
  return started('Switchboard', path.resolve(found), flags, project());
}

function twilioRun() {
  const program = path.join(packages(), 'twilio-run/bin/twilio-run.js');
  return started('twilio-run', process.execPath, (port) => [program, 'start', '--port', String(port)], project());
}

async function url(given) {
  const { host } = new URL(given);
  const token = process.env.TWILIO_AUTH_TOKEN;
  if (!token) throw new Error(`set TWILIO_AUTH_TOKEN to the token of the account of ${host}: some requests are signed`);
  return { name: host, token, base: () => given, host: () => host, recover: async () => {}, stop: async () => {} };
}

module.exports = { switchboard, twilioRun, url };

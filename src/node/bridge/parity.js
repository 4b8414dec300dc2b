'use strict';
// What functions load that the cloud would not have: files beside them, packages that are not listed.
//
// Only what was found is told: a failed `require` fails here already. A module runs once in the life
// of a process, so what it loaded is kept for the function that ran it, and told each time.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const current = require('./current');
const { relative } = require('./errors');

const IN_PACKAGE = `${path.sep}node_modules${path.sep}`;
const BUILT_IN = new Set(Module.builtinModules);
// How many warnings are kept for one function.
const MOST = 20;
// What the Toolkit deploys with where package.json lists nothing.
const USUAL = { twilio: '*', '@twilio/runtime-handler': '*' };

const warnings = new Map();
const judged = new Set();
let setup;
let listed;

function watch(given) {
  setup = given;
  const load = Module._load;
  Module._load = function (request, parent, isMain) {
    const exported = load.call(this, request, parent, isMain);
    judge(request, parent);
    return exported;
  };
}

function judge(request, parent) {
  const by = parent?.filename;
  if (typeof by !== 'string' || by.includes(IN_PACKAGE) || typeof request !== 'string') return;
  const file = current.owner()?.file;
  if (file === undefined) return;
  const key = `${file}\0${by}\0${request}`;
  if (judged.has(key)) return;
  // Names can be made up without end; what is judged twice is told once all the same.
  if (judged.size < 10_000) judged.add(key);
  const warning = /^\.\.?(\/|$)/.test(request) ? neighbour(request, parent, by) : dependency(request, by);
  if (warning === null) return;
  const known = warnings.get(file) ?? [];
  if (known.length < MOST && !known.some(([, text]) => text === warning[1])) known.push(warning);
  warnings.set(file, known);
}

function neighbour(request, parent, by) {
  const found = Module._resolveFilename(request, parent);
  const named = (files) => Object.entries(files).find(([, file]) => file === found)?.[0];
  const [func, asset] = [named(setup.functions), named(setup.assets)];
  const instead = func !== undefined
    ? `use require(Runtime.getFunctions()[${JSON.stringify(func)}].path)`
    : asset !== undefined
      ? `use Runtime.getAssets()[${JSON.stringify(asset)}]`
      : 'make it a private function or asset, and reach it through Runtime';
  return ['relative-require', `${relative(by)} requires ${JSON.stringify(request)}: the cloud has no such file beside it; ${instead}`];
}

function dependency(request, by) {
  // The bridge itself asks from there.
  if (path.basename(by) === 'package.json') return null;
  if (request.startsWith('node:') || request.startsWith('#') || path.isAbsolute(request)) return null;
  const parts = request.split('/');
  const name = parts.slice(0, request.startsWith('@') ? 2 : 1).join('/');
  if (BUILT_IN.has(request) || BUILT_IN.has(name)) return null;
  const { dependencies, devDependencies } = listing();
  if (dependencies === undefined || Object.hasOwn(dependencies, name)) return null;
  if (Object.hasOwn(devDependencies, name)) {
    return ['dev-dependency', `${relative(by)} requires ${JSON.stringify(name)}, which is in devDependencies: the cloud installs dependencies alone; move it there`];
  }
  return ['unlisted-dependency', `${relative(by)} requires ${JSON.stringify(name)}, which package.json does not list: the cloud installs only what is listed; npm install ${name}`];
}

// What package.json lists; without the file nothing is known. A change of it starts new processes.
function listing() {
  if (listed === undefined) {
    listed = { devDependencies: {} };
    try {
      const text = fs.readFileSync(path.join(setup.root, 'package.json'), 'utf8');
      const { dependencies, devDependencies } = JSON.parse(text.replace(/^\ufeff/, ''));
      const named = Object.keys(dependencies ?? {}).length > 0;
      listed = { dependencies: named ? dependencies : USUAL, devDependencies: devDependencies ?? {} };
    } catch {
      // It is not there, or broken; the server tells of that.
    }
  }
  return listed;
}

module.exports = { watch, warningsOf: (file) => warnings.get(file) };

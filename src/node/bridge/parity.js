'use strict';
// What functions load that the cloud may not have: files beside them, packages that are not listed.
// The server judges it (src/parity/load.rs); here only what the cloud surely has is passed over.
//
// Only what was found is told: a failed `require` fails here already. A module runs once in the life
// of a process, so what it loaded is kept for the function that ran it, and told each time.

const Module = require('module');
const path = require('path');
const current = require('./current');
const { relative } = require('./errors');
const { real } = require('./modules');

const IN_PACKAGE = `${path.sep}node_modules${path.sep}`;
const BUILT_IN = new Set(Module.builtinModules);
// How many loads are kept for one function.
const MOST = 20;

const loads = new Map();
const judged = new Set();
let setup;
// The packages that the cloud has; null if nothing is known of them.
let there;

function watch(given) {
  setup = given;
  there = setup.packages === null ? null : new Set(setup.packages);
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
  const isPath = /^\.\.?(\/|$)/.test(request) || path.isAbsolute(request);
  if (!isPath && !isOutside(request, by)) return;
  const found = isPath ? beside(request, parent) : null;
  // What `Runtime` names is an absolute path, and so is what `require.resolve` finds of a package.
  if (path.isAbsolute(request) && (found !== 'file' || request.includes(IN_PACKAGE))) return;
  const load = { by: relative(by), request: relative(request), beside: found };
  const known = loads.get(file) ?? [];
  const same = (other) => other.by === load.by && other.request === load.request;
  if (known.length < MOST && !known.some(same)) known.push(load);
  loads.set(file, known);
}

// What a path has found.
function beside(request, parent) {
  const found = Module._resolveFilename(request, parent);
  // A link is found by the name of the file behind it.
  const named = (files) => Object.entries(files).find(([, file]) => file === found || real(file) === found)?.[0];
  const [func, asset] = [named(setup.functions), named(setup.assets)];
  if (func !== undefined) return { function: func };
  return asset !== undefined ? { asset } : 'file';
}

// Whether it is a package that the cloud may not have.
function isOutside(request, by) {
  // The bridge itself asks from there.
  if (there === null || path.basename(by) === 'package.json') return false;
  if (request.startsWith('node:') || request.startsWith('#') || path.isAbsolute(request)) return false;
  const parts = request.split('/');
  const name = parts.slice(0, request.startsWith('@') ? 2 : 1).join('/');
  return !BUILT_IN.has(request) && !BUILT_IN.has(name) && !there.has(name);
}

module.exports = { watch, loadsOf: (file) => loads.get(file) };

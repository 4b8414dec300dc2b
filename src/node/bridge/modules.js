'use strict';
// Loads the user's files, each once in the life of a process, and tells which were loaded.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const { pathToFileURL } = require('url');
const typescript = require('./typescript');

const IN_PACKAGE = `${path.sep}node_modules${path.sep}`;
const loaded = new Map();
let news = { files: [], packages: [] };

// Every module that is loaded passes here before its file is read: its age is noted first, so that
// a change in between makes it look too old and never too new.
function watchLoads() {
  const load = Module.prototype.load;
  Module.prototype.load = function (filename) {
    note(this, filename);
    return load.call(this, filename);
  };
}

function note(module, filename) {
  if (!filename.includes(IN_PACKAGE)) noteFile(filename);
  else if (!module.parent?.filename?.includes(IN_PACKAGE)) news.packages.push(filename);
}

function noteFile(filename) {
  try {
    const { mtimeNs, size } = fs.statSync(filename, { bigint: true });
    news.files.push([filename, String(mtimeNs), String(size)]);
  } catch {
    // It is gone; loading it will say so.
  }
}

// `file` as `require` names it: by the file behind a link.
function real(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}

// What was loaded since the last call, or null.
function takeNews() {
  if (news.files.length === 0 && news.packages.length === 0) return null;
  const taken = news;
  news = { files: [], packages: [] };
  return taken;
}

// Loads packages ahead, as the last process needed them. Whoever needs one that fails will be told.
function preload(files) {
  for (const file of files) {
    try {
      Module.createRequire(file)(file);
    } catch {
      // As above.
    }
  }
  news = { files: [], packages: [] };
}

// Where a function of the service is TypeScript, `require` takes it, whoever asks.
function takeTypescript({ functions }) {
  if (Object.values(functions).some(typescript.isTypescript)) typescript.install(noteFile);
}

// The exports of the function in `file`: at once, or a promise for an ES module.
function load(file, importModule) {
  const known = loaded.get(file);
  if (known !== undefined) return known();
  let exported;
  try {
    const require = Module.createRequire(file);
    exported = require(file);
    const module = require.cache[file];
    if (require('util').types.isModuleNamespaceObject(exported)) {
      loaded.set(file, () => esm(exported));
    } else {
      loaded.set(file, module === undefined ? () => exported : () => module.exports);
    }
  } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    noteFile(file);
    return importModule(pathToFileURL(file).href).then((namespace) => {
      loaded.set(file, () => esm(namespace));
      return esm(namespace);
    });
  }
  return loaded.get(file)();
}

// What an ES module exports, as `exports` would have it.
const esModules = new WeakSet();
function esm(namespace) {
  const found = namespace.handler === undefined ? (namespace.default ?? namespace) : namespace;
  if (typeof found === 'object' || typeof found === 'function') esModules.add(found);
  return found;
}

module.exports = { load, preload, real, takeNews, takeTypescript, watchLoads, isEsModule: (exported) => esModules.has(exported) };

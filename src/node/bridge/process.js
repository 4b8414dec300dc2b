'use strict';
// Makes this process look as one that was started with a script of the user's.

const { builtinModules } = require('module');

// `node -e` puts every built-in module and its own `module`, `require`… among the globals, and the
// module `crypto` over the Web Crypto API. A function that forgets a `require` would run here and
// fail in the cloud.
function removeEvalGlobals() {
  const kept = new Set(['process', 'console', 'crypto']);
  const names = [...builtinModules, 'module', 'exports', 'require', '__filename', '__dirname'];
  for (const name of names) if (!kept.has(name)) delete globalThis[name];
  // `cluster` hands it on to what it forks.
  process.execArgv = [];
  if (Number(process.versions.node.split('.')[0]) < 19) delete globalThis.crypto;
  else {
    Object.defineProperty(globalThis, 'crypto', {
      configurable: true,
      enumerable: true,
      get: () => require('crypto').webcrypto,
    });
  }
}

// `process.env` is what the server hands on (src/node/spec.rs) and the service's variables, as in
// runtime-handler's child process, and nothing of what a script around Node has set for itself.
function setVariables(inherited, variables) {
  const kept = new Set(inherited);
  for (const name of Object.keys(process.env)) if (!kept.has(name)) delete process.env[name];
  for (const [name, value] of Object.entries(variables)) process.env[name] = value;
}

module.exports = { removeEvalGlobals, setVariables };

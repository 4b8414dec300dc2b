'use strict';
// `Runtime`, `context` and the other globals of the cloud, there before any user code runs.
//
// Sources: Twilio docs, "Runtime client"; runtime-handler, `internal/runtime.ts` and `route.ts`.

const fs = require('fs');
const credentials = require('./credentials');
const { Response } = require('./response');
const twilio = require('./twilio');

function makeRuntime({ functions, assets }, variables) {
  const getSync = (...args) => {
    const { serviceName, ...options } = { serviceName: 'default', lazyLoading: true, ...args[0] };
    const shown = args.map((argument) => JSON.stringify(argument)).join(',');
    credentials.checkSid(variables.ACCOUNT_SID, `Runtime.getSync(${shown})`);
    const client = twilio.twilioPackage('Runtime.getSync()')(variables.ACCOUNT_SID, variables.AUTH_TOKEN, options);
    // Since twilio 4 `client.sync.services` warns that it is deprecated, in the user's log.
    const service = client.sync.v1.services(serviceName || 'default');
    service.maps = service.syncMaps;
    service.lists = service.syncLists;
    return service;
  };
  const getFunctions = () =>
    Object.fromEntries(Object.entries(functions).map(([name, path]) => [name, { path }]));
  const getAssets = () =>
    Object.fromEntries(
      Object.entries(assets).map(([name, path]) => [name, { path, open: () => fs.readFileSync(path, 'utf8') }]),
    );
  return { getSync, getAssets, getFunctions };
}

// Returns `contextFor(path)`. Copying one object of the final shape is a hundred times quicker than
// adding the variables one by one.
function makeContext(setup, variables) {
  const getTwilioClient = (options) => {
    const caller = 'context.getTwilioClient()';
    credentials.checkSid(variables.ACCOUNT_SID, caller);
    credentials.checkToken(variables.AUTH_TOKEN, caller);
    const { ACCOUNT_SID, AUTH_TOKEN } = variables;
    return twilio.twilioPackage(caller)(ACCOUNT_SID, AUTH_TOKEN, { lazyLoading: true, ...options });
  };
  const prepared = {
    PATH: '',
    DOMAIN_NAME: setup.domainName,
    SERVICE_SID: setup.serviceSid,
    ENVIRONMENT_SID: setup.environmentSid,
    ...variables,
    getTwilioClient,
  };
  // A variable beats a built-in key of its name, as in runtime-handler.
  const ownPath = Object.hasOwn(variables, 'PATH');
  return (path) => {
    const context = { ...prepared };
    if (!ownPath) context.PATH = path;
    return context;
  };
}

function define(name, descriptor) {
  Object.defineProperty(globalThis, name, { configurable: true, enumerable: true, ...descriptor });
}

function installGlobals(setup, variables) {
  const runtime = makeRuntime(setup, variables);
  define('Twilio', { writable: true, value: twilio.makeGlobal() });
  define('Runtime', { writable: true, value: runtime });
  define('Functions', { writable: true, value: runtime.getFunctions() });
  define('Response', { writable: true, value: Response });
  if (credentials.validSid(variables.ACCOUNT_SID) && variables.AUTH_TOKEN) {
    let client;
    define('twilioClient', {
      get: () => (client ??= makeClient(variables)),
      set: (value) => define('twilioClient', { writable: true, value }),
    });
  }
}

function makeClient({ ACCOUNT_SID, AUTH_TOKEN }) {
  const { Twilio } = twilio.twilioPackage('twilioClient');
  return new Twilio(ACCOUNT_SID, AUTH_TOKEN, { lazyLoading: true });
}

module.exports = { installGlobals, makeContext };

'use strict';
// The global `Twilio`: what the project's own package `twilio` exports, and `Response`.
//
// The package takes some 130 ms and 20 MiB to load, and most functions use none of it, so it is
// loaded when a property of it is first asked for. The properties that are known are accessors;
// others are found by the prototype, which is asked last. Afterwards all are plain values, as in
// `{ ...require('twilio'), Response }`, which is what runtime-handler makes.

const { createRequire } = require('module');
const path = require('path');
const { Response } = require('./response');

// The exports of twilio 3 to 6.
const KNOWN = [
  'AccountsBase', 'ClientCredentialProviderBuilder', 'NoAuthCredentialProvider',
  'OrgsCredentialProviderBuilder', 'RequestClient', 'RestException', 'Twilio',
  'getExpectedBodyHash', 'getExpectedTwilioSignature', 'jwt', 'twiml', 'validateBody',
  'validateExpressRequest', 'validateIncomingRequest', 'validateRequest',
  'validateRequestWithBody', 'webhook',
];
const TWIML = new Set(['TwiML', 'VoiceResponse', 'MessagingResponse', 'FaxResponse']);

let root;
let loaded;

// The project's own `twilio`; `wanted` says for what.
function twilioPackage(wanted) {
  if (loaded !== undefined) return loaded;
  const fromProject = createRequire(path.join(root, 'package.json'));
  try {
    loaded = fromProject('twilio');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !/'twilio'/.test(error.message)) throw error;
    const explained = new Error(
      `${wanted} needs the package twilio, which this project does not have: run "npm install twilio" in ${root}`,
    );
    explained.code = error.code;
    throw explained;
  }
  return loaded;
}

function makeGlobal() {
  const twilio = {};
  const become = (name) => {
    const exported = twilioPackage(`Twilio.${name}`);
    Object.setPrototypeOf(twilio, Object.prototype);
    for (const known of KNOWN) delete twilio[known];
    delete twilio.Response;
    Object.assign(twilio, exported, { Response });
    return twilio[name];
  };
  for (const name of KNOWN) {
    Object.defineProperty(twilio, name, {
      configurable: true,
      enumerable: true,
      get: () => become(name),
      set: (value) => {
        become(name);
        twilio[name] = value;
      },
    });
  }
  twilio.Response = Response;
  Object.setPrototypeOf(
    twilio,
    new Proxy(Object.prototype, {
      get: (target, name) =>
        typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON'
          ? target[name]
          : become(name),
    }),
  );
  return twilio;
}

// Whether it is a TwiML object of any copy of the package: by the names of its classes, so that
// nothing needs to be loaded to know.
function isTwiml(value) {
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, 'constructor') && TWIML.has(at.constructor?.name)) {
      return value.toString !== Object.prototype.toString;
    }
  }
  return false;
}

module.exports = {
  isTwiml,
  makeGlobal,
  twilioPackage,
  setRoot: (folder) => {
    root = folder;
  },
};

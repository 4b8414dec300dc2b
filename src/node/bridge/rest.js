'use strict';
// Requests of clients that have the development token. Twilio would refuse them, so the server
// answers (src/rest). With `start --local-api` it answers all.
//
// All clients of the package `twilio`, however they were made, send through the prototype of its
// `RequestClient`, or through a client of the user's own, which is left alone.

const Module = require('module');
const path = require('path');
const channel = require('./channel');
const current = require('./current');
const { isDevelopmentToken } = require('./credentials');
const { relative } = require('./errors');
const { KIND, json } = require('./wire');

// The same in twilio 3 to 6; the folder above may have another name, by an alias.
const FILE = path.join(path.sep, 'lib', 'base', 'RequestClient.js');

const waiting = new Map();
let last = 0;
let everyAccount = false;
let serviceAccount = '';

function watch(setup, variables) {
  everyAccount = setup.answeredFor === 'everyAccount';
  serviceAccount = variables.ACCOUNT_SID;
  const load = Module.prototype.load;
  Module.prototype.load = function (filename) {
    const result = load.call(this, filename);
    if (filename.endsWith(FILE)) takeOver(this.exports.default ?? this.exports);
    return result;
  };
}

function takeOver({ prototype }) {
  const request = prototype?.request;
  if (typeof request !== 'function') return;
  prototype.request = function (options) {
    return everyAccount || isDevelopmentToken(options?.password) ? ask(this, options) : request.call(this, options);
  };
}

// `client.lastRequest` and `client.lastResponse` are as its own `request` leaves them.
function ask(client, { method, uri, username, params, data, headers }) {
  const invocation = current.owner();
  const number = (last = (last + 1) % 0x1_0000_0000);
  const parameters = [...pairs(params), ...pairs(data)];
  const request = {
    method: String(method).toUpperCase(),
    url: String(uri),
    // A client with an API key has the key's SID there.
    account: String(username).startsWith('AC') ? String(username) : serviceAccount,
    parameters,
    if_match: revision(headers),
  };
  const by = invocation === null ? '' : relative(invocation.file);
  client.lastRequest = { method: request.method, url: request.url, params, data, headers };
  client.lastResponse = undefined;
  const answer = new Promise((resolve) => {
    channel.send(KIND.ASKED, invocation?.id ?? 0, 0, json({ number, by, request }));
    waiting.set(number, resolve);
  });
  return answer.then((response) => (client.lastResponse = response));
}

// As the client's own form would have them: several of one name for an array, and an empty text for `null`.
function pairs(values) {
  if (typeof values !== 'object' || values === null) return [];
  return Object.entries(values).flatMap(([name, value]) =>
    [value].flat().filter((one) => one !== undefined).map((one) => [name, String(one ?? '')]),
  );
}

// The revision that a change is for.
function revision(headers) {
  const value = headers?.['If-Match'];
  return value === undefined || value === null ? null : String(value);
}

// The server has answered the request `number`.
function answered(number, { status, body }) {
  waiting.get(number)?.({ statusCode: status, body, headers: {} });
  waiting.delete(number);
}

module.exports = { answered, watch };

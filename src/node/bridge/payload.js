'use strict';
// From what a function called back with to the reply's frame: `{kind, how, body}`. `how` is undefined
// where a plain payload is the answer, as it mostly is: then the frame needs no head.

const { describe, isError, text } = require('./errors');
const { Response, hadOptions } = require('./response');
const { isTwiml } = require('./twilio');
const { types } = require('util');
const { json } = require('./wire');

// What a reply's body is; src/node/message.rs has the same numbers.
const EMPTY = 0;
const TEXT = 1;
const JSON_TEXT = 2;
const TWIML = 3;
const BYTES = 4;

// A copy: the reply leaves later, and the function may use its buffer again until then.
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();

// `callback(null, payload)`; throws what `JSON.stringify` throws.
function success(payload) {
  if (typeof payload === 'string') return { kind: TEXT, body: payload };
  if (payload === undefined || payload === null) return { kind: EMPTY };
  if (typeof payload === 'object') {
    if (payload instanceof Response) return response(payload);
    if (types.isArrayBufferView(payload)) return { kind: BYTES, body: bytesOf(payload) };
    if (isTwiml(payload)) return { kind: TWIML, body: payload.toString() };
  }
  const body = JSON.stringify(payload);
  // A function, a symbol, or an object whose toJSON returns nothing.
  return body === undefined ? { kind: EMPTY } : { kind: JSON_TEXT, body };
}

function response(answer) {
  const [kind, body] = responseBody(answer.body);
  const headers = [];
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    // Headers leave runtime-handler's child process as JSON, in which `undefined` is left out, and
    // `null` within a list.
    if (value === undefined) continue;
    const values = [value].flat().map((one) => text(one === undefined ? null : one));
    if (values.length > 0) headers.push([name, values]);
  }
  const status = Number(answer.statusCode);
  if (!Number.isInteger(status) || status < 0 || status > 65535) {
    throw new RangeError(`Invalid status code: ${text(answer.statusCode)}`);
  }
  const reply = { kind, how: { response: { status, headers } }, body };
  if (hadOptions(answer)) {
    reply.warnings = [
      ['response-options', 'new Twilio.Response({…}) was given options: a report says that the cloud ignores them; use setStatusCode, setBody and appendHeader'],
    ];
  }
  return reply;
}

function responseBody(body) {
  if (body === undefined || body === null) return [EMPTY];
  if (typeof body === 'string') return [TEXT, body];
  if (types.isArrayBufferView(body)) return [BYTES, bytesOf(body)];
  if (typeof body === 'object' && isTwiml(body)) {
    throw new TypeError('setBody was given a TwiML object, which is no text: call its toString()');
  }
  const serialized = JSON.stringify(body);
  return serialized === undefined ? [EMPTY] : [JSON_TEXT, serialized];
}

// `callback(error)`, or what was thrown.
function failure(error) {
  if (isError(error)) return { kind: EMPTY, how: { failure: describe(error) } };
  const how = { failure: {} };
  if (typeof error === 'object' && error !== null) {
    try {
      const body = json(error);
      if (body !== undefined) return { kind: JSON_TEXT, how, body };
    } catch {
      // Circular: its text must do.
    }
  }
  return { kind: TEXT, how, body: text(error) };
}

module.exports = { success, failure };

'use strict';
// From what a function called back with to the reply's frame: its kind, and the body as it is.

const { describe, isError, text } = require('./errors');
const { Response, hadOptions } = require('./response');
const { isTwiml } = require('./twilio');
const { types } = require('util');

const EMPTY = { head: '{"done":"success","payload":"empty"}' };
const TEXT = '{"done":"success","payload":"text"}';
const JSON_TEXT = '{"done":"success","payload":"json"}';
const TWIML = '{"done":"success","payload":"twiml"}';
const BYTES = '{"done":"success","payload":"bytes"}';

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// `callback(null, payload)`; throws what `JSON.stringify` throws.
function success(payload) {
  if (typeof payload === 'string') return { head: TEXT, body: payload };
  if (payload === undefined || payload === null) return EMPTY;
  if (typeof payload === 'object') {
    if (payload instanceof Response) return response(payload);
    if (types.isArrayBufferView(payload)) return { head: BYTES, body: bytesOf(payload) };
    if (isTwiml(payload)) return { head: TWIML, body: payload.toString() };
  }
  const json = JSON.stringify(payload);
  // A function, a symbol, or an object whose toJSON returns nothing.
  if (json === undefined) return EMPTY;
  return { head: JSON_TEXT, body: json };
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
  const head = { done: 'success', payload: 'response', status, headers, body: kind };
  if (hadOptions(answer)) {
    head.warnings = [
      ['response-options', 'new Twilio.Response({…}) was given options: a report says that the cloud ignores them; use setStatusCode, setBody and appendHeader'],
    ];
  }
  return { head: JSON.stringify(head), body };
}

function responseBody(body) {
  if (body === undefined || body === null) return ['empty'];
  if (typeof body === 'string') return ['text', body];
  if (types.isArrayBufferView(body)) return ['bytes', bytesOf(body)];
  if (typeof body === 'object' && isTwiml(body)) {
    throw new TypeError('setBody was given a TwiML object, which is no text: call its toString()');
  }
  const json = JSON.stringify(body);
  return json === undefined ? ['empty'] : ['json', json];
}

// `callback(error)`, or what was thrown.
function failure(error) {
  if (isError(error)) return failed({ kind: 'error', ...describe(error) });
  if (typeof error === 'object' && error !== null) {
    try {
      const json = JSON.stringify(error);
      if (json !== undefined) return failed({ kind: 'json' }, json);
    } catch {
      // Circular: its text must do.
    }
  }
  return failed({ kind: 'text' }, text(error));
}

const failed = (head, body) => ({ head: JSON.stringify({ done: 'failure', ...head }), body });

module.exports = { success, failure };

'use strict';
// `Twilio.Response`.
//
// Source: Twilio docs, "Function execution", for the methods; runtime-handler's `response.ts` for
// what they do with odd arguments.

const COOKIES = 'Set-Cookie';

// Built with options, which a report says the cloud ignores (function-templates, pull request 345).
const withOptions = new WeakSet();

class Response {
  constructor(options) {
    this.body = null;
    this.statusCode = 200;
    this.headers = { [COOKIES]: [] };
    if (options === undefined || options === null) return;
    if (options.statusCode) this.statusCode = options.statusCode;
    if (options.body) this.body = options.body;
    if (options.headers) this.setHeaders(options.headers);
    withOptions.add(this);
  }

  setStatusCode(statusCode) {
    this.statusCode = statusCode;
    return this;
  }

  setBody(body) {
    this.body = body;
    return this;
  }

  setHeaders(headers) {
    if (typeof headers !== 'object' || headers === null) return this;
    this.headers = { [COOKIES]: [] };
    for (const [key, value] of Object.entries(headers)) this.appendHeader(key, value);
    return this;
  }

  appendHeader(key, value) {
    if (typeof value === 'object' && !Array.isArray(value)) {
      throw new Error('Header value cannot be an object');
    }
    const name = key.toLowerCase() === 'set-cookie' ? COOKIES : key;
    const before = Object.hasOwn(this.headers, name) ? this.headers[name] : undefined;
    // An empty value is none to be kept beside the next one.
    if (before) this.headers[name] = [before, value].flat();
    else this.headers[name] = name === COOKIES ? [value].flat() : value;
    return this;
  }

  setCookie(key, value, attributes = []) {
    const rest = attributes.length > 0 ? `;${attributes.join(';')}` : '';
    return this.appendHeader(COOKIES, `${key}=${value}${rest}`);
  }

  removeCookie(key) {
    const cookies = [this.headers[COOKIES] ?? []].flat();
    const kept = cookies.filter((cookie) => typeof cookie === 'string' && !cookie.startsWith(`${key}=`));
    this.headers[COOKIES] = [...kept, `${key}=;Max-Age=0`];
    return this;
  }

  serialize() {
    const type = this.headers['Content-Type'];
    const json = typeof type === 'string' && type.startsWith('application/json');
    return {
      statusCode: this.statusCode,
      body: json ? JSON.stringify(this.body) : this.body,
      headers: this.headers,
    };
  }
}

module.exports = { Response, hadOptions: (response) => withOptions.has(response) };

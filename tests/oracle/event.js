// Reads requests as the runtime handler does: the real Express with its query parser, body-parser
// and cookie-parser, set up in the same order, on requests that need no network.
//
// Input: [{url, headers: [[name, value], …], body}], every text one character a byte.
// Output, for each: {status} of the refusal, or {event, lone}: the event as canonical text
// (`request.headers` left empty), and whether it held a lone surrogate, shown as U+FFFD.

const { IncomingMessage, ServerResponse } = require('http');
const { Socket } = require('net');
const cookieParser = require('cookie-parser');
const express = require('express');

const app = express();
app.use(express.urlencoded({ extended: false, limit: '6mb' }));
app.use(express.json({ limit: '6mb' }));
app.use(cookieParser());
app.use((req, res) => res.answer(answer(req)));
app.use((error, req, res, next) => res.answer({ status: error.status || 500 }));

function answer(req) {
  const request = { headers: {}, cookies: req.cookies };
  const event = { request, ...req.query, ...req.body };
  const seen = { lone: false };
  return { event: canonical(event, seen), lone: seen.lone };
}

// JSON, but for numbers: those are the bits of the double, so that nothing is lost on the way.
// What JSON cannot print is what JSON prints for it.
function canonical(value, seen) {
  switch (typeof value) {
    case 'string':
      seen.lone ||= !value.isWellFormed();
      return JSON.stringify(value.toWellFormed());
    case 'number': {
      if (!Number.isFinite(value)) return 'null';
      const bits = Buffer.alloc(8);
      bits.writeDoubleBE(value + 0 || 0);
      return '#' + bits.toString('hex');
    }
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item) => canonical(item, seen))}]`;
      const entries = Object.entries(value);
      return `{${entries.map(([key, item]) => canonical(key, seen) + ':' + canonical(item, seen))}}`;
    }
    default:
      return String(value);
  }
}

function ask({ url, headers, body }) {
  const req = new IncomingMessage(new Socket());
  req.method = 'POST';
  req.url = url;
  for (const [name, value] of headers) req._addHeaderLine(name, value, req.headers);
  req.push(Buffer.from(body, 'latin1'));
  req.push(null);
  const res = new ServerResponse(req);
  return new Promise((resolve) => {
    // Express gives the response its own prototype; an own property stays.
    res.answer = resolve;
    app(req, res);
  });
}

let input = '';
// Else a character between two chunks would fall apart.
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => (input += chunk));
process.stdin.on('end', async () => {
  const answers = [];
  for (const request of JSON.parse(input)) answers.push(await ask(request));
  process.stdout.write(JSON.stringify(answers));
});

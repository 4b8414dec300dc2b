'use strict';
// The Node side of floor.rs: frames of a length and a body on fd 0, one answer for each, in turn.
// All answers to what came in one piece go back in one write; with the argument `each` an answer is
// written before the next handler begins.

const fs = require('fs');
const net = require('net');

const each = process.argv[2] === 'each';

const hello = { handler: (context, event, callback) => callback(null, 'Hello, world') };
const json = {
  handler: (context, event, callback) => callback(null, { hello: event.name, count: event.items.length }),
};

const channel = new net.Socket({ fd: 0 });
let kept = Buffer.alloc(0);
let answers = [];

function answer(error, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(4 + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, 4, 'utf8');
  if (each) fs.writeSync(0, frame);
  else answers.push(frame);
}

channel.on('data', (chunk) => {
  const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
  let at = 0;
  while (bytes.length - at >= 4) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    if (end === at + 4) hello.handler({}, {}, answer);
    else json.handler({}, JSON.parse(bytes.utf8Slice(at + 4, end)), answer);
    at = end;
  }
  kept = bytes.subarray(at);
  if (answers.length > 0) channel.write(answers.length === 1 ? answers[0] : Buffer.concat(answers));
  answers = [];
});
channel.on('end', () => process.exit(0));

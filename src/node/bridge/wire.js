'use strict';
// Frames, as src/node/wire.rs describes them; both sides must agree.

// A function may put others in their place.
const { parse, stringify } = JSON;

const HEADER = 16;
const LARGEST = 64 * 1024 * 1024;

const KIND = Object.freeze({
  SETUP: 1,
  INVOKE: 2,
  INSPECT: 3,
  ANSWERED: 4,
  READY: 16,
  LOG: 17,
  REPLY: 18,
  LOADED: 19,
  FATAL: 20,
  INSPECTOR: 21,
  ASKED: 22,
});

// A flag of LOADED: the handler begins now.
const BEGINS = 1;

// Frames up to this length are laid out in one buffer, over and over: they are written before the
// next one is made.
const USUAL = 64 * 1024;
const usual = Buffer.allocUnsafeSlow(USUAL);

// A frame whose head is text and whose body is text, bytes or nothing; `time` is in 10 µs. It is good
// until the next one is made.
function encode(kind, id, flags, head, body, time = 0) {
  const headLength = head === '' ? 0 : Buffer.byteLength(head);
  const text = typeof body === 'string';
  const bodyLength = body === undefined ? 0 : text ? Buffer.byteLength(body) : body.byteLength;
  const length = HEADER + headLength + bodyLength;
  if (length > LARGEST) throw new RangeError(`${length} bytes do not fit into one message`);
  const frame = length > USUAL ? Buffer.allocUnsafe(length) : usual;
  frame.writeUInt32BE(length - 4, 0);
  frame.writeUInt32BE(id, 4);
  frame[8] = kind;
  frame[9] = flags;
  frame.writeUInt16BE(time, 10);
  frame.writeUInt32BE(headLength, 12);
  if (headLength > 0) frame.write(head, HEADER, headLength);
  if (text) frame.write(body, HEADER + headLength, bodyLength);
  else if (body !== undefined) frame.set(body, HEADER + headLength);
  return { frame, length };
}

// Cuts a stream of chunks into frames and hands each to `take(kind, id, flags, head)`.
function decoder(take) {
  // What is no whole frame yet: joined once it is one, since a large one comes in many pieces.
  let pieces = [];
  let length = 0;
  let wanted = HEADER;
  return (chunk) => {
    pieces.push(chunk);
    length += chunk.length;
    if (length < wanted) return;
    const bytes = pieces.length === 1 ? chunk : Buffer.concat(pieces, length);
    wanted = HEADER;
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const end = at + 4 + bytes.readUInt32BE(at);
      if (end > bytes.length) {
        wanted = end - at;
        break;
      }
      const headEnd = at + HEADER + bytes.readUInt32BE(at + 12);
      take(bytes[at + 8], bytes.readUInt32BE(at + 4), bytes[at + 9], bytes.utf8Slice(at + HEADER, headEnd));
      at = end;
    }
    pieces = at === bytes.length ? [] : [bytes.subarray(at)];
    length = bytes.length - at;
  };
}

// JSON that the server reads. Half a surrogate pair, as `'👋'.slice(0, 1)` leaves one, is no text for the server's
// reader of JSON: it becomes U+FFFD, as where Node writes it as UTF-8.
function json(value) {
  const text = stringify(value);
  // JSON.stringify escapes no other surrogates.
  if (!text?.includes('\\ud')) return text;
  return text.replace(/\\(?:(ud[89a-f][0-9a-f]{2})|[^])/g, (escape, half) => (half === undefined ? escape : '\\ufffd'));
}

// A flag of INVOKE: sent ahead, to be started only by who has its ticket.
const AHEAD = 1;

module.exports = { AHEAD, BEGINS, KIND, encode, decoder, json, parse };

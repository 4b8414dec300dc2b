// `node corpus.js unpack TARGET DIR`: writes the kept inputs as files, for libFuzzer.
// `node corpus.js pack TARGET DIR`: keeps those of DIR besides, the smallest ones first, 60 new ones
// at most and each of 400 bytes at most: the rest is found again in minutes.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [, , deed, target, folder] = process.argv;
const file = path.join(__dirname, 'corpus', `${target}.txt`);
const MOST = 60;
const LARGEST = 400;

// As Rust's `escape_ascii`, and back: see corpus.rs.
const escaped = (bytes) => [...bytes].map((byte) => {
  const known = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 39: "\\'", 92: '\\\\' }[byte];
  if (known) return known;
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}).join('');
const unescaped = (line) => Buffer.from(
  line.replace(/\\(x(..)|.)/g, (_, what, hex) => {
    if (hex) return String.fromCharCode(parseInt(hex, 16));
    return { n: '\n', r: '\r', t: '\t' }[what] ?? what;
  }), 'latin1');

const kept = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
if (deed === 'unpack') {
  fs.mkdirSync(folder, { recursive: true });
  kept.forEach((line, index) => fs.writeFileSync(path.join(folder, `kept-${index}`), unescaped(line)));
} else if (deed === 'pack') {
  const found = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name)));
  const fresh = found.filter((input) => input.length <= LARGEST)
    .sort((a, b) => a.length - b.length)
    .map(escaped)
    .filter((line) => !kept.includes(line));
  // Spread over all lengths: the smallest alone would be fragments.
  const step = Math.max(1, fresh.length / MOST);
  const chosen = Array.from({ length: Math.min(MOST, fresh.length) }, (_, n) => fresh[Math.floor(n * step)]);
  fs.writeFileSync(file, [...kept, ...chosen].map((line) => `${line}\n`).join(''));
} else {
  console.error('usage: node corpus.js unpack|pack TARGET DIR');
  process.exit(2);
}

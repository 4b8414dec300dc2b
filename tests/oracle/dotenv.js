// For each text of the input list, what npm dotenv 6.2.0 parses: [name, value] in key order.
const { parse } = require('dotenv');
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map((text) => Object.entries(parse(text)))));

'use strict';
// node:http alone: what the JavaScript side is measured by. A hello, and JSON in and out.

const http = require('http');

function answer(response, type, body) {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

const server = http.createServer((request, response) => {
  if (request.method === 'GET') {
    answer(response, 'text/plain; charset=utf-8', 'Hello, world');
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const event = JSON.parse(Buffer.concat(chunks));
    const reply = { hello: event.name, count: event.items.length };
    answer(response, 'application/json', JSON.stringify(reply));
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');

// Express's answers for one file, as the local Toolkit sends assets: `response.sendFile(path)`.
//
// In: { path, requests: [{ method, headers: [[name, value], …] }, …] }
// Out: [{ status, headers: [[name, value], …], body: base64 }, …]
'use strict';
const express = require('express');
const fs = require('fs');
const http = require('http');

const { path, requests } = JSON.parse(fs.readFileSync(0, 'utf8'));
const app = express();
app.set('env', 'production'); // no stack traces in the error pages
app.disable('x-powered-by');
app.all('/asset', (request, response, next) =>
  response.sendFile(path, (error) => error && next(error)));
app.use((error, request, response, next) => { // silent where Express would log
  if (error.headers) response.set(error.headers);
  response.status(error.status || 500).end();
});

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const answers = [];
  for (const { method, headers } of requests) answers.push(await ask(port, method, headers));
  process.stdout.write(JSON.stringify(answers));
  server.close();
});

function ask(port, method, headers) {
  return new Promise((resolve, reject) => {
    const fields = ['host', `127.0.0.1:${port}`, 'connection', 'close', ...headers.flat()];
    const request = http.request({ host: '127.0.0.1', port, path: '/asset', method, agent: false, headers: fields });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks = [];
      response.on('error', reject);
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('base64');
        const names = response.rawHeaders.filter((_, at) => at % 2 === 0);
        const all = names.map((name, at) => [name.toLowerCase(), response.rawHeaders[2 * at + 1]]);
        resolve({ status: response.statusCode, headers: all, body });
      });
    });
    request.end();
  });
}

'use strict';
// The same for Google's functions-framework, as its documentation writes a function.

exports.bench = (request, response) => {
  if (request.method === 'GET') response.send('Hello, world');
  else response.json({ hello: request.body.name, count: request.body.items.length });
};

const jsonwebtoken = require('jsonwebtoken');

const VERSION = 1;

exports.handler = (context, event, callback) => {
  const token = jsonwebtoken.sign({ sub: 'bench' }, 'secret_key');
  callback(null, token.length > 0 ? `version ${VERSION}` : '');
};

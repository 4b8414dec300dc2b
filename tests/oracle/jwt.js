// Reads { now, kinds, verify: [{ token, secret }], sign: [{ claims, secret, algorithm }] } and
// prints what npm jsonwebtoken answers to each: { ok } or { name, message }; claims are JSON text,
// so that their order is the one given. With kinds, only the payload's type is told, for payloads
// that not every JSON parser can read.
const jwt = require('jsonwebtoken');
const fs = require('fs');

const { now, kinds, verify, sign } = JSON.parse(fs.readFileSync(0, 'utf8'));

// V8 quotes the faulty JSON in its messages and may cut a pair of surrogates in two.
function wellFormed(_, value) {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
}

function outcome(run) {
  try {
    return { ok: run() };
  } catch (error) {
    return { name: error.name, message: error.message };
  }
}

process.stdout.write(
  JSON.stringify(
    {
      verify: verify.map(({ token, secret }) =>
        outcome(() => {
          const payload = jwt.verify(token, secret, { clockTimestamp: now });
          return kinds ? typeof payload : payload;
        }),
      ),
      sign: sign.map(({ claims, secret, algorithm }) =>
        outcome(() => jwt.sign(JSON.parse(claims), secret, { algorithm })),
      ),
    },
    wellFormed,
  ),
);

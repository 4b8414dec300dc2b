// Reads { sign: [{ token, url, params }], validate: [{ token, signature, url, params }],
// bodies: [{ token, signature, url, body }] } and prints what npm twilio answers to each: the
// signature, whether it accepts, and whether it accepts together with the body; null where it
// throws because `new URL()` does.
const { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } = require('twilio');
const fs = require('fs');

const { sign, validate, bodies } = JSON.parse(fs.readFileSync(0, 'utf8'));

function orNull(run) {
  try {
    return run();
  } catch (error) {
    if (error.code !== 'ERR_INVALID_URL') throw error;
    return null;
  }
}

process.stdout.write(
  JSON.stringify({
    sign: sign.map(({ token, url, params }) => getExpectedTwilioSignature(token, url, params)),
    validate: validate.map(({ token, signature, url, params }) =>
      orNull(() => validateRequest(token, signature, url, params)),
    ),
    bodies: bodies.map(({ token, signature, url, body }) =>
      orNull(() => validateRequestWithBody(token, signature, url, body)),
    ),
  }),
);

'use strict';
// The checks that runtime-handler makes before it builds a client, with its messages.
// Source: runtime-handler, `checks/check-account-sid.ts` and `checks/check-auth-token.ts`.

const EXAMPLE_SID = `AC${'x'.repeat(31)}`;
const EXAMPLE_TOKEN = 'x'.repeat(31);

const validSid = (sid) => Boolean(sid) && sid.length === 34 && sid.startsWith('AC');
const validToken = (token) => Boolean(token) && token.length === 32;

function fail(title, message, caller) {
  const error = new Error(`${title}\n${message}`);
  error.name = 'INVALID_CONFIG';
  error.stack = `${error.message}\n--- at ${caller}`;
  throw error;
}

function checkSid(sid, caller) {
  if (validSid(sid)) return;
  if (!sid) {
    fail(
      'Missing Account SID',
      `You are missing a Twilio Account SID. You can add one into your .env file:\n\nACCOUNT_SID=${EXAMPLE_SID}`,
      caller,
    );
  }
  fail(
    'Invalid Account SID',
    `The value for your ACCOUNT_SID in your .env file is not a valid Twilio Account SID.\n\nIt should look like this: ${EXAMPLE_SID}`,
    caller,
  );
}

function checkToken(token, caller) {
  if (validToken(token)) return;
  if (!token) {
    fail(
      'Missing Auth Token',
      `You are missing a Twilio Auth Token. You can add one into your .env file:\n\nAUTH_TOKEN=${EXAMPLE_TOKEN}`,
      caller,
    );
  }
  fail(
    'Invalid Auth Token',
    'The value for your AUTH_TOKEN in your .env file is not a valid Twilio Auth Token.\n\nIt should be 32 characters long and made of letters and numbers.',
    caller,
  );
}

// What signs and verifies where no token is given (src/config/credentials.rs). Twilio knows it not.
const DEVELOPMENT_TOKEN = 'switchboard-development-token-00';

const isDevelopmentToken = (token) => token === DEVELOPMENT_TOKEN;

module.exports = { validSid, checkSid, checkToken, isDevelopmentToken };

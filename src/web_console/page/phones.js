// The phones, as the server has them: whoever has a page open sees the same.

import { ask, authorization, reached, Refused } from './api.js';
import { pieces, entryOf } from './stream.js';
import { live } from './live.js';

/** How long after a break the next try comes. */
const AGAIN = 1000;

export const phones = {
  /** What the server has; `null` until it was asked. */
  all: null,
  /** What can be texted and called: paths and `service:/path`. */
  targets: [],
  fault: '',
};

let changed = () => {};
let asking = null;
let again = false;

/** Reads all of it, now and after each change, for ever. `told` is called each time. */
export function follow(told) {
  changed = told;
  readTargets();
  hear();
}

async function hear() {
  for (;;) {
    try {
      const answer = await reached('/api/1/phone/events', { headers: authorization });
      if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error);
      for await (const events of pieces(answer.body)) if (events.some(entryOf)) read();
    } catch (error) {
      // The page is locked then, and says so.
      if (error.status === 401) return;
    }
    await new Promise((done) => setTimeout(done, AGAIN));
  }
}

/** Reads all of it; of several wishes at a time one more question is made. */
export async function read() {
  again = true;
  asking ??= (async () => {
    while (again) {
      again = false;
      try {
        phones.all = (await ask('/phone')).phones;
        phones.fault = '';
      } catch (error) {
        phones.fault = error.message;
      }
      changed();
    }
    asking = null;
  })();
  await asking;
}

async function readTargets() {
  try {
    const { services } = await ask('/services');
    const named = (service) => service.routes
      .filter(({ kind, visibility }) => kind === 'function' && visibility !== 'private')
      .map(({ path, visibility }) => ({ target: service.default ? path : `${service.name}:${path}`, visibility }));
    const all = services.flatMap(named);
    // What only Twilio can reach was made to be texted or called.
    const rank = ({ visibility }) => (visibility === 'protected' ? 0 : 1);
    phones.targets = all.sort((one, other) => rank(one) - rank(other)).map(({ target }) => target);
    changed();
  } catch {
    // They are only proposed.
  }
}

live.on((entries) => {
  if (phones.all && entries.some((entry) => entry.kind === 'reloaded')) readTargets();
});

/** Adds a phone. */
export const add = (wish) => ask('/phone/phones', { method: 'POST', body: wish });

/** Removes a phone. */
export const remove = (id) => ask(`/phone/phones/${id}`, { method: 'DELETE' });

/** Forgets the texts and calls of a phone. */
export const forget = (id) => ask(`/phone/phones/${id}/talks`, { method: 'DELETE' });

/** Sends a text; done when all that it leads to is done. */
export const text = (id, wish) => ask(`/phone/phones/${id}/texts`, { method: 'POST', body: wish });

/** Places a call; done when the caller is wanted. */
export const call = (id, wish) => ask(`/phone/phones/${id}/calls`, { method: 'POST', body: wish });

/** The caller does something. */
export const act = (talk, what) => ask(`/phone/talks/${talk}/acts`, { method: 'POST', body: what });

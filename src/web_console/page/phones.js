// The phones, as the server has them: whoever has a page open sees the same.

import { ask } from './api.js';
import { live } from './live.js';
import { redraw } from './draw.js';

export const phones = {
  /** What the server has; `null` until it was asked. */
  all: null,
  /** What can be texted and called: paths and `service:/path`. */
  targets: [],
  fault: '',

  /** Whether a call waits to be answered, as far as the server can be heard. */
  get ring() {
    const talks = (this.all ?? []).flatMap((phone) => phone.talks);
    return live.connection.state === 'live' && talks.some((talk) => talk.wanted?.kind === 'ring');
  },
};

let changed = redraw;
/** Whether anybody has looked at them. */
let followed = false;
let asking = null;
let again = false;

/** Has `told` called each time that something has changed, and now. */
export function follow(told) {
  changed = told;
  followed = true;
  readTargets();
  told();
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

live.onPhones(read);
live.on((entries) => {
  if (followed && entries.some((entry) => entry.kind === 'reloaded')) readTargets();
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

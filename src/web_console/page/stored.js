// What functions keep in Sync, as far as it is looked at: asked anew while requests come.

import { ask } from './api.js';
import { redraw } from './draw.js';
import { live } from './live.js';

/** How often it is asked for while somebody looks at it and requests come. */
const LOOK_AGAIN = 500;

/** Things of one kind, and items of one thing, that are read; of more it is said that there are more. */
const MOST = 500;

/** Services that are read: each is four questions. */
const MOST_SERVICES = 25;

/** As a path has them, and what one of them is called. */
export const KINDS = { Documents: 'Document', Lists: 'List', Maps: 'Map', Streams: 'Stream' };

export const stored = {
  /** `[{ sid, name, kinds: [{ kind, found, more }] }]`, once there was an answer; what was found is as Twilio has it. */
  services: null,
  /** Whether there are services that are not read. */
  more: false,
  /** What is looked at: `{ service, kind, sid, thing, items, more, gone }`. */
  chosen: null,
  fault: '',
};

let stale = true;
let reading = false;
/** Whether something was wished for while it was read. */
let again = false;
let next = null;

/** To be called while it is in sight: of which thing all is wanted, if of one. */
export function look(at) {
  const same = (one, other) => one?.service === other?.service && one?.kind === other?.kind && one?.sid === other?.sid;
  if (!same(stored.chosen, at)) {
    stored.chosen = at;
    read();
  }
  if (stale) next ??= setTimeout(read, stored.services === null ? 0 : LOOK_AGAIN);
}

/** Reads all of it that is in sight; of several wishes at a time one more question is made. */
async function read() {
  again = true;
  if (reading) return;
  reading = true;
  while (again) {
    [again, stale] = [false, false];
    clearTimeout(next);
    next = null;
    await readOnce();
    redraw();
  }
  reading = false;
}

async function readOnce() {
  const { chosen } = stored;
  try {
    const { found: services, more } = await pages('/sync/Services', 'services');
    stored.services = await Promise.all(services.slice(0, MOST_SERVICES).map(service));
    stored.more = more || services.length > MOST_SERVICES;
    if (chosen) Object.assign(chosen, await whole(chosen));
    stored.fault = '';
  } catch (error) {
    stored.fault = error.message;
  }
}

async function service({ sid, unique_name: name, friendly_name: friendly }) {
  const kinds = await Promise.all(Object.keys(KINDS).map(async (kind) => {
    const { found, more } = await pages(`/sync/Services/${sid}/${kind}`, kind.toLowerCase());
    return { kind, found, more };
  }));
  return { sid, name: name ?? friendly ?? sid, kinds };
}

async function whole({ service: of, kind, sid }) {
  const path = `/sync/Services/${of}/${kind}/${sid}`;
  try {
    const thing = await ask(path);
    const { found: items, more } = thing.links.items ? await pages(`${path}/Items`, 'items') : { found: null, more: false };
    return { thing, items, more, gone: false };
  } catch (error) {
    if (error.status === 404) return { gone: true };
    throw error;
  }
}

/** The first pages of a list. */
async function pages(path, key) {
  const found = [];
  let query = '?PageSize=100';
  while (query && found.length < MOST) {
    const page = await ask(`${path}${query}`);
    found.push(...page[key]);
    query = page.meta.next_page_url && new URL(page.meta.next_page_url).search;
  }
  return { found, more: Boolean(query) };
}

/** Has it changed, and reads what then is there. */
export async function change(path, how) {
  try {
    await ask(path, how);
  } finally {
    read();
  }
}

live.on(() => {
  stale = true;
});
live.onConnected(() => {
  stale = true;
});

// What functions keep in Sync, as far as it is looked at: asked for again and again while it is in sight, since it changes
// while a request runs, and ends by itself.

import { ask } from './api.js';
import { redraw } from './draw.js';

/** How long after an answer it is asked for again. */
const LOOK_AGAIN = 1000;

/** Items of one thing that are read; of more it is said that there are more. */
const MOST = 500;

/** As a path has them, and what one of them is called. */
export const KINDS = { Documents: 'Document', Lists: 'List', Maps: 'Map', Streams: 'Stream' };

export const stored = {
  /** `[{ sid, name, things: [{ kind, sid, name }], more }]`, once there was an answer. */
  services: null,
  /** Whether there are services that are not read. */
  more: false,
  /** What is looked at: `{ service, kind, sid }`, and once it was read `{ thing, items, more, gone }`, as Twilio has it. */
  chosen: null,
  fault: '',
};

let inSight = () => false;
let reading = null;
/** Whether something was wished for while it was read. */
let again = false;
let timer = null;
/** What was drawn last. */
let told = '';

/** To be called with each frame that has it: what is looked at, and whether it is in sight later on. */
export function look(at, isInSight) {
  inSight = isInSight;
  const same = ['service', 'kind', 'sid'].every((key) => stored.chosen?.[key] === at?.[key]);
  if (!same) stored.chosen = at;
  if (!same || (timer === null && reading === null)) read();
}

/** Reads it; done once what is there now is there to be drawn. Of several wishes at a time one more question is made. */
export function read() {
  again = true;
  reading ??= (async () => {
    while (again) {
      again = false;
      await readOnce();
    }
    reading = null;
    clearTimeout(timer);
    timer = setTimeout(next, LOOK_AGAIN);
  })();
  return reading;
}

function next() {
  timer = null;
  if (!inSight()) return;
  if (document.hidden) timer = setTimeout(next, LOOK_AGAIN);
  else read();
}

async function readOnce() {
  const { chosen } = stored;
  try {
    if (chosen) Object.assign(chosen, await whole(chosen));
    const { services, more } = await ask('/sync');
    Object.assign(stored, { services, more, fault: '' });
  } catch (error) {
    stored.fault = error.message;
  }
  const now = JSON.stringify(stored);
  if (now === told) return;
  told = now;
  redraw();
}

async function whole({ service, kind, sid }) {
  const path = `/sync/Services/${encodeURIComponent(service)}/${kind}/${encodeURIComponent(sid)}`;
  try {
    const thing = await ask(path);
    return { thing, ...(thing.links.items ? await items(path) : { items: null, more: false }), gone: false };
  } catch (error) {
    if (error.status === 404) return { gone: true };
    throw error;
  }
}

/** The first pages of items. */
async function items(path) {
  const found = [];
  let query = '?PageSize=100';
  while (query && found.length < MOST) {
    const page = await ask(`${path}/Items${query}`);
    found.push(...page.items);
    query = page.meta.next_page_url && new URL(page.meta.next_page_url).search;
  }
  return { items: found, more: Boolean(query) };
}

/** Has it changed; done once what then is there was read. */
export async function change(path, how) {
  try {
    await ask(path, how);
  } finally {
    await read();
  }
}

// The view of requests: what comes in, as it comes, and one of them whole.

import { html, nothing } from './vendor/lit-html.js';
import { drawn, redraw } from './draw.js';
import { go, place as here } from './router.js';
import { ask } from './api.js';
import { live } from './live.js';
import { say } from './copy.js';
import { Kept } from './kept.js';
import { Filter } from './filter.js';
import { list, listChanged, reveal, toNewest } from './list.js';
import { detail, detailClosed } from './detail.js';

/** All entries, and those that the filter takes. */
const all = new Kept();
let found = new Kept();
let filter = new Filter(new URLSearchParams());
let filtered = '';
/** While it is paused: what is shown meanwhile, and how many came since. */
let paused = null;
const services = new Set();
const methods = new Set(['GET', 'POST']);

live.on((entries) => {
  // An entry without a number tells of a gap: it stands between its neighbours.
  let last = all.entries.at(-1)?.id ?? 0;
  const first = last === 0;
  const told = [];
  for (const entry of entries) {
    if (entry.id) last = entry.id;
    else if (first && told.length === 0) continue;
    else entry.id = last + 0.5;
    told.push(entry);
    if (entry.service) services.add(entry.service);
    if (entry.method) methods.add(entry.method);
  }
  all.add(told);
  found.add(told.filter((entry) => filter.takes(entry)));
  const oldest = all.entries[0]?.id ?? 0;
  const gone = found.entries.findIndex((entry) => entry.id >= oldest);
  if (gone > 0) found.entries.splice(0, gone);
  if (paused) paused.since += told.length;
});

function refilter(query) {
  const text = query.toString();
  if (text === filtered) return;
  filtered = text;
  filter = new Filter(query);
  found = new Kept();
  found.add(all.entries.filter((entry) => filter.takes(entry)));
  if (paused) paused.entries = [...found.entries];
  listChanged();
}

function shown() {
  return paused ? paused.entries : found.entries;
}

const chosen = (place) => (place.rest[0] ? Number(place.rest[0]) : null);

function open(id) {
  const { query } = here();
  go({ view: 'requests', rest: id ? [String(id)] : [], query });
}

function set(key, value) {
  const { rest, query } = here();
  if (value) query.set(key, value);
  else query.delete(key);
  go({ view: 'requests', rest, query }, { replace: true });
}

function pause() {
  paused = paused ? null : { entries: [...found.entries], since: 0 };
  redraw();
}

async function clear() {
  try {
    await ask('/entries', { method: 'DELETE' });
  } catch (error) {
    say(error.message);
    return;
  }
  all.clear();
  found.clear();
  if (paused) paused = { entries: [], since: 0 };
  listChanged();
  open(null);
  say('Cleared');
}

/** Chooses the one that is so many rows further down. */
function move(place, rows) {
  const entries = shown();
  const id = chosen(place) ?? cursor;
  const at = entries.findIndex((entry) => entry.id === id);
  const next = at < 0 ? entries.length - 1 : Math.min(entries.length - 1, Math.max(0, at - rows));
  const entry = entries[next];
  if (!entry) return;
  cursor = entry.id;
  if (chosen(place)) go({ view: 'requests', rest: [String(entry.id)], query: place.query }, { replace: true });
  drawn(() => reveal(next, entries.length));
}

/** The row that the keys are on while none is open. */
let cursor = null;

const STATUSES = [['', 'Any status'], ['2xx', '2xx'], ['3xx', '3xx'], ['4xx', '4xx'], ['5xx', '5xx']];

function choice(key, label, value, options) {
  const known = options.some(([option]) => option === value) ? options : [...options, [value, value]];
  return html`
    <select aria-label=${label} @change=${(event) => set(key, event.target.value)} .value=${value}>
      ${known.map(([option, text]) => html`<option value=${option} ?selected=${option === value}>${text}</option>`)}
    </select>`;
}

function bar(place) {
  const { query } = place;
  const names = [...services].sort().map((name) => [name, name]);
  const kinds = [...methods].sort().map((name) => [name, name]);
  const count = shown().length;
  const of = filter.isEmpty ? '' : ` of ${all.entries.length.toLocaleString('en')}`;
  return html`
    <form class="bar" role="search" aria-label="Requests" @submit=${(event) => event.preventDefault()}>
      <label class="search"><span class="spoken">Search</span>
        <input id="search" type="search" placeholder="Search path, status, fault …  ( / )" .value=${query.get('q') ?? ''}
          autocomplete="off" spellcheck="false" @input=${(event) => set('q', event.target.value)}>
      </label>
      ${choice('service', 'Service', filter.service, [['', 'Any service'], ...names])}
      ${choice('method', 'Method', filter.method, [['', 'Any method'], ...kinds])}
      ${choice('status', 'Status', filter.status, STATUSES)}
      <label class="check"><input type="checkbox" .checked=${filter.parity}
        @change=${(event) => set('parity', event.target.checked ? 'warned' : '')}> Parity warnings</label>
      <span class="count" role="status">${count.toLocaleString('en')}${of}</span>
      <button type="button" @click=${pause} aria-pressed=${paused ? 'true' : 'false'} title="p">${paused ? `Resume (${paused.since.toLocaleString('en')} new)` : 'Pause'}</button>
      <button type="button" @click=${clear} title="Shift+C">Clear</button>
    </form>`;
}

function empty() {
  if (all.entries.length > 0 && !filter.isEmpty) {
    return html`<div class="empty"><p>None of the ${all.entries.length.toLocaleString('en')} entries is so.</p>
      <button type="button" @click=${() => go({ view: 'requests' })}>Show all</button></div>`;
  }
  return html`<div class="empty"><p>No request yet.</p>
    <p>Call a URL of the <a href="#/services">services</a>, or send what Twilio would send:</p>
    <pre>switchboard send sms /PATH --body Ahoy</pre></div>`;
}

export const requests = {
  name: 'requests',
  title: 'Requests',

  show(place) {
    refilter(place.query);
    const id = chosen(place);
    if (!id) detailClosed();
    return html`
      <h2 class="spoken">Requests</h2>
      ${bar(place)}
      <div class="split" data-open=${id ? 'true' : 'false'}>
        ${shown().length === 0 ? empty() : list({ entries: shown(), chosen: id ?? cursor, follows: !id && !paused, opened: open })}
        ${id ? detail(id, { editing: place.rest[1] === 'again' }) : nothing}
      </div>`;
  },

  key(event, place) {
    const id = chosen(place);
    switch (event.key) {
      case 'j':
      case 'ArrowDown':
        if (id && event.key === 'ArrowDown' && event.target.closest?.('.detail')) return false;
        move(place, 1);
        return true;
      case 'k':
      case 'ArrowUp':
        if (id && event.key === 'ArrowUp' && event.target.closest?.('.detail')) return false;
        move(place, -1);
        return true;
      case 'Enter':
        if (event.target.closest?.('button, a, summary')) return false;
        if (!id && cursor) open(cursor);
        return !id && cursor !== null;
      case 'Escape':
        if (event.target.id === 'search') event.target.blur();
        if (place.rest[1]) open(id);
        else if (id) {
          cursor = id;
          open(null);
          drawn(() => document.getElementById('list')?.focus());
        }
        return true;
      case 'e':
        if (id) go({ view: 'requests', rest: [String(id), 'again'], query: place.query });
        return Boolean(id);
      case '/':
        document.getElementById('search')?.focus();
        return true;
      case 'g':
        toNewest();
        return true;
      case 'p':
        pause();
        return true;
      case 'C':
        clear();
        return true;
      default:
        return false;
    }
  },

  keys: [
    ['j ↓', 'the next, older one'],
    ['k ↑', 'the one before it, newer'],
    ['Enter', 'opens it'],
    ['e', 'edit it and send it again'],
    ['/', 'search'],
    ['g', 'to the newest'],
    ['p', 'pause, and go on'],
    ['C', 'clear'],
  ],
};

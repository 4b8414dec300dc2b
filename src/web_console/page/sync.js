// The view of Sync: what functions keep there, to be looked at, changed and removed.

import { html, nothing } from './vendor/lit-html.js';
import { drawn, redraw } from './draw.js';
import { current, go, link } from './router.js';
import { say } from './copy.js';
import { KINDS, change, look, stored } from './stored.js';
import { tree } from './tree.js';
import { bytes, time } from './words.js';

/** More items than these begin shut: of what is shut nothing is drawn. */
const OPEN_ITEMS = 50;

/** Which parts of the data are open, where somebody has opened or shut one; of a few last ones. */
const open = new Map();

/** What is edited: `{ path, what, revision, text, fault, conflict, saving }`. It stays until it is saved or left. */
let edited = null;

/** What is to be removed once that is said again, soon: its path. */
let doubted = null;
let doubting = null;

/** How long a doubt lasts. */
const DOUBT = 5000;

function doubt(path) {
  doubted = path;
  clearTimeout(doubting);
  doubting = path && setTimeout(() => doubt(null), DOUBT);
  redraw();
}

function parts(path, shut) {
  const of = open.get(path) ?? new Set(shut ? [] : ['']);
  const keep = () => {
    open.set(path, of);
    if (open.size > 500) open.delete(open.keys().next().value);
    redraw();
  };
  return { open: of, redraw: keep };
}

function dated(at) {
  if (!at) return nothing;
  const today = new Date(at).toDateString() === new Date().toDateString();
  const clock = time(at).slice(0, 8);
  return html`<time datetime=${at}>${today ? clock : `${new Date(at).toLocaleDateString('en-CA')} ${clock}`}</time>`;
}

/** `/sync/Services/…` of a URL that Twilio would have. */
const pathOf = ({ url }) => `/sync${new URL(url).pathname.replace('/v1', '')}`;

const isItem = (one) => one.sid === undefined;

const focusOn = (selector) => drawn(() => document.querySelector(selector)?.focus());

async function remove(one, what, after) {
  const path = pathOf(one);
  if (!isItem(one) && doubted !== path) {
    doubt(path);
    return;
  }
  doubt(null);
  try {
    await change(path, { method: 'DELETE', headers: isItem(one) ? { 'if-match': one.revision } : {} });
    say(`${what} removed`);
    if (current() === sync) after();
  } catch (error) {
    say(error.message);
  }
}

function edit(one, what) {
  if (edited) say(`Save or cancel ${edited.what} first`);
  else edited = { path: pathOf(one), what, revision: one.revision, text: JSON.stringify(one.data, null, 2), fault: '' };
  focusOn('.data textarea');
}

/** As short as it can be sent; what is no JSON is refused as it is. */
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Saves over the revision that was seen, or over any. */
async function save(anyway) {
  const mine = edited;
  Object.assign(mine, { saving: true, fault: '', conflict: false });
  redraw();
  const headers = anyway ? {} : { 'if-match': mine.revision };
  try {
    await change(mine.path, { method: 'POST', body: new URLSearchParams({ Data: compact(mine.text) }), headers });
    edited = null;
    say(`${mine.what} saved`);
    focusOn('.thing');
  } catch (error) {
    Object.assign(mine, { saving: false, fault: error.message, conflict: error.status === 412 });
    focusOn('.data textarea');
  }
}

function editor() {
  const typed = (event) => {
    edited.text = event.target.value;
  };
  const submitted = (event) => {
    event.preventDefault();
    save(false);
  };
  const leave = () => {
    edited = null;
    focusOn('.thing');
  };
  const { what, text, fault, conflict, saving } = edited;
  return html`
    <form class="data" @submit=${submitted}>
      <label for="data">Data of ${what}</label>
      <textarea id="data" rows="10" spellcheck="false" .value=${text} @input=${typed} ?readonly=${saving}
        aria-invalid=${fault ? 'true' : 'false'} aria-describedby=${fault ? 'data-fault' : nothing}></textarea>
      ${fault ? html`<p class="fault" role="alert" id="data-fault">${fault}</p>` : nothing}
      <p class="acts"><button class="main" ?disabled=${saving}>Save</button>
        ${conflict ? html`<button type="button" @click=${() => save(true)}>Save over what is there now</button>` : nothing}
        <button type="button" @click=${leave} ?disabled=${saving}>Cancel</button></p>
    </form>`;
}

const data = (one, what, shut) => tree(one.data, { ...parts(pathOf(one), shut), label: `Data of ${what}` });

function acts(one, what, after = () => focusOn('.thing')) {
  const path = pathOf(one);
  const canEdit = one.data !== undefined && edited?.path !== path;
  const isDoubted = doubted === path;
  return html`<span class="acts">
    ${canEdit ? html`<button type="button" class="copy" @click=${() => edit(one, what)} aria-label=${`Edit ${what}`}>Edit</button>` : nothing}
    <button type="button" class="copy" @click=${() => remove(one, what, after)} aria-label=${isDoubted ? `Remove ${what} indeed` : `Remove ${what}`}>${isDoubted ? 'Remove it indeed?' : 'Remove'}</button></span>`;
}

function facts(one) {
  return html`
    <p class="facts">${one.revision === undefined ? nothing : html`<span>revision ${one.revision}</span>`}
      <span>changed ${dated(one.date_updated)}</span>
      ${one.date_expires ? html`<span>until ${dated(one.date_expires)}</span>` : nothing}
      ${one.data === undefined ? nothing : html`<span>${bytes(new Blob([JSON.stringify(one.data)]).size)}</span>`}
      <code class="dim">${one.sid}</code></p>`;
}

function items({ items: all, more, kind }) {
  const name = (item) => item.key ?? String(item.index);
  if (all.length === 0) return html`<p class="dim">No item.</p>`;
  const shut = all.length > OPEN_ITEMS;
  return html`
    <div class="wide" tabindex="0" role="region" aria-label="Items">
      <table><thead><tr>${[kind === 'Maps' ? 'Key' : 'Index', 'Data', 'Revision', 'Changed', 'Until'].map((head) => html`
        <th scope="col">${head}</th>`)}<th scope="col"><span class="spoken">What can be done</span></th></tr></thead>
      <tbody>${all.map((item) => html`
        <tr><th scope="row"><code>${name(item)}</code></th><td>${data(item, `item ${name(item)}`, shut)}</td><td>${item.revision}</td>
          <td>${dated(item.date_updated)}</td><td>${dated(item.date_expires)}</td><td>${acts(item, `item ${name(item)}`)}</td></tr>`)}</tbody></table>
    </div>
    ${more ? html`<p class="dim">The first ${all.length} are shown.</p>` : nothing}`;
}

function detail() {
  const { chosen } = stored;
  const { thing, items: all, gone, kind } = chosen;
  if (gone) return html`<p class="dim">It is no longer there.</p>`;
  if (!thing) return nothing;
  const what = thing.unique_name ?? thing.sid;
  const leave = () => {
    if (stored.chosen === chosen) go({ view: 'sync' }, { replace: true });
  };
  return html`
    <div class="about"><h3>${KINDS[kind]} ${what}</h3>${acts(thing, `${KINDS[kind].toLowerCase()} ${what}`, leave)}</div>
    ${facts(thing)}
    ${thing.data === undefined ? nothing : data(thing, what)}
    ${all ? items(chosen) : nothing}
    ${kind === 'Streams' ? html`<p class="dim">Messages of a stream are not kept.</p>` : nothing}`;
}

function list() {
  if (stored.services.length === 0) {
    return html`<p class="dim">Nothing is kept. What functions without an account of their own put into Sync stands here, and with
      <code>--local-api</code> what all of them do: <code>Runtime.getSync().documents.create(…)</code></p>`;
  }
  const here = stored.chosen?.sid;
  const entry = (service) => ({ kind, sid, name }) => html`
    <li><a href=${link({ view: 'sync', rest: [service.sid, kind, sid] })} aria-current=${sid === here ? 'true' : 'false'}>
      <span class="dim">${KINDS[kind]}</span> ${name ?? sid}</a></li>`;
  return html`<nav class="things" aria-label="What is kept">${stored.services.map((service) => html`
    <h3>${service.name}</h3><ul>${service.things.map(entry(service))}
      ${service.more ? html`<li class="dim">… and more of them</li>` : nothing}</ul>`)}
    ${stored.more ? html`<p class="dim">… and more services</p>` : nothing}</nav>`;
}

export const sync = {
  name: 'sync',
  title: 'Sync',

  show({ rest: [service, kind, sid] }) {
    look(Object.hasOwn(KINDS, kind ?? '') && sid ? { service, kind, sid } : null, () => current() === sync);
    return html`
      <div class="page">
        <h2>Sync</h2>
        ${stored.fault ? html`<p class="fault" role="alert">${stored.fault}</p>` : nothing}
        ${stored.services ? html`<div class="sync">${list()}
          <section class="thing" tabindex="-1" aria-label="What is chosen">
            ${edited ? editor() : nothing}${stored.chosen ? detail() : nothing}</section></div>` : nothing}
      </div>`;
  },
};

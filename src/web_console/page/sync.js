// The view of Sync: what functions keep there, to be looked at, changed and removed.

import { html, nothing } from './vendor/lit-html.js';
import { redraw } from './draw.js';
import { go, link } from './router.js';
import { say } from './copy.js';
import { KINDS, change, look, stored } from './stored.js';
import { tree } from './tree.js';
import { bytes, time } from './words.js';

/** Parts of the data that are open, by what has them; of a few last ones. */
const open = new Map();

function opened(path) {
  if (!open.has(path)) {
    if (open.size > 200) open.delete(open.keys().next().value);
    open.set(path, new Set(['']));
  }
  return open.get(path);
}

/** What is edited: `{ path, revision, text, fault }`. */
let edited = null;

const dated = (at) => (at ? html`<time datetime=${at}>${time(at).slice(0, 8)}</time>` : nothing);

/** `/sync/Services/…` of a URL that Twilio would have. */
const pathOf = ({ url }) => `/sync${new URL(url).pathname.replace('/v1', '')}`;

async function remove(one, what, after = () => {}) {
  try {
    await change(pathOf(one), { method: 'DELETE' });
    say(`${what} removed`);
    after();
  } catch (error) {
    say(error.message);
  }
}

async function save(event) {
  event.preventDefault();
  const { path, revision, text } = edited;
  try {
    await change(path, { method: 'POST', body: new URLSearchParams({ Data: text }), headers: { 'if-match': revision } });
    edited = null;
  } catch (error) {
    if (edited) edited.fault = error.message;
  }
  redraw();
}

function editor(what) {
  const typed = (event) => {
    edited.text = event.target.value;
  };
  const leave = () => {
    edited = null;
    redraw();
  };
  return html`
    <form class="data" @submit=${save}>
      <textarea aria-label=${`Data of ${what}`} rows="8" spellcheck="false" .value=${edited.text} @input=${typed}></textarea>
      ${edited.fault ? html`<p class="fault" role="alert">${edited.fault}</p>` : nothing}
      <p class="acts"><button class="main">Save</button><button type="button" @click=${leave}>Cancel</button></p>
    </form>`;
}

/** The data of a document or an item. */
function data(one, what) {
  const path = pathOf(one);
  if (edited?.path === path) return editor(what);
  return tree(one.data, { open: opened(path), redraw, label: `Data of ${what}` });
}

function acts(one, what, after) {
  const edit = () => {
    edited = { path: pathOf(one), revision: one.revision, text: JSON.stringify(one.data, null, 2), fault: '' };
    redraw();
  };
  return html`<span class="acts">
    ${one.data === undefined ? nothing : html`<button type="button" class="copy" @click=${edit} aria-label=${`Edit ${what}`}>Edit</button>`}
    <button type="button" class="copy" @click=${() => remove(one, what, after)} aria-label=${`Remove ${what}`}>Remove</button></span>`;
}

function facts(one) {
  return html`
    <p class="facts">${one.revision === undefined ? nothing : html`<span>revision ${one.revision}</span>`}
      <span>changed ${dated(one.date_updated)}</span>
      ${one.date_expires ? html`<span>until ${dated(one.date_expires)}</span>` : nothing}
      ${one.data === undefined ? nothing : html`<span>${bytes(new Blob([JSON.stringify(one.data)]).size)}</span>`}
      <code class="dim">${one.sid}</code></p>`;
}

function items({ items: all, more, thing }) {
  const name = (item) => item.key ?? String(item.index);
  if (all.length === 0) return html`<p class="dim">No item.</p>`;
  return html`
    <div class="wide" tabindex="0" role="region" aria-label="Items">
      <table><thead><tr>${[thing.links.items.includes('/Maps/') ? 'Key' : 'Index', 'Data', 'Revision', 'Changed', 'Until', ''].map((head) => html`
        <th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${all.map((item) => html`
        <tr><th scope="row"><code>${name(item)}</code></th><td>${data(item, `item ${name(item)}`)}</td><td>${item.revision}</td>
          <td>${dated(item.date_updated)}</td><td>${dated(item.date_expires)}</td><td>${acts(item, `item ${name(item)}`)}</td></tr>`)}</tbody></table>
    </div>
    ${more ? html`<p class="dim">The first ${all.length} are shown.</p>` : nothing}`;
}

function detail() {
  const { thing, items: all, gone, kind } = stored.chosen;
  if (gone) return html`<p class="dim" role="status">It is no longer there.</p>`;
  if (!thing) return nothing;
  const what = thing.unique_name ?? thing.sid;
  const leave = () => go({ view: 'sync' }, { replace: true });
  return html`
    <div class="about"><h3>${KINDS[kind]} ${what}</h3>${acts(thing, `${KINDS[kind].toLowerCase()} ${what}`, leave)}</div>
    ${facts(thing)}
    ${thing.data === undefined ? nothing : data(thing, what)}
    ${all ? items(stored.chosen) : nothing}
    ${kind === 'Streams' ? html`<p class="dim">Messages of a stream are not kept.</p>` : nothing}`;
}

function things(service, { kind, found, more }) {
  const { chosen } = stored;
  const entry = (thing) => html`
    <li><a href=${link({ view: 'sync', rest: [service.sid, kind, thing.sid] })} aria-current=${chosen?.sid === thing.sid ? 'true' : 'false'}>
      <span class="dim">${KINDS[kind]}</span> ${thing.unique_name ?? thing.sid}</a></li>`;
  return html`${found.map(entry)}${more ? html`<li class="dim">… and more of them</li>` : nothing}`;
}

function list() {
  const kept = stored.services.filter(({ kinds }) => kinds.some(({ found }) => found.length > 0));
  if (kept.length === 0) {
    return html`<p class="dim">Nothing is kept. What functions without an account of their own put into Sync stands here:
      <code>Runtime.getSync().documents.create(…)</code></p>`;
  }
  return html`<nav class="things" aria-label="What is kept">${kept.map((service) => html`
    <h3>${service.name}</h3><ul>${service.kinds.map((kind) => things(service, kind))}</ul>`)}
    ${stored.more ? html`<p class="dim">… and more services</p>` : nothing}</nav>`;
}

export const sync = {
  name: 'sync',
  title: 'Sync',

  show({ rest: [service, kind, sid] }) {
    look(KINDS[kind] && sid ? { service, kind, sid } : null);
    return html`
      <div class="page">
        <h2>Sync</h2>
        ${stored.fault ? html`<p class="fault" role="alert">${stored.fault}</p>` : nothing}
        ${stored.services ? html`<div class="sync">${list()}
          ${stored.chosen ? html`<section class="thing" aria-label="What is chosen">${detail()}</section>` : nothing}</div>` : nothing}
      </div>`;
  },
};

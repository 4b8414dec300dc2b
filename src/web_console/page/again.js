// Edit a request and send it again: signed anew by the server, which does all that is more than a
// form. What was not touched is not sent along, so that it stays as it was to the byte.

import { html, nothing } from './vendor/lit-html.js';
import { ask } from './api.js';
import { compare } from './compare.js';

const METHODS = ['GET', 'POST', 'OPTIONS', 'PUT', 'DELETE'];
const HIDDEN = '(hidden)';
/** What the server computes anew. */
const COMPUTED = ['content-length', 'x-twilio-signature', 'connection', 'transfer-encoding', 'host'];

let draft = { id: null };

function begun(told, reading) {
  const bare = told.request.method === 'GET' || told.request.method === 'HEAD';
  const parameters = reading.form ?? (bare ? reading.query : []);
  return {
    id: told.id,
    method: told.request.method,
    target: told.request.target,
    to: '',
    // A form, or a query, is edited by its parameters; any other body as a whole.
    rows: parameters.map(([name, value]) => ({ name, value })),
    body: reading.form || bare ? null : told.request.body.text ?? null,
    headers: told.request.headers.filter(([name]) => !COMPUTED.includes(name)).map(([name, value]) => ({ name, value })),
    sending: false,
    fault: '',
    result: null,
    before: { told, parameters },
  };
}

/** Values by name, in order. */
function grouped(pairs) {
  const groups = new Map();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}

const same = (a, b) => a !== undefined && b !== undefined && a.length === b.length && a.every((value, at) => value === b[at]);

/** What is different between two lists of pairs: pairs to set, names to remove. */
export function changes(before, after) {
  const [old, now] = [grouped(before), grouped(after)];
  const set = [...now].filter(([name, values]) => !same(values, old.get(name)))
    .flatMap(([name, values]) => values.map((value) => [name, value]));
  const remove = [...old.keys()].filter((name) => !now.has(name));
  return { set, remove };
}

const listed = (rows) => rows.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]);

function edits() {
  const { told, parameters } = draft.before;
  const { set, remove } = changes(parameters, listed(draft.rows));
  const shown = told.request.headers.filter(([name, value]) => !COMPUTED.includes(name) && value !== HIDDEN);
  const headers = changes(shown, listed(draft.headers.filter(({ value }) => value !== HIDDEN)));
  const wanted = { set, remove, headers: [...headers.set, ...headers.remove.map((name) => [name, ''])] };
  if (draft.method !== told.request.method) wanted.method = draft.method;
  if (draft.target !== told.request.target) wanted.target = draft.target;
  if (draft.body !== null && draft.body !== told.request.body.text) wanted.body = draft.body;
  return wanted;
}

async function send(redraw) {
  const now = draft;
  Object.assign(now, { sending: true, fault: '' });
  redraw();
  try {
    const body = { edits: edits() };
    if (now.to.trim()) body.to = now.to.trim();
    now.result = await ask(`/exchanges/${now.id}/replay`, { method: 'POST', body });
  } catch (error) {
    now.fault = error.message;
  }
  now.sending = false;
  if (now !== draft) return;
  redraw();
  document.getElementById('compared')?.scrollIntoView({ block: 'start' });
}

function rows(list, label, what, redraw) {
  const add = () => {
    list.push({ name: '', value: '' });
    redraw();
  };
  const gone = (at) => {
    list.splice(at, 1);
    redraw();
  };
  return html`
    <fieldset class="edit-rows"><legend>${label}</legend>
      ${list.map((row, at) => html`
        <div class="edit-row">
          <input type="text" .value=${row.name} aria-label=${`Name of ${what} ${at + 1}`} spellcheck="false" autocomplete="off"
            @input=${(event) => { row.name = event.target.value; }}>
          ${row.value === HIDDEN
            ? html`<span class="dim">hidden, and sent as it was</span>`
            : html`<input type="text" .value=${row.value} aria-label=${row.name || `Value of ${what} ${at + 1}`} spellcheck="false" autocomplete="off"
                @input=${(event) => { row.value = event.target.value; }}>`}
          <button type="button" class="quiet" @click=${() => gone(at)} aria-label=${`Remove ${row.name || `${what} ${at + 1}`}`}>✕</button>
        </div>`)}
      <button type="button" @click=${add}>Add a ${what}</button>
    </fieldset>`;
}

/** The form, and below it what came of it. */
export function again(told, reading, { close, redraw }) {
  if (draft.id !== told.id) draft = begun(told, reading);
  const methods = METHODS.includes(draft.method) ? METHODS : [draft.method, ...METHODS];
  const submit = (event) => {
    event.preventDefault();
    send(redraw);
  };
  const reset = () => {
    draft = begun(told, reading);
    redraw();
  };
  return html`
    <form class="again" aria-label="Edit and send again" @submit=${submit}>
      <div class="line">
        <label>Method <select @change=${(event) => { draft.method = event.target.value; }}>
          ${methods.map((name) => html`<option ?selected=${name === draft.method}>${name}</option>`)}</select></label>
        <label class="grows">Path and query <input type="text" .value=${draft.target} spellcheck="false" autocomplete="off"
          @input=${(event) => { draft.target = event.target.value; }}></label>
      </div>
      ${draft.body === null ? rows(draft.rows, 'Parameters', 'parameter', redraw) : html`
        <label class="tall">Body <textarea rows="8" .value=${draft.body} spellcheck="false"
          @input=${(event) => { draft.body = event.target.value; }}></textarea></label>`}
      <details><summary>${draft.headers.length} headers</summary>${rows(draft.headers, 'Headers', 'header', redraw)}</details>
      <details ?open=${draft.to !== ''}><summary>To another server</summary>
        <label class="tall">Its URL <input type="text" inputmode="url" placeholder="https://HOST" .value=${draft.to} spellcheck="false" autocomplete="off"
          @input=${(event) => { draft.to = event.target.value; }}></label>
        <p class="dim">Empty: this server. Signed with this service's token in any case.</p></details>
      ${draft.fault ? html`<p class="fault" role="alert">${draft.fault}</p>` : nothing}
      <div class="actions">
        <button class="main" ?disabled=${draft.sending}>${draft.sending ? 'Sending' : 'Send'}</button>
        <button type="button" @click=${reset}>Reset</button>
        <button type="button" @click=${close}>Back to the request</button>
        <span class="dim">${reading.signature ? 'Signed anew.' : nothing}</span>
      </div>
    </form>
    ${draft.result ? compare(draft.result) : nothing}`;
}

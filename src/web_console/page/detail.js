// One exchange whole: what was asked, what was answered, and why.

import { html, nothing } from './vendor/lit-html.js';
import { ask } from './api.js';
import { island } from './draw.js';
import { go, place } from './router.js';
import { copy, say } from './copy.js';
import { body } from './body.js';
import { signature } from './signature.js';
import { timeline } from './timeline.js';
import { again } from './again.js';
import { ofStatus, duration, sentence, time } from './words.js';

const pane = island('section', { class: 'detail', 'aria-labelledby': 'detail-title', tabindex: '-1' });

/** What the pane shows: one number, whether with its secrets, and what was told of it. */
let shown = { id: null, secrets: false, told: null, reading: null, fault: '' };

/** The pane with the exchange of that number. */
export function detail(id, { editing }) {
  if (shown.id !== id) {
    shown = { id, secrets: false, told: null, reading: null, fault: '' };
    pane.element.scrollTop = 0;
    load();
  }
  if (shown.editing !== editing) {
    shown.editing = editing;
    draw();
  }
  return pane.element;
}

/** Nothing is open: the next time it is asked for anew. */
export function detailClosed() {
  shown = { id: null, secrets: false, told: null, reading: null, fault: '' };
}

const query = (secrets) => (secrets ? '?secrets=shown' : '');

async function load() {
  const now = shown;
  draw();
  try {
    [now.told, now.reading] = await Promise.all([
      ask(`/exchanges/${now.id}${query(now.secrets)}`),
      ask(`/exchanges/${now.id}/reading`),
    ]);
  } catch (error) {
    now.fault = error.message;
  }
  if (now === shown) draw();
}

function draw() {
  const { told, fault, id } = shown;
  pane.draw(html`
    <button type="button" class="quiet close" @click=${close} aria-label="Close" title="Esc">✕</button>
    ${told ? whole() : html`<h3 id="detail-title">#${id}</h3>
      <p class=${fault ? 'fault' : 'dim'}>${fault || 'Loading'}</p>`}`);
}

function close() {
  go({ view: 'requests', query: place().query });
}

function edit(on) {
  go({ view: 'requests', rest: on ? [String(shown.id), 'again'] : [String(shown.id)], query: place().query });
}

async function copyCommand(which, what) {
  try {
    const told = await ask(`/exchanges/${shown.id}/commands${query(shown.secrets)}`);
    if (!told[which]) {
      say(which === 'send' ? 'Twilio makes no such request: copy as curl instead' : 'The body is no text, which no command holds');
      return;
    }
    const without = which === 'curl' && told.left_out.length > 0 ? `${what}, without ${told.left_out.join(', ')} (hidden)` : what;
    await copy(told[which], without);
  } catch (error) {
    say(error.message);
  }
}

function secrets() {
  shown.secrets = !shown.secrets;
  load();
}

function head() {
  const { told } = shown;
  return html`
    <h3 id="detail-title"><span class="badge" data-status=${ofStatus(told.status)}>${told.status}</span>
      <code>${told.request.method} ${told.request.target}</code></h3>
    <p class="facts">${[`#${told.id}`, time(told.at), duration(told.duration_ms),
      told.service ? `service ${told.service}` : 'no service', told.visibility, told.target,
      told.peer ? `from ${told.peer}` : 'sent again from here', told.sid].filter(Boolean)
      .map((fact) => html`<span>${fact}</span>`)}</p>
    <div class="actions">
      ${shown.editing ? nothing : html`<button type="button" class="main" @click=${() => edit(true)} title="e">Edit and send again</button>`}
      <button type="button" @click=${() => copyCommand('curl', 'curl command')} title="Signed, where it is to be">Copy as curl</button>
      <button type="button" @click=${() => copyCommand('send', 'switchboard send')}>Copy as <code>switchboard send</code></button>
      <button type="button" @click=${secrets} aria-pressed=${shown.secrets ? 'true' : 'false'}>Show secrets</button>
    </div>`;
}

export function pairs(list, label) {
  return html`<dl class="pairs" aria-label=${label}>${list.map(([name, value]) => html`
    <div><dt>${name}</dt><dd class=${value === '(hidden)' ? 'dim' : nothing}>${value}</dd></div>`)}</dl>`;
}

/** Headers are many and mostly known: they are shut, and say how many. */
function headers(list, whose) {
  return html`<details class="headers"><summary>${list.length} headers</summary>${pairs(list, `Headers of the ${whose}`)}</details>`;
}

/** Why it went so, if it did not go well. The signature has a part of its own, with more of it. */
function fault() {
  const { told, reading } = shown;
  if (!told.fault || reading.signature?.verdict === 'refused') return nothing;
  return html`<pre class="fault" role="note" aria-label="Why">${told.fault}</pre>`;
}

function warnings() {
  const { told, reading } = shown;
  if (told.warnings.length === 0) return nothing;
  return html`
    <section aria-labelledby="parity"><h4 id="parity">In the cloud</h4>
      ${told.warnings.map(({ rule, text }) => {
        const row = reading.rules.find(({ name }) => name === rule);
        return html`
          <div class="warning"><p>${sentence(text)}</p>
            ${row ? html`<details><summary><code>${rule}</code></summary>
              <p>${sentence(row.says)}</p>
              <p class="dim">The cloud ${row.verdict}. ${row.confidence}; source: ${row.source}. All rules: docs/parity.md.</p>
            </details>` : html`<code>${rule}</code>`}
          </div>`;
      })}
    </section>`;
}

function lines() {
  const { console: said } = shown.told;
  if (said.length === 0) return nothing;
  return html`
    <section aria-labelledby="said"><h4 id="said">Console</h4>
      <ol class="lines">${said.map(({ level, text }) => html`
        <li data-level=${level}><span class="level">${level.toLowerCase()}</span> <span class="line">${text}</span></li>`)}</ol>
    </section>`;
}

function parameters() {
  const { query: inQuery, form } = shown.reading;
  return html`
    ${inQuery.length > 0 ? html`<h5>Query</h5>${pairs(inQuery, 'Parameters of the query')}` : nothing}
    ${form?.length ? html`<h5>Form</h5>${pairs(form, 'Parameters of the form')}` : nothing}`;
}

function request() {
  const { told, reading } = shown;
  return html`
    <section aria-labelledby="asked"><h4 id="asked">Request</h4>
      ${parameters()}
      ${told.request.body.bytes > 0 ? html`<h5>Body</h5>
        ${body(told.request, { whose: 'request', key: `${told.id} request`, redraw: draw, shut: Boolean(reading.form) })}` : nothing}
      ${headers(told.request.headers, 'request')}
    </section>`;
}

function answer() {
  const { told, reading } = shown;
  const streamed = told.target === 'asset' && told.status === 200;
  return html`
    <section aria-labelledby="answered"><h4 id="answered">Answer</h4>
      ${streamed ? html`<p class="dim">An asset: its body is sent from the file and not kept.</p>`
        : body(told.answer, { whose: 'answer', twiml: reading.twiml, key: `${told.id} answer`, redraw: draw })}
      ${headers(told.answer.headers, 'answer')}
    </section>`;
}

function whole() {
  const { told, reading } = shown;
  if (shown.editing) return html`${head()}${again(told, reading, { close: () => edit(false), redraw: draw })}`;
  return html`
    ${head()}
    ${signature(reading.signature)}
    ${fault()}
    ${answer()}
    ${lines()}
    ${request()}
    ${warnings()}
    ${timeline(told)}`;
}

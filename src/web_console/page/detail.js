// One exchange whole.

import { html, nothing } from './vendor/lit-html.js';
import { ask } from './api.js';
import { island } from './draw.js';
import { ofStatus, duration } from './words.js';

const pane = island('section', { class: 'detail', 'aria-labelledby': 'detail-title' });
let shown = null;

/** The pane with the exchange of that number; `close` is called when it shall go. */
export function detail(id, { close }) {
  if (shown !== id) {
    shown = id;
    load(id, close);
  }
  return pane.element;
}

async function load(id, close) {
  const back = html`<button class="quiet close" @click=${close} aria-label="Close">✕</button>`;
  try {
    const told = await ask(`/exchanges/${id}`);
    if (shown === id) pane.draw(html`${back}${whole(told)}`);
  } catch (error) {
    if (shown === id) pane.draw(html`${back}<h3 id="detail-title">#${id}</h3><p class="fault">${error.message}</p>`);
  }
}

function headers(pairs) {
  return html`<dl class="headers">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function body(told) {
  if (told.bytes === 0) return nothing;
  return html`<pre class="body" tabindex="0" aria-label="Body">${told.text ?? told.base64}</pre>`;
}

function whole(told) {
  return html`
    <h3 id="detail-title"><span class="status" data-status=${ofStatus(told.status)}>${told.status}</span>
      <code>${told.request.method} ${told.request.target}</code></h3>
    <p class="facts">#${told.id} · ${duration(told.duration_ms)} · ${told.target ?? 'no route'}</p>
    ${told.fault ? html`<pre class="fault" tabindex="0" aria-label="Why">${told.fault}</pre>` : nothing}
    <h4>Answer</h4>${headers(told.answer.headers)}${body(told.answer.body)}
    <h4>Request</h4>${headers(told.request.headers)}${body(told.request.body)}`;
}

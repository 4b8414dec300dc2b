// JSON as a tree, whose parts open and shut. What is shut costs nothing.

import { html, nothing } from './vendor/lit-html.js';

/** Children of one part that are shown. */
const MOST = 500;

const kindOf = (value) => (value === null ? 'null' : typeof value);

function leaf(value) {
  return html`<span class="value" data-kind=${kindOf(value)}>${JSON.stringify(value)}</span>`;
}

function part(name, value, path, state) {
  const label = name === null ? nothing : html`<span class="name">${name}</span>: `;
  if (value === null || typeof value !== 'object') return html`<li>${label}${leaf(value)}</li>`;
  const list = Array.isArray(value);
  const children = Object.entries(value);
  const summary = list ? `[${children.length}]` : `{${children.length}}`;
  if (children.length === 0) return html`<li>${label}<span class="value">${list ? '[]' : '{}'}</span></li>`;
  const open = state.open.has(path);
  const toggled = (event) => {
    if (event.target.open === state.open.has(path)) return;
    if (event.target.open) state.open.add(path);
    else state.open.delete(path);
    state.redraw();
  };
  return html`<li><details ?open=${open} @toggle=${toggled}>
    <summary>${label}<span class="dim">${summary}</span></summary>
    ${open ? html`<ul>
      ${children.slice(0, MOST).map(([key, child]) => part(list ? Number(key) : key, child, `${path}/${key}`, state))}
      ${children.length > MOST ? html`<li class="dim">… and ${children.length - MOST} more: see the raw body</li>` : nothing}
    </ul>` : nothing}
  </details></li>`;
}

/** `value` as a tree; `open` is the set of paths that are open, `redraw` draws when it has changed. */
export function tree(value, { open, redraw, label }) {
  return html`<ul class="tree" aria-label=${label}>${part(null, value, '', { open, redraw })}</ul>`;
}

// Copying, and the word that it was done.

import { html, nothing } from './vendor/lit-html.js';
import { redraw } from './draw.js';

let said = '';
let going;

/** Says something for a moment, to screen readers too. */
export function say(text) {
  said = text;
  clearTimeout(going);
  going = setTimeout(() => {
    said = '';
    redraw();
  }, 4000);
  redraw();
}

export function toast() {
  return html`<div class="toast" role="status">${said ? html`<p>${said}</p>` : nothing}</div>`;
}

/** Copies `text`, of which `what` is said. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    say('The browser refuses to copy: select the text, and copy it yourself');
  }
}

/** A button that copies. */
export function copyButton(text, what, label = 'Copy') {
  return html`<button class="copy" @click=${() => copy(text, what)} aria-label=${`Copy ${what}`}>${label}</button>`;
}

// The keyboard. A view has its own keys; these are everywhere.

import { html } from './vendor/lit-html.js';
import { island } from './draw.js';
import { go, views, current } from './router.js';

const EVERYWHERE = [
  ['1 2 …', 'the views, in the order of their tabs'],
  ['Esc', 'closes what is open'],
  ['?', 'this help'],
];

const box = island('dialog', { class: 'help', 'aria-labelledby': 'help-title' });

const row = ([keys, does]) => html`
  <div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>`;

export const help = {
  open() {
    box.draw(html`
      <h2 id="help-title">Keys</h2>
      <dl>${[...(current().keys ?? []), ...EVERYWHERE].map(row)}</dl>
      <form method="dialog"><button>Close</button></form>`);
    if (!box.element.open) box.element.showModal();
  },

  dialog: () => box.element,
};

// What a field does with a key is not ours, nor what the browser does with Ctrl.
function isTyped(event) {
  const { target } = event;
  return target.closest?.('input, textarea, select, dialog, [contenteditable]') && event.key !== 'Escape';
}

/** Does what a key means: first in the view, then everywhere. */
export function keyPressed(event, view, place) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyped(event) || box.element.open) return;
  if (view.key?.(event, place)) {
    event.preventDefault();
    return;
  }
  const chosen = views()[Number(event.key) - 1];
  if (chosen) go({ view: chosen.name });
  else if (event.key === '?') help.open();
  else return;
  event.preventDefault();
}

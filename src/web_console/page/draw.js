// Drawing, at most once a frame: whoever changed something says `redraw()`, and the whole page is
// described anew; lit-html writes only what differs from the last time.
//
// A part that is large and seldom changes is an island: it is drawn when its own state changes, and
// costs a frame nothing.

import { render } from './vendor/lit-html.js';

let describe;
let into;
let planned = false;
const after = [];

/** Sets what is drawn, and where. */
export function draws(template, element) {
  [describe, into] = [template, element];
}

/** Draws with the next frame. */
export function redraw() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    render(describe(), into);
    for (const action of after.splice(0)) action();
  });
}

/** Does `action` once the next drawing stands: to set a focus, to scroll. */
export function drawn(action) {
  after.push(action);
  redraw();
}

/** An element of its own, drawn by `island.draw(template)` and shown by `${island.element}`. */
export function island(tag, attributes = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return { element, draw: (template) => render(template, element) };
}

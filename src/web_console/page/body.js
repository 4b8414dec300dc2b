// A body as its type wants to be seen: TwiML, a tree of JSON, a picture, a recording, or text.

import { html, nothing } from './vendor/lit-html.js';
import { bytes } from './words.js';
import { tree } from './tree.js';
import { twiml } from './twiml.js';
import { copyButton } from './copy.js';

/** Characters that are shown before somebody asks for all: more of them make a browser slow. */
const SHOWN = 100_000;

/** What was chosen for each body that was looked at: `raw`, `whole`, and the open parts of a tree. */
const choices = new Map();

function choiceOf(key) {
  if (!choices.has(key)) {
    // Those of a few last ones are enough.
    if (choices.size > 20) choices.delete(choices.keys().next().value);
    choices.set(key, { raw: false, whole: false, open: new Set(['']) });
  }
  return choices.get(key);
}

const typeOf = (headers) => (headers.find(([name]) => name === 'content-type')?.[1] ?? '').split(';')[0].trim().toLowerCase();

/** URLs of bodies that are pictures or sounds, by their body's key. */
const urls = new Map();

function urlOf(key, told, type) {
  if (!urls.has(key)) {
    for (const [other, url] of urls) {
      URL.revokeObjectURL(url);
      urls.delete(other);
    }
    const content = told.base64 === undefined
      ? told.text
      : Uint8Array.from(atob(told.base64), (character) => character.charCodeAt(0));
    urls.set(key, URL.createObjectURL(new Blob([content], { type })));
  }
  return urls.get(key);
}

function parsed(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** How the body can be shown beside its text; `null` if in no other way. */
function rendered(told, type, { twiml: reading, key, whose, choice, redraw }) {
  if (reading) return twiml(reading);
  // A picture in <img> runs no script, also where it is an SVG.
  if (/^image\//.test(type)) return html`<img class="picture" src=${urlOf(key, told, type)} alt=${`The ${whose}, ${type}`}>`;
  if (/^audio\//.test(type)) return html`<audio controls src=${urlOf(key, told, type)} aria-label=${`The ${whose}, ${type}`}></audio>`;
  if (told.text && (/[/+]json$/.test(type) || /^\s*[{[]/.test(told.text))) {
    const json = parsed(told.text);
    if (json) return tree(json.value, { open: choice.open, redraw, label: `The ${whose} as JSON` });
  }
  return null;
}

function raw(told, whose, choice, redraw) {
  const text = told.text ?? told.base64;
  const shown = choice.whole ? text : text.slice(0, SHOWN);
  const all = () => {
    choice.whole = true;
    redraw();
  };
  return html`
    ${told.text === undefined ? html`<p class="dim">No text: in base64</p>` : nothing}
    <pre class="body" tabindex="0" role="region" aria-label=${`The ${whose} as it is`}>${shown}</pre>
    ${shown.length < text.length ? html`<button type="button" @click=${all}>Show all of ${bytes(told.bytes)}</button>` : nothing}`;
}

/**
 * The body of `message`, a request or an answer. `key` names it; `redraw` is called when another way
 * to show it was chosen; one that is `shut` is told elsewhere, and opens when asked for.
 */
export function body(message, { whose, twiml: reading, key, redraw, shut = false }) {
  const told = message.body;
  if (told.bytes === 0) return html`<p class="dim">No body</p>`;
  const choice = choiceOf(key);
  const type = typeOf(message.headers);
  const better = rendered(told, type, { twiml: reading, key, whose, choice, redraw });
  const choose = (value) => () => {
    choice.raw = value;
    redraw();
  };
  const shown = html`
    <div class="about">
      <span class="dim">${type || 'no content type'}, ${bytes(told.bytes)}</span>
      ${better ? html`<span class="ways" role="group" aria-label=${`How the ${whose} is shown`}>
        <button type="button" aria-pressed=${choice.raw ? 'false' : 'true'} @click=${choose(false)}>Read</button>
        <button type="button" aria-pressed=${choice.raw ? 'true' : 'false'} @click=${choose(true)}>Raw</button></span>` : nothing}
      ${told.text === undefined ? nothing : copyButton(told.text, `body of the ${whose}`)}
    </div>
    ${better && !choice.raw ? better : raw(told, whose, choice, redraw)}`;
  return shut ? html`<details><summary>As it came</summary>${shown}</details>` : shown;
}

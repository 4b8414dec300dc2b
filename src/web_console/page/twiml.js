// TwiML as the server indents it, with the faults that it finds beside their lines.

import { html, nothing } from './vendor/lit-html.js';
import { sentence } from './words.js';

// A tag, its name, and its attributes, for colours alone: the reading is the server's.
const TOKENS = /(<!--[\s\S]*?-->)|(<\/?[^\s<>"/]*)|("[^"]*")|(\/?>)/g;

function coloured(line) {
  const parts = [];
  let at = 0;
  for (const found of line.matchAll(TOKENS)) {
    if (found.index > at) parts.push(line.slice(at, found.index));
    const kind = found[1] ? 'comment' : found[3] ? 'quoted' : 'tag';
    parts.push(html`<span class=${kind}>${found[0]}</span>`);
    at = found.index + found[0].length;
  }
  parts.push(line.slice(at));
  return parts;
}

function fault({ code, severity, text }) {
  return html`<li class="twiml-fault" data-severity=${severity}><strong>${severity}${code ? ` ${code}` : ''}</strong> ${sentence(text)}</li>`;
}

/** The reading of docs/console.md. */
export function twiml({ medium, text, faults }) {
  const lines = text.replace(/\n$/, '').split('\n');
  const about = (number) => faults.filter(({ line }) => line === number);
  const whole = faults.filter(({ line }) => line === null || line > lines.length);
  return html`
    <p class="dim">TwiML for ${medium === 'voice' ? 'a call' : 'a message'}, ${faults.length === 0
      ? 'without a fault' : faults.length === 1 ? '1 fault' : `${faults.length} faults`}</p>
    ${whole.length > 0 ? html`<ul class="twiml-whole">${whole.map(fault)}</ul>` : nothing}
    <ol class="twiml" tabindex="0" aria-label="TwiML, line by line">${lines.map((line, index) => {
      const here = about(index + 1);
      return html`<li data-fault=${here.length > 0 ? here[0].severity : nothing}><code>${coloured(line)}</code>
        ${here.length > 0 ? html`<ul>${here.map(fault)}</ul>` : nothing}</li>`;
    })}</ol>`;
}

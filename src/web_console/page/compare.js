// Two answers side by side, with what differs marked.

import { html, nothing } from './vendor/lit-html.js';
import { link, place } from './router.js';
import { ofStatus, duration, bytes } from './words.js';

/** Lines that are shown. */
const MOST = 2000;

/** Rows of two cells: a line that went beside one that came. */
function paired(lines) {
  const rows = [];
  let [gone, come] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) rows.push([gone[at], come[at], true]);
    [gone, come] = [[], []];
  };
  for (const { of, text } of lines) {
    if (of === 'before') gone.push(text);
    else if (of === 'after') come.push(text);
    else {
      flush();
      rows.push([text, text, false]);
    }
  }
  flush();
  return rows;
}

/** The text with the part marked that the other line does not have. */
function marked(text, other) {
  if (text === undefined) return nothing;
  if (other === undefined) return html`<mark>${text}</mark>`;
  let start = 0;
  while (start < text.length && text[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(text.length, other.length) - start;
  while (end < most && text.at(-1 - end) === other.at(-1 - end)) end++;
  const middle = text.slice(start, text.length - end);
  return html`${text.slice(0, start)}${middle ? html`<mark>${middle}</mark>` : nothing}${text.slice(text.length - end)}`;
}

function cell(text, other, differs, side) {
  const kind = text === undefined ? 'none' : differs ? side : 'both';
  const says = { before: 'Only before: ', after: 'Only now: ' }[kind];
  return html`<td data-of=${kind}><code>${says ? html`<span class="spoken">${says}</span>` : nothing}${differs ? marked(text, other) : text}</code></td>`;
}

function table(lines, label) {
  const rows = paired(lines);
  return html`
    <table class="compare" aria-label=${label}>
      <thead><tr><th scope="col">Before</th><th scope="col">Now</th></tr></thead>
      <tbody>${rows.slice(0, MOST).map(([before, after, differs]) => html`
        <tr>${cell(before, after, differs, 'before')}${cell(after, before, differs, 'after')}</tr>`)}</tbody>
    </table>
    ${rows.length > MOST ? html`<p class="dim">… and ${rows.length - MOST} more lines</p>` : nothing}`;
}

const isSame = (lines) => lines.every(({ of }) => of === 'both');

function headers({ headers: lines }) {
  if (isSame(lines)) return html`<p class="dim">Headers: the same</p>`;
  return html`<h5>Headers</h5>${table(lines.filter(({ of }) => of !== 'both'), 'Headers that differ')}`;
}

function bodies({ body: lines }, before, after) {
  if (!lines) {
    const alike = before.body.base64 === after.body.base64 && before.body.text === after.body.text;
    return html`<p class="dim">Bodies: ${bytes(before.body.bytes)} before, ${bytes(after.body.bytes)} now${alike ? ', the same' : ', and not both are text'}</p>`;
  }
  return html`<h5>Bodies${isSame(lines) ? ': the same' : nothing}</h5>${table(lines, 'Bodies')}`;
}

/** What came of a replay: docs/console.md has its fields. */
export function compare({ id, before, after, differences, duration_ms: took, signed, fault, request }) {
  const badge = (status) => html`<span class="badge" data-status=${ofStatus(status)}>${status}</span>`;
  return html`
    <section class="compared" id="compared" aria-labelledby="compared-title" role="status">
      <h4 id="compared-title">Before ${badge(before.status)} and now ${badge(after.status)}</h4>
      <p class="facts"><span>${duration(took)}</span><span>${signed ? 'signed anew' : 'not signed'}</span>
        ${id ? html`<span><a href=${link({ view: 'requests', rest: [String(id)], query: place().query })}>#${id}</a></span>`
          : html`<span>sent to ${request.target}</span>`}</p>
      ${fault ? html`<pre class="fault">${fault}</pre>` : nothing}
      ${bodies(differences, before, after)}
      ${headers(differences)}
    </section>`;
}

// The list of entries, newest first. Of ten thousand rows those in sight are there, and no more; all
// have one height, which the style sets (`--row`): another one where the list is narrow.
//
// While the list stands at its top it follows: new rows come in there. Where it is scrolled away from
// the top, or where a request is open beside it, what is in sight stays in its place.

import { html, nothing } from './vendor/lit-html.js';
import { drawn, redraw } from './draw.js';
import { ofStatus, duration, time, notice } from './words.js';

/** Rows beyond each edge, so that a scroll shows no gap before it is drawn. */
const BEYOND = 6;

const scroller = () => document.getElementById('list');

/** Below this width a row has two lines. */
const NARROW = 760;

let narrow = false;
let rowHeight = 0;
let height = 0;
let newest = 0;
let pressed = null;

/** The row that is to stay in sight when the heights change. */
let kept = () => {};

function measure() {
  const list = scroller();
  if (!list) return;
  if (list.clientWidth > 0 && narrow !== list.clientWidth < NARROW) {
    narrow = !narrow;
    drawn(measure);
    return;
  }
  const row = Number.parseFloat(getComputedStyle(list).getPropertyValue('--row'));
  const head = list.querySelector('.head')?.offsetHeight ?? 0;
  if (row === rowHeight && list.clientHeight - head === height) return;
  [rowHeight, height] = [row, list.clientHeight - head];
  drawn(kept);
}
const sizes = new ResizeObserver(measure);
let observed = null;

function observe() {
  if (observed === scroller()) return;
  if (observed) sizes.unobserve(observed);
  observed = scroller();
  if (observed) sizes.observe(observed);
}

/**
 * Where the list's top is to be, so that what is in sight keeps its place unless the list follows.
 * Scrolled to once the new rows stand: they are drawn for that place, or a frame would show none.
 */
function hold(entries, follows) {
  const last = entries.at(-1)?.id ?? 0;
  const list = scroller();
  let top = list?.scrollTop ?? 0;
  if (list && newest > 0 && last > newest && !(follows && top < rowHeight)) {
    let more = 0;
    for (let at = entries.length - 1; at >= 0 && entries[at].id > newest; at--) more++;
    top += more * rowHeight;
    drawn(() => { list.scrollTop = top; });
  }
  newest = last;
  return top;
}

/** Forgets where it was: the entries are others now. */
export function listChanged() {
  newest = 0;
  const list = scroller();
  if (list) list.scrollTop = 0;
}

/** Goes back to the top, where the list follows. */
export function toNewest() {
  const list = scroller();
  if (!list) return;
  list.scrollTop = 0;
  redraw();
}

/** Brings the row of that index (from the oldest) into sight. */
export function reveal(index, count) {
  const list = scroller();
  if (!list || index < 0) return;
  const top = (count - 1 - index) * rowHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + rowHeight > list.scrollTop + height) list.scrollTop = top + rowHeight - height;
}

const VERDICTS = {
  passed: ['✓', 'signature good'],
  refused: ['✕', 'refused'],
};

/** Whether who asked was let in. */
export function verdict(entry) {
  if (!entry.visibility) return nothing;
  const [mark, says] = VERDICTS[entry.admission] ?? [];
  return html`<span class="verdict" data-verdict=${entry.admission ?? 'open'}>${entry.visibility}${mark
    ? html` <span aria-hidden="true">${mark}</span><span class="spoken">, ${says}</span>` : nothing}</span>`;
}

function marks(entry) {
  const count = entry.warnings.length;
  if (count === 0) return nothing;
  const rules = [...new Set(entry.warnings.map((warning) => warning.rule))].join(', ');
  return html`<span class="parity" title=${`In the cloud: ${rules}`}>⚠ ${count}<span class="spoken"> parity ${count === 1 ? 'warning' : 'warnings'}: ${rules}</span></span>`;
}

function row(entry, index, count, chosen) {
  const number = count - index;
  const selected = entry.id === chosen ? 'true' : 'false';
  if (entry.event !== 'request') {
    return html`
      <div role="row" id=${`row-${entry.id}`} class="row notice" data-id=${entry.id} data-kind=${entry.kind ?? entry.event}
        aria-rowindex=${number + 1} aria-selected=${selected}>
        <span role="gridcell" class="id">${Number.isInteger(entry.id) ? entry.id : ''}</span>
        <span role="gridcell" class="said" aria-colspan="8">${notice(entry)}</span>
      </div>`;
  }
  return html`
    <div role="row" id=${`row-${entry.id}`} class="row" data-id=${entry.id} aria-rowindex=${number + 1} aria-selected=${selected}>
      <span role="gridcell" class="id">${entry.id}</span>
      <span role="gridcell" class="time">${time(entry.at)}</span>
      <span role="gridcell" class="status" data-status=${ofStatus(entry.status)}>${entry.status}</span>
      <span role="gridcell" class="method">${entry.method}</span>
      <span role="gridcell" class="path" title=${entry.path}>${entry.path}</span>
      <span role="gridcell" class="service">${entry.service ?? ''}</span>
      <span role="gridcell" class="visibility">${verdict(entry)}</span>
      <span role="gridcell" class="took">${duration(entry.duration_ms)}</span>
      <span role="gridcell" class="marks">${marks(entry)}</span>
    </div>`;
}

const HEADS = [['id', '#'], ['time', 'Time'], ['status', 'Status'], ['method', 'Method'], ['path', 'Path'],
  ['service', 'Service'], ['visibility', 'Visibility'], ['took', 'Took'], ['marks', 'Parity']];

/**
 * The list of `entries` (oldest first). `chosen` is the number of the one that is open, `opened(id)`
 * is called with the one that shall be.
 */
export function list({ entries, chosen, follows, opened }) {
  if (observed !== scroller() || !observed?.isConnected) drawn(observe);
  kept = () => chosen && reveal(entries.findIndex((entry) => entry.id === chosen), entries.length);
  const top = hold(entries, follows);
  const count = entries.length;
  const first = Math.max(0, Math.floor(top / (rowHeight || 1)) - BEYOND);
  const after = Math.min(count, Math.ceil((top + height) / (rowHeight || 1)) + BEYOND);
  const rows = [];
  for (let at = first; at < after; at++) {
    const index = count - 1 - at;
    rows.push(row(entries[index], index, count, chosen));
  }
  // Rows move under the pointer while it is pressed: what counts is what it was pressed on.
  const idOf = (event) => Number(event.target.closest('[data-id]')?.dataset.id ?? NaN);
  const press = (event) => { pressed = idOf(event); };
  const click = () => {
    if (Number.isInteger(pressed)) opened(pressed);
    pressed = null;
  };
  return html`
    <div id="list" class="list" ?data-narrow=${narrow} role="grid" tabindex="0" aria-label="Requests, newest first" aria-rowcount=${count + 1}
      aria-colcount="9" aria-activedescendant=${chosen ? `row-${chosen}` : nothing}
      @scroll=${redraw} @pointerdown=${press} @click=${click}>
      <div class="head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
        ${HEADS.map(([name, text]) => html`<span role="columnheader" class=${name}>${text}</span>`)}
      </div></div>
      <div class="space" role="rowgroup" .style=${`height:${count * rowHeight}px`}>
        <div class="rows" role="presentation" .style=${`transform:translateY(${first * rowHeight}px)`}>${rows}</div>
      </div>
    </div>
    ${top > rowHeight ? html`<button type="button" class="newest" @click=${toNewest} title="g">↑ Newest</button>` : nothing}`;
}

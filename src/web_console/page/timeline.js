// Where the time of an exchange went, and which process it was spent in.

import { html, nothing } from './vendor/lit-html.js';
import { duration } from './words.js';

const PARTS = [
  ['received_ms', 'Body'],
  ['queue_ms', 'Queue'],
  ['cold_start_ms', 'Cold start'],
  ['run_ms', 'Run'],
];

export function timeline({ timeline: told, worker, generation }) {
  const total = told.total_ms || 1;
  const parts = PARTS.filter(([key]) => told[key] !== null).map(([key, name]) => [key, name, told[key]]);
  const known = parts.reduce((sum, [, , took]) => sum + took, 0);
  parts.push(['server_ms', 'Server', Math.max(0, told.total_ms - known)]);
  const share = (took) => `width:${Math.min(100, (100 * took) / total)}%`;
  return html`
    <section aria-labelledby="timeline"><h4 id="timeline">Timeline</h4>
      <div class="bars" aria-hidden="true">${parts.map(([key, , took]) => html`<span class="part" data-part=${key} .style=${share(took)}></span>`)}</div>
      <dl class="parts">${parts.map(([key, name, took]) => html`
        <div><dt data-part=${key}>${name}</dt><dd>${duration(took)}</dd></div>`)}
        <div><dt>Total</dt><dd>${duration(told.total_ms)}</dd></div></dl>
      <p class="dim">${worker ? `Worker ${worker.number}, process ${worker.pid}, version ${worker.generation} of its files. ` : nothing}Registry ${generation}.</p>
    </section>`;
}

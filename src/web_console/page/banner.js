// The files that are not served because of their faults: said on every view until they are mended.

import { html, nothing } from './vendor/lit-html.js';
import { live } from './live.js';

let faults = [];

live.on((entries) => {
  for (const entry of entries) {
    if (entry.kind === 'rejected') faults = entry.diagnostics;
    if (entry.kind === 'reloaded') faults = [];
  }
});

/** One fault of a file: what, where, the lines, what to do. */
export function diagnostic({ severity, title, file, line, column, help, excerpt }) {
  return html`
    <div class="diagnostic" data-severity=${severity}>
      <p><strong>${title}</strong>${file ? html` <code>${[file, line, column].filter(Boolean).join(':')}</code>` : nothing}</p>
      ${excerpt ? html`<pre class="excerpt" tabindex="0" aria-label=${`Lines of ${file}`}>${excerpt}</pre>` : nothing}
      ${help ? html`<p>${help}</p>` : nothing}
    </div>`;
}

export function banner() {
  if (faults.length === 0) return nothing;
  return html`
    <section class="banner" role="alert" aria-label="Files not served">
      <h2>Not reloaded: the last good version serves on</h2>
      ${faults.map(diagnostic)}
    </section>`;
}

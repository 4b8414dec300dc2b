// The files that are not served because of their faults: said on every view until they are mended.

import { html, nothing } from './vendor/lit-html.js';
import { served } from './served.js';

/** One fault of a file, as the terminal shows it: what, where, the lines, what to do. */
export function diagnostic({ severity, title, rendered }) {
  return html`<pre class="excerpt" data-severity=${severity} tabindex="0" role="region" aria-label=${title}>${rendered}</pre>`;
}

export function banner() {
  const load = served.told?.load;
  if (!load || load.served) return nothing;
  return html`
    <section class="banner" role="alert" aria-labelledby="banner-title">
      <h2 id="banner-title">The files have faults: the last good version serves on</h2>
      ${load.diagnostics.map(diagnostic)}
    </section>`;
}

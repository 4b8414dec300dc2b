// Why a signature was good, or what is wrong with it: the server's explanation, for readers.

import { html, nothing } from './vendor/lit-html.js';
import { copyButton } from './copy.js';
import { sentence } from './words.js';

function tried({ source, url, expected }, received) {
  const match = expected === received;
  return html`<tr><td>${source}</td><td><code>${url}</code></td>
    <td><code>${expected}</code>${match ? html` <span class="same">the same</span>` : nothing}</td></tr>`;
}

function parameters(told) {
  if (told.parameters.length === 0) return html`<p class="dim">No parameters were hashed behind the URL.</p>`;
  return html`
    <p>Behind each URL followed, sorted by name:</p>
    <dl class="pairs" aria-label="Parameters that were hashed">${told.parameters.map(([name, value]) => html`
      <div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${told.parameters_not_listed ? html`<p class="dim">and ${told.parameters_not_listed} more</p>` : nothing}`;
}

function refused(told) {
  return html`
    <section class="signature" data-verdict="refused" aria-labelledby="signature">
      <h4 id="signature">Signature refused</h4>
      <p>${sentence(told.why)}.</p>
      <ul class="causes">${told.causes.map(({ what, advice }) => html`<li><strong>${what}.</strong> ${sentence(advice)}</li>`)}</ul>
      ${told.signed_url ? html`<p>It was signed for <code>${told.signed_url}</code> ${copyButton(told.signed_url, 'signed URL')}</p>` : nothing}
      ${told.received ? html`<p>Received: <code>${told.received}</code></p>` : nothing}
      <details><summary>What was tried: ${told.tried.length} URLs</summary>
        <div class="wide" role="region" tabindex="0" aria-label="URLs that were tried"><table>
          <thead><tr><th scope="col">Host from</th><th scope="col">URL</th><th scope="col">Signature that would be right</th></tr></thead>
          <tbody>${told.tried.map((form) => tried(form, told.received))}</tbody></table></div>
        ${parameters(told)}
        ${told.complete ? nothing : html`<p class="dim">The request is large: not every cause was tried.</p>`}
      </details>
    </section>`;
}

/** The `signature` of a reading; nothing where there is none to judge. */
export function signature(told) {
  if (!told) return nothing;
  if (told.verdict === 'refused') return refused(told);
  return html`<p class="signature" data-verdict="good"><strong>Signature good</strong> for <code>${told.url}</code> (${told.source})</p>`;
}

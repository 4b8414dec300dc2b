// The view of services: what is served, by whom, and under which URLs.

import { html, nothing } from './vendor/lit-html.js';
import { ask } from './api.js';
import { redraw } from './draw.js';
import { live } from './live.js';
import { copyButton } from './copy.js';

let told = null;
let fault = '';

async function load() {
  try {
    told = (await ask('/services')).services;
    fault = '';
  } catch (error) {
    fault = error.message;
  }
  redraw();
}

live.on((entries) => {
  if (told && entries.some((entry) => entry.kind === 'reloaded')) load();
});

function url(label, address) {
  if (!address) return nothing;
  return html`<span class="url"><span class="label">${label}</span> <code>${address}</code> ${copyButton(address, address)}</span>`;
}

function route(service, { path, url: address, visibility, kind, target }) {
  return html`
    <tr>
      <th scope="row"><code>${path}</code></th>
      <td><span class="verdict" data-verdict=${visibility}>${visibility}</span></td>
      <td>${kind}</td>
      <td><code>${target}</code></td>
      <td>${address ? html`<code>${address}</code> ${copyButton(address, address)}` : html`<span class="dim">no URL: through Runtime alone</span>`}</td>
    </tr>`;
}

function service(shown) {
  return html`
    <section class="served" aria-labelledby=${`service-${shown.name}`}>
      <h3 id=${`service-${shown.name}`}>${shown.name}${shown.default ? html` <span class="tag">default</span>` : nothing}</h3>
      <p class="urls">${url('local', shown.url)} ${url('domain', shown.domain_url)} ${url('public', shown.public_url)}</p>
      <div class="wide" tabindex="0" role="region" aria-label=${`Routes of ${shown.name}`}>
        <table>
          <thead><tr><th scope="col">Path</th><th scope="col">Visibility</th><th scope="col">Kind</th><th scope="col">File or handler</th><th scope="col">URL</th></tr></thead>
          <tbody>${shown.routes.map((each) => route(shown, each))}</tbody>
        </table>
      </div>
    </section>`;
}

export const services = {
  name: 'services',
  title: 'Services',

  show() {
    if (!told && !fault) load();
    return html`
      <div class="page">
        <h2>Services</h2>
        ${fault ? html`<p class="fault" role="alert">${fault}</p>` : nothing}
        ${told?.map(service) ?? nothing}
      </div>`;
  },
};

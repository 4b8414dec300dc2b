// The view of services: what is served, by whom, under which URLs, with which variables and processes.

import { html, nothing } from './vendor/lit-html.js';
import { go } from './router.js';
import { served } from './served.js';
import { diagnostic } from './banner.js';
import { copyButton, say } from './copy.js';
import { ask } from './api.js';
import { duration, time } from './words.js';

const BASES = [['url', 'Local'], ['domain_url', 'Domain'], ['public_url', 'Public']];

const at = (place) => (place?.file ? `${place.file}${place.line ? `:${place.line}` : ''}` : '');

/** Which URLs are shown stands in the place's query, too. */
function base(place) {
  const wanted = place.query.get('urls');
  return BASES.some(([key]) => key === wanted) ? wanted : 'url';
}

function choice(place) {
  const chosen = base(place);
  const open = served.told.services.some((service) => service.public_url);
  const choose = (key) => () => go({ view: 'services', query: new URLSearchParams(key === 'url' ? {} : { urls: key }) }, { replace: true });
  return html`<span class="ways" role="group" aria-label="URLs">${BASES.map(([key, name]) => html`
    <button type="button" aria-pressed=${key === chosen ? 'true' : 'false'} ?disabled=${key === 'public_url' && !open}
      title=${key === 'public_url' && !open ? 'Start with --ngrok or --public-url' : nothing} @click=${choose(key)}>${name}</button>`)}</span>`;
}

function routeUrl(service, route, place) {
  const prefix = service[base(place)];
  if (route.visibility === 'private') return html`<span class="dim">none: through Runtime alone</span>`;
  if (!prefix) return html`<span class="dim">no public URL</span>`;
  const url = prefix + route.path;
  return html`<code>${url}</code> ${copyButton(url, url)}`;
}

const VISIBILITIES = ['public', 'protected', 'private'];

/** Has the server do something about a route's visibility, and shows what then holds. */
async function change(service, { path }, how, body, done) {
  try {
    await ask(`/services/${encodeURIComponent(service.name)}/visibility${how.place}`, { method: how.method, body: { path, ...body } });
    say(done);
  } catch (error) {
    say(error.message);
  }
  await served.load();
}

const TRY = { method: 'PUT', place: '' };
const UNDO = { method: 'DELETE', place: '' };
const SAVE = { method: 'POST', place: '/save' };

/** Chosen here it holds at once and until the server ends; it can be written down, too. */
function visibility(service, shown) {
  const { path, visibility: now, written, overridden } = shown;
  const chosen = (event) => {
    const wanted = event.target.value;
    if (wanted === written) change(service, shown, UNDO, {}, `${path} is ${wanted}, as in the files`);
    else change(service, shown, TRY, { visibility: wanted }, `${path} is ${wanted} until the server ends`);
  };
  return html`
    <select class="verdict" data-verdict=${now} aria-label=${`Visibility of ${path}`} .value=${now} @change=${chosen}>
      ${VISIBILITIES.map((name) => html`<option ?selected=${name === now}>${name}</option>`)}</select>
    ${overridden ? html`
      <span class="dim">${written} in the files</span>
      <button type="button" class="copy" @click=${() => change(service, shown, SAVE, {}, `Written: ${path} is ${now}`)}>Write to services.toml</button>
      <button type="button" class="copy" @click=${() => change(service, shown, UNDO, {}, `${path} is ${written} again`)}>Undo</button>` : nothing}`;
}

function route(service, shown, place) {
  const declared = at(shown.declared_in);
  const target = at({ file: shown.target, line: shown.line });
  return html`
    <tr>
      <th scope="row"><code>${shown.path}</code></th>
      <td>${visibility(service, shown)}</td>
      <td>${routeUrl(service, shown, place)}</td>
      <td>${shown.kind}</td>
      <td><code>${target}</code>${declared ? html` <span class="dim">${declared}</span>` : nothing}</td>
    </tr>`;
}

function table(label, heads, rows) {
  return html`
    <div class="wide" tabindex="0" role="region" aria-label=${label}>
      <table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>
    </div>`;
}

const FROM = { 'services.toml': 'services.toml', env_file: 'file', process: 'environment', default: 'as in the cloud' };

function variables({ name, variables: all, auth_token: token, account_sid: account }) {
  const hidden = html`<span class="dim">(hidden)</span>`;
  const rows = all.map(({ name: variable, from, file, line, value }) => html`
    <tr><th scope="row"><code>${variable}</code></th><td>${value === undefined ? hidden : html`<code>${value}</code>`}</td>
      <td>${FROM[from] ?? from} <span class="dim">${at({ file, line })}</span></td></tr>`);
  const credential = (label, told) => html`
    <tr><th scope="row">${label}</th><td><code>${told.value}</code></td>
      <td>${told.from === 'variable' ? html`<code>${told.variable}</code>` : told.from} <span class="dim">${at(told)}</span></td></tr>`;
  return html`
    <details><summary>${all.length} variables, auth token, account</summary>
      ${table(`Variables of ${name}`, ['Name', 'Value', 'From'], html`${credential('Auth token', token)}${credential('Account SID', account)}${rows}`)}
    </details>`;
}

const times = (name, { count, median_ms: median, last_ms: last }) => (count === 0
  ? html`<span>${name} <span class="dim">none yet</span></span>`
  : html`<span>${name} ${count.toLocaleString('en')}, median ${duration(median)}, last ${duration(last)}</span>`);

const megabytes = (bytes) => (bytes ? `${Math.round(bytes / 1024 / 1024)} MB` : '');

function pool({ name, running, pool: told }) {
  if (!told) return nothing;
  return html`
    <details><summary>${told.workers.length === 1 ? '1 process' : `${told.workers.length} processes`} of Node.js ${told.node ?? ''}, ${running} running now</summary>
      ${told.trouble ? html`<p class="fault">${told.trouble}</p>` : nothing}
      <p class="facts">${times('Cold starts', told.cold)}${times('Warm runs', told.warm)}<span>Waiting ${told.waiting}</span>
        ${told.debugger ? html`<span>Debugger at <code>${told.debugger}</code></span>` : nothing}</p>
      ${told.workers.length === 0 ? html`<p class="dim">The first request starts one.</p>`
        : table(`Processes of ${name}`, ['Worker', 'Process', 'State', 'For', 'Calls', 'Version', 'Memory'], told.workers.map((worker) => html`
          <tr><th scope="row">${worker.number}</th><td>${worker.pid}</td><td>${worker.stage}</td><td>${duration(worker.since_ms)}</td>
            <td>${worker.calls.toLocaleString('en')}</td><td>${worker.generation ?? ''}</td><td>${megabytes(worker.memory_bytes)}</td></tr>`))}
    </details>`;
}

function urls(service) {
  return html`<p class="urls">${BASES.filter(([key]) => service[key]).map(([key, name]) => html`
    <span class="url"><span class="dim">${name}</span> <code>${service[key]}</code> ${copyButton(service[key], service[key])}</span>`)}</p>`;
}

function card(service, place) {
  const id = `service-${service.name}`;
  return html`
    <section class="served" aria-labelledby=${id}>
      <h3><span id=${id}>${service.name}</span> ${service.default ? html`<span class="tag">default</span>` : nothing}
        ${service.root ? html`<code class="dim">${service.root}</code>` : nothing}</h3>
      ${urls(service)}
      ${service.routes.length === 0 ? html`<p class="dim">No route. Put a file into its functions folder, or a route into services.toml.</p>`
        : table(`Routes of ${service.name}`, ['Path', 'Visibility', 'URL', 'Kind', 'File or handler'], service.routes.map((shown) => route(service, shown, place)))}
      ${variables(service)}
      ${pool(service)}
    </section>`;
}

function limits(all) {
  const value = (number) => (number === null ? 'none' : number.toLocaleString('en'));
  return html`
    <section class="served" aria-labelledby="limits"><h3 id="limits">Limits of each service</h3>
      ${table('Limits', ['Limit', 'Here', 'In the cloud', 'From'], all.map((limit) => html`
        <tr><th scope="row"><code>${limit.name}</code></th><td>${value(limit.value)}</td><td>${value(limit.cloud)}</td>
          <td>${limit.from} <span class="dim">${at(limit)}</span></td></tr>`))}
    </section>`;
}

function load(told) {
  const warnings = told.served && told.diagnostics.length > 0;
  return html`
    <p class="facts"><span>${told.served ? 'Files read' : 'Files refused'} ${time(told.at)}</span><span>${duration(told.duration_ms)}</span>
      <span>registry ${told.generation}</span>${told.changed.length > 0 ? html`<span>changed: ${told.changed.join(', ')}</span>` : nothing}</p>
    ${warnings ? html`<details open><summary>${told.diagnostics.length} warnings</summary>${told.diagnostics.map(diagnostic)}</details>` : nothing}`;
}

function secrets() {
  served.secrets = !served.secrets;
  served.load();
}

export const services = {
  name: 'services',
  title: 'Services',

  show(place) {
    served.watch();
    const { told, fault } = served;
    return html`
      <div class="page">
        <div class="about"><h2>Services</h2>
          ${told ? html`${choice(place)}
            <button type="button" @click=${secrets} aria-pressed=${served.secrets ? 'true' : 'false'}>Show values</button>` : nothing}</div>
        ${fault ? html`<p class="fault" role="alert">${fault}</p>` : nothing}
        ${told ? html`${load(told.load)}${told.services.map((service) => card(service, place))}${limits(told.limits)}` : nothing}
      </div>`;
  },
};

// A text with its replies, and a call with its timeline.

import { html, nothing } from './vendor/lit-html.js';
import { link } from './router.js';
import { ofStatus, time } from './words.js';

/** `0:07` on the call's own clock. */
export function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How long something takes, if that is known. */
export function lasting({ known, ms }) {
  if (known === 'until-hangup') return 'without end';
  if (!ms) return '';
  const seconds = `${ms % 1000 ? (ms / 1000).toFixed(1) : ms / 1000} s`;
  return known === 'about' ? `about ${seconds}` : seconds;
}

// A link to what a person can fetch; anything else is text.
function address(url) {
  const lower = url.toLowerCase();
  if (!lower.startsWith('http:') && !lower.startsWith('https:')) return html`<code>${url}</code>`;
  return html`<a href=${url} target="_blank" rel="noreferrer noopener">${url}</a>`;
}

// The path, where the host is this server's.
function shortened(url) {
  const path = url.replace(/^https?:[/][/][^/]*/, '');
  return path || '/';
}

/** Each exchange leads to its request and answer. */
function exchanges(step) {
  return step.exchanges.map((id) => html` <a class="exchange" href=${link({ view: 'requests', rest: [String(id)], query: new URLSearchParams() })}
    aria-label=${`Request ${id}: what was asked and answered`}>#${id}</a>`);
}

function request(step) {
  const why = [step.verb && `<${step.verb}>`, step.attribute].filter(Boolean).join(' ');
  const pending = step.status === null && step.error === null;
  return html`
    <p class="asked" data-told=${step.told ? 'true' : 'false'}>
      <code title=${step.url}>${step.method} ${shortened(step.url)}</code>
      ${step.status === null ? nothing : html`<span data-status=${ofStatus(step.status)}>${step.status}</span>`}
      ${pending ? html`<span class="dim">…</span>` : nothing}${exchanges(step)}
      ${why ? html`<span class="why">${why}</span>` : nothing}
      ${step.error ? html`<span class="why" data-status="function">${step.error}</span>` : nothing}
    </p>
    ${step.parameters.length ? html`
      <details class="anew"><summary>tells ${step.parameters.map(([name]) => name).join(', ')}</summary>
        <dl>${step.parameters.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      </details>` : nothing}`;
}

function fault(step) {
  return html`
    <div class="bubble wrong" data-severity=${step.severity}>
      <p><strong>${step.severity === 'error' ? 'Error' : 'Warning'}${step.code ? ` ${step.code}` : ''}</strong>
        ${step.document ? html`<span class="why">line ${step.fault_line}, column ${step.fault_column}</span>` : nothing}</p>
      <p>${step.text}</p>
      ${step.link ? html`<p><a href=${step.link} target="_blank" rel="noreferrer noopener">What Twilio says of ${step.code}</a></p>` : nothing}
    </div>`;
}

function media(urls) {
  return urls.map((url) => html`<p class="media">${address(url)}</p>`);
}

function reply(step, talk) {
  const to = step.to && step.to !== talk.from ? html`<p class="why">to ${step.to}</p>` : nothing;
  return html`
    <div class="bubble theirs">
      <span class="spoken">Reply from ${step.from ?? talk.to}:</span>
      ${to}${step.body ? html`<p class="words">${step.body}</p>` : nothing}${media(step.media)}
    </div>`;
}

function ofText(step, talk) {
  switch (step.kind) {
    case 'request': return request(step);
    case 'message': return reply(step, talk);
    case 'fault': return fault(step);
    case 'end': return step.failed || talk.steps.every(({ kind }) => kind !== 'message')
      ? html`<p class="over" data-failed=${step.failed ? 'true' : 'false'}>${step.text}</p>` : nothing;
    default: return nothing;
  }
}

function text(talk) {
  const words = talk.body
    ? html`<p class="words">${talk.body}</p>`
    : talk.media.length ? nothing : html`<p class="words dim">(empty)</p>`;
  return html`
    <li class="talk">
      <div class="bubble mine"><span class="spoken">You to ${talk.target}:</span>${words}${media(talk.media)}</div>
      <p class="when">${time(talk.at)} · ${talk.target}</p>
      ${talk.steps.map((step) => ofText(step, talk))}
      ${talk.ended ? nothing : html`<p class="over">…</p>`}
    </li>`;
}

function received(talk) {
  return html`
    <li class="talk">
      <div class="bubble theirs"><span class="spoken">From ${talk.from}:</span><p class="words">${talk.body}</p>${media(talk.media)}</div>
      <p class="when">${time(talk.at)} · from ${talk.from}, by ${talk.target}</p>
    </li>`;
}

const often = (times) => (times === 1 ? '' : times === 0 ? ' without end' : ` ${times} times`);

function ofCall(step, talk) {
  switch (step.kind) {
    case 'request': return request(step);
    case 'fault': return fault(step);
    case 'say': return html`<p><span class="verb">Say</span> <q>${step.text}</q>${often(step.times)}</p>`;
    case 'play': return html`<p><span class="verb">Play</span> ${address(step.url)}${often(step.times)}</p>`;
    case 'tones': return html`<p><span class="verb">Play</span> the keys ${step.keys}</p>`;
    case 'pause': return html`<p><span class="verb">Pause</span></p>`;
    case 'message': return html`<p><span class="verb">Sms</span> to ${step.to ?? (talk.incoming ? talk.to : talk.from)}: <q>${step.body}</q></p>`;
    case 'gather': return html`<p><span class="verb">Gather</span> waits for the caller</p>`;
    case 'record': return html`<p><span class="verb">Record</span> records the caller</p>`;
    case 'dial': return html`<p><span class="verb">Dial</span> ${step.parties.map((party) => party.join(' ')).join(', ')}</p>`;
    case 'ring': return html`<p>The phone rings</p>`;
    case 'did': return html`<p class="did">You ${step.text}</p>`;
    case 'not-supported': return html`<p><span class="verb">${step.verb}</span> is not imitated here, and passed over</p>`;
    case 'end': return html`<p class="over" data-failed=${step.failed ? 'true' : 'false'}>${step.text}</p>`;
    default: return nothing;
  }
}

function moment(step, talk) {
  const length = ['request', 'did', 'fault', 'end'].includes(step.kind) ? '' : lasting(step.lasts);
  return html`
    <li data-kind=${step.kind}>
      <span class="at">${clock(step.at_ms)}</span>
      <div>${ofCall(step, talk)}</div>
      <span class="lasts">${length}</span>
    </li>`;
}

function call(talk) {
  const title = talk.incoming ? `Call from ${talk.from}` : `Call to ${talk.target}`;
  return html`
    <li class="talk">
      <section class="call" data-over=${talk.ended ? 'true' : 'false'} aria-label=${title}>
        <h4>${title}</h4>
        <p class="when">${time(talk.at)}${talk.incoming ? `, placed by ${talk.target}` : nothing}</p>
        <ol class="timeline">${talk.steps.map((step) => moment(step, talk))}</ol>
      </section>
    </li>`;
}

/** A text, a call, or a message that came. */
export function talked(talk) {
  if (talk.kind === 'call') return call(talk);
  return talk.kind === 'text' ? text(talk) : received(talk);
}

// The caller's turn, or that of whoever is called: what can be done in a call that waits.

import { html, nothing } from './vendor/lit-html.js';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

const OUTCOMES = [['answered', 'Answered'], ['busy', 'Busy'], ['no-answer', 'No answer'], ['failed', 'Failed']];

/** Whether the keys that were pressed so far are all that is waited for. */
function complete(keys, { most_keys: most, finish_on: ends }) {
  return keys.length === most || (keys.length > 1 && ends.includes(keys.at(-1)));
}

/** A key is pressed; they go out once they are complete. */
export function press(phone, key) {
  const { wanted } = phone.call;
  if (wanted.kind === 'record') {
    phone.act({ do: 'press', keys: key, seconds: phone.seconds });
    return;
  }
  phone.keys += key;
  if (complete(phone.keys, wanted)) sendKeys(phone);
  else phone.draw();
}

function sendKeys(phone) {
  const { keys } = phone;
  phone.keys = '';
  if (keys) phone.act({ do: 'press', keys });
}

function keypad(phone) {
  return html`
    <div class="keypad" role="group" aria-label="Keys">
      ${KEYS.map((key) => html`<button type="button" @click=${() => press(phone, key)} ?disabled=${phone.busy}>${key}</button>`)}
    </div>`;
}

function speech(phone, label, more = () => ({})) {
  const said = (event) => {
    event.preventDefault();
    const field = event.target.elements.said;
    phone.act({ do: 'say', text: field.value, ...more() });
    field.value = '';
  };
  return html`
    <form class="speech" @submit=${said}>
      <label><span class="spoken">What the caller says</span>
        <input type="text" name="said" placeholder="What the caller says" autocomplete="off"></label>
      <button ?disabled=${phone.busy}>${label}</button>
    </form>`;
}

function seconds(phone, label) {
  const set = (event) => {
    phone.seconds = Math.max(0, Math.min(36000, Math.floor(Number(event.target.value)) || 0));
  };
  return html`
    <label class="seconds">${label}
      <input type="text" inputmode="numeric" .value=${String(phone.seconds)} @change=${set}> s</label>`;
}

// What is done is asked for when the button is pressed: a length may have been typed since.
const button = (phone, label, act) => html`
  <button type="button" @click=${() => phone.act(act())} ?disabled=${phone.busy}>${label}</button>`;

function gather(phone, wanted) {
  const wait = `Let ${wanted.timeout_ms / 1000} s pass`;
  return html`
    ${wanted.keys ? html`
      ${wanted.most_keys === 1 ? nothing : html`
        <p class="pressed"><output aria-label="Keys pressed">${phone.keys || '–'}</output>
          <button type="button" @click=${() => sendKeys(phone)} ?disabled=${phone.busy || !phone.keys}>Send keys</button></p>`}
      ${keypad(phone)}` : nothing}
    ${wanted.speech ? speech(phone, 'Say') : nothing}
    <div class="acts">${button(phone, wait, () => ({ do: 'time-out' }))}</div>`;
}

function record(phone) {
  return html`
    ${seconds(phone, 'Speaks for')}
    ${speech(phone, 'Speak', () => ({ seconds: phone.seconds }))}
    ${keypad(phone)}
    <div class="acts">${button(phone, 'Say nothing', () => ({ do: 'time-out' }))}</div>`;
}

function dial(phone, wanted) {
  const parties = wanted.parties.map((party) => party.join(' ')).join(', ');
  return html`
    <p>${parties}:</p>
    ${seconds(phone, 'If answered, they talk for')}
    <div class="acts">${OUTCOMES.map(([outcome, label]) => button(phone, label, () => ({ do: 'dial', outcome, seconds: phone.seconds })))}</div>`;
}

function ring(phone, wanted) {
  const wait = `Let it ring for ${wanted.timeout_ms / 1000} s`;
  return html`
    <div class="acts">
      <button type="button" class="main" @click=${() => phone.act({ do: 'answer' })} ?disabled=${phone.busy}>Answer</button>
      ${button(phone, wait, () => ({ do: 'time-out' }))}
    </div>`;
}

const TITLES = {
  ring: 'The phone rings',
  gather: 'The caller is asked',
  record: 'The caller is recorded',
  dial: 'Others are called',
  'hang-up': 'This has no end',
};

/** What the caller can do now. */
export function turn(phone) {
  const { wanted } = phone.call;
  const talked = ['record', 'dial'].includes(wanted.kind);
  const hangUp = () => phone.act({ do: 'hang-up', ...(talked && { seconds: phone.seconds }) });
  return html`
    <div class="turn" role="group" aria-label=${TITLES[wanted.kind]}>
      <h4>${TITLES[wanted.kind]}</h4>
      ${wanted.kind === 'gather' ? gather(phone, wanted) : nothing}
      ${wanted.kind === 'record' ? record(phone) : nothing}
      ${wanted.kind === 'dial' ? dial(phone, wanted) : nothing}
      ${wanted.kind === 'ring' ? ring(phone, wanted) : nothing}
      <div class="acts">
        ${wanted.kind === 'dial' ? html`<button type="button" @click=${() => phone.act({ do: 'hang-up' })} ?disabled=${phone.busy}>Hang up while it rings</button>` : nothing}
        <button type="button" class="hangup" @click=${hangUp} ?disabled=${phone.busy}>${wanted.kind === 'ring' ? 'Decline' : 'Hang up'}</button>
      </div>
    </div>`;
}

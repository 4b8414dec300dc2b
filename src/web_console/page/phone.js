// The view of phones, side by side: text and call the services without a telephone.

import { html, nothing } from './vendor/lit-html.js';
import { drawn, island, redraw } from './draw.js';
import { phones, follow, add, remove, forget, text, call, act } from './phones.js';
import { talked } from './talk.js';
import { turn, press } from './turn.js';
import { say } from './copy.js';

/** What this page knows of each phone beside what the server has. */
const handsets = new Map();
let started = false;
/** Shown by the next drawing that has its phone. */
let newest = null;

/** A phone on this page; its thread is drawn only when that has changed. */
class Handset {
  constructor({ id }) {
    this.id = id;
    this.island = island('div', { class: 'thread', role: 'log', tabindex: '0', 'aria-live': 'polite' });
    this.target = '';
    this.body = '';
    this.media = '';
    this.keys = '';
    this.seconds = 10;
    this.busy = false;
    this.fault = '';
    this.drawnAs = '';
  }

  /** The call that waits for its caller, if there is one. */
  get call() {
    return this.talks.findLast((talk) => talk.wanted) ?? null;
  }

  /** Its place on the page, once it is drawn. */
  get element() {
    return document.querySelector(`[data-phone="${this.id}"]`);
  }

  /**
   * Takes the focus, unless somebody writes in it: the button that was pressed is about to go, and
   * keys would then mean what they mean everywhere, which is another view.
   */
  hold() {
    const { element } = this;
    const writes = element?.contains(document.activeElement) && document.activeElement.matches('input');
    if (!writes) element?.focus({ preventScroll: true });
  }

  /** Has the focus still if what had it goes with the next drawing. */
  keep() {
    if (!this.element?.contains(document.activeElement)) return;
    drawn(() => { if (document.activeElement === document.body) this.hold(); });
  }

  /** Takes in what the server has. */
  take(phone) {
    Object.assign(this, { name: phone.name, number: phone.number, talks: phone.talks });
    const now = JSON.stringify(phone.talks);
    if (now === this.drawnAs) return;
    this.drawnAs = now;
    this.keep();
    const { element } = this.island;
    element.setAttribute('aria-label', `Texts and calls of ${phone.name}`);
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    this.island.draw(phone.talks.length
      ? html`<ol>${phone.talks.map(talked)}</ol>`
      : html`<p class="none">Nothing yet. Choose a function below, then text or call it.</p>`);
    if (atEnd) drawn(() => { element.scrollTop = element.scrollHeight; });
  }

  draw() {
    redraw();
  }

  /** Does something that the server may refuse. */
  async does(action) {
    this.busy = true;
    this.fault = '';
    redraw();
    try {
      await action();
    } catch (error) {
      this.fault = error.message;
    }
    this.busy = false;
    redraw();
  }

  act(what) {
    const { id } = this.call;
    this.hold();
    this.does(() => act(id, what));
  }

  text() {
    const media = this.media.split(/\s+/).filter(Boolean);
    const wish = { target: this.target, body: this.body, media };
    this.does(async () => {
      await text(this.id, wish);
      this.body = '';
      this.media = '';
    });
  }

  ring() {
    this.keys = '';
    this.hold();
    this.does(() => call(this.id, { target: this.target }));
  }
}

function take() {
  const known = new Set();
  for (const phone of phones.all ?? []) {
    known.add(phone.id);
    if (!handsets.has(phone.id)) handsets.set(phone.id, new Handset(phone));
    const handset = handsets.get(phone.id);
    // What was turned to last, or what is most likely meant.
    const last = phone.talks.findLast(({ incoming }) => !incoming)?.target;
    handset.target ||= last ?? phones.targets[0] ?? '';
    handset.take(phone);
  }
  for (const id of handsets.keys()) if (!known.has(id)) handsets.delete(id);
  if (known.has(newest)) {
    const id = newest;
    newest = null;
    drawn(() => document.getElementById(`words-${id}`)?.focus());
  }
  redraw();
}

async function addPhone() {
  try {
    newest = (await add({})).id;
  } catch (error) {
    say(error.message);
  }
}

function composer(handset) {
  const { id } = handset;
  const send = (event) => {
    event.preventDefault();
    if (!handset.busy) handset.text();
  };
  const set = (name) => (event) => { handset[name] = event.target.value; };
  return html`
    <form class="composer" @submit=${send} aria-label=${`Text or call from ${handset.name}`}>
      <label for=${`target-${id}`} class="spoken">Function</label>
      <input type="text" id=${`target-${id}`} list="phone-targets" .value=${handset.target} placeholder="/PATH or SERVICE:/PATH"
        autocomplete="off" spellcheck="false" required @input=${set('target')}>
      <label for=${`words-${id}`} class="spoken">Message</label>
      <input type="text" id=${`words-${id}`} .value=${handset.body} placeholder="Message" autocomplete="off" @input=${set('body')}>
      <details><summary>Media</summary>
        <label for=${`media-${id}`} class="spoken">Addresses of media, with spaces between</label>
        <input type="text" id=${`media-${id}`} .value=${handset.media} placeholder="Addresses of pictures" autocomplete="off" @input=${set('media')}>
      </details>
      <div class="acts">
        <button class="main" ?disabled=${handset.busy}>Send</button>
        <button type="button" @click=${() => handset.ring()} ?disabled=${handset.busy || !handset.target}>Call</button>
      </div>
    </form>`;
}

function shown(handset) {
  const title = `phone-${handset.id}`;
  return html`
    <section class="phone" tabindex="-1" aria-labelledby=${title} data-phone=${handset.id}>
      <header>
        <h3 id=${title}>${handset.name}</h3> <span class="number">${handset.number}</span>
        <button class="quiet" @click=${() => handset.does(() => forget(handset.id))} aria-label=${`Clear ${handset.name}`} title="Forget its texts and calls">Clear</button>
        <button class="quiet" @click=${() => handset.does(() => remove(handset.id))} aria-label=${`Remove ${handset.name}`} title="Remove this phone">✕</button>
      </header>
      ${handset.island.element}
      ${handset.fault ? html`<p class="fault" role="alert">${handset.fault}</p>` : nothing}
      ${handset.call ? turn(handset) : composer(handset)}
    </section>`;
}

function none() {
  return html`
    <div class="empty">
      <p>No phone yet.</p>
      <p>A phone texts and calls your functions as Twilio would: signed, without an account, a number or a network.</p>
      <button class="main" @click=${addPhone}>Add a phone</button>
    </div>`;
}

export const phone = {
  name: 'phone',
  title: 'Phone',
  news: () => (phones.ring ? 'rings' : ''),

  show() {
    if (!started) {
      started = true;
      follow(take);
    }
    const all = [...handsets.values()];
    return html`
      <h2 class="spoken">Phone</h2>
      ${phones.fault ? html`<p class="fault" role="alert">${phones.fault}</p>` : nothing}
      <datalist id="phone-targets">${phones.targets.map((target) => html`<option value=${target}></option>`)}</datalist>
      ${phones.all && all.length === 0 ? none() : nothing}
      ${all.length ? html`
        <div class="phones">
          ${all.map(shown)}
          <button class="another" @click=${addPhone}>Add a phone</button>
        </div>` : nothing}`;
  },

  // A key of the keyboard is a key of the phone whose call waits, if the focus is there.
  key(event) {
    const id = Number(event.target.closest?.('.phone')?.dataset.phone);
    const handset = handsets.get(id);
    const talks = handset?.busy || handset?.call;
    if (!/^[0-9*#]$/.test(event.key) || !talks) return false;
    // A key that comes too early is the phone's all the same, and leads to no other view.
    const wanted = handset.busy ? null : handset.call.wanted;
    const takes = ['gather', 'record'].includes(wanted?.kind) && wanted.keys !== false;
    if (takes) press(handset, event.key);
    return true;
  },

  keys: [['0 … 9 * #', 'the keys of the phone that has the focus, while its caller is asked']],
};

// The page: its frame, the view that the URL names, and the stream that feeds all views.

import { html, nothing } from './vendor/lit-html.js';
import { draws, redraw } from './draw.js';
import { place, current, views, link } from './router.js';
import { live } from './live.js';
import { banner } from './banner.js';
import { help, keyPressed } from './keys.js';
import { toast } from './copy.js';

function tab(view) {
  const here = view === current();
  const news = view.news?.();
  return html`<a href=${link({ view: view.name })} aria-current=${here ? 'page' : 'false'}>${view.title}${news ? html` <span class="news">${news}</span>` : nothing}</a>`;
}

function connection() {
  const { state, text } = live.connection;
  return html`
    <p class="connection" role="status" data-state=${state}><span class="lamp" aria-hidden="true"></span>${text}</p>`;
}

// A page without a key shows nothing but how to get one.
function locked() {
  return html`
    <main class="locked">
      <h1>Switchboard</h1>
      <p role="alert">The console is locked: ${live.connection.text}.</p>
      <p>Open it by the link that the terminal shows where <code>switchboard start</code> runs, or start with
        <code>switchboard start --open</code>.</p>
    </main>`;
}

function frame() {
  if (live.connection.state === 'locked') return locked();
  const view = current();
  return html`
    <header class="top">
      <h1><a href=${link({ view: views()[0].name })}><span class="mark" aria-hidden="true"></span>Switchboard</a></h1>
      <nav aria-label="Views">${views().map(tab)}</nav>
      ${connection()}
      <button class="quiet" @click=${help.open} title="Keys (?)" aria-label="Help: keys">?</button>
    </header>
    ${banner()}
    <main id="main" data-view=${view.name}>${view.show(place())}</main>
    ${help.dialog()}
    ${toast()}`;
}

draws(frame, document.body);
addEventListener('hashchange', redraw);
addEventListener('keydown', (event) => keyPressed(event, current(), place()));
live.start();
redraw();

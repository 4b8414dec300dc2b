// Which view is shown, and of what: all of it stands in the URL, so that a reload, the way back and a
// link sent to a colleague show the same.
//
//     #/VIEW/REST/OF/IT?KEY=VALUE         such as #/requests/41?service=demo&status=4xx
//
// To add a view:
//
// 1. Write NAME.js beside this file. It exports a view:
//
//        export const name = {
//          name: 'name',                   // as in the URL
//          title: 'Name',                  // on its tab
//          news() { return ''; },          // optional: a word beside it, of what is going on there
//          show(place) { return html`…`; } // what is in <main>; called with each frame that draws
//          key(event, place) { … },        // optional: a key was pressed outside of a field; true if it was meant
//          keys: [['x', 'what it does']],  // optional: for the help
//        };
//
//    `place` is { view, rest: ['41'], query: URLSearchParams }. Where something changes, the module
//    calls redraw() of draw.js; it asks the server with ask() of api.js, hears of new entries of the
//    journal with live.on() of live.js, and goes elsewhere with go() or link() of this file.
// 2. Import it below and put it into VIEWS.
// 3. Its style is style/NAME.css, linked in index.html. No `style` attribute and no <style>: the
//    policy forbids them. `.style=${…}` sets a property and is allowed. Its rules begin with a class
//    of its own, or with `[data-view=NAME]`: all styles are there at once.
// 4. Put both files into FILES of ../page.rs. A test compares that table with this folder.
//
// What a request held is text: it goes into `${…}`, never into the literal part of a template, and
// never into a URL without encodeURIComponent. The policy (Trusted Types) stops all other markup.

import { requests } from './requests.js';
import { services } from './services.js';
import { phone } from './phone.js';
import { sync } from './sync.js';

const VIEWS = [requests, services, phone, sync];

export function views() {
  return VIEWS;
}

/** Where we are. */
export function place() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [view = '', ...rest] = path.split('/').map(decoded);
  return { view: view || VIEWS[0].name, rest, query: new URLSearchParams(query) };
}

// A hash that somebody wrote by hand may hold a bare %.
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The view that is shown. */
export function current() {
  const { view } = place();
  return VIEWS.find((known) => known.name === view) ?? VIEWS[0];
}

/** The URL of a place; parts that are left out are those of the view's start. */
export function link({ view = place().view, rest = [], query = new URLSearchParams() }) {
  const path = [view, ...rest].map((segment) => encodeURIComponent(segment)).join('/');
  const text = query.toString();
  return `#/${path}${text && `?${text}`}`;
}

/** Goes there; with `replace` the place that is left is not one to come back to. */
export function go(where, { replace = false } = {}) {
  const url = link(where);
  if (url === location.hash) return;
  if (!replace) {
    location.hash = url;
    return;
  }
  history.replaceState(null, '', url);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

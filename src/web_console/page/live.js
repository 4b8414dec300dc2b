// What is known of the server, kept up to date by the event stream.

import { follow } from './stream.js';
import { redraw } from './draw.js';

const listeners = [];

export const live = {
  /** `state` is `connecting`, `live` or `away`. */
  connection: { state: 'connecting', text: 'Connecting' },

  /** Calls `listener(entries)` with each piece of news: entries of docs/console.md, each once. */
  on(listener) {
    listeners.push(listener);
  },

  async start() {
    await follow(
      (entries) => {
        for (const listener of listeners) listener(entries);
        redraw();
      },
      (state, text) => {
        this.connection = { state, text };
        redraw();
      },
    );
    // Another run of the server, with another token: it is in the page that this run serves.
    location.reload();
  },
};

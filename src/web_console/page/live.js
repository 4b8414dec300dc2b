// What is known of the server, kept up to date by the event stream.

import { unlock } from './api.js';
import { follow } from './stream.js';
import { redraw } from './draw.js';

const listeners = [];
const connected = [];
const ofPhones = [];

export const live = {
  /** `state` is `connecting`, `live`, `away` or `locked`. */
  connection: { state: 'connecting', text: 'Connecting' },

  /** Calls `listener(entries)` with each piece of news: entries of docs/console.md, each once. */
  on(listener) {
    listeners.push(listener);
  },

  /** Calls `listener()` each time that the phones may have changed. */
  onPhones(listener) {
    ofPhones.push(listener);
  },

  /** Calls `listener()` each time that the stream stands. */
  onConnected(listener) {
    connected.push(listener);
  },

  /** Ends when the page has no key to this server. */
  async start() {
    const state = (name, text) => {
      this.connection = { state: name, text };
      if (name === 'live') for (const listener of connected) listener();
      redraw();
    };
    try {
      await unlock();
    } catch (error) {
      state('locked', error.message);
      return;
    }
    await follow((entries) => {
      for (const listener of listeners) listener(entries);
      redraw();
    }, () => {
      for (const listener of ofPhones) listener();
    }, state);
    state('locked', 'this page has no key to the server that runs now');
  },
};

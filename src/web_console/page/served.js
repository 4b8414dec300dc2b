// What is served, and what the last reading of the project's files said: asked anew when it changes.

import { ask } from './api.js';
import { redraw } from './draw.js';
import { live } from './live.js';

/** How often the numbers of processes are asked for while somebody looks at them. */
const LOOK_AGAIN = 1000;

export const served = {
  /** The answer of `/services` (docs/console.md), once there is one. */
  told: null,
  fault: '',
  /** Whether values of variables are asked for. */
  secrets: false,

  async load() {
    try {
      this.told = await ask(`/services${this.secrets ? '?secrets=shown' : ''}`);
      this.fault = '';
    } catch (error) {
      this.fault = error.message;
    }
    redraw();
  },

  /** To be called while the numbers are in sight. */
  watch() {
    if (watching) return;
    watching = true;
    setTimeout(() => {
      watching = false;
      if (stale) {
        stale = false;
        this.load();
      }
    }, LOOK_AGAIN);
  },
};

let watching = false;
/** Whether a request came since, which can have changed the numbers. */
let stale = false;

live.on((entries) => {
  stale = true;
  if (entries.some((entry) => entry.kind === 'reloaded' || entry.kind === 'rejected')) served.load();
});
live.onConnected(() => served.load());

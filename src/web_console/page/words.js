// How numbers, times, statuses and sentences are shown, the same everywhere.

import { html } from './vendor/lit-html.js';

/** A sentence with `code` in it. */
export function sentence(text) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** `good`, `elsewhere`, `caller` (4xx) or `function` (5xx): who has to look at it. */
export function ofStatus(status) {
  if (status < 300) return 'good';
  if (status < 400) return 'elsewhere';
  return status < 500 ? 'caller' : 'function';
}

/** `0.4 ms`, `12 ms`, `1.20 s`. */
export function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** `12:04:31.207`, in the time zone of who looks. */
export function time(at) {
  if (!at) return '';
  const date = new Date(at);
  const two = (number) => String(number).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** `1,204 bytes`. */
export function bytes(count) {
  return count === 1 ? '1 byte' : `${count.toLocaleString('en')} bytes`;
}

/** A notice of the journal in a line. */
export function notice(entry) {
  const titles = () => entry.diagnostics.map((fault) => fault.title).join('; ');
  if (entry.event === 'skipped') return `${entry.count} entries were gone before this page could read them`;
  if (entry.kind === 'reloaded') return `Reloaded${entry.changed.length ? `: ${entry.changed.join(', ')}` : ''}`;
  if (entry.kind === 'rejected') return `Not reloaded: ${titles()}`;
  return entry.text ?? entry.kind;
}

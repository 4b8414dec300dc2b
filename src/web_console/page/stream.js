// Reads the event stream of the journal, and goes on where it broke.
//
// EventSource cannot send the token, so the few rules of `text/event-stream` that the server uses are
// read here: events end with an empty line, an entry has its number as `id`.

import { authorization, reached, Refused } from './api.js';

/** How long after a break the next try comes. */
const AGAIN = 1000;

/**
 * Follows the journal from its oldest entry, for ever. `heard(entries)` gets what came, in order,
 * each entry once; `phonesChanged()` is called when the phones may have changed; `state(name, text)` says how the
 * connection is. Only a 401 ends it: the page has no key, or that of another run.
 */
export async function follow(heard, phonesChanged, state) {
  let seen = 0;
  for (;;) {
    try {
      const answer = await reached(`/api/1/events?after=${seen}&phones=true`, { headers: authorization });
      if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error);
      state('live', 'Live');
      for await (const events of pieces(answer.body)) {
        const [ofPhones, others] = [events.filter(isOfPhones), events.filter((event) => !isOfPhones(event))];
        if (ofPhones.length > 0) phonesChanged();
        const entries = others.map(entryOf).filter((entry) => entry && !(entry.id <= seen));
        const last = entries.findLast((entry) => entry.id)?.id;
        if (last) seen = last;
        if (entries.length > 0) heard(entries);
      }
      state('away', 'The server has ended');
    } catch (error) {
      if (error.status === 401) return;
      state('away', error.status ? error.message : 'No server: each new one has a link of its own, which its terminal shows');
    }
    await new Promise((done) => setTimeout(done, AGAIN));
  }
}

const isOfPhones = (event) => event.startsWith('event: phone\n');

/** The events of each piece that arrives, as texts. */
async function* pieces(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop();
      yield events;
    }
  } catch {
    // The connection broke: what came so far is told, and the next one goes on behind it.
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** What an event holds, if it holds anything. */
function entryOf(event) {
  const data = event.split('\n').find((line) => line.startsWith('data: '));
  return data && JSON.parse(data.slice('data: '.length));
}

// The console's API (docs/console.md), asked with the token of this run, which the page holds.

const token = document.querySelector('meta[name=token]').content;
export const authorization = { authorization: `Bearer ${token}` };

/** That the server said no, or could not be reached (`status` 0). */
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Asks `/api/1` + `path`. A `body` is sent as JSON. Throws `Refused`. */
export async function ask(path, { method = 'GET', body, signal } = {}) {
  const answer = await reached(`/api/1${path}`, {
    method,
    signal,
    headers: body === undefined ? authorization : { ...authorization, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 204) return undefined;
  const told = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, told.error);
  return told;
}

/** As `fetch`, but what cannot be reached is `Refused` too. */
export async function reached(url, how) {
  try {
    return await fetch(url, how);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refused(0, 'the server does not answer');
  }
}

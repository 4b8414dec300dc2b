// The console's API (docs/console.md), asked with the token of this run.

/** What is sent along to be let in. */
export const authorization = {};

// The key stands behind the `#` of the link that the terminal shows; a browser sends that part to
// nobody. It stays with this tab, and goes from its address and history. A link for one time
// (`start --open`) has a code there instead. What begins with a slash is a place of the page.
const isKey = (hash) => hash.length > 1 && !hash.startsWith('#/');

/** Takes the key from the address, or the one that this tab has. */
export async function unlock() {
  const { hash } = location;
  if (isKey(hash)) {
    history.replaceState(null, '', location.pathname);
    const code = hash.startsWith('#once=') && hash.slice('#once='.length);
    const key = code ? await exchanged(code) : hash.slice(1);
    sessionStorage.setItem('token', key);
  }
  authorization.authorization = `Bearer ${sessionStorage.getItem('token') ?? ''}`;
}

async function exchanged(code) {
  const answer = await reached('/api/1/token', { method: 'POST', body: code });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, told.error);
  return told.token;
}

// Another link was opened in this tab: of another run, with another key.
addEventListener('hashchange', () => {
  if (isKey(location.hash)) location.reload();
});

/** That the server said no, or could not be reached (`status` 0). */
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Asks `/api/1` + `path`. A `body` is sent as JSON, or as the form that it is. Throws `Refused`. */
export async function ask(path, { method = 'GET', body, headers, signal } = {}) {
  const form = body instanceof URLSearchParams;
  const type = body === undefined || form ? {} : { 'content-type': 'application/json' };
  const answer = await reached(`/api/1${path}`, {
    method,
    signal,
    headers: { ...authorization, ...type, ...headers },
    body: form || body === undefined ? body : JSON.stringify(body),
  });
  if (answer.status === 204) return undefined;
  const told = await answer.json();
  // What Twilio would say has its own words and number.
  if (!answer.ok) throw new Refused(answer.status, told.error ?? `${told.message}${told.code ? ` (${told.code})` : ''}`);
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

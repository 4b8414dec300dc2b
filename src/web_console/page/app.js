// The console's page: a live list, one exchange whole, the services. What comes from a request is
// set as text and never as markup.
'use strict';

const headers = {};
const list = document.getElementById('list');
const detail = document.getElementById('detail');
const state = document.getElementById('state');
const MOST_ROWS = 500;
let seen = 0;

// The key to the API stands behind the `#` of the link that the terminal shows; a browser sends that
// part to nobody. It stays with this tab, and goes from its address and history. A link for one time
// (`--open`) has a code there instead.
async function unlock() {
  const given = location.hash.slice(1);
  if (given) history.replaceState(null, '', location.pathname);
  if (given.startsWith('once=')) {
    const answer = await fetch('/api/1/token', { method: 'POST', body: given.slice(5) });
    const told = await answer.json();
    if (answer.ok) sessionStorage.setItem('token', told.token);
    else state.textContent = told.error;
  } else if (given) {
    sessionStorage.setItem('token', given);
  }
  headers.authorization = `Bearer ${sessionStorage.getItem('token') ?? ''}`;
}
window.addEventListener('hashchange', () => location.reload());

async function ask(path) {
  const answer = await fetch(`/api/1${path}`, { headers });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function row(cells) {
  const tr = document.createElement('tr');
  for (const cell of cells) {
    const td = tr.insertCell();
    if (cell instanceof Node) td.append(cell);
    else td.textContent = cell ?? '-';
  }
  return tr;
}

function styled(text, name) {
  const span = document.createElement('span');
  span.textContent = text;
  span.className = name;
  return span;
}

function classOf(status) {
  if (status < 300) return 'good';
  if (status < 400) return 'elsewhere';
  return status < 500 ? 'caller' : 'function';
}

function notice(entry) {
  if (entry.event === 'skipped') return `… ${entry.count} entries not shown`;
  if (entry.kind === 'reloaded') return `reloaded: ${entry.changed.join(', ')}`;
  if (entry.kind === 'rejected') return `not reloaded: ${entry.diagnostics.map((d) => d.title).join('; ')}`;
  return entry.text;
}

function show(entry) {
  if (entry.id) seen = entry.id;
  if (entry.event !== 'request') {
    const tr = row([entry.id ?? '', styled(notice(entry), 'notice')]);
    tr.cells[1].colSpan = 7;
    list.prepend(tr);
  } else {
    const number = document.createElement('button');
    number.textContent = entry.id;
    number.addEventListener('click', () => open(entry.id));
    list.prepend(row([
      number, entry.at && new Date(entry.at).toLocaleTimeString(), styled(entry.status, classOf(entry.status)),
      entry.method, entry.path, entry.service, entry.visibility, entry.duration_ms.toFixed(1),
    ]));
  }
  while (list.rows.length > MOST_ROWS) list.lastElementChild.remove();
}

function body(told) {
  return told.text ?? `(${told.bytes} bytes, in base64)\n${told.base64}`;
}

function part(told, first) {
  const lines = told.headers.map(([name, value]) => `${name}: ${value}`);
  return `${first}\n${lines.join('\n')}\n\n${body(told.body)}`;
}

async function open(id) {
  try {
    const told = await ask(`/exchanges/${id}`);
    const said = [
      ...told.console.map((line) => `${line.level}  ${line.text}`),
      ...told.warnings.map((warning) => `parity  ${warning.text} [${warning.rule}]`),
      told.fault ?? '',
    ].filter(Boolean);
    detail.textContent = [
      `#${told.id}  ${told.duration_ms} ms  ${told.target ?? ''}`, said.join('\n'),
      part(told.request, `${told.request.method} ${told.request.target}`), part(told.answer, told.answer.status),
    ].filter(Boolean).join('\n\n');
  } catch (error) {
    detail.textContent = error.message;
  }
}

async function services() {
  const told = await ask('/services');
  const rows = told.services.flatMap((service) => service.routes.map((route) =>
    row([service.name, route.visibility, route.kind, route.url, route.target])));
  document.getElementById('routes').replaceChildren(...rows);
}

// Reads the stream until it breaks; events are parted by empty lines.
async function follow() {
  const answer = await fetch('/api/1/events', { headers: { ...headers, 'last-event-id': String(seen) } });
  if (!answer.ok) throw new Error((await answer.json()).error);
  state.textContent = 'live';
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (!data) continue;
      const entry = JSON.parse(data.slice(6));
      show(entry);
      if (entry.kind === 'reloaded') services();
    }
  }
}

async function run() {
  await unlock();
  for (;;) {
    try {
      if (seen === 0) {
        const newest = await ask('/entries');
        list.replaceChildren();
        newest.entries.forEach(show);
        seen = Math.max(seen, newest.next);
        await services();
      }
      await follow();
      state.textContent = 'the server has ended; start it again and reload this page';
    } catch (error) {
      state.textContent = `not connected: ${error.message}`;
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

run();

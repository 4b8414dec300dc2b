'use strict';
// The conformance suite: every rule of docs/parity.md that shows over HTTP, asked of one server or
// several, rule by rule. No dependencies but Node's own modules.
//
// The rules stand in rules/*.json: a request and what the cloud answers, as far as public sources
// show; says, source and confidence are those of docs/parity.md, joined by the rule's name. What a
// case may hold is written in README.md beside this file.

const fs = require('fs');
const path = require('path');
const { askAll } = require('./ask');
const { fault } = require('./expect');
const { table } = require('./table');
const targets = require('./targets');

const USAGE = `tests/conformance/run [--twilio-run] [--against URL]… [--switchboard PROGRAM] [--only RULE]…
                      [--json | --markdown] [--strictly]

  asks this server (target/release or target/debug, or PROGRAM), and with
  --twilio-run     the version that tests/oracle/twilio-run locks
  --against URL    a service to which tests/conformance/project was deployed;
                   $TWILIO_AUTH_TOKEN is its account's token, for signed requests
  --without-this   only the others
  --strictly       ends with 1 if this server, or the only URL, differs in any rule`;

// The table of rules: name, says, source, confidence.
function rules() {
  const text = fs.readFileSync(path.join(__dirname, '../../docs/parity.md'), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| `[a-z-]+`/.test(line));
  return rows.map((line) => {
    const [, name, says, source, confidence] = line.split(' | ').map((cell) => cell.replace(/^\| /, '').trim())
      .reduce((cells, cell, n) => [...cells, n === 0 ? /`([a-z-]+)`/.exec(cell)[1] : cell], [null]);
    return { name, says, source, confidence };
  });
}

function cases() {
  const folder = path.join(__dirname, 'rules');
  const files = ['requests', 'callers', 'events', 'answers', 'limits', 'deployment'];
  return files.flatMap((file) => JSON.parse(fs.readFileSync(path.join(folder, `${file}.json`), 'utf8')));
}

// Every rule of the table is either asked or told why not, and nothing else is.
function complete(known, asked) {
  const silent = JSON.parse(fs.readFileSync(path.join(__dirname, 'rules/not-over-http.json'), 'utf8'));
  const names = new Set(known.map((rule) => rule.name));
  const both = [...new Set(asked.map((one) => one.rule)), ...Object.keys(silent)];
  const wrong = [
    ...known.filter((rule) => !both.includes(rule.name)).map((rule) => `${rule.name} has no case, and no reason in not-over-http.json`),
    ...both.filter((name) => !names.has(name)).map((name) => `${name} is no rule of docs/parity.md`),
    ...both.filter((name, n) => both.indexOf(name) !== n).map((name) => `${name} has cases, and a reason why not`),
  ];
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

function parsed(words) {
  const wishes = { twilioRun: false, against: [], only: [], form: 'text', strictly: false, own: true, program: null };
  const value = (flag) => {
    const next = words.shift();
    if (next === undefined) throw new Error(`${flag} wants a value`);
    return next;
  };
  while (words.length > 0) {
    const flag = words.shift();
    if (flag === '--twilio-run') wishes.twilioRun = true;
    else if (flag === '--against') wishes.against.push(value(flag));
    else if (flag === '--switchboard') wishes.program = value(flag);
    else if (flag === '--only') wishes.only.push(value(flag));
    else if (flag === '--without-this') wishes.own = false;
    else if (flag === '--json' || flag === '--markdown') wishes.form = flag.slice(2);
    else if (flag === '--strictly') wishes.strictly = true;
    else throw new Error(`unknown: ${flag}\n${USAGE}`);
  }
  return wishes;
}

// What a target does about a rule: `holds`, `warns` (it differs, and says so itself), or `differs`.
function verdict(asked, answers) {
  let warned = null;
  for (const one of asked) {
    const why = fault(one, answers.get(one));
    if (why === null) continue;
    const told = answers.get(one)[0].headers?.['x-switchboard-parity'] ?? '';
    if (!told.split(', ').includes(one.rule)) return { word: 'differs', why: `${one.ask}: ${why}` };
    warned = `${one.ask}: ${why}`;
  }
  return warned === null ? { word: 'holds' } : { word: 'warns', why: warned };
}

async function main() {
  const wishes = parsed(process.argv.slice(2));
  const known = rules();
  const all = cases();
  complete(known, all);
  const asked = wishes.only.length > 0 ? all.filter((one) => wishes.only.includes(one.rule)) : all;
  const wanted = [];
  if (wishes.own) wanted.push(() => targets.switchboard(wishes.program));
  if (wishes.twilioRun) wanted.push(targets.twilioRun);
  for (const url of wishes.against) wanted.push(() => targets.url(url));
  if (wanted.length === 0) throw new Error(`nothing to ask\n${USAGE}`);
  const results = [];
  for (const start of wanted) {
    const target = await start();
    try {
      results.push({ target: target.name, answers: await askAll(target, asked) });
    } finally {
      await target.stop();
    }
  }
  const rows = known
    .filter((rule) => asked.some((one) => one.rule === rule.name))
    .map((rule) => ({
      ...rule,
      verdicts: results.map(({ answers }) => verdict(asked.filter((one) => one.rule === rule.name), answers)),
    }));
  process.stdout.write(table(wishes.form, rows, results.map(({ target }) => target)));
  if (wishes.strictly && rows.some((row) => row.verdicts[0].word === 'differs')) process.exitCode = 1;
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});

// Reads { documents: [{ medium, verbs }] }, each verb { name, attributes, text, verbs }, and prints
// what npm twilio makes of them: { printed: [XML], schema }. `schema` is what its sources know of
// each medium: the classes that each class makes elements of, and the attributes of each element.
const twilio = require('twilio');
const fs = require('fs');

const { documents } = JSON.parse(fs.readFileSync(0, 'utf8'));

function add(parent, { name, attributes, text, verbs }) {
  const method = name[0].toLowerCase() + name.slice(1);
  // Some take a noun's text as their second argument, others attributes alone.
  const child = parent[method](attributes, text);
  for (const verb of verbs) add(child, verb);
}

function print({ medium, verbs }) {
  const response = new twilio.twiml[`${medium}Response`]();
  for (const verb of verbs) add(response, verb);
  return response.toString();
}

function schema(medium) {
  const file = (ending) =>
    fs.readFileSync(require.resolve(`twilio/lib/twiml/${medium}Response.${ending}`), 'utf8');
  const attributes = {};
  for (const [, name, body] of file('d.ts').matchAll(/interface (\w+)Attributes \{([^}]*)\}/g)) {
    const text = body.replace(/\/\*[\s\S]*?\*\//g, '');
    attributes[name] = [...text.matchAll(/^\s*"?([\w:-]+)"?\??:/gm)].map((found) => found[1]);
  }
  const elements = {};
  let current = null;
  for (const line of file('js').split('\n')) {
    const made = line.match(/class (\w+) extends/);
    if (made) current = made[1];
    const built = line.match(/new \w+\.(\w+)\(this\.\w+\.ele\("([^"]+)"/);
    if (current && built) (elements[current] ??= {})[built[2]] = built[1];
  }
  return { attributes, elements };
}

process.stdout.write(
  JSON.stringify({
    printed: documents.map(print),
    schema: { Voice: schema('Voice'), Messaging: schema('Messaging') },
  }),
);

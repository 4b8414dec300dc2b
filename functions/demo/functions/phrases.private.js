// Private: it has no URL. The functions beside it load it through Runtime.getFunctions().

// The words are a private asset, read at each call: no restart for a new language.
exports.greet = function (name, language) {
  const words = JSON.parse(Runtime.getAssets()['/phrases.json'].open());
  const word = Object.hasOwn(words, language) ? words[language] : words.en;
  return `${word}, ${name}!`;
};

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// What stands between tags must not be read as one.
exports.escapeXml = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

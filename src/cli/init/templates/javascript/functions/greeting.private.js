// Private: it has no URL. The functions beside it load it through Runtime.
exports.greeting = function (name, word) {
  return `${word || 'Hello'}, ${name || 'world'}!`;
};

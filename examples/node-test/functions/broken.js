exports.handler = function () {
  throw new Error('it is broken');
};

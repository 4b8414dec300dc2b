exports.handle = () => {};

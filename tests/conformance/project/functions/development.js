exports.handler = (context, event, callback) => callback(null, typeof require('semver').valid);

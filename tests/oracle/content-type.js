// The content type of each file name: as the Toolkit gives it to the cloud at upload, and as the
// local Toolkit sends it.
//
// In: [name, …]   Out: [{ uploaded, sent }, …]
'use strict';
const fs = require('fs');
const mimeTypes = require('mime-types');
const { mime } = require('send');

const names = JSON.parse(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(names.map((name) => {
  const type = mime.lookup(name);
  const charset = mime.charsets.lookup(type);
  return {
    uploaded: mimeTypes.lookup(name) || 'application/octet-stream',
    sent: charset ? `${type}; charset=${charset}` : type,
  };
})));

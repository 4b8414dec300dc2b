'use strict';
// Reads a list of files from its input and compiles each as a CommonJS module, without running it;
// writes what is wrong with them: `[[which, line, column, width, message], …]`, all from 0.

const fs = require('fs');
const vm = require('vm');

const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];
const faults = [];
JSON.parse(fs.readFileSync(0, 'utf8')).forEach((file, which) => {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return;
  }
  try {
    vm.compileFunction(text.replace(/^\uFEFF/, ''), WRAPPER, { filename: file });
  } catch (error) {
    // V8 tells the place in the stack alone: file and line, the line, and carets under the fault.
    const [place, , carets = ''] = String(error.stack).split('\n');
    const line = Number(place.slice(place.lastIndexOf(':') + 1)) || 1;
    faults.push([which, line - 1, carets.search(/\^|$/), carets.trim().length, String(error.message)]);
  }
});
process.stdout.write(JSON.stringify(faults));

'use strict';
// Calls that were sent ahead: whoever reads a call's ticket from the pipe has it, this process or
// the server, which takes calls back when the one before them is slow. See src/node/tickets.rs.

const fs = require('fs');

const bytes = Buffer.alloc(4);
let descriptor;
// A ticket that was read and belongs to a later call than the one asked for.
let held = null;

// Whether the call `id` is ours to start; if not, the server has it again.
function claim(id) {
  if (held === null) {
    try {
      if (fs.readSync(descriptor, bytes, 0, 4, null) !== 4) return false;
    } catch (error) {
      if (error.code === 'EAGAIN') return false;
      throw error;
    }
    held = bytes.readUInt32BE();
  }
  if (held !== id) return false;
  held = null;
  return true;
}

module.exports = {
  claim,
  open: (number) => {
    descriptor = number;
  },
};

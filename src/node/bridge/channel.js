'use strict';
// The one connection to the server: a socket on a file descriptor of its own.
//
// Frames are read by the event loop and written synchronously. So a reply is out before the next
// handler starts; what a handler printed is out even if it then blocks, exits or is killed; and
// what a process had answered when it died is known exactly. The server always reads, so that
// waiting for room is short; a function that floods the log is slowed down and eats no memory.

const fs = require('fs');
const net = require('net');
const { decoder, encode } = require('./wire');

const sleeping = new Int32Array(new SharedArrayBuffer(4));

const kill = process.kill.bind(process);

let fd;

// The server is gone: nobody is left to work for. What functions have started in this process's
// group, which is the worker's alone, goes too.
function end() {
  kill(0, 'SIGKILL');
}

// Starts to read; `take(kind, id, flags, head)` gets each frame.
function open(take) {
  const socket = new net.Socket({ fd, readable: true, writable: false });
  socket.on('data', decoder(take));
  socket.on('end', end);
  socket.on('error', end);
}

function send(kind, id, flags, head, body, time) {
  const { frame, length } = encode(kind, id, flags, head, body, time);
  for (let at = 0; at < length; ) {
    try {
      at += fs.writeSync(fd, frame, at, length - at);
    } catch (error) {
      // A function has closed the channel: the server sees to the rest.
      if (error.code === 'EBADF') process.reallyExit(0);
      if (error.code !== 'EAGAIN') end();
      Atomics.wait(sleeping, 0, 0, 1);
    }
  }
}

module.exports = {
  on: (descriptor) => {
    fd = descriptor;
  },
  open,
  send,
};

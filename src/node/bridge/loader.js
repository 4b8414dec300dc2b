// Runs as `node -e … N`: reads the bridge, the first frame on file descriptor N, and starts it.
// It stands in argv, where everybody can read it, so it is short and holds nothing of the project.
{
  const { readSync } = require('fs');
  const descriptor = Number(process.argv.pop());
  const read = (length) => {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0, n; at < length; at += n) {
      n = readSync(descriptor, bytes, at, length - at);
      if (n === 0) process.exit(0);
    }
    return bytes;
  };
  const sources = JSON.parse(read(read(4).readUInt32BE()).subarray(12));
  const builtIn = require;
  const importModule = (url) => import(url);
  const loaded = new Map();
  const local = (name) => {
    if (!name.startsWith('./')) return builtIn(name);
    if (!loaded.has(name)) {
      const module = { exports: {} };
      loaded.set(name, module);
      builtIn('vm').compileFunction(
        sources[name.slice(2)],
        ['module', 'exports', 'require', 'importModule'],
        { filename: `switchboard:bridge/${name.slice(2)}.js` },
      )(module, module.exports, local, importModule);
    }
    return loaded.get(name).exports;
  };
  local('./channel').on(descriptor);
  local('./main');
}

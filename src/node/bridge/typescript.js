'use strict';
// Functions in TypeScript: the cloud takes none, but whoever writes them need not build them here.
//
// They are compiled as they are loaded, file by file and without a look at their types, by the
// project's own package `typescript` up to 6, with the options of its `tsconfig.json`; where there is
// none, by a Node that reads TypeScript itself. The package comes first, since Node's own reading takes
// erasable syntax alone, and leaves imports of types standing. From 7 on it has no such interface.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const { relative } = require('./errors');

let root;
// `{ ts, options }`, or null where the project has no `typescript`.
let compiler;

// From now on `require` takes `.ts` files. `note(file)` gets each file besides that what is loaded
// depends on.
function install(note) {
  // Some versions have a loader of its own for it, others take it with JavaScript's.
  const native = Module._extensions['.ts'] ?? (process.features.typescript ? Module._extensions['.js'] : undefined);
  Module._extensions['.ts'] = (module, filename) => {
    if (compiler === undefined) compiler = find(note);
    if (compiler !== null) module._compile(compile(filename), filename, 'commonjs');
    else if (native !== undefined) native(module, filename);
    else throw unreadable(filename);
  };
}

function find(note) {
  const fromProject = Module.createRequire(path.join(root, 'package.json'));
  let ts;
  try {
    ts = fromProject('typescript');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
  if (typeof ts.transpileModule !== 'function') return null;
  // Stacks then name the lines of the file that was written.
  process.setSourceMapsEnabled(true);
  return { ts, options: options(ts, note) };
}

function options(ts, note) {
  const file = path.join(root, 'tsconfig.json');
  let own = {};
  if (fs.existsSync(file)) {
    note(file);
    const { config } = ts.readConfigFile(file, ts.sys.readFile);
    // Which files it names is of no interest: none is looked for.
    own = ts.parseJsonConfigFileContent(config ?? {}, { ...ts.sys, readDirectory: () => [] }, root).options;
  }
  return {
    esModuleInterop: true,
    target: ts.ScriptTarget.ES2022,
    ...own,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: undefined,
    verbatimModuleSyntax: false,
    sourceMap: false,
    inlineSourceMap: true,
    declaration: false,
    outDir: undefined,
    rootDir: undefined,
  };
}

function compile(fileName) {
  const { ts, options: compilerOptions } = compiler;
  const text = fs.readFileSync(fileName, 'utf8');
  const { outputText, diagnostics } = ts.transpileModule(text, { fileName, reportDiagnostics: true, compilerOptions });
  const fault = diagnostics.find(({ category, file }) => category === ts.DiagnosticCategory.Error && file !== undefined);
  if (fault !== undefined) throw broken(ts, fileName, fault);
  return outputText;
}

// As V8 tells of a file that is no JavaScript: the place, the line, and what is wrong.
function broken(ts, fileName, { file, start, length, messageText }) {
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const error = new SyntaxError(ts.flattenDiagnosticMessageText(messageText, '\n'));
  const source = file.text.split('\n')[line].replace(/\r$/, '');
  const carets = '^'.repeat(Math.max(1, Math.min(length, source.length - character)));
  error.stack = `${fileName}:${line + 1}\n${source}\n${' '.repeat(character)}${carets}\n\n${error}`;
  return error;
}

function unreadable(filename) {
  return new Error(
    `${relative(filename)} is TypeScript, which Node.js ${process.version} does not read: ` +
      `run "npm install --save-dev typescript@5" in ${root}, or use Node.js 22.18 or later`,
  );
}

const isTypescript = (file) => file.endsWith('.ts');

module.exports = {
  install,
  isTypescript,
  setRoot: (folder) => {
    root = folder;
  },
};

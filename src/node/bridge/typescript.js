'use strict';
// Functions in TypeScript: the cloud takes none, but whoever writes them need not build them here.
//
// They are compiled as they are loaded, file by file and without a look at their types, by the
// project's own package `typescript`, with the options of its `tsconfig.json`: up to 6 in this process,
// from 7 on, which has no such interface, by its program (15 ms a file). Where there is none, by a Node
// that reads TypeScript itself. The package comes first, since Node's own reading takes erasable
// syntax alone, and leaves imports of types standing.

const { spawnSync } = require('child_process');
const fs = require('fs');
const Module = require('module');
const os = require('os');
const path = require('path');
const { relative } = require('./errors');

let root;
// From a file's name to the JavaScript of it; null where the project has no `typescript`.
let compile;

// From now on `require` takes `.ts` files. `note(file)` gets each file besides that what is loaded
// depends on.
function install(note) {
  // Some versions have a loader of its own for it, others take it with JavaScript's.
  const native = Module._extensions['.ts'] ?? (process.features.typescript ? Module._extensions['.js'] : undefined);
  Module._extensions['.ts'] = (module, filename) => {
    if (compile === undefined) compile = find(note);
    if (compile !== null) module._compile(compile(filename), filename, 'commonjs');
    else if (native !== undefined) native(module, filename);
    else throw unreadable(filename);
  };
}

function find(note) {
  const fromProject = Module.createRequire(path.join(root, 'package.json'));
  let manifest;
  try {
    manifest = fromProject.resolve('typescript/package.json');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
  // Stacks then name the lines of the file that was written.
  process.setSourceMapsEnabled(true);
  const config = path.join(root, 'tsconfig.json');
  const own = fs.existsSync(config) ? config : null;
  if (own !== null) note(own);
  const ts = fromProject('typescript');
  return typeof ts.transpileModule === 'function' ? byPackage(ts, options(ts, own)) : byProgram(program(manifest), own);
}

function options(ts, own) {
  let written = {};
  if (own !== null) {
    const { config } = ts.readConfigFile(own, ts.sys.readFile);
    // Which files it names is of no interest: none is looked for.
    written = ts.parseJsonConfigFileContent(config ?? {}, { ...ts.sys, readDirectory: () => [] }, root).options;
  }
  return {
    esModuleInterop: true,
    target: ts.ScriptTarget.ES2022,
    ...written,
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

function byPackage(ts, compilerOptions) {
  return (fileName) => {
    const text = fs.readFileSync(fileName, 'utf8');
    const { outputText, diagnostics } = ts.transpileModule(text, { fileName, reportDiagnostics: true, compilerOptions });
    const fault = diagnostics.find(({ category, file }) => category === ts.DiagnosticCategory.Error && file !== undefined);
    if (fault === undefined) return outputText;
    const { line, character } = fault.file.getLineAndCharacterOfPosition(fault.start);
    throw broken(fileName, line, character, fault.length, ts.flattenDiagnosticMessageText(fault.messageText, '\n'));
  };
}

// The compiler's program, which a package of its own has for each kind of machine.
function program(manifest) {
  const { platform, arch } = process;
  const beside = Module.createRequire(manifest).resolve(`@typescript/typescript-${platform}-${arch}/package.json`);
  return path.join(path.dirname(beside), 'lib', platform === 'win32' ? 'tsc.exe' : 'tsc');
}

// A line of the compiler's that tells of a syntax error: file, place, and what is wrong. Others are about
// types, which nobody looks at here, or about what it was not given.
const SYNTAX_ERROR = /^(.*)\((\d+),(\d+)\): error TS1\d{3}: (.*)$/gm;

function byProgram(tsc, own) {
  const [base, usual] = own === null ? [{}, { target: 'ES2022' }] : [{ extends: own }, {}];
  return (fileName) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'switchboard-typescript-'));
    try {
      const project = path.join(folder, 'tsconfig.json');
      const rootDir = path.dirname(fileName);
      const compilerOptions = { ...usual, ...BY_PROGRAM, rootDir, sourceRoot: rootDir + path.sep, outDir: folder };
      fs.writeFileSync(project, JSON.stringify({ ...base, files: [fileName], include: [], references: [], compilerOptions }));
      // It names files as they are seen from its own folder.
      const { stdout, error } = spawnSync(tsc, ['--pretty', 'false', '-p', project], { cwd: rootDir, encoding: 'utf8' });
      if (error !== undefined) throw error;
      const faults = [...stdout.matchAll(SYNTAX_ERROR)];
      const fault = faults.find(([, file]) => path.resolve(rootDir, file) === fileName);
      if (fault !== undefined) throw broken(fileName, fault[2] - 1, fault[3] - 1, 1, fault[4]);
      const output = path.join(folder, `${path.basename(fileName, '.ts')}.js`);
      if (!fs.existsSync(output)) throw new Error(`${relative(fileName)} was not compiled: ${stdout.trim()}`);
      return fs.readFileSync(output, 'utf8');
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}

// One file, whatever it imports, and nothing but its JavaScript.
const BY_PROGRAM = {
  module: 'CommonJS',
  moduleResolution: 'Bundler',
  verbatimModuleSyntax: false,
  noCheck: true,
  noResolve: true,
  noLib: true,
  lib: null,
  types: [],
  noEmit: false,
  noEmitOnError: false,
  emitDeclarationOnly: false,
  declaration: false,
  declarationMap: false,
  composite: false,
  incremental: false,
  tsBuildInfoFile: null,
  sourceMap: false,
  inlineSourceMap: true,
};

// As V8 tells of a file that is no JavaScript: the place, the line, and what is wrong.
function broken(fileName, line, character, length, message) {
  const error = new SyntaxError(message);
  const source = fs.readFileSync(fileName, 'utf8').split('\n')[line].replace(/\r$/, '');
  const carets = '^'.repeat(Math.max(1, Math.min(length, source.length - character)));
  error.stack = `${fileName}:${line + 1}\n${source}\n${' '.repeat(character)}${carets}\n\n${error}`;
  return error;
}

function unreadable(filename) {
  return new Error(
    `${relative(filename)} is TypeScript, which Node.js ${process.version} does not read: ` +
      `run "npm install --save-dev typescript" in ${root}, or use Node.js 22.18 or later`,
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

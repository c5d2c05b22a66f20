'use strict';
/**
 * What `bin/kassa` starts (dist/cli/main.js): the program beside it, with the code V8 has made of it before. Compiling
 * it anew costs 40 ms of every start (docs/adr/0014). Where the cache is missing or another V8's, it is made at the end.
 */
const { readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [major, minor] = process.versions.node.split('.').map(Number);
// The launcher says why.
if (major < 20 || (major === 20 && minor < 19)) process.exit(1);

const program = join(__dirname, 'program.cjs');
// V8 compares only the length of the text: the time tells one build from another.
const build = `${program}.${Math.round(statSync(program).mtimeMs)}`;
// A cache holds what ran before it was made: the build makes one of a short command, the register its own.
const isRegister = ['run', 'demo'].includes(process.argv[2]);
const own = `${build}.${isRegister ? 'register' : 'command'}.cache`;

function cached() {
  for (const name of [own, `${build}.command.cache`]) {
    try {
      return { name, bytes: readFileSync(name) };
    } catch {
      // The next one.
    }
  }
  return { name: '', bytes: undefined };
}

const { name, bytes } = cached();
// The build leaves nothing but ASCII in it.
const script = new Script(
  `(function (exports, require, module, __filename, __dirname, importModule) {${readFileSync(program, 'latin1')}\n})`,
  { filename: program, cachedData: bytes },
);
if (name !== own || script.cachedDataRejected !== false) {
  process.on('exit', () => {
    try {
      const unfinished = `${own}.${process.pid}`;
      writeFileSync(unfinished, script.createCachedData());
      renameSync(unfinished, own);
    } catch {
      // Installed where the program may not write: it starts a little slower.
    }
  });
}
script.runInThisContext()(exports, createRequire(program), module, program, __dirname, (name) => import(name));

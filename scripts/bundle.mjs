/**
 * The last step of `npm run build`: one program out of all modules, and what starts it fast (docs/adr/0014).
 *
 *     node scripts/bundle.mjs [PROJECT]   another folder with `bin`, `src` and the rest (the crash tests build beside dist)
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const project = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const folder = join(project, 'dist', 'cli');

/**
 * A module of Node's is loaded by the first use of one of its names and not by the import: the first screen needs few of
 * them, and each costs its milliseconds.
 */
const lateNodeModules = {
  name: 'late-node-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' && path !== 'node:module' ? { path, namespace: 'late' } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      const getters = names.map((name) => `get ${name}() { return load().${name}; }`);
      return { contents: `const load = () => require('${path}');\nmodule.exports = { ${getters.join(', ')} };` };
    });
  },
};

/**
 * blessed's few files that are used come into the program, and with it into the code cache: read and compiled one by one
 * they were a fifth of the start. It looks for its terminfo entries at `../usr` of itself.
 */
const blessedInside = {
  name: 'blessed-inside',
  setup({ onResolve }) {
    onResolve({ filter: /^blessed\/lib\// }, ({ path }) => ({ path: require.resolve(path) }));
    // Wanted for a tab's width only; no tab gets through `safeText`.
    onResolve({ filter: /^\.\.\/$/ }, ({ importer }) =>
      importer.endsWith('unicode.js') ? { path: 'blessed', external: true } : undefined,
    );
  },
};
/**
 * Code from V8's cache has lost the way to Node's loader: the starter lends it its own. What esbuild leaves of Cyrillic, in
 * comments and expressions, is written as escapes: one such letter and the whole text takes twice the room and time.
 */
function forStarter(text) {
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replaceAll(/\bimport\("/g, 'importModule("').replaceAll(/[\u0080-\uffff]/g, escaped);
}
const blessedData = join(dirname(require.resolve('blessed/package.json')), 'usr');
const ownData = join(project, 'dist', 'usr');

mkdirSync(folder, { recursive: true });
cpSync(blessedData, ownData, { recursive: true, filter: (path) => !path.endsWith('fonts') });
// What an older build left there.
for (const name of readdirSync(folder))
  if (/\.cache$|^chunk-|-[A-Z0-9]{8}\.js(\.map)?$/.test(name)) rmSync(join(folder, name));
const { outputFiles } = await build({
  entryPoints: [join(project, 'src', 'cli', 'main.ts')],
  outfile: join(folder, 'program.cjs'),
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  plugins: [lateNodeModules, blessedInside],
  sourcemap: true,
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
  write: false,
});
for (const { path, text } of outputFiles) {
  writeFileSync(path, path.endsWith('.cjs') ? forStarter(text) : text);
}
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
copyFileSync(join(project, 'src', 'cli', 'starter.cjs'), join(folder, 'main.js'));
// The first run leaves the code cache, with the flags the launcher gives.
execFileSync(join(project, 'bin', 'kassa'), ['--version'], { stdio: 'ignore' });

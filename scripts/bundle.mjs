/**
 * The last step of `npm run build`: one program out of all modules, and what starts it fast (docs/adr/0014).
 *
 *     node scripts/bundle.mjs [PROJECT]   another folder with `bin`, `src` and the rest (the crash tests build beside dist)
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

mkdirSync(folder, { recursive: true });
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
  plugins: [lateNodeModules],
  sourcemap: true,
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
  write: false,
});
for (const { path, text } of outputFiles) {
  // Code from V8's cache has lost the way to Node's loader: the starter lends it its own.
  writeFileSync(path, path.endsWith('.cjs') ? text.replaceAll(/\bimport\("/g, 'importModule("') : text);
}
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
copyFileSync(join(project, 'src', 'cli', 'starter.cjs'), join(folder, 'main.js'));
// The first run leaves the code cache, with the flags the launcher gives.
execFileSync(join(project, 'bin', 'kassa'), ['--version'], { stdio: 'ignore' });

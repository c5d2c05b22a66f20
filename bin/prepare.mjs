/**
 * What `npm start` and `npm test` do first: install and build when that is needed. Only Node's own modules here: it runs
 * before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(project, 'dist', 'cli', 'main.js');
const source = join(project, 'src');

/** npm writes node_modules/.package-lock.json as the last thing, so an interrupted installation is seen too. */
function isInstalled() {
  const wanted = packagesOf(join(project, 'package-lock.json'));
  const found = packagesOf(join(project, 'node_modules', '.package-lock.json'));
  if (wanted === null) return existsSync(join(project, 'node_modules'));
  if (found === null) return false;
  // A shipped register has no sources: nothing is built there and development packages may be absent.
  const needsTools = existsSync(source);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = found[path];
    if (there === undefined) return entry.optional || entry.devOptional || (entry.dev && !needsTools) || false;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

function isBuilt() {
  const builtAt = modifiedAt(built);
  if (builtAt === null) return false;
  if (!existsSync(source)) return true;
  const inputs = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(project, name));
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) inputs.push(join(entry.parentPath ?? entry.path, entry.name));
  }
  return inputs.every((file) => (modifiedAt(file) ?? 0) <= builtAt);
}

function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** Runs a command on our terminal. Signals go to it, so that it is the one to restore the screen; we only wait. */
export function run(command, parameters, environment = process.env) {
  return new Promise((done) => {
    const child = spawn(command, parameters, { cwd: process.cwd(), stdio: 'inherit', env: environment });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    const end = (code) => {
      for (const signal of signals) process.removeListener(signal, forward);
      done(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`Не удалось запустить ${command}: ${error.message}\n`);
      end(1);
    });
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

export function npm(...parameters) {
  const environment = { ...process.env };
  // node-gyp downloads headers, which a till's network may not allow; take those installed beside node when they are.
  const prefix = join(dirname(process.execPath), '..');
  if (!environment.npm_config_nodedir && existsSync(join(prefix, 'include', 'node', 'node.h'))) {
    environment.npm_config_nodedir = prefix;
  }
  const where = ['--prefix', project];
  const script = environment.npm_execpath;
  return script?.endsWith('.js')
    ? run(process.execPath, [script, ...where, ...parameters], environment)
    : run('npm', [...where, ...parameters], environment);
}

/** @returns 0, or the exit code of what failed */
export async function prepare() {
  if (!isInstalled()) {
    process.stderr.write('Установка пакетов, это делается один раз...\n');
    const code = await npm('ci');
    if (code !== 0) return code;
  }
  if (!isBuilt()) {
    process.stderr.write('Сборка программы...\n');
    const code = await npm('run', '--silent', 'build');
    if (code !== 0) {
      // The compiler writes its output even when it found errors; the next start must not take that for a build.
      rmSync(join(project, 'dist'), { recursive: true, force: true });
      return code;
    }
  }
  return 0;
}

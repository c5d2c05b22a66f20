import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeFolder } from '../../remove-folder.ts';

const bin = fileURLToPath(new URL('../../../bin', import.meta.url));
let project: string;

beforeEach(() => {
  project = join(mkdtempSync(join(tmpdir(), 'kassa-launcher-')), 'касса project');
  cpSync(bin, join(project, 'bin'), { recursive: true });
});
afterEach(() => {
  removeFolder(dirname(project));
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function run(command: string, parameters: string[], environment: Record<string, string | undefined> = {}) {
  const { status, stdout, stderr } = spawnSync(command, parameters, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...environment },
  });
  return { status, stdout, stderr };
}

const MAIN =
  'process.stdout.write(JSON.stringify([process.argv.slice(2), process.env.LC_ALL ?? null])); process.exitCode = 5;';

describe('bin/kassa', () => {
  it.each(['documents', 'demo'])('runs dist/cli/main.js with the arguments of %s and returns its code', (command) => {
    write('dist/cli/main.js', MAIN);
    expect(run(join(project, 'bin/kassa'), [command, '--root', 'a b'])).toEqual({
      status: 5,
      stdout: JSON.stringify([[command, '--root', 'a b'], 'C.UTF-8']),
      stderr: '',
    });
  });

  it('leaves a UTF-8 locale alone', () => {
    write('dist/cli/main.js', MAIN);
    expect(run(join(project, 'bin/kassa'), [], { LANG: 'ru_RU.utf8' }).stdout).toBe('[[],null]');
  });

  it('finds the project through symbolic links', () => {
    write('dist/cli/main.js', MAIN);
    symlinkSync('bin/kassa', join(project, 'first'));
    symlinkSync(join(project, 'first'), join(project, 'bin/second'));
    expect(run(join(project, 'bin/second'), ['x']).stdout).toBe('[["x"],"C.UTF-8"]');
  });

  it('says what to do when nothing is built', () => {
    const { status, stderr } = run(join(project, 'bin/kassa'), ['run']);
    expect(status).toBe(1);
    expect(stderr).toContain('npm start');
    expect(stderr).toContain('npm run build');
    expect(stderr).toContain(project);
  });

  it.each([
    ['v18.20.4', false],
    ['v20.18.9', false],
    ['v20.19.0', true],
    ['v22.1.0', true],
  ])('with Node.js %s: runs = %s', (version, runs) => {
    write('dist/cli/main.js', MAIN);
    write('old-node', `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit\nexec node "$@"\n`);
    chmodSync(join(project, 'old-node'), 0o755);
    const { status, stderr } = run(join(project, 'bin/kassa'), ['x'], { KASSA_NODE: join(project, 'old-node') });
    expect(status).toBe(runs ? 5 : 1);
    if (!runs) expect(stderr).toContain(`Node.js ${version} слишком старый. Нужен Node.js 20.19`);
  });

  it('says when there is no Node.js', () => {
    const { status, stderr } = run(join(project, 'bin/kassa'), ['x'], { KASSA_NODE: '/nowhere/node' });
    expect(status).toBe(1);
    expect(stderr).toContain('не найден Node.js');
  });
});

describe('npm start', () => {
  // Stands for npm: notes what it was asked for and leaves behind what the real one leaves.
  const NPM = `
    const fs = require('node:fs');
    const [, project, command, ...rest] = process.argv.slice(2);
    fs.appendFileSync(project + '/calls', [command, ...rest].join(' ') + '\\n');
    if (command === 'ci') {
      fs.mkdirSync(project + '/node_modules', { recursive: true });
      fs.copyFileSync(project + '/package-lock.json', project + '/node_modules/.package-lock.json');
    } else {
      fs.mkdirSync(project + '/dist/cli', { recursive: true });
      fs.copyFileSync(project + '/src/main.txt', project + '/dist/cli/main.js');
    }
    process.exit(Number(process.env.NPM_CODE ?? 0));
  `;
  const lock = (version: string, more: object = {}): string =>
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version, integrity: `sha512-${version}` }, ...more } });

  beforeEach(() => {
    write('package.json', '{"type":"module"}');
    write('package-lock.json', lock('1.0.0', { 'node_modules/other-system': { version: '1.0.0', optional: true } }));
    write('src/main.txt', MAIN);
    write('npm/package.json', '{"type":"commonjs"}');
    write('npm/npm-cli.js', NPM);
    write('calls', '');
  });

  function start(environment: Record<string, string> = {}) {
    writeFileSync(join(project, 'calls'), '');
    const result = run(process.execPath, [join(project, 'bin/start.mjs'), '--fresh'], {
      npm_execpath: join(project, 'npm/npm-cli.js'),
      ...environment,
    });
    return { ...result, calls: readFileSync(join(project, 'calls'), 'utf8').split('\n').slice(0, -1) };
  }

  it('installs and builds the first time, neither the second, and starts the demo', () => {
    const first = start();
    expect(first.calls).toEqual(['ci', 'run --silent build']);
    expect(first).toMatchObject({ status: 5, stdout: '[["demo","--fresh"],"C.UTF-8"]' });
    const second = start();
    expect(second).toMatchObject({ status: 5, stdout: first.stdout, stderr: '', calls: [] });
  });

  it('builds again after a source changed, and installs again after the lock file changed', () => {
    start();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(project, 'src/main.txt'), later, later);
    expect(start().calls).toEqual(['run --silent build']);

    start();
    write('package-lock.json', lock('1.0.1'));
    expect(start().calls).toContain('ci');
  });

  it('takes the work of `npm ci` and `npm run build` done by hand', () => {
    write('node_modules/.package-lock.json', lock('1.0.0'));
    write('dist/cli/main.js', MAIN);
    expect(start()).toMatchObject({ status: 5, calls: [] });
  });

  it('runs a shipped register, which has no sources and no development packages', () => {
    rmSync(join(project, 'src'), { recursive: true });
    write('package-lock.json', lock('1.0.0', { 'node_modules/tool': { version: '1.0.0', dev: true } }));
    write('node_modules/.package-lock.json', lock('1.0.0'));
    write('dist/cli/main.js', MAIN);
    expect(start()).toMatchObject({ status: 5, calls: [] });
  });

  it('stops at a failed installation', () => {
    expect(start({ NPM_CODE: '3' })).toMatchObject({ status: 3, stdout: '', calls: ['ci'] });
  });

  it('does not take the output of a failed build for a build', () => {
    write('node_modules/.package-lock.json', lock('1.0.0'));
    expect(start({ NPM_CODE: '2' })).toMatchObject({ status: 2, stdout: '', calls: ['run --silent build'] });
    expect(start().calls).toEqual(['run --silent build']);
  });
});

/** A payment system is added without touching anything: in a copy of the project, it takes its own files and two lines. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runNewProvider } from '../../src/cli/new-provider.ts';
import { removeFolder } from '../remove-folder.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIGS = ['package.json', 'tsconfig.json', 'vitest.config.ts', 'biome.json'];
const LISTS = ['src/emulators/serve.ts', 'src/payments/providers/index.ts'];

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'kassa-provider-'));
});
afterEach(() => removeFolder(copy));

/** What the command needs to know of a project: its two lists. */
function copyLists(): void {
  for (const path of LISTS) cpSync(join(PROJECT, path), join(copy, path));
}

function copyProject(): void {
  for (const path of ['src', 'test/contract', 'test/seed.ts', 'templates', ...CONFIGS]) {
    cpSync(join(PROJECT, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
}

/** Every file with its text, the packages left out. */
function contents(): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    found.set(file.slice(copy.length + 1), readFileSync(file, 'utf8'));
  }
  return found;
}

/** Runs a tool in the copy as a developer would. @returns its output; a failure's too */
async function node(...parameters: string[]): Promise<{ code: number; output: string }> {
  // A runner inside a runner must not take the outer one's settings for its own.
  const outer = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST|FORCE_COLOR)/.test(name));
  const env = { ...Object.fromEntries(outer), NO_COLOR: '1' };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, parameters, { cwd: copy, env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: `${stdout}${stderr}` };
  }
}

function generate(name: string): { code: number; stdout: string; stderr: string } {
  const written = { stdout: '', stderr: '' };
  const sink = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => (written[stream] += text) });
  const code = runNewProvider({ name, project: copy, stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...written };
}

it('the toy is a provider: its own files and a line in each list; it compiles, is clean and passes the whole contract', async () => {
  copyProject();
  const before = contents();
  const made = await node('--import', 'tsx', 'src/cli/main.ts', 'new-provider', 'toybank');
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining('test/contract/toybank.test.ts') });

  const after = contents();
  const added = [...after.keys()].filter((path) => !before.has(path)).sort();
  expect(added).toEqual([
    'docs/protocols/toybank.md',
    'src/emulators/toybank/books.ts',
    'src/emulators/toybank/server.ts',
    'src/emulators/toybank/settings.ts',
    ...[
      'README.md',
      'check.ts',
      'conf.ts',
      'driver.ts',
      'pay.ts',
      'prompts.ts',
      'reversal.ts',
      'service-page.ts',
      'settings.ts',
      'status.ts',
      'wire.ts',
    ].map((file) => `src/payments/providers/toybank/${file}`),
    'test/contract/toybank.test.ts',
  ]);
  const changed = [...before].filter(([path, text]) => after.get(path) !== text).map(([path]) => path);
  expect(changed.sort()).toEqual(LISTS);
  for (const path of LISTS) {
    const was = before.get(path)?.split('\n') ?? [];
    const lines = after.get(path)?.split('\n') ?? [];
    const line = lines.filter((one) => !was.includes(one));
    expect(line).toEqual([expect.stringContaining('/toybank/')]);
    expect(lines.filter((one) => one !== line[0])).toEqual(was);
  }

  const code = added.filter((path) => path.endsWith('.ts'));
  const include = [...code, ...LISTS, 'src/payments/registry.ts'];
  writeFileSync(join(copy, 'tsconfig.toy.json'), JSON.stringify({ extends: './tsconfig.json', include }));
  expect(await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.toy.json')).toEqual({ code: 0, output: '' });
  const lint = await node('node_modules/@biomejs/biome/bin/biome', 'check', ...code, ...LISTS);
  expect(lint, lint.output).toMatchObject({ code: 0 });

  const emulator = await node(
    ...['--import', 'tsx', '--input-type=module', '-e'],
    `import { serveEmulator } from './src/emulators/serve.ts';
     const { name, control, close } = await serveEmulator('toybank', { port: 0, buyer: 'slow' });
     console.log(name, await (await fetch(control + '/ledger')).text());
     await close();`,
  );
  expect(emulator).toMatchObject({ code: 0, output: 'toybank []\n' });

  const tests = ['test/contract/toybank.test.ts', 'test/contract/drivers.test.ts'];
  const run = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'contract', '-t', 'toybank', ...tests];
  const contract = await node(...run);
  expect(contract, contract.output).toMatchObject({ code: 0 });
  expect(contract.output).toMatch(/Test Files {2}2 passed/);
});

it('carries its name wherever the toy had one', () => {
  copyLists();
  expect(generate('pay2go').code).toBe(0);
  const made = [...contents()].filter(([path]) => path.includes('pay2go'));
  expect(made.length).toBeGreaterThan(10);
  for (const [path, text] of made) expect(path + text).not.toMatch(/toybank/i);
  expect(contents().get('src/payments/providers/pay2go/conf.ts')).toContain('PAY2GO_DEFAULTS');
  expect(contents().get('src/emulators/serve.ts')).toContain(
    "  pay2go: async () => (await import('./pay2go/server.ts')).startPay2go,\n};",
  );
});

it.each(['', 'a', 'Visa', '1bank', 'my-bank', 'банк', '../bank', 'a'.repeat(21), '__proto__'])(
  'the name "%s" is refused',
  (name) => {
    copyLists();
    const before = contents();
    expect(generate(name)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Недопустимое имя/) });
    expect(contents()).toEqual(before);
  },
);

it.each(['src/payments/providers/toybank', 'src/emulators/toybank', 'docs/protocols/toybank.md'])(
  'what is there already stays as it is: %s',
  (path) => {
    copyLists();
    mkdirSync(join(copy, path), { recursive: true });
    const before = contents();
    expect(generate('toybank')).toEqual({ code: 2, stdout: '', stderr: `Уже есть: ${path}\n` });
    expect(contents()).toEqual(before);
  },
);

it('a list that was rewritten by hand is not guessed at', () => {
  copyLists();
  writeFileSync(join(copy, 'src/payments/providers/index.ts'), 'export const nothing = [];\n');
  const before = contents();
  expect(generate('toybank')).toMatchObject({ code: 2, stderr: expect.stringContaining('providers/index.ts') });
  expect(contents()).toEqual(before);
});

it('an installed register has no sources to add to', () => {
  expect(generate('toybank')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Здесь нет исходных текстов/) });
  expect(contents().size).toBe(0);
});

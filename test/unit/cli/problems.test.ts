import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCheck } from '../../../src/cli/check.ts';
import { writeDemoSettings } from '../../../src/cli/demo-world.ts';
import { runDocuments } from '../../../src/cli/documents.ts';
import { findPreviewed } from '../../../src/cli/preview-requests.ts';
import { storageProblem } from '../../../src/cli/problems.ts';
import { makeRoot } from '../../../src/cli/root.ts';
import { storageFault } from '../../../src/journal/storage-fault.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { defaultSettings, loadSettings } from '../../../src/settings/settings.ts';
import { removeFolder } from '../../remove-folder.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-problems-'));
});
afterEach(() => removeFolder(root));

function failureOf(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

describe('a disk that refuses', () => {
  it('is SYS-01 and exit code 5 for every command: demo died of it with a stack trace', () => {
    const readOnly = Object.assign(new Error('EROFS'), { code: 'EROFS', syscall: 'open', path: '/x/.kassa-demo' });
    for (const error of [readOnly, storageFault('readOnly', readOnly)]) {
      expect(storageProblem(error)).toEqual({
        code: 5,
        text: 'SYS-01 Ошибка записи данных. Проверьте диск и права на каталог: /x/.kassa-demo',
      });
    }
    expect(storageProblem(storageFault('damaged', null))).toMatchObject({
      code: 5,
      text: expect.stringMatching(/^SYS-05/),
    });
  });

  it('is not what a fault of the program is', () => {
    expect(storageProblem(new TypeError('x is not a function'))).toBeNull();
    const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open', path: '/x' });
    expect(storageProblem(missing)).toBeNull();
  });

  it('is found out at once where no folder can be made: /proc answers that its folders are not there', () => {
    const error = failureOf(() => makeRoot('/proc/kassa'));
    expect(storageProblem(error)).toMatchObject({ code: 5, text: expect.stringContaining('/proc/kassa') });
    writeFileSync(join(root, 'cash'), '');
    expect(storageProblem(failureOf(() => makeRoot(root)))).toMatchObject({ code: 5 });
  });

  // Incident: it ended with 2.
  it('check without a journal ends with 5, as documents and preview do', () => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', MAIN, 'check', '--root', root], { encoding: 'utf8' });
    expect({ code: run.status, err: run.stderr.split('\n')[0] }).toEqual({
      code: 5,
      err: `Журнал не найден: ${pathsOf(root).journal}`,
    });
  });
});

describe('a journal that does not open', () => {
  /** What `check`, `documents` and `preview` say of it. */
  async function refusals(): Promise<string[]> {
    const parsed = { positionals: {}, switches: new Set<string>(), texts: { root }, numbers: {} };
    const said: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    try {
      expect([await runCheck(parsed), runDocuments(parsed)]).toEqual([5, 5]);
    } finally {
      write.mockRestore();
    }
    const wanted = { template: 'sale' as const, documentNumber: 1, settings: defaultSettings };
    const previewed = findPreviewed(pathsOf(root).journal, wanted);
    return [...said, 'refusal' in previewed ? previewed.refusal : ''];
  }

  // Incident: on a disk mounted read-only support was sent to restore a sound database.
  it('is not called damaged', async () => {
    // SQLite says the same of both (SQLITE_CANTOPEN), and to mount one takes rights that a test has not.
    mkdirSync(pathsOf(root).journal, { recursive: true });
    const said = await refusals();
    expect(said).toHaveLength(3);
    for (const text of said) {
      expect(text).toContain(`Журнал не открывается: ${pathsOf(root).journal}`);
      expect(text).not.toMatch(/SYS-05|поврежден/);
    }
  });

  it('is called damaged when it is', async () => {
    mkdirSync(pathsOf(root).data, { recursive: true });
    writeFileSync(pathsOf(root).journal, 'no database '.repeat(1000));
    expect((await refusals()).map((text) => text.slice(0, 6))).toEqual(['SYS-05', 'SYS-05', 'SYS-05']);
  });
});

it('the demo keeps its shop in its settings, where preview finds it, and leaves a changed one alone', () => {
  const paths = pathsOf(root);
  writeDemoSettings(paths);
  expect(existsSync(paths.settings)).toBe(true);
  expect(loadSettings(root)).toMatchObject({ settings: { shop: { name: 'МАГАЗИН "ДЕМО"', taxNumber: '100000000' } } });
  writeFileSync(paths.settings, '{"shop": {"name": "СВОЙ"}}');
  writeDemoSettings(paths);
  expect(loadSettings(root)).toMatchObject({ settings: { shop: { name: 'СВОЙ', taxNumber: '' } } });
});

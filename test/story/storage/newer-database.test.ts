/** After a program was put back: databases of the later one are sound, and are not called damaged (SYS-05). */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStorage } from '../../../src/app/open-storage.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { loadFile } from '../../../src/catalog/load/load-file.ts';
import { findingsOf } from '../../../src/cli/check-parts.ts';
import { runDocuments } from '../../../src/cli/documents.ts';
import { startRefusal } from '../../../src/cli/problems.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { begin } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';

let story: Story;
beforeEach(async () => {
  story = await begin();
  story.goods('2').press('f6', 'f8');
  await story.till.stop();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await story.end();
});

/** What a program of a later version leaves behind. */
function makeNewer(path: string, program: string | null, isJson: boolean): void {
  const database = new Database(path);
  database.pragma('user_version = 99');
  database.prepare("DELETE FROM meta WHERE key = 'writtenBy'").run();
  if (program !== null)
    database
      .prepare("INSERT INTO meta (key, value) VALUES ('writtenBy', ?)")
      .run(isJson ? JSON.stringify(program) : program);
  database.close();
}

function refusal(): { code: number; text: string } | null {
  const opened = openStorage(pathsOf(story.root), { version: '0.1.0' });
  return 'problem' in opened ? startRefusal(opened.problem, opened.say) : null;
}

function documentsSay(): string {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  expect(runDocuments({ texts: { root: story.root }, switches: new Set() } as never)).toBe(5);
  return said;
}

const HELP = 'Обновите программу или восстановите прежнюю копию данных';

describe('the journal of a later program', () => {
  it.each([
    ['0.9.0', '0.9.0'],
    [null, '(версия данных 99)'],
  ])(
    'is refused with its version (%s) by the start, check and documents; nothing is changed',
    async (program, word) => {
      const { journal } = pathsOf(story.root);
      makeNewer(journal, program, true);
      const text = `SYS-21 Журнал записан более новой версией кассы ${word}. ${HELP}`;
      expect(refusal()).toEqual({ code: 5, text });
      const found = (await findingsOf(story.root)).find(({ part }) => part === 'journal');
      expect(found?.fault).toBe(text);
      expect(documentsSay()).toBe(`${text}\n`);
      const database = new Database(journal, { readonly: true });
      expect(database.pragma('user_version', { simple: true })).toBe(99);
      database.close();
    },
  );

  it('tells its own version to the program that comes before it', () => {
    const database = new Database(pathsOf(story.root).journal, { readonly: true });
    expect(database.prepare("SELECT value ->> '$' FROM meta WHERE key = 'writtenBy'").pluck().get()).toBe(
      '4.6.239-5849',
    );
    database.close();
  });
});

it('the goods of a later program are refused by the start, check and load', async () => {
  const { catalog } = pathsOf(story.root);
  makeNewer(catalog, '0.9.0', false);
  const text =
    'Справочник товаров записан более новой версией кассы 0.9.0. Обновите программу или загрузите справочник заново';
  expect(refusal()?.text).toContain(`SYS-21 ${text}`);
  const found = (await findingsOf(story.root)).find(({ part }) => part === 'catalog');
  expect(found?.fault).toContain(`SYS-21 ${text}`);
  expect(() => openCatalog(catalog)).toThrow();
  const report = await loadFile(catalog, '/dev/null', {
    allOrNothing: false,
    providers: [],
    reserved: [],
    utcOffsetMinutes: 0,
  } as never);
  expect(report).toMatchObject({ state: 'storage', problem: expect.stringContaining(text) });
});

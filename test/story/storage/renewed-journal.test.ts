/** The ways out of a damaged or lost journal: backup, restore, accept-loss, new-journal. Numbers and hash chain go on. */
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findingsOf } from '../../../src/cli/check-parts.ts';
import { runAcceptLoss, runBackup, runNewJournal, runRestore } from '../../../src/cli/journal-commands.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { begin, documentsOf, startOplati } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';

let story: Story;
afterEach(() => story.end());

/** @returns exit code and what was said */
function command(run: typeof runBackup, file = ''): { code: number; said: string } {
  let said = '';
  const take = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  try {
    const code = run({ positionals: { file }, texts: { root: story.root }, numbers: {}, switches: new Set() });
    return { code, said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function damage(): Promise<string | null> {
  const [journal] = await findingsOf(story.root);
  return journal?.damage ?? null;
}

function sell(times: number): void {
  for (let sale = 0; sale < times; sale++) story.goods('1').press('f6', 'f8', 'enter');
}

function removeJournal(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${pathsOf(story.root).journal}${suffix}`, { force: true });
}

/** The register sells on, and the check finds nothing. */
async function expectGoesOn(nextNumber: number): Promise<void> {
  await story.restart();
  while (story.dialog !== null) story.press('enter');
  expect(story.row(24)).not.toContain('Журнал');
  sell(1);
  expect(documentsOf(story).at(-1)?.number).toBe(nextNumber);
  expect(await damage()).toBeNull();
}

describe('a lost journal', () => {
  it('new-journal: begins with the next number, the chain goes on from the last hash', async () => {
    story = await begin({ mode: 2 });
    sell(3);
    await story.till.stop();
    removeJournal();
    expect(await damage()).toBe('файла журнала нет, потеряны документы № 1-3');
    expect(command(runNewJournal)).toMatchObject({ code: 0, said: expect.stringContaining('Следующий получит № 4') });
    await expectGoesOn(4);
    expect(documentsOf(story).map(({ number }) => number)).toEqual([4]);
    const shift = documentsOf(story)[0]?.shiftNumber;
    expect(shift).toBe(2);
  });

  it('restore: an older copy goes on after the numbers that were given since', async () => {
    story = await begin({ mode: 2 });
    sell(2);
    const copy = join(story.root, 'copy.db');
    expect(command(runBackup, copy)).toMatchObject({ code: 0, said: expect.stringContaining('документов 2') });
    expect(command(runBackup, copy).code, 'a copy is never overwritten').toBe(2);
    sell(3);
    expect(command(runRestore, copy).code, 'the register runs').toBe(4);
    await story.till.stop();
    removeJournal();
    expect(command(runRestore, copy)).toMatchObject({
      code: 0,
      said: expect.stringContaining('Следующий получит № 6'),
    });
    await expectGoesOn(6);
    expect(documentsOf(story).map(({ number }) => number)).toEqual([1, 2, 6]);
    const [journal] = await findingsOf(story.root);
    expect(journal?.text).toBe('цел, цепочка документов не нарушена; принятые потери: после № 2');
  });

  it('accept-loss: an older copy put there by hand is taken as it is, and by nothing else', async () => {
    story = await begin({ mode: 2 });
    sell(1);
    await story.till.stop();
    const older = join(story.root, 'older.db');
    copyFileSync(pathsOf(story.root).journal, older);
    await story.restart();
    sell(2);
    await story.till.stop();
    removeJournal();
    copyFileSync(older, pathsOf(story.root).journal);
    await expect(story.restart()).rejects.toThrow('till: damaged');
    expect(command(runAcceptLoss)).toMatchObject({ code: 0, said: expect.stringContaining('Следующий получит № 4') });
    await expectGoesOn(4);
  });

  it('a payment under way is kept by all of them, and found out', async () => {
    story = await begin({ mode: 2 });
    sell(1);
    story.goods('2').press('f6');
    await startOplati(story, 2);
    await story.till.stop();
    expect(command(runNewJournal)).toMatchObject({ code: 0, said: expect.stringContaining('Незавершенных оплат: 1') });
    await story.restart();
    expect(story.document?.number).toBe(2);
    await story.until('paid', () => story.document?.payments[0]?.state === 'approved');
    expect(story.chargedKopecks()).toBe(1530);
  });
});

describe('a damaged journal', () => {
  async function soldAndStopped(): Promise<void> {
    story = await begin({ mode: 2 });
    for (let sale = 0; sale < 40; sale++) story.goods('1', '2', '3').press('f6', 'f8', 'enter');
    await story.till.stop();
  }

  it.each([6, 9, 14, 33])('page %i: what reads is copied, and the register goes on', async (page) => {
    await soldAndStopped();
    const file = openSync(pathsOf(story.root).journal, 'r+');
    writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, (page - 1) * 4096);
    closeSync(file);
    const copy = join(story.root, 'copy.db');
    const backup = command(runBackup, copy);
    expect(backup.code, backup.said).toBe(0);
    expect(command(runRestore, copy).code).toBe(0);
    await expectGoesOn(41);
    expect(documentsOf(story).length).toBeGreaterThan(30);
    expect(existsSync(join(pathsOf(story.root).data, 'journal.before-1.db'))).toBe(true);
  });

  it('a document that was changed by hand: accept-loss takes it, and says so for ever', async () => {
    await soldAndStopped();
    const database = new BetterSqlite3(pathsOf(story.root).journal);
    database.exec(`UPDATE documents SET body = replace(body, 'МОЛОКО', 'МАСЛО') WHERE number = 5`);
    database.close();
    expect(await damage()).toBe('изменен документ № 5');
    expect(command(runAcceptLoss).code).toBe(0);
    await expectGoesOn(41);
    const [journal] = await findingsOf(story.root);
    expect(journal?.text).toContain('изменен № 5');
  });

  it('that is no database at all: backup says so, new-journal goes on', async () => {
    await soldAndStopped();
    const { journal } = pathsOf(story.root);
    const bytes = readFileSync(journal);
    const file = openSync(journal, 'r+');
    writeSync(file, Buffer.alloc(bytes.length, 0x5a));
    closeSync(file);
    expect(await damage()).toBe('файл журнала поврежден');
    const nothing = { code: 5, said: expect.stringContaining('SYS-05 Не читается ничего') };
    expect(command(runBackup, join(story.root, 'copy.db'))).toMatchObject(nothing);
    expect(command(runAcceptLoss)).toMatchObject(nothing);
    expect(command(runNewJournal).code).toBe(0);
    await expectGoesOn(41);
  });
});

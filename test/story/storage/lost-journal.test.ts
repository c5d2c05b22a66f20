/** Absence is no fresh start: what the journal lacks of what its anchor knows is SYS-05, exit code 5. */
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTill, type Till, type TillOptions } from '../../../src/app/till.ts';
import { findingsOf } from '../../../src/cli/check-parts.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { defaultSettings } from '../../../src/settings/settings.ts';
import { removeFolder } from '../../remove-folder.ts';
import { begin, startOplati } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';

let story: Story;
let after: string;
beforeEach(() => {
  after = mkdtempSync(join(tmpdir(), 'kassa-lost-'));
});
afterEach(async () => {
  await story.end();
  removeFolder(after);
});

/** The root as a power cut leaves it: every file as it stands now. */
function cutPower(): void {
  cpSync(story.root, after, { recursive: true });
}

/** What a start on the cut root says. */
function problemOfStart(): string | null {
  const made = createTill({
    root: after,
    settings: defaultSettings,
    clock: {
      now: () => 0,
      wall: () => 0,
      boot: () => ({ bootId: 'boot-1', uptimeMs: 0 }),
      setTimeout: () => null,
      clearTimeout: () => undefined,
    },
    newAttemptId: () => 'attempt',
    screen: { columns: 80, rows: 25, paint: () => undefined, bell: () => undefined },
    version: '',
    onExit: () => undefined,
  } satisfies TillOptions);
  if (!('problem' in made)) {
    started = made;
    return null;
  }
  expect(made.problem).toBe('damaged');
  return made.say;
}
let started: Till | null = null;
afterEach(async () => {
  await started?.stop();
  started = null;
});

async function checked(): Promise<string | null> {
  const [journal] = await findingsOf(after);
  return journal?.damage ?? null;
}

/** Start and check say the same. */
async function expectLost(what: string | null): Promise<void> {
  expect(await checked()).toBe(what);
  expect(problemOfStart()).toBe(what);
}

async function threeSales(): Promise<void> {
  story = await begin({ mode: 2 });
  for (let sale = 0; sale < 3; sale++) story.goods('1').press('f6', 'f8', 'enter');
}

describe('a journal beside its anchor', () => {
  it('a power cut at any time loses nothing, and says nothing', async () => {
    await threeSales();
    story.goods('1');
    cutPower();
    await expectLost(null);
  });

  it('removed: the documents that are missing', async () => {
    await threeSales();
    cutPower();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${pathsOf(after).journal}${suffix}`, { force: true });
    await expectLost('файла журнала нет, потеряны документы № 1-3');
    expect(existsSync(pathsOf(after).journal)).toBe(false);
  });

  it('emptied: the same', async () => {
    await threeSales();
    cutPower();
    for (const suffix of ['-wal', '-shm']) rmSync(`${pathsOf(after).journal}${suffix}`, { force: true });
    truncateSync(pathsOf(after).journal, 0);
    await expectLost('файл журнала пуст, потеряны документы № 1-3');
  });

  // Incident: a receipt with a pending payment vanished, and `check` was content.
  it('without its -wal: the open receipt that was in it', async () => {
    await threeSales();
    story.goods('1').press('f6');
    await startOplati(story, 2);
    cutPower();
    for (const suffix of ['-wal', '-shm']) rmSync(`${pathsOf(after).journal}${suffix}`, { force: true });
    // How much of it was in the main file already is a matter of the last checkpoint.
    const lost = await checked();
    expect(lost).toMatch(/^потеряны (?:записи открытого документа|последние записи: \d+, документ) № 4$/);
    await expectLost(lost);
  });

  it('an older copy: the documents closed since', async () => {
    await threeSales();
    cutPower();
    const older = join(after, 'older.db');
    await story.till.stop();
    copyFileSync(pathsOf(story.root).journal, older);
    await story.restart();
    for (let sale = 0; sale < 2; sale++) story.goods('1').press('f6', 'f8', 'enter');
    cpSync(pathsOf(story.root).anchor, pathsOf(after).anchor);
    for (const suffix of ['-wal', '-shm']) rmSync(`${pathsOf(after).journal}${suffix}`, { force: true });
    cpSync(older, pathsOf(after).journal);
    await expectLost('потеряны документы № 4-5');
  });

  it('of another register: is not taken for this one', async () => {
    await threeSales();
    cutPower();
    await story.end();
    story = await begin({ mode: 2 });
    story.goods('1').press('f6', 'f8', 'enter');
    await story.till.stop();
    for (const suffix of ['-wal', '-shm']) rmSync(`${pathsOf(after).journal}${suffix}`, { force: true });
    cpSync(pathsOf(story.root).journal, pathsOf(after).journal);
    await expectLost('это другой журнал, прежний был по документ № 3');
    await story.restart();
  });

  it('an anchor that cannot be read, or none, is made anew beside a journal', async () => {
    await threeSales();
    cutPower();
    truncateSync(pathsOf(after).anchor, 0);
    await expectLost(null);
    await started?.stop();
    rmSync(pathsOf(after).anchor);
    await expectLost(null);
  });

  it('a fresh root starts without a word', async () => {
    story = await begin({ mode: 2 });
    expect(story.dialog).toBeNull();
  });
});

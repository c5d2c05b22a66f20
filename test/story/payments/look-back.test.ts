/** K30: the journal is lost or an older copy of it; each start asks for what was charged under our numbers without a trace. */
import { existsSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../src/settings/paths.ts';
import type { Settings } from '../../../src/settings/settings.ts';
import type { Story } from '../story.ts';
import { beginAtSubtotal, openUnfinished, startOplati, unfinished } from './oplati/shop.ts';
import { begin as beginPaymaster, payBySbp } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

/** A new disk: nothing of the journal is left, also not what tells of it; settings and tokens are. */
async function loseJournal(settings: Partial<Settings> = {}): Promise<void> {
  await story.till.stop();
  const { journal, anchor } = pathsOf(story.root);
  for (const path of [journal, `${journal}-wal`, `${journal}-shm`, anchor]) if (existsSync(path)) rmSync(path);
  await story.restart(settings);
}

const SALE: Record<string, () => Promise<void>> = {
  async 'О!плати'() {
    story = await beginAtSubtotal({ mode: 2, till: { looksBack: true } });
    await startOplati(story, 2);
    await story.until('paid', () => story.document?.payments[0]?.state === 'approved');
  },
  async PayMaster() {
    story = await beginPaymaster({ till: { looksBack: true } });
    story.goods('2').press('f6');
    payBySbp(story);
    await story.until('paid', () => story.document?.payments[0]?.state === 'approved');
  },
};

const charged = () => story.chargedKopecks() + story.otherChargedKopecks();
const row = () =>
  story
    .row(8)
    .replace(/^>\S+ \S+ +/, '')
    .replace(/ {2,}/g, ' | ');

async function decide(label: string): Promise<void> {
  story.press('f11');
  while (!story.screen.some((line) => line.includes(`> ${label}`))) story.press('down');
  story.press('type:1', 'enter', 'type:9999', 'enter');
  await story.until(
    'decided',
    () => !story.till.state.ui.busy && unfinished(story).every(({ operation }) => operation !== 'found'),
  );
}

describe.each(Object.keys(SALE))('%s', (name) => {
  it('a charge without a trace is listed once, and goes back when a senior says so', async () => {
    await SALE[name]?.();
    story.press('f8');
    await loseJournal();
    await story.until('found', () => unfinished(story).length === 1);
    openUnfinished(story);
    expect(row()).toMatch(/^(О!плати|PayMaster) \| ПРОДАЖА № 1 \| 15\.30 \| нет в журнале$/);
    await story.restart();
    await story.pass(10_000);
    expect(unfinished(story)).toHaveLength(1);
    openUnfinished(story);
    expect(charged()).toBe(1530);
    await decide('Вернуть покупателю');
    await story.until('given back', () => story.till.state.attempts.length === 0);
    expect(charged()).toBe(0);
    await story.restart();
    await story.pass(60_000);
    expect([unfinished(story).length, charged()]).toEqual([0, 0]);
  });

  it('what the buyer got his goods for stays, and is not asked about again', async () => {
    await SALE[name]?.();
    story.press('f8');
    await loseJournal();
    await story.until('found', () => unfinished(story).length === 1);
    openUnfinished(story);
    await decide('Товар выдан');
    await story.restart();
    await story.pass(60_000);
    expect([unfinished(story).length, charged()]).toEqual([0, 1530]);
  });

  it('what the journal knows, and what other registers have taken, is no news', async () => {
    await SALE[name]?.();
    story.press('f8');
    await story.restart();
    await story.pass(60_000);
    expect(unfinished(story)).toEqual([]);
    // Register 9 of the same account: its journal has none of register 8's.
    await loseJournal({ registerNumber: 9 });
    await story.pass(60_000);
    expect(unfinished(story)).toEqual([]);
  });
});

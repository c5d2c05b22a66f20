/** «Запросить состояние» (SCR-53) and Enter in the reconciliation (SCR-30) ask now; they do not postpone what silence would have decided. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../story.ts';
import { beginShop, CREATE_PATH, chooseMeans, serverOf } from './assist/shop.ts';
import { beginAtSubtotal, openUnfinished, startOplati, unfinished } from './oplati/shop.ts';

let story: Story;
afterEach(() => story.end());

const SALE = { path: '/pos/payments', method: 'POST' };

/** The request is dropped, the cashier leaves, and waits in the list. */
const LOST: Record<string, () => Promise<void>> = {
  async 'О!плати'() {
    story = await beginAtSubtotal({ mode: 2 });
    await story.oplati.fault('drop-request', 1, SALE);
    await startOplati(story, 2);
    await story.untilDialog('OPL-29');
    story.press('escape', 'escape');
  },
  async 'Ассист, СБП'() {
    story = await beginShop();
    await serverOf(story).fault('drop-request', 1, CREATE_PATH);
    await chooseMeans(story, 'СБП');
    await story.until('doubt', () => serverOf(story).requests().length > 1);
    story.press('escape');
    await story.untilDialog('AS-23');
    story.press('enter');
  },
};

/** @param press what the cashier does every 20 s. @returns how long the money stood undecided in the list */
async function timeToDecision(name: string, press: () => void): Promise<number> {
  await LOST[name]?.();
  openUnfinished(story);
  expect(unfinished(story), story.picture()).toHaveLength(1);
  const startedAtMs = story.clock.now();
  let pressedAtMs = startedAtMs;
  await story.until('decided', () => {
    const nowMs = story.clock.now();
    if (nowMs - pressedAtMs >= 20_000 && unfinished(story).length > 0) {
      pressedAtMs = nowMs;
      press();
    }
    return unfinished(story).length === 0;
  });
  const decidedMs = story.clock.now() - startedAtMs;
  expect([story.chargedKopecks(), story.otherChargedKopecks()]).toEqual([0, 0]);
  return decidedMs;
}

describe.each(Object.keys(LOST))('%s, the request is lost', (name) => {
  it('Enter every 20 s, and a restart every 20 s, decide as soon as patience does', async () => {
    const patience = await timeToDecision(name, () => undefined);
    await story.end();
    const asking = await timeToDecision(name, () => story.press('enter'));
    expect(asking).toBeLessThanOrEqual(patience + 6_000);
    await story.end();
    const restarts: Promise<unknown>[] = [];
    const restarted = await timeToDecision(name, () => restarts.push(story.restart()));
    expect(restarts.length).toBeGreaterThan(0);
    expect(restarted).toBeLessThanOrEqual(patience + 6_000);
  });
});

it('the hint tells the next question by itself, and Enter asks at once although it is far away', async () => {
  await LOST['О!плати']?.();
  await story.oplati.fault('http-500', 1000, { path: '/pos/paymentReports' });
  await story.pass(60_000);
  openUnfinished(story);
  const asked = () => story.oplati.requests().length;
  await story.until('a long pause', () => /через [3-6]\d с/.test(story.row(24)) || story.shows('через 5'));
  const before = asked();
  story.press('enter');
  await story.until('asked', () => asked() > before);
  expect(unfinished(story)).toHaveLength(1);
});

/** The clock of the till is put forward while the program is down, and a POST of its last life is still on its way (8.2.4). */
import { afterEach, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../../src/emulators/clock.ts';
import { shopClock } from '../../../shop-clock.ts';
import { CAPTURE_TIME, type Story } from '../../story.ts';
import { expectDialog, journalRows } from '../oplati/shop.ts';
import {
  beginAtSubtotal,
  expectBooksAgree,
  ledger,
  PLATE,
  payBySbp,
  server,
  UNKNOWN_RESULT,
  UNKNOWN_ROW,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const FORWARD_MS = 20 * 60_000;

it('the amount reaches the plate after the restart and is paid there: it was never taken for absent', async () => {
  const clock = new VirtualClock(CAPTURE_TIME);
  let offsetMs = 0;
  const ofTill = shopClock(clock, () => offsetMs);
  story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' }, clock, till: { clock: ofTill } });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  story.beforeSend = ({ method }) => {
    if (method !== 'POST') return;
    isHeld = true;
    return held;
  };
  /** The held request must not keep the story from going on. */
  const go = (what: string, isSo: () => boolean) =>
    vi.waitFor(
      () => {
        if (isSo()) return;
        clock.advance(100);
        throw new Error(`never: ${what}\n${story.picture()}`);
      },
      { interval: 2, timeout: 30_000 },
    );

  payBySbp(story);
  await go('the POST is on its way', () => isHeld);
  await story.till.stop();
  offsetMs = FORWARD_MS;
  await story.restart();
  story.press('enter');
  await go('told', () => story.dialog !== null && story.dialog !== 'PM-01');
  expectDialog(story, 'PM-06', 'Ошибка', UNKNOWN_RESULT);
  story.press('enter');
  expect(journalRows(story)).toEqual([UNKNOWN_ROW]);

  release();
  await go('the amount is on the plate', () => ledger(story).length === 1);
  server(story).payer('confirm');
  await untilSettled(story);
  expect(ledger(story)).toEqual(['payment 15.30 Settled']);
  expect(story.document?.payments.map(({ state }) => state)).toEqual(['approved']);
  story.press('f8');
  expectBooksAgree(story);
});

/** A token for tests stands in the settings of a real till: no money moves, whatever the server calls `Settled`. */
import { afterEach, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { expectDialog, journalRows } from '../oplati/shop.ts';
import { beginAtSubtotal, expectPaid, ledger, payBySbp, UNKNOWN_ROW } from './shop.ts';

let story: Story;
afterEach(() => story.end());

it('testMode 0: PM-20, the receipt is not paid by it, however long it is asked', async () => {
  story = await beginAtSubtotal({ emulator: { isTestToken: true } });
  payBySbp(story);
  await story.untilDialog('PM-20');
  const text = 'Процессинг провел тестовую оплату, денег по ней нет. Обратитесь в службу технической поддержки';
  expectDialog(story, 'PM-20', 'Ошибка', text);
  story.press('enter');
  await story.pass(10 * 60_000);
  expect(ledger(story)).toEqual(['payment 15.30 Settled']);
  expect(journalRows(story), story.picture()).toEqual([UNKNOWN_ROW]);
  expect(story.log()).toContain('says a test payment');
});

it('testMode 1, for training: it counts', async () => {
  story = await beginAtSubtotal({ conf: { testMode: true }, emulator: { isTestToken: true } });
  payBySbp(story);
  await expectPaid(story);
});

/** One receipt paid in cash, by О!плати, PayMaster and a card through Assist, and returned in two parts. */
import { afterEach, expect, it } from 'vitest';
import {
  askWhole,
  closeReturn,
  drawerKopecks,
  expectBooks as expectOplatiBooks,
  returnPart,
  setReturned,
  takePayments,
} from '../returns/counter.ts';
import type { Story } from '../story.ts';
import { beginWithReader, closeResult, connectReader, expectBooks, serverOf } from './assist/shop.ts';
import { journalRows } from './oplati/shop.ts';
import { paySbp } from './paymaster/shop.ts';

let story: Story;
afterEach(() => story.end());

const SOLD = 'МОЛОКО, БИФИЛЮКС, СОК: 50.00 + 15.30 + 70.90';

/** What each system holds, in kopecks. */
function held(): { cash: number; oplati: number; others: number; assist: number } {
  let assist = 0;
  for (const { kind, state, sumKopecks } of serverOf(story).ledger()) {
    if (state === 'Approved') assist += kind === 'payment' ? sumKopecks : -sumKopecks;
  }
  return {
    cash: drawerKopecks(story),
    oplati: story.chargedKopecks(),
    others: story.otherChargedKopecks() - assist,
    assist,
  };
}

it(`${SOLD} by four systems; back in two parts, each the way it came`, async () => {
  ({ story } = await beginWithReader({ paymaster: {} }, '1', '2', '3'));
  await takePayments(story, ['cash 10', 'oplati 20']);
  await paySbp(story, '30');
  await connectReader(story);
  await closeResult(story, 'AS-04', 'Оплачен');
  expect(journalRows(story).at(-1)).toBe('Ассист, картридер | 76.20');
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
  expect(held()).toEqual({ cash: 1000, oplati: 2000, others: 3000, assist: 7620 });

  returnPart(story, 1);
  setReturned(story, 1, '0');
  setReturned(story, 2, '1');
  setReturned(story, 3, '1');
  story.press('f6');
  await story.untilDialog('DOM-102');
  for (const row of ['> 1  Ассист', '2  Оплата по QR-коду']) expect(story.shows(row), story.picture()).toBe(true);
  story.press('enter');
  await closeReturn(story);
  expect(held()).toEqual({ cash: 1000, oplati: 2000, others: 2000, assist: 0 });
  expectBooks(story);

  askWhole(story, 1);
  await story.untilDialog('DOM-102');
  expect(story.shows('Ассист'), story.picture()).toBe(false);
  story.press('enter');
  await closeReturn(story);
  expect(held()).toEqual({ cash: 0, oplati: 0, others: 0, assist: 0 });
  expectBooks(story);
  expectOplatiBooks(story);
});

/** How a return gives the money back is decided once: before anything leaves, and kept when something of it fails. */
import { afterEach, describe, expect, it } from 'vitest';
import { answerDialog, begin, expectDialog, journalRows, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import {
  askWhole,
  closeReturn,
  drawerKopecks,
  expectBooks,
  expectUnpaidReturn,
  lastClosed,
  operations,
  REVERSAL,
  returnPart,
  sell,
  setReturned,
  untilFree,
  untilPaid,
} from './counter.ts';

let story: Story;
afterEach(() => story.end());

/** The rows of DOM-102 as they stand, but for the times that tell two of the same means apart. */
function offered(): string[] {
  expect(story.dialog, story.picture()).toBe('DOM-102');
  return story.screen.flatMap((row) => {
    const text = /│ ([> ] \d {2}.+\d) +│/.exec(row)?.[1];
    return text === undefined
      ? []
      : [
          text
            .replace(/ \d\d:\d\d:\d\d/, '')
            .replace(/ {2,}/g, '  ')
            .trim(),
        ];
  });
}

describe('a retry keeps the plan', () => {
  /** 3 x 15.30 paid О!плати 15, cash 15.90, О!плати 15; two pieces go back: О!плати, О!плати, cash. */
  async function planned(): Promise<void> {
    story = await begin();
    story.press('type:3', '*');
    await sell(story, ['2'], 'oplati 15', 'cash 15.90', 'oplati');
    returnPart(story, 1);
    setReturned(story, 1, '2');
    story.press('f6');
    expect(offered()).toEqual(['> 1  О!плати  15.00', '2  Руб  15.60', '3  О!плати  0.00']);
    story.press('down', 'down', 'pageup');
    expect(offered()).toEqual(['1  О!плати  15.00', '> 2  О!плати  15.00', '3  Руб  0.60']);
  }

  // Incident: after OPL-14 two Enter, one for the message and one to go on, paid 15.60 out of the drawer.
  it('the second refund ends in OPL-14: the question stands as it was decided, what went back is marked', async () => {
    await planned();
    let refunds = 0;
    story.beforeSend = async (request) => {
      if (request.url.endsWith('/reversals') && ++refunds === 2) await story.oplati.fault('drop-request', 1, REVERSAL);
    };
    story.press('enter');
    await answerDialog(story, 'OPL-14', 'Ошибка', 'Ошибка обращения к серверу');
    expect(journalRows(story)).toEqual(['О!плати | 15.00']);
    story.press('enter');
    expect(journalRows(story)).toEqual(['О!плати | 15.00']);
    expect(offered()).toEqual(['1  О!плати, возвращено  15.00', '> 2  О!плати  15.00', '3  Руб  0.60']);
    story.press('enter');
    await closeReturn(story);
    expect(operations(story).slice(2)).toEqual(['3 15.00', '3 15.00']);
    expect(lastClosed(story).payments.at(-1)).toMatchObject({ amountKopecks: 60, currency: { code: 1 } });
    expectBooks(story);
  });

  it('the first refund fails (OPL-01, then OPL-13): the order is the decided one, after a restart as well', async () => {
    await planned();
    await story.oplati.fault('refuse');
    story.press('enter');
    await answerDialog(story, 'OPL-01', 'Ошибка', 'Ошибка соединения с сервером');
    story.press('enter');
    const plan = ['> 1  О!плати  15.00', '2  О!плати  15.00', '3  Руб  0.60'];
    expect(offered()).toEqual(plan);
    story.press('enter');
    await story.untilDialog('OPL-13');
    story.press('enter', 'f8');
    expect(offered()).toEqual(plan);
    story.press('escape');
    expectUnpaidReturn(story, '30.60');
    await story.restart();
    story.press('enter', 'enter');
    expect(offered()).toEqual(plan);
    await story.oplati.fault('none');
    story.press('enter');
    await closeReturn(story);
    expectBooks(story);
  });

  it('a refund that is taken back comes again in its place', async () => {
    await planned();
    story.press('enter');
    await untilPaid(story);
    story.press('escape', 'up', 'enter');
    await untilFree(story);
    story.press('enter');
    expect(offered()).toEqual(['1  О!плати, возвращено  15.00', '> 2  О!плати  15.00', '3  Руб, возвращено  0.60']);
    story.press('enter');
    await closeReturn(story);
    expectBooks(story);
  });

  it('another means than the planned one is asked about, with the sum and both names (DOM-109)', async () => {
    await planned();
    await story.oplati.fault('refuse');
    story.press('enter');
    await story.untilDialog('OPL-01');
    story.press('enter', 'type:15', 'enter');
    expectDialog(story, 'DOM-109', 'Выберите действие', 'Вернуть покупателю 15.00: Руб вместо О!плати?');
    story.press('escape');
    expectUnpaidReturn(story, '30.60');
    payWith(story, 1);
    expectDialog(story, 'DOM-109', 'Выберите действие', 'Вернуть покупателю 15.90: Руб вместо О!плати?');
    story.press('enter');
    expect(journalRows(story)).toEqual(['Руб | 15.90']);
    expect(operations(story)).toEqual(['1 15.00', '1 15.00']);
    await story.oplati.fault('none');
    story.press('enter');
    expect(offered()).toEqual(['> 1  О!плати  14.70', '2  О!плати  0.00', '3  Руб, возвращено  15.90']);
    story.press('enter');
    await closeReturn(story);
    expectBooks(story);
  });
});

describe('cash in place of an electronic payment', () => {
  it('is chosen before anything leaves: F7 in DOM-102, nothing is sent to the wallet', async () => {
    story = await begin({ settings: { cashForElectronicReturn: true } });
    await sell(story, ['1', '2'], 'oplati 60', 'cash');
    askWhole(story, 1);
    expect(offered()).toEqual(['> 1  Руб  5.30', '2  О!плати  60.00']);
    story.press('down', 'f7');
    expect(offered()).toEqual(['1  Руб  5.30', '> 2  О!плати: наличными  60.00']);
    expect(story.row(25)).toContain('F7 Как оплачено');
    story.press('enter');
    expect(journalRows(story)).toEqual(['Руб | 5.30', 'Руб | 60.00']);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 60.00']);
    expect(drawerKopecks(story)).toBe(-6000);
  });

  it('is not offered where the shop does not allow it', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    askWhole(story, 1);
    expect(story.row(25)).not.toContain('F7');
    story.press('f7');
    expect(offered()).toEqual(['> 1  О!плати  15.30']);
    expect(operations(story)).toEqual(['1 15.30']);
    story.press('escape');
    expectUnpaidReturn(story, '15.30');
  });
});

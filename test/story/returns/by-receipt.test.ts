/** A return by the sale's receipt: the way there, whole and in parts, to the means it was paid with (domain.md 2.14). */
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { begin, expectDialog, journalRows, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import {
  askWhole,
  closedDocuments,
  closeReturn,
  confirmRefund,
  drawerKopecks,
  expectBooks,
  expectUnpaidReturn,
  giveBackAgain,
  lastClosed,
  operations,
  returnPart,
  returnWhole,
  sell,
  setReturned,
  takePayments,
  untilFree,
  viewSale,
  withGoods,
} from './counter.ts';

let story: Story;
afterEach(() => story.end());

describe('the picker (SCR-17)', () => {
  const rows = () =>
    Array.from({ length: 13 }, (_, index) => story.row(10 + index)).filter((row) => /\d{2}\.\d{2}\.\d{4}/.test(row));
  const numbers = () => rows().map((row) => Number(/^.\s*(\d+)/.exec(row)?.[1]));

  it('lists sales newest first with their currencies; digits find by number, Backspace takes them back', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 10', 'cash');
    for (let sale = 2; sale <= 12; sale++) {
      await story.pass(60_000);
      await sell(story, ['2'], sale === 11 ? 'oplati' : 'cash');
    }
    story.press('f9');
    expect(numbers()).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(rows()[1]).toMatch(/11 +11 {2}22\.08\.2023 17:24 {2}Чек продажи +Опла +закрыт +15\.30$/);
    expect(rows()[11]).toMatch(/Чек продажи +Опла, Руб +закрыт +65\.30$/);
    story.press('type:1');
    expect(numbers()).toEqual([1, 12, 11, 10]);
    story.press('type:1');
    expect(numbers()).toEqual([11]);
    story.press('type:9');
    expect(numbers()).toEqual([]);
    story.press('enter');
    expectDialog(story, 'DOM-60', 'Предупреждение', 'Документ не найден');
    story.press('enter', 'backspace', 'backspace', 'backspace');
    expect(numbers()).toHaveLength(12);
    story.press('escape').goods('2');
    expect(story.row(4)).toMatch(/^ ПРОДАЖА № 13 /);
  });

  it('F2 filters by day; a receipt scanned by its number is found; an impossible date is refused', async () => {
    story = await begin({ clock: new VirtualClock(Date.parse('2023-08-22T23:58:00+03:00')) });
    await sell(story, ['2'], 'cash');
    await story.pass(5 * 60_000);
    await sell(story, ['1'], 'cash');
    story.press('f9', 'f2', 'type:230823');
    expect(story.row(6)).toContain('Дата: [23.08.23]');
    expect(numbers()).toEqual([2]);
    story.press('f2', 'type:220823');
    expect(numbers()).toEqual([1]);
    story.press('f2', 'type:310223');
    expect(story.row(24)).toMatch(/^ Неверная дата/);
    story.press('enter');
    expect(numbers()).toEqual([2, 1]);
    story.scan('1');
    expect(numbers()).toEqual([1]);
    story.press('enter');
    expect(story.row(6)).toBe(' ПРОДАЖА № 1 Мастер');
    expect(story.row(24)).toMatch(/^ Нажмите "Ввод" для продолжения возврата/);
  });

  // Incident: it opened № 12, whose number only begins so.
  it('`1` Enter of a returned receipt says DOM-61', async () => {
    story = await begin();
    for (let sale = 1; sale <= 10; sale++) await sell(story, ['2'], 'cash');
    returnWhole(story, 1);
    await closeReturn(story);
    await sell(story, ['2'], 'cash');
    story.press('f9', 'type:1');
    expect(numbers()).toEqual([12, 10]);
    story.press('enter');
    expectDialog(story, 'DOM-61', 'Предупреждение', 'Чек полностью возвращен');
    story.press('enter', 'down', 'enter');
    expect(story.row(6)).toMatch(/ПРОДАЖА № 10 /);
    story.press('escape', 'type:1');
    story.press('enter');
    expectDialog(story, 'DOM-60', 'Предупреждение', 'Документ не найден');
  });

  it('an empty list answers DOM-60, an open receipt keeps F9 from acting and says why', async () => {
    story = await begin();
    story.press('f9', 'enter');
    expectDialog(story, 'DOM-60', 'Предупреждение', 'Документ не найден');
    story.press('enter', 'escape').goods('2').press('f9');
    expect(story.row(24)).toMatch(/^ Клавиша недоступна: /);
    expect(story.document?.type).toBe('sale');
  });
});

describe('a whole return', () => {
  it('goes back to the wallet at once, closes by F8, and the sale leaves the list', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati');
    viewSale(story, 1);
    expect(story.row(10)).toMatch(/МОЛОКО БМК 1\.5% 1Л П\/П +1 +50\.00$/);
    expect(story.screen.some((row) => /Получено +О!плати +65\.30/.test(row))).toBe(true);
    story.press('enter');
    expectDialog(
      story,
      'DOM-102',
      'Возврат оплат',
      'Вернуть покупателю: 65.30 > 1  О!плати                              65.30',
    );
    expect(operations(story)).toEqual(['1 65.30']);
    story.press('enter');
    expect(story.dialog).toBe('OPL-26');
    expect(story.shows('Возврат ожидает подтверждения')).toBe(true);
    await untilFree(story);
    expect(story.row(4)).toBe(' ВОЗВРАТ ПО ЧЕКУ № 2');
    expect(journalRows(story)).toEqual(['О!плати | 65.30']);
    expect(story.row(22)).toBe(' Получено: 65.30');
    expect(story.row(23)).toMatch(/Сдача: 0\.00$/);
    expect(operations(story)).toEqual(['1 65.30', '3 65.30']);
    await closeReturn(story);
    expectBooks(story);
    story.press('f9', 'type:1');
    expect(story.screen.some((row) => row.includes('Чек продажи'))).toBe(false);
    story.press('enter');
    expectDialog(story, 'DOM-61', 'Предупреждение', 'Чек полностью возвращен');
  });

  it('the slip says ВОЗВРАТ and names the source receipt; the О!плати slip says that it is a return', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    await story.until('sale slip', () => story.paper().includes('ИТОГ'));
    const before = story.paper().length;
    returnWhole(story, 1);
    await closeReturn(story);
    await story.until('both slips', () => story.till.state.printJobs.length === 0);
    const slip = story.paper().slice(before);
    expect(slip).toContain('ВОЗВРАТ');
    expect(slip).toMatch(/чек\S* (?:продажи )?№ ?1\b/i);
    expect(slip).toContain('15.30');
    const [, , reversal] = [null, ...story.oplati.ledger()];
    expect(slip).toContain(String(reversal?.paymentId));
  });

  it('cash comes out of the drawer; change that was given is not given back a second time', async () => {
    story = await begin();
    await sell(story, ['2'], 'cash 20');
    expect(drawerKopecks(story)).toBe(1530);
    returnWhole(story, 1);
    expect(journalRows(story)).toEqual(['Руб | 15.30']);
    await closeReturn(story);
    expect(drawerKopecks(story)).toBe(0);
    expectBooks(story);
  });

  it('the change of a mixed receipt came out of the cash: О!плати and cash go back to the kopeck', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 60', 'cash 10');
    askWhole(story, 1);
    expect(story.dialog).toBe('DOM-102');
    expect(story.screen.some((row) => /> 1 {2}Руб +5\.30/.test(row))).toBe(true);
    expect(story.screen.some((row) => / {2}2 {2}О!плати +60\.00/.test(row))).toBe(true);
    story.press('enter');
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expect(drawerKopecks(story)).toBe(0);
    expectBooks(story);
  });
});

describe('a mixed receipt goes back to the means it was paid with', () => {
  it('last payment first, in the order that DOM-102 shows', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'card 5', 'oplati 20', 'cash');
    askWhole(story, 1);
    expectDialog(
      story,
      'DOM-102',
      'Возврат оплат',
      'Вернуть покупателю: 65.30 > 1  Руб                                  40.30 2  О!плати                              20.00 3  Автономный терминал                   5.00',
    );
    story.press('enter');
    await story.until('the terminal asks', () => story.dialog === 'DOM-99');
    expect(journalRows(story).slice(0, 2)).toEqual(['Руб | 40.30', 'О!плати | 20.00']);
    story.press('enter');
    await closeReturn(story);
    expect(lastClosed(story).payments.map(({ currency, amountKopecks }) => [currency.code, amountKopecks])).toEqual([
      [1, 4030],
      [7, 2000],
      [3, 500],
    ]);
    expectBooks(story);
  });

  it('DOM-102: PgUp and PgDn change the order, a part takes what its order says', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 20', 'cash');
    returnPart(story, 1);
    setReturned(story, 1, '0');
    story.press('f6');
    expect(story.dialog).toBe('DOM-102');
    expect(story.screen.some((row) => /> 1 {2}Руб +15\.30/.test(row))).toBe(true);
    expect(story.screen.some((row) => / 2 {2}О!плати +0\.00/.test(row))).toBe(true);
    story.press('down', 'pageup');
    expect(story.screen.some((row) => /> 1 {2}О!плати +15\.30/.test(row))).toBe(true);
    story.press('enter');
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 20.00', '3 15.30']);
    expect(lastClosed(story).payments).toHaveLength(1);
    // The rest of the sale: 4.70 of the wallet's money are left, 45.30 of the cash.
    askWhole(story, 1);
    expect(story.screen.some((row) => /> 1 {2}Руб +45\.30/.test(row))).toBe(true);
    story.press('enter');
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expect(drawerKopecks(story)).toBe(0);
    expectBooks(story);
  });

  it('DOM-102 Esc gives nothing back; Ввод asks again', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati 10', 'cash');
    askWhole(story, 1);
    story.press('escape');
    expectUnpaidReturn(story, '15.30');
    expect(operations(story)).toEqual(['1 10.00']);
    story.press('enter');
    expect(story.dialog).toBe('DOM-102');
    story.press('enter');
    await closeReturn(story);
    expectBooks(story);
  });

  it('three О!плати payments of one receipt are reversed one by one', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati 1', 'oplati 2', 'oplati');
    askWhole(story, 1);
    expect(story.dialog).toBe('DOM-102');
    story.press('enter');
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 1.00', '1 2.00', '1 12.30', '3 12.30', '3 2.00', '3 1.00']);
    expectBooks(story);
  });
});

describe('a partial return (SCR-20)', () => {
  it('lines out, lower quantities, DOM-62 and DOM-20; several returns until nothing is left', async () => {
    story = await begin();
    story.goods('1', '2').press('type:3', '*').goods('3').press('f6');
    await takePayments(story, ['oplati']);
    story.press('f8');
    returnPart(story, 1);
    expect(story.row(4)).toMatch(/^ ВОЗВРАТ ПО ЧЕКУ № 2 +278\.00$/);
    expect(story.row(10)).toMatch(/^[> ]СОК РИЧ ЯБЛОКО 1Л +3 +0 +3 +212\.70$/);
    story.press('home', 'down', 'f4');
    setReturned(story, 3, '4');
    expectDialog(story, 'DOM-62', 'Предупреждение', 'Количество превышает проданное');
    // The old value: what was typed is gone, the next digits do not join it.
    story.press('enter');
    expect(story.row(21)).not.toContain('Ввод');
    setReturned(story, 3, '1.5');
    expect(story.dialog).toBe('DOM-20');
    story.press('enter', 'escape');
    setReturned(story, 3, '1');
    expect(story.row(9)).toMatch(/1 +0 +0 +0\.00$/);
    expect(story.row(10)).toMatch(/3 +0 +1 +70\.90$/);
    expect(story.row(23)).toMatch(/Сумма возврата: 120\.90$/);
    expect(story.row(21)).toMatch(/^ Чек продажи № 1 от 22\.08\.23/);
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    expect(lastClosed(story).lines.map(({ goods, sumKopecks }) => [goods.code, sumKopecks])).toEqual([
      ['1', 5000],
      ['3', 7090],
    ]);
    story.press('f9', 'type:1');
    expect(story.screen.some((row) => row.includes('возврат части'))).toBe(true);
    story.press('enter', 'f3');
    expect(story.row(8)).toMatch(/1 +1 +0 +0\.00$/);
    expect(story.row(10)).toMatch(/3 +1 +2 +141\.80$/);
    setReturned(story, 1, '1');
    expectDialog(story, 'DOM-62', 'Предупреждение', 'Количество превышает проданное');
    story.press('enter', 'escape');
    setReturned(story, 2, '0');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    returnWhole(story, 1);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 278.00', '3 120.90', '3 141.80', '3 15.30']);
    expect(story.chargedKopecks()).toBe(0);
    story.press('f9', 'type:1');
    expect(story.screen.some((row) => row.includes('Чек продажи'))).toBe(false);
    expectBooks(story);
  });

  it('three pieces paid 10.00 come back as 3.33, 3.34 and 3.33, to the wallet and on paper', async () => {
    story = await begin({ prepare: withGoods({ code: '7001', name: 'СЫРОК', priceKopecks: 351 }) });
    // Five percent of 10.53 leave 10.00.
    story.oplati.setLoyaltyCards([{ cardNumber: '2900000000018', programName: 'x' }]);
    story.press('f5');
    await story.untilShows('Карта О!плати');
    story.press('type:3', '*').goods('7001').press('f6');
    expect(story.row(23)).toMatch(/Скидка: 0\.53 .* К оплате: 10\.00$/);
    await takePayments(story, ['oplati']);
    story.press('f8');
    for (const expected of ['3.33', '3.34', '3.33']) {
      returnPart(story, 1);
      setReturned(story, 1, '1');
      expect(story.row(8).endsWith(` ${expected}`), story.picture()).toBe(true);
      story.press('f6');
      confirmRefund(story);
      await closeReturn(story);
    }
    expect(operations(story)).toEqual(['1 10.00', '3 3.33', '3 3.34', '3 3.33']);
    expect(closedDocuments(story).slice(1)).toMatchObject([{ discountKopecks: 0 }, { discountKopecks: 0 }, {}]);
    expectBooks(story);
  });

  it('goods by weight: a part of a kilogram is refunded at what was paid for it', async () => {
    story = await begin();
    story.press('type:0.333', '*').goods('4').press('f6', 'f8');
    expect(lastClosed(story).totalKopecks).toBe(133);
    for (const [quantity, sum] of [
      ['0.1', '0.40'],
      ['0.1', '0.40'],
      ['0.133', '0.53'],
    ] as const) {
      returnPart(story, 1);
      setReturned(story, 1, quantity);
      expect(story.row(8).endsWith(` ${sum}`), story.picture()).toBe(true);
      story.press('f6');
      confirmRefund(story);
      await closeReturn(story);
    }
    expect(drawerKopecks(story)).toBe(0);
    expectBooks(story);
  });

  it('nothing chosen: F6 says DOM-30, Esc leads back to the sale in the list, no number is paid out', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    returnPart(story, 1);
    story.press('f4', 'f6');
    expectDialog(story, 'DOM-30', 'Предупреждение', 'В чеке нет позиций');
    story.press('enter', 'escape');
    expect(story.row(4)).toBe(' Просмотр документа');
    expect(lastClosed(story)).toMatchObject({ type: 'returnBySale', status: 'annulled', payments: [] });
    giveBackAgain(story);
    await closeReturn(story);
    expectBooks(story);
  });

  it('F11 gives up the whole return; the sale can be returned afterwards', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    returnPart(story, 1);
    story.press('f11');
    expectDialog(story, 'DOM-41', 'Выберите действие', 'Аннулировать чек?');
    story.press('enter');
    expect(story.document).toBeNull();
    expect(operations(story)).toEqual(['1 15.30']);
    returnWhole(story, 1);
    await closeReturn(story);
    expectBooks(story);
  });

  it('allowSeveralBackBySale off: the second return is refused with DOM-67', async () => {
    story = await begin({ settings: { allowSeveralBackBySale: false } });
    await sell(story, ['1', '2'], 'oplati');
    returnPart(story, 1);
    setReturned(story, 1, '0');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    viewSale(story, 1);
    story.press('enter');
    expectDialog(story, 'DOM-67', 'Предупреждение', 'Повторный возврат по чеку запрещен');
    expect(story.document).toBeNull();
    expectBooks(story);
  });
});

describe('cash instead of the electronic part', () => {
  it('is refused unless the shop allows it: DOM-34, nothing is paid out', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati');
    await story.oplati.fault('refuse');
    returnWhole(story, 1);
    await story.untilDialog('OPL-01');
    story.press('enter');
    payWith(story, 1);
    expectDialog(story, 'DOM-34', 'Предупреждение', 'Тип оплаты недоступен для этого документа');
    story.press('enter', 'type:15.30', 'enter');
    expect(story.dialog).toBe('DOM-34');
    story.press('enter');
    expectUnpaidReturn(story, '15.30');
  });

  it('cashForElectronicReturn on: the drawer pays, the wallet keeps, a later part is still exact', async () => {
    story = await begin({ settings: { cashForElectronicReturn: true } });
    await sell(story, ['1', '2'], 'oplati');
    await story.oplati.fault('refuse');
    returnPart(story, 1);
    setReturned(story, 1, '0');
    story.press('f6', 'enter');
    await story.untilDialog('OPL-01');
    story.press('enter');
    payWith(story, 1);
    expectDialog(story, 'DOM-109', 'Выберите действие', 'Вернуть покупателю 15.30: Руб вместо О!плати?');
    story.press('enter');
    expect(journalRows(story)).toEqual(['Руб | 15.30']);
    await closeReturn(story);
    expect(drawerKopecks(story)).toBe(-1530);
    await story.oplati.fault('none');
    returnWhole(story, 1);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(1530);
    expect(lastClosed(story).totalKopecks).toBe(5000);
    expectBooks(story);
  });
});

/** Several payments in one receipt, sums that are refused, and the terminal without a cable. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../story.ts';
import {
  answerDialog,
  beginAtSubtotal,
  documentsOf,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  payWith,
  startOplati,
} from './oplati/shop.ts';

let story: Story;
afterEach(() => story.end());

const OVER = 'Сумма безналичной оплаты превышает сумму к оплате';

describe('a mixed payment', () => {
  it.each([0, 1, 2] as const)('mode %i: cash, then О!плати for the rest', async (mode) => {
    story = await beginAtSubtotal({ mode });
    payWith(story, 1, '10');
    expectSubtotal(story, '5.30');
    await startOplati(story, mode);
    await story.untilShows('Нажмите "Итого"');
    expect(journalRows(story)).toEqual(['Руб | 10.00', 'О!плати | 5.30']);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(story.chargedKopecks()).toBe(530);
    expectBooksAgree(story);
  });

  it.each([
    ['the card after О!плати', 7, 3],
    ['О!плати after the card', 3, 7],
  ] as const)('where the shop forbids both in one receipt: %s is refused (DOM-34)', async (_name, first, second) => {
    story = await beginAtSubtotal({ mode: 2, settings: { cardAndOplatiTogether: false } });
    payWith(story, first, '5.30');
    await story.until('paid', () => {
      if (story.dialog === 'DOM-99') story.press('enter');
      return story.row(23).endsWith('К оплате: 10.00');
    });
    payWith(story, second, '1');
    expect(story.dialog, story.picture()).toBe('DOM-34');
    story.press('enter');
    expectSubtotal(story, '10.00');
    payWith(story, 1);
    story.press('f8');
    expect(story.document).toBeNull();
    expectBooksAgree(story);
  });

  it('a part by О!плати, the rest in cash with change', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2, '5.30');
    await story.until('paid', () => journalRows(story).includes('О!плати | 5.30'));
    expectSubtotal(story, '10.00');
    story.press('type:20', 'f8');
    expect(story.shows('С Д А Ч А :   10.00')).toBe(true);
    expect(story.chargedKopecks()).toBe(530);
    expectBooksAgree(story);
  });

  it('two parts by О!плати are two orders', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2, '5');
    await story.until('paid', () => journalRows(story).includes('О!плати | 5.00'));
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    expect(journalRows(story)).toEqual(['О!плати | 5.00', 'О!плати | 10.30']);
    story.press('f8');
    expect(story.oplati.ledger().map(({ sumKopecks }) => sumKopecks)).toEqual([500, 1030]);
    expectBooksAgree(story);
  });

  it('DOM-33: a cashless sum over the rest, before anything is sent', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    for (const currency of [7, 3]) {
      payWith(story, currency, '15.31');
      await answerDialog(story, 'DOM-33', 'Предупреждение', OVER);
      expectSubtotal(story, '15.30');
    }
    expect(story.oplati.requests()).toEqual([]);
    expectBooksAgree(story);
  });

  it('the terminal asks the cashier: Нет leaves the sum, Да counts it', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    payWith(story, 3, '5');
    const question = 'Проведите оплату на терминале: 5.00. Оплата прошла?';
    expectDialog(story, 'DOM-99', 'Автономный терминал', question);
    story.press('escape');
    expectSubtotal(story, '15.30');
    payWith(story, 3, '5');
    expectDialog(story, 'DOM-99', 'Автономный терминал', question);
    story.press('enter');
    expectSubtotal(story, '10.30');
    await startOplati(story, 2, '0.30');
    await story.until('paid', () => journalRows(story).length === 2);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expect(documentsOf(story)[0]?.payments.map(({ currency, state }) => [currency.code, state])).toEqual([
      [3, 'declined'],
      [3, 'approved'],
      [7, 'approved'],
      [1, 'approved'],
    ]);
    expectBooksAgree(story);
  });

  it('a cancel names the last payment, Up and Down another one; only that one goes back', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    payWith(story, 1, '10');
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    story.press('escape');
    expectDialog(story, 'OPL-25', 'Выберите действие', 'Отменить оплату? О!плати 5.30');
    story.press('down', 'up');
    expectDialog(story, 'OPL-25', 'Выберите действие', 'Отменить оплату? Руб 10.00');
    story.press('enter');
    expectSubtotal(story, '10.00');
    expect(journalRows(story)).toEqual(['О!плати | 5.30']);
    expect(story.chargedKopecks()).toBe(530);
    expectBooksAgree(story);
  });
});

describe('the number of an order', () => {
  it('a refused payment uses none up, so a restart in the same receipt never gives one out twice', async () => {
    story = await beginAtSubtotal({ mode: 2, emulator: { buyer: 'declines' } });
    payWith(story, 7, '99');
    await answerDialog(story, 'DOM-33', 'Предупреждение', OVER);
    await startOplati(story, 2);
    await answerDialog(story, 'OPL-05', 'Ошибка', 'Отказ от платежа. Клиент не подтвердил платеж');
    await story.restart();
    story.press('enter');
    story.oplati.setBuyer('pays');
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    const numbers = story.oplati.ledger().map(({ orderNumber }) => orderNumber);
    expect(new Set(numbers).size).toBe(2);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });
});

describe('the books of these stories', () => {
  it('notice money that О!плати no longer holds, and a charge that no receipt counts', async () => {
    story = await beginAtSubtotal({ mode: 2 });
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    story.press('f8');
    expectBooksAgree(story);
    const inCabinet = (path: string, body: object) =>
      fetch(`${story.oplati.url}/pos/${path}`, {
        method: 'POST',
        headers: { regNum: 'OPL000000002', token: 'token-of-the-shop' },
        body: JSON.stringify({ ...body, details: { items: [{ type: 1, name: 'x', cost: 1 }] } }),
      });
    const [row] = story.oplati.ledger();
    await inCabinet(`payments/${row?.paymentId}/reversals`, { sum: 15.3, orderNumber: 'CABINET-1' });
    expect(story.chargedKopecks()).toBe(0);
    expect(() => expectBooksAgree(story)).toThrow();
  });
});

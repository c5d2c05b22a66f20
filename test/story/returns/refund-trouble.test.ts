/** A return by receipt while the network or the server does not do what is asked (oplati.md 8.2, 8.3). */
import { afterEach, describe, expect, it } from 'vitest';
import { answerDialog, begin, expectDialog, journalRows, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import {
  askWhole,
  cancelPayment,
  closeReturn,
  confirmRefund,
  expectBooks,
  expectUnpaidReturn,
  giveBackAgain,
  NO_CONNECTION,
  operations,
  QUEUED,
  REVERSAL,
  returnPart,
  returnWhole,
  sell,
  setReturned,
  UNAVAILABLE,
  untilFree,
  untilPaid,
  untilSettled,
} from './counter.ts';

const undecided = (cannot: string) => `Возврат оплаты в состоянии "неизвестно". ${cannot} нельзя`;

let story: Story;
afterEach(() => story.end());

const refunds = () => story.oplati.ledger().filter(({ paymentType }) => paymentType === 3);
const posts = () => story.oplati.requests().filter(({ path }) => path.endsWith('/reversals')).length;

async function sold(options: Parameters<typeof begin>[0] = {}): Promise<void> {
  story = await begin(options);
  await sell(story, ['2'], 'oplati');
}

describe('the answer to a refund is lost', () => {
  it.each(['drop-reply', 'delay', 'garbage', 'slow-drip', 'wrong-sum', 'wrong-order'])(
    '%s: the register asks the report and gives back exactly once',
    async (kind) => {
      await sold();
      await story.oplati.fault(kind, 1, REVERSAL);
      returnWhole(story, 1);
      await untilFree(story);
      if (story.dialog !== null) story.press('enter');
      await untilPaid(story);
      expect(journalRows(story)).toEqual(['О!плати | 15.30']);
      expect(posts()).toBe(1);
      await closeReturn(story);
      expect(story.chargedKopecks()).toBe(0);
      expectBooks(story);
    },
  );

  it.each(['drop-request', 'http-500'])(
    '%s: it never arrived; 75 s prove it (OPL-14), the return stays unpaid, Ввод gives back under a new number',
    async (kind) => {
      await sold();
      await story.oplati.fault(kind, 1, REVERSAL);
      returnWhole(story, 1);
      await story.untilDialog('OPL-29');
      const askedAt = story.clock.now();
      await answerDialog(story, 'OPL-14', 'Ошибка', 'Ошибка обращения к серверу');
      expect(story.clock.now() - askedAt).toBeGreaterThanOrEqual(60_000);
      expectUnpaidReturn(story, '15.30');
      expect(refunds()).toEqual([]);
      giveBackAgain(story);
      await closeReturn(story);
      expect(refunds()).toHaveLength(1);
      expectBooks(story);
    },
  );

  it('the report is unreadable too: OPL-16, Esc leaves it (неизвестно), nothing closes, asking settles it', async () => {
    await sold();
    await story.oplati.fault('drop-reply', 1, REVERSAL);
    await story.oplati.fault('http-500', 20, { path: '/paymentReports' });
    returnWhole(story, 1);
    await story.untilDialog('OPL-16');
    const unknown = 'Результат возврата О!плати неизвестен. Повторить запрос? Сервер ответил ошибкой 500';
    expectDialog(story, 'OPL-16', 'Выберите действие', unknown);
    story.press('escape');
    expect(journalRows(story)).toEqual(['О!плати (неизвестно) | 15.30']);
    expect(story.row(22)).toMatch(/Получено: 0\.00$/);
    story.press('f8');
    await answerDialog(story, 'DOM-38', 'Предупреждение', undecided('Закрыть чек или вернуть иначе'));
    story.press('f11');
    await answerDialog(story, 'DOM-38', 'Предупреждение', undecided('Аннулировать чек'));
    expect(posts()).toBe(1);
    await story.oplati.fault('none');
    await untilPaid(story);
    expect(story.row(24)).toMatch(/^ О!плати: возврат подтвержден/);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('the register is killed while the refund is on its way: after the restart it asks and finds it', async () => {
    await sold();
    await story.oplati.fault('drop-reply', 1, REVERSAL);
    await story.oplati.fault('http-500', 3, { path: '/paymentReports' });
    returnWhole(story, 1);
    await story.until('sent', () => posts() === 1);
    await story.restart();
    story.press('enter');
    await untilSettled(story);
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    await closeReturn(story);
    expect(posts()).toBe(1);
    expectBooks(story);
  });

  it('killed between two payments of one return: what went back stands, Ввод gives the rest back', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 20', 'oplati');
    returnWhole(story, 1);
    await story.until('the first one is back', () => refunds().length === 1);
    await story.restart();
    story.press('enter');
    await untilSettled(story);
    expect(story.row(23)).toMatch(/К оплате: 20\.00$/);
    giveBackAgain(story);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 20.00', '1 45.30', '3 45.30', '3 20.00']);
    expectBooks(story);
  });
});

describe('no link', () => {
  it('OPL-01: the return stays unpaid; Ввод repeats it; OPL-13 while the link is still down; then it goes', async () => {
    await sold();
    await story.oplati.fault('refuse');
    returnWhole(story, 1);
    await answerDialog(story, 'OPL-01', 'Ошибка', NO_CONNECTION);
    expectUnpaidReturn(story, '15.30');
    expect(story.row(4)).toMatch(/^ ВОЗВРАТ ПО ЧЕКУ № 2/);
    giveBackAgain(story);
    await answerDialog(story, 'OPL-13', 'Ошибка', UNAVAILABLE);
    expectUnpaidReturn(story, '15.30');
    await story.oplati.fault('none');
    giveBackAgain(story);
    await closeReturn(story);
    expect(refunds()).toHaveLength(1);
    expectBooks(story);
  });

  it('a mixed return stops at the link: the cash part stands, the wallet part is repeated alone', async () => {
    story = await begin();
    await sell(story, ['2'], 'oplati 10', 'cash');
    await story.oplati.fault('refuse');
    returnWhole(story, 1);
    await answerDialog(story, 'OPL-01', 'Ошибка', NO_CONNECTION);
    expect(journalRows(story)).toEqual(['Руб | 5.30']);
    expect(story.row(23)).toMatch(/К оплате: 10\.00$/);
    await story.oplati.fault('none');
    giveBackAgain(story);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 10.00', '3 10.00']);
    expectBooks(story);
  });

  it('while a cancel is queued no refund is sent (OPL-13): the queue goes first', async () => {
    await sold();
    story.goods('1').press('f6', 'f7', 'type:7', 'enter');
    await untilPaid(story);
    await story.oplati.fault('refuse');
    cancelPayment(story, 'Отменить оплату? О!плати 50.00');
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    story.press('f8');
    expect(story.document).toBeNull();
    await story.oplati.fault('none');
    const before = posts();
    returnWhole(story, 1);
    await answerDialog(story, 'OPL-13', 'Ошибка', UNAVAILABLE);
    await untilSettled(story);
    expect(posts()).toBe(before + 1);
    expect(operations(story)).toEqual(['1 15.30', '1 50.00', '3 50.00']);
    giveBackAgain(story);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });
});

describe('the server refuses', () => {
  it('OPL-18 with its words; nothing is paid, F11 gives the return up', async () => {
    await sold({ emulator: { reversalDays: -1 } });
    returnWhole(story, 1);
    await answerDialog(story, 'OPL-18', 'Ошибка', 'Возврат О!плати не выполнен Срок возврата истек');
    expectUnpaidReturn(story, '15.30');
    story.press('f11', 'enter');
    expect(story.document).toBeNull();
    expectBooks(story);
  });

  it('OPL-20: a part was given back in the cabinet, the rest is less than what is asked', async () => {
    await sold();
    const [sale] = story.oplati.ledger();
    await fetch(`${story.oplati.url}/pos/payments/${sale?.paymentId}/reversals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', regNum: 'OPL000000002', token: 'token-of-the-shop' },
      body: JSON.stringify({
        sum: 10,
        orderNumber: 'cabinet-1',
        shift: sale?.shift,
        details: { receiptNumber: '1', regNum: '', items: [{ type: 1, name: 'x', cost: 10 }], amountTotal: 10 },
      }),
    });
    expect(refunds()).toHaveLength(1);
    returnWhole(story, 1);
    await answerDialog(story, 'OPL-20', 'Ошибка', 'Сумма возврата превышает остаток оплаты О!плати');
    expectUnpaidReturn(story, '15.30');
    expect(refunds()).toHaveLength(1);
  });

  it('a sum typed before F7 is never changed behind the cashier: over the payment OPL-20, over the rest DOM-33', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 20', 'cash');
    askWhole(story, 1);
    story.press('escape');
    payWith(story, 7, '20.01');
    expect(story.dialog, story.picture()).toBe('OPL-20');
    story.press('enter');
    payWith(story, 7, '70');
    expect(story.dialog, story.picture()).toBe('DOM-33');
    story.press('enter');
    expect(posts()).toBe(0);
    payWith(story, 7, '5');
    await untilFree(story);
    expect(journalRows(story)).toEqual(['О!плати | 5.00']);
    giveBackAgain(story);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 20.00', '3 5.00', '3 15.00']);
    expectBooks(story);
  });
});

describe('an undecided refund and a partial return', () => {
  it('what is not decided stays with the return: quantities are frozen, no second refund starts', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati');
    returnPart(story, 1);
    setReturned(story, 1, '0');
    await story.oplati.fault('drop-reply', 1, REVERSAL);
    await story.oplati.fault('http-500', 30, { path: '/paymentReports' });
    story.press('f6');
    confirmRefund(story);
    await story.untilDialog('OPL-16');
    story.press('escape', 'enter');
    await answerDialog(story, 'DOM-38', 'Предупреждение', undecided('Закрыть чек или вернуть иначе'));
    story.press('escape');
    if (story.dialog !== null) story.press('enter');
    expect(story.document?.stage).toBe('subtotal');
    await story.oplati.fault('none');
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 65.30', '3 15.30']);
    expectBooks(story);
  });
});

/** `Отмена возврата по чеку продажи` and annulments: money that went back is taken again, or the other way round. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  answerDialog,
  begin,
  documentsOf,
  expectDialog,
  expectSubtotal,
  journalRows,
  payWith,
} from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';
import {
  cancelPayment,
  closeReturn,
  expectBooks,
  expectUnpaidReturn,
  giveBackAgain,
  lastClosed,
  operations,
  oplatiKopecksByJournal,
  QUEUED,
  REVERSAL,
  returnWhole,
  sell,
  takePayments,
  UNAVAILABLE,
  untilFree,
  untilPaid,
  untilPrinted,
  untilSettled,
} from './counter.ts';

let story: Story;
afterEach(() => story.end());

const CANCEL = 'Отменить оплату? О!плати 15.30';

/** A paid return, not closed yet. */
async function paidReturn(options: Parameters<typeof begin>[0] = {}): Promise<void> {
  story = await begin(options);
  await sell(story, ['2'], 'oplati');
  returnWhole(story, 1);
  await untilPaid(story);
}

describe('the cancel of a return by receipt', () => {
  it('Esc, OPL-25: the reversal is reversed, the return is unpaid again; F11 gives it up, the sale stands', async () => {
    await paidReturn();
    cancelPayment(story, CANCEL);
    expect(story.dialog).toBe('OPL-26');
    await untilSettled(story);
    expectUnpaidReturn(story, '15.30');
    expect(operations(story)).toEqual(['1 15.30', '3 15.30', '1 15.30']);
    const [sale, reversal, again] = story.oplati.ledger();
    expect([reversal?.sourcePaymentId, again?.sourcePaymentId]).toEqual([sale?.paymentId, reversal?.paymentId]);
    story.press('f11');
    expectDialog(story, 'DOM-41', 'Выберите действие', 'Аннулировать чек?');
    story.press('enter');
    expect(lastClosed(story)).toMatchObject({ type: 'returnBySale', status: 'annulled' });
    expect(story.chargedKopecks()).toBe(1530);
    expectBooks(story);
    returnWhole(story, 1);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('Нет changes nothing; and a cancelled return can be paid again in the same document', async () => {
    await paidReturn();
    story.press('escape', 'escape');
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    cancelPayment(story, CANCEL);
    await untilSettled(story);
    expectUnpaidReturn(story, '15.30');
    giveBackAgain(story);
    await closeReturn(story);
    expect(operations(story)).toEqual(['1 15.30', '3 15.30', '1 15.30', '3 15.30']);
    expectBooks(story);
  });

  it('F11 in the paid return takes the reversal back and gives the document up', async () => {
    await paidReturn();
    story.press('f11');
    expectDialog(story, 'DOM-41', 'Выберите действие', 'Аннулировать чек? Будут отменены оплаты: О!плати 15.30');
    story.press('enter');
    await untilSettled(story);
    expect(story.document).toBeNull();
    expect(operations(story)).toEqual(['1 15.30', '3 15.30', '1 15.30']);
    expectBooks(story);
  });

  // Incident: the wallet's refund was undone before PayMaster's, which cannot be, stopped the annulment.
  it('F11 with a payment among them that cannot be taken back: DOM-110 before anything is undone', async () => {
    story = await begin({ paymaster: {} });
    story.goods('1', '2').press('f6');
    await takePayments(story, ['oplati 20']);
    payWith(story, 8);
    await untilPaid(story);
    story.press('f8');
    returnWhole(story, 1);
    await untilPaid(story);
    const given = operations(story);
    const final = 'Возврат отменить нельзя: Оплата по QR-коду/NFC СБП 45.30. Завершите возврат';
    story.press('f11');
    await answerDialog(story, 'DOM-110', 'Предупреждение', final);
    expect(journalRows(story)).toEqual(['Оплата по QR-коду/NFC СБП | 45.30', 'О!плати | 20.00']);
    expect(operations(story)).toEqual(given);
    await closeReturn(story);
    expect(story.chargedKopecks() + story.otherChargedKopecks()).toBe(0);
  });

  it('OPL-18: the server does not take a reversal back; the return stays paid and is closed', async () => {
    await paidReturn({ emulator: { reversalOfReversal: false } });
    cancelPayment(story, CANCEL);
    await story.untilDialog('OPL-18');
    story.press('enter');
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    await closeReturn(story);
    expectBooks(story);
  });

  it('no link: OPL-12, unpaid, OPL-13 for the repeat; the queue drains, then Ввод gives back once', async () => {
    await paidReturn();
    await story.oplati.fault('refuse');
    cancelPayment(story, CANCEL);
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    expectUnpaidReturn(story, '15.30');
    expect(story.row(24)).toMatch(/Отмен в очереди: 1 \(0 мин\)/);
    giveBackAgain(story);
    await answerDialog(story, 'OPL-13', 'Ошибка', UNAVAILABLE);
    expectUnpaidReturn(story, '15.30');
    await story.oplati.fault('none');
    await untilSettled(story);
    expect(story.row(24)).toMatch(/^ О!плати: отмены отправлены, оплата доступна/);
    expect(operations(story)).toEqual(['1 15.30', '3 15.30', '1 15.30']);
    giveBackAgain(story);
    await closeReturn(story);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it.each(['drop-request', 'drop-reply', 'http-500', 'garbage'])(
    '%s at the cancel: taken back exactly once',
    async (kind) => {
      await paidReturn();
      await story.oplati.fault(kind, 1, REVERSAL);
      cancelPayment(story, CANCEL);
      await untilFree(story);
      if (story.dialog !== null) story.press('enter');
      await untilSettled(story);
      expectUnpaidReturn(story, '15.30');
      expect(operations(story)).toEqual(['1 15.30', '3 15.30', '1 15.30']);
      expectBooks(story);
    },
  );

  it('only the last payment of a mixed return is cancelled; the others stand', async () => {
    story = await begin();
    await sell(story, ['1', '2'], 'oplati 20', 'cash');
    returnWhole(story, 1);
    await untilPaid(story);
    cancelPayment(story, 'Отменить оплату? О!плати 20.00');
    await untilSettled(story);
    expect(journalRows(story)).toEqual(['Руб | 45.30']);
    expect(story.row(23)).toMatch(/К оплате: 20\.00$/);
    cancelPayment(story, 'Отменить оплату? Руб 45.30');
    expectUnpaidReturn(story, '65.30');
    expect(story.chargedKopecks()).toBe(2000);
    story.press('f11', 'enter');
    expectBooks(story);
  });
});

describe('annulment of a sale with several payments', () => {
  it('takes them back last first, each in front of the cashier', async () => {
    story = await begin();
    story.goods('1', '2').press('f6');
    await takePayments(story, ['oplati 10', 'cash 5', 'oplati 20', 'oplati']);
    story.press('f11');
    expectDialog(
      story,
      'DOM-41',
      'Выберите действие',
      'Аннулировать чек? Будут отменены оплаты: О!плати 10.00, Руб 5.00, О!плати 20.00, О!плати 30.30',
    );
    const seen: string[] = [];
    story.onPaint = (rows) => {
      const sum = rows.map((row) => /К возврату: (\S+)/.exec(row)?.[1]).find((text) => text !== undefined);
      if (sum !== undefined && seen.at(-1) !== sum) seen.push(sum);
    };
    story.press('enter');
    await story.until('annulled', () => story.document === null);
    expect(seen).toEqual(['30.30', '20.00', '10.00']);
    expect(operations(story).slice(3)).toEqual(['3 30.30', '3 20.00', '3 10.00']);
    expect(lastClosed(story).payments.map(({ state }) => state)).toEqual(Array(4).fill('cancelled'));
    expectBooks(story);
  });

  it('a refusal in the middle stops it: OPL-18, what was taken back stays back, the rest stays paid', async () => {
    story = await begin();
    story.goods('1', '2').press('f6');
    await takePayments(story, ['oplati 10', 'oplati 20', 'oplati']);
    // The second one was given back in the cabinet meanwhile: its reversal is refused.
    const [, second] = story.oplati.ledger();
    await fetch(`${story.oplati.url}/pos/payments/${second?.paymentId}/reversals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', regNum: 'OPL000000002', token: 'token-of-the-shop' },
      body: JSON.stringify({
        sum: 20,
        orderNumber: 'cabinet-1',
        shift: 'cabinet',
        details: { receiptNumber: '1', regNum: '', items: [{ type: 1, name: 'x', cost: 20 }], amountTotal: 20 },
      }),
    });
    story.press('f11', 'enter');
    await story.untilDialog('OPL-18');
    story.press('enter');
    expect(journalRows(story)).toEqual(['О!плати | 10.00', 'О!плати | 20.00']);
    expect(story.row(23)).toMatch(/К оплате: 35\.30$/);
    expect(operations(story)).toEqual(['1 10.00', '1 20.00', '1 35.30', '3 20.00', '3 35.30']);
    // The cashier goes on: the rest in cash, the receipt closes.
    payWith(story, 1);
    story.press('f8');
    expect(story.document).toBeNull();
  });

  it('no link: every payment is queued with OPL-12, the receipt is annulled, the queue gives all of it back', async () => {
    story = await begin();
    story.goods('1', '2').press('f6');
    await takePayments(story, ['oplati 10', 'oplati 20', 'oplati']);
    await story.oplati.fault('refuse');
    story.press('f11', 'enter');
    await story.until('annulled', () => story.document === null);
    while (story.dialog !== null) {
      expectDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
      story.press('enter');
    }
    await untilPrinted(story);
    expect(story.row(24)).toMatch(/Отмен в очереди: 3 \(0 мин\)$/);
    expect(documentsOf(story)).toMatchObject([{ status: 'annulled' }]);
    expect(oplatiKopecksByJournal(story)).toBe(0);
    await story.oplati.fault('none');
    await untilSettled(story);
    expect(story.row(24)).toMatch(/^ О!плати: отмены отправлены, оплата доступна/);
    expect(story.chargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('the register is killed during the annulment: nothing is reversed twice, F11 ends it', async () => {
    story = await begin();
    story.goods('1', '2').press('f6');
    await takePayments(story, ['oplati 10', 'oplati']);
    let reversals = 0;
    story.beforeSend = async (request) => {
      if (request.url.endsWith('/reversals') && ++reversals === 2) await story.oplati.fault('delay', 1, REVERSAL);
    };
    story.press('f11', 'enter');
    await story.until('the second has arrived, unanswered', () => operations(story).length === 4);
    expect(journalRows(story)).toEqual(['О!плати (отмена) | 10.00']);
    await story.restart();
    story.press('enter');
    await untilSettled(story);
    expectSubtotal(story, '65.30');
    expect(journalRows(story)).toEqual([]);
    story.press('f11', 'enter');
    await story.until('annulled', () => story.document === null);
    expect(operations(story)).toEqual(['1 10.00', '1 55.30', '3 55.30', '3 10.00']);
    expectBooks(story);
  });
});

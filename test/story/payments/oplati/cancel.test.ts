/** Money that goes back: the cancel of a payment, its queue, and the annulment of a receipt with payments. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import {
  answerDialog,
  beginAtSubtotal,
  buyerCode,
  documentsOf,
  expectBooksAgree,
  expectDialog,
  expectSubtotal,
  journalRows,
  openUnfinished,
  payWith,
  startOplati,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const QUEUED =
  'Ошибка соединения с сервером. Операция отмены в очереди будет выполнена после восстановления связи с сервером';
const UNAVAILABLE = 'Возможность проведения операций с использованием платежной системы "О!плати" временно недоступна';
const REVERSAL = { path: '/reversals', method: 'POST' };

async function beginPaid(options: Parameters<typeof beginAtSubtotal>[0] = {}, sum?: string): Promise<void> {
  story = await beginAtSubtotal(options);
  await startOplati(story, options.mode ?? 2, sum);
  await story.until('paid', () => journalRows(story)[0]?.startsWith('О!плати | ') === true);
}

/** Esc, OPL-25, Да. */
function cancelPayment(text = 'Отменить оплату? О!плати 15.30'): void {
  story.press('escape');
  expectDialog(story, 'OPL-25', 'Выберите действие', text);
  story.press('enter');
}

describe.each([0, 1, 2] as const)('mode %i, the cancel of a payment', (mode) => {
  it('OPL-25 Да: reversed, the row goes, К оплате comes back; cash closes', async () => {
    await beginPaid({ mode });
    cancelPayment();
    await story.until('reversed', () => story.till.state.attempts.length === 0);
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('while it runs OPL-26 stands and there is nothing to press', async () => {
    await beginPaid({ mode });
    await story.oplati.fault('delay', 1, { ...REVERSAL, ms: 5_000 });
    cancelPayment();
    expectDialog(story, 'OPL-26', 'О!плати', 'Возврат ожидает подтверждения К возврату: 15.30');
    expect(journalRows(story)).toEqual(['О!плати (отмена) | 15.30']);
    story.press('escape');
    expect(story.dialog).toBe('OPL-26');
    expect(story.row(24)).toBe(' Клавиша недоступна: дождитесь результата');
    await story.until('reversed', () => story.till.state.attempts.length === 0);
    expectSubtotal(story, '15.30');
    expectBooksAgree(story);
  });

  it('OPL-25 Нет: nothing changes', async () => {
    await beginPaid({ mode });
    story.press('escape');
    expect(story.dialog).toBe('OPL-25');
    story.press('escape');
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);
  });

  it('and paid again by О!плати: another order number, one charge stands', async () => {
    await beginPaid({ mode });
    cancelPayment();
    await story.until('reversed', () => story.till.state.attempts.length === 0);
    await startOplati(story, mode, undefined, buyerCode(2));
    await story.until('paid again', () => journalRows(story).length === 1);
    await story.untilShows('Нажмите "Итого"');
    story.press('f8');
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);
  });

  it('no link: OPL-12, the row goes, О!плати is refused (OPL-13), cash sells on; the queue drains by itself', async () => {
    await beginPaid({ mode });
    await story.oplati.fault('refuse');
    cancelPayment();
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(story.row(24)).toMatch(/Отмен в очереди: 1 \(0 мин\)/);
    expectBooksAgree(story);

    payWith(story, 7);
    await answerDialog(story, 'OPL-13', 'Ошибка', UNAVAILABLE);
    expectSubtotal(story, '15.30');
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    await story.pass(3 * 60_000);
    expect(story.row(24)).toMatch(/Отмен в очереди: 1 \(3 мин\)$/);
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);

    await story.oplati.fault('none');
    await story.until('drained', () => story.till.state.attempts.length === 0);
    expect(story.row(24)).toMatch(/О!плати: отмены отправлены, оплата доступна/);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
    story.goods('2').press('f6');
    await startOplati(story, mode, undefined, buyerCode(2));
    await story.untilShows('Нажмите "Итого"');
    story.press('f8');
    expect(story.chargedKopecks()).toBe(1530);
    expectBooksAgree(story);
  });

  it.each(['drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip', 'wrong-sum', 'wrong-order'])(
    'K17 %s at the reversal: given back exactly once',
    async (kind) => {
      await beginPaid({ mode });
      await story.oplati.fault(kind, 1, REVERSAL);
      cancelPayment();
      await story.until('the cashier is free', () => story.till.state.attempts.every(({ foreground }) => !foreground));
      if (story.dialog !== null) story.press('enter');
      expectBooksAgree(story);
      await story.until('given back', () => story.till.state.attempts.length === 0);
      expectSubtotal(story, '15.30');
      expect(story.oplati.ledger().filter(({ paymentType }) => paymentType === 3)).toHaveLength(1);
      expect(story.chargedKopecks()).toBe(0);
      expectBooksAgree(story);
    },
  );
});

describe('a reversal that the server refuses', () => {
  const refused = 'Отмена оплаты О!плати не выполнена Срок возврата истек';

  it('OPL-18 with its words: the row stands, F8 closes', async () => {
    await beginPaid({ emulator: { reversalDays: -1 } });
    cancelPayment();
    await answerDialog(story, 'OPL-18', 'Ошибка', refused);
    expect(journalRows(story)).toEqual(['О!плати | 15.30']);
    expect(story.till.state.attempts).toEqual([]);
    expectBooksAgree(story);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('out of the queue: it stays listed for a human, and his decision sets О!плати free again', async () => {
    await beginPaid({ emulator: { reversalDays: -1 } });
    await story.oplati.fault('refuse');
    cancelPayment();
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    await story.oplati.fault('none');
    await story.untilShows('О!плати: отмена отклонена');
    expect(story.till.state.attempts).toHaveLength(1);
    expectBooksAgree(story);
    payWith(story, 7);
    await answerDialog(story, 'OPL-13', 'Ошибка', UNAVAILABLE);

    openUnfinished(story);
    story.press('f11');
    while (!story.screen.some((row) => row.includes('> Возвращено вручную'))) story.press('down');
    story.press('type:выдано из кассы', 'enter', 'type:9999', 'enter');
    await story.until('the password is checked', () => !story.till.state.ui.busy);
    expect(story.shows('Незавершенных оплат нет'), story.picture()).toBe(true);
    story.press('escape', 'escape', 'escape');
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
    story.press('f8');
    expect(story.document, story.picture()).toBeNull();
    // The first one went back out of the drawer.
    expect(story.chargedKopecks()).toBe(2 * 1530);
  });
});

describe('annulment of a receipt with payments', () => {
  const mixed = async (options: Parameters<typeof beginAtSubtotal>[0] = {}) => {
    story = await beginAtSubtotal(options);
    payWith(story, 1, '10');
    expect(journalRows(story)).toEqual(['Руб | 10.00']);
    await startOplati(story, 2);
    await story.untilShows('Нажмите "Итого"');
  };
  const question = 'Аннулировать чек? Будут отменены оплаты: Руб 10.00, О!плати 5.30';

  it('names them, takes them back last first, and the next number opens', async () => {
    await mixed();
    story.press('f11');
    expectDialog(story, 'DOM-41', 'Выберите действие', question);
    story.press('enter');
    await story.until('annulled', () => story.document === null);
    expect(story.chargedKopecks()).toBe(0);
    expect(documentsOf(story)).toMatchObject([
      { number: 1, status: 'annulled', payments: [{ state: 'cancelled' }, { state: 'cancelled' }] },
    ]);
    expectBooksAgree(story);
    story.goods('1');
    expect(story.row(4)).toMatch(/^ ПРОДАЖА № 2 /);
  });

  it('Нет: nothing changes', async () => {
    await mixed();
    story.press('f11', 'escape');
    expect(journalRows(story)).toEqual(['Руб | 10.00', 'О!плати | 5.30']);
    expect(story.chargedKopecks()).toBe(530);
  });

  it('no link: OPL-12, annulled, the queue gives the money back later', async () => {
    await mixed();
    await story.oplati.fault('refuse');
    story.press('f11', 'enter');
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    expect(story.document).toBeNull();
    expectBooksAgree(story);
    await story.oplati.fault('none');
    await story.until('drained', () => story.till.state.attempts.length === 0);
    expect(story.chargedKopecks()).toBe(0);
    expectBooksAgree(story);
  });

  it('a refused reversal stops it: OPL-18, the receipt and its payments stand', async () => {
    await mixed({ emulator: { reversalDays: -1 } });
    story.press('f11', 'enter');
    await answerDialog(story, 'OPL-18', 'Ошибка', 'Отмена оплаты О!плати не выполнена Срок возврата истек');
    expect(journalRows(story)).toEqual(['Руб | 10.00', 'О!плати | 5.30']);
    expectBooksAgree(story);
    story.press('f8');
    expect(story.shows('Чек закрыт')).toBe(true);
    expectBooksAgree(story);
  });

  it('a second receipt is not touched by the queue of the first', async () => {
    await mixed();
    await story.oplati.fault('refuse');
    story.press('f11', 'enter');
    await answerDialog(story, 'OPL-12', 'Предупреждение', QUEUED);
    story.goods('1').press('f6', 'f8');
    story.goods('3');
    await story.oplati.fault('none');
    await story.until('drained', () => story.till.state.attempts.length === 0);
    expect(story.document?.lines).toHaveLength(1);
    expect(documentsOf(story).map(({ number }) => number)).toEqual([1, 2, 3]);
    expectBooksAgree(story);
  });
});

/** СБП (SCR-42): the QR, another means, and everything the buyer may do meanwhile. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal, journalRows, payWith } from '../oplati/shop.ts';
import {
  ASSIST,
  beginShop,
  CREATE_PATH,
  chooseMeans,
  closeResult,
  expectBooks,
  expectGivenUp,
  hasQr,
  leaveSbp,
  openMenu,
  openOrder,
  payCash,
  qrOf,
  RESULT_PATH,
  readNotices,
  resultOf,
  scanned,
  serverOf,
  startSbp,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

const ROW = 'Ассист, СБП | 15.30';
const ABORT_PATH = { path: '/api/v1/order/cancel.cfm' };
const SILENT = { assist: { emulator: { buyer: 'silent' } } } as const;
const LEFT = 'Результат неизвестен. Статус заказа будет запрошен повторно.';

/** F7 and Да, or Нет by Esc. */
function askAbort(key = 'f7'): void {
  story.press(key);
  expectDialog(story, 'AS-32', 'Выберите действие', 'Отменить оплату по СБП и выбрать другой способ оплаты?');
}

describe('the QR', () => {
  it('AS-03 while it is obtained, then the very link of the server beside the order; paid, AS-04', async () => {
    story = await beginShop();
    await serverOf(story).fault('delay', 1, { ...CREATE_PATH, ms: 4_000 });
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-03');
    expect(story.shows('Подождите...')).toBe(true);
    await story.until('QR', () => hasQr(story));
    const { requests } = serverOf(story);
    expect(requests().filter(({ path }) => path === CREATE_PATH.path)).toHaveLength(1);
    expect(qrOf(story)).toMatch(
      /^https:\/\/qr\.nspk\.ru\/AD1[0-9A-Z]+\?type=02&bank=\d+&sum=1530&cur=RUB&crc=[0-9A-F]{4}$/,
    );
    expect(scanned(story)).toBe(qrOf(story));
    expect(story.log()).toContain(qrOf(story));
    for (const text of [
      'РЕЗУЛЬТАТ',
      'В процессе',
      '15.30 руб.',
      'Способ оплаты: СБП',
      '5123456000000001',
      '22.08.2023 17:14',
      'Осталось: 900 с',
    ]) {
      expect(story.shows(text), `${text}\n${story.picture()}`).toBe(true);
    }
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    expect(resultOf(story, 'Статус заказа:')).toBe('');
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('Ввод hides it and shows it again; a payment while it is hidden is seen', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    const link = qrOf(story);
    story.press('enter');
    await story.until('hidden', () => !hasQr(story) && story.dialog === 'AS-05');
    expect(story.row(4)).toBe(' РЕЗУЛЬТАТ');
    expect(resultOf(story, 'Статус заказа:')).toMatch(/^В процессе/);
    story.press('enter');
    await story.until('shown', () => hasQr(story));
    expect(qrOf(story)).toBe(link);
    story.press('enter');
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('page mode: the address of the page is the QR, СБП its only means', async () => {
    story = await beginShop({ assist: { settings: { sbpMode: 'page' } } });
    await startSbp(story);
    expect(qrOf(story)).toMatch(/^https:\/\/assist\.example\/pay\/pay\.cfm\?CFSID=/);
    const [request] = serverOf(story).requests();
    expect(request?.path).toBe('/pay/payrequest.cfm');
    expect(JSON.stringify(request?.body)).toMatch(/FastPayPayment\W+1.*CardPayment\W+0/);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('Russian words and faults at the root mean the same', async () => {
    story = await beginShop({ assist: { emulator: { russianStates: true, faultForm: 'root' } } });
    await startSbp(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});

describe('another means (F7)', () => {
  it('AS-32 Нет waits on; Да aborts the order, and cash is taken for it', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    askAbort();
    story.press('escape');
    await story.until('QR', () => hasQr(story));
    askAbort('escape');
    story.press('enter');
    await expectGivenUp(story);
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Canceled' }]);
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('the buyer pays while the abort is on its way: the payment wins', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    story.beforeSend = ({ url }) => {
      if (url.endsWith(ABORT_PATH.path)) serverOf(story).pay();
    };
    askAbort();
    story.press('enter');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('the buyer pays while AS-32 stands: the question goes, AS-04', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    askAbort();
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('no answer to the abort, the order is as open as before: AS-33, and the QR again', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    await serverOf(story).fault('drop-request', 1, ABORT_PATH);
    askAbort();
    story.press('enter');
    await story.untilDialog('AS-33');
    expectDialog(story, 'AS-33', 'Ошибка', 'Отмена заказа не выполнена');
    story.press('enter');
    await story.until('QR', () => hasQr(story));
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('the answer to the abort is lost: the order is read, and is cancelled', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    await serverOf(story).fault('drop-reply', 1, ABORT_PATH);
    askAbort();
    story.press('enter');
    await expectGivenUp(story);
    expectBooks(story);
  });

  it('AS-32 Да said nothing: the payment types come with "Оплата отменена", Ассист there is AS-01 with a new number', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    const first = serverOf(story).ledger()[0]?.orderNumber ?? '';
    askAbort();
    story.press('enter');
    await story.untilDialog('DOM-97');
    expect(story.row(24)).toContain('Оплата отменена');
    story.press(`type:${ASSIST}`, 'enter');
    await story.untilDialog('AS-01');
    expect(story.shows(first), story.picture()).toBe(false);
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Canceled' }, { state: 'Approved' }]);
    expectBooks(story);
  });
});

describe('not paid', () => {
  it('AS-21 with the reason; F8 repeats with a number of its own', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'poor' } } });
    await startSbp(story);
    await story.untilDialog('AS-21');
    expect(resultOf(story, 'Статус заказа:')).toBe('Отклонён');
    expect(resultOf(story, 'Информация:')).toBe('Недостаточно средств');
    expect(story.row(24)).toContain('Повторить оплату: F8');
    serverOf(story).setBuyer('pays');
    story.press('f8');
    expect(story.dialog).toBe('AS-01');
    story.press('enter');
    await story.until('QR', () => hasQr(story));
    await closeResult(story, 'AS-04', 'Оплачен');
    const numbers = serverOf(story)
      .ledger()
      .map(({ orderNumber, state }) => `${orderNumber} ${state}`);
    expect(numbers).toHaveLength(2);
    expect(new Set(numbers.map((text) => text.slice(0, 19))).size).toBe(2);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('AS-22 when the order is closed by time; back to the subtotal', async () => {
    story = await beginShop({ assist: { emulator: { buyer: 'silent', sbpTtlMs: 120_000 } } });
    await startSbp(story);
    await closeResult(story, 'AS-22', 'Закрыт по истечении времени');
    expectSubtotal(story, '15.30');
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
  });
});

describe('the link goes', () => {
  /** QR, then the server is gone until AS-23. */
  async function loseLink(): Promise<void> {
    story = await beginShop(SILENT);
    await startSbp(story);
    await serverOf(story).fault('refuse');
    await leaveSbp(story);
    expectDialog(story, 'AS-23', 'Предупреждение', LEFT);
    story.press('enter');
    expect(journalRows(story)).toEqual(['Ассист, СБП (неизвестно) | 15.30']);
    // Why the receipt waits stands in row 24 until the server answers again.
    expect(story.row(24), story.picture()).toContain('Нет связи: Ассист');
  }

  it('AS-23; asked again while it is paid: AS-24, the row counts', async () => {
    await loseLink();
    serverOf(story).pay();
    await serverOf(story).fault('none');
    payWith(story, ASSIST);
    await story.untilDialog('AS-24');
    expectDialog(story, 'AS-24', 'Предупреждение', 'Заказ уже оплачен. Повторная оплата не требуется.');
    story.press('enter');
    expect(journalRows(story)).toEqual([ROW]);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  // 16 s of it took the QR, «Другой способ» and every way out for the 15 minutes of the order.
  it('the QR stays in view for as long as it can be paid, and goes on by itself', async () => {
    story = await beginShop(SILENT);
    await startSbp(story);
    const link = qrOf(story);
    await serverOf(story).fault('refuse');
    await story.pass(120_000);
    expect(hasQr(story), story.picture()).toBe(true);
    expect([story.shows('Нет связи с сервером'), qrOf(story)]).toEqual([true, link]);
    // With the QR hidden the state of the order is no better known.
    story.press('enter');
    expect([hasQr(story), story.shows('В процессе')], story.picture()).toEqual([false, false]);
    expect(story.row(8)).toContain('Нет связи с сервером');
    serverOf(story).pay();
    await serverOf(story).fault('none');
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    expectBooks(story);
  });

  it('left, it is shown again from the list of unfinished payments, QR and all; paid, it counts', async () => {
    await loseLink();
    await serverOf(story).fault('none');
    openMenu(story, 'Смена', 'Незавершенные оплаты');
    story.press('f2');
    await story.until('the QR', () => hasQr(story));
    serverOf(story).pay();
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(journalRows(story)).toEqual([ROW]);
    expect(serverOf(story).ledger()).toHaveLength(1);
    expectBooks(story);
  });

  it('left, it is given up from that list for another means', async () => {
    await loseLink();
    await serverOf(story).fault('none');
    openMenu(story, 'Смена', 'Незавершенные оплаты');
    story.press('f7');
    expectDialog(story, 'AS-32', 'Выберите действие', 'Отменить оплату по СБП и выбрать другой способ оплаты?');
    story.press('enter');
    await expectGivenUp(story);
    story.press('f8');
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Canceled' }]);
    expectBooks(story);
  });

  it('asked again while it is open: the QR again, no second order; paid later it counts by itself', async () => {
    await loseLink();
    await serverOf(story).fault('none');
    payWith(story, ASSIST);
    await story.until('the QR', () => hasQr(story));
    await serverOf(story).fault('refuse');
    await leaveSbp(story);
    story.press('enter');
    await serverOf(story).fault('none');
    expect(journalRows(story)).toEqual(['Ассист, СБП (неизвестно) | 15.30']);
    serverOf(story).pay();
    await untilSettled(story);
    expect(journalRows(story)).toEqual([ROW]);
    expect(readNotices(story)).toContain('изменился на "Approved"');
    story.press('f8');
    expect(serverOf(story).ledger()).toHaveLength(1);
    expectBooks(story);
  });

  it('asked again without a link: the QR again, and what is amiss', async () => {
    await loseLink();
    payWith(story, ASSIST);
    await story.until('the QR', () => hasQr(story));
    await leaveSbp(story);
    story.press('enter');
    await serverOf(story).fault('none');
    serverOf(story).pay();
    await untilSettled(story);
    expect(story.row(24)).not.toContain('Нет связи');
    expectBooks(story);
  });

  it('the create never left: AS-23, no row, nothing to find out', async () => {
    story = await beginShop();
    await openOrder(story);
    await serverOf(story).fault('refuse');
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-23');
    expectDialog(story, 'AS-23', 'Предупреждение', 'Нет соединения с сервером. Оплата не начата.');
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(story.till.state.attempts).toEqual([]);
  });

  it('the create was lost on its way: not found for 30 s, Не существует, and kept on the watch list', async () => {
    story = await beginShop();
    await serverOf(story).fault('drop-request', 1, CREATE_PATH);
    await chooseMeans(story, 'СБП');
    await closeResult(story, 'AS-21', 'Не существует');
    expectSubtotal(story, '15.30');
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('the answer to the create was lost: an order without a QR is given up', async () => {
    story = await beginShop(SILENT);
    await serverOf(story).fault('drop-reply', 1, CREATE_PATH);
    await chooseMeans(story, 'СБП');
    await story.untilDialog('AS-21');
    expect(resultOf(story, 'Информация:')).toBe('QR-код не получен');
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(serverOf(story).ledger()).toMatchObject([{ state: 'Canceled' }]);
    expectBooks(story);
  });

  it('result calls fail one by one: the payment is seen all the same', async () => {
    story = await beginShop();
    await serverOf(story).fault('http-500', 1, RESULT_PATH);
    await serverOf(story).fault('garbage', 1, RESULT_PATH);
    await startSbp(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });
});

/** Money that goes back: the paid row, a return in parts, its troubles (AS-36, AS-37, DOM-104). */
import { afterEach, describe, expect, it } from 'vitest';
import { closeReturn, confirmRefund, returnPart, returnWhole, setReturned } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal, journalRows, payWith } from '../oplati/shop.ts';
import {
  ASSIST,
  beginShop,
  CANCEL_PATH,
  closeResult,
  expectBooks,
  payCash,
  RESULT_PATH,
  serverOf,
  startSbp,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

async function beginPaid(...args: Parameters<typeof beginShop>): Promise<void> {
  story = await beginShop(...args);
  await startSbp(story);
  await closeResult(story, 'AS-04', 'Оплачен');
}

/** A closed sale of МОЛОКО and БИФИЛЮКС, 65.30 by СБП. */
async function beginSold(...goods: string[]): Promise<void> {
  await beginPaid({}, ...(goods.length === 0 ? ['1', '2'] : goods));
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

function cancelRow(): void {
  story.press('escape');
  expectDialog(story, 'OPL-25', 'Выберите действие', 'Отменить оплату? Ассист, СБП 15.30');
  story.press('enter');
}

const cancels = () =>
  serverOf(story)
    .requests()
    .filter(({ path }) => path === CANCEL_PATH.path);
const refunds = () =>
  serverOf(story)
    .ledger()
    .filter(({ kind }) => kind === 'refund')
    .map(({ sumKopecks }) => sumKopecks);

describe('Esc on a paid row', () => {
  it('gives it back at once; cash closes the receipt', async () => {
    await beginPaid();
    cancelRow();
    await untilSettled(story);
    expectSubtotal(story, '15.30');
    expect(refunds()).toEqual([1530]);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it.each(['drop-reply', 'drop-request', 'http-500', 'garbage', 'delay', 'slow-drip', 'wrong-sum', 'wrong-order'])(
    '%s on the cancel: given back once all the same',
    async (kind) => {
      await beginPaid();
      await serverOf(story).fault(kind, 1, CANCEL_PATH);
      cancelRow();
      await story.until('given back', () => story.till.state.attempts.length === 0);
      while (story.dialog !== null) story.press('enter');
      expectSubtotal(story, '15.30');
      expect(refunds()).toEqual([1530]);
      const ids = new Set(cancels().map(({ body }) => /ExternalRefundID\W+([\w-]+)/.exec(JSON.stringify(body))?.[1]));
      expect(ids.size).toBe(1);
      expectBooks(story);
    },
  );

  it('no link: queued, DOM-104 for Ассист, cash sells on, the queue drains by itself over a restart', async () => {
    await beginPaid();
    await serverOf(story).fault('refuse');
    cancelRow();
    await story.until('told', () => story.dialog !== null && !['OPL-26', 'AS-03'].includes(story.dialog));
    expect(story.dialog, story.picture()).toBe('AS-23');
    story.press('enter');
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([]);
    expect(story.row(24)).toContain('Отмен в очереди: 1');
    payWith(story, ASSIST);
    await story.untilDialog('DOM-104');
    expect(story.shows('Ассист'), story.picture()).toBe(true);
    story.press('enter', 'f8');
    expect(story.document).toBeNull();
    await story.restart();
    expect(story.row(24), story.picture()).toContain('Отмен в очереди: 1');
    await serverOf(story).fault('none');
    await untilSettled(story);
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
    story.goods('2').press('f6');
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('refused by the server: AS-37 with the reason, the row stays', async () => {
    await beginPaid();
    serverOf(story).refuse({ firstCode: 10, secondCode: 100, message: 'Refund is closed', path: CANCEL_PATH.path });
    cancelRow();
    await story.untilDialog('AS-37');
    expectDialog(story, 'AS-37', 'Ошибка', 'Отмена оплаты не выполнена Refund is closed');
    story.press('enter');
    expect(journalRows(story)).toEqual(['Ассист, СБП | 15.30']);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('F11 annuls the receipt: every payment goes back first', async () => {
    story = await beginShop();
    await payCash(story, '5.30');
    await closeResult(story, 'AS-04', 'Оплачен');
    await startSbp(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expect(story.otherChargedKopecks()).toBe(1530);
    story.press('f11');
    expect(story.dialog).toBe('DOM-41');
    story.press('enter');
    await story.until('annulled', () => story.document === null);
    expect(refunds().sort()).toEqual([1000, 530].sort());
    expectBooks(story);
  });
});

describe('a return by the receipt', () => {
  it('gives the whole payment back', async () => {
    await beginSold();
    returnWhole(story, 1);
    await closeReturn(story);
    expect(refunds()).toEqual([6530]);
    expect(story.otherChargedKopecks()).toBe(0);
    expectBooks(story);
  });

  it('in two parts, each with an id of its own; nothing is left', async () => {
    await beginSold();
    returnPart(story, 1);
    setReturned(story, 1, '0');
    setReturned(story, 2, '1');
    story.press('f6');
    confirmRefund(story);
    await closeReturn(story);
    expect(refunds()).toEqual([1530]);
    expectBooks(story);
    await story.until('printed', () => story.till.state.printJobs.length === 0);
    await story.restart();
    returnWhole(story, 1);
    await closeReturn(story);
    expect(refunds()).toEqual([1530, 5000]);
    expect(serverOf(story).ledger()[0]?.orderState).toBe('Canceled');
    expectBooks(story);
  });

  it.each(['drop-reply', 'drop-request', 'http-500', 'garbage', 'delay', 'slow-drip', 'wrong-sum', 'wrong-order'])(
    '%s on the refund: given back once, under one id',
    async (kind) => {
      await beginSold();
      await serverOf(story).fault(kind, 1, CANCEL_PATH);
      returnWhole(story, 1);
      await story.until('given back', () => story.till.state.attempts.length === 0);
      while (story.dialog !== null) story.press('enter');
      await closeReturn(story);
      expect(refunds()).toEqual([6530]);
      const ids = new Set(cancels().map(({ body }) => /ExternalRefundID\W+([\w-]+)/.exec(JSON.stringify(body))?.[1]));
      expect(ids.size).toBe(1);
      expectBooks(story);
    },
  );

  it('the link goes before it begins: nothing was sent, tried again later', async () => {
    await beginSold();
    await serverOf(story).fault('refuse');
    returnWhole(story, 1);
    await story.until('told', () => story.dialog !== null && !['OPL-26', 'AS-03'].includes(story.dialog));
    story.press('enter');
    expect(story.till.state.attempts).toEqual([]);
    await serverOf(story).fault('none');
    payWith(story, ASSIST);
    await closeReturn(story);
    expect(refunds()).toEqual([6530]);
    expectBooks(story);
  });

  it('refused: AS-37, the return is not paid', async () => {
    await beginSold();
    serverOf(story).refuse({
      firstCode: 5,
      secondCode: 108,
      message: 'Amount exceeds the rest',
      path: CANCEL_PATH.path,
    });
    returnWhole(story, 1);
    await story.untilDialog('AS-37');
    story.press('enter');
    expect(journalRows(story)).toEqual([]);
    expect(refunds()).toEqual([]);
    expectBooks(story);
  });

  it('already given back by hand in the account: AS-37', async () => {
    await beginSold();
    const [sale] = serverOf(story).ledger();
    await fetch(`${serverOf(story).url}${CANCEL_PATH.path}`, {
      method: 'POST',
      body: new URLSearchParams({
        Merchant_ID: '123456',
        Login: 'demo_user',
        Password: 'assist-demo-password',
        Format: '5',
        Billnumber: sale?.paymentId ?? '',
      }),
    });
    returnWhole(story, 1);
    await story.untilDialog('AS-37');
    expect(story.shows('Заказ уже отменён полностью'), story.picture()).toBe(true);
    expect(refunds()).toEqual([6530]);
  });

  it('restarted while nobody knows whether it arrived: given back once', async () => {
    await beginSold();
    await serverOf(story).fault('drop-reply', 1, CANCEL_PATH);
    await serverOf(story).fault('http-500', 1, RESULT_PATH);
    returnWhole(story, 1);
    await story.until('given back', () => refunds().length === 1);
    await story.restart();
    await story.until('settled', () => story.till.state.attempts.length === 0);
    while (story.dialog !== null) story.press('enter');
    await closeReturn(story);
    expect(refunds()).toEqual([6530]);
    expectBooks(story);
  });
});

it('AS-36: a free return is never paid out by Ассист', async () => {
  story = await beginShop();
  story.press('f8', 'f10', 'type:3', 'enter');
  expect(story.row(4), story.picture()).toBe(' ВОЗВРАТ № 2');
  story.goods('2').press('f6');
  payWith(story, ASSIST);
  await story.untilDialog('AS-36');
  expectDialog(story, 'AS-36', 'Ошибка', 'Возврат возможен только по чеку продажи');
  expect(serverOf(story).requests()).toEqual([]);
});

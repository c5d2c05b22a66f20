/** An attempt whose state another version has written goes on from the order alone, as after a lost answer. */

import { describe, expect, it } from 'vitest';
import type { Left, Machine, Order } from '../../../../src/payments/driver.ts';
import { assistCancel } from '../../../../src/payments/providers/assist/cancel.ts';
import { assistFollow } from '../../../../src/payments/providers/assist/follow.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import { recall } from '../../../../src/payments/providers/assist/recall.ts';
import { assistRefund } from '../../../../src/payments/providers/assist/refund.ts';
import type { AssistSettings } from '../../../../src/payments/providers/assist/settings.ts';
import {
  AssistRun,
  BILL,
  endOf,
  NUMBER,
  ORDER,
  operation,
  order,
  QR,
  resultRow,
  STARTED_AT_MS,
  said,
} from './assist-run.ts';
import { orderAnswer, registrationAnswer } from './mpos-answers.ts';

function resumed(
  { resume, ...machine }: Machine<AssistSettings, unknown>,
  left: Partial<Left> = {},
  given: Order = ORDER,
  settings: Partial<AssistSettings> = {},
): AssistRun {
  if (resume === undefined) throw new Error('it cannot resume');
  const all: Left = { mayHaveMoved: true, foreground: true, startedAtMs: STARTED_AT_MS - 60_000, ...left };
  const begin: Machine<AssistSettings, unknown>['begin'] = (about, facts) => resume(about, facts, all);
  return new AssistRun({ ...machine, begin } as Machine<AssistSettings, unknown>, given, settings);
}

const sale = (meantypename: string) => order('Approved', { operations: [operation('AS000', { meantypename })] });
const byMeans = (option: string): Order => ({ ...ORDER, option });

describe('a payment', () => {
  it('that has sent nothing begins anew before the cashier, and is over where nobody waits', () => {
    expect(resumed(assistPay, { mayHaveMoved: false }).prompt?.number).toBe('AS-01');
    const silent = resumed(assistPay, { mayHaveMoved: false, foreground: false });
    expect([endOf(silent), silent.prompts, silent.sends]).toEqual(['cancelled', [], []]);
  });

  it.each([
    ['НАЛИЧНЫЕ', 'НАЛИЧНЫЕ', true],
    ['СБП', 'СБП', false],
    ['MIR', 'КАРТА', false],
  ])('whose means nobody knows any more: the paid order says %s', (word, shown, isCash) => {
    const run = resumed(assistPay).result(sale(word));
    expect(run.outcome).toMatchObject({ kind: 'approved', providerPaymentId: BILL });
    expect('isCash' in (run.outcome ?? {})).toBe(isCash);
    expect(resultRow(run, 'Способ оплаты:')).toBe(shown);
  });

  it('whose means nobody knows: an open order is left alone, Esc sets the cashier free', () => {
    const run = resumed(assistPay).result(order('In Process'));
    expect(run.prompt?.number).toBe('AS-05');
    for (let round = 0; round < 50; round++) run.wake().result(order('In Process'));
    run.cancel();
    expect([new Set(run.paths), said(run)]).toEqual([new Set(['orderresult']), 'AS-25']);
  });

  it('whose means nobody knows: not paid only when no program can pay it any more, and looked for after that', () => {
    const run = resumed(assistPay).result();
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'AS-25' }) }]);
    while (run.nowMs < STARTED_AT_MS + 900_000) {
      expect(endOf(run)).toBe('unknown');
      run.wake().result();
    }
    expect(run.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered', follow: true });
  });

  it('by СБП: its QR is gone, so an open order is given up, and the server decides', () => {
    const run = resumed(assistPay, {}, byMeans('sbp')).result(order('In Process'));
    expect(run.path).toBe('/api/v1/auth/login.cfm');
    const absent = resumed(assistPay, {}, byMeans('sbp')).result();
    while (absent.nowMs < STARTED_AT_MS + 30_000) absent.wake().result();
    expect(endOf(absent)).toBe('notRegistered');
  });

  it('by СБП of mPOS: its QR is gone, and is read again', () => {
    const run = resumed(assistPay, {}, byMeans('sbp'), { sbpMode: 'mpos' }).result(order('In Process'));
    run.reply(200, registrationAnswer('REG-1')).reply(200, orderAnswer(QR));
    expect(run.prompt).toMatchObject({ number: 'AS-05', payload: QR });
    const alone = resumed(assistPay, { foreground: false }, byMeans('sbp'), { sbpMode: 'mpos' });
    expect(alone.result(order('In Process')).path).toBe('/api/v1/auth/login.cfm');
  });

  it('in cash by mPOS: told again only 30 s after the start without the order', () => {
    const run = resumed(assistPay, {}, byMeans('cash'), { cashMode: 'mpos' }).result();
    while (run.path.endsWith('/orderresult.cfm')) run.wake().result();
    expect(run.path).toBe('/mpos/mobilepayment.cfm');
    expect(run.nowMs - STARTED_AT_MS).toBeGreaterThanOrEqual(30_000);
  });

  it('in cash: told again under the same number, never without a pause', () => {
    const run = resumed(assistPay, {}, byMeans('cash')).result();
    expect(run.sends.map(({ moves }) => moves)).toEqual(['nothing']);
    run.wake().result();
    expect([run.path, run.form.OrderNumber, run.form.OrderDate]).toEqual([
      '/xpos/payment.cfm',
      NUMBER,
      '15.01.2030 06:59:00',
    ]);
  });

  it('where nobody waits shows nothing and reports the end only', () => {
    const run = resumed(assistPay, { foreground: false }).result();
    run.wake().fail().wake().result(sale('СБП'));
    expect([run.prompts, run.outcomes.map(({ kind }) => kind)]).toEqual([[], ['approved']]);
    expect(run.notices).toMatchObject([{ number: 'AS-27' }]);
  });
});

const source = {
  orderNumber: NUMBER,
  providerPaymentId: BILL,
  amountKopecks: 100,
  shiftLabel: '',
  recalled: recall(null, 0),
};
const back = (ordinal: number, amount: string) =>
  operation('AS000', { billnumber: `${BILL}.${ordinal}`, operationtype: '300', amount });
const refundOrder: Order = {
  ...ORDER,
  orderNumber: 'T1-R0000001',
  amountKopecks: 40,
  source,
};
const part = (...operations: object[]) => order('PartialCanceled', { operations: [operation('AS000'), ...operations] });
const posts = (run: AssistRun) => run.paths.filter((path) => path === 'wscancel').length;

describe('a reversal', () => {
  it('is found in the order by its sum', () => {
    const run = resumed(assistRefund, {}, refundOrder).result(part(back(2, '0.40')));
    expect(run.outcomes).toEqual([{ kind: 'approved', providerPaymentId: `${BILL}.2` }]);
    expect(posts(run)).toBe(0);
  });

  it('what other refunds gave back is not its own: after 30 s without it the same id is sent', () => {
    const run = resumed(assistRefund, {}, refundOrder);
    run.givenBackIds = [`${BILL}.2`];
    run.result(part(back(2, '0.40')));
    while (posts(run) === 0 && run.nowMs <= STARTED_AT_MS + 30_000) run.wake().result(part(back(2, '0.40')));
    expect([run.nowMs - STARTED_AT_MS, run.form.ExternalRefundID, run.form.Billnumber]).toEqual([
      30_000,
      'T1-R0000001',
      BILL,
    ]);
  });

  it('a cancel that never left is sent at once, behind the cashier’s back', () => {
    const given = { ...ORDER, orderNumber: 'T1-R0000001', source: { ...source, providerPaymentId: null } };
    const run = resumed(assistCancel, { mayHaveMoved: false, foreground: false }, given).result(sale('СБП'));
    run.fail().result(order('Canceled', { operations: [operation('AS000'), back(2, '1.00')] }));
    expect([run.prompts, posts(run), endOf(run)]).toEqual([[], 1, 'approved']);
  });
});

describe('the cash that is still to be told', () => {
  const offline = { kind: 'pay', at: 'finished', means: 'cash', offlineSinceMs: STARTED_AT_MS, mayBeTold: true };
  const given: Order = { ...ORDER, orderNumber: 'F-1', source: { ...source, recalled: recall(offline, 0) } };

  it('is looked for first, and then told', () => {
    const run = resumed(assistFollow, { foreground: false }, given);
    expect(run.path).toBe('/orderresult/orderresult.cfm');
    expect([run.result().path, run.form.OrderNumber]).toEqual(['/xpos/payment.cfm', NUMBER]);
  });

  it('by mPOS only when good answers have been without it for 30 s', () => {
    const run = resumed(assistFollow, { foreground: false }, given, { cashMode: 'mpos' }).result();
    while (run.path.endsWith('/orderresult.cfm')) run.wake().result();
    expect(run.path).toBe('/mpos/mobilepayment.cfm');
    expect(run.nowMs - STARTED_AT_MS).toBeGreaterThanOrEqual(30_000);
  });
});

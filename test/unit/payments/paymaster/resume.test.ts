/** An attempt whose state another version has written goes on from the order alone, as after a lost answer. */

import { describe, expect, it } from 'vitest';
import type { Left, Machine, Order } from '../../../../src/payments/driver.ts';
import { paymasterDriver } from '../../../../src/payments/providers/paymaster/driver.ts';
import { paymasterPay } from '../../../../src/payments/providers/paymaster/pay.ts';
import { recall } from '../../../../src/payments/providers/paymaster/recall.ts';
import { paymasterCancel, paymasterRefund } from '../../../../src/payments/providers/paymaster/refund.ts';
import type { PaymasterSettings } from '../../../../src/payments/providers/paymaster/settings.ts';
import { ORDER, PaymasterRun, payment, problem, STARTED_AT_MS, withLink } from './paymaster-run.ts';

const HOUR_MS = 3_600_000;

function resumed(
  { resume, ...machine }: Machine<PaymasterSettings, never>,
  left: Partial<Left> = {},
  given: Order = ORDER,
  settings: Partial<PaymasterSettings> = {},
): PaymasterRun {
  if (resume === undefined) throw new Error('it cannot resume');
  const all: Left = { mayHaveMoved: true, foreground: true, startedAtMs: STARTED_AT_MS - HOUR_MS, ...left };
  const begin = (order: Order, facts: Parameters<typeof resume>[1]) => resume(order as never, facts, all);
  return new PaymasterRun({ ...machine, begin }, settings, given);
}

const paying = (left: Partial<Left> = {}, settings: Partial<PaymasterSettings> = {}) =>
  resumed(paymasterPay as Machine<PaymasterSettings, never>, left, ORDER, settings);
const none = { items: [] };
const row = (status: string, more = {}) => ({ items: [payment(status, more)] });
const PLATE: Partial<PaymasterSettings> = { stickerId: 'plate-1', display: 2 };
const said = ({ outcomes }: PaymasterRun) =>
  outcomes.map((outcome) => (outcome.kind === 'declined' ? outcome.code : outcome.kind));

describe('a payment', () => {
  it('that has sent nothing begins anew before the cashier, and is over where nobody waits', () => {
    expect(paying({ mayHaveMoved: false }).wake().asked).toBe('POST /payments');
    const silent = paying({ mayHaveMoved: false, foreground: false });
    expect([said(silent), silent.prompts, silent.sends]).toEqual([['cancelled'], [], []]);
  });

  it('is looked for in the list since it was begun, and was paid', () => {
    const run = paying();
    expect([run.asked, run.prompt?.number]).toEqual(['GET /payments', 'PM-01']);
    expect(new URL(run.request.url).searchParams.get('start')).toBe('2030-01-15T05:55:00Z');
    expect(run.reply(row('Settled')).outcomes).toEqual([{ kind: 'approved', providerPaymentId: '900000001' }]);
  });

  it('that is still open is read for its link; without one it is cancelled once, and the payment wins', () => {
    const run = paying().reply(row('Confirmation'));
    expect(run.asked).toBe('GET /payments/900000001');
    run.reply(payment('Confirmation'));
    while (run.asked.startsWith('GET')) run.wake().reply(payment('Confirmation'));
    expect(run.countOf('PUT /payments/900000001/cancel')).toBe(1);
    run.reply({}).reply(payment('Confirmation')).wake();
    expect(run.countOf('PUT /payments/900000001/cancel')).toBe(1);
    expect(said(run.reply(payment('Settled')))).toEqual(['approved']);
    expect(paying().reply(row('Confirmation')).reply(withLink()).prompt).toMatchObject({ show: 'showQr' });
  });

  it('that is still open on a plate waits for its buyer', () => {
    const run = paying({}, PLATE).reply({ items: [{ ...withLink(), paymentData: { stickerId: 'plate-1' } }] });
    expect(run.prompt).toMatchObject({ number: 'PM-02', show: 'wait' });
    expect(said(run.wake().reply(payment('Settled')))).toEqual(['approved']);
  });

  it('in no list for 15 s was not made: its bytes are gone, so it is not sent again', () => {
    const run = paying().reply(none).wake().reply(none);
    expect(run.outcomes).toEqual([]);
    run.until(15_000, (one) => one.reply(none));
    expect(run.outcomes).toEqual([
      { kind: 'declined', code: 'notRegistered', say: expect.objectContaining({ number: 'PM-07' }) },
    ]);
    expect(run.sends.every(({ moves }) => moves === 'nothing')).toBe(true);
  });

  it('in no list may still reach a plate: its whole life and the grace are counted from now', () => {
    const run = paying({}, PLATE).reply(none);
    run.until(325_000, (one) => one.reply(none));
    expect(said(run)).toEqual([]);
    run.until(330_000, (one) => one.reply(none));
    expect(said(run)).toEqual(['notRegistered']);
    expect(new Set(run.story)).toEqual(new Set(['GET /payments']));
  });

  it('Esc sets the cashier free, and a late success is told', () => {
    const run = paying({}, PLATE).reply(none).esc();
    run.until(15_000, (one) => one.reply(none));
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'PM-06' }) }]);
    expect(said(run.wake().reply(row('Settled')))).toEqual(['unknown', 'approved']);
  });

  it('where nobody waits shows nothing, is cancelled, and reports the end only', () => {
    const run = paying({ foreground: false }).fail().wake().reply(row('Confirmation'));
    expect(run.asked).toBe('PUT /payments/900000001/cancel');
    run.fail().reply(payment('Settled'));
    expect([run.prompts, said(run)]).toEqual([[], ['approved']]);
  });

  it('that the server names in other figures is never approved', () => {
    const run = paying().reply(row('Settled', { amount: { value: 15.31, currency: 'RUB' } }));
    expect([said(run), run.alarms.length]).toEqual([['unknown'], 1]);
    const silent = paying({ foreground: false }).reply(row('Settled', { testMode: true }));
    expect([said(silent), silent.prompts, silent.alarms.length]).toEqual([[], [], 1]);
  });
});

const SOURCE = {
  orderNumber: ORDER.orderNumber,
  providerPaymentId: '900000001' as string | null,
  amountKopecks: 1530,
  shiftLabel: '15012030',
  recalled: recall(null, 0),
};
const reversalOf = (source = SOURCE): Order => ({ ...ORDER, orderNumber: '8-1-2-5-abc', amountKopecks: 500, source });
const returning = (left: Partial<Left> = {}, source = SOURCE) =>
  resumed(paymasterRefund as Machine<PaymasterSettings, never>, left, reversalOf(source));
const cancelling = (left: Partial<Left> = {}) =>
  resumed(paymasterCancel as Machine<PaymasterSettings, never>, left, reversalOf());

function refund(more: object = {}) {
  const created = '2030-01-15T06:30:00Z';
  return {
    id: '7',
    created,
    paymentId: '900000001',
    amount: { value: 5, currency: 'RUB' },
    status: 'Success',
    ...more,
  };
}

describe('a reversal', () => {
  it('asks by the same bytes under the same key, which the server answers with what it has done', () => {
    const run = returning();
    expect([run.asked, run.request.headers['idempotency-key'], run.request.body]).toEqual([
      'POST /refunds',
      '8-1-2-5-abc',
      new PaymasterRun(paymasterRefund, {}, reversalOf()).request.body,
    ]);
    expect(run.reply(refund()).outcomes).toEqual([{ kind: 'approved', providerPaymentId: '7' }]);
  });

  it('whose key was used is found in the list since it was begun', () => {
    const run = returning().reply(problem('idempotency_key_violation'), 409);
    expect(run.asked).toBe('GET /refunds');
    run.reply({ items: [refund(), refund({ id: '6', created: '2030-01-15T05:30:00Z' })] });
    expect(run.outcomes).toEqual([{ kind: 'approved', providerPaymentId: '7' }]);
  });

  it('a refusal says nothing while the lost one may stand in the list, and that it did not leave nothing at all', () => {
    const run = returning().fail('notSent');
    expect(run.outcomes).toEqual([]);
    run.wake().reply(problem('invalid_operation'), 400);
    expect([run.asked, run.outcomes]).toEqual(['GET /refunds', []]);
    expect(said(run.reply({ items: [refund()] }))).toEqual(['approved']);
  });

  it('of a payment that must be looked for by its number never ends as not sent', () => {
    const run = returning({}, { ...SOURCE, providerPaymentId: null });
    expect([run.asked, paymasterDriver.phase(run.state as never)]).toEqual(['GET /payments', 'unknown']);
    for (let round = 0; round < 4; round++) run.fail().wake();
    run.reply(none).wake();
    expect(said(run)).toEqual(['unknown']);
    run.reply(row('Settled')).reply(refund());
    expect(said(run)).toEqual(['unknown', 'approved']);
  });

  it('that never left is begun anew before the cashier; behind his back only the cancel, which is owed', () => {
    expect(said(returning({ mayHaveMoved: false }).fail('notSent'))).toEqual(['notSent']);
    const silent = returning({ mayHaveMoved: false, foreground: false });
    expect([said(silent), silent.sends]).toEqual([['notSent'], []]);
    const owed = cancelling({ mayHaveMoved: false, foreground: false }).fail('notSent').wake().reply(refund());
    expect([owed.prompts, said(owed)]).toEqual([[], ['approved']]);
  });
});

describe('what is known of a bill', () => {
  it('is read from the state of this version as well', () => {
    const run = new PaymasterRun(paymasterPay).wake();
    expect(recall(run.state, 1)).toEqual({ providerPaymentId: null, isReversal: false, startedAtMs: STARTED_AT_MS });
    run.reply(withLink());
    expect(recall(run.state, 1)).toMatchObject({ providerPaymentId: '900000001', startedAtMs: STARTED_AT_MS });
    expect(recall(run.wake().reply(payment('Settled')).state, 1)).toMatchObject({ providerPaymentId: '900000001' });
    expect(recall(returning().state, 1)).toEqual({ providerPaymentId: null, isReversal: true, startedAtMs: null });
    expect(recall(run.state, 3)).toEqual(recall(null, 1));
  });
});

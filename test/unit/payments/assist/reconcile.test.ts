import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/payments/driver.ts';
import type { Booked } from '../../../../src/payments/outcome.ts';
import { assistReconcile } from '../../../../src/payments/providers/assist/reconcile.ts';
import { AssistRun, BILL, fault, NUMBER, ORDER, operation, order } from './assist-run.ts';

const PAID: Booked = {
  orderNumber: NUMBER,
  providerPaymentId: BILL,
  kind: 'payment',
  amountKopecks: 100,
  state: 'approved',
  source: null,
};
const back = (orderNumber: string, providerPaymentId: string | null, amountKopecks: number): Booked => ({
  ...PAID,
  ...{ orderNumber, providerPaymentId, amountKopecks, kind: 'reversal' },
  source: { orderNumber: NUMBER, providerPaymentId: BILL },
});
const given = (ordinal: number, amount: string) =>
  operation('AS000', { billnumber: `${BILL}.${ordinal}`, operationtype: '300', amount });
const SALE = operation('AS000');

function reconcile(...operations: Booked[]): AssistRun {
  const books = {
    ...{ openedAtMs: 0, registerPrefix: '8-', shiftPrefix: '8-1-', operations },
    progress: { asked: 0, all: operations.length },
  };
  const about: Order = { ...ORDER, books };
  return new AssistRun(assistReconcile as never, about);
}

/** `payment 100 approved`, and whose it is. */
function told(run: AssistRun): string[] {
  const outcome = run.outcomes.at(-1);
  if (outcome?.kind !== 'approved') throw new Error(JSON.stringify(outcome));
  return (outcome.operations ?? []).map(
    ({ kind, orderNumber, amountKopecks, state }) => `${kind} ${orderNumber} ${amountKopecks} ${state}`,
  );
}

describe('the reconciliation of Assist', () => {
  it('asks nothing where there is nothing to ask about', () => {
    const run = reconcile();
    expect([told(run), run.sends]).toEqual([[], []]);
  });

  it('a payment and what went back of it: ours by the operation or by the sum, another one under the order', () => {
    const operations = [SALE, given(2, '0.30'), given(3, '0.20'), given(4, '0.10')];
    const run = reconcile(PAID, back('r-1', `${BILL}.2`, 30), back('r-2', null, 20));
    run.result(order('PartialCanceled', { operations }));
    expect(told(run)).toEqual([
      `payment ${NUMBER} 100 approved`,
      'reversal r-1 30 approved',
      'reversal r-2 20 approved',
      `reversal ${NUMBER} 10 approved`,
    ]);
  });

  it('of an order of an older shift only our own is told', () => {
    const run = reconcile(back('r-1', `${BILL}.3`, 20));
    run.result(order('PartialCanceled', { operations: [SALE, given(2, '0.30'), given(3, '0.20')] }));
    expect(told(run)).toEqual(['reversal r-1 20 approved']);
  });

  it('what a card and points have paid together goes back by two operations, and is one', () => {
    const run = reconcile(PAID, back('r-1', `${BILL}.3`, 100));
    run.result(order('Canceled', { operations: [SALE, given(2, '0.70'), given(3, '0.30')] }));
    expect(told(run)).toEqual([`payment ${NUMBER} 100 approved`, 'reversal r-1 100 approved']);
  });

  it('an order that was given up unpaid is none; another till’s before ours is not told', () => {
    const unpaid = reconcile({ ...PAID, state: 'declined', providerPaymentId: null });
    unpaid.result(order('Canceled', { operations: [] }));
    expect(told(unpaid)).toEqual([`payment ${NUMBER} 100 declined`]);
    const shared = reconcile(PAID);
    shared.result(
      order('Approved', { billnumber: '5123456000000000', orderamount: '9.00', operations: [SALE] }),
      order('Approved', { operations: [SALE] }),
    );
    expect(told(shared)).toEqual([`payment ${NUMBER} 100 approved`]);
  });

  it('an order of a test shop is no money', () => {
    const run = reconcile({ ...PAID, state: 'declined' });
    run.result(order('Approved', { testmode: '1', operations: [SALE] }));
    expect(told(run)).toEqual([`payment ${NUMBER} 100 declined`]);
  });

  it('a refusal is told in the words of the server', () => {
    const run = reconcile(PAID).reply(200, fault('10', '100'));
    expect(run.outcomes.at(-1)).toMatchObject({ kind: 'declined', say: { number: 'DOM-119' } });
  });

  it('an answer about another order is none', () => {
    const run = reconcile(PAID).result(order('Approved', { ordernumber: '20300115_100000_008', operations: [SALE] }));
    expect(run.outcomes).toEqual([]);
  });
});

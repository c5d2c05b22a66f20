/** Where the money of a return goes: one function for the dialog that shows it and for what sends it. */
import { describe, expect, it } from 'vitest';
import type { Document } from '../../../src/register/model.ts';
import { plannedRefunds } from '../../../src/register/refund-plan.ts';
import { goodsOf, oplati, paymentOf, returnOf, rouble, sourceOf, terminal } from '../../golden/fixture.ts';

const cash = paymentOf(rouble, 1000);
const byTerminal = paymentOf(terminal, 2000);
const byOplati = paymentOf(oplati, 2100);

function owing(kopecks: number, more: Partial<Document> = {}): Document {
  return returnOf(8, [{ goods: goodsOf('СЫР', kopecks), sold: 1, before: 0, now: 1 }], {
    stage: 'subtotal',
    source: sourceOf([cash, byTerminal, byOplati]),
    ...more,
  });
}

const refunded = (payment: typeof cash, amountKopecks: number, sourceAttemptId: string | null = payment.attemptId) => ({
  ...payment,
  attemptId: `r-${payment.attemptId}`,
  amountKopecks,
  sourceAttemptId,
});

const told = (document: Document) =>
  plannedRefunds(document).map(({ step, doneKopecks, leftKopecks, dueKopecks }) => [
    step.attemptId,
    doneKopecks,
    leftKopecks,
    dueKopecks,
  ]);

describe('the payments of a sale on their way back', () => {
  it('go last first, each up to what is left of it', () => {
    expect(told(owing(3000))).toEqual([
      ['oplati-2100', 0, 2100, 2100],
      ['terminal-2000', 0, 2000, 900],
      ['cash-1000', 0, 1000, 0],
    ]);
  });

  it('go as the cashier decided, with what has gone back already', () => {
    const refundPlan = ['terminal-2000', 'cash-1000', 'oplati-2100'].map((attemptId) => ({ attemptId, inCash: false }));
    const payments = [refunded(byTerminal, 2000), refunded(cash, 300)];
    expect(told(owing(4000, { refundPlan, payments }))).toEqual([
      ['terminal-2000', 2000, 0, 0],
      ['cash-1000', 300, 700, 700],
      ['oplati-2100', 0, 2100, 1000],
    ]);
  });

  it('count cash in place of a payment to those that were to be given in cash', () => {
    const refundPlan = [
      { attemptId: 'oplati-2100', inCash: true },
      { attemptId: 'terminal-2000', inCash: true },
    ];
    const payments = [refunded(cash, 2500, null)];
    expect(told(owing(4100, { refundPlan, payments }))).toEqual([
      ['oplati-2100', 2100, 0, 0],
      ['terminal-2000', 400, 1600, 1600],
    ]);
  });

  it('leave out what earlier returns have given back whole', () => {
    const source = sourceOf([cash, byOplati]);
    const payments = source.payments.map((paid) =>
      paid.attemptId === 'cash-1000' ? paid : { ...paid, leftKopecks: 0 },
    );
    expect(told(owing(500, { source: { ...source, payments } }))).toEqual([['cash-1000', 0, 1000, 500]]);
  });
});

import { describe, expect, it } from 'vitest';
import type { ClosedDocument, Line, Payment } from '../../../src/register/model.ts';
import { returnedSoFar } from '../../../src/register/returned-so-far.ts';
import { goods, oplati, ruble } from './fixtures.ts';

function line(positionNumber: number, quantityThousandths: number, sumKopecks: number): Line {
  return {
    positionNumber: 1,
    goods: goods(),
    entry: 'scan',
    enteredCode: null,
    priceKopecks: 1530,
    quantityThousandths,
    sumKopecks,
    discountKopecks: 0,
    returned: { positionNumber, soldThousandths: 3000, paidKopecks: 1000, beforeThousandths: 0, beforeKopecks: 0 },
  };
}

function payment(sourceAttemptId: string | null, amountKopecks: number, patch: Partial<Payment> = {}): Payment {
  return {
    attemptId: `r-${sourceAttemptId}`,
    currency: sourceAttemptId === null ? ruble : oplati,
    amountKopecks,
    state: 'approved',
    startedAt: 0,
    providerPaymentId: null,
    orderNumber: '1',
    sourceAttemptId,
    ...patch,
  };
}

function returned(lines: Line[], payments: Payment[], patch: Partial<ClosedDocument> = {}): ClosedDocument {
  return {
    documentId: 'r',
    number: 2,
    type: 'returnBySale',
    shiftNumber: 1,
    cashierCode: '1',
    cashierName: 'Мастер',
    openedAt: 0,
    stage: 'subtotal',
    lines,
    stornoLines: [],
    payments,
    nextPositionNumber: 2,
    card: null,
    source: { documentId: 's', number: 1, closedAt: 0, payments: [] },
    status: 'closed',
    closedAt: 0,
    totalKopecks: 0,
    discountKopecks: 0,
    receivedKopecks: 0,
    changeKopecks: 0,
    fiscalNumber: 2,
    ...patch,
  };
}

describe('what the returns of a sale gave back (domain.md 2.14)', () => {
  it('is nothing before the first return', () => {
    expect(returnedSoFar([])).toEqual({ before: [], givenBack: [] });
  });

  it('adds up positions of the sale and its payments over all returns', () => {
    const first = returned([line(2, 1000, 333), line(1, 2000, 500)], [payment('a', 700), payment('b', 133)]);
    const second = returned([line(2, 1000, 334)], [payment('b', 334)]);
    expect(returnedSoFar([first, second])).toEqual({
      before: [
        { positionNumber: 2, quantityThousandths: 2000, refundedKopecks: 667 },
        { positionNumber: 1, quantityThousandths: 2000, refundedKopecks: 500 },
      ],
      givenBack: [
        { attemptId: 'a', amountKopecks: 700 },
        { attemptId: 'b', amountKopecks: 467 },
      ],
    });
  });

  it('counts money that was given back, and only against a payment of the sale', () => {
    const payments = [
      payment('a', 100),
      payment('a', 200, { state: 'declined' }),
      payment('a', 300, { state: 'unknown' }),
      payment('a', 400, { state: 'cancelled' }),
      payment('a', 50, { state: 'manualPaid' }),
      payment(null, 999),
    ];
    expect(returnedSoFar([returned([], payments)]).givenBack).toEqual([{ attemptId: 'a', amountKopecks: 150 }]);
  });

  it('passes over an annulled return and documents of other kinds', () => {
    const lines = [line(1, 1000, 333)];
    const money = [payment('a', 333)];
    expect(
      returnedSoFar([returned(lines, money, { status: 'annulled' }), returned(lines, money, { type: 'return' })]),
    ).toEqual({ before: [], givenBack: [] });
  });
});

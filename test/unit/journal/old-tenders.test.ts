import { describe, expect, it } from 'vitest';
import { withTenders } from '../../../src/journal/old-tenders.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import type { Payment } from '../../../src/register/model.ts';
import { oplati, ruble } from '../register/fixtures.ts';

const assist = { ...oplati, code: 9, provider: 'assist', name: 'Ассист', option: null };
const approved = { kind: 'approved', providerPaymentId: null } as const;
const attempts: Record<string, Partial<Attempt>> = {
  notes: { outcome: { ...approved, isCash: true } },
  card: { outcome: approved },
};
const attemptOf = (attemptId: string) => (attempts[attemptId] as Attempt | undefined) ?? null;
const payment = (attemptId: string, change: Partial<Payment> = {}) =>
  ({ attemptId, currency: assist, sourceAttemptId: null, ...change }) as Payment;
const read = (one: Payment) => withTenders({ payments: [one] }, attemptOf).payments[0];
const inCash = { isCash: true, means: 'наличные' };

describe('what an earlier version has left to the attempts', () => {
  it('is cash that a payment system took, and what went back of it', () => {
    expect(read(payment('notes'))).toMatchObject(inCash);
    expect(read(payment('back', { sourceAttemptId: 'notes' }))).toMatchObject(inCash);
    expect(read(payment('notes', { currency: { ...assist, option: 'cash' } }))).not.toHaveProperty('means');
  });

  it.each([
    payment('card'),
    payment('back', { sourceAttemptId: 'card' }),
    payment('nobody knows'),
    payment('notes', { currency: ruble }),
    payment('notes', { means: 'СБП' }),
  ])('and nothing else: %#', (one) => {
    const document = { payments: [one] };
    expect(withTenders(document, attemptOf)).toBe(document);
  });
});

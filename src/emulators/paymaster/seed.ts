import { qrcIdOf, sbpLink } from '../sbp-link.ts';
import { numbersOf, reversalNumberOf, type SeedPlan } from '../seed.ts';
import type { PaymasterState } from './state.ts';

/** Settled bills and done refunds, without a payer and without a notification. */
export function seed(state: PaymasterState, plan: SeedPlan, description: string, nowMs: number): void {
  const { sumKopecks, reversals } = plan;
  const link = sbpLink({ qrcId: qrcIdOf('dynamic', 'seed'), kind: 'dynamic', sumKopecks });
  const firstId = state.nextPaymentId;
  const numbers = numbersOf(plan);
  numbers.forEach((orderNumber) => {
    state.payments.push({
      id: String(state.nextPaymentId++),
      ordinal: state.nextOrdinal++,
      createdAtMs: nowMs,
      testMode: false,
      status: 'Settled',
      resultCode: 'Success',
      endedAtMs: nowMs,
      sumKopecks,
      description,
      orderNumber,
      params: null,
      stickerId: null,
      link,
      callbackUrl: null,
      idempotencyKey: orderNumber,
      billedUntilMs: nowMs,
      expiresAtMs: nowMs,
      isPaying: false,
      opensAtMs: null,
      answersAtMs: null,
      answer: 'Success',
    });
  });
  numbers.slice(0, reversals).forEach((orderNumber, index) => {
    state.refunds.push({
      id: String(state.nextRefundId++),
      ordinal: state.nextOrdinal++,
      createdAtMs: nowMs,
      paymentId: String(firstId + index),
      sumKopecks,
      status: 'Success',
      resultCode: null,
      idempotencyKey: reversalNumberOf(orderNumber),
      endedAtMs: nowMs,
      endsAtMs: nowMs,
      answer: 'Success',
    });
  });
}

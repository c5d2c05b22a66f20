/** The refunds: pending for a while, then done or refused (paymaster.md 5, 8.4). */
import { PROBLEMS } from './problems.ts';
import type { RefundOrder } from './requests.ts';
import type { PaymasterState, Payment, Refund } from './state.ts';

export interface RefundPlan {
  /** After the request; null: pending for ever, or until another plan is made. */
  endsAfterMs: number | null;
  /** `Success`, or the code of the refusal. */
  resultCode: string;
}

export class RefundBook {
  private readonly state: PaymasterState;
  private plan: RefundPlan;

  constructor(state: PaymasterState, plan: RefundPlan) {
    this.state = state;
    this.plan = plan;
  }

  create(order: RefundOrder, payment: Payment, idempotencyKey: string | null, nowMs: number): Refund {
    if (payment.status !== 'Settled') throw PROBLEMS.paymentNotSettled();
    if (order.sumKopecks > this.refundableKopecks(payment)) throw PROBLEMS.overRefund();
    const refund: Refund = {
      id: String(this.state.nextRefundId),
      ordinal: this.state.nextOrdinal,
      createdAtMs: nowMs,
      paymentId: payment.id,
      sumKopecks: order.sumKopecks,
      status: 'Pending',
      resultCode: null,
      idempotencyKey,
      endedAtMs: null,
      endsAtMs: null,
      answer: 'Success',
    };
    this.schedule(refund, nowMs);
    this.state.nextOrdinal += 1;
    this.state.nextRefundId += 1;
    this.state.refunds.push(refund);
    return refund;
  }

  find(id: string): Refund {
    const refund = this.state.refunds.find((one) => one.id === id);
    if (refund === undefined) throw PROBLEMS.unknownId();
    return refund;
  }

  /** Refunds created inside the window, both ends included, oldest first. */
  within(startMs: number, endMs: number): Refund[] {
    return this.state.refunds.filter(({ createdAtMs }) => createdAtMs >= startMs && createdAtMs <= endMs);
  }

  /** How refunds go from now on, those that are still pending included. */
  setPlan(plan: RefundPlan, nowMs: number): void {
    this.plan = plan;
    for (const refund of this.state.refunds) if (refund.status === 'Pending') this.schedule(refund, nowMs);
  }

  settle(nowMs: number): void {
    for (const refund of this.state.refunds) {
      if (refund.status !== 'Pending' || refund.endsAtMs === null || refund.endsAtMs > nowMs) continue;
      refund.status = refund.answer === 'Success' ? 'Success' : 'Rejected';
      refund.resultCode = refund.answer === 'Success' ? null : refund.answer;
      refund.endedAtMs = refund.endsAtMs;
    }
  }

  private schedule(refund: Refund, nowMs: number): void {
    const { endsAfterMs, resultCode } = this.plan;
    refund.endsAtMs = endsAfterMs === null ? null : nowMs + endsAfterMs;
    refund.answer = resultCode;
  }

  /** A pending refund holds its sum: it may still be done. */
  private refundableKopecks(payment: Payment): number {
    return this.state.refunds
      .filter(({ paymentId, status }) => paymentId === payment.id && status !== 'Rejected')
      .reduce((rest, refund) => rest - refund.sumKopecks, payment.sumKopecks);
  }
}

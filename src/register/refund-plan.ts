import type { Currency, Document, RefundStep, ReturnSource } from './model.ts';
import { isCounted, totalsOf } from './totals.ts';

/** A payment of the sale on its way back: what of it this return has given back, and what it is to give. */
export interface PlannedRefund {
  step: RefundStep;
  source: ReturnSource['payments'][number];
  /** Given back by this return, by its own means or in cash. */
  doneKopecks: number;
  /** What its own means may still give back. */
  leftKopecks: number;
  /** Its share of what is still owed, in this order. */
  dueKopecks: number;
}

/** Last payment first (domain.md 2.14), each by the means it was paid with. */
function usualPlan({ source }: Document): RefundStep[] {
  return (source?.payments ?? []).map(({ attemptId }) => ({ attemptId, inCash: false })).reverse();
}

/**
 * The payments of the sale in the order of the plan: the one that is given, else the cashier's, else the usual one. All who ask
 * where the money of a return goes ask here: the dialog that shows it, and what sends it. Payments that earlier returns have
 * given back whole are not in it.
 */
export function plannedRefunds(document: Document, plan = document.refundPlan ?? usualPlan(document)): PlannedRefund[] {
  const counted = document.payments.filter(isCounted);
  let restKopecks = totalsOf(document).restKopecks;
  // Cash in place of a payment names no payment: it is what the first ones to be given in cash have got.
  let cashKopecks = sum(counted.filter(({ sourceAttemptId }) => sourceAttemptId === null));
  return plan.flatMap((step): PlannedRefund[] => {
    const source = document.source?.payments.find(({ attemptId }) => attemptId === step.attemptId);
    if (source === undefined || source.leftKopecks <= 0) return [];
    const ownKopecks = sum(counted.filter(({ sourceAttemptId }) => sourceAttemptId === step.attemptId));
    const inCashKopecks = step.inCash ? Math.min(cashKopecks, source.leftKopecks - ownKopecks) : 0;
    cashKopecks -= inCashKopecks;
    const leftKopecks = source.leftKopecks - ownKopecks - inCashKopecks;
    const dueKopecks = Math.min(restKopecks, leftKopecks);
    restKopecks -= dueKopecks;
    return [{ step, source, doneKopecks: ownKopecks + inCashKopecks, leftKopecks, dueKopecks }];
  });
}

/**
 * The payment of the sale that a payment type chosen by the cashier goes back to: the next one of it in the order of the plan.
 * @returns null: there is none of that type, or nothing is left of it
 */
export function refundBy(document: Document, { code }: Pick<Currency, 'code'>): PlannedRefund | null {
  const isIt = ({ source, leftKopecks }: PlannedRefund) => leftKopecks > 0 && source.currency.code === code;
  return plannedRefunds(document).find(isIt) ?? null;
}

function sum(payments: readonly { amountKopecks: number }[]): number {
  return payments.reduce((total, { amountKopecks }) => total + amountKopecks, 0);
}

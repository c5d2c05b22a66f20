import type { ReturnSource } from '../../register/model.ts';
import { isCounted, totalsOf } from '../../register/totals.ts';
import { sayRefusal, type Turn } from '../turn.ts';
import { blockedNow } from './cancels.ts';
import type { Due } from './due.ts';

/** Gives the source payments back in this order, one after another, until nothing is owed. */
export function refund(turn: Turn, order: readonly string[]): Due[] {
  turn.state = { ...turn.state, refundPlan: [...order] };
  return nextRefund(turn);
}

/** The next payment of the plan; asked for again when the one before has been given back. */
export function nextRefund(turn: Turn): Due[] {
  const { document } = turn.state.register;
  const plan = turn.state.refundPlan;
  if (document?.source == null || plan === null) return [];
  const { restKopecks } = totalsOf(document);
  const open = openSources(turn);
  const next = plan.map((id) => open.find(({ attemptId }) => attemptId === id)).find((source) => source !== undefined);
  if (restKopecks === 0 || next === undefined) {
    dropRefundPlan(turn);
    return [];
  }
  const driver = turn.facts.driver(next.currency.provider);
  const blocked = driver === null ? null : blockedNow(turn, driver);
  if (blocked === null) return refundOf(turn, next, Math.min(restKopecks, next.leftKopecks));
  dropRefundPlan(turn);
  sayRefusal(turn, blocked.refusal);
  return blocked.due;
}

export function dropRefundPlan(turn: Turn): void {
  turn.state = { ...turn.state, refundPlan: null };
}

/** A part of one source payment is given back, by the means it was paid with. */
export function refundOf(turn: Turn, paid: ReturnSource['payments'][number], amountKopecks: number): Due[] {
  const { document } = turn.state.register;
  if (document === null) return [];
  const source = { ...paid, amountKopecks: paid.leftKopecks };
  return [{ do: 'begin', wanted: { operation: 'refund', currency: paid.currency, document, amountKopecks, source } }];
}

/** Source payments of the open return with what is still left of each, in the order they were made. */
export function openSources(turn: Turn): ReturnSource['payments'] {
  const { document } = turn.state.register;
  if (document?.source == null) return [];
  return document.source.payments.flatMap((source) => {
    let leftKopecks = source.leftKopecks;
    for (const payment of document.payments) {
      if (payment.sourceAttemptId === source.attemptId && isCounted(payment)) leftKopecks -= payment.amountKopecks;
    }
    return leftKopecks > 0 ? [{ ...source, leftKopecks }] : [];
  });
}

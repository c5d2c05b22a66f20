import type { Currency, Document, RefundStep } from '../../register/model.ts';
import { type PlannedRefund, plannedRefunds } from '../../register/refund-plan.ts';
import { refuse, refuseUndecided } from '../../register/refusal.ts';
import { isUndecided } from '../../register/totals.ts';
import { runCommand } from '../commands.ts';
import { context } from '../state.ts';
import { openContext, patchUi, sayRefusal, type Turn } from '../turn.ts';
import { blockedNow } from './cancels.ts';
import type { Due } from './due.ts';

/**
 * The payment stage of a return by receipt: before anything leaves, the cashier sees what goes back by which means and decides
 * it (DOM-102); what she had decided stands there again when something of it failed. Only the cash of a sale that was paid in
 * nothing else needs no question: it is counted out by hand, and nothing leaves before F8.
 */
export function offerRefund(turn: Turn): Due[] {
  const { document } = turn.state.register;
  if (document?.source == null) return [];
  if (document.payments.some(isUndecided)) {
    sayRefusal(turn, refuseUndecided(document, 'Закрыть чек или вернуть иначе'));
    return [];
  }
  const planned = plannedRefunds(document);
  if (planned.every(({ leftKopecks }) => leftKopecks === 0)) {
    patchUi(turn, { status: 'Выберите валюту' });
    return [];
  }
  const plan = planned.map(({ step }) => step);
  const [only, ...others] = planned;
  if (only !== undefined && others.length === 0 && isCash(turn, only)) return refund(turn, plan);
  const mayBeCash = turn.facts.rules.cashForElectronicReturn;
  openContext(turn, context('refund-order', { plan, selected: 0, mayBeCash }));
  return [];
}

function isCash(turn: Turn, { step, source }: PlannedRefund): boolean {
  return step.inCash || turn.facts.driver(source.currency.provider)?.isImmediate === true;
}

/** DOM-102 decided: the payments of the sale go back in this order, one after another, until nothing is owed. */
export function refund(turn: Turn, plan: RefundStep[]): Due[] {
  const refusal = runCommand(turn, { do: 'planRefund', plan });
  if (refusal !== null) {
    sayRefusal(turn, refusal);
    return [];
  }
  turn.state = { ...turn.state, isRefunding: true };
  return nextRefund(turn);
}

/** The next payment of the plan; asked for again when the one before has been given back. */
export function nextRefund(turn: Turn): Due[] {
  const { document } = turn.state.register;
  if (document === null || !turn.state.isRefunding) return [];
  const next = plannedRefunds(document).find(({ dueKopecks }) => dueKopecks > 0);
  if (next === undefined) {
    stopRefunding(turn);
    return [];
  }
  const currency = refundCurrency(turn, next);
  const driver = currency === null ? null : turn.facts.driver(currency.provider);
  if (currency === null || driver === null) {
    stopRefunding(turn);
    sayRefusal(turn, refuse('DOM-34'));
    return [];
  }
  const blocked = blockedNow(turn, driver);
  if (blocked === null) return refundOf(turn, currency, next.step.inCash ? null : next, next.dueKopecks);
  stopRefunding(turn);
  sayRefusal(turn, blocked.refusal);
  return blocked.due;
}

/** The payment type that a payment of the sale goes back by; null = the shop's dictionary has no cash. */
function refundCurrency(turn: Turn, { step, source }: PlannedRefund): Currency | null {
  if (!step.inCash) return source.currency;
  return turn.facts.currencies().find(({ provider }) => provider === 'cash') ?? null;
}

/** What comes after it is not sent by itself any more; the plan stays with the document, for when the cashier goes on. */
export function stopRefunding(turn: Turn): void {
  turn.state = { ...turn.state, isRefunding: false };
}

/**
 * A part of a payment of the sale is given back.
 * @param planned null = cash in place of it
 */
export function refundOf(turn: Turn, currency: Currency, planned: PlannedRefund | null, amountKopecks: number): Due[] {
  const { document } = turn.state.register;
  if (document === null) return [];
  const source = planned === null ? null : { ...planned.source, amountKopecks: planned.leftKopecks };
  return [{ do: 'begin', wanted: { operation: 'refund', currency, document, amountKopecks, source } }];
}

/**
 * A means of payment never changes without a question that names the sum (DOM-109).
 * @param source null = cash in place of what was paid otherwise
 * @returns the payment type that the money was to go back by; null = it is this one, or none was decided
 */
export function otherTender(
  turn: Turn,
  document: Document,
  currency: Currency,
  source: PlannedRefund | null,
): Currency | null {
  const isPlanned = document.refundPlan !== undefined;
  if (source === null ? !turn.facts.rules.cashForElectronicReturn : !isPlanned) return null;
  const next = plannedRefunds(document).find(({ dueKopecks }) => dueKopecks > 0);
  const planned = next === undefined ? null : refundCurrency(turn, next);
  return planned === null || planned.code === currency.code ? null : planned;
}

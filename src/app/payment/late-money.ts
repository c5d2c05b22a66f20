import { type Attempt, isMadeByHand, isUndelivered } from '../../payments/attempt.ts';
import type { Driver } from '../../payments/driver.ts';
import type { Currency, Document } from '../../register/model.ts';
import { formatKopecks } from '../../register/money.ts';
import { notify } from '../notices.ts';
import { attemptOf, log, putAttempt, type Turn } from '../turn.ts';
import { cancelOf } from './cancels.ts';
import type { Due, Ended } from './due.ts';
import { foundAttempt } from './orders.ts';
import { tellContradiction } from './told-money.ts';

/** Paid, and the receipt has been settled otherwise: the money goes back by the queue (K14). */
export function giveBackLate(turn: Turn, paid: Attempt, providerPaymentId: string | null): Due[] {
  log(turn, 'warn', paid.provider, `order=${paid.order.orderNumber}: поздняя оплата, возвращается`);
  const { orderNumber, amountKopecks } = paid.order;
  const source = { attemptId: paid.attemptId, orderNumber, providerPaymentId, amountKopecks };
  return [cancelOf(documentOf(paid), currencyOf(paid), source, false)];
}

/** The payment has ended, and something is left to do for it: in the background, for as long as it takes. */
export function followOf({ attempt, outcome }: Ended): Due[] {
  if (!('follow' in outcome) || outcome.follow !== true) return [];
  const { attemptId, order } = attempt;
  const { orderNumber, amountKopecks } = order;
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  const wanted = {
    operation: 'follow' as const,
    currency: currencyOf(attempt),
    document: documentOf(attempt),
    amountKopecks,
    source: { attemptId, orderNumber, providerPaymentId, amountKopecks },
    foreground: false,
    follows: outcome.kind === 'approved' ? ('made' as const) : ('unmade' as const),
  };
  return [{ do: 'begin', wanted }];
}

/** What its system has yet to be told of before this one; what only a human can help holds nobody up. */
export function olderDeliveries(turn: Turn, { attemptId, provider, startedAtMs }: Attempt, driver: Driver): Attempt[] {
  const { attempts } = turn.state;
  const ownIndex = attempts.findIndex((one) => one.attemptId === attemptId);
  return attempts.filter((one, index) => {
    const isOlder = one.startedAtMs < startedAtMs || (one.startedAtMs === startedAtMs && index < ownIndex);
    const isWaitedFor = one.provider === provider && isUndelivered(one) && one.manual === null;
    return isOlder && isWaitedFor && driver.isStuck?.(one.driverState) !== true;
  });
}

/** One delivery has ended: the next is made at once, and not after its pause. */
function nextDelivery(turn: Turn, { provider, follows }: Attempt): Due[] {
  if (follows !== 'made') return [];
  const left = turn.state.attempts.filter(
    (one) => one.provider === provider && isUndelivered(one) && one.manual === null,
  );
  const [next] = left.toSorted((one, other) => one.startedAtMs - other.startedAtMs);
  return next === undefined ? [] : [{ do: 'feed', attemptId: next.attemptId, input: { askNow: true } }];
}

/** A payment that was taken for not made was made after all: nobody waits for it any more, so it goes back. */
export function settleFollow(turn: Turn, { attempt, outcome }: Ended): Due[] {
  if (attempt.follows !== 'unmade') return outcome.kind === 'unknown' ? [] : nextDelivery(turn, attempt);
  if (outcome.kind !== 'approved') return [];
  const source = attemptOf(turn, attempt.sourceAttemptId ?? '');
  if (source === null) return [];
  // A human has said that it was paid, and the receipt counts it: the money belongs where it is.
  if (source.manual !== null && isMadeByHand(source, source.manual.decision)) {
    const { contradictedAtMs: _, ...manual } = source.manual;
    putAttempt(turn, { ...source, state: 'approved', outcome, manual });
    return [];
  }
  if (source.manual !== null) tellContradiction(turn, source, source.manual, outcome);
  return giveBackLate(turn, source, outcome.providerPaymentId);
}

/**
 * The buyer was charged more than once under one number, which is this register's alone (ADR 0013): one payment counts, each of the
 * others is listed as found and goes back by the queue. What is told of it lasts: a notification, the document, the log.
 */
export function giveBackSurplus(turn: Turn, { attempt, outcome }: Ended): Due[] {
  const driver = turn.facts.driver(attempt.provider);
  const ids = outcome.kind === 'approved' ? (outcome.surplus ?? []) : [];
  if (driver === null || ids.length === 0) return [];
  const paid = attempt.operation === 'follow' ? (attemptOf(turn, attempt.sourceAttemptId ?? '') ?? attempt) : attempt;
  const { orderNumber, amountKopecks, shiftLabel, receipt } = paid.order;
  return ids.map((providerPaymentId) => {
    const found = foundAttempt(turn, driver, paid.currencyName, amountKopecks);
    const { documentId, documentNumber, documentTitle } = paid;
    turn.state = { ...turn.state, attemptsMade: turn.state.attemptsMade + 1 };
    putAttempt(turn, {
      ...found,
      documentId,
      documentNumber,
      documentTitle,
      sourceAttemptId: paid.attemptId,
      order: { ...found.order, shiftLabel, receipt },
      state: 'approved',
      outcome: { kind: 'approved', providerPaymentId },
    });
    log(turn, 'error', driver.name, `order=${orderNumber}: оплачен дважды, № ${providerPaymentId} возвращается`);
    const params = { система: driver.title, сумма: formatKopecks(amountKopecks), документ: documentTitle };
    notify(turn, found.attemptId, 'DOM-125', params);
    const source = { attemptId: found.attemptId, orderNumber, providerPaymentId, amountKopecks };
    return cancelOf(documentOf(paid), currencyOf(paid), source, false);
  });
}

function currencyOf({ currencyName, provider, order }: Attempt): Currency {
  return { name: currencyName, provider, option: order.option } as Currency;
}

function documentOf(attempt: Attempt): Pick<Document, 'documentId' | 'number' | 'type'> {
  return { documentId: attempt.documentId, number: attempt.documentNumber, type: 'sale' };
}

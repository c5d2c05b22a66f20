import { type Attempt, decisionWord, stateWord } from '../payments/attempt.ts';
import type { Operation } from '../payments/driver.ts';
import { decisionsOf, moveOf, moveText } from '../payments/money-move.ts';
import { offsetStamp, type UtcOffset } from '../register/local-time.ts';

/** One operation with a payment system as support reads it: when, under which numbers, how it ended, who decided what. */
export function attemptView(attempt: Attempt, offset: UtcOffset) {
  const { operation, state, order, outcome, manual, lastFault } = attempt;
  const move = moveOf(attempt);
  return {
    operation,
    state,
    word: stateWord(attempt),
    orderNumber: order.orderNumber,
    sumKopecks: order.amountKopecks,
    providerPaymentId: outcome?.kind === 'approved' ? outcome.providerPaymentId : null,
    startedAt: offsetStamp(attempt.startedAtMs, offset),
    updatedAt: offsetStamp(attempt.updatedAtMs, offset),
    // What the payment system has moved, in the words of the screens; null = nothing, or it is not known.
    move: move === null ? null : moveText(move, offset),
    outcome: outcome === null ? null : outcome.kind === 'declined' ? `declined ${outcome.code}` : outcome.kind,
    lastFault: lastFault === undefined ? null : { text: lastFault.text, at: offsetStamp(lastFault.atMs, offset) },
    manual,
    // Every decision by hand, the first one first (DOM-90).
    decisions: decisionsOf(attempt).map(({ decision, byCode, confirmedByCode, reason, atMs, contradictedAtMs }) => ({
      decision,
      word: decisionWord(attempt, decision),
      cashier: byCode,
      confirmedBy: confirmedByCode,
      reason,
      at: offsetStamp(atMs, offset),
      contradictedAt: contradictedAtMs === undefined ? null : offsetStamp(contradictedAtMs, offset),
    })),
  };
}

export type AttemptView = ReturnType<typeof attemptView>;

const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  pay: 'оплата',
  cancel: 'отмена',
  refund: 'возврат',
  follow: 'после оплаты',
  loyalty: 'карта',
  reconcile: 'сверка',
  token: 'токен',
  check: 'связь',
  lookBack: 'поиск оплат',
  found: 'оплата без чека',
};

/** `отмена: отменена  8-1-1-3-3673-3  № 1000002  <begun> - <ended>`: one attempt on a line of its own. */
export function attemptText({
  operation,
  word,
  orderNumber,
  providerPaymentId,
  startedAt,
  updatedAt,
}: AttemptView): string {
  const number = providerPaymentId === null ? '' : `  № ${providerPaymentId}`;
  const name = OPERATION_WORDS[operation];
  // `отмена: нет ответа` and `возврат отправлен` name the operation themselves.
  const told = word.startsWith(`${name} `) || word.startsWith(`${name}:`) ? word : `${name}: ${word}`;
  return `${told}  ${orderNumber}${number}  ${startedAt} - ${updatedAt}`;
}

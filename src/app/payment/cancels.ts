import { type Attempt, isQueuedCancel, isRefusedCancel, takesAgain } from '../../payments/attempt.ts';
import type { Driver } from '../../payments/driver.ts';
import type { Currency, Document, Payment } from '../../register/model.ts';
import { formatKopecks } from '../../register/money.ts';
import { type Refusal, refuse } from '../../register/refusal.ts';
import { paymentName } from '../../ui/words.ts';
import { runCommand } from '../commands.ts';
import { patchUi, putAttempt, say, sayRefusal, type Turn } from '../turn.ts';
import type { Due } from './due.ts';

/** OPL-25 answered `Да`: the payment is given back by an attempt of its own. */
export function cancelPayment(turn: Turn, attemptId: string): Due[] {
  const document = turn.state.register.document;
  const payment = document?.payments.find((candidate) => candidate.attemptId === attemptId);
  if (document === null || payment === undefined) {
    say(turn, 'DOM-31');
    return [];
  }
  const refusal = refuseFinal(turn, document, payment) ?? runCommand(turn, { do: 'beginCancel', attemptId });
  if (refusal === null) return [cancelOf(document, payment.currency, payment, true)];
  sayRefusal(turn, refusal);
  return [];
}

/** Why this payment of a return cannot be taken back: its system has no operation for that. Null = it may be tried. */
export function refuseFinal(turn: Turn, { type }: Document, payment: Payment): Refusal | null {
  if (type === 'sale' || turn.facts.driver(payment.currency.provider)?.refundIsFinal !== true) return null;
  return refuse('DOM-110', { оплата: `${paymentName(payment)} ${formatKopecks(payment.amountKopecks)}` });
}

export function cancelOf(
  document: Pick<Document, 'documentId' | 'number' | 'type'>,
  currency: Currency,
  source: Pick<Payment, 'attemptId' | 'orderNumber' | 'providerPaymentId' | 'amountKopecks'>,
  foreground: boolean,
): Due {
  const { amountKopecks } = source;
  return { do: 'begin', wanted: { operation: 'cancel', currency, document, amountKopecks, source, foreground } };
}

/**
 * `Запросить состояние` (SCR-53). What the server has refused for good it is not asked about: it is asked for anew, by an attempt
 * of its own, because the refused one is proved not to have been made (reliability.md R2).
 */
export function askNow(turn: Turn, attemptId: string): Due[] {
  const attempt = turn.state.attempts.find((candidate) => candidate.attemptId === attemptId);
  if (attempt === undefined) return [];
  if (!isRefusedCancel(attempt)) return [{ do: 'feed', attemptId, input: { askNow: true } }];
  const { order, outcome, sourceAttemptId, currencyName: name, provider, documentId, documentNumber: number } = attempt;
  if (order.source === null || sourceAttemptId === null || outcome === null) return [];
  putAttempt(turn, { ...attempt, state: outcome.kind });
  patchUi(turn, { status: `${name}: отмена запрошена еще раз` });
  const currency = { name, provider, option: order.option } as Currency;
  const type = takesAgain(attempt) ? ('returnBySale' as const) : ('sale' as const);
  const source = { ...order.source, attemptId: sourceAttemptId, amountKopecks: order.amountKopecks };
  return [cancelOf({ documentId, number, type }, currency, source, false)];
}

/** Cancels of a provider that wait for its link, oldest first; what a human has decided, or the server refused, waits for nothing. */
export function cancelQueue(turn: Turn, provider: string): Attempt[] {
  return turn.state.attempts.filter((attempt) => attempt.provider === provider && isQueuedCancel(attempt));
}

/**
 * Why no payment or return of this provider may begin: no room for its intent (K31), or cancels that go first (R7). The
 * cashier's wish is a good moment to try the queue again, so that is due then; null = it may begin.
 */
export function blockedNow(turn: Turn, driver: Driver): { refusal: Refusal; due: Due[] } | null {
  if (driver.isImmediate !== true && !turn.facts.diskHasReserve()) {
    return { refusal: { refused: 'SYS-03', params: {} }, due: [] };
  }
  const queue = driver.unavailable === null ? [] : cancelQueue(turn, driver.name);
  // Other sales go on, but this receipt was paid by it once already: that money has stayed until a human says otherwise.
  const { document } = turn.state.register;
  const hasStayed = turn.state.attempts.some(
    (attempt) =>
      attempt.provider === driver.name && isRefusedCancel(attempt) && attempt.documentId === document?.documentId,
  );
  if (queue.length === 0 && !hasStayed) return null;
  const due = queue.map(({ attemptId }): Due => ({ do: 'feed', attemptId, input: { askNow: true } }));
  return { refusal: { refused: driver.unavailable ?? 'DOM-34', params: { система: driver.title } }, due };
}

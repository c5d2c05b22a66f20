import type { Attempt } from '../../payments/attempt.ts';
import type { Driver } from '../../payments/driver.ts';
import type { Currency, Document, Payment } from '../../register/model.ts';
import type { Refusal } from '../../register/refusal.ts';
import { runCommand } from '../commands.ts';
import { say, sayRefusal, type Turn } from '../turn.ts';
import type { Due } from './due.ts';

/** OPL-25 answered `Да`: the payment is given back by an attempt of its own. */
export function cancelPayment(turn: Turn, attemptId: string): Due[] {
  const document = turn.state.register.document;
  const payment = document?.payments.find((candidate) => candidate.attemptId === attemptId);
  if (document === null || payment === undefined) {
    say(turn, 'DOM-31');
    return [];
  }
  const refusal = runCommand(turn, { do: 'beginCancel', attemptId });
  if (refusal === null) return [cancelOf(document, payment.currency, payment, true)];
  sayRefusal(turn, refusal);
  return [];
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

/** Cancels of a provider that wait for its link, oldest first; what a human has decided waits for nothing. */
export function cancelQueue(turn: Turn, provider: string): Attempt[] {
  const isQueued = (a: Attempt) => a.operation === 'cancel' && !a.foreground && a.manual === null;
  return turn.state.attempts.filter((attempt) => attempt.provider === provider && isQueued(attempt));
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
  if (queue.length === 0) return null;
  const due = queue.map(({ attemptId }): Due => ({ do: 'feed', attemptId, input: { restarted: true } }));
  return { refusal: { refused: driver.unavailable ?? 'DOM-34', params: { система: driver.title } }, due };
}

import type { Attempt } from '../payments/attempt.ts';
import type { ClosedDocument } from '../register/model.ts';

/**
 * A cancel may wait for its link until long after its document was closed or annulled (R7), and closed documents are never
 * rewritten: whether the money has gone back by now is read from the attempts.
 */
export function withSettledCancels(
  document: ClosedDocument,
  attemptsOf: (documentId: string) => readonly Attempt[],
): ClosedDocument {
  if (!document.payments.some(({ state }) => state === 'cancelQueued')) return document;
  const cancels = attemptsOf(document.documentId).filter(({ operation }) => operation === 'cancel');
  const payments = document.payments.map((payment) => {
    if (payment.state !== 'cancelQueued') return payment;
    const own = cancels.filter((cancel) => cancel.sourceAttemptId === payment.attemptId);
    if (own.some(isDone)) return { ...payment, state: 'cancelled' as const };
    // One that was asked for anew after a refusal is in the queue again.
    return own.at(-1)?.outcome?.kind === 'declined' ? { ...payment, state: 'cancelRefused' as const } : payment;
  });
  return { ...document, payments };
}

/** By its payment system, or by a human who answered for it (DOM-90) and was not contradicted. */
function isDone({ state, outcome, manual }: Attempt): boolean {
  if (state === 'approved' || outcome?.kind === 'approved') return true;
  if (manual === null || manual.decision === 'notPaid') return false;
  return manual.decision === 'returned' || manual.contradictedAtMs === undefined;
}

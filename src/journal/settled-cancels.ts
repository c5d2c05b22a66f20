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
  const done = new Set(
    attemptsOf(document.documentId)
      .filter(isDoneCancel)
      .map((cancel) => cancel.sourceAttemptId),
  );
  const payments = document.payments.map((payment) =>
    payment.state === 'cancelQueued' && done.has(payment.attemptId)
      ? { ...payment, state: 'cancelled' as const }
      : payment,
  );
  return { ...document, payments };
}

/** By its payment system, or by a human who answered for it (DOM-90). */
function isDoneCancel({ operation, state, manual }: Attempt): boolean {
  return operation === 'cancel' && (state === 'approved' || manual !== null);
}

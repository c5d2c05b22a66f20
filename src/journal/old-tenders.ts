import type { Attempt } from '../payments/attempt.ts';
import type { Payment } from '../register/model.ts';

/**
 * A document that was written before its payments said what was taken in notes and coins: its attempts still know, and closed
 * documents are never rewritten.
 */
export function withTenders<D extends { payments: Payment[] }>(
  document: D,
  attemptOf: (attemptId: string) => Attempt | null,
): D {
  const tookCash = (attemptId: string | null) => {
    const outcome = attemptId === null ? null : attemptOf(attemptId)?.outcome;
    return outcome?.kind === 'approved' && outcome.isCash === true;
  };
  let isOld = false;
  const payments = document.payments.map((payment) => {
    const { currency, means, isCash, attemptId, sourceAttemptId } = payment;
    if (currency.provider === 'cash' || means !== undefined || isCash !== undefined) return payment;
    if (!tookCash(attemptId) && !tookCash(sourceAttemptId)) return payment;
    isOld = true;
    return { ...payment, isCash: true as const, ...(currency.option == null ? { means: 'наличные' } : {}) };
  });
  return isOld ? { ...document, payments } : document;
}

/** What a cancel and a refund must know of the bill they go against. */
import type { Recalled } from '../../driver.ts';
import { NOTHING_RECALLED } from '../../recall.ts';

export interface PaymasterRecalled extends Recalled {
  /** When the bill was made; null = not known any more. */
  startedAtMs: number | null;
}

export function recall(state: unknown, version: number): PaymasterRecalled {
  return version === 0
    ? recallUnversioned(state as UnversionedState | null)
    : { ...NOTHING_RECALLED, startedAtMs: null };
}

/** The states of 116570b, as far as they name a bill. */
interface UnversionedState {
  kind?: 'pay' | 'cancel' | 'refund';
  paymentId?: string | null;
  refundId?: string | null;
  bill?: { paymentId: string | null; startedAtMs: number };
  work?: { refundId: string | null };
}

function recallUnversioned(state: UnversionedState | null): PaymasterRecalled {
  const isReversal = state?.kind === 'cancel' || state?.kind === 'refund';
  // Decided by hand while its machine still asks: the id stands in the work that goes on.
  const known = isReversal ? (state.refundId ?? state.work?.refundId) : (state?.paymentId ?? state?.bill?.paymentId);
  return {
    providerPaymentId: known ?? null,
    isReversal,
    startedAtMs: state?.bill?.startedAtMs ?? null,
  };
}

/** What a cancel, a refund and the watch list must know of the payment they go against. */
import type { Recalled } from '../../driver.ts';
import { NOTHING_RECALLED } from '../../recall.ts';

export function recall(state: unknown, version: number): Recalled {
  return version === 0 ? recallUnversioned(state as UnversionedState | null) : NOTHING_RECALLED;
}

/** The states of 116570b, as far as they name the operation's id: `charged` of a payment, `work` of a reversal, or the end. */
interface UnversionedState {
  kind?: 'pay' | 'reversal' | 'refund' | 'follow';
  paymentId?: string | null;
  reversalId?: string | null;
  charged?: { paymentId: string | null };
  work?: { reversalId?: string | null };
}

function recallUnversioned(state: UnversionedState | null): Recalled {
  const isReversal = state?.kind === 'reversal' || state?.kind === 'refund';
  // Decided by hand while its machine still asks: the id stands in the work that goes on.
  const known = isReversal
    ? (state.reversalId ?? state.work?.reversalId)
    : (state?.paymentId ?? state?.charged?.paymentId);
  return { providerPaymentId: known ?? null, isReversal };
}

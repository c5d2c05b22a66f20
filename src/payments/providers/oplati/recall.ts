/** What a cancel, a refund and the watch list must know of the payment they go against. */
import type { Recalled } from '../../driver.ts';
import { NOTHING_RECALLED } from '../../recall.ts';
import type { CancelState } from './cancel.ts';
import type { PayState } from './pay-state.ts';
import type { RefundState } from './refund.ts';

export function recall(state: unknown, version: number): Recalled {
  if (state === null) return NOTHING_RECALLED;
  switch (version) {
    case 0:
      return recallUnversioned(state as UnversionedState);
    // 2 tells the opening in another form; nothing is recalled of it.
    case 1:
    case 2:
      return recallState(state as PayState | CancelState | RefundState);
    default:
      return NOTHING_RECALLED;
  }
}

/** Decided by hand while its machine still asks: the id stands in the work that goes on. */
function recallState(state: PayState | CancelState | RefundState): Recalled {
  const known = 'work' in state ? state.work : state;
  return {
    providerPaymentId: 'providerPaymentId' in known ? known.providerPaymentId : null,
    isReversal: state.kind !== 'pay',
  };
}

/** The states of 116570b, as far as they name the operation's id: `charged` of a payment, `work` of a reversal, or the end. */
interface UnversionedState {
  kind?: 'pay' | 'reversal' | 'refund' | 'follow';
  paymentId?: string | null;
  reversalId?: string | null;
  charged?: { paymentId: string | null };
  work?: { reversalId?: string | null };
}

function recallUnversioned(state: UnversionedState): Recalled {
  const isReversal = state.kind === 'reversal' || state.kind === 'refund';
  const known = isReversal
    ? (state.reversalId ?? state.work?.reversalId)
    : (state.paymentId ?? state.charged?.paymentId);
  return { providerPaymentId: known ?? null, isReversal };
}

/** What a cancel, a refund, a follow and a repeat must know of the payment they belong to. */
import type { Order, Recalled } from '../../driver.ts';
import { NOTHING_RECALLED } from '../../recall.ts';
import { isBillNumber, plain } from './answers.ts';
import type { PayState } from './pay-state.ts';
import type { Means } from './settings.ts';

export interface AssistRecalled extends Recalled {
  email: string;
  /** Null = it was never chosen. */
  means: Means | null;
  /** Cash that was taken without a link: when. The server may not have heard of it. */
  offlineSinceMs: number | null;
  /** False = no report of that cash can have arrived yet. */
  mayBeTold: boolean;
}

const NOTHING: AssistRecalled = {
  ...NOTHING_RECALLED,
  email: '',
  means: null,
  offlineSinceMs: null,
  mayBeTold: true,
};

export function recall(state: unknown, version: number): AssistRecalled {
  switch (version) {
    case 0:
      return recallUnversioned(state as UnversionedState | null);
    // 2 tells more of the reader's walk, 3 of a QR that is read again; nothing is recalled of either.
    case 1:
    case 2:
    case 3:
      return recallToday(state as PayState | ReversalState | null);
    default:
      return NOTHING;
  }
}

type ReversalState = { kind: 'reversal' } & ({ at: 'finished'; providerPaymentId: string | null } | { at: string });

function recallToday(state: PayState | ReversalState | null): AssistRecalled {
  if (state === null) return NOTHING;
  if (state.kind === 'reversal') {
    const providerPaymentId = 'providerPaymentId' in state ? state.providerPaymentId : null;
    return { ...NOTHING, isReversal: true, providerPaymentId };
  }
  if ('selected' in state) return { ...NOTHING, email: state.email };
  // Decided by hand while its machine still asks: what is known stands in the work that goes on.
  const { email, means, providerPaymentId } = 'work' in state ? state.work : state;
  const ended = 'work' in state ? NOTHING : state;
  return {
    providerPaymentId,
    isReversal: false,
    email,
    means: means === 'unknown' ? null : means,
    offlineSinceMs: ended.offlineSinceMs,
    mayBeTold: ended.mayBeTold,
  };
}

/** The states of 116570b, as far as they tell of a payment: `sent` while it goes on. */
interface UnversionedState {
  kind?: 'pay' | 'reversal' | 'follow';
  paymentId?: string | null;
  email?: string;
  means?: Means | null;
  offlineSinceMs?: number | null;
  mayBeTold?: boolean;
  sent?: { means: Means; billNumber: string | null };
}

function recallUnversioned(state: UnversionedState | null): AssistRecalled {
  return {
    providerPaymentId: state?.paymentId ?? state?.sent?.billNumber ?? null,
    isReversal: state?.kind === 'reversal',
    email: state?.email ?? '',
    means: state?.means ?? state?.sent?.means ?? null,
    offlineSinceMs: state?.offlineSinceMs ?? null,
    mayBeTold: state?.mayBeTold ?? true,
  };
}

/** That payment as its cancel, refund and report see it. */
export interface Source extends Omit<AssistRecalled, 'providerPaymentId'> {
  orderNumber: string;
  amountKopecks: number;
  /** Plain: the order has one payment (assist.md 3.4). Null = to be found by our number. */
  billNumber: string | null;
  /** What was paid of the receipt before it. */
  prepaidKopecks: number;
}

/** @returns null when the order names no payment */
export function sourceOf({ source, receipt }: Order<AssistRecalled>): Source | null {
  if (source === null) return null;
  const { providerPaymentId, ...recalled } = source.recalled;
  const known = source.providerPaymentId ?? providerPaymentId;
  return {
    ...recalled,
    orderNumber: source.orderNumber,
    amountKopecks: source.amountKopecks,
    billNumber: known !== null && isBillNumber(known) ? plain(known) : null,
    prepaidKopecks: receipt.paidKopecks ?? 0,
  };
}

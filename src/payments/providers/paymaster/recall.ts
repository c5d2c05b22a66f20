/** What a cancel and a refund must know of the bill they go against, and which one it is (paymaster.md 8.2, 10). */
import type { Order, Recalled } from '../../driver.ts';
import { NOTHING_RECALLED } from '../../recall.ts';
import type { PayState } from './pay-state.ts';
import type { PaymasterSettings } from './settings.ts';
import { paymentStatus } from './status.ts';
import { asId, CURRENCY, type ListRow, type Payment } from './wire.ts';

export interface PaymasterRecalled extends Recalled {
  /** When the bill was made; null = not known any more. */
  startedAtMs: number | null;
}

const NOTHING: PaymasterRecalled = { ...NOTHING_RECALLED, startedAtMs: null };

export function recall(state: unknown, version: number): PaymasterRecalled {
  if (state === null) return NOTHING;
  switch (version) {
    case 0:
      return recallUnversioned(state as UnversionedState);
    case 1:
      return recallToday(state as PayState | ReversalState);
    case 2:
      // A reversal's second form; its names are those of the first.
      return recallToday(state as ReversalState);
    default:
      return NOTHING;
  }
}

interface Known {
  providerPaymentId: string | null;
}
type ReversalState = { kind: 'cancel' | 'refund' } & (Known | { work: Known });

/** Decided by hand while its machine still asks: what is known stands in the work that goes on. */
function recallToday(state: PayState | ReversalState): PaymasterRecalled {
  const known = 'work' in state ? state.work : state;
  return {
    providerPaymentId: 'providerPaymentId' in known ? known.providerPaymentId : null,
    isReversal: state.kind !== 'pay',
    startedAtMs: state.kind === 'pay' && 'work' in state ? state.work.startedAtMs : null,
  };
}

/** The states of 116570b, as far as they name a bill: `bill` of a payment, `work` of a reversal, or the end. */
interface UnversionedState {
  kind?: 'pay' | 'cancel' | 'refund';
  paymentId?: string | null;
  refundId?: string | null;
  bill?: { paymentId: string | null; startedAtMs: number };
  work?: { refundId: string | null };
}

function recallUnversioned(state: UnversionedState): PaymasterRecalled {
  const isReversal = state.kind === 'cancel' || state.kind === 'refund';
  const known = isReversal ? (state.refundId ?? state.work?.refundId) : (state.paymentId ?? state.bill?.paymentId);
  return { providerPaymentId: known ?? null, isReversal, startedAtMs: state.bill?.startedAtMs ?? null };
}

const DAY_MS = 86_400_000;

type ReversalOrder = Order<PaymasterRecalled>;

/** The id of a paid bill; null = it was never learned. */
export function paymentIdOf({ source }: ReversalOrder): string | null {
  return asId(source?.providerPaymentId ?? source?.recalled.providerPaymentId ?? undefined);
}

/** Since when the payment can stand in the list: its own start, or the day before its shift (clocks and zones differ). */
export function paidSinceMs({ source }: ReversalOrder, { listSlackMs }: PaymasterSettings): number {
  const startedAtMs = source?.recalled.startedAtMs ?? null;
  if (startedAtMs !== null) return startedAtMs - listSlackMs;
  const [, day, month, year] = /^(\d{2})(\d{2})(\d{4})$/.exec(source?.shiftLabel ?? '') ?? [];
  return day === undefined ? 0 : Date.UTC(Number(year), Number(month) - 1, Number(day)) - DAY_MS;
}

/**
 * The paid row of our number. Parts may have been given back before, so that what is left is no more than its sum.
 * @returns null = this page has none; `undecided` = it has one that may still be paid, or is not understood
 */
export function findPaid(
  rows: ListRow<Payment>[],
  { source }: ReversalOrder,
  { testMode }: PaymasterSettings,
): Payment | 'undecided' | null {
  const isUnnamed = rows.some(
    ({ owner, amountKopecks }) =>
      owner === null && amountKopecks !== null && amountKopecks >= (source?.amountKopecks ?? 0),
  );
  const named = rows.filter(({ owner }) => owner === source?.orderNumber).map(({ object }) => object);
  const isWhole = (payment: Payment) =>
    (testMode || !payment.isTest) &&
    payment.currency === CURRENCY &&
    payment.amountKopecks >= (source?.amountKopecks ?? 0);
  const paid = named.find((payment) => payment !== null && paymentStatus(payment) === 'paid' && isWhole(payment));
  if (paid) return paid;
  const isOver = (payment: Payment | null) => payment !== null && typeof paymentStatus(payment) === 'object';
  // A short row may be of our payment: it proves neither that, nor that there is none.
  return named.every(isOver) && !isUnnamed ? null : 'undecided';
}

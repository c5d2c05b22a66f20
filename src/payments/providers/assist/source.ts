/** What a cancel, a refund and a report know of the payment they belong to. */
import type { Order } from '../../driver.ts';
import { ALL_MEANS, type Means } from './settings.ts';
import { isBillNumber, plain } from './wire.ts';

export interface Source {
  orderNumber: string;
  amountKopecks: number;
  /** Plain: the order has one payment (assist.md 3.4). Null = to be found by our number. */
  billNumber: string | null;
  email: string;
  /** What was paid of the receipt before it. */
  prepaidKopecks: number;
  /** Null = it was never chosen. */
  means: Means | null;
  /** Cash that was taken without a link: when. The server may not have heard of it. */
  offlineSinceMs: number | null;
  /** False = no report of that cash can have arrived yet. */
  mayBeTold: boolean;
  /** The payment is itself money given back: Assist cannot undo that. */
  isReversal: boolean;
}

/** @returns null when the order names no payment */
export function sourceOf({ source, receipt }: Order): Source | null {
  if (source === null) return null;
  const machine = isRecord(source.driverState) ? source.driverState : {};
  const known = source.providerPaymentId ?? machine.paymentId;
  return {
    orderNumber: source.orderNumber,
    amountKopecks: source.amountKopecks,
    billNumber: typeof known === 'string' && isBillNumber(known) ? plain(known) : null,
    email: typeof machine.email === 'string' ? machine.email : '',
    prepaidKopecks: receipt.paidKopecks ?? 0,
    means: ALL_MEANS.find((means) => means === machine.means) ?? null,
    offlineSinceMs: typeof machine.offlineSinceMs === 'number' ? machine.offlineSinceMs : null,
    mayBeTold: machine.mayBeTold !== false,
    isReversal: machine.kind === 'reversal',
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

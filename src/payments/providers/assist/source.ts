/** What a cancel, a refund and a report know of the payment they belong to. */
import type { Order } from '../../driver.ts';
import type { AssistRecalled } from './recall.ts';
import type { Means } from './settings.ts';
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

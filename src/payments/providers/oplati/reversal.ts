/** What cancel and refund have in common: the payment they go against, and the server's rows that speak of either. */
import type { Order } from '../../driver.ts';
import { beginUndecided, type Undecided } from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import { isPaymentId, type PaymentInfo, REVERSAL_TYPE, SALE_TYPE } from './wire.ts';

/** What is given back: a sale, or (cancel of a return) a reversal, whose own reversal is of type 1 again (13.10). */
export interface Source {
  orderNumber: string;
  amountKopecks: number;
  shiftLabel: string;
  paymentId: string | null;
  paymentType: number;
}

/** A reversal and what it goes against. */
export interface ReversalWork extends Undecided {
  source: Source;
  /** Id of our own row: the server has the reversal. */
  providerPaymentId: string | null;
}

export function beginReversal(order: Order): ReversalWork {
  return { ...beginUndecided(order), source: sourceOf(order), providerPaymentId: null };
}

export function sourceOf({ source, shiftLabel }: Order): Source {
  const known = source?.providerPaymentId ?? source?.recalled.providerPaymentId;
  return {
    orderNumber: source?.orderNumber ?? '',
    amountKopecks: source?.amountKopecks ?? 0,
    shiftLabel: source?.shiftLabel ?? shiftLabel,
    // It becomes part of a path: nothing but an id of the server's own kind.
    paymentId: known != null && isPaymentId(known) ? known : null,
    paymentType: source?.recalled.isReversal === true ? REVERSAL_TYPE : SALE_TYPE,
  };
}

/** True for the row that our own reversal made: everything it must repeat before it is believed (R5). */
export function isOurRow({ order, source }: Pick<ReversalWork, 'order' | 'source'>, info: PaymentInfo): boolean {
  const paymentType = source.paymentType === SALE_TYPE ? REVERSAL_TYPE : SALE_TYPE;
  return (
    info.paymentType === paymentType &&
    info.sumKopecks === order.amountKopecks &&
    info.orderNumber === order.orderNumber &&
    info.paymentId !== source.paymentId
  );
}

/** True for the row of the payment itself, whatever its id. */
export function isSourceRow(source: Source, info: PaymentInfo): boolean {
  return (
    info.paymentType === source.paymentType &&
    info.sumKopecks === source.amountKopecks &&
    info.orderNumber === source.orderNumber
  );
}

/** @param paymentId the row that proves it; null when there was nothing to give back */
export function returned(paymentId: string | null): Outcome {
  return { kind: 'approved', providerPaymentId: paymentId };
}

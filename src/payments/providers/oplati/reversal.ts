/** What cancel and refund have in common: the payment they go against, and the server's rows that speak of either. */
import type { Order } from '../../driver.ts';
import type { Outcome } from '../../outcome.ts';
import { saleStatus } from './status.ts';
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
export interface Reversal {
  order: Order;
  source: Source;
}

export function sourceOf(order: Order): Source {
  const { source } = order;
  const machine = isRecord(source?.driverState) ? source.driverState : {};
  const isReversal = machine.kind === 'reversal' || machine.kind === 'refund';
  // Decided by hand while its machine still asks: the id stands in the work that goes on.
  const running = [machine.work, machine.charged].find(isRecord) ?? {};
  const own = isReversal ? (machine.reversalId ?? running.reversalId) : (machine.paymentId ?? running.paymentId);
  const known = source?.providerPaymentId ?? own;
  return {
    orderNumber: source?.orderNumber ?? '',
    amountKopecks: source?.amountKopecks ?? 0,
    shiftLabel: source?.shiftLabel ?? order.shiftLabel,
    // It becomes part of a path: nothing but an id of the server's own kind.
    paymentId: typeof known === 'string' && isPaymentId(known) ? known : null,
    paymentType: isReversal ? REVERSAL_TYPE : SALE_TYPE,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** True for the row that our own reversal made: everything it must repeat before it is believed (R5). */
export function isOurRow({ order, source }: Reversal, info: PaymentInfo): boolean {
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

/** A final status without money: there is nothing to give back. */
export function isNeverPaid(info: PaymentInfo): boolean {
  return typeof saleStatus(info.status, 0, false) === 'object';
}

/** @param paymentId the row that proves it; null when there was nothing to give back */
export function returned(paymentId: string | null): Outcome {
  return { kind: 'approved', providerPaymentId: paymentId };
}

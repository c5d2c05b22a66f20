/** The books as they really are, for a test or a trainer to compare with the register. */
import type { Means, Way } from './settings.ts';
import type { AssistState, Operation, Order, OrderState } from './state.ts';

export interface LedgerRow {
  /** Bill number: of the order for a payment, extended for a refund. */
  paymentId: string;
  /** Our number: `OrderNumber` of a payment, `ExternalRefundID` of a refund (empty when none was sent). */
  orderNumber: string;
  kind: 'payment' | 'refund';
  /** Roubles. */
  sum: number;
  sumKopecks: number;
  means: Means;
  way: Way | null;
  /** Of this very operation: a payment stays `Approved` when it is given back. */
  state: OrderState;
  /** Of the order now. */
  orderState: OrderState;
  /** `AS…` of the operation; null where there was none: unpaid, aborted, closed by time. */
  responseCode: string | null;
  createdDate: string;
  paidDate: string | null;
  /** Cash: the time of the sale by the till. */
  tillDate: string | null;
  externalRefundId: string | null;
  /** Refund: number of the order it gives back. */
  sourceOrderNumber: string | null;
  sourcePaymentId: string | null;
  reversals: { paymentId: string; orderNumber: string; sum: number; sumKopecks: number; state: OrderState }[];
}

/** Every order as a payment, whatever came of it, each followed by its refunds. */
export function ledgerRows(state: AssistState): LedgerRow[] {
  return state.orders.flatMap((order) => {
    const refunds = order.operations
      .filter(({ kind }) => kind === 'refund')
      .map((operation) => refundRow(order, operation));
    return [paymentRow(order, refunds), ...refunds];
  });
}

function paymentRow(order: Order, refunds: LedgerRow[]): LedgerRow {
  const payment = order.operations.find(({ kind }) => kind === 'payment');
  return {
    paymentId: order.billNumber,
    orderNumber: order.orderNumber,
    kind: 'payment',
    sum: order.sumKopecks / 100,
    sumKopecks: order.sumKopecks,
    means: order.means,
    way: order.way ?? null,
    state: payment?.stateAfter ?? order.state,
    orderState: order.state,
    responseCode: payment?.responseCode ?? null,
    createdDate: isoDate(order.createdAtMs),
    paidDate: payment?.stateAfter === 'Approved' ? isoDate(payment.atMs) : null,
    tillDate: order.tillDateMs === null ? null : isoDate(order.tillDateMs),
    externalRefundId: null,
    sourceOrderNumber: null,
    sourcePaymentId: null,
    reversals: refunds.map(({ paymentId, orderNumber, sum, sumKopecks, state }) => ({
      paymentId,
      orderNumber,
      sum,
      sumKopecks,
      state,
    })),
  };
}

function refundRow(order: Order, refund: Operation): LedgerRow {
  return {
    paymentId: `${order.billNumber}.${refund.ordinal}`,
    orderNumber: refund.externalRefundId ?? '',
    kind: 'refund',
    sum: refund.sumKopecks / 100,
    sumKopecks: refund.sumKopecks,
    means: order.means,
    way: order.way ?? null,
    state: 'Approved',
    orderState: order.state,
    responseCode: refund.responseCode,
    createdDate: isoDate(refund.atMs),
    paidDate: isoDate(refund.atMs),
    tillDate: null,
    externalRefundId: refund.externalRefundId,
    sourceOrderNumber: order.orderNumber,
    sourcePaymentId: order.billNumber,
    reversals: [],
  };
}

function isoDate(atMs: number): string {
  return new Date(atMs).toISOString();
}

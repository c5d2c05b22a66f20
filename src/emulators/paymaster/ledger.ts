/** What was really charged and given back, for a test or a trainer to compare with the register. */
import type { PaymasterState, Payment, Refund } from './state.ts';

/** One operation as it really happened. */
export interface LedgerRow {
  /** Id of this payment or refund. */
  paymentId: string;
  kind: 'payment' | 'refund';
  /** Of a refund: its `Idempotency-Key`, for that is the only number of ours it has (paymaster.md 8.4). */
  orderNumber: string;
  /** RUB. */
  sum: number;
  sumKopecks: number;
  /** The word of the wire; money has moved at `Settled` and at `Success`. */
  status: string;
  resultCode: string | null;
  /** The payer's bank is at work. */
  isPaying: boolean;
  stickerId: string | null;
  idempotencyKey: string | null;
  createdDate: string;
  /** When it ended, well or not. */
  endedDate: string | null;
  sourcePaymentId?: string;
  /** Of a refund: `orderNo` of what it gives back. */
  sourceOrderNumber?: string;
  reversals: { paymentId: string; orderNumber: string; sum: number; sumKopecks: number; status: string }[];
}

/** Every operation, all statuses, in the order of the requests. */
export function ledgerRows(state: PaymasterState): LedgerRow[] {
  const { payments, refunds } = state;
  const byPayment = new Map<string, Refund[]>();
  for (const refund of refunds) byPayment.set(refund.paymentId, [...(byPayment.get(refund.paymentId) ?? []), refund]);
  const orderNumbers = new Map(payments.map(({ id, orderNumber }) => [id, orderNumber]));
  return [
    ...payments.map((payment) => ({
      ordinal: payment.ordinal,
      row: paymentRow(payment, byPayment.get(payment.id) ?? []),
    })),
    ...refunds.map((refund) => ({
      ordinal: refund.ordinal,
      row: refundRow(refund, orderNumbers.get(refund.paymentId) ?? ''),
    })),
  ]
    .sort((one, other) => one.ordinal - other.ordinal)
    .map(({ row }) => row);
}

function paymentRow(payment: Payment, refunds: readonly Refund[]): LedgerRow {
  return {
    kind: 'payment',
    orderNumber: payment.orderNumber ?? '',
    isPaying: payment.isPaying,
    stickerId: payment.stickerId,
    ...commonFields(payment),
    reversals: refunds.map((refund) => {
      const { paymentId, sum, sumKopecks, status } = commonFields(refund);
      return { paymentId, orderNumber: refund.idempotencyKey ?? '', sum, sumKopecks, status };
    }),
  };
}

function refundRow(refund: Refund, sourceOrderNumber: string): LedgerRow {
  return {
    kind: 'refund',
    orderNumber: refund.idempotencyKey ?? '',
    isPaying: false,
    stickerId: null,
    ...commonFields(refund),
    sourcePaymentId: refund.paymentId,
    sourceOrderNumber,
    reversals: [],
  };
}

function commonFields(operation: Payment | Refund) {
  return {
    paymentId: operation.id,
    sum: operation.sumKopecks / 100,
    sumKopecks: operation.sumKopecks,
    status: operation.status,
    resultCode: operation.resultCode,
    idempotencyKey: operation.idempotencyKey,
    createdDate: new Date(operation.createdAtMs).toISOString(),
    endedDate: operation.endedAtMs === null ? null : new Date(operation.endedAtMs).toISOString(),
  };
}

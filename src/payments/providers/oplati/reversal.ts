/** What cancel and refund have in common: the payment they go against, and the server's rows that speak of either. */
import type { Order } from '../../driver.ts';
import { beginUndecided, type Undecided } from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import type { OplatiSettings } from './settings.ts';
import { reversalStatus } from './status.ts';
import { isPaymentId, type PaymentInfo, REVERSAL_TYPE, type Report, SALE_TYPE } from './wire.ts';

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
  /** When the attempt was begun: no row of it can be older. Absent in a state of an older version. */
  bornAtMs?: number;
}

export function beginReversal(order: Order, bornAtMs: number): ReversalWork {
  return { ...beginUndecided(order), source: sourceOf(order), providerPaymentId: null, bornAtMs };
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

/** The server's clock and ours may differ by so much. */
const CLOCK_SLACK_MS = 300_000;

/** The number a reversal is sent under. @param own its own @param ofSale of what it goes against */
export function sentNumber(own: string, ofSale: string, { reversalOrderNumber }: OplatiSettings): string {
  return reversalOrderNumber === 'sale' ? ofSale : own;
}

type Sent = Pick<ReversalWork, 'order' | 'source'>;

/**
 * True for a row that our own reversal can have made: everything it must repeat before it is believed (R5). The number is ours or that
 * of the payment: whose the server repeats is not published, and every known client sends the payment's (oplati.md 3.5). Under the
 * payment's stand the other parts that were given back of it, too: those are told apart by their ids.
 * @param others ids of the other refunds of the payment
 */
export function isOurRow({ order, source }: Sent, info: PaymentInfo, others: readonly string[] = []): boolean {
  const paymentType = source.paymentType === SALE_TYPE ? REVERSAL_TYPE : SALE_TYPE;
  const isNamed =
    info.orderNumber === order.orderNumber ||
    (info.orderNumber === source.orderNumber && !others.includes(info.paymentId));
  return (
    isNamed &&
    info.paymentType === paymentType &&
    info.sumKopecks === order.amountKopecks &&
    info.paymentId !== source.paymentId
  );
}

/**
 * What a report tells of our reversal. `strange`: rows that may be it and cannot be believed, so that neither it nor its absence is
 * proven.
 */
export function reversalIn(
  report: Report,
  work: ReversalWork,
  others: readonly string[] = [],
): PaymentInfo[] | 'strange' {
  const { order, source, bornAtMs } = work;
  const own = report.rowsOf(order.orderNumber);
  const named = own.rows.filter((row) => isOurRow(work, row));
  if (named.length > 0) return named;
  if (own.rows.length + own.unreadable > 0) return 'strange';
  const ofSource = report.rowsOf(source.orderNumber);
  // A refused one may be an earlier attempt's: it proves nothing, and made nothing.
  const likely = ofSource.rows.filter(
    (row) => isOurRow(work, row, others) && typeof reversalStatus(row.status) === 'string',
  );
  const recent = likely.filter(({ createdMs }) => createdMs === null || createdMs >= (bornAtMs ?? 0) - CLOCK_SLACK_MS);
  if (recent.length > 0) return recent;
  return likely.length + ofSource.unreadable > 0 ? 'strange' : [];
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

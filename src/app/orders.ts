import type { Driver, Operation, Order } from '../payments/driver.ts';
import type { Currency, Document, Payment } from '../register/model.ts';
import { totalsOf } from '../register/totals.ts';
import { attemptOf, type Turn } from './turn.ts';

/** What an attempt is about; the order is made of it. */
export interface Wanted {
  operation: Operation;
  currency: Currency;
  /** Null for operations that belong to no receipt (token, reconciliation, a card before the first item). */
  document: Document | Pick<Document, 'documentId' | 'number' | 'type'> | null;
  amountKopecks?: number;
  /** Cancel and refund: the payment they go against. */
  source?: Pick<Payment, 'attemptId' | 'orderNumber' | 'providerPaymentId' | 'amountKopecks'> | null;
  /** The driver's state of the refused payment that this one repeats. */
  repeats?: unknown;
  /** Default: the cashier waits for it. */
  foreground?: boolean;
  /** For a follow. */
  follows?: 'made' | 'unmade';
}

/**
 * `8-42-11-1-k3f9qa`: register, shift, document, a running number of attempts, and the end of the attempt's random id: a
 * root made anew, or a journal restored from an older copy (K30), never repeats a number that the provider may still know
 * (oplati.md 13.12) - the new receipt would be paid by the old money. Only an attempt that is journaled uses its running
 * number up: a restart counts the journal's attempts, so a refused one must not have taken any.
 */
function nextOrderNumber(turn: Turn, document: Pick<Document, 'number'> | null, attemptId: string): string {
  const { registerNumber, lastShiftNumber } = turn.state.register;
  const running = turn.state.attemptsMade + 1;
  return `${registerNumber}-${lastShiftNumber}-${document?.number ?? 0}-${running}-${attemptId.slice(-6)}`;
}

/** The number of a new attempt, in the register's form or in the provider's own; never one that was given before. */
export function orderNumberOf(
  turn: Turn,
  driver: Driver,
  document: Pick<Document, 'number'> | null,
  attemptId: string,
): string {
  const { orderNumber } = driver;
  if (orderNumber === undefined) return nextOrderNumber(turn, document, attemptId);
  const isTaken = (number: string) =>
    turn.facts.hasOrderNumber(number) || turn.write.attempts.some(({ order }) => order.orderNumber === number);
  let localTimeMs = turn.facts.wall() + turn.facts.rules.utcOffsetMinutes * 60_000;
  while (isTaken(orderNumber(localTimeMs))) localTimeMs++;
  return orderNumber(localTimeMs);
}

/** The electronic receipt: the open document's lines; for a cancel, those of the payment that is given back. */
export function receiptOf(turn: Turn, { document, operation, source, amountKopecks = 0 }: Wanted): Order['receipt'] {
  if (document !== null && 'lines' in document && operation !== 'cancel') {
    const lines = document.lines.filter((line) => line.quantityThousandths > 0);
    const { totalKopecks, receivedKopecks } = totalsOf(document);
    return {
      number: document.number,
      totalKopecks,
      paidKopecks: receivedKopecks,
      lines: lines.map((line) => ({
        name: line.goods.name,
        barcode: line.goods.barcode,
        priceKopecks: line.priceKopecks,
        quantityThousandths: line.quantityThousandths,
        unitName: line.goods.unit.name,
        sumKopecks: line.sumKopecks,
      })),
    };
  }
  const paid = source == null ? null : attemptOf(turn, source.attemptId);
  return paid?.order.receipt ?? { number: document?.number ?? 0, lines: [], totalKopecks: amountKopecks };
}

export function sourceOf(turn: Turn, { source }: Wanted): Order['source'] {
  if (source == null) return null;
  const paid = attemptOf(turn, source.attemptId);
  return {
    orderNumber: source.orderNumber,
    providerPaymentId: source.providerPaymentId,
    amountKopecks: source.amountKopecks,
    shiftLabel: paid?.order.shiftLabel ?? '',
    driverState: paid?.driverState ?? null,
    givenBackIds: givenBackIds(turn, source.attemptId, null),
  };
}

/**
 * Ids of the other refunds of a payment, as they are known now: a list may not take one of them for this one (paymaster.md
 * 8.4). One that was decided by hand and begun anew must not find its successor and call it its own.
 */
export function givenBackIds(turn: Turn, sourceAttemptId: string, ownAttemptId: string | null): string[] {
  const sale = attemptOf(turn, sourceAttemptId)?.documentId;
  const { document } = turn.state.register;
  return [...(sale === undefined ? [] : turn.facts.returnsOf(sale)), ...(document === null ? [] : [document])]
    .flatMap(({ payments }) => payments)
    .filter((payment) => payment.sourceAttemptId === sourceAttemptId && payment.attemptId !== ownAttemptId)
    .flatMap(({ providerPaymentId }) => providerPaymentId ?? []);
}

/** Which payment a cancel or refund is of: by its id, or by our number where the id was never learned (paymaster.md 8.2, 10). */
import type { Order } from '../../driver.ts';
import type { PaymasterRecalled } from './recall.ts';
import type { PaymasterSettings } from './settings.ts';
import { paymentStatus } from './status.ts';
import { CURRENCY, type ListRow, type Payment } from './wire.ts';

/** An order that gives money back. */
export type BackOrder = Order<PaymasterRecalled>;

const DAY_MS = 86_400_000;

/** The id of a paid bill; null = it was never learned. */
export function paymentIdOf({ source }: BackOrder): string | null {
  const known = source?.providerPaymentId ?? source?.recalled.providerPaymentId;
  return known != null && /^[A-Za-z0-9_-]{1,64}$/.test(known) ? known : null;
}

/** Since when the payment can stand in the list: its own start, or the day before its shift (clocks and zones differ). */
export function paidSinceMs({ source }: BackOrder, { listSlackMs }: PaymasterSettings): number {
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
  { source }: BackOrder,
  { testMode }: PaymasterSettings,
): Payment | 'undecided' | null {
  const named = rows.filter(({ owner }) => owner === source?.orderNumber).map(({ object }) => object);
  const isWhole = (payment: Payment) =>
    (testMode || !payment.isTest) &&
    payment.currency === CURRENCY &&
    payment.amountKopecks >= (source?.amountKopecks ?? 0);
  const paid = named.find((payment) => payment !== null && paymentStatus(payment) === 'paid' && isWhole(payment));
  if (paid) return paid;
  const isOver = (payment: Payment | null) => payment !== null && typeof paymentStatus(payment) === 'object';
  return named.every(isOver) ? null : 'undecided';
}

/** What to make of the report's rows of one order number. */
import type { Action } from '../../driver.ts';
import { saleStatus } from './status.ts';
import type { PaymentInfo } from './wire.ts';

/** Should the number stand twice, the row with the money is the truth, then the one that may still get it. */
export function bestOf(rows: readonly PaymentInfo[]): PaymentInfo | null {
  const isPending = ({ status }: PaymentInfo) => saleStatus(status, 0, false) === 'pending';
  return rows.find(({ status }) => status === 1) ?? rows.find(isPending) ?? rows.at(-1) ?? null;
}

/** A repeated order number is accepted as a new operation (8.2): somebody has to settle what was made more than once. */
export function surplusAlarm(rows: readonly PaymentInfo[]): Action[] {
  const made = rows.filter(({ status }) => status === 1);
  const [first] = made;
  if (first === undefined || made.length < 2) return [];
  const ids = made.map(({ paymentId }) => paymentId).join(', ');
  const text = `oplati: ${first.orderNumber} was made ${made.length} times: ${ids}; ${first.paymentId} is taken, the rest is to be settled by hand`;
  return [{ do: 'alarm', text }];
}

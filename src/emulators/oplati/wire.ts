/** What goes over the wire: money, dates, payment info (oplati.md 2, 4). Pure. */
import type { Payment } from './state.ts';

const MAX_KOPECKS = 99_999_999_999;

/**
 * BYN of a request, a JSON number or a text: `15.3`, `"15.30"`. The shortest text of a parsed number is the decimal the
 * sender wrote, so it is read digit by digit and no float is ever multiplied. The official PHP client adds floats: the
 * tail that leaves (0.30000000000000004) is no third decimal.
 * @returns kopecks, or null when it is no sum or has more than two decimals
 */
export function readKopecks(value: unknown): number | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(typeof value === 'number' ? withoutTail(value) : value);
  if (match === null) return null;
  const [, roubles = '', fraction = ''] = match;
  const kopecks = Number(roubles) * 100 + Number(fraction.padEnd(2, '0'));
  return kopecks <= MAX_KOPECKS ? kopecks : null;
}

function withoutTail(value: number): string {
  const decimal = value.toFixed(2);
  const isTail = Math.abs(value - Number(decimal)) <= Math.abs(value) * Number.EPSILON * 64;
  return isTail ? decimal : String(value);
}

/** Kopecks as a number whose JSON is the exact decimal: 1530 -> `15.3`. */
export function roublesOf(kopecks: number): number {
  return kopecks / 100;
}

/** `2030-01-15T10:00:00.000+03:00`: milliseconds and an offset with a colon, always. */
export function formatDate(atMs: number, utcOffsetMinutes: number): string {
  const local = new Date(atMs + utcOffsetMinutes * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(utcOffsetMinutes);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${local}${utcOffsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

export interface PaymentInfo {
  paymentId: number;
  paymentType: number;
  sum: number;
  status: number;
  createdDate: string;
  paidDate: string;
  orderNumber: string;
}

/** Payment info, both dates always present. */
export function paymentInfo(payment: Payment, utcOffsetMinutes: number): PaymentInfo {
  return {
    paymentId: payment.paymentId,
    paymentType: payment.paymentType,
    sum: roublesOf(payment.sumKopecks),
    status: payment.status,
    createdDate: formatDate(payment.createdAtMs, utcOffsetMinutes),
    paidDate: formatDate(payment.paidAtMs, utcOffsetMinutes),
    orderNumber: payment.orderNumber,
  };
}

/** The body with a wrong echo of one payment info (vector O-19), or null when there is none in it. */
export function spoilEcho(kind: 'wrong-sum' | 'wrong-order', body: string): string | null {
  const value: unknown = JSON.parse(body);
  const info = (Array.isArray(value) ? value[0] : value) as Partial<PaymentInfo> | undefined;
  if (info?.orderNumber === undefined || info.sum === undefined) return null;
  if (kind === 'wrong-sum') info.sum = roublesOf(Math.round(info.sum * 100) + 100);
  else info.orderNumber = `${info.orderNumber}-X`;
  return JSON.stringify(value);
}

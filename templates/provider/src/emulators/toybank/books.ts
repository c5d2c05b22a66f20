/** What the emulated Toybank server remembers, and what moves its money. */

import type { BuyerName } from '../buyer-name.ts';
import { Problem } from '../problem.ts';
import { BUYERS, type PaymentStatus, type ToybankEmulatorSettings } from './settings.ts';

export interface Payment {
  id: string;
  orderNumber: string;
  sumKopecks: number;
  currency: string;
  status: PaymentStatus;
  /** What the buyer will answer, and when; null = never. */
  answer: PaymentStatus;
  answersAtMs: number | null;
  expiresAtMs: number;
}

export interface Refund {
  id: string;
  orderNumber: string;
  paymentNumber: string;
  sumKopecks: number;
  currency: string;
}

/** One operation as it really happened. */
export interface LedgerRow {
  paymentId: string;
  kind: 'payment' | 'refund';
  orderNumber: string;
  sumKopecks: number;
  /** Money has moved at `paid` and at `returned`. */
  status: string;
  sourceOrderNumber: string | null;
}

/** Thrown where a request cannot be served; the server turns its code into the error body. */
export function refusal(status: number, code: string): Problem {
  return new Problem(status, code, null);
}

export class Books {
  private readonly settings: ToybankEmulatorSettings;
  private readonly payments: Payment[] = [];
  private readonly refunds: Refund[] = [];
  private buyer: BuyerName;

  constructor(settings: ToybankEmulatorSettings, buyer: BuyerName) {
    this.settings = settings;
    this.buyer = buyer;
  }

  /** The buyer of the payments to come. */
  become(name: BuyerName): void {
    this.buyer = name;
  }

  /** Catches up with the clock: buyers answer, payments expire. */
  settle(nowMs: number): void {
    for (const payment of this.payments) {
      if (payment.status !== 'waiting') continue;
      const { answersAtMs, expiresAtMs } = payment;
      if (answersAtMs !== null && answersAtMs <= Math.min(nowMs, expiresAtMs)) payment.status = payment.answer;
      else if (expiresAtMs <= nowMs) payment.status = 'expired';
    }
  }

  create(orderNumber: string, sumKopecks: number, currency: string, nowMs: number): Payment {
    const known = this.payments.find((one) => one.orderNumber === orderNumber);
    if (known !== undefined) return sameOrRefused(known, sumKopecks, currency);
    const { afterDelays, answer, ttlMs } = BUYERS[this.buyer];
    const payment: Payment = {
      id: `p${this.payments.length + 1}`,
      orderNumber,
      sumKopecks,
      currency,
      status: 'waiting',
      answer,
      answersAtMs: afterDelays === null ? null : nowMs + afterDelays * this.settings.buyerDelayMs,
      expiresAtMs: nowMs + (ttlMs ?? this.settings.paymentTtlMs),
    };
    this.payments.push(payment);
    return payment;
  }

  find(orderNumber: string): Payment {
    const payment = this.payments.find((one) => one.orderNumber === orderNumber);
    if (payment === undefined) throw refusal(404, 'unknownPayment');
    return payment;
  }

  /** Only a waiting payment can be cancelled; any other stays what it is. */
  cancel(orderNumber: string): Payment {
    const payment = this.find(orderNumber);
    if (payment.status === 'waiting') payment.status = 'cancelled';
    return payment;
  }

  refund(orderNumber: string, paymentNumber: string, sumKopecks: number, currency: string): Refund {
    const known = this.refunds.find((one) => one.orderNumber === orderNumber);
    if (known !== undefined) return sameOrRefused(known, sumKopecks, currency);
    const payment = this.find(paymentNumber);
    if (payment.status !== 'paid') throw refusal(409, 'notPaid');
    const given = this.refunds.filter((one) => one.paymentNumber === paymentNumber);
    const leftKopecks = given.reduce((left, one) => left - one.sumKopecks, payment.sumKopecks);
    if (sumKopecks > leftKopecks) throw refusal(409, 'tooMuch');
    const refund: Refund = { id: `r${this.refunds.length + 1}`, orderNumber, paymentNumber, sumKopecks, currency };
    this.refunds.push(refund);
    return refund;
  }

  ledger(): LedgerRow[] {
    return [
      ...this.payments.map(({ id: paymentId, orderNumber, sumKopecks, status }) => ({
        paymentId,
        kind: 'payment' as const,
        orderNumber,
        sumKopecks,
        status,
        sourceOrderNumber: null,
      })),
      ...this.refunds.map(({ id: paymentId, orderNumber, paymentNumber, sumKopecks }) => ({
        paymentId,
        kind: 'refund' as const,
        orderNumber,
        sumKopecks,
        status: 'returned',
        sourceOrderNumber: paymentNumber,
      })),
    ];
  }
}

/** A repeated key gives the stored operation, for the same request only. */
function sameOrRefused<Stored extends { sumKopecks: number; currency: string }>(
  known: Stored,
  sumKopecks: number,
  currency: string,
): Stored {
  if (known.sumKopecks !== sumKopecks || known.currency !== currency) throw refusal(409, 'keyUsed');
  return known;
}

/** The money: payments, their statuses, reversals (oplati.md 4, 6, 8.3, 13.7, 13.10). */

import { numbersOf, reversalNumberOf, type SeedPlan } from '../seed.ts';
import type { Buyer } from './buyer.ts';
import { PROBLEMS } from './problems.ts';
import type { OplatiSettings } from './settings.ts';
import type { BuyerAnswer, OplatiState, Payment } from './state.ts';
import { formatDate, roublesOf } from './wire.ts';

const STATUS = { inProgress: 0, ok: 1, declined: 2, notEnough: 3, timeout: 4, cancelled: 5 } as const;
const DAY_MS = 86_400_000;

/** One operation as it really happened, for a test or a trainer to compare with the register. */
export interface LedgerRow {
  paymentId: number;
  orderNumber: string;
  paymentType: number;
  /** BYN. */
  sum: number;
  sumKopecks: number;
  status: number;
  regNum: string;
  shift: string | null;
  createdDate: string;
  paidDate: string;
  sourcePaymentId?: number;
  reversals: { paymentId: number; orderNumber: string; sum: number; sumKopecks: number; status: number }[];
}

/** What a request says of an operation that is to be booked. */
export interface Booking {
  regNum: string;
  sumKopecks: number;
  orderNumber: string;
  shift: string | null;
}

export class Ledger {
  private readonly state: OplatiState;
  private readonly settings: OplatiSettings;
  private readonly buyer: Buyer;
  private readonly onFinal: (payment: Payment) => void;

  /** @param onFinal told when an operation that was in progress has ended */
  constructor(state: OplatiState, settings: OplatiSettings, buyer: Buyer, onFinal: (payment: Payment) => void) {
    this.state = state;
    this.settings = settings;
    this.buyer = buyer;
    this.onFinal = onFinal;
  }

  /** The sale after the buyer became ready: final at once unless his application asks for the PIN. */
  sell(booking: Booking, sessionId: number, nowMs: number): Payment {
    const payment = this.book(booking, nowMs, { sessionId });
    const pinAfterMs = this.buyer.pinAfterMs();
    if (pinAfterMs === undefined || !this.affords(payment)) {
      this.decide(payment, this.buyer.answer, nowMs);
      return payment;
    }
    payment.awaiting = {
      answerAtMs: pinAfterMs === null ? null : nowMs + pinAfterMs,
      answer: this.buyer.answer,
      expiresAtMs: nowMs + this.settings.confirmTtlMs,
    };
    return payment;
  }

  /** The web sale: in progress until the buyer has scanned and answered, or his time is over. */
  sellOnWeb(booking: Booking, notificationUrl: string | null, nowMs: number): Payment {
    const payment = this.book(booking, nowMs, { notificationUrl });
    const readyAfterMs = this.buyer.readyAfterMs('web');
    const pinAfterMs = this.buyer.pinAfterMs();
    const isAnswered = readyAfterMs !== null && pinAfterMs !== null;
    payment.awaiting = {
      answerAtMs: isAnswered ? nowMs + readyAfterMs + (pinAfterMs ?? 0) : null,
      answer: this.buyer.answer,
      expiresAtMs: nowMs + this.settings.webQrTtlMs,
    };
    return payment;
  }

  find(regNum: string, paymentId: number): Payment {
    const payment = this.state.payments.find((one) => one.paymentId === paymentId && one.regNum === regNum);
    if (payment === undefined) throw PROBLEMS.unknownPayment();
    return payment;
  }

  /** Operations of a shift label, by id; dates `yyyy-MM-dd` narrow them to days of creation. */
  report(regNum: string, shift: string, firstDay: string | null, lastDay: string | null): Payment[] {
    return this.state.payments.filter((payment) => {
      const day = formatDate(payment.createdAtMs, this.settings.utcOffsetMinutes).slice(0, 10);
      const isInside = (firstDay === null || day >= firstDay) && (lastDay === null || day <= lastDay);
      return payment.regNum === regNum && payment.shift === shift && isInside;
    });
  }

  /**
   * Gives money back, takes a reversal back, or cancels what is still in progress.
   * @returns the new row; for a cancel the original itself (oplati.md 13.7)
   */
  reverse(source: Payment, booking: Booking, nowMs: number): Payment {
    if (source.status === STATUS.inProgress) return this.cancel(source, booking);
    const isSale = source.paymentType === 1 && source.sourcePaymentId === null;
    const isTakenBack = source.paymentType === 3 && this.reversalsOf(source).length > 0;
    if (source.status !== STATUS.ok || isTakenBack) throw PROBLEMS.notReversible();
    if (!isSale && (source.paymentType === 1 || !this.settings.reversalOfReversal)) throw PROBLEMS.notReversible();
    if (nowMs - source.createdAtMs > this.settings.reversalDays * DAY_MS) throw PROBLEMS.reversalTooLate();
    if (isSale && booking.sumKopecks > this.refundableKopecks(source)) throw PROBLEMS.overRefund();
    if (!isSale && booking.sumKopecks > source.sumKopecks) throw PROBLEMS.overRefund();
    if (!isSale && booking.sumKopecks < source.sumKopecks) throw PROBLEMS.notReversible();
    const row = this.book(booking, nowMs, { paymentType: isSale ? 3 : 1, sourcePaymentId: source.paymentId });
    // Taking a reversal back charges the wallet again, giving back fills it; nobody is asked.
    this.decide(row, 'pay', nowMs);
    return row;
  }

  /** Lets everything happen that has become due; the state is a function of the clock. */
  settle(nowMs: number): void {
    for (const payment of this.state.payments) {
      const { awaiting } = payment;
      if (awaiting === null) continue;
      const { answerAtMs, expiresAtMs } = awaiting;
      if (answerAtMs !== null && answerAtMs < expiresAtMs && answerAtMs <= nowMs) {
        this.decide(payment, awaiting.answer, answerAtMs);
      } else if (expiresAtMs <= nowMs) {
        this.end(payment, STATUS.timeout);
      }
    }
  }

  /**
   * The buyer answers the PIN question at this moment.
   * @param paymentId null: the one asked last
   * @returns the payment, or null when none waits
   */
  answerPin(paymentId: number | null, answer: BuyerAnswer, nowMs: number): Payment | null {
    const payment = this.state.payments.findLast(
      (one) => one.awaiting !== null && (paymentId === null || one.paymentId === paymentId),
    );
    if (payment === undefined) return null;
    this.decide(payment, answer, nowMs);
    return payment;
  }

  /**
   * The buyer is charged once more under the same number: what a doubled request does at a server that takes a used number.
   * @param orderNumber null: of the sale that was paid last
   * @returns the new payment, or null when there is no such paid sale
   */
  payAgain(orderNumber: string | null, nowMs: number): Payment | null {
    const paid = this.state.payments.findLast(
      (one) =>
        one.paymentType === 1 && one.status === STATUS.ok && (orderNumber === null || one.orderNumber === orderNumber),
    );
    if (paid === undefined) return null;
    const { regNum, sumKopecks, orderNumber: number, shift } = paid;
    return this.book({ regNum, sumKopecks, orderNumber: number, shift }, nowMs, { status: STATUS.ok });
  }

  /** Finished sales and reversals of a shift, without a buyer and without a notification. */
  seed(plan: SeedPlan, regNum: string, shift: string, nowMs: number): void {
    const { reversals, sumKopecks } = plan;
    const more = { status: STATUS.ok };
    const sales = numbersOf(plan).map((orderNumber) =>
      this.book({ regNum, sumKopecks, orderNumber, shift }, nowMs, more),
    );
    for (const { orderNumber, paymentId } of sales.slice(0, reversals)) {
      const booking = { regNum, sumKopecks, orderNumber: reversalNumberOf(orderNumber), shift };
      this.book(booking, nowMs, { ...more, paymentType: 3, sourcePaymentId: paymentId });
    }
  }

  rows(): LedgerRow[] {
    const reversals = new Map<number | null, Payment[]>();
    for (const payment of this.state.payments) {
      const known = reversals.get(payment.sourcePaymentId);
      if (known === undefined) reversals.set(payment.sourcePaymentId, [payment]);
      else known.push(payment);
    }
    return this.state.payments.map((payment) => ({
      paymentId: payment.paymentId,
      orderNumber: payment.orderNumber,
      paymentType: payment.paymentType,
      sum: roublesOf(payment.sumKopecks),
      sumKopecks: payment.sumKopecks,
      status: payment.status,
      regNum: payment.regNum,
      shift: payment.shift,
      createdDate: formatDate(payment.createdAtMs, this.settings.utcOffsetMinutes),
      paidDate: formatDate(payment.paidAtMs, this.settings.utcOffsetMinutes),
      ...(payment.sourcePaymentId === null ? {} : { sourcePaymentId: payment.sourcePaymentId }),
      reversals: (reversals.get(payment.paymentId) ?? []).map(({ paymentId, orderNumber, sumKopecks, status }) => ({
        paymentId,
        orderNumber,
        sum: roublesOf(sumKopecks),
        sumKopecks,
        status,
      })),
    }));
  }

  private book(booking: Booking, nowMs: number, more: Partial<Payment>): Payment {
    const payment: Payment = {
      paymentId: this.state.nextPaymentId,
      paymentType: 1,
      status: STATUS.inProgress,
      createdAtMs: nowMs,
      paidAtMs: nowMs,
      sessionId: null,
      sourcePaymentId: null,
      awaiting: null,
      notificationUrl: null,
      ...booking,
      ...more,
    };
    this.state.nextPaymentId += 1;
    this.state.payments.push(payment);
    return payment;
  }

  private cancel(payment: Payment, booking: Booking): Payment {
    if (booking.sumKopecks > payment.sumKopecks) throw PROBLEMS.overRefund();
    if (booking.sumKopecks < payment.sumKopecks) throw PROBLEMS.cancelNeedsFullSum();
    this.end(payment, STATUS.cancelled);
    return payment;
  }

  private decide(payment: Payment, answer: BuyerAnswer, atMs: number): void {
    if (answer === 'refuse') {
      this.end(payment, STATUS.declined);
    } else if (answer === 'lackMoney' || !this.affords(payment)) {
      this.end(payment, STATUS.notEnough);
    } else {
      const { balanceKopecks } = this.state;
      if (balanceKopecks !== null) {
        this.state.balanceKopecks = balanceKopecks + (payment.paymentType === 3 ? 1 : -1) * payment.sumKopecks;
      }
      payment.paidAtMs = atMs;
      this.end(payment, STATUS.ok);
    }
  }

  private end(payment: Payment, status: number): void {
    payment.status = status;
    payment.awaiting = null;
    this.onFinal(payment);
  }

  private affords(payment: Payment): boolean {
    const { balanceKopecks } = this.state;
    return payment.paymentType === 3 || balanceKopecks === null || balanceKopecks >= payment.sumKopecks;
  }

  private refundableKopecks(sale: Payment): number {
    const standing = this.reversalsOf(sale).filter((reversal) => this.reversalsOf(reversal).length === 0);
    return standing.reduce((rest, reversal) => rest - reversal.sumKopecks, sale.sumKopecks);
  }

  /** Only those that really moved money. */
  private reversalsOf(payment: Payment): Payment[] {
    return this.state.payments.filter((one) => one.sourcePaymentId === payment.paymentId && one.status === STATUS.ok);
  }
}

/** The payments and the cash links they lie on (paymaster.md 5, 8.3; sbp-qr.md 5). */
import { qrcIdOf, sbpLink } from '../sbp-link.ts';
import type { Payer } from './payer.ts';
import { PROBLEMS } from './problems.ts';
import type { Order } from './requests.ts';
import type { PaymasterSettings } from './settings.ts';
import type { PaymasterState, Payment, Sticker } from './state.ts';
import type { StickerBook } from './stickers.ts';
import { isLinkOut } from './wire.ts';

/** What the payer can be told to do at this very moment. */
export type PayerAct = 'open' | 'confirm' | 'refuse';

export class PaymentBook {
  private readonly state: PaymasterState;
  private readonly settings: PaymasterSettings;
  private readonly stickers: StickerBook;
  private readonly payer: Payer;
  private readonly onFinal: (payment: Payment) => void;
  /** Those of the state that have not ended, oldest first: a day's books are not walked through for every request. */
  private readonly open: Set<Payment>;

  /** @param onFinal told when a payment has ended, however */
  constructor(
    state: PaymasterState,
    settings: PaymasterSettings,
    stickers: StickerBook,
    payer: Payer,
    onFinal: (payment: Payment) => void,
  ) {
    this.state = state;
    this.settings = settings;
    this.stickers = stickers;
    this.payer = payer;
    this.onFinal = onFinal;
    this.open = new Set(state.payments.filter((payment) => !isFinal(payment)));
  }

  create(order: Order, idempotencyKey: string | null, nowMs: number): Payment {
    const sticker = order.stickerId === null ? null : this.freeSticker(order.stickerId, nowMs);
    const id = String(this.state.nextPaymentId);
    const payment: Payment = {
      id,
      ordinal: this.state.nextOrdinal,
      createdAtMs: nowMs,
      testMode: order.testMode || this.settings.isTestToken,
      status: 'Confirmation',
      resultCode: null,
      endedAtMs: null,
      sumKopecks: order.sumKopecks,
      description: order.description,
      orderNumber: order.orderNumber,
      params: order.params,
      stickerId: order.stickerId,
      link:
        sticker?.payload ?? sbpLink({ qrcId: qrcIdOf('dynamic', id), kind: 'dynamic', sumKopecks: order.sumKopecks }),
      callbackUrl: order.callbackUrl ?? sticker?.callbackUrl ?? null,
      idempotencyKey,
      billedUntilMs: order.billedUntilMs,
      expiresAtMs: order.billedUntilMs,
      isPaying: false,
      opensAtMs: null,
      answersAtMs: null,
      answer: 'Success',
    };
    if (isLinkOut(payment, this.settings)) this.payer.plan(payment, nowMs);
    this.state.nextOrdinal += 1;
    this.state.nextPaymentId += 1;
    this.state.payments.push(payment);
    this.open.add(payment);
    return payment;
  }

  find(id: string): Payment {
    const payment = this.state.payments.find((one) => one.id === id);
    if (payment === undefined) throw PROBLEMS.unknownId();
    return payment;
  }

  /** Read by its id; the link may come with it (`linkAt`), and the payer with the link. */
  read(id: string, nowMs: number): Payment {
    const payment = this.find(id);
    const wasOut = isLinkOut(payment, this.settings);
    payment.reads = (payment.reads ?? 0) + 1;
    if (!wasOut && isLinkOut(payment, this.settings) && !isFinal(payment)) this.payer.plan(payment, nowMs);
    return payment;
  }

  /** Payments created inside the window, both ends included, oldest first. */
  within(startMs: number, endMs: number): Payment[] {
    return this.state.payments.filter(({ createdAtMs }) => createdAtMs >= startMs && createdAtMs <= endMs);
  }

  /** Only while nobody has started paying (sbp-qr.md 5, rule 5). */
  cancel(payment: Payment, nowMs: number): void {
    if (isFinal(payment)) throw PROBLEMS.paymentFinal();
    if (payment.isPaying) throw PROBLEMS.paymentInProgress();
    this.end(payment, 'Cancelled', null, nowMs);
  }

  /** Lets everything happen that has become due; the state is a function of the clock. */
  settle(nowMs: number): void {
    for (const payment of this.waiting()) {
      const { opensAtMs, expiresAtMs } = payment;
      if (!payment.isPaying && opensAtMs !== null && opensAtMs <= nowMs && opensAtMs < expiresAtMs) {
        payment.isPaying = true;
      }
      if (payment.isPaying) {
        if (payment.answersAtMs !== null && payment.answersAtMs <= nowMs) this.answer(payment, payment.answersAtMs);
      } else if (expiresAtMs <= nowMs) {
        this.end(payment, 'Rejected', 'PaymentExpired', expiresAtMs);
      }
    }
  }

  /** A changed payer stands before the links now; what his bank already works on goes on as it was. */
  replan(nowMs: number): void {
    for (const payment of this.waiting()) {
      if (!payment.isPaying && isLinkOut(payment, this.settings)) this.payer.plan(payment, nowMs);
    }
  }

  /**
   * The payer acts by hand; from then on nothing happens to the payment by itself.
   * @param orderNumber null: the payment that came last
   * @param resultCode with which the bank refuses, or the payer gives up
   * @returns the payment, or null when the link carries no unpaid amount
   */
  act(act: PayerAct, orderNumber: string | null, resultCode: string, nowMs: number): Payment | null {
    const payment = this.waiting().findLast((one) => orderNumber === null || one.orderNumber === orderNumber);
    if (payment === undefined) return null;
    payment.isPaying = true;
    payment.opensAtMs ??= nowMs;
    payment.answersAtMs = null;
    payment.answer = act === 'refuse' ? resultCode : 'Success';
    if (act !== 'open') this.answer(payment, nowMs);
    return payment;
  }

  /**
   * The payer is charged once more under the same number, by another bill.
   * @param orderNumber null: of the bill that was paid last
   * @returns null when there is no such paid bill
   */
  payAgain(orderNumber: string | null, nowMs: number): Payment | null {
    const paid = this.state.payments.findLast(
      (one) => one.status === 'Settled' && (orderNumber === null || one.orderNumber === orderNumber),
    );
    if (paid === undefined) return null;
    const { nextPaymentId, nextOrdinal } = this.state;
    const again: Payment = {
      ...paid,
      id: String(nextPaymentId),
      ordinal: nextOrdinal,
      createdAtMs: nowMs,
      endedAtMs: nowMs,
    };
    this.state.nextPaymentId += 1;
    this.state.nextOrdinal += 1;
    this.state.payments.push({ ...again, idempotencyKey: null, callbackUrl: null });
    return again;
  }

  /** When the next thing happens by itself to a payment that must be notified of; infinite: never. */
  nextWatchedMs(): number {
    const watched = this.waiting().filter(({ callbackUrl }) => callbackUrl !== null);
    const moments = watched.map(({ isPaying, opensAtMs, answersAtMs, expiresAtMs }) =>
      isPaying ? (answersAtMs ?? Infinity) : Math.min(opensAtMs ?? Infinity, expiresAtMs),
    );
    return Math.min(Infinity, ...moments);
  }

  private waiting(): Payment[] {
    return [...this.open];
  }

  /** The plate of an order, with no unpaid amount on it. */
  private freeSticker(id: string, nowMs: number): Sticker {
    const sticker = this.stickers.forPayment(id);
    const older = this.waiting().find(({ stickerId }) => stickerId === id);
    if (older === undefined) return sticker;
    if (this.settings.busySticker === 'refuse' || older.isPaying) throw PROBLEMS.stickerBusy();
    this.end(older, 'Cancelled', null, nowMs);
    return sticker;
  }

  private answer(payment: Payment, atMs: number): void {
    this.end(payment, payment.answer === 'Success' ? 'Settled' : 'Rejected', payment.answer, atMs);
  }

  private end(payment: Payment, status: Payment['status'], resultCode: string | null, atMs: number): void {
    payment.status = status;
    payment.resultCode = resultCode;
    payment.endedAtMs = atMs;
    payment.isPaying = false;
    this.open.delete(payment);
    this.onFinal(payment);
  }
}

function isFinal({ status }: Payment): boolean {
  return status !== 'Confirmation';
}

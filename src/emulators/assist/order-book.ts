/** The money: orders, their states, refunds, aborts (assist.md 3.4, 3.5, 5, 12). */
import type { Buyer, Plan } from './buyer.ts';
import { PROBLEMS } from './problems.ts';
import type { AssistSettings, Means, Way } from './settings.ts';
import type { AssistState, Operation, Order } from './state.ts';

const SUCCESS = 'AS000';

/** What a request says of an order that is to be created. */
export interface Draft {
  orderNumber: string;
  sumKopecks: number;
  comment: string;
  means: Means;
  way: Way;
}

/** What a request says of a refund. */
export interface RefundDraft {
  /** Null: all that is left. */
  askedKopecks: number | null;
  externalRefundId: string | null;
}

export class OrderBook {
  private readonly state: AssistState;
  private readonly settings: AssistSettings;
  private readonly buyer: Buyer;

  constructor(state: AssistState, settings: AssistSettings, buyer: Buyer) {
    this.state = state;
    this.settings = settings;
    this.buyer = buyer;
  }

  /**
   * A new order that its payer will end. A number may be used again once its last order has ended, even by a payment:
   * whoever asks for the money twice gets it twice, and the ledger shows it (assist.md 12.3, 12.4).
   */
  open(draft: Draft, plan: Plan, nowMs: number): Order {
    if (this.last(draft.orderNumber)?.state === 'In Process') throw PROBLEMS.usedNumber('Order is in process');
    const order = this.add(draft, nowMs);
    order.awaiting = this.awaitingOf(plan, nowMs);
    this.settle(nowMs);
    return order;
  }

  /** Cash is paid already: the same number and sum again is the same order (assist.md 12.7). */
  registerCash(draft: Draft, tillDateMs: number, nowMs: number): Order {
    const known = this.last(draft.orderNumber);
    if (known?.means === 'cash') {
      if (known.sumKopecks !== draft.sumKopecks) throw PROBLEMS.usedNumber('Order has another amount');
      return known;
    }
    if (known?.state === 'In Process') throw PROBLEMS.usedNumber('Order is in process');
    return this.takeCash(draft, tillDateMs, nowMs);
  }

  /** `payment` of the till application: what it does with a number that was used is not published, so that is a dialect. */
  payment(draft: Draft, nowMs: number): Order {
    const known = this.last(draft.orderNumber);
    const { usedNumber } = this.settings;
    if (known !== undefined && usedNumber !== 'second') {
      const isSame = known.sumKopecks === draft.sumKopecks && known.means === draft.means;
      if (!isSame || usedNumber === 'refuse') throw PROBLEMS.usedNumber('Order exists');
      return known;
    }
    if (draft.means === 'cash') return this.takeCash(draft, null, nowMs);
    const order = this.add(draft, nowMs);
    order.awaiting = this.awaitingOf(this.buyer.plan(), nowMs);
    this.settle(nowMs);
    return order;
  }

  /** Orders of a number that were created inside the window, the oldest first. */
  find(orderNumber: string, window: { fromMs: number; toMs: number }): Order[] {
    return this.state.orders.filter(
      (order) =>
        order.orderNumber === orderNumber && order.createdAtMs >= window.fromMs && order.createdAtMs <= window.toMs,
    );
  }

  /** The order of a bill number, plain or of one of its operations. @param orderNumber '' = any, else it must agree */
  ofBill(billNumber: string, orderNumber: string): Order[] {
    const [plain] = billNumber.split('.');
    return this.state.orders.filter(
      (order) => order.billNumber === plain && (orderNumber === '' || order.orderNumber === orderNumber),
    );
  }

  /** Closes an unpaid order (assist.md 3.5, 12.14). */
  abort(orderNumber: string): Order {
    const order = this.last(orderNumber);
    if (order === undefined) throw PROBLEMS.noOrderToAbort();
    if (order.state !== 'In Process') throw PROBLEMS.orderIsFinal();
    order.state = 'Canceled';
    order.awaiting = null;
    return order;
  }

  /**
   * Gives money back.
   * @param billNumber plain, or extended with the ordinal of the payment
   * @returns the operation; the stored one when its id was seen before (assist.md 12.15)
   */
  refund(billNumber: string, draft: RefundDraft, nowMs: number): { order: Order; refund: Operation } {
    const [plain, ordinal] = billNumber.split('.');
    const order = this.state.orders.find((one) => one.billNumber === plain);
    if (order === undefined) throw PROBLEMS.billNumber();
    const payment = order.operations.find(({ kind }) => kind === 'payment');
    if (ordinal !== undefined && ordinal !== String(payment?.ordinal)) throw PROBLEMS.billNumber();

    const { askedKopecks, externalRefundId } = draft;
    const known = order.operations.find(
      (one) => one.kind === 'refund' && one.externalRefundId !== null && one.externalRefundId === externalRefundId,
    );
    if (known !== undefined) {
      const isSame = askedKopecks === known.askedKopecks || askedKopecks === known.sumKopecks;
      if (!isSame) throw PROBLEMS.amount('ExternalRefundID has another amount');
      return { order, refund: known };
    }
    if (payment?.responseCode !== SUCCESS) throw PROBLEMS.notPaid();
    const restKopecks = order.sumKopecks - refundedKopecks(order);
    const sumKopecks = askedKopecks ?? restKopecks;
    if (sumKopecks === 0 || sumKopecks > restKopecks) throw PROBLEMS.overRefund();
    order.state = sumKopecks === restKopecks ? 'Canceled' : 'PartialCanceled';
    const refund: Operation = {
      kind: 'refund',
      ordinal: order.operations.length + 1,
      sumKopecks,
      atMs: nowMs,
      responseCode: SUCCESS,
      externalRefundId,
      askedKopecks,
      stateAfter: order.state,
    };
    order.operations.push(refund);
    return { order, refund };
  }

  /** Lets everything happen that has become due; the state is a function of the clock. */
  settle(nowMs: number): void {
    for (const order of this.state.orders) {
      const { awaiting } = order;
      if (awaiting === null) continue;
      const { answerAtMs, expiresAtMs, responseCode } = awaiting;
      if (answerAtMs !== null && answerAtMs < expiresAtMs && answerAtMs <= nowMs) {
        this.end(order, responseCode, answerAtMs);
      } else if (expiresAtMs <= nowMs) {
        order.state = 'Timeout';
        order.awaiting = null;
      }
    }
  }

  /** A changed buyer stands before the open orders now; none of them lives longer for it. */
  replan(nowMs: number): void {
    for (const { awaiting } of this.state.orders) {
      if (awaiting === null || !awaiting.isUpToBuyer) continue;
      const fresh = this.awaitingOf(this.buyer.plan(), nowMs);
      Object.assign(awaiting, fresh, { expiresAtMs: Math.min(awaiting.expiresAtMs, fresh.expiresAtMs) });
    }
  }

  /**
   * The payer acts, or his bank refuses, at this very moment.
   * @param orderNumber null: the order opened last
   * @returns null when no such order waits
   */
  answer(orderNumber: string | null, responseCode: string, nowMs: number): Order | null {
    const order = this.state.orders.findLast(
      (one) => one.awaiting !== null && (orderNumber === null || one.orderNumber === orderNumber),
    );
    if (order === undefined) return null;
    this.end(order, responseCode, nowMs);
    return order;
  }

  /** Shows a word in place of the state of the last order of a number, or (null) its true state again. */
  show(orderNumber: string, word: string | null): Order | null {
    const order = this.last(orderNumber);
    if (order === undefined) return null;
    order.shownState = word;
    return order;
  }

  private takeCash(draft: Draft, tillDateMs: number | null, nowMs: number): Order {
    const order = this.add(draft, nowMs);
    order.tillDateMs = tillDateMs;
    this.end(order, SUCCESS, nowMs);
    return order;
  }

  private last(orderNumber: string): Order | undefined {
    return this.state.orders.findLast((order) => order.orderNumber === orderNumber);
  }

  private add(draft: Draft, nowMs: number): Order {
    const order: Order = {
      ...draft,
      billNumber: `5${this.settings.merchantId.padStart(6, '0')}${String(this.state.nextSerial).padStart(9, '0')}`,
      state: 'In Process',
      createdAtMs: nowMs,
      tillDateMs: null,
      operations: [],
      awaiting: null,
      shownState: null,
    };
    this.state.nextSerial += 1;
    this.state.orders.push(order);
    return order;
  }

  private awaitingOf(plan: Plan, nowMs: number): NonNullable<Order['awaiting']> {
    return {
      answerAtMs: plan.answerAfterMs === null ? null : nowMs + plan.answerAfterMs,
      responseCode: plan.responseCode,
      expiresAtMs: nowMs + Math.min(plan.expiresAfterMs ?? this.settings.sbpTtlMs, this.settings.sbpTtlMs),
      isUpToBuyer: plan.isUpToBuyer,
    };
  }

  private end(order: Order, responseCode: string, atMs: number): void {
    order.state = responseCode === SUCCESS ? 'Approved' : 'Declined';
    order.awaiting = null;
    order.operations.push({
      kind: 'payment',
      ordinal: order.operations.length + 1,
      sumKopecks: order.sumKopecks,
      atMs,
      responseCode,
      externalRefundId: null,
      askedKopecks: null,
      stateAfter: order.state,
    });
  }
}

function refundedKopecks(order: Order): number {
  return order.operations.reduce((sum, { kind, sumKopecks }) => (kind === 'refund' ? sum + sumKopecks : sum), 0);
}

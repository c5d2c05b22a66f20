/** A model of the О!плати server for the simulation: pure, no sockets, its own books. Written from the protocol alone. */
import type { HttpReply, HttpRequest } from '../../../../src/payments/driver.ts';

interface Session {
  id: number;
  openedAtMs: number;
  readyAtMs: number | null;
  isUsed: boolean;
}

export interface ModelPayment {
  paymentId: number;
  /** 1 sale, 3 reversal. */
  paymentType: number;
  sumKopecks: number;
  status: number;
  orderNumber: string;
  sourceId: number | null;
  /** Status 0 ends by itself then. */
  decidesAtMs: number;
  decidesTo: number;
}

/** What the buyer of the next session will do. */
export interface ModelBuyer {
  /** Null: he never comes. */
  readyAfterMs: number | null;
  /** Final status of the sale. */
  status: 1 | 2 | 3 | 4;
  /** Null: no PIN is asked. */
  pinAfterMs: number | null;
}

const SESSION_MS = 60_000;
const ERROR_166 = {
  code: '400',
  internalCode: '166',
  devMessage: 'lapsed',
  userMessage: { lang_en: '', lang_ru: 'x' },
};
const REFUSED = { code: '400', internalCode: '', devMessage: 'refused', userMessage: { lang_en: '', lang_ru: 'нет' } };

export class ModelServer {
  readonly payments: ModelPayment[] = [];
  /** Sales that arrived, by order number, whatever became of them. */
  readonly salesArrived = new Map<string, number>();
  buyer: ModelBuyer = { readyAfterMs: 0, status: 1, pinAfterMs: null };
  readonly #sessions: Session[] = [];

  handle(request: HttpRequest, nowMs: number): HttpReply {
    this.settle(nowMs);
    const [path = '', query = ''] = request.url.replace(/^.*\/pos\//, '').split('?');
    const body = request.body === null ? {} : (JSON.parse(request.body) as Record<string, unknown>);
    const [status, answer] = this.#answer(path, new URLSearchParams(query), body, nowMs);
    return { tag: request.tag, status, body: JSON.stringify(answer) };
  }

  /** What the wallet has lost for an order and not got back. */
  heldKopecks(orderNumber: string): number {
    let held = 0;
    for (const payment of this.payments) {
      if (payment.status !== 1) continue;
      if (payment.paymentType === 1 && payment.orderNumber === orderNumber) held += payment.sumKopecks;
      const source = this.payments.find(({ paymentId }) => paymentId === payment.sourceId);
      if (payment.paymentType === 3 && source?.orderNumber === orderNumber) held -= payment.sumKopecks;
    }
    return held;
  }

  settle(nowMs: number): void {
    for (const payment of this.payments) {
      if (payment.status === 0 && payment.decidesAtMs <= nowMs) payment.status = payment.decidesTo;
    }
  }

  #answer(path: string, query: URLSearchParams, body: Record<string, unknown>, nowMs: number): [number, unknown] {
    if (path === 'demandPayment') return [200, this.#open(nowMs)];
    if (path === 'consumerStatus') return this.#ready(Number(query.get('sessionId')), nowMs);
    if (path === 'payments') return this.#sell(body, nowMs);
    if (path === 'paymentReports') return [200, this.payments.map(infoOf)];
    const id = Number(/^payments\/(\d+)/.exec(path)?.[1]);
    const payment = this.payments.find(({ paymentId }) => paymentId === id);
    if (payment === undefined) return [404, REFUSED];
    return path.endsWith('/reversals') ? this.#reverse(payment, body) : [200, infoOf(payment)];
  }

  #open(nowMs: number): unknown {
    const { readyAfterMs } = this.buyer;
    const id = 5000 + this.#sessions.length;
    const readyAtMs = readyAfterMs === null ? null : nowMs + readyAfterMs;
    this.#sessions.push({ id, openedAtMs: nowMs, readyAtMs, isUsed: false });
    return { sessionId: id, confirmCode: '0042', dynamicQR: `o-plati://o-cashpay/dyn/${id}` };
  }

  #ready(id: number, nowMs: number): [number, unknown] {
    const session = this.#sessions.find((one) => one.id === id);
    if (session === undefined || session.isUsed) return [400, REFUSED];
    const { readyAtMs, openedAtMs } = session;
    const isJoined = readyAtMs !== null && readyAtMs <= nowMs && readyAtMs < openedAtMs + SESSION_MS;
    if (nowMs >= (isJoined ? readyAtMs : openedAtMs) + SESSION_MS) return [400, ERROR_166];
    return [200, { isConsumerReady: isJoined, loyaltyCards: [] }];
  }

  #sell(body: Record<string, unknown>, nowMs: number): [number, unknown] {
    const orderNumber = String(body.orderNumber);
    this.salesArrived.set(orderNumber, (this.salesArrived.get(orderNumber) ?? 0) + 1);
    const [status, answer] = this.#ready(Number(body.sessionId), nowMs);
    if (status !== 200) return [status, answer];
    if (!(answer as { isConsumerReady: boolean }).isConsumerReady) return [400, REFUSED];
    const session = this.#sessions.find(({ id }) => id === Number(body.sessionId));
    if (session !== undefined) session.isUsed = true;
    const { status: final, pinAfterMs } = this.buyer;
    const payment = this.#book(1, Math.round(Number(body.sum) * 100), orderNumber, null);
    payment.status = pinAfterMs === null ? final : 0;
    payment.decidesAtMs = nowMs + Math.min(pinAfterMs ?? 0, 180_000);
    payment.decidesTo = (pinAfterMs ?? 0) >= 180_000 ? 4 : final;
    return [200, infoOf(payment)];
  }

  #reverse(source: ModelPayment, body: Record<string, unknown>): [number, unknown] {
    if (source.status === 0) {
      source.status = 5;
      return [200, infoOf(source)];
    }
    const sumKopecks = Math.round(Number(body.sum) * 100);
    if (source.status !== 1 || sumKopecks > this.heldKopecks(source.orderNumber)) return [400, REFUSED];
    const row = this.#book(3, sumKopecks, String(body.orderNumber), source.paymentId);
    row.status = 1;
    return [200, infoOf(row)];
  }

  #book(paymentType: number, sumKopecks: number, orderNumber: string, sourceId: number | null): ModelPayment {
    const payment: ModelPayment = {
      paymentId: 1_000_001 + this.payments.length,
      paymentType,
      sumKopecks,
      status: 0,
      orderNumber,
      sourceId,
      decidesAtMs: 0,
      decidesTo: 0,
    };
    this.payments.push(payment);
    return payment;
  }
}

function infoOf({ paymentId, paymentType, sumKopecks, status, orderNumber }: ModelPayment): unknown {
  return { paymentId, paymentType, sum: sumKopecks / 100, status, orderNumber, createdDate: '', paidDate: '' };
}

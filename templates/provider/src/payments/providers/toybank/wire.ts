/** Requests and answers of toybank.md 2, 4-6. Pure; an answer that is not exactly understood is null. */
import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply, HttpRequest, Order } from '../../driver.ts';
import { asMatching, asObject, Numeral, readJson } from '../../kernel/json.ts';
import type { ToybankSettings } from './settings.ts';

const CURRENCY = 'BYN';

/** A payment or a refund, as the server tells it. */
export interface Operation {
  id: string;
  orderNumber: string;
  amountKopecks: number;
  currency: string;
  status: string;
}

/** The request that moves money; our order number is its idempotency key. */
export function createRequest(tag: string, settings: ToybankSettings, order: Order): HttpRequest {
  const { orderNumber, amountKopecks, seller } = order;
  const purpose = safeText(`${seller.shopName}, касса ${seller.registerNumber}`, 140);
  return post(tag, settings, '/payments', orderNumber, { orderNumber, ...moneyOf(amountKopecks), purpose });
}

export function stateRequest(tag: string, settings: ToybankSettings, orderNumber: string): HttpRequest {
  return {
    tag,
    method: 'GET',
    url: `${settings.url}/payments/${encodeURIComponent(orderNumber)}`,
    headers: headersOf(settings),
    body: null,
    timeoutMs: settings.timeoutMs,
  };
}

/** Ends a payment that is still waiting; harmless to repeat, and a payment that was made stays made. */
export function cancelRequest(tag: string, settings: ToybankSettings, orderNumber: string): HttpRequest {
  return post(tag, settings, '/cancels', orderNumber, { orderNumber });
}

/** Gives money back; `order` is the refund, its number the idempotency key. */
export function refundRequest(tag: string, settings: ToybankSettings, order: Order): HttpRequest {
  const { orderNumber, amountKopecks, source } = order;
  const paymentNumber = source?.orderNumber ?? '';
  return post(tag, settings, '/refunds', orderNumber, { orderNumber, paymentNumber, ...moneyOf(amountKopecks) });
}

function post(tag: string, settings: ToybankSettings, path: string, key: string, body: object): HttpRequest {
  return {
    tag,
    method: 'POST',
    url: `${settings.url}${path}`,
    headers: { ...headersOf(settings), 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
    timeoutMs: settings.timeoutMs,
  };
}

function headersOf({ token }: ToybankSettings): Record<string, string> {
  return { accept: 'application/json', authorization: `Bearer ${token}` };
}

function moneyOf(amountKopecks: number): { amount: number; currency: string } {
  return { amount: amountKopecks, currency: CURRENCY };
}

export function readOperation(reply: HttpReply): Operation | null {
  const body = reply.status === 200 ? asObject(readJson(reply.body)) : null;
  const amount = body?.get('amount');
  const [id, orderNumber, currency, status] = ['id', 'orderNumber', 'currency', 'status'].map((name) =>
    asMatching(body?.get(name), /^[\x21-\x7e]{1,64}$/),
  );
  if (!(amount instanceof Numeral) || !/^\d{1,12}$/.test(amount.text)) return null;
  if (id == null || orderNumber == null || currency == null || status == null) return null;
  return { id, orderNumber, amountKopecks: Number(amount.text), currency, status };
}

/** Everything an answer must repeat before it is believed (toybank.md 5). */
export function isOf(order: Order, operation: Operation): boolean {
  return (
    operation.orderNumber === order.orderNumber &&
    operation.amountKopecks === order.amountKopecks &&
    operation.currency === CURRENCY
  );
}

/** An error body; null when there is none, and for a 5xx, which decides nothing. */
export function readRefusal(reply: HttpReply): { status: number; code: string } | null {
  if (reply.status < 400 || reply.status >= 500) return null;
  const code = asMatching(asObject(readJson(reply.body))?.get('error'), /^\w{1,64}$/);
  return code === null ? null : { status: reply.status, code };
}

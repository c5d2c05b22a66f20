/** The endpoints of the API v2 (paymaster.md 3): which path does what. */
import { createHash } from 'node:crypto';
import type { HttpCall, HttpReply } from '../http-server.ts';
import { Problem } from '../problem.ts';
import type { PaymentBook } from './payments.ts';
import { PROBLEMS, problemBody } from './problems.ts';
import type { RefundBook } from './refunds.ts';
import { readActive, readOrder, readRefundOrder, readStickerOrder, readWindow } from './requests.ts';
import type { PaymasterSettings } from './settings.ts';
import type { PaymasterState } from './state.ts';
import type { StickerBook } from './stickers.ts';
import { encode, paymentObject, refundObject, stickerObject } from './wire.ts';

export interface ApiParts {
  state: PaymasterState;
  settings: PaymasterSettings;
  payments: PaymentBook;
  refunds: RefundBook;
  stickers: StickerBook;
}

interface ApiRequest {
  body: string | null;
  query: URLSearchParams;
  /** Id inside the path; empty where the path has none. */
  id: string;
  idempotencyKey: string | null;
  nowMs: number;
}

/** Null = an empty body. */
type Endpoint = (parts: ApiParts, request: ApiRequest) => object | null;

const ENDPOINTS: { method: string; path: RegExp; serve: Endpoint }[] = [
  { method: 'POST', path: /^\/payments$/, serve: once('payments', createPayment, createdPayment) },
  { method: 'GET', path: /^\/payments$/, serve: listPayments },
  {
    method: 'GET',
    path: /^\/payments\/([^/]+)$/,
    serve: ({ payments, settings }, { id, nowMs }) => paymentObject(payments.read(id, nowMs), settings, 'read'),
  },
  { method: 'PUT', path: /^\/payments\/([^/]+)\/cancel$/, serve: cancelPayment },
  { method: 'POST', path: /^\/refunds$/, serve: once('refunds', createRefund, createdRefund) },
  { method: 'GET', path: /^\/refunds$/, serve: listRefunds },
  { method: 'GET', path: /^\/refunds\/([^/]+)$/, serve: (parts, { id }) => createdRefund(parts, id) },
  { method: 'POST', path: /^\/stickers$/, serve: once('stickers', createSticker, createdSticker) },
  { method: 'GET', path: /^\/stickers$/, serve: listStickers },
  { method: 'GET', path: /^\/stickers\/([^/]+)$/, serve: (parts, { id }) => createdSticker(parts, id) },
  { method: 'PUT', path: /^\/stickers\/([^/]+)$/, serve: switchSticker },
];

/** Serves one request; every refusal becomes the error body. */
export function serveApi(parts: ApiParts, call: HttpCall, nowMs: number): HttpReply {
  const reply = (status: number, body: object | null): HttpReply => ({
    status,
    contentType: 'application/json; charset=utf-8',
    body: body === null ? '' : encode(body, parts.settings.amountForm),
  });
  try {
    return reply(200, answerOf(parts, call, nowMs));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return reply(error.status, problemBody(error));
  }
}

function answerOf(parts: ApiParts, call: HttpCall, nowMs: number): object | null {
  if (call.headers.authorization !== `Bearer ${parts.settings.token}`) throw PROBLEMS.badToken();
  // A published client writes a slash at the end; a redirect would turn its POST into a GET.
  const path = call.path.replace(/\/+$/, '');
  const endpoint = ENDPOINTS.find((one) => one.method === call.method && one.path.test(path));
  if (endpoint === undefined) throw PROBLEMS.unknownId();
  const key = call.headers['idempotency-key'];
  return endpoint.serve(parts, {
    body: call.body,
    query: call.query,
    id: endpoint.path.exec(path)?.[1] ?? '',
    idempotencyKey: typeof key === 'string' && key !== '' ? key : null,
    nowMs,
  });
}

/**
 * A POST that its key makes harmless to repeat (paymaster.md 12, setting 9). A refused request leaves no trace, so its
 * key stays free.
 * @param show the stored object in its present state
 */
function once(
  place: string,
  create: (parts: ApiParts, request: ApiRequest) => string,
  show: (parts: ApiParts, id: string) => object,
): Endpoint {
  return (parts, request) => {
    const { state, settings } = parts;
    const key = request.idempotencyKey;
    const requestHash = createHash('sha256').update(`${place}\n${request.body}`).digest('hex');
    const known = key === null ? undefined : state.keys.find((one) => one.key === key);
    if (known !== undefined) {
      if (settings.idempotency === 'violation' || known.requestHash !== requestHash)
        throw PROBLEMS.duplicate(settings.conflictStatus);
      return show(parts, known.objectId);
    }
    const objectId = create(parts, request);
    if (key !== null) state.keys.push({ key, requestHash, objectId });
    return show(parts, objectId);
  };
}

function createPayment({ settings, payments }: ApiParts, { body, idempotencyKey, nowMs }: ApiRequest): string {
  const order = readOrder(body, settings, nowMs);
  checkMerchant(settings, order.merchantId);
  return payments.create(order, idempotencyKey, nowMs).id;
}

function createdPayment({ settings, payments }: ApiParts, id: string): object {
  return paymentObject(payments.find(id), settings, 'created');
}

function listPayments({ settings, payments }: ApiParts, { query }: ApiRequest): object {
  checkMerchant(settings, query.get('merchantId'));
  const found = payments.within(...readWindow(query));
  return page(found, query, settings, (payment) => paymentObject(payment, settings, 'row'));
}

function cancelPayment({ settings, payments }: ApiParts, { id, nowMs }: ApiRequest): object | null {
  const payment = payments.find(id);
  payments.cancel(payment, nowMs);
  return settings.cancelAnswer === 'empty' ? null : paymentObject(payment, settings, 'read');
}

function createRefund(parts: ApiParts, { body, idempotencyKey, nowMs }: ApiRequest): string {
  const order = readRefundOrder(body, parts.settings);
  return parts.refunds.create(order, parts.payments.find(order.paymentId), idempotencyKey, nowMs).id;
}

function createdRefund({ refunds }: ApiParts, id: string): object {
  return refundObject(refunds.find(id));
}

function listRefunds({ settings, refunds }: ApiParts, { query }: ApiRequest): object {
  checkMerchant(settings, query.get('merchantId'));
  const isWhole = settings.refundList === 'merchantOnly' && !query.has('start') && !query.has('end');
  const [startMs, endMs] = isWhole ? [0, Number.MAX_SAFE_INTEGER] : readWindow(query);
  return page(refunds.within(startMs, endMs), query, settings, refundObject);
}

function createSticker({ settings, stickers }: ApiParts, { body }: ApiRequest): string {
  const order = readStickerOrder(body, settings);
  checkMerchant(settings, order.merchantId);
  return stickers.create(order).id;
}

function createdSticker({ stickers }: ApiParts, id: string): object {
  return stickerObject(stickers.find(id));
}

function listStickers({ settings, stickers }: ApiParts, { query }: ApiRequest): object {
  checkMerchant(settings, query.get('merchantId'));
  return page(stickers.all(), query, settings, stickerObject);
}

function switchSticker({ stickers }: ApiParts, { id, body }: ApiRequest): object {
  const sticker = stickers.find(id);
  sticker.isActive = readActive(body);
  return stickerObject(sticker);
}

function checkMerchant(settings: PaymasterSettings, merchantId: string | null): void {
  if (merchantId === null || merchantId === '') throw PROBLEMS.wrongFields(['merchantId is required']);
  if (merchantId !== settings.merchantId) throw PROBLEMS.foreignMerchant();
}

/** One page; the cursor names the last object shown, so that newer ones shift nothing. */
function page<Item extends { id: string }>(
  items: readonly Item[],
  query: URLSearchParams,
  { pageSize }: PaymasterSettings,
  show: (item: Item) => object,
): object {
  const cursor = query.get('cursor');
  const lastId = cursor === null ? null : Buffer.from(cursor, 'base64url').toString('utf8');
  const lastIndex = items.findIndex(({ id }) => id === lastId);
  if (lastId !== null && lastIndex < 0) throw PROBLEMS.wrongFields(['cursor is wrong']);
  const shown = items.slice(lastIndex + 1, lastIndex + 1 + pageSize);
  const last = shown.at(-1);
  const hasMore = last !== undefined && last !== items.at(-1);
  return {
    items: shown.map((item) => show(item)),
    ...(hasMore ? { cursor: Buffer.from(last.id, 'utf8').toString('base64url') } : {}),
  };
}

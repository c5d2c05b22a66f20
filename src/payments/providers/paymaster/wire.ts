/** Requests and answers of paymaster.md 2-4 and 7. Pure; an answer that is not exactly understood is null. */
import { formatKopecks } from '../../../register/money.ts';
import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply, HttpRequest, Order } from '../../driver.ts';
import {
  asKopecks,
  asMatching,
  asObject,
  asText,
  asWords,
  type Json,
  type JsonObject,
  readJson,
} from '../../kernel/json.ts';
import { baseUrlOf, type PaymasterSettings } from './settings.ts';

export const CURRENCY = 'RUB';
/** Of one list: a cursor that never ends proves nothing. At a hundred rows a page it is a shop's busiest days. */
export const MOST_PAGES = 1000;

/** A payment object, as far as the till believes it (paymaster.md 4). */
export interface Payment {
  id: string;
  orderNumber: string;
  amountKopecks: number;
  currency: string;
  status: string;
  resultCode: string;
  /** The server's own words, safe to show. */
  message: string;
  /** Text to encode, verbatim; null when there is none or it may not be shown (sbp-qr.md 4). */
  link: string | null;
  stickerId: string | null;
  /** No money moves: it counts only where the till itself asks for test payments. */
  isTest: boolean;
  /** Milliseconds since 1970; null when it is not told. */
  createdMs: number | null;
  /** Of the bill, as we have written it. */
  purpose: string;
}

export interface Refund {
  id: string;
  paymentId: string;
  amountKopecks: number;
  currency: string;
  status: string;
  resultCode: string;
  message: string;
  createdMs: number | null;
}

/** One row of a list: `object` null = it has an owner, but is not understood. */
export interface ListRow<T> {
  /** `invoice.orderNo` of a payment, `paymentId` of a refund; null when it has none: rows are short (paymaster.md 3.2). */
  owner: string | null;
  object: T | null;
  /** For what stands in a short row without its owner; null = not told. */
  id: string | null;
  amountKopecks: number | null;
  /** It does not say whether it is a test, what plate it is on, or its link: only the object itself does. */
  isShort: boolean;
}

export interface Page<T> {
  rows: ListRow<T>[];
  /** Null = the last page. */
  cursor: string | null;
}

/** An error body (paymaster.md 7). Its `code` decides, never the status. */
export interface Problem {
  code: string;
  message: string;
}

// Requests

/** The bytes of `POST /payments`: made once in the life of an attempt, so that a repeat cannot differ (8.2). */
export function paymentBody(order: Order, settings: PaymasterSettings, expiresAtMs: number): string {
  return JSON.stringify({
    merchantId: settings.merchantId,
    ...(settings.testMode ? { testMode: true } : {}),
    invoice: { description: purposeOf(order, settings), orderNo: order.orderNumber, expires: isoTime(expiresAtMs) },
    amount: amountOf(order.amountKopecks),
    paymentData: {
      paymentMethod: 'sbp',
      ...(settings.stickerId === null ? {} : { stickerId: settings.stickerId }),
    },
    ...(settings.callbackUrl === '' ? {} : { protocol: { callbackUrl: settings.callbackUrl } }),
  });
}

/** What the buyer and the shop read of a bill, and how this register's are told from another shop's. */
export function purposeOf({ seller }: Order, settings: PaymasterSettings): string {
  const { registerNumber, shopName } = seller;
  const blanks: Record<string, string> = { shop: shopName, till: String(registerNumber), pos: settings.posId };
  const purpose = settings.purposeTemplate.replace(/\{(shop|till|pos)\}/g, (_, name: string) => blanks[name] ?? '');
  return safeText(purpose).trim();
}

export function refundBody(order: Order, paymentId: string): string {
  return JSON.stringify({ paymentId, amount: amountOf(order.amountKopecks) });
}

/** The request that may move money. Our order number is its idempotency key. */
export function createRequest(
  tag: string,
  settings: PaymasterSettings,
  orderNumber: string,
  body: string,
): HttpRequest {
  return request(tag, settings, 'POST', '/payments', body, { 'idempotency-key': orderNumber });
}

export function stateRequest(tag: string, settings: PaymasterSettings, paymentId: string): HttpRequest {
  return request(tag, settings, 'GET', `/payments/${encodeURIComponent(paymentId)}`);
}

export function cancelRequest(tag: string, settings: PaymasterSettings, paymentId: string): HttpRequest {
  return request(tag, settings, 'PUT', `/payments/${encodeURIComponent(paymentId)}/cancel`);
}

export function stickerRequest(tag: string, settings: PaymasterSettings, stickerId: string): HttpRequest {
  return request(tag, settings, 'GET', `/stickers/${encodeURIComponent(stickerId)}`);
}

/** The payments of the shop, a page of them. @param cursor null = the first page */
export function listRequest(
  tag: string,
  settings: PaymasterSettings,
  window: ListWindow,
  cursor: string | null,
): HttpRequest {
  return pageRequest(tag, settings, '/payments', window, cursor);
}

export function refundRequest(
  tag: string,
  settings: PaymasterSettings,
  orderNumber: string,
  body: string,
): HttpRequest {
  return request(tag, settings, 'POST', '/refunds', body, { 'idempotency-key': orderNumber });
}

export function refundStateRequest(tag: string, settings: PaymasterSettings, refundId: string): HttpRequest {
  return request(tag, settings, 'GET', `/refunds/${encodeURIComponent(refundId)}`);
}

export function refundListRequest(
  tag: string,
  settings: PaymasterSettings,
  window: ListWindow,
  cursor: string | null,
): HttpRequest {
  return pageRequest(tag, settings, '/refunds', window, cursor);
}

/** The same on every page: a cursor belongs to its query. Without one the server refuses to list (paymaster.md 3.2). */
interface ListWindow {
  startMs: number;
  endMs: number;
}

function pageRequest(
  tag: string,
  settings: PaymasterSettings,
  path: string,
  window: ListWindow,
  cursor: string | null,
): HttpRequest {
  const fields = { merchantId: settings.merchantId, start: isoTime(window.startMs), end: isoTime(window.endMs) };
  const query = new URLSearchParams(cursor === null ? fields : { ...fields, cursor });
  return request(tag, settings, 'GET', `${path}?${query}`);
}

function request(
  tag: string,
  settings: PaymasterSettings,
  method: HttpRequest['method'],
  path: string,
  body: string | null = null,
  more: Record<string, string> = {},
): HttpRequest {
  const headers: Record<string, string> = {
    accept: 'application/json',
    authorization: `Bearer ${settings.token}`,
    ...more,
  };
  if (body !== null) headers['content-type'] = 'application/json';
  return { tag, method, url: `${baseUrlOf(settings.url)}${path}`, headers, body, timeoutMs: settings.httpTimeoutMs };
}

/** Through the text `15.30`, never through a division, so that the double is the one nearest to the sum. */
function amountOf(amountKopecks: number): { value: number; currency: string } {
  return { value: Number(formatKopecks(amountKopecks)), currency: CURRENCY };
}

/** `2030-01-15T07:00:00Z` */
function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

// Answers

/** Success is HTTP 200, creation too (paymaster.md 2). */
function success(reply: HttpReply): JsonObject | null {
  return reply.status === 200 ? objectOf(reply) : null;
}

function objectOf(reply: HttpReply): JsonObject | null {
  // A byte order mark is seen in notifications (10); it is no reason to lose an answer.
  return asObject(readJson(reply.body.replace(/^\uFEFF/, '')));
}

/** A notification is a payment object (10). @returns the number of its order */
export function readHint(body: string): string | null {
  return asText(asObject(asObject(readJson(body.replace(/^\uFEFF/, '')))?.get('invoice'))?.get('orderNo'));
}

export function readPayment(reply: HttpReply): Payment | null {
  return paymentOf(success(reply));
}

/** Whose bill a whole object is. @returns undefined = not understood, null = nobody's: it has no order number */
export function readOwner(reply: HttpReply): string | null | undefined {
  const body = success(reply);
  if (body === null || asId(body.get('id')) === null) return undefined;
  return asText(asObject(body.get('invoice'))?.get('orderNo'));
}

export function readRefund(reply: HttpReply): Refund | null {
  return refundOf(success(reply));
}

export function readPaymentPage(reply: HttpReply): Page<Payment> | null {
  return pageOf(reply, (row) => asText(asObject(row.get('invoice'))?.get('orderNo')), paymentOf);
}

export function readRefundPage(reply: HttpReply): Page<Refund> | null {
  return pageOf(reply, (row) => asText(row.get('paymentId')), refundOf);
}

/** @returns undefined = not understood, null = a sticker without a link that may be shown */
export function readStickerPayload(reply: HttpReply): string | null | undefined {
  const sticker = success(reply);
  if (sticker === null || asId(sticker.get('id')) === null) return undefined;
  return asLink(sticker.get('payload'));
}

/** @returns null for a 5xx (it decides nothing) and for a body that has not the shape */
export function readProblem(reply: HttpReply): Problem | null {
  if (reply.status >= 500) return null;
  const body = objectOf(reply);
  const code = body?.get('code');
  if (body === null || typeof code !== 'string') return null;
  // The message of a validation error may only point to the list beside it (paymaster.md 7).
  const errors = body.get('errors');
  const first = Array.isArray(errors) ? asWords(errors[0]) : '';
  return { code, message: first || asWords(body.get('message')) };
}

function pageOf<T>(
  reply: HttpReply,
  ownerOf: (row: JsonObject) => string | null,
  read: (row: JsonObject) => T | null,
): Page<T> | null {
  const body = success(reply);
  const items = body?.get('items');
  if (body === null || !Array.isArray(items)) return null;
  const rows: ListRow<T>[] = [];
  for (const item of items) {
    const row = asObject(item);
    if (row === null) return null;
    const amountKopecks = asMoney(row.get('amount'))?.amountKopecks ?? null;
    rows.push({
      owner: ownerOf(row),
      object: read(row),
      id: asId(row.get('id')),
      amountKopecks,
      isShort: !row.has('testMode'),
    });
  }
  const cursor = body.get('cursor') ?? null;
  if (cursor !== null && typeof cursor !== 'string') return null;
  return { rows, cursor: cursor === '' ? null : cursor };
}

function paymentOf(body: JsonObject | null): Payment | null {
  if (body === null) return null;
  const id = asId(body.get('id'));
  const orderNumber = asText(asObject(body.get('invoice'))?.get('orderNo'));
  const money = asMoney(body.get('amount'));
  const status = body.get('status');
  if (id === null || orderNumber === null || money === null || typeof status !== 'string') return null;
  return {
    id,
    orderNumber,
    ...money,
    status: safeText(status, 64),
    ...resultOf(body),
    link: asLink(asObject(body.get('confirmation'))?.get('paymentUrl')),
    stickerId: asText(asObject(body.get('paymentData'))?.get('stickerId')),
    purpose: asWords(asObject(body.get('invoice'))?.get('description')),
    // Anything but a plain "no".
    isTest: (body.get('testMode') ?? false) !== false,
  };
}

function refundOf(body: JsonObject | null): Refund | null {
  if (body === null) return null;
  const id = asId(body.get('id'));
  const paymentId = asId(body.get('paymentId'));
  const money = asMoney(body.get('amount'));
  const status = body.get('status');
  if (id === null || paymentId === null || money === null || typeof status !== 'string') return null;
  return { id, paymentId, ...money, status: safeText(status, 64), ...resultOf(body) };
}

function resultOf(body: JsonObject): { resultCode: string; message: string; createdMs: number | null } {
  const created = body.get('created');
  const createdMs = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  return {
    resultCode: asWords(body.get('resultCode')),
    message: asWords(body.get('message')),
    createdMs: Number.isFinite(createdMs) ? createdMs : null,
  };
}

/** It becomes part of a path. */
export function asId(json: Json | undefined): string | null {
  const text = asText(json);
  return text !== null && /^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : null;
}

function asMoney(json: Json | undefined): { amountKopecks: number; currency: string } | null {
  const amount = asObject(json);
  const amountKopecks = asKopecks(amount?.get('value'));
  const currency = amount?.get('currency');
  if (amountKopecks === null || typeof currency !== 'string') return null;
  return { amountKopecks, currency: safeText(currency, 8) };
}

/** sbp-qr.md 4: `https://`, no control characters; shown verbatim, whatever its host, order or CRC. */
function asLink(json: Json | undefined): string | null {
  return asMatching(json, /^https:\/\/[\x21-\x7e]{1,504}$/);
}

/**
 * The protocol of Assist (assist.md 2, 3, 5, 6 and 12): requests, with their parameters in the order of the paper, so that a
 * trace can be compared with it; answers, read strictly: one that is not exactly understood is null. Pure.
 */
import { createHash } from 'node:crypto';
import { formatKopecks } from '../../../register/money.ts';
import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply, HttpRequest } from '../../driver.ts';
import { asKopecks, asObject, type Json, type JsonObject, Numeral, readJson } from '../../kernel/json.ts';
import type { AssistSettings } from './settings.ts';
import { isXml, readXmlFault } from './soap.ts';
import { isCancelError, type OrderState, readState } from './status.ts';

export const CURRENCY = 'RUB';

// Requests

const DAY_MS = 24 * 3_600_000;

/** What an order is created with. */
export interface NewOrder {
  orderNumber: string;
  amountKopecks: number;
  /** '' = the buyer wants no receipt by mail. */
  email: string;
}

/** An order for СБП: with a plain link (3.2), or with a page on which СБП is the only means (3.1). */
export function createRequest(tag: string, order: NewOrder, settings: AssistSettings): HttpRequest {
  const isPage = settings.sbpMode === 'page';
  return form(tag, settings, isPage ? settings.paths.page : settings.paths.sbp, {
    ...orderFields(order),
    ...(isPage ? { Language: 'RU' } : {}),
    ...(order.email === '' ? {} : { Email: order.email }),
    ...checkField(order, settings),
    ...(isPage ? { FastPayPayment: '1', CardPayment: '0' } : {}),
  });
}

/** Cash in the drawer; the same number and sum again is answered with the order that is there (assist.md 12.7). */
export function cashRequest(tag: string, order: NewOrder, paidAtMs: number, settings: AssistSettings): HttpRequest {
  const { paths, form: ours } = settings;
  return form(tag, settings, paths.cash, {
    [ours.modeField]: ours.modeValue,
    ...orderFields(order),
    OrderDate: wireDate(paidAtMs),
    ...(order.email === '' ? {} : { Email: order.email }),
    ...checkField(order, settings),
  });
}

/** What stands under a number. @param sinceMs not after the order was made: the server looks three days back (3.3) */
export function resultRequest(
  tag: string,
  orderNumber: string,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
  settings: AssistSettings,
): HttpRequest {
  const isRecent = nowMs - sinceMs < 2.5 * DAY_MS;
  return form(tag, settings, settings.paths.result, {
    Ordernumber: orderNumber,
    Language: 'RU',
    ...(isRecent ? {} : { ...moment('Start', sinceMs - DAY_MS), ...moment('End', nowMs + DAY_MS) }),
  });
}

export function cancelRequest(
  tag: string,
  reversal: { billNumber: string; amountKopecks: number; externalRefundId: string },
  settings: AssistSettings,
): HttpRequest {
  return form(tag, settings, settings.paths.cancel, {
    Billnumber: reversal.billNumber,
    Amount: formatKopecks(reversal.amountKopecks),
    Currency: CURRENCY,
    CancelReason: '2',
    ExternalRefundID: reversal.externalRefundId,
  });
}

/** First step of an abort (3.5). */
export function loginRequest(tag: string, settings: AssistSettings): HttpRequest {
  const { login, password } = settings;
  return json(
    tag,
    settings,
    settings.paths.login,
    { login, password, audience: 'POS', components: 'ws/cancelbynumber' },
    null,
  );
}

/** Second step; the token is good for this one request and is kept nowhere. */
export function abortRequest(tag: string, orderNumber: string, token: string, settings: AssistSettings): HttpRequest {
  const { merchantId, login, password } = settings;
  return json(
    tag,
    settings,
    settings.paths.abort,
    { ordernumber: orderNumber, merchant_id: merchantId, login, password },
    token,
  );
}

/** 10..100 of `[A-Za-z0-9-_]` (3.4): the number of the reversal itself, filled up when it is too short. */
export function externalRefundIdOf(orderNumber: string): string {
  return orderNumber.padEnd(10, '_').slice(0, 100);
}

function orderFields({ orderNumber, amountKopecks }: NewOrder): Record<string, string> {
  return { OrderNumber: orderNumber, OrderAmount: formatKopecks(amountKopecks), OrderCurrency: CURRENCY };
}

function checkField({ orderNumber, amountKopecks }: NewOrder, settings: AssistSettings): Record<string, string> {
  const { secretWord, merchantId } = settings;
  if (secretWord === null) return {};
  const order = { merchantId, orderNumber, amount: formatKopecks(amountKopecks), currency: CURRENCY };
  return { Checkvalue: requestCheckValue(secretWord, order) };
}

/** GMT, to the minute. */
function moment(name: 'Start' | 'End', timeMs: number): Record<string, string> {
  const at = new Date(timeMs);
  return {
    [`${name}Year`]: String(at.getUTCFullYear()),
    [`${name}Month`]: String(at.getUTCMonth() + 1),
    [`${name}Day`]: String(at.getUTCDate()),
    [`${name}Hour`]: String(at.getUTCHours()),
    [`${name}Min`]: String(at.getUTCMinutes()),
  };
}

function form(tag: string, settings: AssistSettings, path: string, fields: Record<string, string>): HttpRequest {
  const { merchantId, login, password } = settings;
  const body = new URLSearchParams({
    Merchant_ID: merchantId,
    Login: login,
    Password: password,
    Format: '5',
    ...fields,
  });
  return post(tag, settings, path, body.toString(), 'application/x-www-form-urlencoded; charset=utf-8', {});
}

function json(tag: string, settings: AssistSettings, path: string, body: object, token: string | null): HttpRequest {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return post(tag, settings, path, JSON.stringify(body), 'application/json; charset=utf-8', headers);
}

export function post(
  tag: string,
  { serverUrl, timeoutMs }: AssistSettings,
  path: string,
  body: string,
  type: string,
  headers: Record<string, string>,
): HttpRequest {
  return {
    tag,
    method: 'POST',
    url: `${serverUrl.replace(/\/+$/, '')}${path}`,
    headers: { accept: 'application/json', 'content-type': type, ...headers },
    body,
    timeoutMs,
  };
}

/**
 * Order numbers of Assist mPOS (assist.md 2): `YYYYMMDD_HHMMSS_mmm`, wall clock of the shop. A number that was used
 * already gives way to the next free millisecond (12.2), which the caller looks for.
 * @param localTimeMs wall clock of the shop: read its fields as UTC
 */
export function assistOrderNumber(localTimeMs: number): string {
  const [date = '', time = ''] = new Date(localTimeMs).toISOString().split('T');
  return `${date.replaceAll('-', '')}_${time.slice(0, 8).replaceAll(':', '')}_${time.slice(9, 12)}`;
}

// Answers

export interface Operation {
  /** Extended: `5123456000000001.2`. */
  billNumber: string;
  type: string;
  amountKopecks: number | null;
  currency: string;
  responseCode: string;
  message: string;
  customerMessage: string;
  recommendation: string;
  meansName: string;
  meansSubtype: string;
  /** Masked by the server; masked again before it is shown. */
  meansNumber: string;
  approvalCode: string;
  rrn: string;
  terminal: string;
}

export interface OrderRecord {
  orderNumber: string;
  billNumber: string;
  amountKopecks: number;
  currency: string;
  /** Null = a word we do not know. */
  state: OrderState | null;
  dateMs: number | null;
  isTest: boolean;
  operations: Operation[];
  /** False = a secret word is set and the order's check value is not right (assist.md 12.19). */
  isGenuine: boolean;
}

/** An order with its QR. */
export interface Created {
  /** Null = the service names none. */
  order: OrderRecord | null;
  /** Null = there is none in the answer (`mpos.ts`); it may be read again. */
  qr: string | null;
  expiresAtMs: number | null;
}

export interface Fault {
  first: string;
  second: string;
  text: string;
}

/** `operationtype` of a cancel or refund (assist.md 3.3). */
export const CANCEL_OPERATION = '300';

/**
 * The orders that stand under a number, oldest first: servers list them either way round (assist.md 3.3). Bill numbers grow.
 * @returns null when the answer cannot be trusted to be whole: then it proves no absence
 */
export function readResult(reply: HttpReply, settings: AssistSettings): OrderRecord[] | null {
  if (isNoSuchOrder(reply)) return [];
  const result = asObject(success(reply)?.get('orderresult'));
  if (result === null) return null;
  // A missing or null list is an empty one (assist.md 12.13); a single order may stand without its list.
  const entries = listOf(result.get('orders') ?? []).map(asObject);
  if (entries.some((entry) => entry !== null && isCancelError(textOf(entry.get('orderstate')) ?? ''))) return null;
  const orders = entries.map((entry) => orderOf(entry, settings, 'checked'));
  if (!orders.every((order) => order !== null)) return null;
  return orders
    .filter(({ state }) => state !== 'None')
    .sort((one, other) => (one.dateMs ?? 0) - (other.dateMs ?? 0) || (one.billNumber < other.billNumber ? -1 : 1));
}

/** 10/201 is a good answer: there is no such order (assist.md 6). In a refusal of ourselves, or of a server in trouble, it is none. */
function isNoSuchOrder(reply: HttpReply): boolean {
  const fault = reply.status === 200 || reply.status === 400 ? readFault(reply) : null;
  return fault?.first === '10' && fault.second === '201';
}

/** One element may stand without its list. */
function listOf(json: Json): Json[] {
  return Array.isArray(json) ? json : [json];
}

/** Answer to a create with a СБП link, or with a page (which names no order). */
export function readCreated(reply: HttpReply, settings: AssistSettings): Created | null {
  const body = success(reply);
  if (body === null) return null;
  const isPage = settings.sbpMode === 'page';
  const qr = body.get(isPage ? 'url' : settings.direct.qrField.toLowerCase());
  if (typeof qr !== 'string' || !isQr(qr)) return null;
  const order = isPage ? null : orderOf(asObject(body.get('order')), settings, 'unchecked');
  if (!isPage && order === null) return null;
  const expires = body.get(isPage ? 'expirationtime' : settings.direct.expiresField.toLowerCase());
  return { order, qr, expiresAtMs: typeof expires === 'string' ? readWireDate(expires) : null };
}

/** sbp-qr.md 4.2: https and no control characters; other hosts may stand in. */
export function isQr(text: string): boolean {
  return /^https:\/\/[\x21-\x7e]{1,504}$/.test(text);
}

/** Answer to the registration of cash. */
export function readRegistered(reply: HttpReply, settings: AssistSettings): OrderRecord | null {
  return orderOf(asObject(success(reply)?.get('order')), settings, 'unchecked');
}

/** Answer to `wscancel`: the order as it stands after it. */
export function readCancelled(reply: HttpReply, settings: AssistSettings): OrderRecord | null {
  const answer = asObject(success(reply)?.get('wscancel'));
  const order = asObject(answer?.get('order'));
  return order === null ? null : orderOf(order, settings, 'checked', asObject(answer?.get('checkdata')));
}

/** The token of an abort. It becomes a header: visible ASCII only. */
export function readAccessToken(reply: HttpReply): string | null {
  const token = success(reply)?.get('access_token');
  return typeof token === 'string' && /^[\x21-\x7e]{1,4096}$/.test(token) ? token : null;
}

/**
 * A fault, in any of its dialects: inside `fault` or at the root, with the names of either service (assist.md 12.12), or in XML
 * (15). A captive portal's page is none.
 */
export function readFault(reply: HttpReply): Fault | null {
  if (isXml(reply.body)) return readXmlFault(reply.body);
  const body = bodyOf(reply);
  const fault = asObject(body?.get('fault')) ?? body;
  if (fault === null) return null;
  const first = (textOf(fault.get('faultcode')) ?? textOf(fault.get('firstcode')))?.trim() ?? '';
  const second = (textOf(fault.get('faultstring')) ?? textOf(fault.get('secondcode')))?.trim() ?? '';
  if (!/^\d{1,6}$/.test(first) || second === '' || (first === '0' && second === '0')) return null;
  const told = fault.get('detail');
  const detail = asObject(told);
  const words = textOf(detail?.get('message')) ?? textOf(detail?.get('recomendation')) ?? textOf(told) ?? '';
  return { first, second, text: safeText(words).trim() };
}

/** Success is exactly 200, and no fault (assist.md 2). */
function success(reply: HttpReply): JsonObject | null {
  return reply.status === 200 && readFault(reply) === null ? bodyOf(reply) : null;
}

/** With its keys in lower case: published readers expect them in either (assist.md 2). Two that become one are ambiguous: null. */
function bodyOf(reply: HttpReply): JsonObject | null {
  return asObject(lowered(readJson(reply.body)));
}

function lowered(json: Json): Json {
  if (Array.isArray(json)) return json.map(lowered);
  if (!(json instanceof Map)) return json;
  const object: JsonObject = new Map([...json].map(([key, value]) => [key.toLowerCase(), lowered(value)]));
  return object.size === json.size ? object : null;
}

/** @param mode whether its check value must be right; `ifPresent`: only where it has one */
export function orderOf(
  order: JsonObject | null,
  settings: AssistSettings,
  mode: 'checked' | 'unchecked' | 'ifPresent',
  checkData = asObject(order?.get('checkdata')),
): OrderRecord | null {
  if (order === null) return null;
  const text = (name: string) => textOf(order.get(name))?.trim() ?? null;
  const orderNumber = text('ordernumber');
  const billNumber = text('billnumber');
  const amountKopecks = sumOf(order.get('orderamount'));
  const currency = text('ordercurrency');
  // Hashed as it was received.
  const stateWord = textOf(order.get('orderstate'));
  if (orderNumber === null || billNumber === null || !isBillNumber(billNumber)) return null;
  if (amountKopecks === null || currency === null || stateWord === null) return null;
  const operations = listOf(order.get('operations') ?? []).map((entry) => operationOf(asObject(entry)));
  const date = text('orderdate');
  const { secretWord, merchantId } = settings;
  const signed = { merchantId, orderNumber, currency, state: stateWord };
  // Beside the order's fields in one published form, in an object of its own in the other (assist.md 3.3).
  const told = (textOf(checkData?.get('checkvalue')) ?? text('checkvalue') ?? '').trim().toUpperCase();
  const isGenuine =
    mode === 'unchecked' ||
    secretWord === null ||
    (mode === 'ifPresent' && told === '') ||
    spellingsOf(text('orderamount') ?? '', amountKopecks).some(
      (amount) => told === stateCheckValue(secretWord, { ...signed, amount }),
    );
  return {
    orderNumber,
    billNumber,
    amountKopecks,
    currency,
    state: readState(stateWord),
    dateMs: date === null ? null : readWireDate(date),
    isTest: textOf(order.get('testmode')) === '1' || order.get('testmode') === true,
    operations,
    isGenuine,
  };
}

/** The text of a number that was hashed is not published: as it stands, with two decimals, or shortest (assist.md 2). */
function spellingsOf(received: string, amountKopecks: number): string[] {
  const decimal = formatKopecks(amountKopecks);
  return [received, decimal, decimal.replace(/\.?0+$/, '')];
}

/** A number or a text, with a point or (two libraries of the vendor turn it) a comma. */
function sumOf(json: Json | undefined): number | null {
  const text = textOf(json)?.trim().replace(',', '.') ?? '';
  return /^\d+(?:\.\d{1,4})?$/.test(text) ? asKopecks(text) : null;
}

/** What is not understood of an operation stays empty: the state of the order decides, not its operations. */
function operationOf(operation: JsonObject | null): Operation {
  const text = (name: string) => safeText(textOf(operation?.get(name)) ?? '').trim();
  return {
    billNumber: text('billnumber'),
    type: text('operationtype'),
    amountKopecks: sumOf(operation?.get('amount')),
    currency: text('currency'),
    responseCode: text('responsecode').toUpperCase(),
    message: text('message'),
    customerMessage: text('customermessage'),
    recommendation: text('recommendation'),
    meansName: text('meantypename'),
    meansSubtype: text('meansubtype'),
    meansNumber: text('meannumber'),
    approvalCode: text('approvalcode'),
    rrn: text('rrn'),
    terminal: text('tid'),
  };
}

/** A bill number without the ordinal of an operation. */
export function plain(billNumber: string): string {
  return billNumber.split('.')[0] ?? billNumber;
}

/** 15 or 16 digits; the extended form names an operation of the order (assist.md 2). */
export function isBillNumber(text: string): boolean {
  return /^\d{15,16}(?:\.\d{1,6})?$/.test(text);
}

/** A string, or a number as the digits it was written with: services of Assist disagree about which. */
function textOf(json: Json | undefined): string | null {
  if (typeof json === 'string') return json;
  return json instanceof Numeral ? json.text : null;
}

// Dates: `DD.MM.YYYY HH:MM:SS`, GMT (assist.md 2)

/** @returns the date as the wire writes it */
export function wireDate(timeMs: number): string {
  const [date = '', time = ''] = new Date(timeMs).toISOString().split('T');
  return `${date.split('-').reverse().join('.')} ${time.slice(0, 8)}`;
}

/** Seconds may be missing (`packetdate`). @returns milliseconds since 1970, null for anything that is no date */
export function readWireDate(text: string): number | null {
  const match = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, day = '', month = '', year = '', hour = '', minute = '', second = '00'] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const timeMs = Date.parse(iso);
  // `31.02.` would roll over into March.
  return Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== iso ? null : timeMs;
}

// `Checkvalue` of assist.md 2: a keyed sum over an order, made with a secret word that both sides know

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

function checkValue(secretWord: string, text: string): string {
  return md5((md5(secretWord) + md5(text)).toUpperCase()).toUpperCase();
}

/** Of a request that creates an order. */
export function requestCheckValue(
  secretWord: string,
  order: { merchantId: string; orderNumber: string; amount: string; currency: string },
): string {
  return checkValue(secretWord, [order.merchantId, order.orderNumber, order.amount, order.currency].join(';'));
}

/** Of an answer that tells the state of an order; its fields exactly as they were written. */
export function stateCheckValue(
  secretWord: string,
  order: { merchantId: string; orderNumber: string; amount: string; currency: string; state: string },
): string {
  return checkValue(secretWord, order.merchantId + order.orderNumber + order.amount + order.currency + order.state);
}

/** Requests and answers of oplati.md 3-5 and 7. Pure; an answer that is not exactly understood is null. */
import { formatKopecks } from '../../../register/money.ts';
import { formatQuantity } from '../../../register/quantity.ts';
import type { HttpReply, HttpRequest, Order } from '../../driver.ts';
import { asInteger, asKopecks, asMatching, asObject, asText, asWords, type Json, readJson } from '../../kernel/json.ts';
import type { LoyaltyCard } from '../../outcome.ts';
import { baseUrlOf, type OplatiMode, type OplatiSettings } from './settings.ts';

/** What every request needs to know of the outside. */
export interface Caller {
  settings: OplatiSettings;
  token: string | null;
}

export interface PaymentInfo {
  /** Digits: an int64 does not fit a double. */
  paymentId: string;
  paymentType: number;
  sumKopecks: number;
  status: number;
  orderNumber: string;
  /** When the server made it; null = it did not say, or not as a date. */
  createdMs: number | null;
}

export interface ErrorBody {
  internalCode: string;
  developerText: string;
  russianText: string;
}

/** What the server refused with. */
export interface Refusal extends ErrorBody {
  status: 400 | 401 | 404;
}

/** `paymentType` of oplati.md 4. */
export const SALE_TYPE = 1;
export const REVERSAL_TYPE = 3;

/** int64 > 0 as digits. */
export function isPaymentId(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text);
}

// Requests

/** Carries no secret (13.1): a stale token would be refused before anybody looks at what is asked. */
export function tokenRequest(tag: string, { settings }: Caller): HttpRequest {
  return request(tag, { settings: { ...settings, password: null }, token: null }, settings.tokenPath, {});
}

/** @param buyerCode the scanned text, mode 0 only */
export function demandRequest(tag: string, caller: Caller, mode: OplatiMode, buyerCode: string | null): HttpRequest {
  const { settings } = caller;
  return request(tag, caller, '/pos/demandPayment', {
    paymentMode: settings.paymentModes[mode],
    ...(buyerCode === null ? {} : { [settings.buyerQrField]: buyerCode }),
  });
}

export function readyRequest(tag: string, caller: Caller, sessionId: number): HttpRequest {
  return request(tag, caller, `/pos/consumerStatus?sessionId=${sessionId}`, null);
}

/** The request that moves money; sent once in the life of an attempt. */
export function saleRequest(tag: string, caller: Caller, order: Order, sessionId: number): HttpRequest {
  return request(tag, caller, '/pos/payments', {
    sum: decimalOfKopecks(order.amountKopecks),
    orderNumber: order.orderNumber,
    sessionId,
    shift: order.shiftLabel,
    details: detailsOf(order),
  });
}

export function stateRequest(tag: string, caller: Caller, paymentId: string): HttpRequest {
  return request(tag, caller, `/pos/payments/${paymentId}`, null);
}

/** @param orderNumber the reversal's own, or the sale's (`reversalOrderNumber`, oplati.md 3.5) */
export function reversalRequest(
  tag: string,
  caller: Caller,
  paymentId: string,
  order: Order,
  orderNumber: string,
): HttpRequest {
  return request(tag, caller, `/pos/payments/${paymentId}/reversals`, {
    sum: decimalOfKopecks(order.amountKopecks),
    orderNumber,
    shift: order.shiftLabel,
    details: detailsOf(order),
  });
}

/** @param orderNumbers whose rows are needed of it; a busy shift has tens of thousands of others */
export function reportRequest(
  tag: string,
  caller: Caller,
  shiftLabel: string,
  orderNumbers: readonly string[],
): HttpRequest {
  const list = { fields: REPORT_FIELDS, rows: { field: 'orderNumber', oneOf: orderNumbers } };
  return { ...wholeReportRequest(tag, caller, shiftLabel), list };
}

/** All of it. */
export function wholeReportRequest(tag: string, caller: Caller, shiftLabel: string): HttpRequest {
  const plain = request(tag, caller, `/pos/paymentReports?shift=${encodeURIComponent(shiftLabel)}`, null);
  return { ...plain, list: { fields: REPORT_FIELDS, inParts: true } };
}

/** What is read of a row (`paymentInfoOf`). */
const REPORT_FIELDS = ['paymentId', 'paymentType', 'sum', 'status', 'orderNumber', 'createdDate'];

/**
 * Kopecks as the decimal JSON number of the wire. Through the text `15.30`, never through a division, so that the
 * double is the one nearest to the sum and prints as it.
 */
export function decimalOfKopecks(amountKopecks: number): number {
  return Number(formatKopecks(amountKopecks));
}

function detailsOf(order: Order): object {
  const { receipt } = order;
  return {
    receiptNumber: String(receipt.number),
    items: receipt.lines.map((line) => ({
      type: 1,
      name: line.name,
      ...(line.barcode === null ? {} : { barcode: line.barcode }),
      quantity: Number(formatQuantity(line.quantityThousandths, true)),
      unit: line.unitName,
      price: decimalOfKopecks(line.priceKopecks),
      cost: decimalOfKopecks(line.sumKopecks),
    })),
    amountTotal: decimalOfKopecks(receipt.totalKopecks),
  };
}

function request(tag: string, caller: Caller, path: string, body: object | null): HttpRequest {
  const { settings, token } = caller;
  const headers: Record<string, string> = { accept: 'application/json', regNum: settings.regNum };
  // Password mode or token mode, never both (oplati.md 2).
  if (settings.password !== null) headers.password = settings.password;
  else if (token !== null) headers[settings.tokenHeader] = token;
  if (body !== null) headers['content-type'] = 'application/json';
  return {
    tag,
    method: body === null ? 'GET' : 'POST',
    url: `${baseUrlOf(settings.url)}${path}`,
    headers,
    body: body === null ? null : JSON.stringify(body),
    timeoutMs: settings.timeoutMs,
  };
}

// Answers

/** The object of a 200 answer. Success is exactly 200 (oplati.md 2). */
function success(reply: HttpReply): Json {
  return reply.status === 200 ? readJson(reply.body) : null;
}

/** By its name, or where it has another one: the only text beside it can be nothing else (oplati.md 13.1). */
export function readToken(reply: HttpReply): string | null {
  const body = asObject(success(reply));
  const texts = [...(body?.values() ?? [])].filter((value) => typeof value === 'string');
  const token = body?.get('token') ?? (texts.length === 1 ? texts[0] : undefined);
  // It becomes a header: anything but visible ASCII could break the request or split it.
  return typeof token === 'string' && /^[\x21-\x7e]{1,512}$/.test(token) ? token : null;
}

/** Of a confirmation code. */
const CODE_DIGITS = 4;

/** @param mode decides what must be in it: mode 1 a confirmation code, mode 2 a QR */
export function readSession(
  reply: HttpReply,
  mode: OplatiMode,
  settings: OplatiSettings,
): { sessionId: number; confirmCode: string | null; qr: string | null } | null {
  const body = asObject(success(reply));
  const sessionId = asInteger(body?.get('sessionId'));
  if (body === null || sessionId === null || sessionId <= 0) return null;
  // A number has lost its zeros.
  const told = asText(body.get(settings.confirmCodeField))?.padStart(CODE_DIGITS, '0');
  const confirmCode = asMatching(told, /^\d{1,12}$/);
  const qr = asMatching(body.get('dynamicQR'), /^[\x21-\x7e]{1,512}$/);
  if ((mode === 1 && confirmCode === null) || (mode === 2 && qr === null)) return null;
  return { sessionId, confirmCode, qr };
}

export function readReady(
  reply: HttpReply,
  settings: OplatiSettings,
): { isReady: boolean; cards: LoyaltyCard[] } | null {
  const body = asObject(success(reply));
  const isReady = body?.get('isConsumerReady');
  if (body === null || typeof isReady !== 'boolean') return null;
  const listed = body.get('loyaltyCards');
  const cards: LoyaltyCard[] = [];
  for (const entry of Array.isArray(listed) ? listed : []) {
    const card = asObject(entry);
    const number = asWords(card === null ? entry : card.get(settings.loyaltyCardNumberField), 64);
    if (number !== '') cards.push({ number, programName: asWords(card?.get('programName'), 64) });
  }
  return { isReady, cards };
}

export function readPaymentInfo(reply: HttpReply): PaymentInfo | null {
  return paymentInfoOf(success(reply));
}

export interface Report {
  /** The rows with one of our numbers. One that is not understood is counted: it can be neither taken nor overlooked. */
  rowsOf(orderNumber: string): { rows: PaymentInfo[]; unreadable: number };
  /** All rows in the order of the report; null when any of them is not understood. */
  every(): PaymentInfo[] | null;
}

/** A notification is a payment object (oplati.md 11). @returns the number of its order */
export function readHint(body: string): string | null {
  return asText(asObject(readJson(body))?.get('orderNumber'));
}

/** @returns null when the report cannot be trusted to be whole: then it proves no absence */
export function readReport(reply: HttpReply): Report | null {
  const list = success(reply);
  if (!Array.isArray(list)) return null;
  const byNumber = new Map<string, { rows: PaymentInfo[]; unreadable: number }>();
  const all: PaymentInfo[] = [];
  for (const entry of list) {
    const number = asText(asObject(entry)?.get('orderNumber'));
    if (number === null) return null;
    const found = byNumber.get(number) ?? { rows: [], unreadable: 0 };
    byNumber.set(number, found);
    const info = paymentInfoOf(entry);
    if (info === null) found.unreadable += 1;
    else {
      found.rows.push(info);
      all.push(info);
    }
  }
  return {
    rowsOf: (orderNumber) => byNumber.get(orderNumber) ?? { rows: [], unreadable: 0 },
    every: () => (all.length === list.length ? all : null),
  };
}

/**
 * The server says no (oplati.md 7): nothing was made. Any other status decides nothing, whatever stands in its body.
 * @returns null when the body has not the shape: the status alone proves nothing (terminal.md 7)
 */
export function readRefusal(reply: HttpReply): Refusal | null {
  const { status } = reply;
  const error = status === 400 || status === 401 || status === 404 ? readError(reply) : null;
  return error === null ? null : { ...error, status: status as Refusal['status'] };
}

/** Before money can move a 401 without a readable body is believed as well: should a portal have said it, nothing is lost. */
export function readHarmlessRefusal(reply: HttpReply): Refusal | null {
  const refusal = readRefusal(reply);
  if (reply.status === 401) return refusal ?? { status: 401, internalCode: '', developerText: '', russianText: '' };
  return reply.status === 400 ? refusal : null;
}

function readError(reply: HttpReply): ErrorBody | null {
  const body = asObject(readJson(reply.body));
  if (body === null) return null;
  const internalCode = body.get('internalCode');
  const developerText = body.get('devMessage');
  const userMessage = asObject(body.get('userMessage'));
  if (typeof internalCode !== 'string' && typeof developerText !== 'string' && userMessage === null) return null;
  const russianText = userMessage?.get('lang_ru');
  return {
    internalCode: typeof internalCode === 'string' ? internalCode : '',
    developerText: typeof developerText === 'string' ? developerText : '',
    russianText: typeof russianText === 'string' ? russianText : '',
  };
}

function paymentInfoOf(json: Json): PaymentInfo | null {
  const body = asObject(json);
  if (body === null) return null;
  const paymentId = asText(body.get('paymentId'));
  const paymentType = asInteger(body.get('paymentType'));
  const sumKopecks = asKopecks(body.get('sum'));
  const status = asInteger(body.get('status'));
  const orderNumber = asText(body.get('orderNumber'));
  if (paymentId === null || !isPaymentId(paymentId)) return null;
  if (paymentType === null || sumKopecks === null || status === null || orderNumber === null) return null;
  const createdMs = Date.parse(asText(body.get('createdDate')) ?? '');
  return {
    paymentId,
    paymentType,
    sumKopecks,
    status,
    orderNumber,
    createdMs: Number.isNaN(createdMs) ? null : createdMs,
  };
}

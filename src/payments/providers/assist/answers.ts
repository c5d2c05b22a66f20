/** Answers of assist.md 3, 6 and 12. Strict: an answer that is not exactly understood is null. */
import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply } from '../../driver.ts';
import { type Json, type JsonObject, Numeral, readJson } from '../../kernel/json.ts';
import { stateCheckValue } from './check-value.ts';
import type { AssistSettings } from './settings.ts';
import { readWireDate } from './times.ts';
import { type OrderState, readState } from './words.ts';

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

export interface Fault {
  first: string;
  second: string;
  text: string;
}

/** `operationtype` of a cancel or refund (assist.md 3.3). */
export const CANCEL_OPERATION = '300';

/**
 * The orders that stand under a number, oldest first.
 * @returns null when the answer cannot be trusted to be whole: then it proves no absence
 */
export function readResult(reply: HttpReply, settings: AssistSettings): OrderRecord[] | null {
  const result = asObject(success(reply)?.get('orderresult'));
  if (result === null) return null;
  const listed = result.get('orders');
  // A missing or null list is an empty one (assist.md 12.13).
  if (listed === undefined || listed === null) return [];
  if (!Array.isArray(listed)) return null;
  const orders = listed.map((entry) => orderOf(asObject(entry), settings, 'checked'));
  return orders.every((order) => order !== null) ? orders : null;
}

/** Answer to a create with a СБП link, or with a page (which names no order). */
export function readCreated(
  reply: HttpReply,
  settings: AssistSettings,
): { order: OrderRecord | null; qr: string; expiresAtMs: number | null } | null {
  const body = success(reply);
  if (body === null) return null;
  const isPage = settings.sbpMode === 'page';
  const qr = body.get(isPage ? 'URL' : settings.sbpQr.qrField);
  // sbp-qr.md 4.2: https and no control characters; other hosts may stand in.
  if (typeof qr !== 'string' || !/^https:\/\/[\x21-\x7e]{1,504}$/.test(qr)) return null;
  const order = isPage ? null : orderOf(asObject(body.get('order')), settings, 'unchecked');
  if (!isPage && order === null) return null;
  const expires = body.get(isPage ? 'expirationtime' : settings.sbpQr.expiresField);
  return { order, qr, expiresAtMs: typeof expires === 'string' ? readWireDate(expires) : null };
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
 * A fault, in any of its dialects: inside `fault` or at the root, with the names of either service (assist.md 12.12). A
 * captive portal's page is none.
 */
export function readFault(reply: HttpReply): Fault | null {
  const body = asObject(readJson(reply.body));
  const fault = asObject(body?.get('fault')) ?? body;
  if (fault === null) return null;
  const first = textOf(fault.get('faultcode')) ?? textOf(fault.get('firstcode'));
  const second = textOf(fault.get('faultstring')) ?? textOf(fault.get('secondcode'));
  if (first === null || second === null || !/^\d{1,6}$/.test(first) || (first === '0' && second === '0')) return null;
  const detail = asObject(fault.get('detail'));
  const words = textOf(detail?.get('message')) ?? textOf(detail?.get('recomendation')) ?? '';
  return { first, second, text: safeText(words).trim() };
}

/** Success is exactly 200, and no fault (assist.md 2). */
function success(reply: HttpReply): JsonObject | null {
  return reply.status === 200 && readFault(reply) === null ? asObject(readJson(reply.body)) : null;
}

function orderOf(
  order: JsonObject | null,
  settings: AssistSettings,
  mode: 'checked' | 'unchecked',
  checkData = asObject(order?.get('checkdata')),
): OrderRecord | null {
  if (order === null) return null;
  const orderNumber = textOf(order.get('ordernumber'));
  const billNumber = textOf(order.get('billnumber'));
  const amountKopecks = kopecksOf(order.get('orderamount'));
  const currency = textOf(order.get('ordercurrency'));
  const stateWord = textOf(order.get('orderstate'));
  if (orderNumber === null || billNumber === null || !isBillNumber(billNumber)) return null;
  if (amountKopecks === null || currency === null || stateWord === null) return null;
  const listed = order.get('operations') ?? [];
  if (!Array.isArray(listed)) return null;
  const operations = listed.map((entry) => operationOf(asObject(entry)));
  const date = textOf(order.get('orderdate'));
  const { secretWord, merchantId } = settings;
  const amount = textOf(order.get('orderamount')) ?? '';
  const signed = { merchantId, orderNumber, amount, currency, state: stateWord };
  const isGenuine =
    mode === 'unchecked' ||
    secretWord === null ||
    textOf(checkData?.get('checkvalue'))?.toUpperCase() === stateCheckValue(secretWord, signed);
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

/** What is not understood of an operation stays empty: the state of the order decides, not its operations. */
function operationOf(operation: JsonObject | null): Operation {
  const text = (name: string) => safeText(textOf(operation?.get(name)) ?? '').trim();
  return {
    billNumber: text('billnumber'),
    type: text('operationtype'),
    amountKopecks: kopecksOf(operation?.get('amount')),
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

/** 15 or 16 digits; the extended form names an operation of the order (assist.md 2). */
export function isBillNumber(text: string): boolean {
  return /^\d{15,16}(?:\.\d{1,6})?$/.test(text);
}

function asObject(json: Json | undefined): JsonObject | null {
  return json instanceof Map ? json : null;
}

/** A string, or a number as the digits it was written with: services of Assist disagree about which. */
function textOf(json: Json | undefined): string | null {
  if (typeof json === 'string') return json;
  return json instanceof Numeral ? json.text : null;
}

/** Exact, by digits: `10.3` and `10.300` are 1030, `10.301` is no sum of money. */
function kopecksOf(json: Json | undefined): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,2})0*)?$/.exec(textOf(json) ?? '');
  return match === null ? null : Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

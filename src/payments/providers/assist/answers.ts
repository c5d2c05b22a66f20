/**
 * What Assist answers (assist.md 3, 5, 6 and 12), in every published form, read strictly: what is not exactly understood is null. Pure.
 */
import { formatKopecks } from '../../../register/money.ts';
import { safeText } from '../../../register/safe-text.ts';
import type { HttpReply } from '../../driver.ts';
import { asKopecks, asObject, type Json, type JsonObject, Numeral, readJson } from '../../kernel/json.ts';
import type { AssistSettings } from './settings.ts';
import { isXml, readXmlFault } from './soap.ts';
import { type OrderState, readState } from './status.ts';
import { readWireDate, stateCheckValue } from './wire.ts';

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
/** Points for the buyer: beside the payment, never the payment. */
const ACCRUAL_OPERATION = '500';

/** @returns null for an order that nothing has paid yet, or tried to */
export function lastPayment(order: OrderRecord | null): Operation | null {
  return order?.operations.findLast(({ type }) => type !== CANCEL_OPERATION && type !== ACCRUAL_OPERATION) ?? null;
}

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
  const checkData = asObject(answer?.get('checkdata')) ?? asObject(order?.get('checkdata'));
  return order === null ? null : orderOf(order, settings, 'checked', checkData);
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
    isTest: text('testmode') === '1' || order.get('testmode') === true,
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

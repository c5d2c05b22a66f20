/**
 * The services of Assist's own till application (assist.md 15): cash and СБП at the till, and the QR of an order read again. Requests
 * with our fields alone: card data are no field of ours. Pure.
 */
import { formatKopecks } from '../../../register/money.ts';
import type { HttpReply, HttpRequest, Order } from '../../driver.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { type Created, isQr, type OrderRecord, orderOf, plain } from './answers.ts';
import type { AssistSettings } from './settings.ts';
import { childNamed, elementsNamed, envelope, readXml, readXmlFault, textIn, type XmlElement } from './soap.ts';
import { CURRENCY, type NewOrder, post, wireDate } from './wire.ts';

const NAMESPACE = 'http://www.paysecure.ru/ws/';

/** `paymentmode` (assist.md 15). */
export const CASH_MODE = '5';
export const SBP_MODE = '30';

/** An order of СБП, or cash that is told. */
export function paymentRequest(tag: string, order: NewOrder, mode: string, settings: AssistSettings): HttpRequest {
  const { merchantId, login, password, mpos } = settings;
  return soap(tag, settings, settings.paths.mposPayment, 'payment', [
    ['ApplicationName', mpos.applicationName],
    ['ApplicationVersion', mpos.applicationVersion],
    ['merchant_id', merchantId],
    ['login', login],
    ['password', password],
    ['ordernumber', order.orderNumber],
    ['orderamount', formatKopecks(order.amountKopecks)],
    ['ordercurrency', CURRENCY],
    ...(order.email === '' ? [] : [['email', order.email] as [string, string]]),
    ['clientip', '0.0.0.0'],
    ['language', 'RU'],
    // The register prints its receipts itself.
    ['generatereceipt', '0'],
    ['paymentmode', mode],
  ]);
}

/** Asks for a registration id, which the result below wants instead of a password. */
export function registrationRequest(tag: string, order: Order, settings: AssistSettings): HttpRequest {
  const fields: [string, string][] = [
    ['ApplicationName', settings.mpos.applicationName],
    ['ApplicationVersion', settings.mpos.applicationVersion],
    ['DeviceUniqueId', deviceIdOf(order, settings)],
    ['Shop', '1'],
    ['Merchant_ID', settings.merchantId],
  ];
  return soap(tag, settings, settings.paths.registration, 'getRegistration', fields, NAMESPACE);
}

/** The order with its QR. @param sinceMs when it was made */
export function qrRequest(
  tag: string,
  order: Order,
  { registrationId, sinceMs }: { registrationId: string; sinceMs: number },
  settings: AssistSettings,
): HttpRequest {
  const fields: [string, string][] = [
    ['device_id', deviceIdOf(order, settings)],
    ['registration_id', registrationId],
    ['ordernumber', order.orderNumber],
    ['merchant_id', settings.merchantId],
    ['date', wireDate(sinceMs).slice(0, 10)],
    ['language', 'RU'],
  ];
  return soap(tag, settings, settings.paths.mposResult, 'ws:orderresult', fields, NAMESPACE);
}

function deviceIdOf({ seller }: Order, { mpos }: AssistSettings): string {
  return mpos.deviceId === '' ? `kassa-${seller.registerNumber}` : mpos.deviceId;
}

function soap(
  tag: string,
  settings: AssistSettings,
  path: string,
  name: string,
  fields: [string, string][],
  namespace: string | null = null,
): HttpRequest {
  const request = post(tag, settings, path, envelope(name, fields, namespace), 'text/xml;charset=utf-8', {
    accept: 'text/xml',
  });
  return { ...request, headers: { ...request.headers, SOAPAction: request.url } };
}

// Answers

/** Answer to an order of СБП. */
export function readMposCreated(reply: HttpReply, settings: AssistSettings): Created | null {
  const payment = paymentIn(reply);
  const order = payment === null ? null : paymentOrder(payment, settings);
  return payment === null || order === null ? null : { order, qr: qrIn(payment), expiresAtMs: null };
}

/** Answer to cash. */
export function readMposCash(reply: HttpReply, settings: AssistSettings): OrderRecord | null {
  const payment = paymentIn(reply);
  return payment === null ? null : paymentOrder(payment, settings);
}

/** It becomes a line of a file and a field of a request: visible ASCII only. */
export function readRegistrationId(reply: HttpReply): string | null {
  const answer = answerIn(reply, 'getregistrationresponse');
  const id = textIn(answer, 'registration_id');
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : null;
}

/**
 * The QR of our open order, as it was given at first.
 * @param ours `billNumber` null = not known
 * @returns `qr` null = the order has none. An order in other figures is not believed (R5), as anywhere else
 */
export function readQrAgain(
  reply: HttpReply,
  ours: { orderNumber: string; amountKopecks: number; billNumber: string | null },
  settings: AssistSettings,
): { qr: string | null } | null {
  const result = answerIn(reply, 'orderresult');
  if (result === null) return null;
  let qr: string | null = null;
  for (const element of elementsNamed(result, 'order')) {
    const operations = elementsNamed(element, 'operation');
    const order = orderOf(recordOf(element, operations), settings, 'ifPresent');
    if (order === null || !order.isGenuine || order.orderNumber !== ours.orderNumber) return null;
    // Another till's, under the same number.
    if (ours.billNumber !== null && plain(order.billNumber) !== plain(ours.billNumber)) continue;
    if (order.amountKopecks !== ours.amountKopecks || order.currency !== CURRENCY) return null;
    if (order.state === 'In Process') qr = operations.map(qrIn).findLast((one) => one !== null) ?? qrIn(element) ?? qr;
  }
  return { qr };
}

/** Whatever orders it tells of. */
export function isMposResult(reply: HttpReply): boolean {
  return answerIn(reply, 'orderresult') !== null;
}

function paymentIn(reply: HttpReply): XmlElement | null {
  return answerIn(reply, 'payment');
}

/** The one element of this name in an answer that is no fault. */
function answerIn(reply: HttpReply, name: string): XmlElement | null {
  if (reply.status !== 200 || readXmlFault(reply.body) !== null) return null;
  const root = readXml(reply.body);
  const found = root === null ? [] : elementsNamed(root, name);
  // `orderresultResponse/orderresult`: the inner one; two beside each other are ambiguous.
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** A payment is flat: the fields of the order and of its operation stand beside each other. */
function paymentOrder(payment: XmlElement, settings: AssistSettings): OrderRecord | null {
  const order = orderOf(recordOf(payment, [payment]), settings, 'ifPresent');
  // Named by its operation (`….1`); the order is what is paid and given back.
  return order === null ? null : { ...order, billNumber: plain(order.billNumber) };
}

/** As the JSON services write it. @param operations where the fields of each operation stand */
function recordOf(order: XmlElement, operations: XmlElement[]): JsonObject {
  const record = leavesOf(order);
  record.set('operations', operations.map(leavesOf));
  record.set('checkdata', new Map<string, Json>([['checkvalue', textIn(order, 'checkvalue')]]));
  return record;
}

/** What stands there twice is no text: nobody can tell which of them counts. */
function leavesOf(element: XmlElement): JsonObject {
  const record: JsonObject = new Map();
  for (const { name, children, text } of element.children) {
    if (children.length === 0) record.set(name, record.has(name) ? null : text);
  }
  return record;
}

function qrIn(element: XmlElement): string | null {
  const holder = childNamed(element, 'qrcode');
  const text = textIn(holder, 'plain');
  return isQr(text) ? text : null;
}

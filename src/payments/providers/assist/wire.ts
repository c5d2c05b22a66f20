/**
 * What is asked of Assist (assist.md 2, 3 and 12), with the parameters in the order of the paper, so that a trace can be compared with
 * it; its dates and check values. Pure.
 */
import { createHash } from 'node:crypto';
import { formatKopecks } from '../../../register/money.ts';
import type { HttpRequest } from '../../driver.ts';
import type { AssistSettings } from './settings.ts';

export const CURRENCY = 'RUB';

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

/** Requests of assist.md 3. Pure; parameters stand in the order of the paper, so that a trace can be compared with it. */
import { formatKopecks } from '../../../register/money.ts';
import type { HttpRequest } from '../../driver.ts';
import { requestCheckValue } from './check-value.ts';
import type { AssistSettings } from './settings.ts';
import { wireDate } from './times.ts';

export const CURRENCY = 'RUB';

const RESULT_PATH = '/orderresult/orderresult.cfm';
const PAGE_PATH = '/pay/payrequest.cfm';
const CANCEL_PATH = '/cancel/wscancel.cfm';
const LOGIN_PATH = '/api/v1/auth/login.cfm';
const ABORT_PATH = '/api/v1/order/cancel.cfm';

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
  return form(tag, settings, isPage ? PAGE_PATH : settings.sbpQr.path, {
    ...orderFields(order),
    ...(isPage ? { Language: 'RU' } : {}),
    ...(order.email === '' ? {} : { Email: order.email }),
    ...checkField(order, settings),
    ...(isPage ? { FastPayPayment: '1', CardPayment: '0' } : {}),
  });
}

/** Cash in the drawer; the same number and sum again is answered with the order that is there (assist.md 12.7). */
export function cashRequest(tag: string, order: NewOrder, paidAtMs: number, settings: AssistSettings): HttpRequest {
  const { path, modeField, modeValue } = settings.cash;
  return form(tag, settings, path, {
    [modeField]: modeValue,
    ...orderFields(order),
    OrderDate: wireDate(paidAtMs),
    ...(order.email === '' ? {} : { Email: order.email }),
    ...checkField(order, settings),
  });
}

/** @param sinceMs for an order out of the server's own window of three days (3.3) */
export function resultRequest(
  tag: string,
  orderNumber: string,
  window: { sinceMs: number; untilMs: number } | null,
  settings: AssistSettings,
): HttpRequest {
  return form(tag, settings, RESULT_PATH, {
    Ordernumber: orderNumber,
    Language: 'RU',
    ...(window === null ? {} : { ...moment('Start', window.sinceMs), ...moment('End', window.untilMs) }),
  });
}

export function cancelRequest(
  tag: string,
  reversal: { billNumber: string; amountKopecks: number; externalRefundId: string },
  settings: AssistSettings,
): HttpRequest {
  return form(tag, settings, CANCEL_PATH, {
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
  return json(tag, settings, LOGIN_PATH, { login, password, audience: 'POS', components: 'ws/cancelbynumber' }, null);
}

/** Second step; the token is good for this one request and is kept nowhere. */
export function abortRequest(tag: string, orderNumber: string, token: string, settings: AssistSettings): HttpRequest {
  const { merchantId, login, password } = settings;
  return json(tag, settings, ABORT_PATH, { ordernumber: orderNumber, merchant_id: merchantId, login, password }, token);
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

function post(
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

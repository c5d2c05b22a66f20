/** Reading the bodies of requests, and what of them may be remembered (assist.md 2, 3.3, 4). */
import type { LoggedRequest } from '../faulty-api.ts';
import type { HttpCall } from '../http-server.ts';
import { PROBLEMS } from './problems.ts';
import { readKopecks } from './wire.ts';

const DAY_MS = 86_400_000;
const DEFAULT_WINDOW_DAYS = 3;

/** Whoever sends these has a card in hand that the server must not see. */
const CARD_FIELDS = ['cardnumber', 'track1data', 'track2data', 'pinblock', 'emv', 'ksn', 'pan', 'cvc2', 'cvv2'];
const SECRET_FIELDS = new Set([...CARD_FIELDS, 'password']);

/** Fields of a form by their names in lower case: the server does not mind the case. */
export class Form {
  private readonly fields = new Map<string, string>();

  constructor(entries: Iterable<[string, string]>) {
    for (const [name, value] of entries) this.fields.set(name.toLowerCase(), value.trim());
  }

  /** The text of a field; empty when it is absent. */
  text(name: string): string {
    return this.fields.get(name.toLowerCase()) ?? '';
  }

  get hasCardData(): boolean {
    return CARD_FIELDS.some((name) => this.fields.has(name));
  }
}

/** The form of a request, without card data in it. */
export function readForm(call: HttpCall): Form {
  if (call.body === null || !isOfType(call, 'application/x-www-form-urlencoded')) {
    throw PROBLEMS.badRequest('a form is expected');
  }
  const form = new Form(new URLSearchParams(call.body));
  if (form.hasCardData) throw PROBLEMS.cardData();
  return form;
}

/** The JSON object of a request of the `/api/v1` services; members that are no texts are left out. */
export function readJson(call: HttpCall): Form {
  const value = isOfType(call, 'application/json') ? parsed(call.body ?? '') : null;
  if (!isObject(value)) throw PROBLEMS.badRequest('a JSON object is expected');
  const form = new Form(Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? one : '']));
  if (form.hasCardData) throw PROBLEMS.cardData();
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function readOrderNumber(form: Form): string {
  const orderNumber = form.text('OrderNumber');
  if (orderNumber === '' || orderNumber.length > 128) throw PROBLEMS.orderNumber();
  return orderNumber;
}

/** `OrderAmount` with its currency. */
export function readOrderKopecks(form: Form, isCurrencyRequired: boolean): number {
  const currency = form.text('OrderCurrency');
  const kopecks = readKopecks(form.text('OrderAmount'));
  const isRoubles = currency === 'RUB' || (currency === '' && !isCurrencyRequired);
  if (kopecks === null || kopecks === 0 || !isRoubles) throw PROBLEMS.amount();
  return kopecks;
}

/** `Amount` and `Currency` of a refund: both or neither. @returns null: all that is left */
export function readRefundKopecks(form: Form): number | null {
  const amount = form.text('Amount');
  const currency = form.text('Currency');
  if (amount === '' && currency === '') return null;
  const kopecks = readKopecks(amount);
  if (kopecks === null || kopecks === 0 || currency !== 'RUB') throw PROBLEMS.amount();
  return kopecks;
}

/** The time window of the result service, GMT, to the end of its last minute; by default the last 3 days. */
export function readWindow(form: Form, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = readMinute(form, 'End', 23, 59);
  const fromMs = readMinute(form, 'Start', 0, 0);
  const endMs = toMs === null ? nowMs : toMs + 59_999;
  return { fromMs: fromMs ?? endMs - DEFAULT_WINDOW_DAYS * DAY_MS, toMs: endMs };
}

function readMinute(form: Form, side: 'Start' | 'End', hour: number, minute: number): number | null {
  const parts = ['Year', 'Month', 'Day', 'Hour', 'Min'].map((name) => form.text(side + name));
  if (parts.every((part) => part === '')) return null;
  const [year, month, day] = parts.slice(0, 3).map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : Number.NaN));
  const [hours, minutes] = [parts[3] || String(hour), parts[4] || String(minute)].map(Number);
  const atMs = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hours, minutes);
  if (Number.isNaN(atMs)) throw PROBLEMS.badRequest(`${side}Year`);
  return atMs;
}

/**
 * A logged request as it may be shown: forms as objects, and of passwords and card data the names only. The query is left
 * out: no service reads it, so all it could carry is a secret sent to the wrong place.
 */
export function masked(request: LoggedRequest): LoggedRequest {
  const [path = ''] = request.path.split('?');
  const { body } = request;
  const entries =
    typeof body === 'string' ? [...new URLSearchParams(body)] : isObject(body) ? Object.entries(body) : [];
  // What is neither a form nor an object of texts was not understood, so nobody knows what is secret in it.
  const isUnderstood = entries.every(([name, value]) => /^\w{1,64}$/.test(name) && !isObject(value));
  if (!isUnderstood || entries.length === 0) return { ...request, path, body: null };
  const shown = entries.map(([name, value]) => [name, SECRET_FIELDS.has(name.toLowerCase()) ? '***' : value]);
  return { ...request, path, body: Object.fromEntries(shown) };
}

function isOfType(call: HttpCall, type: string): boolean {
  return (call.headers['content-type'] ?? '').toLowerCase().startsWith(type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

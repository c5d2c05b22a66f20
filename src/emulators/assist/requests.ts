/** Reading the bodies of requests, and what of them may be remembered (assist.md 2, 3.3, 4). */
import type { LoggedRequest } from '../faulty-api.ts';
import type { HttpCall } from '../http-server.ts';
import { PROBLEMS } from './problems.ts';
import { readSoap } from './soap.ts';
import { readKopecks } from './wire.ts';

const DAY_MS = 86_400_000;
const DEFAULT_WINDOW_DAYS = 3;

/** Whoever sends these has a card in hand that the server must not see. */
const CARD_FIELDS = [
  'cardnumber',
  'track1data',
  'track2data',
  'pinblock',
  'emv',
  'emvdata',
  'ksn',
  'pan',
  'cvc2',
  'cvv2',
];
const SECRET_FIELDS = new Set([...CARD_FIELDS, 'password', 'token', 'registration_id']);

/** Fields of a form by their names in lower case: the server does not mind the case. */
export class Form {
  private readonly fields = new Map<string, string>();
  private readonly innerNames: ReadonlySet<string>;

  /** @param inner fields inside others: lines of goods have an `amount` too, and it is not that of the request */
  constructor(entries: Iterable<[string, string]>, inner: readonly [string, string][] = []) {
    for (const [name, value] of entries) this.fields.set(name.toLowerCase(), value.trim());
    this.innerNames = new Set(inner.map(([name]) => name.toLowerCase()));
  }

  /** The text of a field; empty when it is absent. */
  text(name: string): string {
    return this.fields.get(name.toLowerCase()) ?? '';
  }

  get hasCardData(): boolean {
    return CARD_FIELDS.some((name) => this.fields.has(name) || this.innerNames.has(name));
  }
}

/** In which form a request came, or its answer leaves. */
export type Wire = 'json' | 'xml' | 'soap';

export interface Asked {
  form: Form;
  /** Of the answer: that of the request, or what `Format` says. */
  wire: Wire;
  /** SOAP: local name of the request element. */
  element: string | null;
}

const WIRES: Record<string, Wire> = { '3': 'xml', '4': 'soap', '5': 'json' };

/**
 * A form, a JSON object (credentials perhaps in `merchant`) or a SOAP envelope, whatever the service.
 * @param standard for a form that names no `Format`
 * @returns null = none of them
 */
export function readAsked(call: HttpCall, standard: Wire | null): Asked | null {
  if (call.body === null) return null;
  if (wireOfType(call) === 'soap') {
    const soap = readSoap(call.body);
    return soap === null ? null : { form: new Form(soap.fields, soap.inner), wire: 'soap', element: soap.element };
  }
  const isJson = isOfType(call, 'application/json');
  const form = isJson ? jsonForm(call.body) : isForm(call) ? new Form(new URLSearchParams(call.body)) : null;
  if (form === null) return null;
  const named = form.text('Format');
  const wire = named === '' ? (isJson ? 'json' : standard) : (WIRES[named] ?? null);
  if (wire === null) throw PROBLEMS.format();
  return { form, wire, element: null };
}

/** The form of the answer as far as the type of the request tells it: that of a refusal of what was not read. */
export function wireOfType(call: HttpCall): Wire {
  return isOfType(call, 'text/xml') || isOfType(call, 'application/soap+xml') ? 'soap' : 'json';
}

/** The JSON object of a request of the `/api/v1` services. */
export function readJson(call: HttpCall): Form {
  const form = isOfType(call, 'application/json') ? jsonForm(call.body ?? '') : null;
  if (form === null) throw PROBLEMS.badRequest('a JSON object is expected');
  return form;
}

/** Members that are neither texts nor numbers are left out, but for the credentials in an object of their own. */
function jsonForm(body: string): Form | null {
  const value = parsed(body);
  if (!isObject(value)) return null;
  const { merchant, ...rest } = value;
  return new Form(
    Object.entries({ ...(isObject(merchant) ? merchant : {}), ...rest }).map(([name, one]) => [name, textOf(one)]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isForm(call: HttpCall): boolean {
  return isOfType(call, 'application/x-www-form-urlencoded');
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
 * A logged request as it may be shown: forms and envelopes as objects, and of passwords and card data the names only. The query is
 * left out: no service reads it, so all it could carry is a secret sent to the wrong place.
 */
export function masked(request: LoggedRequest): LoggedRequest {
  const [path = ''] = request.path.split('?');
  const entries = fieldsOf(request.body);
  // What is neither a form nor an object of texts was not understood, so nobody knows what is secret in it.
  const isUnderstood = entries.every(([name, value]) => /^\w{1,64}$/.test(name) && !isObject(value));
  if (!isUnderstood || entries.length === 0) return { ...request, path, body: null };
  const shown = entries.map(([name, value]) => [name, SECRET_FIELDS.has(name.toLowerCase()) ? '***' : value]);
  return { ...request, path, body: Object.fromEntries(shown) };
}

function fieldsOf(body: unknown): [string, unknown][] {
  if (isObject(body)) {
    const { merchant, ...rest } = body;
    return Object.entries(isObject(merchant) ? { ...merchant, ...rest } : body);
  }
  if (typeof body !== 'string') return [];
  if (!body.trimStart().startsWith('<')) return [...new URLSearchParams(body)];
  const soap = readSoap(body);
  return soap === null ? [] : [...soap.inner, ...soap.fields];
}

function isOfType(call: HttpCall, type: string): boolean {
  return (call.headers['content-type'] ?? '').toLowerCase().startsWith(type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

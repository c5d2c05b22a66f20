/** Reading requests; everything wrong with a body is told at once, in `errors` (paymaster.md 3.1, 7). */
import { PROBLEMS } from './problems.ts';
import type { PaymasterSettings } from './settings.ts';
import { readKopecks } from './wire.ts';

type Fields = Record<string, unknown>;

/** `POST /payments`. */
export interface Order {
  merchantId: string;
  testMode: boolean;
  description: string;
  orderNumber: string | null;
  billedUntilMs: number;
  params: Record<string, string> | null;
  sumKopecks: number;
  stickerId: string | null;
  callbackUrl: string | null;
}

/** `POST /refunds`. */
export interface RefundOrder {
  paymentId: string;
  sumKopecks: number;
}

/** `POST /stickers`. */
export interface StickerOrder {
  merchantId: string;
  paymentPurpose: string;
  isCashLink: boolean;
  description: string;
  productCode: string;
  sumKopecks: number | null;
  callbackUrl: string | null;
}

const TEXT_CAP = 1024;

/** Fields of one body by their dotted names; notes what is wrong until `check` refuses all of it. */
class FieldReader {
  private readonly root: Fields;
  private readonly errors: string[] = [];

  constructor(root: Fields) {
    this.root = root;
  }

  value(name: string): unknown {
    let value: unknown = this.root;
    for (const part of name.split('.')) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    return value ?? undefined;
  }

  text(name: string): string {
    const text = this.optionalText(name);
    if (text === null || text === '') this.wrong(`${name} is required`);
    return text ?? '';
  }

  optionalText(name: string): string | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (typeof value === 'string' && value.length <= TEXT_CAP) return value;
    this.wrong(`${name} must be a string`);
    return '-';
  }

  flag(name: string): boolean {
    const value = this.value(name) ?? false;
    if (typeof value !== 'boolean') this.wrong(`${name} must be a boolean`);
    return value === true;
  }

  /** Kopecks of `<name>.value`, within the limits. */
  amount(name: string, minKopecks: number, maxKopecks: number): number {
    const value = this.value(`${name}.value`);
    const kopecks = readKopecks(value) ?? 0;
    if (value === undefined) this.wrong(`${name}.value is required`);
    else if (kopecks < minKopecks || kopecks > maxKopecks) this.wrong(`${name}.value is wrong`);
    if (this.value(`${name}.currency`) !== 'RUB') this.wrong(`${name}.currency must be RUB`);
    return kopecks;
  }

  texts(name: string): Record<string, string> | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (isObject(value) && Object.values(value).every((one) => typeof one === 'string')) {
      return value as Record<string, string>;
    }
    this.wrong(`${name} must hold strings`);
    return null;
  }

  wrong(error: string): void {
    this.errors.push(error);
  }

  check(): void {
    if (this.errors.length > 0) throw PROBLEMS.wrongFields(this.errors);
  }
}

export function readOrder(body: string | null, settings: PaymasterSettings, nowMs: number): Order {
  const fields = readerOf(body);
  const order: Order = {
    merchantId: fields.text('merchantId'),
    testMode: fields.flag('testMode'),
    description: fields.text('invoice.description'),
    orderNumber: fields.optionalText('invoice.orderNo'),
    billedUntilMs: nowMs + settings.billTtlMs,
    params: fields.texts('invoice.params'),
    sumKopecks: fields.amount('amount', settings.amountMinKopecks, settings.amountMaxKopecks),
    stickerId: fields.optionalText('paymentData.stickerId'),
    callbackUrl: fields.optionalText('protocol.callbackUrl'),
  };
  const method = fields.text('paymentData.paymentMethod');
  if (method !== '' && method.toLowerCase() !== 'sbp') fields.wrong('paymentData.paymentMethod is not supported');
  // СБП is one-stage (sbp-qr.md 1).
  if (fields.flag('dualMode')) fields.wrong('dualMode is not supported');
  if (order.callbackUrl !== null && !isHttpAddress(order.callbackUrl)) fields.wrong('protocol.callbackUrl is wrong');
  const expires = fields.optionalText('invoice.expires');
  if (expires !== null) {
    const atMs = readDate(expires);
    const lifeMs = atMs === null ? 0 : atMs - nowMs;
    const isTooShort = order.stickerId === null ? lifeMs <= 0 : lifeMs < settings.activationMinMs;
    const isTooLong = order.stickerId !== null && lifeMs > settings.activationMaxMs;
    if (atMs === null || isTooShort || isTooLong) fields.wrong('invoice.expires is wrong');
    else order.billedUntilMs = atMs;
  }
  fields.check();
  return order;
}

/** `receipt`, `client` and `items` may come along and are not looked at (paymaster.md 12, setting 15). */
export function readRefundOrder(body: string | null, settings: PaymasterSettings): RefundOrder {
  const fields = readerOf(body);
  const paymentId = fields.text('paymentId');
  const sumKopecks = fields.amount('amount', 1, settings.amountMaxKopecks);
  fields.check();
  return { paymentId, sumKopecks };
}

export function readStickerOrder(body: string | null, settings: PaymasterSettings): StickerOrder {
  const fields = readerOf(body);
  const isFixed = fields.value('amount') !== undefined;
  const order: StickerOrder = {
    merchantId: fields.text('merchantId'),
    paymentPurpose: fields.text('paymentPurpose'),
    isCashLink: fields.flag('cashlink'),
    description: fields.optionalText('description') ?? '',
    productCode: fields.optionalText('productCode') ?? '',
    sumKopecks: isFixed ? fields.amount('amount', settings.amountMinKopecks, settings.amountMaxKopecks) : null,
    callbackUrl: fields.optionalText('callbackUrl'),
  };
  if (fields.text('stickerType') !== 'Sbp') fields.wrong('stickerType must be Sbp');
  if (order.isCashLink && isFixed) fields.wrong('amount does not belong to a cash link');
  fields.check();
  return order;
}

/** `PUT /stickers/{id}`. */
export function readActive(body: string | null): boolean {
  const fields = readerOf(body);
  if (fields.value('active') === undefined) fields.wrong('active is required');
  const isActive = fields.flag('active');
  fields.check();
  return isActive;
}

/** The period of a list; everything that is wrong with it is told at once. */
export function readWindow(query: URLSearchParams): [startMs: number, endMs: number] {
  const names = ['start', 'end'] as const;
  const [startMs, endMs] = names.map((name) => readDate(query.get(name) ?? ''));
  const errors = names.flatMap((name) => {
    if (!query.has(name)) return [`${name} is required`];
    return readDate(query.get(name) ?? '') === null ? [`${name} is wrong`] : [];
  });
  if (errors.length > 0 || startMs == null || endMs == null) throw PROBLEMS.wrongFields(errors);
  return [startMs, endMs];
}

function readerOf(body: string | null): FieldReader {
  try {
    const value: unknown = JSON.parse(body ?? '');
    if (isObject(value)) return new FieldReader(value);
  } catch {
    // Falls through to the one refusal.
  }
  throw PROBLEMS.wrongFields(['the body must be a JSON object']);
}

/** ISO 8601 with an offset; a time without one would mean another moment in every office. */
function readDate(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

function isHttpAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What goes over the wire: money, dates, the objects (paymaster.md 2, 4, 7). Pure. */
import type { EchoFaultKind } from '../faults.ts';
import type { PaymasterSettings } from './settings.ts';
import type { Payment, Refund, Sticker } from './state.ts';

type Json = Record<string, unknown>;

/** Codes of a refusal and their texts; the card-only ones are left out. */
const RESULT_TEXTS: Readonly<Record<string, string>> = {
  TransactionDeclined: 'Авторизация отклонена',
  IssuerUnavailable: 'Эмитент недоступен',
  RejectedByFraud: 'Отклонено фрод-мониторингом',
  InvalidAmount: 'Недопустимая сумма',
  CancelledByUser: 'Платеж отклонен пользователем',
  InsufficientFunds: 'Недостаточно средств',
  PaymentLimitExceeded: 'Превышен лимит на сумму',
  PaymentCountExceeded: 'Превышено кол-во попыток',
  OperationNotAllowed: 'Операция недоступна',
  PaymentExpired: 'Истек срок',
};

/**
 * Roubles of a request: a JSON number of two decimals, more only if they are zeros. The shortest text of a parsed
 * number is the decimal the sender wrote, so it is read digit by digit and no float is ever multiplied.
 */
export function readKopecks(value: unknown): number | null {
  const match = typeof value === 'number' ? /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(String(value)) : null;
  if (match === null) return null;
  const [, roubles = '', fraction = ''] = match;
  return Number(roubles) * 100 + Number(fraction.padEnd(2, '0'));
}

/** Kopecks as the exact decimal with four places: 1530 -> `15.3000`. */
function decimalOf(kopecks: number): string {
  const digits = String(kopecks).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}00`;
}

/** The text of an answer. JSON.stringify drops closing zeros, so that decimals are put in as texts and stripped here. */
export function encode(body: unknown, form: PaymasterSettings['amountForm']): string {
  const text = JSON.stringify(body);
  if (form === 'text') return text;
  // Cannot occur inside a text of the body: there the quotes would be escaped.
  return text.replace(/("amount":\{"value":)"(\d+\.\d{4})"/g, (_, head: string, decimal: string) =>
    form === 'short' ? `${head}${Number(decimal)}` : `${head}${decimal}`,
  );
}

/** `2030-01-15T07:00:00Z` */
function formatDate(atMs: number, hasMilliseconds: boolean): string {
  const text = new Date(atMs).toISOString();
  return hasMilliseconds ? text : text.replace(/\.\d{3}Z$/, 'Z');
}

/** Where a payment is shown: `created` also carries the bill's end and a `resultCode`, a row of the list is short. */
export type Showing = 'created' | 'read' | 'row';

export function paymentObject(payment: Payment, settings: PaymasterSettings, showing: Showing): Json {
  if (showing === 'row' && settings.listRows !== 'full') return rowObject(payment, settings);
  const isCreated = showing === 'created';
  const isWaiting = payment.status === 'Confirmation';
  const resultCode = payment.resultCode ?? (isCreated && isWaiting ? 'Success' : null);
  const text = payment.resultCode === null ? undefined : RESULT_TEXTS[payment.resultCode];
  const hasLink = isWaiting && isLinkOut(payment, settings) && (isCreated || settings.hasLinkOnRead);
  return {
    id: payment.id,
    created: formatDate(payment.createdAtMs, settings.hasMilliseconds),
    testMode: payment.testMode,
    status: statusOf(payment, settings),
    ...(resultCode === null ? {} : { resultCode }),
    ...(text === undefined ? {} : { message: text }),
    merchantId: settings.merchantId,
    amount: amountOf(payment.sumKopecks),
    invoice: {
      description: payment.description,
      ...(payment.orderNumber === null ? {} : { orderNo: payment.orderNumber }),
      ...(isCreated ? { expires: formatDate(payment.billedUntilMs, settings.hasMilliseconds) } : {}),
      ...(payment.params === null ? {} : { params: payment.params }),
    },
    paymentData: { paymentMethod: 'SBP', ...(payment.stickerId === null ? {} : { stickerId: payment.stickerId }) },
    ...(hasLink ? { confirmation: confirmationOf(payment, settings) } : {}),
  };
}

/** A row of the list as it is documented: no `confirmation`, no `resultCode`. */
function rowObject(payment: Payment, settings: PaymasterSettings): Json {
  const { orderNumber, description } = payment;
  const isNamed = orderNumber !== null && settings.listRows !== 'unnamed';
  return {
    id: payment.id,
    status: statusOf(payment, settings),
    created: formatDate(payment.createdAtMs, settings.hasMilliseconds),
    merchantId: settings.merchantId,
    amount: amountOf(payment.sumKopecks),
    invoice: { description, ...(isNamed ? { orderNo: orderNumber } : {}) },
    paymentData: { paymentMethod: 'SBP', paymentInstrumentTitle: 'СБП' },
  };
}

/** How often a payment is read before its link is there (`linkAt: read`). */
const READS_BEFORE_LINK = 2;

/** Until the buyer can see the link there is nothing he could confirm. */
export function isLinkOut({ stickerId, reads = 0 }: Payment, { linkAt }: PaymasterSettings): boolean {
  return linkAt === 'create' || stickerId !== null || (linkAt === 'read' && reads >= READS_BEFORE_LINK);
}

function statusOf(payment: Payment, settings: PaymasterSettings): string {
  const isWaiting = payment.status === 'Confirmation';
  return isWaiting && !isLinkOut(payment, settings) ? 'Pending' : payment.status;
}

function confirmationOf(payment: Payment, settings: PaymasterSettings): Json {
  const isHidden = payment.stickerId !== null && !settings.hasLinkOfSticker;
  return {
    type: settings.confirmationType,
    ...(isHidden ? {} : { paymentUrl: payment.link }),
    universalLink: true,
    instruction: '',
  };
}

export function refundObject(refund: Refund): Json {
  return {
    id: refund.id,
    // The examples of the documents have milliseconds here, and none in a payment.
    created: formatDate(refund.createdAtMs, true),
    paymentId: refund.paymentId,
    amount: amountOf(refund.sumKopecks),
    status: refund.status,
    ...(refund.resultCode === null ? {} : { resultCode: refund.resultCode }),
  };
}

export function stickerObject(sticker: Sticker): Json {
  return {
    id: sticker.id,
    stickerType: 'Sbp',
    cashlink: sticker.isCashLink,
    productCode: sticker.productCode,
    paymentPurpose: sticker.paymentPurpose,
    description: sticker.description,
    ...(sticker.sumKopecks === null ? {} : { amount: amountOf(sticker.sumKopecks) }),
    status: sticker.isActive ? 'Active' : 'Inactive',
    payload: sticker.payload,
  };
}

function amountOf(kopecks: number): Json {
  return { value: decimalOf(kopecks), currency: 'RUB' };
}

interface Echo {
  amount?: { value: number | string };
  invoice?: { orderNo?: string };
  paymentId?: string;
}

/**
 * The body with a wrong echo of one payment or refund (vector P-18), or null when there is none in it. A refund has no
 * number of ours, so there the payment it belongs to is the wrong one.
 */
export function spoilEcho(kind: EchoFaultKind, body: string): string | null {
  if (body === '') return null;
  const value = JSON.parse(body) as Echo & { items?: Echo[]; stickerType?: string };
  const echo = value.items === undefined ? value : value.items[0];
  if (echo?.amount === undefined || value.stickerType !== undefined) return null;
  if (kind === 'wrong-sum') {
    const kopecks = readKopecks(Number(echo.amount.value)) ?? 0;
    const decimal = decimalOf(kopecks + 1);
    echo.amount.value = typeof echo.amount.value === 'string' ? decimal : Number(decimal);
  } else if (echo.invoice?.orderNo !== undefined) {
    echo.invoice.orderNo += '-X';
  } else if (echo.paymentId !== undefined) {
    echo.paymentId += '9';
  } else {
    return null;
  }
  return JSON.stringify(value);
}

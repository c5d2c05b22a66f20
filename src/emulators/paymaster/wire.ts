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

/** @param isCreated true: the answer to POST, which also carries the link, the bill's end and a `resultCode` */
export function paymentObject(payment: Payment, settings: PaymasterSettings, isCreated: boolean): Json {
  const isWaiting = payment.status === 'Confirmation';
  const resultCode = payment.resultCode ?? (isCreated && isWaiting ? 'Success' : null);
  const text = payment.resultCode === null ? undefined : RESULT_TEXTS[payment.resultCode];
  const hasLink = isWaiting && (isCreated || settings.hasLinkOnRead);
  return {
    id: payment.id,
    created: formatDate(payment.createdAtMs, settings.hasMilliseconds),
    testMode: payment.testMode,
    status: payment.status,
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

function confirmationOf(payment: Payment, settings: PaymasterSettings): Json {
  const isHidden = payment.stickerId !== null && !settings.hasLinkOfSticker;
  return {
    type: 'ExternalPayment',
    ...(isHidden ? {} : { paymentUrl: payment.link }),
    universalLink: true,
    instruction: '',
  };
}

export function refundObject(refund: Refund, settings: PaymasterSettings): Json {
  return {
    id: refund.id,
    created: formatDate(refund.createdAtMs, settings.hasMilliseconds),
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

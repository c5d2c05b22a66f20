/** What a template may say of a document: the texts of all fields, and their list for the parser. Pure. */
import { localStamp, type UtcOffset } from '../register/local-time.ts';
import type { ClosedDocument, Document, Line, Payment, PaymentState } from '../register/model.ts';
import { formatKopecks, lineSumKopecks } from '../register/money.ts';
import { formatQuantity } from '../register/quantity.ts';
import { safeText } from '../register/safe-text.ts';
import { handedKopecks, payOutKopecks, tenderName } from '../register/tender.ts';
import { isCounted } from '../register/totals.ts';
import type { TemplateData } from './render.ts';
import type { TemplateFields } from './template.ts';

/** What every slip tells of the place it comes from. */
export interface SlipPlace {
  shop: { name: string; taxNumber: string; address: string };
  registerNumber: number;
  utcOffsetMinutes: UtcOffset;
}

/** A document and what it does not know of itself. */
export interface SlipData extends SlipPlace {
  document: ClosedDocument;
}

/** The same for the slip of a payment: one that is signed comes out while its document is still open. */
export interface PaymentSlipData extends SlipPlace {
  document: Document;
}

/** What a payment system wants on its slip, in its words; card numbers come masked. */
export interface SlipRow {
  label: string;
  value: string;
}

export const PLACE_FIELDS = ['shopName', 'taxNumber', 'shopAddress', 'register'] as const;
export const HEAD_FIELDS = [...PLACE_FIELDS, 'number', 'shift', 'cashier'] as const;
const PAYMENT_FIELDS = ['kind', 'amount', 'paymentId', 'orderNumber'] as const;

export const DOCUMENT_FIELDS: TemplateFields = {
  fields: [
    ...[...HEAD_FIELDS, 'date', 'time', 'isReturn', 'sourceNumber', 'sourceDate', 'cardTitle', 'cardNumber'],
    ...['total', 'discount', 'received', 'change', 'cashGivenBack'],
  ],
  lists: {
    lines: ['position', 'name', 'code', 'barcode', 'quantity', 'unit', 'price', 'fullSum', 'discount', 'sum'],
    payments: PAYMENT_FIELDS,
    paymentKinds: ['kind', 'amount'],
  },
};

export const PAYMENT_SLIP_FIELDS: TemplateFields = {
  fields: [...HEAD_FIELDS, ...PAYMENT_FIELDS, 'date', 'time', 'status', 'isReturn', 'hasRows', 'needsSignature'],
  lists: { rows: ['label', 'value'] },
};

/** More rows than any slip has: a faulty server must not empty the roll. */
const MAX_SLIP_ROWS = 60;

/** Fields of a closed or annulled document. Names of the shop, goods and people pass `safeText` here. */
export function documentData(data: SlipData): TemplateData {
  const { document } = data;
  const counted = document.payments.filter(isCounted);
  const isReturn = document.type !== 'sale';
  return {
    fields: {
      ...headFields(data),
      ...dateFields(document.closedAt, data.utcOffsetMinutes),
      isReturn: isReturn ? '1' : '',
      ...sourceFields(data),
      cardTitle: safeText(document.card?.title ?? ''),
      // As on the screen (SCR-23): the slip may be lost, the whole number would let anybody use the card.
      cardNumber: document.card === null ? '' : `*${safeText(document.card.number).slice(-4)}`,
      total: formatKopecks(document.totalKopecks),
      discount: orNothing(document.discountKopecks),
      received: formatKopecks(document.receivedKopecks),
      change: formatKopecks(document.changeKopecks),
      cashGivenBack: isReturn ? orNothing(payOutKopecks(document)) : '',
    },
    lists: {
      lines: document.lines.map((line) => ({
        position: String(line.positionNumber),
        name: safeText(line.goods.name),
        code: safeText(line.goods.code),
        barcode: safeText(line.goods.barcode ?? ''),
        ...amountFields(line),
      })),
      payments: counted.map(paymentFields),
      paymentKinds: sumsByKind(counted),
    },
  };
}

/** Fields of the slip of one electronic payment. Its date is the payment's own; words of its system pass `safeText` here. */
export function paymentSlipData(
  data: PaymentSlipData,
  payment: Payment,
  { rows, signature }: { rows: readonly SlipRow[]; signature: boolean },
): TemplateData {
  return {
    fields: {
      ...headFields(data),
      ...paymentFields(payment),
      ...dateFields(payment.startedAt, data.utcOffsetMinutes),
      status: STATUS_WORDS[payment.state],
      isReturn: data.document.type === 'sale' ? '' : '1',
      hasRows: rows.length > 0 ? '1' : '',
      needsSignature: signature ? '1' : '',
    },
    lists: {
      rows: rows
        .slice(0, MAX_SLIP_ROWS)
        .map(({ label, value }) => ({ label: safeText(label), value: safeText(value) })),
    },
  };
}

const STATUS_WORDS: Readonly<Record<PaymentState, string>> = {
  waiting: 'ОЖИДАНИЕ',
  unknown: 'НЕИЗВЕСТНО',
  approved: 'ПРОВЕДЕНА',
  cancelling: 'ОТМЕНЯЕТСЯ',
  cancelQueued: 'ОТМЕНА В ОЧЕРЕДИ',
  cancelRefused: 'НЕ ВОЗВРАЩЕНА',
  cancelled: 'ОТМЕНЕНА',
  declined: 'ОТКЛОНЕНА',
  notSent: 'НЕ ОТПРАВЛЕНА',
  manualPaid: 'ПРОВЕДЕНА ВРУЧНУЮ',
  manualNotPaid: 'НЕ ПРОВЕДЕНА',
  manualReturned: 'ВОЗВРАЩЕНА',
};

/** Names of the shop pass `safeText` here. */
export function placeFields({ shop, registerNumber }: SlipPlace): Record<(typeof PLACE_FIELDS)[number], string> {
  return {
    shopName: safeText(shop.name),
    taxNumber: safeText(shop.taxNumber),
    shopAddress: safeText(shop.address),
    register: String(registerNumber),
  };
}

export function headFields(data: PaymentSlipData): Record<(typeof HEAD_FIELDS)[number], string> {
  const { document } = data;
  return {
    ...placeFields(data),
    number: String(document.number),
    shift: String(document.shiftNumber),
    cashier: safeText(document.cashierName),
  };
}

function paymentFields(payment: Payment): Record<(typeof PAYMENT_FIELDS)[number], string> {
  return {
    kind: safeText(tenderName(payment)),
    amount: formatKopecks(payment.amountKopecks),
    paymentId: safeText(payment.providerPaymentId ?? ''),
    orderNumber: safeText(payment.orderNumber),
  };
}

function sourceFields({ document, utcOffsetMinutes }: SlipData): Record<'sourceNumber' | 'sourceDate', string> {
  const { source } = document;
  if (source === null) return { sourceNumber: '', sourceDate: '' };
  return { sourceNumber: String(source.number), sourceDate: dateFields(source.closedAt, utcOffsetMinutes).date };
}

function amountFields(line: Line): Record<'quantity' | 'unit' | 'price' | 'fullSum' | 'discount' | 'sum', string> {
  const { quantityThousandths, priceKopecks, sumKopecks, goods } = line;
  // A return may show no discount (domain.md 2.14): what was sold with one is one unit at the sum that is given back.
  const isWhole = line.returned === null || lineSumKopecks(priceKopecks, quantityThousandths) === sumKopecks;
  return {
    quantity: isWhole ? formatQuantity(quantityThousandths, goods.unit.fractional) : '1',
    unit: safeText(goods.unit.name),
    price: formatKopecks(isWhole ? priceKopecks : sumKopecks),
    fullSum: formatKopecks(sumKopecks + line.discountKopecks),
    discount: orNothing(line.discountKopecks),
    sum: formatKopecks(sumKopecks),
  };
}

/** Empty for nothing: `@if` leaves such a line out. */
function orNothing(amountKopecks: number): string {
  return amountKopecks > 0 ? formatKopecks(amountKopecks) : '';
}

/** One row a currency and means, in the order of first use: what the buyer handed over, the change stands below. */
function sumsByKind(payments: readonly Payment[]): { kind: string; amount: string }[] {
  const sums = new Map<string, { kind: string; amountKopecks: number }>();
  for (const payment of payments) {
    const key = `${payment.currency.code} ${payment.means ?? ''}`;
    const sum = sums.get(key);
    if (sum !== undefined) sum.amountKopecks += handedKopecks(payment);
    else sums.set(key, { kind: safeText(tenderName(payment)), amountKopecks: handedKopecks(payment) });
  }
  return [...sums.values()].map(({ kind, amountKopecks }) => ({ kind, amount: formatKopecks(amountKopecks) }));
}

/** A paper that is printed again tells the time of its document as the clock on the wall showed it then. */
export function dateFields(atMs: number, offset: UtcOffset): { date: string; time: string } {
  const [date = '', time = ''] = localStamp(atMs, offset).split('T');
  return { date: date.split('-').reverse().join('.'), time: time.slice(0, 8) };
}

/** What the documents of one shift come to. Pure. */
import type { ClosedDocument, Currency, Payment } from '../register/model.ts';
import { isCash, keptKopecks } from '../register/tender.ts';
import { isCounted } from '../register/totals.ts';

export interface CountedSum {
  count: number;
  amountKopecks: number;
}

/** `count` counts payments. */
export interface CurrencySum extends CountedSum {
  currency: Currency;
  /** Each way that a payment type offers is a row of its own (Ассист: `наличные`). */
  means?: string;
}

/** Sales, or returns of both kinds. */
export interface ShiftSide extends CountedSum {
  discountKopecks: number;
  /** By code; of cash only what stayed in the drawer or left it. */
  currencies: CurrencySum[];
  /** What of them went into the drawer or out of it: a payment system may take cash too. */
  cashKopecks: number;
}

export interface ShiftTotals {
  sales: ShiftSide;
  returns: ShiftSide;
  annulled: CountedSum;
  /** Numbers of the first and the last document, annulled ones too; null = the shift has none. */
  firstNumber: number | null;
  lastNumber: number | null;
  /** When the first of them was opened. */
  firstOpenedAt: number | null;
}

/** Adds up closed and annulled documents of one shift, in any order. */
export function addUpShift(documents: Iterable<ClosedDocument>): ShiftTotals {
  const totals: ShiftTotals = {
    sales: nothing(),
    returns: nothing(),
    annulled: { count: 0, amountKopecks: 0 },
    firstNumber: null,
    lastNumber: null,
    firstOpenedAt: null,
  };
  for (const document of documents) {
    const { number, openedAt } = document;
    totals.firstNumber = Math.min(totals.firstNumber ?? number, number);
    totals.lastNumber = Math.max(totals.lastNumber ?? number, number);
    totals.firstOpenedAt = Math.min(totals.firstOpenedAt ?? openedAt, openedAt);
    if (document.status === 'annulled') add(totals.annulled, document.totalKopecks);
    else addDocument(document.type === 'sale' ? totals.sales : totals.returns, document);
  }
  return totals;
}

/** Cash of the shift's sales less that of its returns; what was carried in and out is not in the documents. */
export function cashOfShift({ sales, returns }: ShiftTotals): number {
  return sales.cashKopecks - returns.cashKopecks;
}

function nothing(): ShiftSide {
  return { count: 0, amountKopecks: 0, discountKopecks: 0, currencies: [], cashKopecks: 0 };
}

function add(sum: CountedSum, amountKopecks: number): void {
  sum.count++;
  sum.amountKopecks += amountKopecks;
}

function addDocument(side: ShiftSide, document: ClosedDocument): void {
  add(side, document.totalKopecks);
  side.discountKopecks += document.discountKopecks;
  for (const payment of document.payments.filter(isCounted)) {
    const kopecks = keptKopecks(document, payment);
    add(currencySum(side, payment), kopecks);
    if (isCash(payment)) side.cashKopecks += kopecks;
  }
}

function currencySum(side: ShiftSide, { currency, means }: Payment): CurrencySum {
  const known = side.currencies.find((sum) => sum.currency.code === currency.code && sum.means === means);
  if (known !== undefined) return known;
  const sum = { currency, ...(means === undefined ? {} : { means }), count: 0, amountKopecks: 0 };
  side.currencies.push(sum);
  const key = (one: CurrencySum) => one.means ?? '';
  side.currencies.sort((a, b) => a.currency.code - b.currency.code || key(a).localeCompare(key(b), 'ru'));
  return sum;
}

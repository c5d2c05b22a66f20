/** What the X and the Z report may say (SCR-29): the texts of their fields, and their list for the parser. */
import { formatKopecks } from '../register/money.ts';
import { safeText } from '../register/safe-text.ts';
import { tenderName } from '../register/tender.ts';
import { dateFields, PLACE_FIELDS, placeFields, type SlipPlace } from './document-fields.ts';
import type { TemplateData } from './render.ts';
import type { CountedSum, ShiftSide, ShiftTotals } from './shift-totals.ts';
import type { TemplateFields } from './template.ts';

/** A shift at the moment of its report. JSON, so that the print queue can keep it. */
export interface ShiftReportData extends SlipPlace {
  shiftNumber: number;
  openedAt: number;
  /** For Z the moment the shift was closed. */
  printedAt: number;
  cashierName: string;
  totals: ShiftTotals;
  /** Внесения, выплаты. */
  cashIn: CountedSum;
  cashOut: CountedSum;
  /** В денежном ящике. */
  drawerKopecks: number;
  /** Payments and reversals nobody knows the end of yet; `text` is their state in words. */
  unfinished: { documentTitle: string; amountKopecks: number; text: string }[];
  /** Отложенные чеки. */
  deferred: { documentTitle: string; amountKopecks: number }[];
}

const KIND_FIELDS = ['kind', 'count', 'amount'] as const;

export const SHIFT_REPORT_FIELDS: TemplateFields = {
  fields: [
    ...[...PLACE_FIELDS, 'shift', 'cashier', 'date', 'time', 'openedDate', 'openedTime', 'firstNumber', 'lastNumber'],
    ...['saleCount', 'saleSum', 'saleDiscount', 'returnCount', 'returnSum', 'annulledCount', 'annulledSum', 'gain'],
    ...['cashInCount', 'cashInSum', 'cashOutCount', 'cashOutSum', 'drawer', 'unfinishedCount', 'deferredCount'],
  ],
  lists: {
    saleKinds: KIND_FIELDS,
    returnKinds: KIND_FIELDS,
    unfinished: ['document', 'sum', 'text'],
    deferred: ['document', 'sum'],
  },
};

/** Fields of an X or Z report. Names of currencies, documents and people pass `safeText` here. */
export function shiftReportFields(data: ShiftReportData): TemplateData {
  const { totals, cashIn, cashOut, utcOffsetMinutes } = data;
  const { sales, returns, annulled } = totals;
  const opened = dateFields(data.openedAt, utcOffsetMinutes);
  return {
    fields: {
      ...placeFields(data),
      ...dateFields(data.printedAt, utcOffsetMinutes),
      shift: String(data.shiftNumber),
      cashier: safeText(data.cashierName),
      openedDate: opened.date,
      openedTime: opened.time,
      firstNumber: String(totals.firstNumber ?? ''),
      lastNumber: String(totals.lastNumber ?? ''),
      saleCount: String(sales.count),
      saleSum: formatKopecks(sales.amountKopecks),
      saleDiscount: sales.discountKopecks > 0 ? formatKopecks(sales.discountKopecks) : '',
      returnCount: String(returns.count),
      returnSum: formatKopecks(returns.amountKopecks),
      annulledCount: String(annulled.count),
      annulledSum: formatKopecks(annulled.amountKopecks),
      gain: formatKopecks(sales.amountKopecks - returns.amountKopecks),
      cashInCount: String(cashIn.count),
      cashInSum: formatKopecks(cashIn.amountKopecks),
      cashOutCount: String(cashOut.count),
      cashOutSum: formatKopecks(cashOut.amountKopecks),
      drawer: formatKopecks(data.drawerKopecks),
      unfinishedCount: String(data.unfinished.length),
      deferredCount: String(data.deferred.length),
    },
    lists: {
      saleKinds: kindRows(sales),
      returnKinds: kindRows(returns),
      unfinished: data.unfinished.map((row) => ({ ...documentRow(row), text: safeText(row.text) })),
      deferred: data.deferred.map(documentRow),
    },
  };
}

function kindRows({ currencies }: ShiftSide): Record<(typeof KIND_FIELDS)[number], string>[] {
  return currencies.map(({ count, amountKopecks, ...tender }) => ({
    kind: safeText(tenderName(tender)),
    count: String(count),
    amount: formatKopecks(amountKopecks),
  }));
}

function documentRow(row: { documentTitle: string; amountKopecks: number }): Record<'document' | 'sum', string> {
  return { document: safeText(row.documentTitle), sum: formatKopecks(row.amountKopecks) };
}

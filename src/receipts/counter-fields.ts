/** What the small slips of the counter may say: cash in and out, a QR code for the buyer, what became of his money. */
import type { Document } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { safeText } from '../register/safe-text.ts';
import { dateFields, PLACE_FIELDS, placeFields, type SlipPlace } from './document-fields.ts';
import type { TemplateData } from './render.ts';
import type { TemplateFields } from './template.ts';

/** Внесение or выплата (SCR-28; document types 3 and 4 of domain.md 2.16). */
export interface CashMoveData extends SlipPlace {
  documentNumber: number;
  shiftNumber: number;
  cashierName: string;
  movedAt: number;
  amountKopecks: number;
  /** Empty when none was asked for. */
  reason: string;
  /** In the drawer afterwards. */
  drawerKopecks: number;
}

/** A QR code on paper instead of the screen (SCR-14, SCR-36). */
export interface QrSlipData extends SlipPlace {
  printedAt: number;
  caption: string;
  /** Printed as it stands: one changed character would make another code of it. */
  payload: string;
  amountKopecks: number;
}

/** What became of a buyer's money behind the cashier's back: given back late, or decided by hand against the server. */
export interface MoneySlipData extends SlipPlace {
  document: Document;
  printedAt: number;
  title: string;
  system: string;
  amountKopecks: number;
  lines: readonly string[];
}

export const MONEY_SLIP_FIELDS: TemplateFields = {
  fields: [...PLACE_FIELDS, 'number', 'shift', 'date', 'time', 'title', 'kind', 'amount'],
  lists: { moves: ['text'] },
};

export const CASH_MOVE_FIELDS: TemplateFields = {
  fields: [...PLACE_FIELDS, 'number', 'shift', 'cashier', 'date', 'time', 'amount', 'reason', 'drawer'],
  lists: {},
};

export const QR_FIELDS: TemplateFields = {
  fields: [...PLACE_FIELDS, 'date', 'time', 'caption', 'payload', 'amount'],
  lists: {},
};

/** Fields of a cash movement. What the cashier typed passes `safeText` here. */
export function cashMoveFields(data: CashMoveData): TemplateData {
  return {
    fields: {
      ...placeFields(data),
      ...dateFields(data.movedAt, data.utcOffsetMinutes),
      number: String(data.documentNumber),
      shift: String(data.shiftNumber),
      cashier: safeText(data.cashierName),
      amount: formatKopecks(data.amountKopecks),
      reason: safeText(data.reason),
      drawer: formatKopecks(data.drawerKopecks),
    },
    lists: {},
  };
}

/** Fields of a slip about a buyer's money. Reasons that were typed and words of the payment system pass `safeText` here. */
export function moneySlipFields(data: MoneySlipData): TemplateData {
  return {
    fields: {
      ...placeFields(data),
      ...dateFields(data.printedAt, data.utcOffsetMinutes),
      number: String(data.document.number),
      shift: String(data.document.shiftNumber),
      title: safeText(data.title),
      kind: safeText(data.system),
      amount: formatKopecks(data.amountKopecks),
    },
    lists: { moves: data.lines.map((text) => ({ text: safeText(text) })) },
  };
}

/** Fields of a QR slip. Words of the payment system pass `safeText` here. */
export function qrFields(data: QrSlipData): TemplateData {
  return {
    fields: {
      ...placeFields(data),
      ...dateFields(data.printedAt, data.utcOffsetMinutes),
      caption: safeText(data.caption),
      payload: data.payload,
      amount: formatKopecks(data.amountKopecks),
    },
    lists: {},
  };
}

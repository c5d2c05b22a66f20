/** What the report template may say of a reconciliation (SCR-30): the texts of its fields, and their list for the parser. */
import { formatKopecks } from '../register/money.ts';
import { safeText } from '../register/safe-text.ts';
import { dateFields, PLACE_FIELDS, placeFields, type SlipPlace } from './document-fields.ts';
import type { TemplateData } from './render.ts';
import type { TemplateFields } from './template.ts';

/** `Сверка итогов по безналу`: what the register counted beside what the payment systems told. */
export interface ReconciliationData extends SlipPlace {
  shiftNumber: number;
  printedAt: number;
  /** One payment system and operation each. */
  rows: { title: string; ourCount: number; ourKopecks: number; theirCount: number; theirKopecks: number }[];
  /** One document each; `text` says what differs. */
  differences: { documentTitle: string; amountKopecks: number; text: string }[];
  /** What is to be said of a payment system beside its rows: that it has none, and why. */
  notes: { title: string; text: string }[];
  /** `Сверка: расхождений нет` and its like. */
  status: string;
}

export const REPORT_FIELDS: TemplateFields = {
  fields: [...PLACE_FIELDS, 'shift', 'date', 'time', 'status', 'hasDifferences', 'hasNotes'],
  lists: {
    rows: ['title', 'ourCount', 'ourSum', 'theirCount', 'theirSum', 'difference', 'isDifferent'],
    differences: ['document', 'sum', 'text'],
    notes: ['title', 'text'],
  },
};

/** Fields of a reconciliation. Words of payment systems pass `safeText` here. */
export function reconciliationFields(data: ReconciliationData): TemplateData {
  return {
    fields: {
      ...placeFields(data),
      shift: String(data.shiftNumber),
      ...dateFields(data.printedAt, data.utcOffsetMinutes),
      status: safeText(data.status),
      hasDifferences: data.differences.length > 0 ? '1' : '',
      hasNotes: data.notes.length > 0 ? '1' : '',
    },
    lists: {
      rows: data.rows.map(({ title, ourCount, ourKopecks, theirCount, theirKopecks }) => ({
        title: safeText(title),
        ourCount: String(ourCount),
        ourSum: formatKopecks(ourKopecks),
        theirCount: String(theirCount),
        theirSum: formatKopecks(theirKopecks),
        difference: formatKopecks(ourKopecks - theirKopecks),
        isDifferent: ourCount !== theirCount || ourKopecks !== theirKopecks ? '1' : '',
      })),
      differences: data.differences.map(({ documentTitle, amountKopecks, text }) => ({
        document: safeText(documentTitle),
        sum: formatKopecks(amountKopecks),
        text: safeText(text),
      })),
      notes: data.notes.map(({ title, text }) => ({ title: safeText(title), text: safeText(text) })),
    },
  };
}

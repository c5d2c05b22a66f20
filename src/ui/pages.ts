/** Rows and local state of the pages that show what the journal holds: the picker, a document, a reconciliation. */
import type { Attempt } from '../payments/attempt.ts';
import type { ClosedDocument } from '../register/model.ts';

/** A row of the document picker (SCR-17). */
export interface SaleRow {
  documentId: string;
  number: number;
  fiscalNumber: number | null;
  closedAt: number;
  /** Short names of the currencies, joined by a comma. */
  currencies: string;
  /** Part of it was returned before. */
  partlyReturned: boolean;
  /** Nothing of it is left; such rows come only where all documents are listed. */
  fullyReturned?: boolean;
  totalKopecks: number;
}

/** One screenful of the picker; `offset` = index of its first row among all that fit the filter, newest first. */
export interface SalesPage {
  rows: SaleRow[];
  offset: number;
  total: number;
}

/** Local state of the picker `document-picker`. Its text is the number being typed. */
export interface PickerLocal {
  purpose: 'return' | 'view';
  page: SalesPage;
  /** Index inside `page.rows`. */
  selected: number;
  /** Local day to show, `ДДММГГ` as typed; null = all days. */
  day: string | null;
  /** The date field is being typed (F2). */
  editsDay: boolean;
  /** The number typed in full is a sale of which nothing is left, so it is not among the rows (DOM-61). */
  typedIsReturned?: boolean;
}

/** Local state of `document-view` (SCR-18). */
export interface DocumentViewLocal {
  purpose: 'return' | 'view';
  document: ClosedDocument;
  /** What its payment systems have done, oldest first; absent = nothing that its own rows do not tell. */
  attempts?: Attempt[];
  /** First line shown. */
  top: number;
}

/** What is compared in `Сверка итогов по безналу` (SCR-30), one provider and operation a row. */
export interface ReconciliationRow {
  title: string;
  ourCount: number;
  ourKopecks: number;
  theirCount: number;
  theirKopecks: number;
  differences: ReconciliationDifference[];
}

export interface ReconciliationDifference {
  documentTitle: string;
  amountKopecks: number;
  kind: 'onlyHere' | 'onlyThere' | 'differentSum' | 'differentState';
  ourWord: string;
  theirWord: string;
  /** Null when the register knows nothing of it. */
  attemptId: string | null;
}

/** Local state of `reconciliation`. */
export interface ReconciliationLocal {
  status: 'asking' | 'equal' | 'different' | 'noLink';
  rows: ReconciliationRow[];
  selected: number;
}

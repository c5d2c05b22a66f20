/** Rows and local state of the pages that show what the journal holds: the picker, a document, a reconciliation. */

import type { Attempt } from '../payments/attempt.ts';
import type { Books, ProviderOperation } from '../payments/outcome.ts';
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

/** How far the reconciliation with one payment system is; `why` = the reason that it has no result, in words. */
export interface ReconciledSystem {
  provider: string;
  title: string;
  status: 'notAsked' | 'asking' | 'equal' | 'different' | 'noLink' | 'unread' | 'stopped';
  why: string;
  rows: ReconciliationRow[];
  /** Operations of its list that are other registers', or of another shift. */
  othersCount: number;
  /** A system that is asked about each order: the parts that are left, and what the others have told. */
  left: Books[];
  told: ProviderOperation[];
}

/** Local state of `reconciliation`; `selected` counts its lines (`reconciliationLines`). */
export interface ReconciliationLocal {
  systems: ReconciledSystem[];
  selected: number;
}

/** A line of SCR-30: one operation of a system that was compared, or the system that was not. */
export interface ReconciliationLine {
  system: ReconciledSystem;
  row: ReconciliationRow | null;
}

export function reconciliationLines({ systems }: Pick<ReconciliationLocal, 'systems'>): ReconciliationLine[] {
  return systems.flatMap((system): ReconciliationLine[] =>
    system.rows.length === 0 ? [{ system, row: null }] : system.rows.map((row) => ({ system, row })),
  );
}

/** What the paper says of a system beside its figures: why it has none, how much of its list was left out. */
export function reconciliationNote({ status, why, othersCount }: ReconciledSystem): string {
  const words = RECONCILED[status];
  const others = othersCount === 0 ? '' : `Не этой кассы или смены: ${othersCount}`;
  return [words === '' || why === '' ? words : `${words}: ${why}`, others].filter((part) => part !== '').join('. ');
}

const RECONCILED: Readonly<Record<ReconciledSystem['status'], string>> = {
  notAsked: 'не сверялась',
  asking: 'сверяется',
  equal: '',
  different: '',
  noLink: 'не сверена, нет связи',
  unread: 'не сверена',
  stopped: 'сверка остановлена',
};

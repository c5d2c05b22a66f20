/**
 * The document picker (SCR-17) over all documents ever made: instant with a million of them, wherever one looks.
 * Walking a list that long costs too much already, so counts of short periods lead to the right place of an index; only
 * the rows that are shown are read from the table.
 */
import type { Statement } from 'better-sqlite3';
import type { ClosedDocument } from '../register/model.ts';

export interface SalesFilter {
  /** What was typed of the number; empty = any. */
  numberPrefix: string;
  /** Closed at or after. */
  fromMs: number | null;
  /** Closed before. */
  toMs: number | null;
  /** False: only sales of which something is left to return. True: every document there is. */
  includeReturned: boolean;
}

export interface SaleRow {
  documentId: string;
  number: number;
  type: ClosedDocument['type'];
  isAnnulled: boolean;
  /** Null when annulled. */
  fiscalNumber: number | null;
  closedAt: number;
  /** Short names of the currencies, joined by a comma. */
  currencies: string;
  partlyReturned: boolean;
  fullyReturned: boolean;
  totalKopecks: number;
}

export interface SalesPage {
  rows: SaleRow[];
  /** Index of the first row among all that fit: the number as it was typed, then the others, newest first. */
  offset: number;
  total: number;
}

/** Documents are numbered far below this many digits. */
const MAX_DIGITS = 9;

/** Four hours: few in years of trade, and the receipts of one are counted through at once (`document_counts`). */
export const PERIOD_MS = 14_400_000;

const IS_LISTED = `(:listed = 'all'
    OR (documents.type = 'sale' AND documents.status = 'closed' AND documents.return_state <> 'full'))`;

/**
 * Where the rows come from. `byDigit`: one digit fits a ninth of all receipts or more, too many to sort, so its index is in
 * order of time as well. `byNumber`: two digits and more are a few ranges of numbers, with rows few enough to sort.
 * Neither gives the very number that was typed: it stands before them all.
 */
const SOURCES = {
  byTime: `documents INDEXED BY documents_by_time WHERE ${IS_LISTED}`,
  byDigit: `documents INDEXED BY documents_by_digit WHERE ${IS_LISTED} AND substr(number, 1, 1) = :prefix
    AND number <> :prefix`,
  byNumber: `json_each(:ranges) span CROSS JOIN documents INDEXED BY documents_by_number
    WHERE ${IS_LISTED} AND number BETWEEN span.value ->> 0 AND span.value ->> 1`,
} as const;

export type SalesSource = keyof typeof SOURCES;

export const COUNTS_SQL = `SELECT period, sum(iif(:listed = 'all', documents, returnable)) FROM document_counts
  WHERE :prefix IN ('', digit) GROUP BY period ORDER BY period DESC`;

/** How many fit between two times. */
export function countSql(source: SalesSource): string {
  return `SELECT count(*) FROM ${SOURCES[source]} AND closed_at >= :from AND closed_at < :to`;
}

const ROWS = `SELECT document_id AS documentId, number, type, status, fiscal_number AS fiscalNumber,
    closed_at AS closedAt, currencies, return_state AS returnState, total_kopecks AS totalKopecks FROM documents`;

const TYPED_SQL = `${ROWS} INDEXED BY documents_by_number
  WHERE ${IS_LISTED} AND number = :prefix AND closed_at >= :from AND closed_at < :to`;

/** The rows at `offset` among those that were closed between two times. */
export function pageSql(source: SalesSource): string {
  return `${ROWS} WHERE rowid IN (
      SELECT documents.rowid FROM ${SOURCES[source]} AND closed_at >= :from AND closed_at < :to
      ORDER BY closed_at DESC, number DESC LIMIT :limit OFFSET :offset)
    ORDER BY closed_at DESC, number DESC`;
}

/**
 * @param prepare gives the statement of an SQL text, prepared once
 * @returns the page that begins at `offset`, or earlier when the list ends before the page is full
 */
export function readSalesPage(
  prepare: (sql: string) => Statement,
  filter: SalesFilter,
  offset: number,
  limit: number,
): SalesPage {
  const { numberPrefix: prefix } = filter;
  if (!/^(?:[1-9]\d*)?$/.test(prefix) || prefix.length > MAX_DIGITS) return { rows: [], offset: 0, total: 0 };
  const source = prefix === '' ? 'byTime' : prefix.length === 1 ? 'byDigit' : 'byNumber';
  const where = {
    prefix,
    ranges: JSON.stringify(numberRanges(prefix)),
    listed: filter.includeReturned ? 'all' : 'returnable',
    from: filter.fromMs ?? 0,
    to: filter.toMs ?? Number.MAX_SAFE_INTEGER,
  };
  const isWholeTime = filter.fromMs === null && filter.toMs === null;
  // A cashier who types the number of the slip means that receipt, not a newer one that begins with it.
  const typed = prefix === '' ? [] : (prepare(TYPED_SQL).all(where) as RowOfPage[]);
  // Whole time is counted beforehand; a day or a few numbers are counted now.
  const stretches =
    isWholeTime && source !== 'byNumber'
      ? (prepare(COUNTS_SQL).raw().all(where) as [number, number][]).map(([period, count]) => ({
          to: (period + 1) * PERIOD_MS,
          count: count - typed.filter(({ closedAt }) => Math.floor(closedAt / PERIOD_MS) === period).length,
        }))
      : [{ to: where.to, count: prepare(countSql(source)).pluck().get(where) as number }];
  const total = stretches.reduce((sum, { count }) => sum + count, typed.length);
  const first = Math.max(0, Math.min(offset, total - limit));
  const ahead = typed.slice(first);
  const firstOther = Math.max(0, first - typed.length);
  let skipped = 0;
  let { to } = where;
  for (const stretch of stretches) {
    to = stretch.to;
    if (skipped + stretch.count > firstOther) break;
    skipped += stretch.count;
  }
  const page = { to, limit: limit - ahead.length, offset: firstOther - skipped };
  const others = prepare(pageSql(source)).all({ ...where, ...page }) as RowOfPage[];
  return {
    rows: [...ahead, ...others].map(({ status, returnState, ...row }) => ({
      ...row,
      isAnnulled: status === 'annulled',
      partlyReturned: returnState === 'part',
      fullyReturned: returnState === 'full',
    })),
    offset: first,
    total,
  };
}

type RowOfPage = Omit<SaleRow, 'isAnnulled' | 'partlyReturned' | 'fullyReturned'> & {
  status: ClosedDocument['status'];
  returnState: 'none' | 'part' | 'full';
};

/** Longer numbers that begin with the digits: `12` -> 120..129, 1200..1299, ... */
function numberRanges(prefix: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (let more = 1; prefix.length + more <= MAX_DIGITS; more++) {
    const first = Number(prefix) * 10 ** more;
    ranges.push([first, first + 10 ** more - 1]);
  }
  return ranges;
}

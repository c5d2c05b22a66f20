import { createHash } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import type { Attempt } from '../payments/attempt.ts';
import type { ClosedDocument } from '../register/model.ts';
import { type Anchored, lostSince, type Mark } from './anchor.ts';
import { type Meta, readMark, readMeta } from './mark.ts';
import { withTenders } from './old-tenders.ts';
import { readSalesPage, type SalesFilter, type SalesPage } from './sales-page.ts';
import { withSettledCancels } from './settled-cancels.ts';
import { asJournalFault } from './storage-fault.ts';

interface BodyRow {
  body: string;
}

interface AttemptTimes {
  attemptId: string;
  provider: string;
  label: string;
  startedAtMs: number;
  updatedAtMs: number;
}

interface PagedRow extends BodyRow {
  startedAt: number;
  id: number;
}

/** Their bodies are receipts: so many are read in some milliseconds. */
const ATTEMPTS_A_PAGE = 200;
const ATTEMPTS_PAGE_SQL = `SELECT started_at AS startedAt, rowid AS id, body FROM attempts
  WHERE shift_label = ? AND provider = ? AND (started_at, rowid) > (?, ?) ORDER BY started_at, rowid LIMIT ?`;

/** What can be asked of a journal. Whatever a damaged page answers, each question throws a fault of the storage and no other. */
export class JournalReader {
  protected readonly database: Database;
  protected readonly meta: Meta;
  /** Statements of questions that are asked now and then; prepared when first asked, so that the start does not pay. */
  readonly #rare = new Map<string, Statement>();

  /** @throws a better-sqlite3 error when it is no journal */
  constructor(database: Database) {
    this.database = database;
    this.meta = readMeta(database);
  }

  document(documentId: string): ClosedDocument | null {
    return this.#documentBy('SELECT body FROM documents WHERE document_id = ?', documentId);
  }

  /** A document by the number that is printed on it. */
  documentByNumber(number: number): ClosedDocument | null {
    return this.#documentBy('SELECT body FROM documents WHERE number = ?', number);
  }

  /** The newest document that was closed as a sale or return; null when there is none (DOM-93). */
  lastClosedDocument(): ClosedDocument | null {
    return this.#documentBy("SELECT body FROM documents WHERE status = 'closed' ORDER BY number DESC LIMIT 1");
  }

  /** Closed returns of a sale, oldest first. */
  returnsOf(documentId: string): ClosedDocument[] {
    return this.reading(() =>
      this.prepared("SELECT body FROM documents WHERE source_document_id = ? AND status = 'closed' ORDER BY number")
        .all(documentId)
        .map((row) => this.#read((row as BodyRow).body)),
    );
  }

  /** One screenful of the picker: documents or the sales that can be returned, newest first. `offset` may lie outside of the list. */
  salesPage(filter: SalesFilter, offset: number, limit: number): SalesPage {
    return this.reading(() => readSalesPage((sql) => this.prepared(sql), filter, offset, limit));
  }

  /** Every document ever closed or annulled, oldest first, one at a time. */
  *documents(): Generator<ClosedDocument> {
    for (const { body } of this.#each<BodyRow>('SELECT body FROM documents ORDER BY number')) {
      yield this.reading(() => this.#read(body));
    }
  }

  /** Documents of a shift, newest first, one at a time. Numbers grow with the shifts, so an older one ends the search. */
  *documentsOfShift(shiftNumber: number): Generator<ClosedDocument> {
    const sql = 'SELECT shift_number AS shift, body FROM documents ORDER BY number DESC';
    for (const { shift, body } of this.#each<BodyRow & { shift: number }>(sql)) {
      if (shift < shiftNumber) return;
      if (shift === shiftNumber) yield this.reading(() => this.#read(body));
    }
  }

  attempt(attemptId: string): Attempt | null {
    return this.#attempts('SELECT body FROM attempts WHERE attempt_id = ?', attemptId)[0] ?? null;
  }

  attemptsOf(documentId: string): Attempt[] {
    return this.#attempts('SELECT body FROM attempts WHERE document_id = ? ORDER BY started_at, rowid', documentId);
  }

  /**
   * Every attempt of a provider in the shift that it knows by this label, oldest first, some at a time (reconciliation). What is
   * written between two pages is no trouble: each begins after the last row of the one before.
   */
  *attemptsOfShift(shiftLabel: string, provider: string): Generator<Attempt[]> {
    let last: Omit<PagedRow, 'body'> = { startedAt: Number.MIN_SAFE_INTEGER, id: 0 };
    for (;;) {
      const rows = this.reading(() =>
        this.prepared(ATTEMPTS_PAGE_SQL).all(shiftLabel, provider, last.startedAt, last.id, ATTEMPTS_A_PAGE),
      ) as PagedRow[];
      const end = rows.at(-1);
      if (end === undefined) return;
      last = end;
      yield this.reading(() => rows.map(({ body }) => JSON.parse(body) as Attempt));
    }
  }

  /**
   * The attempts of a provider that were begun in an earlier shift and have ended in this one, for a list that knows no shifts.
   * @param sinceMs none that is older is looked at; attempts are numbered as they begin
   */
  attemptsEndedLater(shiftLabel: string, provider: string, openedAtMs: number, sinceMs: number): Attempt[] {
    const sql = `SELECT attempt_id AS attemptId, provider, shift_label AS label, started_at AS startedAtMs,
                        updated_at AS updatedAtMs FROM attempts ORDER BY rowid DESC`;
    const ids: string[] = [];
    for (const row of this.#each<AttemptTimes>(sql)) {
      if (row.startedAtMs < sinceMs) break;
      if (row.provider === provider && row.label !== shiftLabel && row.updatedAtMs >= openedAtMs)
        ids.push(row.attemptId);
    }
    return ids.flatMap((attemptId) => this.attempt(attemptId) ?? []);
  }

  /** Payment systems know an attempt by this number; it must never be given twice. */
  hasOrderNumber(orderNumber: string): boolean {
    return this.#has('SELECT 1 FROM attempts WHERE order_number = ?', orderNumber);
  }

  hasUsedCode(hash: string): boolean {
    return this.#has('SELECT 1 FROM used_codes WHERE hash = ?', hash);
  }

  /** Walks the hash chain. @returns number of the first document that does not fit, null when all fit */
  firstBrokenDocument(): number | null {
    const { links, acceptedChanges } = this.meta;
    const linkAfter = (number: number) => links.findLast(({ afterNumber }) => afterNumber === number)?.hash;
    let previous = linkAfter(0) ?? '';
    for (const row of this.#each<ChainedRow>(CHAIN_SQL)) {
      if (row.previousHash !== previous) return row.number;
      const isChanged = row.hash !== hashOf(row.previousHash, row.body);
      if (isChanged && !acceptedChanges.includes(row.number)) return row.number;
      previous = linkAfter(row.number) ?? row.hash;
    }
    return null;
  }

  /** How far it has come. */
  get mark(): Mark {
    return this.reading(() => readMark(this.database, this.meta));
  }

  /** What it lacks of what its anchor knows; null = nothing. */
  lacks(anchored: Anchored): string | null {
    return this.reading(() => {
      const { links, formerIds } = this.meta;
      const mark = { ...this.mark, formerIds };
      return lostSince(anchored, mark, (number) => {
        const link = links.findLast(({ afterNumber }) => afterNumber === number);
        const hash = this.prepared('SELECT hash FROM documents WHERE number = ?').pluck().get(number);
        return link?.hash ?? (hash as string | undefined) ?? null;
      });
    });
  }

  /** Rows that carry money beside the documents: what cannot be read any more, Russian; null = all can. */
  firstUnreadable(): string | null {
    for (const { orderNumber, body } of this.#each<BodyRow & { orderNumber: string }>(
      'SELECT order_number AS orderNumber, body FROM attempts',
    )) {
      if (!isJson(body)) return `не читается операция ${orderNumber}`;
    }
    for (const { seq, body } of this.#each<BodyRow & { seq: number }>('SELECT seq, body FROM events')) {
      if (!isJson(body)) return `не читается запись ${seq}`;
    }
    return null;
  }

  /** Losses that an engineer has accepted, Russian. */
  acceptedLosses(): string[] {
    const { epoch, links, acceptedChanges } = this.meta;
    if (epoch === 1) return [];
    const after = links.map(({ afterNumber }) => `после № ${afterNumber}`);
    const changed = acceptedChanges.map((number) => `изменен № ${number}`);
    return [`принятые потери: ${[...after, ...changed].join(', ') || 'копия без пропусков'}`];
  }

  /** `quick_check` of the file; false = damaged (SYS-05). */
  isSound(): boolean {
    return this.reading(() => this.database.pragma('quick_check(1)', { simple: true }) === 'ok');
  }

  protected prepared(sql: string): Statement {
    let statement = this.#rare.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.#rare.set(sql, statement);
    }
    return statement;
  }

  /** @throws a fault of the storage */
  protected reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw asJournalFault(error);
    }
  }

  *#each<Row>(sql: string): Generator<Row> {
    const rows = this.reading(() => this.database.prepare(sql).iterate() as IterableIterator<Row>);
    try {
      for (let next = this.reading(() => rows.next()); next.done !== true; next = this.reading(() => rows.next())) {
        yield next.value;
      }
    } finally {
      rows.return?.();
    }
  }

  /** As it is shown: what happened to its payments after it was closed is told as well. */
  #read(body: string): ClosedDocument {
    const document = withTenders(JSON.parse(body) as ClosedDocument, (attemptId) => this.attempt(attemptId));
    return withSettledCancels(document, (documentId) => this.attemptsOf(documentId));
  }

  #documentBy(sql: string, ...by: (string | number)[]): ClosedDocument | null {
    return this.reading(() => {
      const row = this.prepared(sql).get(...by) as BodyRow | undefined;
      return row === undefined ? null : this.#read(row.body);
    });
  }

  #attempts(sql: string, ...by: string[]): Attempt[] {
    return this.reading(() =>
      this.prepared(sql)
        .all(...by)
        .map((row) => JSON.parse((row as BodyRow).body) as Attempt),
    );
  }

  #has(sql: string, by: string): boolean {
    return this.reading(() => this.prepared(sql).get(by) !== undefined);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export interface ChainedRow {
  number: number;
  body: string;
  previousHash: string;
  hash: string;
}

export const CHAIN_SQL = 'SELECT number, body, previous_hash AS previousHash, hash FROM documents ORDER BY rowid';

/** A document's hash stands for it and for all before it. */
export function hashOf(previousHash: string, body: string): string {
  return createHash('sha256').update(previousHash).update(body).digest('hex');
}

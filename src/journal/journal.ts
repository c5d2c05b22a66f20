import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3';
import type { Attempt } from '../payments/attempt.ts';
import type { RegisterEvent } from '../register/events.ts';
import type { ClosedDocument, RegisterState } from '../register/model.ts';
import { returnedSoFar } from '../register/returned-so-far.ts';
import { isCounted } from '../register/totals.ts';
import type { Notice } from './notice.ts';
import type { PrintJob } from './print-job.ts';
import { readSalesPage, type SalesFilter, type SalesPage } from './sales-page.ts';
import { migrate } from './schema.ts';
import { withSettledCancels } from './settled-cancels.ts';
import { asStorageFault } from './storage-fault.ts';

/** All that one message changed. It reaches the disk whole or not at all, in one transaction and one fsync. */
export interface JournalWrite {
  events: RegisterEvent[];
  /** State after the last event, when a document ended with it: the next start begins there. */
  snapshot: RegisterState | null;
  documents: ClosedDocument[];
  attempts: Attempt[];
  usedCodes: { hash: string; attemptId: string }[];
  printJobs: PrintJob[];
  notices: Notice[];
}

export function emptyWrite(): JournalWrite {
  return { events: [], snapshot: null, documents: [], attempts: [], usedCodes: [], printJobs: [], notices: [] };
}

export function isEmptyWrite(write: JournalWrite): boolean {
  return (
    write.events.length + write.attempts.length + write.usedCodes.length + write.printJobs.length === 0 &&
    write.documents.length + write.notices.length === 0
  );
}

/** What a start finds. */
export interface Restored {
  journalId: string;
  snapshot: RegisterState | null;
  /** Events after the snapshot, in order. */
  events: RegisterEvent[];
  /** Attempts that are not final, oldest first. */
  attempts: Attempt[];
  /** Jobs that are not done, in order. */
  printJobs: PrintJob[];
  attemptsMade: number;
  nextPrintJobId: number;
  /** Notifications that are shown, oldest first. */
  notices: Notice[];
  nextNoticeId: number;
}

/**
 * The event log and its read models (journal.db). Law 1: nothing outside the program learns of a change before `append`
 * has returned.
 */
export class Journal {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepare>;
  /** Statements of questions that are asked now and then; prepared when first asked, so that the start does not pay. */
  readonly #rare = new Map<string, Statement>();
  readonly #transaction: (write: JournalWrite) => void;
  #lastHash: string;
  #assertedFull = false;

  private constructor(database: Database) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#lastHash = (this.#statements.lastHash.get() as { hash: string } | undefined)?.hash ?? '';
    this.#transaction = database.transaction((write: JournalWrite) => this.#write(write));
  }

  /**
   * @param options.readonly for `bin/kassa documents` beside a running register
   * @throws a fault of the storage
   */
  static open(path: string, options: { readonly?: boolean; newJournalId?: () => string } = {}): Journal {
    try {
      if (options.readonly !== true) mkdirSync(dirname(path), { recursive: true });
      const database = new BetterSqlite3(path, {
        readonly: options.readonly === true,
        fileMustExist: options.readonly === true,
      });
      database.pragma('busy_timeout = 2000');
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      database.pragma('foreign_keys = ON');
      if (options.readonly !== true) {
        database.pragma('journal_mode = WAL');
        // better-sqlite3 is built with NORMAL for WAL; set FULL explicitly and read it back after the first write.
        database.pragma('synchronous = FULL');
        // Checkpoints cost milliseconds: they run between receipts (`checkpoint`), not under a scan.
        database.pragma('wal_autocheckpoint = 0');
        database.pragma('journal_size_limit = 16777216');
        // better-sqlite3's own 16 MB would fill up with pages that are written once and never read again.
        database.pragma('cache_size = -2000');
        migrate(database);
        // Asked first: to make a number up loads Node's crypto, and every start would pay for it.
        if (database.prepare("SELECT 1 FROM meta WHERE key = 'journalId'").get() === undefined) {
          const id = (options.newJournalId ?? randomJournalId)();
          database.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('journalId', ?)").run(id);
        }
      }
      return new Journal(database);
    } catch (error) {
      throw asStorageFault(error);
    }
  }

  /** One transaction, on disk when it returns. @throws a fault of the storage; then nothing of the write is stored */
  append(write: JournalWrite): void {
    const hashBefore = this.#lastHash;
    try {
      this.#transaction(write);
      if (!this.#assertedFull) this.#assertFull();
    } catch (error) {
      this.#lastHash = hashBefore;
      throw asStorageFault(error);
    }
  }

  #write(write: JournalWrite): void {
    const { event, snapshot, document, attempt, usedCode, printJob, lastSeq } = this.#statements;
    for (const { at, type, ...body } of write.events) event.run(at, type, JSON.stringify(body));
    for (const closed of write.documents) {
      const body = JSON.stringify(closed);
      const hash = createHash('sha256').update(this.#lastHash).update(body).digest('hex');
      document.run(
        closed.documentId,
        closed.number,
        closed.type,
        closed.status,
        closed.shiftNumber,
        closed.closedAt,
        closed.totalKopecks,
        closed.source?.documentId ?? null,
        closed.fiscalNumber,
        currenciesOf(closed),
        body,
        this.#lastHash,
        hash,
      );
      this.#lastHash = hash;
      if (closed.source !== null && closed.status === 'closed') this.#markReturned(closed.source.documentId);
    }
    for (const a of write.attempts) {
      attempt.run(
        a.attemptId,
        a.documentId,
        a.provider,
        a.operation,
        a.state,
        a.order.amountKopecks,
        a.order.orderNumber,
        a.order.shiftLabel,
        a.startedAtMs,
        a.updatedAtMs,
        JSON.stringify(a),
      );
    }
    for (const code of write.usedCodes) usedCode.run(code.hash, code.attemptId);
    for (const job of write.printJobs) {
      const data = job.data === null ? null : JSON.stringify(job.data);
      printJob.run(job.jobId, job.documentId, job.kind, job.attemptId, data, job.state, job.createdAtMs, Date.now());
    }
    for (const { noticeId, atMs, attemptId, number, params, state } of write.notices) {
      this.#prepared('INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?, ?)').run(
        noticeId,
        atMs,
        attemptId,
        number,
        JSON.stringify(params),
        state,
      );
    }
    if (write.snapshot !== null) {
      const { seq } = lastSeq.get() as { seq: number };
      snapshot.run(seq, JSON.stringify(write.snapshot));
    }
  }

  /** In the transaction of the return itself: the picker and the receipts never disagree. */
  #markReturned(saleId: string): void {
    const sale = this.document(saleId);
    if (sale === null) return;
    const { before } = returnedSoFar(this.returnsOf(saleId));
    const isLeft = sale.lines.some((line) => {
      const returned = before.find(({ positionNumber }) => positionNumber === line.positionNumber);
      return line.quantityThousandths > (returned?.quantityThousandths ?? 0);
    });
    this.#prepared('UPDATE documents SET return_state = ? WHERE document_id = ?').run(isLeft ? 'part' : 'full', saleId);
  }

  #prepared(sql: string): Statement {
    let statement = this.#rare.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#rare.set(sql, statement);
    }
    return statement;
  }

  #assertFull(): void {
    const mode = this.#database.pragma('synchronous', { simple: true });
    if (mode !== 2) throw Object.assign(new Error(`synchronous = ${String(mode)}`), { code: 'SQLITE_IOERR' });
    this.#assertedFull = true;
  }

  /** @throws a fault of the storage */
  restore(): Restored {
    try {
      const meta = this.#database.prepare("SELECT value FROM meta WHERE key = 'journalId'").get() as
        | { value: string }
        | undefined;
      const snapshot = this.#database.prepare('SELECT seq, state FROM snapshot').get() as
        | { seq: number; state: string }
        | undefined;
      const rows = this.#database
        .prepare('SELECT at, type, body FROM events WHERE seq > ? ORDER BY seq')
        .all(snapshot?.seq ?? 0) as { at: number; type: string; body: string }[];
      const attempts = this.#database
        .prepare("SELECT body FROM attempts WHERE state NOT IN ('approved', 'declined', 'notSent') ORDER BY started_at")
        .all() as { body: string }[];
      const jobs = this.#database
        .prepare(
          `SELECT job_id AS jobId, document_id AS documentId, kind, attempt_id AS attemptId, data, state,
                  created_at AS createdAtMs
           FROM print_jobs WHERE state IN ('queued', 'sent', 'unconfirmed') ORDER BY job_id`,
        )
        .all() as (PrintJob & { data: string | null })[];
      const notices = this.#database
        .prepare(
          `SELECT notice_id AS noticeId, at AS atMs, attempt_id AS attemptId, number, params, state
           FROM notices WHERE state <> 'cleared' ORDER BY notice_id`,
        )
        .all() as (Notice & { params: string })[];
      const counts = this.#database
        .prepare(
          `SELECT (SELECT count(*) FROM attempts) AS attempts, (SELECT max(job_id) FROM print_jobs) AS jobs,
                  (SELECT max(notice_id) FROM notices) AS notices`,
        )
        .get() as { attempts: number; jobs: number | null; notices: number | null };
      return {
        journalId: meta?.value ?? '',
        snapshot: snapshot === undefined ? null : (JSON.parse(snapshot.state) as RegisterState),
        events: rows.map((row) => ({ at: row.at, type: row.type, ...JSON.parse(row.body) }) as RegisterEvent),
        attempts: attempts.map((row) => JSON.parse(row.body) as Attempt),
        printJobs: jobs.map((job) => ({ ...job, data: job.data === null ? null : JSON.parse(job.data) })),
        attemptsMade: counts.attempts,
        nextPrintJobId: (counts.jobs ?? 0) + 1,
        notices: notices.map((notice) => ({ ...notice, params: JSON.parse(notice.params) })),
        nextNoticeId: (counts.notices ?? 0) + 1,
      };
    } catch (error) {
      throw asStorageFault(error);
    }
  }

  /** A document as it is shown: what happened to its payments after it was closed is told as well. */
  #read(body: string): ClosedDocument {
    return withSettledCancels(JSON.parse(body) as ClosedDocument, (documentId) => this.attemptsOf(documentId));
  }

  document(documentId: string): ClosedDocument | null {
    const row = this.#statements.documentById.get(documentId) as { body: string } | undefined;
    return row === undefined ? null : this.#read(row.body);
  }

  /** A document by the number that is printed on it. */
  documentByNumber(number: number): ClosedDocument | null {
    const row = this.#prepared('SELECT body FROM documents WHERE number = ?').get(number);
    return row === undefined ? null : this.#read((row as { body: string }).body);
  }

  /** Closed returns of a sale, oldest first. */
  returnsOf(documentId: string): ClosedDocument[] {
    const rows = this.#prepared(
      "SELECT body FROM documents WHERE source_document_id = ? AND status = 'closed' ORDER BY number",
    ).all(documentId) as { body: string }[];
    return rows.map((row) => this.#read(row.body));
  }

  /** One screenful of the picker: documents or the sales that can be returned, newest first. `offset` may lie outside of the list. */
  salesPage(filter: SalesFilter, offset: number, limit: number): SalesPage {
    return readSalesPage((sql) => this.#prepared(sql), filter, offset, limit);
  }

  /** The newest document that was closed as a sale or return; null when there is none (DOM-93). */
  lastClosedDocument(): ClosedDocument | null {
    const row = this.#database
      .prepare("SELECT body FROM documents WHERE status = 'closed' ORDER BY number DESC LIMIT 1")
      .get() as { body: string } | undefined;
    return row === undefined ? null : this.#read(row.body);
  }

  /** Every document ever closed or annulled, oldest first, one at a time. */
  *documents(): Generator<ClosedDocument> {
    for (const row of this.#database.prepare('SELECT body FROM documents ORDER BY number').iterate()) {
      yield this.#read((row as { body: string }).body);
    }
  }

  /** Documents of a shift, newest first, one at a time. Numbers grow with the shifts, so an older one ends the search. */
  *documentsOfShift(shiftNumber: number): Generator<ClosedDocument> {
    const rows = this.#database
      .prepare('SELECT shift_number AS shift, body FROM documents ORDER BY number DESC')
      .iterate() as IterableIterator<{ shift: number; body: string }>;
    for (const { shift, body } of rows) {
      if (shift < shiftNumber) return;
      if (shift === shiftNumber) yield this.#read(body);
    }
  }

  attempt(attemptId: string): Attempt | null {
    const row = this.#statements.attemptById.get(attemptId) as { body: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.body) as Attempt);
  }

  attemptsOf(documentId: string): Attempt[] {
    const rows = this.#statements.attemptsOf.all(documentId) as { body: string }[];
    return rows.map((row) => JSON.parse(row.body) as Attempt);
  }

  /** Every attempt of a provider in the shift that it knows by this label, oldest first (reconciliation). */
  attemptsOfShift(shiftLabel: string, provider: string): Attempt[] {
    const rows = this.#prepared(
      'SELECT body FROM attempts WHERE shift_label = ? AND provider = ? ORDER BY started_at, rowid',
    ).all(shiftLabel, provider) as { body: string }[];
    return rows.map((row) => JSON.parse(row.body) as Attempt);
  }

  /** Payment systems know an attempt by this number; it must never be given twice. */
  hasOrderNumber(orderNumber: string): boolean {
    return this.#prepared('SELECT 1 FROM attempts WHERE order_number = ?').get(orderNumber) !== undefined;
  }

  hasUsedCode(hash: string): boolean {
    return this.#statements.hasUsedCode.get(hash) !== undefined;
  }

  /** Walks the hash chain. @returns number of the first document that does not fit, null when all fit */
  firstBrokenDocument(): number | null {
    let previous = '';
    const rows = this.#database
      .prepare('SELECT number, body, previous_hash AS previousHash, hash FROM documents ORDER BY rowid')
      .iterate() as IterableIterator<{ number: number; body: string; previousHash: string; hash: string }>;
    for (const row of rows) {
      const hash = createHash('sha256').update(previous).update(row.body).digest('hex');
      if (row.previousHash !== previous || row.hash !== hash) return row.number;
      previous = hash;
    }
    return null;
  }

  /** `quick_check` of the file; false = damaged (SYS-05). */
  isSound(): boolean {
    return this.#database.pragma('quick_check(1)', { simple: true }) === 'ok';
  }

  /** Moves the WAL into the file; called between receipts. A busy reader only postpones it. */
  checkpoint(): void {
    try {
      this.#database.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      throw asStorageFault(error);
    }
  }

  close(): void {
    this.#database.close();
  }
}

function prepare(database: Database) {
  return {
    event: database.prepare('INSERT INTO events (at, type, body) VALUES (?, ?, ?)'),
    lastSeq: database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events'),
    snapshot: database.prepare('INSERT OR REPLACE INTO snapshot (id, seq, state) VALUES (1, ?, ?)'),
    document: database.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'none', ?, ?, ?, ?, ?)"),
    attempt: database.prepare(
      `INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (attempt_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at, body = excluded.body`,
    ),
    usedCode: database.prepare('INSERT OR IGNORE INTO used_codes VALUES (?, ?)'),
    printJob: database.prepare(
      `INSERT INTO print_jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (job_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`,
    ),
    lastHash: database.prepare('SELECT hash FROM documents ORDER BY rowid DESC LIMIT 1'),
    documentById: database.prepare('SELECT body FROM documents WHERE document_id = ?'),
    attemptById: database.prepare('SELECT body FROM attempts WHERE attempt_id = ?'),
    attemptsOf: database.prepare('SELECT body FROM attempts WHERE document_id = ? ORDER BY started_at, rowid'),
    hasUsedCode: database.prepare('SELECT 1 FROM used_codes WHERE hash = ?'),
  };
}

/** `Опла, Руб`: each currency once, in the order of payment. */
function currenciesOf(document: ClosedDocument): string {
  const names = document.payments.filter(isCounted).map(({ currency }) => currency.shortName);
  return [...new Set(names)].join(', ');
}

function randomJournalId(): string {
  return createHash('sha256').update(crypto.randomUUID()).digest('hex').slice(0, 6);
}

import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { type Attempt, withoutPassingWork } from '../payments/attempt.ts';
import type { RegisterEvent } from '../register/events.ts';
import type { ClosedDocument, RegisterState } from '../register/model.ts';
import { returnedSoFar } from '../register/returned-so-far.ts';
import { isCounted } from '../register/totals.ts';
import { Anchor, lostWhole, type Mark, readAnchor } from './anchor.ts';
import { hashOf, JournalReader } from './journal-reader.ts';
import { type Floor, markAfter, readMark, readMeta, writeMeta } from './mark.ts';
import type { Notice } from './notice.ts';
import { openForReading, openForWriting, sizeOf } from './open-database.ts';
import type { PrintJob } from './print-job.ts';
import { asJournalFault, asStorageFault, storageFault } from './storage-fault.ts';

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
  /** Journals before this one: their orders are still known to the payment systems. */
  formerIds: readonly string[];
  /** Numbers that were given by a part that is lost. */
  floor: Floor;
  /** What is known to be wrong with the journal; null = nothing. */
  damage: string | null;
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
export class Journal extends JournalReader {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #transaction: (write: JournalWrite) => void;
  readonly #anchor: Anchor | null;
  readonly #onAnchorFault: ((error: unknown) => void) | undefined;
  #mark: Mark;
  #damage: string | null;
  #lastHash: string;
  #assertedFull = false;

  private constructor(
    database: Database,
    anchor: Anchor | null = null,
    damage: string | null = null,
    onAnchorFault?: (error: unknown) => void,
  ) {
    super(database);
    this.#statements = prepare(database);
    this.#mark = readMark(database, this.meta);
    this.#anchor = anchor;
    this.#damage = damage;
    this.#onAnchorFault = onAnchorFault;
    this.#lastHash = this.#mark.hash;
    this.#transaction = database.transaction((write: JournalWrite) => this.#write(write));
  }

  /**
   * @param options.readonly for `bin/kassa documents` beside a running register
   * @param options.anchor file outside that tells how far the journal had come
   * @param options.onAnchorFault it could not be written; the journal itself was
   * @throws a fault of the storage; `lost` when the anchor knows of more than the journal does
   */
  static open(
    path: string,
    options: {
      readonly?: boolean;
      newJournalId?: () => string;
      anchor?: string;
      /** The program's version, for one that is older and meets this file. */
      version?: string;
      onAnchorFault?: (error: unknown) => void;
    } = {},
  ): Journal {
    let database: Database | null = null;
    try {
      if (options.readonly === true) {
        database = openForReading(path);
        return new Journal(database);
      }
      const anchored = options.anchor === undefined ? null : readAnchor(options.anchor);
      const size = sizeOf(path);
      if (anchored !== null && (size ?? 0) === 0) {
        throw storageFault('lost', null, lostWhole(anchored, size === 0));
      }
      database = openForWriting(path, options.version ?? '');
      // Asked first: to make a number up loads Node's crypto, and every start would pay for it.
      if (readMeta(database).journalId === '') {
        writeMeta(database, { journalId: (options.newJournalId ?? randomJournalId)(), writes: 0 });
      } else {
        assertWritable(database);
      }
      const known = anchored === 'unreadable' ? null : anchored;
      const anchor = options.anchor === undefined ? null : new Anchor(options.anchor);
      const journal = new Journal(database, anchor, known?.damage ?? null, options.onAnchorFault);
      const lost = known === null ? null : journal.lacks(known);
      if (lost !== null) {
        anchor?.close();
        throw storageFault('lost', null, lost);
      }
      journal.#tellAnchor(true);
      return journal;
    } catch (error) {
      database?.close();
      throw asJournalFault(error);
    }
  }

  /** What is known to be wrong with the file, also since an earlier start; null = nothing. */
  get damage(): string | null {
    return this.#damage;
  }

  /** Remembered outside of the journal until a check finds it mended. */
  noteDamage(damage: string | null): void {
    if (damage === this.#damage) return;
    this.#damage = damage;
    this.#tellAnchor(true);
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
    this.#mark = markAfter(this.#mark, write, this.#lastHash);
    // Where money is begun or a receipt ends the record goes to the disk too.
    this.#tellAnchor(write.documents.length + write.attempts.length > 0);
  }

  /** What is committed is committed: an anchor that cannot be written is no reason to call the write failed. */
  #tellAnchor(durable: boolean): void {
    try {
      this.#anchor?.put({ ...this.#mark, damage: this.#damage }, durable);
    } catch (error) {
      this.#onAnchorFault?.(error);
    }
  }

  /** Whether the disk takes writes again. @throws a fault of the storage */
  probe(): void {
    this.append(emptyWrite());
  }

  #write(write: JournalWrite): void {
    const { event, snapshot, document, attempt, usedCode, printJob, lastSeq } = this.#statements;
    for (const { at, type, ...body } of write.events) event.run(at, type, JSON.stringify(body));
    for (const closed of write.documents) {
      const body = JSON.stringify(closed);
      const hash = hashOf(this.#lastHash, body);
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
        JSON.stringify(withoutPassingWork(a)),
      );
    }
    for (const code of write.usedCodes) usedCode.run(code.hash, code.attemptId);
    for (const job of write.printJobs) {
      const data = job.data === null ? null : JSON.stringify(job.data);
      printJob.run(job.jobId, job.documentId, job.kind, job.attemptId, data, job.state, job.createdAtMs, Date.now());
    }
    for (const { noticeId, atMs, attemptId, number, params, state } of write.notices) {
      this.prepared('INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?, ?)').run(
        noticeId,
        atMs,
        attemptId,
        number,
        JSON.stringify(params),
        state,
      );
    }
    this.#statements.countWrite.run();
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
    this.prepared('UPDATE documents SET return_state = ? WHERE document_id = ?').run(isLeft ? 'part' : 'full', saleId);
  }

  #assertFull(): void {
    const mode = this.database.pragma('synchronous', { simple: true });
    if (mode !== 2) throw Object.assign(new Error(`synchronous = ${String(mode)}`), { code: 'SQLITE_IOERR' });
    this.#assertedFull = true;
  }

  /** @throws a fault of the storage */
  restore(): Restored {
    try {
      const snapshot = this.database.prepare('SELECT seq, state FROM snapshot').get() as
        | { seq: number; state: string }
        | undefined;
      const rows = this.database
        .prepare('SELECT at, type, body FROM events WHERE seq > ? ORDER BY seq')
        .all(snapshot?.seq ?? 0) as { at: number; type: string; body: string }[];
      const attempts = this.database
        .prepare("SELECT body FROM attempts WHERE state NOT IN ('approved', 'declined', 'notSent') ORDER BY started_at")
        .all() as { body: string }[];
      const jobs = this.database
        .prepare(
          `SELECT job_id AS jobId, document_id AS documentId, kind, attempt_id AS attemptId, data, state,
                  created_at AS createdAtMs
           FROM print_jobs WHERE state IN ('queued', 'sent', 'unconfirmed') ORDER BY job_id`,
        )
        .all() as (PrintJob & { data: string | null })[];
      const notices = this.database
        .prepare(
          `SELECT notice_id AS noticeId, at AS atMs, attempt_id AS attemptId, number, params, state
           FROM notices WHERE state <> 'cleared' ORDER BY notice_id`,
        )
        .all() as (Notice & { params: string })[];
      const counts = this.database
        .prepare(
          `SELECT (SELECT count(*) FROM attempts) AS attempts, (SELECT max(job_id) FROM print_jobs) AS jobs,
                  (SELECT max(notice_id) FROM notices) AS notices`,
        )
        .get() as { attempts: number; jobs: number | null; notices: number | null };
      return {
        journalId: this.meta.journalId,
        floor: this.meta.floor,
        formerIds: this.meta.formerIds,
        damage: this.#damage,
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
      throw asJournalFault(error);
    }
  }

  /** Moves the WAL into the file; called between receipts. A busy reader only postpones it. */
  checkpoint(): void {
    try {
      this.database.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      throw asStorageFault(error);
    }
  }

  close(): void {
    this.database.close();
    this.#anchor?.close();
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
    countWrite: database.prepare(
      "INSERT INTO meta VALUES ('writes', 1) ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1",
    ),
  };
}

/** `Опла, Руб`: each currency once, in the order of payment. */
function currenciesOf(document: ClosedDocument): string {
  const names = document.payments.filter(isCounted).map(({ currency }) => currency.shortName);
  return [...new Set(names)].join(', ');
}

/** SQLite falls back to reading where it may not write, and would say so only at the first sale. */
function assertWritable(database: Database): void {
  database.exec("BEGIN; UPDATE meta SET value = value WHERE key = 'journalId'; ROLLBACK");
}

export function randomJournalId(): string {
  return createHash('sha256').update(crypto.randomUUID()).digest('hex').slice(0, 6);
}

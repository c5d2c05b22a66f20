/** How far a journal has come: what it is compared by with its anchor (anchor.ts). */
import type { Database } from 'better-sqlite3';
import type { RegisterEvent } from '../register/events.ts';
import type { ClosedDocument } from '../register/model.ts';
import type { Mark } from './anchor.ts';

/** A place where the chain goes on from another hash than that of the document before: a loss was accepted there. */
export interface ChainLink {
  /** The last document before it; 0 = the first document of a new journal. */
  afterNumber: number;
  /** What the next document's previous hash is. */
  hash: string;
}

/** Numbers that a lost part of the journal has given: they are on receipts, so they are not given again. */
export interface Floor {
  documentNumber: number;
  shiftNumber: number;
  fiscalNumber: number;
}

/** Keys of the table `meta`. */
export interface Meta {
  journalId: string;
  /** The program that brought the file to its version; '' = one that did not say (schema.ts `refuseNewer`). */
  writtenBy: string;
  epoch: number;
  writes: number;
  /** Ids of the journals before, oldest first: payment systems still know orders by them. */
  formerIds: string[];
  links: ChainLink[];
  floor: Floor;
  /** Documents whose content does not fit their hash, taken as they are when the journal was accepted. */
  acceptedChanges: number[];
}

const FRESH: Omit<Meta, 'journalId'> = {
  writtenBy: '',
  epoch: 1,
  writes: 0,
  formerIds: [],
  links: [],
  floor: { documentNumber: 0, shiftNumber: 0, fiscalNumber: 0 },
  acceptedChanges: [],
};

export function readMeta(database: Database): Meta {
  const rows = database.prepare('SELECT key, value FROM meta').all() as { key: string; value: string }[];
  const values = Object.fromEntries(
    rows.map(({ key, value }) => [key, key === 'journalId' ? value : (JSON.parse(value) as unknown)]),
  );
  return { journalId: '', ...FRESH, ...values };
}

/** `writes` is counted by the journal itself. */
export function writeMeta(database: Database, meta: Partial<Meta>): void {
  const put = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  for (const [key, value] of Object.entries(meta)) {
    put.run(key, key === 'journalId' ? String(value) : JSON.stringify(value));
  }
}

export function readMark(database: Database, meta = readMeta(database)): Mark {
  const { journalId, epoch, writes, floor, links } = meta;
  const last = database
    .prepare('SELECT number, hash, shift_number AS shiftNumber FROM documents ORDER BY rowid DESC LIMIT 1')
    .get() as { number: number; hash: string; shiftNumber: number } | undefined;
  const fiscal = database
    .prepare(
      'SELECT fiscal_number AS number FROM documents WHERE fiscal_number IS NOT NULL ORDER BY rowid DESC LIMIT 1',
    )
    .get() as { number: number } | undefined;
  const opened = database
    .prepare("SELECT body ->> 'number' AS number FROM events WHERE type = 'documentOpened' ORDER BY seq DESC LIMIT 1")
    .get() as { number: number } | undefined;
  const closedNumber = last?.number ?? 0;
  const linked = links.findLast(({ afterNumber }) => afterNumber === closedNumber);
  return {
    journalId,
    epoch,
    writes,
    documentNumber: Math.max(closedNumber, opened?.number ?? 0, floor.documentNumber),
    closedNumber,
    hash: linked?.hash ?? last?.hash ?? '',
    shiftNumber: Math.max(last?.shiftNumber ?? 0, floor.shiftNumber),
    fiscalNumber: Math.max(fiscal?.number ?? 0, floor.fiscalNumber),
  };
}

/** @param hash of the last document, when the write closes one */
export function markAfter(
  mark: Mark,
  write: { events: readonly RegisterEvent[]; documents: readonly ClosedDocument[] },
  hash: string,
): Mark {
  const next = { ...mark, writes: mark.writes + 1 };
  for (const event of write.events) {
    if (event.type === 'documentOpened') next.documentNumber = Math.max(next.documentNumber, event.number);
    if (event.type === 'shiftOpened') next.shiftNumber = Math.max(next.shiftNumber, event.number);
  }
  for (const { number, shiftNumber, fiscalNumber } of write.documents) {
    next.closedNumber = number;
    next.hash = hash;
    next.documentNumber = Math.max(next.documentNumber, number);
    next.shiftNumber = Math.max(next.shiftNumber, shiftNumber);
    next.fiscalNumber = Math.max(next.fiscalNumber, fiscalNumber ?? 0);
  }
  return next;
}

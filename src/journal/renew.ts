/**
 * A journal is put in the place of one that is damaged or lost. A human asks for it, the register stands still, and what is
 * lost is accepted: a new epoch and a new id, while numbers and hash chain go on from the anchor (ADR 0022).
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { evolve } from '../register/evolve.ts';
import { initialState, type RegisterState } from '../register/model.ts';
import { type Anchored, readAnchor, syncFolder, writeAnchor } from './anchor.ts';
import { Journal, type Restored, randomJournalId } from './journal.ts';
import { CHAIN_SQL, type ChainedRow, hashOf } from './journal-reader.ts';
import { type ChainLink, readMark, readMeta, writeMeta } from './mark.ts';
import { openForWriting } from './open-database.ts';
import { type Salvaged, salvage } from './salvage.ts';
import { asStorageFault, isStorageFault, storageFault } from './storage-fault.ts';

export interface Places {
  journal: string;
  anchor: string;
}

export interface Renewed {
  salvaged: Salvaged | null;
  /** Last number that was given before, and last document that is there. */
  givenNumber: number;
  lastNumber: number;
  unfinishedAttempts: number;
  /** False: the open document could not be read, and is not there any more. */
  keptOpenDocument: boolean;
  /** Where the former files are. */
  formerPath: string | null;
}

/** `copy` may be the journal itself: then it is taken as it is, with all that reads. @throws a fault of the storage */
export function restoreJournal(copy: string, places: Places): Renewed {
  return renew(places, (draft) => {
    const salvaged = salvage(copy, draft);
    const database = openForWriting(draft);
    const keptOpenDocument = salvaged.events.lost === 0 && salvaged.snapshot.lost === 0 && evolves(database);
    if (!keptOpenDocument) dropOpenState(database);
    return { database, salvaged, keptOpenDocument };
  });
}

/**
 * An empty journal. Of the former one it takes what cannot wait, where it reads: the open receipt, its payments, and those
 * that are not finished.
 * @throws a fault of the storage
 */
export function beginJournal(places: Places): Renewed {
  return renew(places, (draft) => {
    const kept = restoredOf(places.journal);
    openForWriting(draft).close();
    if (kept !== null) {
      const journal = Journal.open(draft);
      const { restored, attempts, state } = kept;
      const jobs = restored.printJobs;
      journal.append({
        events: [],
        snapshot: state,
        documents: [],
        attempts,
        usedCodes: [],
        printJobs: jobs,
        notices: restored.notices,
      });
      journal.close();
    }
    return { database: openForWriting(draft), salvaged: null, keptOpenDocument: kept !== null };
  });
}

type Draft = { database: Database; salvaged: Salvaged | null; keptOpenDocument: boolean };

function renew({ journal, anchor: anchorPath }: Places, build: (draft: string) => Draft): Renewed {
  const draft = join(dirname(journal), 'journal.new.db');
  const known = readAnchor(anchorPath);
  const anchored = known === 'unreadable' ? null : known;
  try {
    for (const suffix of SUFFIXES) rmSync(`${draft}${suffix}`, { force: true });
    const { database, salvaged, keptOpenDocument } = build(draft);
    const former = markOfFormer(journal);
    accept(database, anchored ?? former);
    const mark = readMark(database);
    const unfinished = database
      .prepare("SELECT count(*) FROM attempts WHERE state NOT IN ('approved', 'declined', 'notSent')")
      .pluck()
      .get() as number;
    // On disk, in one file, before anything else is moved.
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const formerPath = putAside(journal, mark.epoch - 1);
    renameSync(draft, journal);
    syncFolder(dirname(journal));
    writeAnchor(anchorPath, { ...mark, damage: null });
    return {
      salvaged,
      givenNumber: mark.documentNumber,
      lastNumber: mark.closedNumber,
      unfinishedAttempts: unfinished,
      keptOpenDocument,
      formerPath,
    };
  } catch (error) {
    throw asStorageFault(error);
  }
}

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** Where no anchor is left, the former file itself may still tell how far it had come. */
function markOfFormer(path: string): Anchored | null {
  if (!existsSync(path)) return null;
  try {
    const journal = Journal.open(path, { readonly: true });
    try {
      return { ...journal.mark, damage: null };
    } finally {
      journal.close();
    }
  } catch (error) {
    if (isStorageFault(error)) return null;
    throw error;
  }
}

/** Links over every break of the chain, numbers that are not given again, a new epoch. */
function accept(database: Database, anchored: Anchored | null): void {
  const meta = readMeta(database);
  const own = readMark(database, meta);
  const { links, changes } = breaksOf(database, meta.links, meta.acceptedChanges);
  if (anchored !== null && anchored.hash !== '' && anchored.closedNumber > own.closedNumber) {
    links.push({ afterNumber: own.closedNumber, hash: anchored.hash });
  }
  const epoch = Math.max(meta.epoch, anchored?.epoch ?? 1) + 1;
  const ids = [...meta.formerIds, meta.journalId, anchored?.journalId ?? ''].filter((id) => id !== '');
  database.transaction(() => {
    writeMeta(database, {
      journalId: randomJournalId(),
      epoch,
      writes: Math.max(own.writes, anchored?.writes ?? 0) + 1,
      formerIds: [...new Set(ids)],
      links,
      acceptedChanges: changes,
      floor: {
        documentNumber: Math.max(own.documentNumber, anchored?.documentNumber ?? 0),
        shiftNumber: Math.max(own.shiftNumber, anchored?.shiftNumber ?? 0),
        fiscalNumber: Math.max(own.fiscalNumber, anchored?.fiscalNumber ?? 0),
      },
    });
  })();
}

function breaksOf(
  database: Database,
  known: readonly ChainLink[],
  accepted: readonly number[],
): { links: ChainLink[]; changes: number[] } {
  const links = [...known];
  const changes = new Set(accepted);
  const linkAfter = (number: number) => links.findLast(({ afterNumber }) => afterNumber === number)?.hash;
  let before = 0;
  let previous = linkAfter(0) ?? '';
  for (const row of database.prepare(CHAIN_SQL).iterate() as IterableIterator<ChainedRow>) {
    if (row.previousHash !== previous) links.push({ afterNumber: before, hash: row.previousHash });
    if (row.hash !== hashOf(row.previousHash, row.body)) changes.add(row.number);
    before = row.number;
    previous = linkAfter(before) ?? row.hash;
  }
  return { links, changes: [...changes] };
}

/** Whether the state before the end can be made of what is there. */
function evolves(database: Database): boolean {
  try {
    return stateOf(database) !== null;
  } catch (error) {
    // A body that is JSON and no event of ours: it was changed by the disk or by hand.
    if (error instanceof TypeError || error instanceof SyntaxError) return false;
    throw error;
  }
}

function stateOf(database: Database): RegisterState | null {
  const snapshot = database.prepare('SELECT seq, state FROM snapshot').get() as
    | { seq: number; state: string }
    | undefined;
  const rows = database
    .prepare('SELECT at, type, body FROM events WHERE seq > ? ORDER BY seq')
    .all(snapshot?.seq ?? 0) as { at: number; type: string; body: string }[];
  const hasDocuments = database.prepare('SELECT 1 FROM documents').get() !== undefined;
  if (snapshot === undefined && hasDocuments) return null;
  const before = snapshot === undefined ? initialState(0, '') : (JSON.parse(snapshot.state) as RegisterState);
  const events = rows.map((row) => ({ at: row.at, type: row.type, ...JSON.parse(row.body) }));
  return events.reduce(evolve, before);
}

/** The numbers are kept by the floor, time by the last document. */
function dropOpenState(database: Database): void {
  const lastEventAt = (database.prepare('SELECT max(closed_at) FROM documents').pluck().get() as number | null) ?? 0;
  const seq = database.prepare('SELECT coalesce(max(seq), 0) FROM events').pluck().get() as number;
  const state: RegisterState = { ...initialState(0, ''), lastEventAt };
  database.prepare('INSERT OR REPLACE INTO snapshot (id, seq, state) VALUES (1, ?, ?)').run(seq, JSON.stringify(state));
}

interface Kept {
  restored: Restored;
  state: RegisterState;
  attempts: Restored['attempts'];
}

/** @returns null when there is no former journal, or it does not read */
function restoredOf(path: string): Kept | null {
  if (!existsSync(path)) return null;
  try {
    const journal = Journal.open(path, { readonly: true });
    try {
      const restored = journal.restore();
      const before = restored.snapshot ?? initialState(0, restored.journalId);
      const state = restored.events.reduce(evolve, before);
      const own = state.document === null ? [] : journal.attemptsOf(state.document.documentId);
      const ids = new Set(restored.attempts.map(({ attemptId }) => attemptId));
      const attempts = [...restored.attempts, ...own.filter(({ attemptId }) => !ids.has(attemptId))];
      return { restored: { ...restored, printJobs: [] }, state: { ...state, lastClosed: null }, attempts };
    } finally {
      journal.close();
    }
  } catch (error) {
    if (isStorageFault(error) || error instanceof TypeError) return null;
    throw error;
  }
}

/** The former files stay: support may still find in them what no program could. */
function putAside(path: string, epoch: number): string | null {
  const aside = (attempt: number) =>
    join(dirname(path), `journal.before-${epoch}${attempt === 0 ? '' : `-${attempt}`}.db`);
  let attempt = 0;
  while (existsSync(aside(attempt))) attempt += 1;
  let moved = false;
  for (const suffix of SUFFIXES) {
    if (!existsSync(`${path}${suffix}`)) continue;
    renameSync(`${path}${suffix}`, `${aside(attempt)}${suffix}`);
    moved = true;
  }
  return moved ? aside(attempt) : null;
}

/** @throws a fault of the storage */
export function backupJournal(journal: string, file: string): Salvaged {
  const draft = `${file}.new`;
  try {
    for (const suffix of SUFFIXES) rmSync(`${draft}${suffix}`, { force: true });
    const salvaged = salvage(journal, draft);
    const copy = Journal.open(draft, { readonly: true });
    const isSound = copy.isSound();
    copy.close();
    if (!isSound) throw storageFault('io', null);
    renameSync(draft, file);
    for (const suffix of ['-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
    syncFolder(dirname(file));
    return salvaged;
  } catch (error) {
    throw asStorageFault(error);
  }
}

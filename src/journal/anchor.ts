/**
 * How far the journal has come, told outside of it: an absent, emptied or older journal.db looks like any other, and
 * would be taken for a fresh start (K30). The record is overwritten with each write, after its commit, so the journal is
 * never behind it: if it is, its tail is lost.
 */
import { createHash } from 'node:crypto';
import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a journal says of itself. */
export interface Mark {
  journalId: string;
  /** One more each time a loss is accepted: the journal was restored, begun anew or taken as it is. */
  epoch: number;
  /** Transactions ever written. */
  writes: number;
  /** Last number that was given, also to a document that is still open. */
  documentNumber: number;
  /** The document closed or annulled last, and its hash. */
  closedNumber: number;
  hash: string;
  shiftNumber: number;
  fiscalNumber: number;
}

export interface Anchored extends Mark {
  /** What is known to be wrong with the journal until it is mended; null = nothing. */
  damage: string | null;
}

/** As it stands in the file: `turn` counts the records, the highest is the latest. */
interface Stored extends Anchored {
  turn: number;
}

/** Two records take turns: one that a power cut tears never was the last good one. */
const SLOT_BYTES = 512;
/** So that a record fits into its slot in Cyrillic too. */
const LONGEST_DAMAGE = 70;

/** @returns null when there is none, 'unreadable' when there is one and nothing in it can be trusted */
export function readAnchor(path: string): Anchored | 'unreadable' | null {
  const latest = latestIn(path);
  if (latest === null || latest === 'unreadable') return latest;
  const { turn: _turn, ...anchored } = latest;
  return anchored;
}

function latestIn(path: string): Stored | 'unreadable' | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const records = [0, 1].map((slot) => recordIn(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)));
  return records.filter((record) => record !== null).sort((a, b) => b.turn - a.turn)[0] ?? 'unreadable';
}

function recordIn(bytes: Buffer): Stored | null {
  try {
    const { sum, ...record } = JSON.parse(bytes.toString('utf8')) as Stored & { sum: string };
    return sum === sumOf(record) ? record : null;
  } catch {
    // Torn, foreign or not there: the other one counts.
    return null;
  }
}

function sumOf(record: Stored): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 16);
}

/** The open file of a running register. */
export class Anchor {
  readonly #file: number;
  #turn: number;
  #syncing = false;
  #closed = false;

  /** Makes the file where it is missing. @throws what the file system says */
  constructor(path: string) {
    const latest = latestIn(path);
    this.#turn = latest === null || latest === 'unreadable' ? 0 : latest.turn;
    if (latest === null) {
      mkdirSync(dirname(path), { recursive: true });
      closeSync(openSync(path, 'a', 0o640));
      syncFolder(dirname(path));
    }
    this.#file = openSync(path, 'r+');
  }

  /**
   * @param durable handed to the disk as well, beside whatever follows: a record that is a little old is still true
   * @throws what the file system says
   */
  put(record: Anchored, durable: boolean): void {
    this.#turn += 1;
    const damage = record.damage === null ? null : record.damage.slice(0, LONGEST_DAMAGE);
    const stored = { ...record, damage, turn: this.#turn };
    const text = JSON.stringify({ ...stored, sum: sumOf(stored) });
    const bytes = Buffer.alloc(SLOT_BYTES, ' ');
    bytes.write(text);
    bytes.write('\n', SLOT_BYTES - 1);
    writeSync(this.#file, bytes, 0, SLOT_BYTES, (this.#turn % 2) * SLOT_BYTES);
    if (durable) this.#sync();
  }

  #sync(): void {
    if (this.#syncing || this.#closed) return;
    this.#syncing = true;
    // A disk that refuses says so at the journal's next write: this file is only compared with it.
    fdatasync(this.#file, () => {
      this.#syncing = false;
      if (this.#closed) closeSync(this.#file);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#syncing) return;
    closeSync(this.#file);
  }
}

/** Of a journal that is put in place by a command: on disk when it returns. @throws what the file system says */
export function writeAnchor(path: string, record: Anchored): void {
  const anchor = new Anchor(path);
  anchor.put(record, false);
  // An older one in the other slot would only be in the way of a reader.
  anchor.put(record, false);
  anchor.close();
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * What the journal has lost, compared with the anchor.
 * @param hashOf hash of a document of the journal by its number; null = it is not there
 * @returns null when nothing is missing
 */
export function lostSince(
  anchor: Anchored,
  mark: Mark & { formerIds: readonly string[] },
  hashOf: (number: number) => string | null,
): string | null {
  if (mark.epoch > anchor.epoch && mark.formerIds.includes(anchor.journalId)) return null;
  if (mark.journalId !== anchor.journalId)
    return `это другой журнал, прежний был по документ № ${anchor.documentNumber}`;
  if (mark.epoch === anchor.epoch && mark.writes >= anchor.writes) {
    const isSame = anchor.closedNumber === 0 || hashOf(anchor.closedNumber) === anchor.hash;
    return isSame ? null : `документ № ${anchor.closedNumber} не тот, что был закрыт`;
  }
  const known = Math.max(anchor.documentNumber, anchor.closedNumber);
  if (mark.closedNumber < anchor.closedNumber) return `потеряны документы ${range(mark.closedNumber + 1, known)}`;
  if (mark.documentNumber < known) return `потеряны записи открытого документа № ${known}`;
  const count = mark.epoch === anchor.epoch ? `: ${anchor.writes - mark.writes}` : '';
  return `потеряны последние записи${count}, документ № ${known}`;
}

/** What is known of a journal that is not there at all. */
export function lostWhole(anchor: Anchored | 'unreadable', isEmpty: boolean): string {
  const how = isEmpty ? 'файл журнала пуст' : 'файла журнала нет';
  if (anchor === 'unreadable' || anchor.documentNumber === 0) return how;
  return `${how}, потеряны документы ${range(1, anchor.documentNumber)}`;
}

function range(first: number, last: number): string {
  return first >= last ? `№ ${last}` : `№ ${first}-${last}`;
}

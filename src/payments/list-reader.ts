/** Reads a JSON list of any length as its bytes come (oplati.md 3.6), and holds no more of it than one row and what is wanted. Pure. */
import type { ListWanted } from './driver.ts';
import { asText, type Json, readJson, writeJson } from './kernel/json.ts';

export interface ListLimits {
  /** Of the whole body, read and thrown away. */
  readBytes: number;
  rowBytes: number;
  /** Of what is kept, and of a body that is no list. */
  keptBytes: number;
}

/** Some 300,000 operations; a row of a report has 200 bytes. */
export const LIST_LIMITS: ListLimits = {
  readBytes: 64 * 1024 * 1024,
  rowBytes: 64 * 1024,
  keptBytes: 2 * 1024 * 1024,
};

/** One part is read by a driver in one go, and must not hold up a key. */
const PART_ROWS = 500;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** So much of a list that is none is handed on, for the log; with the mark after it no part of it reads as a list. */
const HEAD_BYTES = 2048;
const CUT = '…';

/**
 * - `before`  nothing but blanks yet
 * - `other`   no list: kept as it is
 * - `rows`    inside of the list
 * - `after`   the list has ended
 * - `broken`  no JSON, whatever may come
 */
type Stage = 'before' | 'other' | 'rows' | 'after' | 'broken';

export class ListReader {
  readonly #wanted: ListWanted;
  readonly #limits: ListLimits;
  readonly #values: ReadonlySet<string>;
  #stage: Stage = 'before';
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #readBytes = 0;
  /** What has come of the row that is being read, or of a body that is no list. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #rowsSeen = 0;
  #kept: string[] = [];
  #keptBytes = 0;
  #peakBytes = 0;

  constructor(wanted: ListWanted, limits: ListLimits = LIST_LIMITS) {
    this.#wanted = wanted;
    this.#limits = limits;
    this.#values = new Set(wanted.rows?.oneOf);
  }

  /** The most that was held at once. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** @returns false = it is over a limit: nothing more is to be read */
  push(bytes: Uint8Array): boolean {
    this.#readBytes += bytes.length;
    if (this.#headBytes < HEAD_BYTES) {
      const piece = copyOf(bytes.subarray(0, HEAD_BYTES - this.#headBytes));
      this.#head.push(piece);
      this.#headBytes += piece.length;
    }
    const { readBytes, rowBytes, keptBytes } = this.#limits;
    if (this.#readBytes > readBytes) return false;
    const start = this.#stage === 'before' ? this.#begin(bytes) : 0;
    if (this.#stage === 'rows') this.#readRows(bytes, start);
    else if (this.#stage === 'other') this.#hold(bytes);
    else if (this.#stage === 'after' && !bytes.every(isBlank)) this.#stage = 'broken';
    if (this.#stage === 'other') return this.#pieceBytes <= keptBytes;
    return this.#pieceBytes <= rowBytes && this.#keptBytes <= keptBytes;
  }

  /** What was kept so far, as a list of its own, when there is enough of it; null = not yet. */
  takePart(): string | null {
    if (this.#stage !== 'rows' || this.#kept.length < PART_ROWS) return null;
    const part = `[${this.#kept.join(',')}]`;
    this.#kept = [];
    this.#keptBytes = 0;
    return part;
  }

  /** The whole has come. @returns the body of the reply */
  end(): string {
    switch (this.#stage) {
      case 'after':
        return `[${this.#kept.join(',')}]`;
      case 'before':
      case 'other':
        return textOf(this.#pieces);
      default:
        return `${textOf(this.#head)}${CUT}`;
    }
  }

  /** @returns where the rows begin */
  #begin(bytes: Uint8Array): number {
    const first = bytes.findIndex((byte) => !isBlank(byte));
    if (first < 0) return bytes.length;
    this.#stage = bytes[first] === OPEN_LIST ? 'rows' : 'other';
    this.#depth = 1;
    return first + 1;
  }

  #readRows(bytes: Uint8Array, start: number): void {
    let rowStart = start;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInText = false;
        continue;
      }
      if (byte === QUOTE) this.#isInText = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#hold(bytes.subarray(rowStart, at));
        this.#takeLast(byte === CLOSE_LIST);
        if (this.#stage === 'after' && !bytes.subarray(at + 1).every(isBlank)) this.#stage = 'broken';
        return;
      } else if (byte === COMMA && this.#depth === 1) {
        this.#hold(bytes.subarray(rowStart, at));
        this.#takeRow();
        if (this.#stage === 'broken') return;
        rowStart = at + 1;
      }
    }
    // A copy: the part of a row must not hold the whole piece that it came with.
    this.#hold(copyOf(bytes.subarray(rowStart)));
  }

  #hold(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
    this.#peakBytes = Math.max(this.#peakBytes, this.#pieceBytes + this.#keptBytes + this.#headBytes);
  }

  #takeLast(isList: boolean): void {
    const isEmpty = this.#rowsSeen === 0 && textOf(this.#pieces).trim() === '';
    if (!isEmpty) this.#takeRow();
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (this.#stage !== 'broken') this.#stage = isList ? 'after' : 'broken';
  }

  #takeRow(): void {
    const text = textOf(this.#pieces);
    const row = readJson(text);
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#rowsSeen += 1;
    if (row === null && text.trim() !== 'null') {
      this.#stage = 'broken';
      return;
    }
    const kept = this.#keptOf(row);
    if (kept === null) return;
    this.#kept.push(kept);
    this.#keptBytes += Buffer.byteLength(kept) + 1;
  }

  #keptOf(row: Json): string | null {
    if (!(row instanceof Map)) return writeJson(row);
    const { fields, rows } = this.#wanted;
    const value = rows === undefined ? null : asText(row.get(rows.field));
    if (value !== null && !this.#values.has(value)) return null;
    return writeJson(new Map([...row].filter(([key]) => fields.includes(key))));
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === BLANK || byte === LINE_FEED || byte === RETURN || byte === TAB;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function textOf(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString('utf8');
}

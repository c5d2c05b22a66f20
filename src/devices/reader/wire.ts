/**
 * The line to the card reader (docs/reader-protocol.md): JSON objects, one a line, UTF-8. What comes in is checked here
 * once; texts are made safe and anything that looks like a card number is masked before the rest of the program sees it.
 */
import type { ReaderEvent, Row } from '../../payments/ports.ts';
import { maskCardNumber, safeText } from '../../register/safe-text.ts';

const MAX_LINE_BYTES = 4096;
const LINE_END = 0x0a;

const NAME_COLUMNS = 40;
const DISPLAY_LINES = 4;
const DISPLAY_COLUMNS = 38;
const OPTIONS = 9;
const OPTION_COLUMNS = 40;
const SLIP_ROWS = 40;
const SLIP_COLUMNS = 64;

/** A line of the reader: the event, and the order it belongs to where it is one of a payment. */
export type ReaderLine =
  | { is: 'pong' }
  | { is: 'event'; event: ReaderEvent; orderNumber: string | null }
  /** Not in our protocol. */
  | { is: 'unknown' };

/** Cuts bytes into lines; a longer line than allowed is thrown away whole and told as null. */
export class LineCutter {
  #held: Buffer = Buffer.alloc(0);
  #isSkipping = false;

  push(bytes: Buffer): (string | null)[] {
    const lines: (string | null)[] = [];
    let rest = bytes;
    for (let at = rest.indexOf(LINE_END); at !== -1; at = rest.indexOf(LINE_END)) {
      const line = Buffer.concat([this.#held, rest.subarray(0, at)]);
      lines.push(this.#isSkipping || line.length > MAX_LINE_BYTES ? null : line.toString('utf8'));
      this.#held = Buffer.alloc(0);
      this.#isSkipping = false;
      rest = rest.subarray(at + 1);
    }
    if (!this.#isSkipping) this.#held = Buffer.concat([this.#held, rest]);
    if (this.#held.length > MAX_LINE_BYTES) {
      this.#held = Buffer.alloc(0);
      this.#isSkipping = true;
    }
    return lines;
  }
}

/** Reads one line; total. */
export function readLine(text: string): ReaderLine {
  const fields = objectOf(text);
  if (fields === null) return { is: 'unknown' };
  if (fields.is === 'pong') return { is: 'pong' };
  const event = eventOf(fields);
  const { orderNumber } = fields;
  if (event === null) return { is: 'unknown' };
  return { is: 'event', event, orderNumber: typeof orderNumber === 'string' ? orderNumber : null };
}

type Fields = Record<string, unknown>;

function eventOf(fields: Fields): ReaderEvent | null {
  switch (fields.is) {
    case 'found':
    case 'connected':
    case 'firmwareOld': {
      const name = textOf(fields.name, NAME_COLUMNS);
      return name === '' ? null : { is: fields.is, name };
    }
    case 'notFound':
    case 'lowBattery':
    case 'aborted':
      return { is: fields.is };
    case 'updating': {
      const { percent } = fields;
      const isPercent = typeof percent === 'number' && Number.isInteger(percent) && percent >= 0 && percent <= 100;
      return isPercent ? { is: 'updating', percent } : null;
    }
    case 'waitCard':
    case 'processing':
      return { is: fields.is, display: displayOf(fields) };
    case 'card': {
      const { by } = fields;
      const isKnown = by === 'chip' || by === 'nfc' || by === 'stripe';
      return isKnown ? { is: 'card', by, display: displayOf(fields) } : null;
    }
    case 'selectApplication': {
      const { onReader } = fields;
      const options = textsOf(fields.options, OPTIONS, OPTION_COLUMNS);
      if (typeof onReader !== 'boolean' || options.length === 0) return null;
      return { is: 'selectApplication', options, onReader, display: displayOf(fields) };
    }
    case 'pin':
      if (typeof fields.wrong !== 'boolean') return null;
      return { is: 'pin', wrong: fields.wrong, display: displayOf(fields) };
    case 'signature':
      return { is: 'signature', display: displayOf(fields), slip: slipOf(fields.slip) };
    case 'removeCard':
      if (typeof fields.approved !== 'boolean') return null;
      return { is: 'removeCard', approved: fields.approved, display: displayOf(fields), ...slipIfAny(fields) };
    case 'done':
      if (typeof fields.approved !== 'boolean') return null;
      return { is: 'done', approved: fields.approved, ...slipIfAny(fields) };
    default:
      return null;
  }
}

function objectOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function displayOf(fields: Fields): string[] {
  return textsOf(fields.display, DISPLAY_LINES, DISPLAY_COLUMNS);
}

function textsOf(value: unknown, most: number, columns: number): string[] {
  return Array.isArray(value) ? value.slice(0, most).map((text) => textOf(text, columns)) : [];
}

function slipOf(value: unknown): Row[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, SLIP_ROWS).map((row: unknown) => {
    const { label, value: text } = (typeof row === 'object' && row !== null ? row : {}) as Fields;
    return { label: textOf(label, SLIP_COLUMNS), value: textOf(text, SLIP_COLUMNS) };
  });
}

/** Most readers have said all they know by the signature, or know nothing. */
function slipIfAny(fields: Fields): { slip?: Row[] } {
  const slip = slipOf(fields.slip);
  return slip.length === 0 ? {} : { slip };
}

/** Masked before it is cut: half a card number is no number any more, but still too much of one. */
function textOf(value: unknown, columns: number): string {
  return typeof value === 'string' ? maskSpaced(safeText(value)).slice(0, columns) : '';
}

/** A card number also hides in groups of four. */
function maskSpaced(text: string): string {
  return maskCardNumber(text).replace(/\d(?:[ -]?\d){12,18}/g, (digits) => {
    const masked = maskCardNumber(digits.replace(/[ -]/g, ''));
    return masked.includes('*') ? masked : digits;
  });
}

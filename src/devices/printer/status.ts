/** Answers of a printer (devices.md 4.3). Pure. */

export type PrinterAnswer =
  /** To `DLE EOT n`; which n is known only by what was asked. */
  | { kind: 'status'; byte: number }
  /** To `GS r 1`: everything before it was processed. */
  | { kind: 'processed' }
  /** Four bytes sent unasked (ASB). */
  | ({ kind: 'automatic' } & Condition);

export type DrawerLevel = 'low' | 'high';

export type PrinterTrouble = 'paperOut' | 'coverOpen' | 'knife' | 'broken' | 'offline';

export interface Condition {
  /** What stands in the way of printing; null = nothing. */
  trouble: PrinterTrouble | null;
  /** Warns only: clones without the sensor say anything. */
  isPaperLow: boolean;
}

export const ASK_OFFLINE = Uint8Array.of(0x10, 0x04, 1);
export const ASK_OFFLINE_CAUSE = Uint8Array.of(0x10, 0x04, 2);
export const ASK_ERROR_CAUSE = Uint8Array.of(0x10, 0x04, 3);
export const ASK_PAPER = Uint8Array.of(0x10, 0x04, 4);
export const ASK_PROCESSED = Uint8Array.of(0x1d, 0x72, 1);
/** `DLE ENQ 2`: the cause of the error is removed; forget what was being printed and go on. */
export const RECOVER = Uint8Array.of(0x10, 0x05, 2);

const XON = 0x11;
const XOFF = 0x13;

/** What `DLE EOT 1` says: some printers are off line without a cause they could name. */
export function troubleOfOffline(byte: number): PrinterTrouble | null {
  return (byte & 0x08) !== 0 ? 'offline' : null;
}

/** The level on the drawer's pin, by `DLE EOT 1`; which of the two means open depends on the drawer (devices.md 6). */
export function drawerLevelOf(byte: number): DrawerLevel {
  return (byte & 0x04) === 0 ? 'low' : 'high';
}

/** What `DLE EOT 2` says is in the way; null = nothing. Cover before paper: opening the cover is how paper is changed. */
export function troubleOfOfflineCause(byte: number): PrinterTrouble | null {
  if ((byte & 0x04) !== 0) return 'coverOpen';
  if ((byte & 0x20) !== 0) return 'paperOut';
  return (byte & 0x40) !== 0 ? 'broken' : null;
}

/** What `DLE EOT 3` says an error is; one that cannot be cured outweighs the knife. */
export function troubleOfErrorCause(byte: number): PrinterTrouble {
  return (byte & 0x08) !== 0 && (byte & 0x20) === 0 ? 'knife' : 'broken';
}

/** What `DLE EOT 4` says. */
export function paperOf(byte: number): Condition {
  return { trouble: (byte & 0x60) !== 0 ? 'paperOut' : null, isPaperLow: (byte & 0x0c) !== 0 };
}

/** Sorts the bytes of a printer. The masks keep both kinds of status and XON/XOFF apart; stray bytes are dropped. */
export class AnswerReader {
  #automatic: number[] = [];

  read(bytes: Uint8Array): PrinterAnswer[] {
    const answers: PrinterAnswer[] = [];
    for (const byte of bytes) {
      if ((byte & 0x93) === 0x12) {
        answers.push({ kind: 'status', byte });
      } else if ((byte & 0x93) === 0x10) {
        this.#automatic = [byte];
      } else if ((byte & 0x90) === 0 && this.#automatic.length > 0) {
        this.#automatic.push(byte);
        if (this.#automatic.length === 4) {
          answers.push({ kind: 'automatic', ...conditionOfAutomatic(this.#automatic) });
          this.#automatic = [];
        }
      } else if ((byte & 0x90) === 0) {
        answers.push({ kind: 'processed' });
      } else if (byte !== XON && byte !== XOFF) {
        // The four bytes come in one piece: a stray byte was no beginning of them, and must not swallow what follows.
        this.#automatic = [];
      }
    }
    return answers;
  }
}

function conditionOfAutomatic([printer = 0, errors = 0, paper = 0]: readonly number[]): Condition {
  return { trouble: troubleOfAutomatic(printer, errors, paper), isPaperLow: (paper & 0x03) !== 0 };
}

function troubleOfAutomatic(printer: number, errors: number, paper: number): PrinterTrouble | null {
  if ((printer & 0x20) !== 0) return 'coverOpen';
  if ((paper & 0x0c) !== 0) return 'paperOut';
  if ((errors & 0x68) !== 0) return troubleOfErrorCause(errors);
  return (printer & 0x08) !== 0 ? 'offline' : null;
}

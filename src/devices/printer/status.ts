/** Answers of a printer (devices.md 4.3). Pure. */

export type PrinterAnswer =
  /** To `DLE EOT n`; which n is known only by what was asked. */
  | { kind: 'status'; byte: number }
  /** To `GS r 1`: everything before it was processed. */
  | { kind: 'processed' }
  /** Four bytes sent unasked (ASB). */
  | { kind: 'automatic'; trouble: PrinterTrouble | null };

export type PrinterTrouble = 'paperOut' | 'coverOpen' | 'knife' | 'broken' | 'offline';

export const ASK_OFFLINE_CAUSE = Uint8Array.of(0x10, 0x04, 2);
export const ASK_PAPER = Uint8Array.of(0x10, 0x04, 4);
export const ASK_PROCESSED = Uint8Array.of(0x1d, 0x72, 1);

/** What `DLE EOT 2` says is in the way; null = nothing. Paper before cover: opening the cover is how paper is changed. */
export function troubleOfOfflineCause(byte: number): PrinterTrouble | null {
  if ((byte & 0x04) !== 0) return 'coverOpen';
  if ((byte & 0x20) !== 0) return 'paperOut';
  return (byte & 0x40) !== 0 ? 'broken' : null;
}

/** What `DLE EOT 4` says. Low paper is no trouble: clones without the sensor report it at random. */
export function troubleOfPaper(byte: number): PrinterTrouble | null {
  return (byte & 0x60) !== 0 ? 'paperOut' : null;
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
          answers.push({ kind: 'automatic', trouble: troubleOfAutomatic(this.#automatic) });
          this.#automatic = [];
        }
      } else if ((byte & 0x90) === 0) {
        answers.push({ kind: 'processed' });
      }
    }
    return answers;
  }
}

function troubleOfAutomatic([printer = 0, errors = 0, paper = 0]: readonly number[]): PrinterTrouble | null {
  if ((printer & 0x20) !== 0) return 'coverOpen';
  if ((paper & 0x0c) !== 0) return 'paperOut';
  if ((errors & 0x08) !== 0) return 'knife';
  if ((errors & 0x60) !== 0) return 'broken';
  return (printer & 0x08) !== 0 ? 'offline' : null;
}

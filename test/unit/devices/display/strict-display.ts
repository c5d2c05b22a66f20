/**
 * Customer displays of two lines of 20 that accept only what their manuals say; anything else is an error. Written from
 * the manuals, apart from the encoder: the two share no code and no table.
 */
export interface Shows {
  upper: string;
  lower: string;
  /** How often the display was set up. */
  starts: number;
  /** Texts written to the lower line, in order. */
  history: string[];
}

const EMPTY = ' '.repeat(20);

class Bytes {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.at >= this.#bytes.length;
  }

  next(what: string, ...allowed: number[]): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error(`${what}: the stream ends inside a command`);
    if (allowed.length > 0 && !allowed.includes(byte)) throw new Error(`${what}: byte ${byte} at ${this.at - 1}`);
    return byte;
  }

  line(): string {
    const bytes = Uint8Array.from({ length: 20 }, () => this.next('line'));
    if (bytes.some((byte) => byte < 0x20 || byte === 0x7f)) throw new Error(`control byte in a line before ${this.at}`);
    return new TextDecoder('ibm866', { fatal: true }).decode(bytes);
  }
}

/** CD5220: after a line was written (string mode) only further lines and CLR are obeyed. */
export function showCd5220(stream: Uint8Array): Shows {
  const bytes = new Bytes(stream);
  const shows: Shows = { upper: EMPTY, lower: EMPTY, starts: 0, history: [] };
  let isStringMode = false;
  let font = '';
  while (!bytes.isOver) {
    if (bytes.next('command', 0x0c, 0x1b) === 0x0c) {
      isStringMode = false;
      shows.upper = EMPTY;
      shows.lower = EMPTY;
      continue;
    }
    const command = bytes.next('ESC');
    if (command === 0x51) {
      const row = bytes.next('ESC Q', 0x41, 0x42);
      const text = bytes.line();
      bytes.next('end of line', 0x0d);
      if (font !== 'R') throw new Error('text without the Russian font');
      isStringMode = true;
      if (row === 0x41) shows.upper = text;
      else {
        shows.lower = text;
        shows.history.push(text);
      }
      continue;
    }
    if (isStringMode) throw new Error(`ESC ${command} in string mode at ${bytes.at}`);
    if (command === 0x40) {
      shows.starts++;
      font = '';
      shows.upper = EMPTY;
      shows.lower = EMPTY;
    } else if (command === 0x63) font = String.fromCharCode(bytes.next('ESC c', 0x41, 0x4a, 0x4c, 0x52));
    else if (command === 0x5f) bytes.next('ESC _', 0, 1);
    else throw new Error(`ESC ${command} at ${bytes.at}`);
  }
  return shows;
}

/** Epson VFD in overwrite mode: the cursor must be set before each line, and page 17 be chosen before any letter. */
export function showEpson(stream: Uint8Array): Shows {
  const bytes = new Bytes(stream);
  const shows: Shows = { upper: EMPTY, lower: EMPTY, starts: 0, history: [] };
  let page = -1;
  while (!bytes.isOver) {
    const command = bytes.next('command', 0x0c, 0x1b, 0x1f);
    if (command === 0x0c) {
      shows.upper = EMPTY;
      shows.lower = EMPTY;
    } else if (command === 0x1b) {
      if (bytes.next('ESC', 0x40, 0x74) === 0x74) page = bytes.next('ESC t', 17);
      else {
        shows.starts++;
        page = -1;
      }
    } else if (bytes.next('US', 0x24, 0x43) === 0x43) {
      bytes.next('US C', 0, 1);
    } else {
      bytes.next('column', 1);
      const row = bytes.next('row', 1, 2);
      if (page !== 17) throw new Error('text before the code page');
      const text = bytes.line();
      if (row === 1) shows.upper = text;
      else {
        shows.lower = text;
        shows.history.push(text);
      }
    }
  }
  return shows;
}

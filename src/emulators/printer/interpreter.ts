/**
 * Reads the byte stream of ESC/POS as a printer of devices.md 4.1 does, strictly: what that paper does not list is counted
 * and reported. Written apart from the register's emitter, so that the two check each other.
 */
import type { Align, TextStyle } from './paper.ts';

export interface Raster {
  widthDots: number;
  rows: Uint8Array[];
}

/** What the stream makes the printer do. */
export interface Mechanism {
  readonly isLineEmpty: boolean;
  reset(): void;
  selectPage(number: number): void;
  /** One byte of text in the selected page. */
  character(byte: number, style: TextStyle, align: Align): void;
  endLine(align: Align): void;
  feed(lines: number): void;
  cut(feedLines: number): void;
  pulse(pin: 2 | 5, onMs: number, offMs: number): void;
  qr(payload: string, moduleDots: number, align: Align): void;
  barcode(digits: string, heightDots: number, align: Align): void;
  raster(raster: Raster, align: Align): void;
  logo(number: number, align: Align): void;
  beep(): void;
  /** `GS r n`: answer in order. */
  report(n: number): void;
  /** `GS a n`. */
  automatic(mask: number): void;
  /** A byte that means nothing: zeros end an interrupted raster (devices.md 4.3). */
  zero(): void;
  unknown(bytes: readonly number[]): void;
}

const ALIGNS: readonly Align[] = ['left', 'center', 'right'];
const PULSE_UNIT_MS = 2;
const QR_MODEL_2 = 50;
const MAX_RASTER_ROW_BYTES = 128;
const MAX_RASTER_ROWS = 4095;

type Bytes<Result> = Generator<undefined, Result, number>;

/** Takes bytes one by one; a command acts when its last byte has come. */
export class Interpreter {
  readonly #mechanism: Mechanism;
  readonly #program: Bytes<never>;
  /** Bytes of the command being read. */
  #command: number[] = [];
  #style: TextStyle = { bold: false, double: false };
  #align: Align = 'left';
  #barcodeDots = 162;
  #symbol = { model: 0, moduleDots: 0, level: 0, payload: '' };

  constructor(mechanism: Mechanism) {
    this.#mechanism = mechanism;
    this.#program = this.#run();
    this.#program.next();
  }

  get isInsideCommand(): boolean {
    return this.#command.length > 0;
  }

  take(byte: number): void {
    this.#command.push(byte);
    this.#program.next(byte);
  }

  *#run(): Bytes<never> {
    for (;;) {
      this.#command = [];
      const byte = yield;
      const isKnown = yield* this.#one(byte);
      if (!isKnown) this.#mechanism.unknown(this.#command);
    }
  }

  /** @returns false when the bytes so far are no command */
  *#one(byte: number): Bytes<boolean> {
    const mechanism = this.#mechanism;
    switch (byte) {
      case 0x00:
        mechanism.zero();
        return true;
      case 0x0a:
        mechanism.endLine(this.#align);
        return true;
      case 0x10:
        return yield* this.#realTime();
      case 0x1b:
        return yield* this.#esc(yield);
      case 0x1c:
        return yield* this.#fs(yield);
      case 0x1d:
        return yield* this.#gs(yield);
      default:
        if (byte < 0x20 || byte === 0x7f) return false;
        mechanism.character(byte, this.#style, this.#align);
        return true;
    }
  }

  /** Obeyed when they arrived; here they are only passed over. */
  *#realTime(): Bytes<boolean> {
    const command = yield;
    if (command === 0x04) return within(yield, 1, 4);
    if (command === 0x05) return within(yield, 1, 2);
    if (command !== 0x14 || (yield) !== 1) return false;
    const [pin, time] = [yield, yield];
    return within(pin, 0, 1) && within(time, 1, 8);
  }

  *#esc(command: number): Bytes<boolean> {
    const mechanism = this.#mechanism;
    switch (command) {
      case 0x40:
        this.#style = { bold: false, double: false };
        this.#align = 'left';
        this.#barcodeDots = 162;
        this.#symbol = { model: 0, moduleDots: 0, level: 0, payload: '' };
        mechanism.reset();
        return true;
      case 0x74:
        mechanism.selectPage(yield);
        return true;
      case 0x61: {
        const align = ALIGNS[yield];
        if (align === undefined || !mechanism.isLineEmpty) return false;
        this.#align = align;
        return true;
      }
      case 0x45: {
        const value = yield;
        this.#style = { ...this.#style, bold: value === 1 };
        return value <= 1;
      }
      case 0x64:
        if (!mechanism.isLineEmpty) mechanism.endLine(this.#align);
        mechanism.feed(yield);
        return true;
      case 0x70: {
        const [pin, on, off] = [yield, yield, yield];
        if (!within(pin, 0, 1)) return false;
        mechanism.pulse(pin === 0 ? 2 : 5, on * PULSE_UNIT_MS, off * PULSE_UNIT_MS);
        return true;
      }
      case 0x42: {
        const [times, length] = [yield, yield];
        mechanism.beep();
        return within(times, 1, 9) && within(length, 1, 9);
      }
      case 0x28: {
        if ((yield) !== 0x41) return false;
        yield* this.#counted();
        mechanism.beep();
        return true;
      }
      default:
        return false;
    }
  }

  *#fs(command: number): Bytes<boolean> {
    if (command === 0x2e) return true;
    if (command !== 0x70) return false;
    const [number, mode] = [yield, yield];
    if (mode !== 0) return false;
    this.#mechanism.logo(number, this.#align);
    return true;
  }

  *#gs(command: number): Bytes<boolean> {
    const mechanism = this.#mechanism;
    switch (command) {
      case 0x21: {
        const size = yield;
        this.#style = { ...this.#style, double: size === 0x11 };
        return size === 0x00 || size === 0x11;
      }
      case 0x56: {
        const mode = yield;
        const isFeeding = mode === 0x42 || mode === 0x41;
        const feedLines = isFeeding ? Math.ceil((yield) / 24) : 0;
        if (!(isFeeding || within(mode, 0, 1) || within(mode, 48, 49)) || !mechanism.isLineEmpty) return false;
        mechanism.cut(feedLines);
        return true;
      }
      case 0x68:
        this.#barcodeDots = yield;
        return this.#barcodeDots > 0;
      case 0x77:
        return within(yield, 2, 6);
      case 0x48:
        return within(yield, 0, 3);
      case 0x6b:
        return yield* this.#barcode();
      case 0x28:
        return (yield) === 0x6b && (yield* this.#qr());
      case 0x76:
        return (yield) === 0x30 && (yield* this.#raster());
      case 0x72: {
        const n = yield;
        if (!within(n, 1, 2)) return false;
        mechanism.report(n);
        return true;
      }
      case 0x61:
        mechanism.automatic(yield);
        return true;
      default:
        return false;
    }
  }

  *#barcode(): Bytes<boolean> {
    if ((yield) !== 0x43) return false;
    const length = yield;
    const digits = String.fromCharCode(...(yield* this.#bytes(length)));
    if (!/^\d{13}$/.test(digits) || !this.#mechanism.isLineEmpty) return false;
    this.#mechanism.barcode(digits, this.#barcodeDots, this.#align);
    return true;
  }

  *#qr(): Bytes<boolean> {
    const [kind, action = 0, ...rest] = yield* this.#counted();
    const [first = -1, second = -1] = rest;
    const symbol = this.#symbol;
    if (kind !== 0x31) return false;
    switch (action) {
      case 65:
        symbol.model = first;
        return first === QR_MODEL_2 && second === 0 && rest.length === 2;
      case 67:
        symbol.moduleDots = first;
        return within(first, 3, 8) && rest.length === 1;
      case 69:
        symbol.level = first;
        return within(first, 48, 51) && rest.length === 1;
      case 80:
        symbol.payload = Buffer.from(rest.slice(1)).toString('latin1');
        return first === 48;
      case 81:
        if (first !== 48 || rest.length !== 1 || symbol.model === 0 || symbol.payload === '') return false;
        if (symbol.moduleDots === 0 || symbol.level === 0 || !this.#mechanism.isLineEmpty) return false;
        this.#mechanism.qr(symbol.payload, symbol.moduleDots, this.#align);
        return true;
      default:
        return false;
    }
  }

  *#raster(): Bytes<boolean> {
    const mode = yield;
    const rowBytes = (yield) + (yield) * 256;
    const height = (yield) + (yield) * 256;
    if (mode !== 0 || !within(rowBytes, 1, MAX_RASTER_ROW_BYTES) || !within(height, 1, MAX_RASTER_ROWS)) return false;
    const rows: Uint8Array[] = [];
    for (let y = 0; y < height; y++) rows.push(Uint8Array.from(yield* this.#bytes(rowBytes)));
    if (!this.#mechanism.isLineEmpty) return false;
    this.#mechanism.raster({ widthDots: rowBytes * 8, rows }, this.#align);
    return true;
  }

  /** The parameters of a command of the form `pL pH d1 ... dk`. */
  *#counted(): Bytes<number[]> {
    return yield* this.#bytes((yield) + (yield) * 256);
  }

  *#bytes(count: number): Bytes<number[]> {
    const bytes: number[] = [];
    while (bytes.length < count) bytes.push(yield);
    return bytes;
  }
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

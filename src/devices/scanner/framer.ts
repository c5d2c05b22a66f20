import { Transform, type TransformCallback } from 'node:stream';
import type { Clock } from '../clock.ts';

const STX = 0x02;
const ETX = 0x03;
const LF = 0x0a;
const CR = 0x0d;

/** What every frame ends with after the framer, whatever the scanner sends: no frame contains it. */
export const SCAN_END = Buffer.from([ETX]);

/** - `overflow` no terminator for longer than any code; - `partial` a frame broke off */
export type FrameFault = 'overflow' | 'partial';

export interface FrameStats {
  /** Terminators with nothing before them: the LF of CRLF. No fault. */
  empty: number;
  overflow: number;
  partial: number;
}

export interface FramerOptions {
  /** Longest code: QR version 40-L holds 2953 bytes. */
  maxBytes: number;
  /** Quiet time that ends a frame: a broken one, or with `hasNoSuffix` every one. */
  idleMs: number;
  /** The scanner sends no terminator at all: silence is the terminator. */
  hasNoSuffix: boolean;
  clock: Clock;
  stats: FrameStats;
  onFault(fault: FrameFault): void;
}

/**
 * Time between the quiet alarm and the verdict. When the whole program was held up, the alarm rings before the bytes that
 * wait in the kernel are read; they arrive inside this time and the frame goes on.
 */
const SECOND_LOOK_MS = 20;

/**
 * Cuts raw scanner bytes into frames, each ended by ETX (devices.md 2.2).
 *
 * ReadlineParser alone loses every code of a CR-only scanner, or leaves the LF of CRLF in the next code, and has no
 * length limit. Between STX and ETX, line ends belong to the code. Memory is one frame, time is linear in the bytes.
 */
export class ScanFramer extends Transform {
  readonly #options: FramerOptions;
  readonly #frame: Buffer;
  #length = 0;
  #isInStx = false;
  /** After an overflow everything is dropped up to the next terminator. */
  #isSkipping = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: FramerOptions) {
    super();
    this.#options = options;
    this.#frame = Buffer.alloc(options.maxBytes + 1);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#cancelTimer();
    for (const byte of chunk) this.#take(byte);
    if (this.#length > 0 || this.#isSkipping || this.#isInStx) this.#waitForQuiet();
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#reset();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#reset();
    done(error);
  }

  #waitForQuiet(): void {
    const { clock, idleMs } = this.#options;
    this.#cancelTimer = clock.after(idleMs, () => {
      this.#cancelTimer = clock.after(SECOND_LOOK_MS, () => this.#goneQuiet());
    });
  }

  #goneQuiet(): void {
    if (this.#isSkipping) this.#reset();
    else if (this.#options.hasNoSuffix && !this.#isInStx) this.#end();
    else this.#breakOff();
  }

  #take(byte: number): void {
    if (byte === STX) {
      if (this.#length > 0) this.#breakOff();
      this.#reset();
      this.#isInStx = true;
    } else if (byte === ETX || (!this.#isInStx && (byte === CR || byte === LF))) {
      this.#end();
    } else if (this.#isSkipping) {
      return;
    } else if (byte === 0 && this.#length === 0 && !this.#isInStx) {
      return; // some scanners send NULs when they get power
    } else if (this.#length === this.#options.maxBytes) {
      this.#options.stats.overflow++;
      this.#length = 0;
      this.#isSkipping = true;
      this.#options.onFault('overflow');
    } else {
      this.#frame[this.#length++] = byte;
    }
  }

  #end(): void {
    if (this.#length > 0) {
      this.#frame[this.#length] = ETX;
      this.push(Buffer.from(this.#frame.subarray(0, this.#length + 1)));
    } else if (!this.#isSkipping) {
      this.#options.stats.empty++;
    }
    this.#reset();
  }

  #breakOff(): void {
    this.#options.stats.partial++;
    this.#reset();
    this.#options.onFault('partial');
  }

  #reset(): void {
    this.#cancelTimer();
    this.#length = 0;
    this.#isInStx = false;
    this.#isSkipping = false;
  }
}

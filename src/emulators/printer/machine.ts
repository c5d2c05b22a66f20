/** The printer itself, whatever line it hangs on: buffer, head, knife, drawer, sensors. */
import type { EmulatorClock } from '../clock.ts';
import { GOOD_PRINTER, type PrinterBehaviour } from './behaviour.ts';
import { type CodePages, characterOf } from './code-pages.ts';
import { Interpreter, type Mechanism, type Raster } from './interpreter.ts';
import { LineSetter, PaperRoll } from './paper.ts';
import { RealTimeReader } from './real-time.ts';
import { automaticStatus, type Condition, realTimeStatus, sensorStatus } from './status.ts';

const XOFF = 0x13;
const XON = 0x11;
/** How often the head of a slow printer moves. */
const TICK_MS = 20;
const MAX_UNKNOWN_KEPT = 100;

/** The line the printer hangs on. */
export interface PrinterLine {
  send(bytes: Uint8Array): void;
  /** Stop or go on taking bytes from the register. */
  hold(isHeld: boolean): void;
  pullCable(): void;
}

/** What was counted; every byte received is in exactly one of processed, pending, lost. */
export interface PrinterReport {
  isOn: boolean;
  isOnline: boolean;
  isCoverOpen: boolean;
  isDrawerOpen: boolean;
  isPaperOut: boolean;
  isPaperNearEnd: boolean;
  error: Condition['error'];
  /** Null = endless. */
  paperLines: number | null;
  receivedBytes: number;
  processedBytes: number;
  /** In the buffer, not printed yet. */
  pendingBytes: number;
  /** Received and thrown away: switched off, hung, or cleared by `DLE ENQ 2`. */
  lostBytes: number;
  /** Bytes of no command we know; `unknown` shows the first of them in hexadecimal. */
  unknownBytes: number;
  unknown: string[];
  zeros: number;
  isInsideCommand: boolean;
  isStopped: boolean;
  statusQuestions: number;
  resets: number;
  cuts: number;
  pulses: number;
  rasters: number;
  wrappedLines: number;
}

export interface MachineOptions {
  columns: number;
  paperLines: number | null;
  nearEndLines: number;
  codePages: CodePages;
  bufferBytes: number;
  clock: EmulatorClock;
}

export class EmulatedPrinter {
  readonly roll: PaperRoll;
  readonly rasters: Raster[] = [];
  readonly #options: MachineOptions;
  readonly #setter: LineSetter;
  readonly #realTime = new RealTimeReader({
    status: (n) => this.#answerStatus(n),
    recover: (n) => this.#recover(n),
    pulse: () => {
      if (this.#error() === null) this.#pulse();
    },
  });
  readonly #line: PrinterLine;
  readonly #counts = { received: 0, processed: 0, lost: 0, unknown: 0, zeros: 0 };
  readonly #done = { statusQuestions: 0, resets: 0, cuts: 0, pulses: 0 };
  readonly #unknown: string[] = [];
  #behaviour: PrinterBehaviour = GOOD_PRINTER;
  #interpreter = new Interpreter(this.#mechanism());
  #pending: number[] = [];
  #nextPending = 0;
  #isOn = true;
  #isCoverOpen = false;
  #isDrawerOpen = false;
  #isKnifeStuck = false;
  #isHung = false;
  #isStopped = false;
  #isHeld = false;
  /** What came in one piece with the last byte did not come at all. */
  #isCablePulled = false;
  #page = 0;
  #automaticMask = 0;
  #lastAutomatic = '';
  /** Bytes the head of a slow printer may still take in this tick. */
  #allowance = 0;
  #ticking = false;

  constructor(options: MachineOptions, line: PrinterLine) {
    this.#options = options;
    this.#line = line;
    this.roll = new PaperRoll(options.columns, options.paperLines, options.nearEndLines);
    this.#setter = new LineSetter(this.roll);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  receive(bytes: Uint8Array): void {
    this.#isCablePulled = false;
    for (const byte of bytes) {
      this.#receiveByte(byte);
      // Byte by byte, as they come over a wire: what a question is answered must not depend on how bytes were bundled.
      this.#work();
    }
  }

  behave(patch: Partial<PrinterBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...patch };
    if (patch.xoffAfterBytes === null) this.#goOn();
    this.#work();
  }

  loadPaper(lines: number | null): void {
    this.roll.load(lines);
    this.#work();
  }

  setCover(isOpen: boolean): void {
    this.#isCoverOpen = isOpen;
    this.#work();
  }

  setDrawer(isOpen: boolean): void {
    this.#isDrawerOpen = isOpen;
    this.#work();
  }

  /** Switched off, the printer forgets its buffer, page, style and errors; the paper stays. */
  setPower(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    this.#clearBuffer();
    this.#interpreter = new Interpreter(this.#mechanism());
    this.#realTime.reset();
    this.#isKnifeStuck = false;
    this.#isHung = false;
    this.#isStopped = false;
    this.#forget();
    this.#work();
  }

  report(): PrinterReport {
    const condition = this.#condition();
    return {
      isOn: this.#isOn,
      isOnline: this.#isOn && !condition.isOffline,
      isCoverOpen: condition.isCoverOpen,
      isDrawerOpen: condition.isDrawerOpen,
      isPaperOut: condition.isPaperOut,
      isPaperNearEnd: condition.isPaperNearEnd,
      error: condition.error,
      paperLines: this.roll.left,
      receivedBytes: this.#counts.received,
      processedBytes: this.#counts.processed,
      pendingBytes: this.#pendingCount(),
      lostBytes: this.#counts.lost,
      unknownBytes: this.#counts.unknown,
      unknown: [...this.#unknown],
      zeros: this.#counts.zeros,
      isInsideCommand: this.#interpreter.isInsideCommand,
      isStopped: this.#isStopped,
      ...this.#done,
      rasters: this.rasters.length,
      wrappedLines: this.roll.wrappedLines,
    };
  }

  #receiveByte(byte: number): void {
    this.#counts.received++;
    if (!this.#isOn || this.#isHung || this.#isCablePulled) {
      this.#counts.lost++;
      return;
    }
    this.#pending.push(byte);
    this.#realTime.take(byte);
    this.#countDown('cutsAfterBytes', () => {
      this.#isCablePulled = true;
      this.#line.pullCable();
    });
    this.#countDown('hangsAfterBytes', () => {
      this.#isHung = true;
    });
    this.#countDown('xoffAfterBytes', () => {
      this.#isStopped = true;
      this.#line.send(Uint8Array.of(XOFF));
      const { xoffMs } = this.#behaviour;
      if (xoffMs !== null) this.#options.clock.setTimeout(() => this.#goOn(), xoffMs);
    });
  }

  #countDown(name: 'cutsAfterBytes' | 'hangsAfterBytes' | 'xoffAfterBytes', happen: () => void): void {
    const left = this.#behaviour[name];
    if (left === null || left === 0) return;
    this.#behaviour = { ...this.#behaviour, [name]: left === 1 ? null : left - 1 };
    if (left === 1) happen();
  }

  #goOn(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#line.send(Uint8Array.of(XON));
    this.#work();
  }

  /** Takes from the buffer as long as nothing stands in the way. */
  #work(): void {
    while (this.#nextPending < this.#pending.length && this.#canWork()) {
      if (this.#behaviour.bytesPerSecond !== null && this.#allowance-- <= 0) {
        this.#allowance = 0;
        this.#tick();
        break;
      }
      const byte = this.#pending[this.#nextPending++] ?? 0;
      this.#counts.processed++;
      this.#interpreter.take(byte);
    }
    if (this.#nextPending === this.#pending.length) {
      this.#pending = [];
      this.#nextPending = 0;
    }
    this.#tellAutomatic();
    // A stopped printer still takes what is on its way: XOFF reaches the register later.
    const isFull = !this.#isStopped && this.#pendingCount() > this.#options.bufferBytes;
    if (this.#isHeld !== (isFull || this.#isHung)) {
      this.#isHeld = !this.#isHeld;
      this.#line.hold(this.#isHeld);
    }
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#options.clock.setTimeout(() => {
      this.#ticking = false;
      this.#allowance = Math.ceil(((this.#behaviour.bytesPerSecond ?? 0) * TICK_MS) / 1000);
      this.#work();
    }, TICK_MS);
  }

  #canWork(): boolean {
    return this.#isOn && !this.#isHung && !this.#isStopped && !this.#condition().isOffline;
  }

  #pendingCount(): number {
    return this.#pending.length - this.#nextPending;
  }

  #clearBuffer(): void {
    this.#counts.lost += this.#pendingCount();
    this.#pending = [];
    this.#nextPending = 0;
  }

  #error(): Condition['error'] {
    if (this.#behaviour.fatal) return 'fatal';
    return this.#isKnifeStuck ? 'knife' : null;
  }

  #condition(): Condition {
    const error = this.#error();
    const isPaperOut = this.roll.isOut;
    return {
      isOffline: this.#behaviour.offline || this.#isCoverOpen || isPaperOut || error !== null,
      isDrawerOpen: this.#isDrawerOpen,
      isCoverOpen: this.#isCoverOpen,
      isPaperOut,
      isPaperNearEnd: this.roll.isNearEnd,
      error,
    };
  }

  #say(bytes: readonly number[]): void {
    if (this.#isOn && !this.#isHung && !this.#behaviour.silent) this.#line.send(Uint8Array.from(bytes));
  }

  #answerStatus(n: number): void {
    this.#done.statusQuestions++;
    const status = realTimeStatus(n, this.#condition());
    if (status !== null) this.#say([status]);
  }

  /** `DLE ENQ`: works only when a person has removed the cause; 2 also throws the buffer away. */
  #recover(n: number): void {
    if (!this.#isKnifeStuck || this.#behaviour.knifeJammed || this.#behaviour.fatal) return;
    this.#isKnifeStuck = false;
    if (n === 2) {
      this.#clearBuffer();
      this.#interpreter = new Interpreter(this.#mechanism());
    }
  }

  #tellAutomatic(): void {
    if (this.#automaticMask === 0 || !this.#isOn) return;
    const status = automaticStatus(this.#condition());
    if (status.join() === this.#lastAutomatic) return;
    this.#lastAutomatic = status.join();
    this.#say(status);
  }

  #pulse(): void {
    this.#done.pulses++;
    this.#isDrawerOpen = true;
  }

  /** What `ESC @` and switching off have in common. */
  #forget(): void {
    this.#setter.drop();
    this.#page = 0;
    this.#automaticMask = 0;
    this.#lastAutomatic = '';
  }

  #mechanism(): Mechanism {
    const setter = (): LineSetter => this.#setter;
    return {
      get isLineEmpty() {
        return setter().isEmpty;
      },
      reset: () => {
        this.#done.resets++;
        this.#forget();
      },
      selectPage: (number) => {
        this.#page = number;
      },
      character: (byte, style, align) => {
        this.#setter.add(characterOf(byte, this.#options.codePages[this.#page]), style, align);
      },
      endLine: (align) => this.#setter.end(align),
      feed: (lines) => this.roll.feed(lines),
      cut: (feedLines) => {
        this.roll.feed(feedLines);
        this.#isKnifeStuck = this.#behaviour.knifeJammed;
        if (this.#isKnifeStuck) return;
        this.#done.cuts++;
        this.roll.cut();
      },
      pulse: () => this.#pulse(),
      qr: (payload, moduleDots, align) => this.#picture(`[QR: ${payload}]`, moduleDots * QR_MODULES, align),
      barcode: (digits, heightDots, align) => this.#picture(`[EAN-13: ${digits}]`, heightDots, align),
      raster: (raster, align) => {
        this.rasters.push(raster);
        this.#picture(`[Picture: ${raster.widthDots}x${raster.rows.length}]`, raster.rows.length, align);
      },
      logo: (number, align) => this.#picture(`[Logo ${number}]`, LOGO_DOTS, align),
      beep: () => undefined,
      report: (n) => {
        if (this.#behaviour.confirms) this.#say([sensorStatus(n, this.#condition())]);
      },
      automatic: (mask) => {
        this.#automaticMask = mask;
        this.#lastAutomatic = '';
        this.#tellAutomatic();
      },
      zero: () => {
        this.#counts.zeros++;
      },
      unknown: (bytes) => {
        this.#counts.unknown += bytes.length;
        if (this.#unknown.length < MAX_UNKNOWN_KEPT) this.#unknown.push(Buffer.from(bytes).toString('hex'));
      },
    };
  }

  #picture(text: string, heightDots: number, align: 'left' | 'center' | 'right'): void {
    const free = Math.max(0, this.roll.columns - text.length);
    const indent = align === 'right' ? free : align === 'center' ? Math.floor(free / 2) : 0;
    this.roll.picture(' '.repeat(indent) + text, heightDots);
  }
}

/** Paper a QR code takes: about version 4. */
const QR_MODULES = 33;
const LOGO_DOTS = 96;

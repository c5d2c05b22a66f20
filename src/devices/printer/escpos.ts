import { encodeText, printableText } from './codepage.ts';
import type { PrinterProfile } from './profile.ts';

/**
 * The ESC/POS commands we use and nothing else (devices.md 4.1). Text can never become a command: it passes the code page,
 * which drops every control byte; drawer and knife move only by these functions.
 */
export interface Escpos {
  readonly columns: number;
  /** What the printer can print of this text, to be counted in columns; `replaced` goes to the log. */
  printable(text: string): { text: string; replaced: string[] };
  /** First in each job: after a power cycle page, alignment and size are unknown (devices.md 4.5). */
  init(): Uint8Array;
  align(align: 'left' | 'center' | 'right'): Uint8Array;
  bold(on: boolean): Uint8Array;
  /** Double width and height: half the columns. */
  double(on: boolean): Uint8Array;
  textLine(text: string): Uint8Array;
  feed(lines: number): Uint8Array;
  /** Feeds to the knife and cuts; without a knife feeds to the tear-off edge. */
  cut(): Uint8Array;
  drawer(): Uint8Array;
  /** The same as a real-time command: opens while paper or cover hold up everything else. Not every clone knows it. */
  drawerAtOnce(): Uint8Array;
  /** Zeros enough to end whatever command of ours was broken off; a printer passes over the rest (devices.md 4.3). */
  fill(): Uint8Array;
  /** @returns null when `digits` is no EAN-13 */
  ean13(digits: string): Uint8Array | null;
  /** @returns null when this printer cannot print this payload as a QR code */
  qr(payload: string): Uint8Array | null;
  /**
   * One line per code page number, so that the installer finds the one that reads right; then, in the page of the
   * profile, a ruler as long as a line, a QR code and the cut.
   */
  testSheet(): Uint8Array;
}

/** Modules of a QR code, true = dark; null when the payload does not fit. */
export type QrModules = (payload: string) => boolean[][] | null;

const DLE = 0x10;
const ESC = 0x1b;
const GS = 0x1d;
const FS = 0x1c;
const LF = 0x0a;
/** `GS a FF`: tell every change. */
const AUTOMATIC_STATUS = [GS, 0x61, 0xff];

const ALIGN = { left: 0, center: 1, right: 2 } as const;
const DRAWER_PIN = { 2: 0, 5: 1 } as const;
/** Unit of the pulse times of `ESC p`. */
const PULSE_UNIT_MS = 2;
/** Unit of the pulse time of `DLE DC4`, and the longest. */
const REAL_TIME_PULSE_UNIT_MS = 100;
const REAL_TIME_PULSE_UNITS = 8;
const LAST_TEST_PAGE = 80;
/** What a phone must read from the test sheet. */
const TEST_PAYLOAD = 'KASSA QR 0123456789';
/** reliability.md 8: no payload of ours is longer. */
const MAX_QR_BYTES = 512;
/** Level M: reads from crumpled paper. */
const QR_LEVEL_M = 49;
/** Raster in strips: cheap printers have small buffers. */
const STRIP_ROWS = 100;
/** The longest QR command: its head and the payload. */
const QR_COMMAND_BYTES = MAX_QR_BYTES + 8;
/** POS-5890K prints garbage when a strip's height is divisible by 48 (devices.md 4.1). */
const BAD_STRIP_ROWS = 48;
const PAD_ROWS = 8;

/** @param qrModules needed by printers that get their QR as a picture (`qr: raster`) */
export function createEscpos(profile: PrinterProfile, qrModules: QrModules = () => null): Escpos {
  const page = profile.codepage;
  // The reset ends the automatic status: it is asked for anew in each job.
  const automaticStatus = profile.status === 'asb' ? AUTOMATIC_STATUS : [];
  const init = (): Uint8Array => Uint8Array.of(ESC, 0x40, FS, 0x2e, ESC, 0x74, page.number, ...automaticStatus);
  const textLine = (text: string): Uint8Array => {
    const encoded = encodeText(text, page.name);
    const bytes = new Uint8Array(encoded.length + 1);
    bytes.set(encoded);
    bytes[encoded.length] = LF;
    return bytes;
  };
  const feed = (lines: number): Uint8Array => Uint8Array.of(ESC, 0x64, lines);
  const cut = (): Uint8Array =>
    profile.cut === 'none'
      ? feed(profile.cutFeed)
      : Uint8Array.of(...feed(profile.cutFeed), GS, 0x56, profile.cut === 'full' ? 0 : 1);
  const qr = (payload: string): Uint8Array | null => {
    // Printable ASCII only: a control byte in the payload could be obeyed as a real-time command.
    if (!/^[\x20-\x7e]+$/.test(payload) || payload.length > MAX_QR_BYTES) return null;
    if (profile.qr === 'native') return qrNative(payload);
    const modules = profile.qr === 'raster' ? qrModules(payload) : null;
    return modules === null ? null : qrRaster(modules, profile.columns * DOTS_PER_COLUMN);
  };
  return {
    columns: profile.columns,
    printable: (text) => printableText(text, page.name),
    init,
    align: (align) => Uint8Array.of(ESC, 0x61, ALIGN[align]),
    bold: (on) => Uint8Array.of(ESC, 0x45, on ? 1 : 0),
    double: (on) => Uint8Array.of(GS, 0x21, on ? 0x11 : 0),
    textLine,
    feed,
    cut,
    drawer() {
      const { pin, onMs, offMs } = profile.drawer;
      const units = (timeMs: number): number => Math.round(timeMs / PULSE_UNIT_MS);
      return Uint8Array.of(ESC, 0x70, DRAWER_PIN[pin], units(onMs), units(offMs));
    },
    drawerAtOnce() {
      const { pin, onMs } = profile.drawer;
      const units = Math.min(REAL_TIME_PULSE_UNITS, Math.max(1, Math.round(onMs / REAL_TIME_PULSE_UNIT_MS)));
      return Uint8Array.of(DLE, 0x14, 1, DRAWER_PIN[pin], units);
    },
    fill() {
      const stripBytes = Math.ceil((profile.columns * DOTS_PER_COLUMN) / 8) * (STRIP_ROWS + PAD_ROWS);
      return new Uint8Array(profile.qr === 'raster' ? stripBytes : QR_COMMAND_BYTES);
    },
    ean13(digits) {
      if (!/^\d{13}$/.test(digits)) return null;
      // The form with a length: the one ended by NUL is misread by clones.
      const bars = [GS, 0x68, 64, GS, 0x77, 2, GS, 0x48, 2, GS, 0x6b, 0x43, 13];
      return Uint8Array.of(...bars, ...Buffer.from(digits, 'latin1'));
    },
    qr,
    testSheet() {
      const lines: Uint8Array[] = [init()];
      for (let number = 0; number <= LAST_TEST_PAGE; number++) {
        lines.push(Uint8Array.of(ESC, 0x74, number), textLine(`n=${number}: Ёё №Ўў ABC`));
      }
      const ruler = Array.from({ length: profile.columns }, (_, index) => markAt(index + 1)).join('');
      lines.push(
        Uint8Array.of(ESC, 0x74, page.number),
        textLine(`Столбцов ${profile.columns}, страница n=${page.number}`),
        // One column too many in the profile, and the ruler breaks.
        textLine(ruler),
        qr(TEST_PAYLOAD) ?? textLine('QR: -'),
        cut(),
      );
      return Buffer.concat(lines);
    },
  };
}

/** `----+----1----+----2`: the last character of a line tells how long it is. */
function markAt(column: number): string {
  if (column % 10 === 0) return String((column / 10) % 10);
  return column % 5 === 0 ? '+' : '-';
}

const DOTS_PER_COLUMN = 12;

/** Functions 65 (model 2), 67 (module size), 69 (level), 80 (store), 81 (print). */
function qrNative(payload: string): Uint8Array {
  const data = Buffer.from(payload, 'latin1');
  const part = (...bytes: number[]): number[] => [GS, 0x28, 0x6b, bytes.length & 0xff, bytes.length >> 8, ...bytes];
  return Uint8Array.of(
    ...part(0x31, 65, 50, 0),
    ...part(0x31, 67, moduleDots(data.length)),
    ...part(0x31, 69, QR_LEVEL_M),
    ...part(0x31, 80, 48, ...data),
    ...part(0x31, 81, 48),
  );
}

/** Small codes large enough for a phone, large ones narrow enough for 58 mm paper (384 dots). */
function moduleDots(payloadBytes: number): number {
  if (payloadBytes <= 84) return 6;
  if (payloadBytes <= 152) return 5;
  return payloadBytes <= 250 ? 4 : 3;
}

/**
 * `GS v 0`. A module is 4 or 8 dots, so that every byte is 00, 0F, F0 or FF: real-time commands (10 04, 10 05, 10 14) are
 * obeyed even inside raster data, and these bytes cannot form one.
 */
export function qrRaster(modules: readonly (readonly boolean[])[], paperDots: number): Uint8Array | null {
  const size = modules.length;
  const dots = size * 8 <= paperDots ? 8 : 4;
  if (size === 0 || size * dots > paperDots) return null;
  const rowBytes = Math.ceil((size * dots) / 8);
  const rows: Uint8Array[] = [];
  for (const row of modules) {
    const bytes = new Uint8Array(rowBytes);
    row.forEach((isDark, x) => {
      if (!isDark) return;
      if (dots === 8) bytes[x] = 0xff;
      else bytes[x >> 1] = (bytes[x >> 1] ?? 0) | (x % 2 === 0 ? 0xf0 : 0x0f);
    });
    for (let i = 0; i < dots; i++) rows.push(bytes);
  }
  const strips: Uint8Array[] = [];
  for (let top = 0; top < rows.length; top += STRIP_ROWS) {
    const strip = rows.slice(top, top + STRIP_ROWS);
    if (strip.length % BAD_STRIP_ROWS === 0) {
      for (let i = 0; i < PAD_ROWS; i++) strip.push(new Uint8Array(rowBytes));
    }
    strips.push(
      Uint8Array.of(GS, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, strip.length & 0xff, strip.length >> 8),
    );
    strips.push(...strip);
  }
  return Buffer.concat(strips);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEscpos, type Escpos } from '../../src/devices/printer/escpos.ts';
import {
  createPrinter,
  type Printer,
  type PrinterState,
  type PrintLimits,
  type PrintResult,
  type WatchPace,
} from '../../src/devices/printer/printer.ts';
import { findProfile, type PrinterProfile } from '../../src/devices/printer/profile.ts';
import { qrModules } from '../../src/dialogs/qr.ts';
import {
  type PrinterEmulator,
  type PrinterEmulatorOptions,
  startPrinterEmulator,
} from '../../src/emulators/printer/server.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const QUICK: Partial<PrintLimits> = {
  statusMs: 500,
  confirmMs: 500,
  confirmMsPerByte: 0,
  retryMs: 50,
  offlineMs: 700,
  settleMs: 50,
};
/** A job that must succeed is given time: the machine may be busy. */
const PATIENT: Partial<PrintLimits> = { retryMs: 50, settleMs: 50 };
const PACE: WatchPace = { openLineMs: 50, closedLineMs: 50, troubleMs: 30, answerMs: 500 };
const CONFIRMED = { result: 'confirmed' };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Line = 'tcp' | 'tty';
const LINES: readonly Line[] = ['tcp', 'tty'];

async function emulated(line: Line, options: PrinterEmulatorOptions = {}): Promise<PrinterEmulator> {
  const folder = await mkdtemp(join(tmpdir(), 'kassa-printer-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const tty = line === 'tty' ? { tty: join(folder, 'printer') } : {};
  const emulator = await startPrinterEmulator({ columns: 42, ...tty, ...options });
  cleanups.push(() => emulator.close());
  return emulator;
}

function profileOf(patch: Partial<PrinterProfile> = {}): PrinterProfile {
  const found = findProfile('epson-tm');
  if (found === null) throw new Error('no profile');
  return { ...found, ...patch };
}

function connected(
  emulator: PrinterEmulator,
  options: { profile?: PrinterProfile; limits?: Partial<PrintLimits>; flow?: string } = {},
): { printer: Printer; states: PrinterState[] } {
  const states: PrinterState[] = [];
  const printer = createPrinter({
    url: emulator.url + (options.flow ?? ''),
    profile: options.profile ?? profileOf(),
    onState: (state) => states.push(state),
    limits: options.limits ?? PATIENT,
    pace: PACE,
  });
  cleanups.push(() => printer.close());
  return { printer, states };
}

function slip(lines: number, escpos: Escpos = createEscpos(profileOf())): Uint8Array {
  const text = Array.from({ length: lines }, (_, i) => escpos.textLine(`СТРОКА ${i + 1} №Ўў`));
  return Buffer.concat([escpos.init(), ...text, escpos.cut()]);
}

function slipOnPaper(lines: number): string[] {
  const text = Array.from({ length: lines }, (_, i) => `СТРОКА ${i + 1} №Ўў`);
  return [...text, '', '', '', '', '- - - 8< - - -'];
}

/** Every byte was understood, and none is left over. */
function expectAllAccounted(emulator: PrinterEmulator): void {
  const state = emulator.state();
  expect(state).toMatchObject({ unknown: [], unknownBytes: 0, pendingBytes: 0, isInsideCommand: false });
  expect(state.processedBytes + state.lostBytes).toBe(state.receivedBytes);
}

/** The next job after one that failed: a network printer must have seen that the register hung up. */
async function printNext(emulator: PrinterEmulator, printer: Printer, job: Uint8Array): Promise<PrintResult> {
  await vi.waitFor(() => expect(emulator.state().clients).toBe(0), WAIT);
  return printer.print(job);
}

describe.each(LINES)('printer and emulator over %s', (line) => {
  it.each(['none', 'dle', 'asb'] as const)('print a slip, status %s', async (status) => {
    const emulator = await emulated(line);
    const profile = profileOf({ status });
    const { printer } = connected(emulator, { profile });
    const job = slip(10, createEscpos(profile));
    expect(await printer.print(job)).toEqual(CONFIRMED);
    await vi.waitFor(() => expect(emulator.paper()).toEqual(slipOnPaper(10)), WAIT);
    expect(printer.state()).toBe('ready');
    expectAllAccounted(emulator);
    const questionBytes = status === 'none' ? 0 : 3 * emulator.state().statusQuestions + 3;
    expect(emulator.state().receivedBytes).toBe(job.length + questionBytes);
  });

  it('print 300 lines on a slow printer with a small buffer', async () => {
    const emulator = await emulated(line, { bufferBytes: 1024 });
    emulator.behave({ bytesPerSecond: 11_520 });
    const { printer } = connected(emulator);
    expect(await printer.print(slip(300))).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(slipOnPaper(300));
    expectAllAccounted(emulator);
  });

  it('print letters the page lacks as their substitutes', async () => {
    const emulator = await emulated(line);
    const escpos = createEscpos(profileOf());
    const text = escpos.textLine('«Сок» І — 5 ₽ × 2… ёЁ №\u001bp');
    expect(await connected(emulator).printer.print(Buffer.concat([escpos.init(), text]))).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(['"Сок" I - 5 р. x 2... ёЁ №p']);
    expectAllAccounted(emulator);
  });

  it('print in the other Cyrillic page', async () => {
    const emulator = await emulated(line);
    const profile = profileOf({ codepage: { name: 'cp1251', number: 46 } });
    const escpos = createEscpos(profile);
    const job = Buffer.concat([escpos.init(), escpos.textLine('«Квас» — Ў і І…')]);
    expect(await connected(emulator, { profile }).printer.print(job)).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(['«Квас» — Ў і І…']);
  });

  it('open the drawer before the text', async () => {
    const emulator = await emulated(line);
    const { printer } = connected(emulator);
    const drawer = printer.openDrawer();
    const print = printer.print(slip(2));
    expect(await drawer).toEqual(CONFIRMED);
    expect(await print).toEqual(CONFIRMED);
    expect(emulator.state()).toMatchObject({ pulses: 1, cuts: 1 });
    expectAllAccounted(emulator);
  });

  it('open the drawer without paper', async () => {
    const emulator = await emulated(line, { paperLines: 0 });
    const { printer } = connected(emulator);
    expect(await printer.openDrawer()).toEqual(CONFIRMED);
    await vi.waitFor(() => expect(emulator.state().pulses).toBe(1), WAIT);
    expect(await printer.print(slip(2))).toEqual({ result: 'failed', reason: 'paperOut', fault: null });
    expect(emulator.paper()).toEqual([]);
    emulator.loadPaper(null);
    expect(await printNext(emulator, printer, slip(2))).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(slipOnPaper(2));
    expect(emulator.state().pulses).toBe(1);
    expectAllAccounted(emulator);
  });

  it.each(['dle', 'asb'] as const)('run out of paper in mid-slip: not confirmed, not repeated (%s)', async (status) => {
    const emulator = await emulated(line, { paperLines: 5 });
    const profile = profileOf({ status });
    const job = slip(10, createEscpos(profile));
    const { printer } = connected(emulator, { profile });
    expect(await printer.print(job)).toEqual({ result: 'unconfirmed', reason: 'paperOut', fault: null });
    expect(printer.state()).toBe('paperOut');
    expect(emulator.paper()).toEqual(slipOnPaper(10).slice(0, 5));
    expect(await printNext(emulator, printer, job)).toEqual({ result: 'failed', reason: 'paperOut', fault: null });
    emulator.loadPaper(null);
    // What the printer had in its buffer comes out; the register sends nothing of it again.
    expect(await printNext(emulator, printer, slip(1, createEscpos(profile)))).toEqual(CONFIRMED);
    const text = emulator.paper().filter((text) => text.startsWith('СТРОКА'));
    expect(text.slice(0, 5)).toEqual(slipOnPaper(5).slice(0, 5));
    expect(text.at(-1)).toBe('СТРОКА 1 №Ўў');
    expect(new Set(text.slice(0, -1)).size).toBe(text.length - 1);
    expect(emulator.state()).toMatchObject({ unknown: [] });
  });

  it('wait for cover and knife, and say which', async () => {
    const emulator = await emulated(line);
    const { printer } = connected(emulator, { limits: { ...PATIENT, retryMs: 10 } });
    emulator.setCover(true);
    expect(await printer.print(slip(1))).toEqual({ result: 'failed', reason: 'coverOpen', fault: null });
    expect(printer.state()).toBe('coverOpen');
    emulator.setCover(false);
    emulator.behave({ knifeJammed: true });
    expect(await printNext(emulator, printer, slip(2))).toEqual({
      result: 'unconfirmed',
      reason: 'knife',
      fault: null,
    });
    expect(await printNext(emulator, printer, slip(3))).toEqual({ result: 'failed', reason: 'knife', fault: null });
    expect(printer.state()).toBe('knife');
    emulator.behave({ knifeJammed: false });
    expect(await printNext(emulator, printer, slip(3))).toEqual(CONFIRMED);
    expect(emulator.paper().slice(-8)).toEqual(slipOnPaper(3));
    emulator.behave({ fatal: true });
    expect(await printNext(emulator, printer, slip(4))).toEqual({ result: 'failed', reason: 'broken', fault: null });
    expect(printer.state()).toBe('broken');
    emulator.behave({ fatal: false, offline: true });
    expect(await printNext(emulator, printer, slip(4))).toEqual({ result: 'failed', reason: 'offline', fault: null });
    expect(printer.state()).toBe('noLink');
    expect(emulator.state().unknown).toEqual([]);
  });

  it('warn of low paper and print', async () => {
    const emulator = await emulated(line, { paperLines: 20, nearEndLines: 20 });
    const { printer } = connected(emulator);
    expect(await printer.print(slip(2))).toEqual(CONFIRMED);
    expect(printer.state()).toBe('paperLow');
    emulator.loadPaper(100);
    expect(await printer.print(slip(2))).toEqual(CONFIRMED);
    expect(printer.state()).toBe('ready');
  });

  it('print on a printer that never says a word, and do not call it printed', async () => {
    const emulator = await emulated(line);
    emulator.behave({ silent: true });
    const { printer } = connected(emulator, { limits: QUICK });
    expect(await printer.print(slip(2))).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(printer.state()).toBe('unknown');
    expect(emulator.paper()).toEqual(slipOnPaper(2));
  });

  it('do not confirm when the printer never answers GS r, job for job', async () => {
    const emulator = await emulated(line);
    emulator.behave({ confirms: false });
    const { printer } = connected(emulator, { limits: QUICK });
    for (const count of [1, 2]) {
      expect(await printNext(emulator, printer, slip(1))).toEqual({
        result: 'unconfirmed',
        reason: 'noReply',
        fault: null,
      });
      expect(emulator.state().cuts).toBe(count);
    }
    expect(emulator.paper()).toEqual([...slipOnPaper(1), ...slipOnPaper(1)]);
  });

  it('lose nothing when the printer is switched off and on between slips', async () => {
    const emulator = await emulated(line);
    const { printer } = connected(emulator, { limits: { ...PATIENT, statusMs: 1000, offlineMs: 1500 } });
    expect(await printer.print(slip(1))).toEqual(CONFIRMED);
    await emulator.setPower(false);
    expect(await printNext(emulator, printer, slip(2))).toMatchObject({ result: 'failed', reason: 'offline' });
    expect(printer.state()).toBe('noLink');
    await emulator.setPower(true);
    expect(await printNext(emulator, printer, slip(3))).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual([...slipOnPaper(1), ...slipOnPaper(3)]);
  });

  it('do not confirm a slip whose cable was pulled, and print the next one whole', async () => {
    const emulator = await emulated(line);
    const { printer } = connected(emulator, { limits: { ...PATIENT, confirmMs: 3000 } });
    const job = slip(2000);
    emulator.behave({ cutsAfterBytes: 5000 });
    expect(await printer.print(job)).toMatchObject({ result: 'unconfirmed', reason: 'cable' });
    expect(printer.state()).toBe('noLink');
    expect(await printNext(emulator, printer, slip(1))).toMatchObject({ result: 'failed', reason: 'offline' });
    await emulator.setCable(true);
    expect(await printNext(emulator, printer, slip(1))).toEqual(CONFIRMED);
    expect(emulator.paper().slice(-6)).toEqual(slipOnPaper(1));
    expect(emulator.state()).toMatchObject({ unknown: [], cuts: 1 });
  });

  it('end a picture that was broken off before the next slip', async () => {
    const emulator = await emulated(line);
    const profile = profileOf({ qr: 'raster' });
    const escpos = createEscpos(profile, qrModules);
    const { printer } = connected(emulator, { profile });
    emulator.behave({ cutsAfterBytes: 1000 });
    const picture = escpos.qr('A'.repeat(150));
    if (picture === null) throw new Error('no picture');
    // Text enough behind it that the line breaks before the last byte was handed over.
    const job = Buffer.concat([escpos.init(), picture, slip(4000)]);
    expect(await printer.print(job)).toMatchObject({ result: 'unconfirmed', reason: 'cable' });
    expect(emulator.state().isInsideCommand).toBe(true);
    await emulator.setCable(true);
    expect(await printNext(emulator, printer, slip(2, escpos))).toEqual(CONFIRMED);
    expect(emulator.paper().slice(-7)).toEqual(slipOnPaper(2));
    expectAllAccounted(emulator);
  });

  it('give up a printer that hangs in mid-slip', async () => {
    const emulator = await emulated(line);
    const { printer } = connected(emulator, {
      limits: { ...PATIENT, chunkMs: 1000, confirmMs: 2000, confirmMsPerByte: 0 },
    });
    emulator.behave({ hangsAfterBytes: 300 });
    expect(await printer.print(slip(50))).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    await emulator.setPower(false);
    await emulator.setPower(true);
    expect(await printNext(emulator, printer, slip(2))).toEqual(CONFIRMED);
    expect(emulator.paper().slice(-7)).toEqual(slipOnPaper(2));
  });

  it('keep their ears open to bytes nobody asked for', async () => {
    const emulator = await emulated(line);
    const { printer } = connected(emulator);
    emulator.behave({ bytesPerSecond: 20_000 });
    const printing = printer.print(slip(100));
    await vi.waitFor(() => expect(emulator.state().processedBytes).toBeGreaterThan(100), WAIT);
    emulator.send(Uint8Array.of(0x14, 0xff, 0x80, 0x11, 0x13, 0x90));
    expect(await printing).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(slipOnPaper(100));
  });

  it.each(['dle', 'asb'] as const)('show between slips what the printer tells (%s)', async (status) => {
    const emulator = await emulated(line, { paperLines: 100 });
    const profile = profileOf({ status });
    const { printer, states } = connected(emulator, { profile });
    printer.watchStatus();
    const shown = (state: PrinterState) => vi.waitFor(() => expect(states.at(-1)).toBe(state), WAIT);
    await shown('ready');
    emulator.loadPaper(3);
    await shown('paperLow');
    emulator.loadPaper(0);
    await shown('paperOut');
    emulator.loadPaper(100);
    await shown('ready');
    emulator.setCover(true);
    await shown('coverOpen');
    emulator.setCover(false);
    await shown('ready');
    emulator.behave({ fatal: true });
    await shown('broken');
    emulator.behave({ fatal: false });
    await shown('ready');
    await emulator.setPower(false);
    await shown('noLink');
    await emulator.setPower(true);
    await shown('ready');
    await emulator.setCable(false);
    await shown('noLink');
    await emulator.setCable(true);
    await shown('ready');
    expect(await printer.print(slip(2, createEscpos(profile)))).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(slipOnPaper(2));
  });
});

describe('printer and emulator over TCP', () => {
  it('are one pair: a second register is turned away and prints later', async () => {
    const emulator = await emulated('tcp');
    emulator.behave({ bytesPerSecond: 5000 });
    const first = connected(emulator).printer;
    const second = connected(emulator).printer;
    const printing = first.print(slip(100));
    await vi.waitFor(() => expect(emulator.state().processedBytes).toBeGreaterThan(0), WAIT);
    expect(await second.print(slip(3))).toMatchObject({ result: 'failed' });
    expect(emulator.state().refusedClients).toBe(1);
    expect(await printing).toEqual(CONFIRMED);
    expect(await second.print(slip(3))).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual([...slipOnPaper(100), ...slipOnPaper(3)]);
  });
});

describe('printer and emulator over a tty', () => {
  it('stop at XOFF and lose nothing', async () => {
    const emulator = await emulated('tty');
    const { printer } = connected(emulator, { flow: '&flow=xonxoff', limits: { ...PATIENT, chunkMs: 30_000 } });
    // More than all buffers between the two hold, or the stop would come too late to be seen.
    const job = slip(30_000);
    emulator.behave({ xoffAfterBytes: 5000 });
    const printing = printer.print(job);
    await vi.waitFor(() => expect(emulator.state().isStopped).toBe(true), WAIT);
    let lastBytes = -1;
    await vi.waitFor(
      () => {
        const before = lastBytes;
        lastBytes = emulator.state().receivedBytes;
        expect(lastBytes).toBe(before);
      },
      { ...WAIT, interval: 200 },
    );
    expect(lastBytes).toBeLessThan(job.length);
    emulator.behave({ xoffAfterBytes: null });
    expect(await printing).toEqual(CONFIRMED);
    expect(emulator.paper()).toEqual(slipOnPaper(30_000));
    expectAllAccounted(emulator);
  });

  it('leave the tty to the next one when the emulator ends', async () => {
    const emulator = await emulated('tty');
    const path = /^serial:(.*)\?/.exec(emulator.url)?.[1] ?? '';
    await emulator.close();
    const next = await startPrinterEmulator({ tty: path });
    cleanups.push(() => next.close());
    expect(await connected(next).printer.print(slip(1))).toEqual(CONFIRMED);
  });
});

describe('QR code as a picture', () => {
  it.each([1, 60, 110, 150])('of %i bytes comes out module by module', async (length) => {
    const emulator = await emulated('tcp', { columns: 32, codePages: { 59: 'cp866' } });
    const profile = findProfile('zjiang-58');
    if (profile === null) throw new Error('no profile');
    const escpos = createEscpos(profile, qrModules);
    const payload = 'A'.repeat(length);
    const picture = escpos.qr(payload);
    if (picture === null) throw new Error('no picture');
    const job = Buffer.concat([escpos.init(), escpos.align('center'), picture]);
    expect(await connected(emulator, { profile }).printer.print(job)).toEqual(CONFIRMED);
    await vi.waitFor(() => expect(emulator.state().processedBytes).toBe(job.length), WAIT);
    const modules = qrModules(payload);
    const rows = emulator.rasters().flatMap((raster) => raster.rows);
    const dots = modules.length * 8 <= 384 ? 8 : 4;
    const isDark = (y: number, x: number): boolean => (((rows[y]?.[x >> 3] ?? 0) >> (7 - (x & 7))) & 1) === 1;
    // Each dot, not only one in each module: a phone reads what is on paper.
    for (let y = 0; y < modules.length * dots; y++) {
      for (let x = 0; x < modules.length * dots; x++) {
        if (isDark(y, x) !== modules[Math.floor(y / dots)]?.[Math.floor(x / dots)]) expect([x, y]).toEqual([]);
      }
    }
    expectAllAccounted(emulator);
  });
});

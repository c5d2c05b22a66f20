import { existsSync } from 'node:fs';
import { mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEscpos } from '../../src/devices/printer/escpos.ts';
import { createPrinter, type Printer, type PrinterState } from '../../src/devices/printer/printer.ts';
import { findProfile, type PrinterProfile } from '../../src/devices/printer/profile.ts';
import { startScanner } from '../../src/devices/scanner/scanner.ts';
import { openTransport } from '../../src/devices/transport/open-transport.ts';
import { type PrinterEmulator, startPrinterEmulator } from '../../src/emulators/printer/server.ts';
import { PtyDevice } from './pty-device.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function profileOf(name: string): PrinterProfile {
  const found = findProfile(name);
  if (found === null) throw new Error('no profile');
  return found;
}

function slip(lines: number): Uint8Array {
  const escpos = createEscpos(profileOf('epson-tm'));
  return Buffer.concat([
    escpos.init(),
    ...Array.from({ length: lines }, (_, i) => escpos.textLine(`СТРОКА ${i + 1}`)),
    escpos.cut(),
  ]);
}

/** A printer behind a character device of the kernel: read, written and vanishing as /dev/usb/lp0 is. */
async function emulated(): Promise<{ emulator: PrinterEmulator; node(): Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kassa-node-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const link = join(folder, 'printer');
  const emulator = await startPrinterEmulator({ tty: link, columns: 42 });
  cleanups.push(() => emulator.close());
  return { emulator, node: () => readlink(link) };
}

function printerAt(path: string, name = 'epson-tm'): { printer: Printer; states: PrinterState[] } {
  const states: PrinterState[] = [];
  const printer = createPrinter({
    url: `file:${path}`,
    profile: profileOf(name),
    onState: (state) => states.push(state),
    pace: { openLineMs: 50, troubleMs: 50 },
  });
  cleanups.push(() => printer.close());
  return { printer, states };
}

describe('a printer at a device of the kernel (file:/dev/usb/lp0)', () => {
  it('is asked: a slip is confirmed by the printer, not by the system having taken the bytes', async () => {
    const { emulator, node } = await emulated();
    const { printer } = printerAt(await node());
    expect(await printer.print(slip(300))).toEqual({ result: 'confirmed' });
    expect(emulator.paper().filter((text) => text.startsWith('СТРОКА'))).toHaveLength(300);
    expect(emulator.state()).toMatchObject({ unknown: [], pendingBytes: 0 });
    expect(await printer.openDrawer()).toEqual({ result: 'confirmed' });
    await vi.waitFor(() => expect(emulator.state().pulses).toBe(1), WAIT);
  });

  it('shows paper, cover and a pulled cable between slips', async () => {
    const { emulator, node } = await emulated();
    const { printer, states } = printerAt(await node());
    const shown = (state: PrinterState) => vi.waitFor(() => expect(states.at(-1)).toBe(state), WAIT);
    printer.watchStatus();
    await shown('ready');
    emulator.loadPaper(0);
    await shown('paperOut');
    expect(await printer.print(slip(1))).toEqual({ result: 'failed', reason: 'paperOut', fault: null });
    emulator.loadPaper(100);
    await shown('ready');
    emulator.setCover(true);
    await shown('coverOpen');
    emulator.setCover(false);
    await shown('ready');
    await emulator.setCable(false);
    await shown('noLink');
    expect(await printer.print(slip(1))).toEqual({ result: 'failed', reason: 'offline', fault: 'noDevice' });
    expect(emulator.paper()).toEqual([]);
  });

  it('that stops taking bytes is given up while the program goes on', async () => {
    const device = await PtyDevice.plugged();
    cleanups.push(() => device.remove());
    device.mute();
    const printer = createPrinter({
      url: `file:${device.tty}`,
      profile: profileOf('generic-58'),
      limits: { chunkMs: 300 },
    });
    cleanups.push(() => printer.close());
    let turns = 0;
    const busy = setInterval(() => turns++, 1);
    cleanups.push(async () => clearInterval(busy));
    const result = await printer.print(Buffer.alloc(200_000, 0x20));
    expect(result).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(turns).toBeGreaterThan(10);
  });

  it('that is not plugged in has no file put in its place, which would take every slip and print none', async () => {
    const path = '/dev/kassa-no-such-printer';
    const { printer } = printerAt(path, 'generic-58');
    expect(await printer.print(slip(1))).toEqual({ result: 'failed', reason: 'offline', fault: 'noDevice' });
    expect(existsSync(path)).toBe(false);
  });

  it('is no scanner, and what is no device stays a plain file', () => {
    const nothing = () => undefined;
    const hooks = { onScan: nothing, onState: nothing, onFault: nothing };
    expect(() => startScanner({ url: 'file:/dev/usb/lp0', ...hooks })).toThrow('Неверный адрес сканера');
    const answers = (path: string) => openTransport(`file:${path}`)?.answers;
    expect(['/dev/usb/lp0', '/dev/pos-printer'].map(answers)).toEqual([true, true]);
    expect(['/dev/null', '/dev/stdout', '/dev/shm/paper', 'paper.bin', '/tmp/dev/lp0'].map(answers)).not.toContain(
      true,
    );
  });
});

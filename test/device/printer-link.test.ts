import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEscpos } from '../../src/devices/printer/escpos.ts';
import { createPrinter, type Printer } from '../../src/devices/printer/printer.ts';
import { findProfile, type PrinterProfile } from '../../src/devices/printer/profile.ts';
import { printStrictly } from '../unit/devices/printer/strict-escpos.ts';
import { PtyDevice } from './pty-device.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const SLIP = 50;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function profile(): PrinterProfile {
  const found = findProfile('generic-80');
  if (found === null) throw new Error('no profile');
  return found;
}

function slip(lines: number): Uint8Array {
  const escpos = createEscpos(profile());
  const text = Array.from({ length: lines }, (_, i) => escpos.textLine(`СТРОКА ${i + 1} №Ўў`));
  return Buffer.concat([escpos.init(), ...text, escpos.cut()]);
}

function printerAt(url: string, limits: { connectMs?: number; chunkMs?: number; confirmMs?: number } = {}): Printer {
  const printer = createPrinter({ url, profile: profile(), limits });
  cleanups.push(() => printer.close());
  return printer;
}

async function server(onSocket: (socket: Socket) => void): Promise<{ url: string; server: Server }> {
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `tcp:127.0.0.1:${address.port}`, server: listening };
}

describe('printer over TCP', () => {
  it('gets each job whole over a connection of its own', async () => {
    const jobs: Buffer[] = [];
    const { url } = await server((socket) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => jobs.push(Buffer.concat(chunks)));
    });
    const printer = printerAt(url);
    const results = await Promise.all([printer.print(slip(SLIP)), printer.print(slip(3))]);
    expect(results).toEqual([{ result: 'confirmed' }, { result: 'confirmed' }]);
    expect(jobs.map((job) => printStrictly(job).lines.length)).toEqual([SLIP, 3]);
    expect(printer.state()).toBe('ready');
  });

  it('that refuses the connection has got nothing', async () => {
    const { url, server: listening } = await server(() => undefined);
    await new Promise((resolve) => listening.close(resolve));
    const printer = printerAt(url);
    expect(await printer.print(slip(SLIP))).toEqual({ result: 'failed', reason: 'offline', fault: 'refused' });
    expect(printer.state()).toBe('noLink');
  });

  it.each([
    ['at once', (socket: Socket) => socket.destroy()],
    ['by an orderly end', (socket: Socket) => socket.end()],
    ['in the middle', (socket: Socket) => socket.once('data', () => socket.destroy())],
    ['by a reset in the middle', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
  ])('that closes %s may have printed: not confirmed', async (_how, onSocket) => {
    const { url } = await server(onSocket);
    const result = await printerAt(url).print(slip(5000));
    expect(result).toMatchObject({ result: 'unconfirmed', reason: 'cable' });
  });

  it('that never reads is given up, and the program goes on meanwhile', async () => {
    const { url } = await server((socket) => socket.pause());
    let turns = 0;
    const busy = setInterval(() => turns++, 1);
    cleanups.push(async () => clearInterval(busy));
    // Larger than any buffer of the system between the two.
    const result = await printerAt(url, { chunkMs: 300 }).print(Buffer.alloc(32 * 1024 * 1024, 0x20));
    expect(result).toEqual({ result: 'unconfirmed', reason: 'noReply', fault: null });
    expect(turns).toBeGreaterThan(10);
  });

  it('that does not know its name is offline', async () => {
    const result = await printerAt('tcp:no-such-printer.invalid:9100').print(slip(1));
    expect(result).toMatchObject({ result: 'failed', reason: 'offline' });
  });
});

describe('printer as a file', () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'kassa-paper-'));
    cleanups.push(() => rm(path, { recursive: true }));
    return path;
  }

  it('gets the jobs one behind the other', async () => {
    const path = join(await folder(), 'paper.bin');
    const printer = printerAt(`file:${path}`);
    expect(await printer.print(slip(2))).toEqual({ result: 'confirmed' });
    expect(await printer.print(slip(3))).toEqual({ result: 'confirmed' });
    expect(await readFile(path)).toEqual(Buffer.concat([slip(2), slip(3)]));
  });

  it('fails when it cannot be opened', async () => {
    const path = await folder();
    expect(await printerAt(`file:${path}/absent/paper.bin`).print(slip(1))).toEqual({
      result: 'failed',
      reason: 'offline',
      fault: 'noDevice',
    });
    expect(await printerAt(`file:${path}`).print(slip(1))).toMatchObject({ result: 'failed', fault: 'notTty' });
  });

  it('is not waited for when nobody reads the pipe', async () => {
    const path = join(await folder(), 'pipe');
    execFileSync('mkfifo', [path]);
    expect(await printerAt(`file:${path}`).print(slip(1))).toMatchObject({ result: 'failed', fault: 'noDevice' });
  });
});

describe('printer on a tty', () => {
  async function plugged(): Promise<PtyDevice> {
    const device = await PtyDevice.plugged();
    cleanups.push(() => device.remove());
    return device;
  }

  it.each(['none', 'xonxoff'])('gets a slip of 300 lines byte by byte, flow %s', async (flow) => {
    const device = await plugged();
    const job = slip(300);
    expect(await printerAt(`serial:${device.path}?baud=115200&flow=${flow}`).print(job)).toEqual({
      result: 'confirmed',
    });
    await vi.waitFor(() => expect(device.received().length).toBe(job.length), WAIT);
    expect(device.received().equals(Buffer.from(job))).toBe(true);
    expect(printStrictly(device.received()).lines).toHaveLength(300);
  });

  it('that stops taking bytes is given up, and the next job fails or prints after a replug', async () => {
    const device = await plugged();
    device.mute();
    const printer = printerAt(`serial:${device.path}?baud=9600`, { chunkMs: 300 });
    expect(await printer.print(Buffer.alloc(200_000, 0x20))).toEqual({
      result: 'unconfirmed',
      reason: 'noReply',
      fault: null,
    });
    await device.unplug();
    expect(await printer.print(slip(1))).toEqual({ result: 'failed', reason: 'offline', fault: 'noDevice' });
    await device.plug();
    expect(await printer.print(slip(1))).toEqual({ result: 'confirmed' });
    expect(printer.state()).toBe('ready');
  });

  it('that is unplugged in mid-job may have printed', async () => {
    const device = await plugged();
    const printing = printerAt(`serial:${device.path}?baud=9600`).print(Buffer.alloc(16 * 1024 * 1024, 0x20));
    await vi.waitFor(() => expect(device.received().length).toBeGreaterThan(0), WAIT);
    await device.unplug();
    expect(await printing).toMatchObject({ result: 'unconfirmed', reason: 'cable' });
  });
});

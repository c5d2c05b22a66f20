import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Scan } from '../../src/devices/scanner/decode.ts';
import { type Scanner, startScanner } from '../../src/devices/scanner/scanner.ts';
import { PtyDevice } from './pty-device.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function plugged(): Promise<PtyDevice> {
  const device = await PtyDevice.plugged();
  cleanups.push(() => device.remove());
  return device;
}

function listen(url: string) {
  const scans: Scan[] = [];
  const states: string[] = [];
  const faults: string[] = [];
  const scanner: Scanner = startScanner({
    url,
    onScan: (scan) => scans.push(scan),
    onState: (state, reason) => states.push(reason === null ? state : `${state} ${reason}`),
    onFault: (fault) => faults.push(fault),
  });
  cleanups.push(() => scanner.stop());
  return { scanner, scans, states, faults, texts: () => scans.map((scan) => scan.text) };
}

describe('scanner on a tty', () => {
  it('reads codes that arrive byte by byte', async () => {
    const device = await plugged();
    const { states, faults, scans, texts } = listen(`serial:${device.path}?baud=9600`);
    await vi.waitFor(() => expect(states).toEqual(['ready']), WAIT);
    await device.sendPaced(']E04810000000018\r\n\x024810000000025\x03', 1040);
    await vi.waitFor(() => expect(texts()).toEqual(['4810000000018', '4810000000025']), WAIT);
    expect(scans[0]?.symbology).toBe(']E0');
    expect(faults).toEqual([]);
  });

  it('loses, merges and reorders nothing of a burst of 1000 codes', async () => {
    const device = await plugged();
    const { states, texts } = listen(`serial:${device.path}?baud=115200`);
    await vi.waitFor(() => expect(states).toEqual(['ready']), WAIT);
    const codes = Array.from({ length: 1000 }, (_, i) => String(4810000000000 + i));
    for (let i = 0; i < codes.length; i += 50) device.send(`${codes.slice(i, i + 50).join('\r')}\r`);
    await vi.waitFor(() => expect(texts()).toHaveLength(1000), WAIT);
    expect(texts()).toEqual(codes);
  });

  it('sees an unplug while it receives, and reads again after each replug', { timeout: 120_000 }, async () => {
    const device = await plugged();
    const { states, texts } = listen(`serial:${device.path}?baud=115200`);
    await vi.waitFor(() => expect(states).toEqual(['ready']), WAIT);
    for (let round = 1; round <= 8; round++) {
      for (let i = 0; i < 20; i++) device.send('481000000');
      await device.unplug();
      await vi.waitFor(() => expect(states.at(-1)).toMatch(/^noLink (lost|noDevice)$/), WAIT);
      await device.plug();
      await vi.waitFor(() => expect(states.at(-1)).toBe('ready'), WAIT);
      device.send(`round ${round}\r`);
      await vi.waitFor(() => expect(texts().at(-1)).toBe(`round ${round}`), WAIT);
    }
  });

  it('says that the port is busy, and takes it when it is free', async () => {
    const device = await plugged();
    const first = listen(`serial:${device.path}`);
    await vi.waitFor(() => expect(first.states).toEqual(['ready']), WAIT);
    const second = listen(`serial:${device.path}`);
    await vi.waitFor(() => expect(second.states).toEqual(['noLink busy']), WAIT);
    await first.scanner.stop();
    await vi.waitFor(() => expect(second.states).toEqual(['noLink busy', 'ready']), WAIT);
  });

  it('says that there is no such device, and opens it when it appears', async () => {
    const device = await plugged();
    await device.unplug();
    const { states } = listen(`serial:${device.path}`);
    await vi.waitFor(() => expect(states).toEqual(['noLink noDevice']), WAIT);
    await device.plug();
    await vi.waitFor(() => expect(states).toEqual(['noLink noDevice', 'ready']), WAIT);
  });

  it('says that a file is no serial port', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kassa-tty-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'file'), '');
    const { states } = listen(`serial:${join(folder, 'file')}`);
    await vi.waitFor(() => expect(states).toEqual(['noLink notTty']), WAIT);
  });

  it('says that the rights are missing', async () => {
    const device = await plugged();
    await chmod(device.tty, 0o000);
    // Root may open anything: become somebody else for the time of the test.
    if (process.geteuid?.() === 0) {
      process.seteuid?.(65534);
      cleanups.push(async () => process.seteuid?.(0));
    }
    const { states } = listen(`serial:${device.path}`);
    await vi.waitFor(() => expect(states).toEqual(['noLink permissionDenied']), WAIT);
  });
});

describe('scanner behind a terminal server', () => {
  it('reads codes and connects again after the server went away', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { states, texts } = listen(`tcp:127.0.0.1:${address.port}`);
    await vi.waitFor(() => expect(sockets).toHaveLength(1), WAIT);
    sockets[0]?.write('4810000000018\r\n');
    await vi.waitFor(() => expect(texts()).toEqual(['4810000000018']), WAIT);
    sockets[0]?.end();
    await vi.waitFor(() => expect(sockets).toHaveLength(2), WAIT);
    expect(states).toEqual(['ready', 'noLink lost', 'ready']);
    sockets[1]?.write('4810000000025\r\n');
    await vi.waitFor(() => expect(texts()).toEqual(['4810000000018', '4810000000025']), WAIT);
  });
});

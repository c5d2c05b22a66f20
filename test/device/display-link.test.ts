import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CustomerDisplay, createDisplay } from '../../src/devices/display/display.ts';
import { displayLines } from '../../src/devices/display/display-lines.ts';
import { findDisplayProfile } from '../../src/devices/display/profile.ts';
import { showCd5220, showEpson } from '../unit/devices/display/strict-display.ts';
import { PtyDevice } from './pty-device.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function open(url: string, name: string): { display: CustomerDisplay; states: string[] } {
  const profile = findDisplayProfile(name);
  if (profile === null) throw new Error('no profile');
  const states: string[] = [];
  const display = createDisplay({ url, profile, onState: (state) => states.push(state) });
  cleanups.push(() => display.close());
  return { display, states };
}

describe('customer display on a tty', () => {
  it('shows texts, survives an unplug and shows the last text again', async () => {
    const device = await PtyDevice.plugged();
    cleanups.push(() => device.remove());
    const { display, states } = open(`serial:${device.path}?baud=9600`, 'cd5220');
    const { upper, lower } = displayLines({ kind: 'qr', totalKopecks: 12_190 });
    display.show(upper, lower);
    await vi.waitFor(() => expect(showCd5220(device.received()).upper).toBe('ОТСКАНИРУЙТЕ QR-КОД '), WAIT);
    await device.unplug();
    await vi.waitFor(() => expect(states).toEqual(['ready', 'noLink']), WAIT);
    display.show('ИТОГО', '121.90');
    const before = device.received().length;
    await device.plug();
    await vi.waitFor(() => {
      const shows = showCd5220(device.received().subarray(before));
      expect(shows).toMatchObject({ upper: 'ИТОГО'.padEnd(20), lower: '121.90'.padEnd(20), starts: 1 });
    }, WAIT);
    expect(display.state()).toBe('ready');
  });

  it('that takes nothing holds neither the register nor its end', async () => {
    const device = await PtyDevice.plugged();
    cleanups.push(() => device.remove());
    const { display, states } = open(`serial:${device.path}?baud=9600`, 'cd5220');
    await vi.waitFor(() => expect(states).toEqual(['ready']), WAIT);
    device.mute();
    for (let i = 0; i < 10_000; i++) display.show('ТОВАР', String(i));
    await display.close();
  });
});

describe('customer display elsewhere', () => {
  it('behind a terminal server gets its texts, and again after the server went away', async () => {
    const received: Buffer[] = [];
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      const at = sockets.push(socket) - 1;
      received[at] = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        received[at] = Buffer.concat([received[at] ?? Buffer.alloc(0), chunk]);
      });
      // What a display sends back is of no interest, and must not stop anything.
      socket.write('noise');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { display, states } = open(`tcp:127.0.0.1:${address.port}`, 'epson-vfd');
    display.show('ИТОГО', '1.00');
    await vi.waitFor(() => expect(showEpson(received[0] ?? Buffer.alloc(0)).upper.trim()).toBe('ИТОГО'), WAIT);
    sockets[0]?.end();
    await vi.waitFor(() => expect(showEpson(received[1] ?? Buffer.alloc(0)).upper.trim()).toBe('ИТОГО'), WAIT);
    expect(states).toEqual(['ready', 'noLink', 'ready']);
  });

  it('that is a file gets the last text before the end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kassa-display-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const path = join(folder, 'display');
    const { display, states } = open(`file:${path}`, 'cd5220');
    await vi.waitFor(() => expect(states).toEqual(['ready']), WAIT);
    display.show('ИТОГО', '1.00');
    display.show('СДАЧА', '0.00');
    await display.close();
    expect(showCd5220(await readFile(path)).upper.trim()).toBe('СДАЧА');
  });
});

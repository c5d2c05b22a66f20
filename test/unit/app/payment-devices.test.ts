import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createPaymentDevices } from '../../../src/app/payment-devices.ts';
import type { Message } from '../../../src/app/state.ts';
import { memoryTransport } from '../../../src/devices/transport/memory.ts';
import type { DeviceCommand } from '../../../src/payments/gateway.ts';
import { removeFolder } from '../../remove-folder.ts';

const URL = 'serial:/dev/reader-in-memory';
const folder = mkdtempSync(join(tmpdir(), 'kassa-devices-'));
afterEach(() => removeFolder(folder));

const toReader = (ask: 'search' | 'abort'): DeviceCommand => {
  return { do: 'device', device: 'reader', command: { ask }, moves: 'nothing' };
};

it('Esc while the reader is still being loaded reaches that very reader: its port is opened once', async () => {
  const { transport, peer } = memoryTransport(true);
  let opened = 0;
  const posted: Message[] = [];
  const devices = createPaymentDevices({
    placesOf: () => ({ readerUrl: URL, program: '' }),
    lastReaderFile: join(folder, 'reader'),
    clock: { nowMs: () => 0, after: () => () => undefined },
    openDevice: () => {
      opened++;
      return transport;
    },
    log: { info() {}, warn() {}, error() {} } as never,
    post: (message) => void posted.push(message),
  });
  const searching = devices.perform('attempt-1', 'assist', toReader('search'));
  await Promise.all([searching, devices.perform('attempt-1', 'assist', toReader('abort'))]);
  expect(opened).toBe(1);
  await devices.stop();
  expect([posted, peer.written().toString('utf8').includes('pay')]).toEqual([[], false]);
});

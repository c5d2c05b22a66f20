import { describe, expect, it } from 'vitest';
import type { Scan } from '../../../../src/devices/scanner/decode.ts';
import { startScanner } from '../../../../src/devices/scanner/scanner.ts';
import { faultOfSerialText } from '../../../../src/devices/transport/fault.ts';
import { memoryTransport } from '../../../../src/devices/transport/memory.ts';
import { eventually } from '../../../eventually.ts';
import { ManualClock } from '../manual-clock.ts';

function start() {
  const clock = new ManualClock();
  const { transport, peer } = memoryTransport();
  const scans: Scan[] = [];
  const states: string[] = [];
  const faults: string[] = [];
  const begin = () =>
    startScanner({
      url: 'serial:/dev/pos-scanner?baud=9600',
      transport,
      clock,
      onScan: (scan) => scans.push(scan),
      onState: (state, reason) => states.push(reason === null ? state : `${state} ${reason}`),
      onFault: (fault) => faults.push(fault),
    });
  return { clock, peer, scans, states, faults, begin };
}

describe('scanner', () => {
  it('gives codes in the order they came, equal ones too', async () => {
    const { begin, peer, scans, states } = start();
    const scanner = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    const codes = Array.from({ length: 1000 }, (_, i) => String(4810000000000 + (i >> 1)));
    for (const code of codes) peer.send(Buffer.from(`${code}\r\n`));
    await eventually(() => expect(scans.map((scan) => scan.text)).toEqual(codes));
    expect(scanner.stats).toEqual({ empty: 1000, overflow: 0, partial: 0, scans: 1000 });
    await scanner.stop();
  });

  it('opens again for ever with growing pauses, tells each change once and reads the next code', async () => {
    const { begin, clock, peer, scans, states } = start();
    peer.refuse('permissionDenied');
    const scanner = begin();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      await eventually(() => expect(clock.pending()).toHaveLength(1));
      pauses.push(clock.pending()[0] ?? 0);
      clock.advance(pauses.at(-1) ?? 0);
    }
    expect(pauses.map(Math.round)).toEqual([500, 750, 1125, 1688, 2531, 3797, 5000, 5000]);
    await eventually(() => expect(clock.pending()).toHaveLength(1));
    expect(states).toEqual(['noLink permissionDenied']);
    peer.refuse(null);
    clock.advance(5000);
    await eventually(() => expect(states).toEqual(['noLink permissionDenied', 'ready']));
    peer.send(Buffer.from('48100'));
    peer.unplug();
    peer.unplug();
    expect(states.at(-1)).toBe('noLink lost');
    await eventually(() => expect(clock.pending()).toEqual([500]));
    clock.advance(500);
    await eventually(() => expect(states).toHaveLength(4));
    peer.send(Buffer.from('4810000000018\r'));
    await eventually(() => expect(scans.map((scan) => scan.text)).toEqual(['4810000000018']));
    await scanner.stop();
  });

  it('tries an absent device at least every 1.5 s, so that a replugged one is back within 2 s', async () => {
    const { begin, clock, peer } = start();
    peer.refuse('noDevice');
    const scanner = begin();
    for (let attempt = 0; attempt < 10; attempt++) {
      await eventually(() => expect(clock.pending()).toHaveLength(1));
      expect(clock.pending()[0]).toBeLessThanOrEqual(1500);
      clock.advance(1500);
    }
    await scanner.stop();
  });

  it('reports a burst of noise once, and the next burst again', async () => {
    const { begin, clock, peer, scans, states, faults } = start();
    const scanner = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    const burst = async (partials: number): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        peer.send(Buffer.from('noise'));
        await eventually(() => expect(clock.pending()).toHaveLength(1));
        clock.advance(300);
      }
      await eventually(() => expect(scanner.stats.partial).toBe(partials));
    };
    await burst(5);
    expect(faults).toEqual(['partial']);
    peer.send(Buffer.from('4810000000018\r'));
    await eventually(() => expect(scans).toHaveLength(1));
    await burst(10);
    expect(faults).toEqual(['partial', 'partial']);
    clock.advance(5000);
    await burst(15);
    expect(faults).toHaveLength(3);
    await scanner.stop();
  });

  it('is silent after stop and frees the port, also while it waits to open again', async () => {
    const { begin, clock, peer, scans, states } = start();
    const scanner = begin();
    await eventually(() => expect(states).toEqual(['ready']));
    await scanner.stop();
    peer.send(Buffer.from('4810000000018\r'));
    peer.unplug();
    expect(clock.pending()).toEqual([]);
    expect(peer.opened()).toBe(1);
    const second = begin();
    peer.refuse('noDevice');
    await eventually(() => expect(peer.opened()).toBe(2));
    peer.unplug();
    await second.stop();
    expect(clock.pending()).toEqual([]);
    expect(scans).toEqual([]);
  });

  it('refuses an address no scanner can be behind', () => {
    const silent = { onScan: () => undefined, onState: () => undefined, onFault: () => undefined };
    expect(() => startScanner({ url: 'file:/tmp/x', ...silent })).toThrow('address: bad: ');
    expect(() => startScanner({ url: 'ttyS0', ...silent })).toThrow(/Неверный адрес устройства/);
  });

  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'noDevice'],
    ['Error: Permission denied, cannot open /dev/ttyS0', 'permissionDenied'],
    ['Error Resource temporarily unavailable Cannot lock port', 'busy'],
    ['Error: Inappropriate ioctl for device, cannot set custom baud rate', 'notTty'],
    ['Error: Is a directory, cannot open /dev', 'notTty'],
    ['something new', 'other'],
  ])('knows the fault behind %j', (text, fault) => {
    expect(faultOfSerialText(text)).toBe(fault);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPrinter, type PrinterState } from '../../../../src/devices/printer/printer.ts';
import { findProfile } from '../../../../src/devices/printer/profile.ts';
import { linkFault, type TransportFault } from '../../../../src/devices/transport/fault.ts';
import type { Transport } from '../../../../src/devices/transport/link.ts';
import { type MemoryPeer, memoryTransport } from '../../../../src/devices/transport/memory.ts';

/** devices.md 8: paper out, an open cover, a printer that is gone are on the screen by then. */
const SHOWN_WITHIN_MS = 3000;

/** To DLE EOT 1..4; null = says nothing. */
type Answers = readonly [number, number, number, number] | null;
const WELL: Answers = [0x12, 0x12, 0x12, 0x12];
const PAPER_OUT: Answers = [0x1a, 0x32, 0x12, 0x72];
const COVER_OPEN: Answers = [0x1a, 0x16, 0x12, 0x12];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Watched {
  peer: MemoryPeer;
  states: PrinterState[];
  become(answers: Answers): void;
  /** Of opening the next links: at once, or (`timeout`) when the time for it is over. */
  fails(fault: TransportFault | null): void;
  failures(): number;
  close(): Promise<void>;
}

/** A printer with status, watched at the register's own pace, well and idle. */
async function idle(keepsOpen: boolean): Promise<Watched> {
  const profile = findProfile('epson-tm');
  if (profile === null) throw new Error('no profile');
  const { transport, peer } = memoryTransport(keepsOpen);
  let fault: TransportFault | null = null;
  let failures = 0;
  const near: Transport = {
    ...transport,
    async open(timeoutMs) {
      if (fault === 'timeout') await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      if (fault !== null) {
        failures++;
        throw linkFault(fault);
      }
      const link = await transport.open(timeoutMs);
      // A network printer that holds its end of the line: the worst case between two looks.
      return keepsOpen ? link : { ...link, finish: () => new Promise<void>(() => undefined) };
    },
  };
  let answers: Answers = WELL;
  peer.onWrite((chunk) => {
    const [, number] = /^1004(0[1-4])$/.exec(chunk.toString('hex')) ?? [];
    const byte = answers?.[Number(number) - 1];
    // Not inside the write itself: the line must have taken the question first.
    if (byte !== undefined) process.nextTick(() => peer.send(Uint8Array.of(byte)));
  });
  const states: PrinterState[] = [];
  const printer = createPrinter({
    url: 'tcp:printer:9100',
    profile,
    transport: near,
    onState: (state) => states.push(state),
  });
  printer.watchStatus();
  await vi.advanceTimersByTimeAsync(SHOWN_WITHIN_MS);
  expect(states).toEqual(['ready']);
  return {
    peer,
    states,
    become: (next) => {
      answers = next;
    },
    fails: (next) => {
      fault = next;
    },
    failures: () => failures,
    async close() {
      const closing = printer.close();
      await vi.advanceTimersByTimeAsync(20_000);
      await closing;
    },
  };
}

/** Every moment between two looks is as good as any other for something to go wrong. */
const MOMENTS_MS = [0, 1, 299, 301, 700, 1200, 1499, 1501, 1799, 1801];

describe.each([
  ['a line that stays open', true],
  ['a connection of its own for each look', false],
] as const)('an idle printer, %s', (_line, keepsOpen) => {
  it.each([
    ['paper out', PAPER_OUT, 'paperOut'],
    ['cover open', COVER_OPEN, 'coverOpen'],
    ['no answer any more', null, 'noLink'],
  ] as const)('tells %s within 3 s, whenever it happens, and that it is over', async (_what, answers, state) => {
    for (const momentMs of MOMENTS_MS) {
      const printer = await idle(keepsOpen);
      await vi.advanceTimersByTimeAsync(momentMs);
      printer.become(answers);
      await vi.advanceTimersByTimeAsync(SHOWN_WITHIN_MS);
      expect([momentMs, ...printer.states]).toEqual([momentMs, 'ready', state]);
      printer.become(WELL);
      await vi.advanceTimersByTimeAsync(SHOWN_WITHIN_MS);
      expect([momentMs, ...printer.states]).toEqual([momentMs, 'ready', state, 'ready']);
      await printer.close();
    }
  });

  it('asks no more often than a printer can bear', async () => {
    const printer = await idle(keepsOpen);
    const askedBefore = printer.peer.written().length;
    await vi.advanceTimersByTimeAsync(60_000);
    const looks = (printer.peer.written().length - askedBefore) / 9;
    expect(looks).toBeGreaterThanOrEqual(20);
    expect(looks).toBeLessThanOrEqual(40);
    await printer.close();
  });
});

describe('an idle network printer', () => {
  it.each(['refused', 'timeout', 'unreachable'] as const)('that is gone (%s) is told within 3 s', async (fault) => {
    for (const momentMs of MOMENTS_MS) {
      const printer = await idle(false);
      await vi.advanceTimersByTimeAsync(momentMs);
      printer.fails(fault);
      await vi.advanceTimersByTimeAsync(SHOWN_WITHIN_MS);
      expect([momentMs, ...printer.states]).toEqual([momentMs, 'ready', 'noLink']);
      await printer.close();
    }
  });

  it('that turns one look away, busy with the slip of another register, is not called lost', async () => {
    const printer = await idle(false);
    for (let round = 1; round <= 5; round++) {
      printer.fails('refused');
      while (printer.failures() < round) await vi.advanceTimersByTimeAsync(10);
      printer.fails(null);
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect(printer.states).toEqual(['ready']);
    await printer.close();
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/devices/clock.ts';
import { startScanner } from '../../src/devices/scanner/scanner.ts';
import { PtyDevice } from './pty-device.ts';

const UNPLUGS = 100;
const WAIT = { timeout: 30_000, interval: 5 };
/** Pauses before the port is tried again, shorter; the watchdog keeps its own pace. */
const QUICKER = 20;
/** A read that spins on a hung-up tty takes a whole core (devices.md 3.1). */
const IDLE_SHARE = 0.25;
const WAKES = 20;
const WAKE_EVERY_MS = 50;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const quickClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  after: (delayMs, run) => systemClock.after(delayMs / QUICKER, run),
};

/** Processor time of all threads of this process as a share of the time it waited. */
async function shareWhileWaiting(): Promise<number> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    let wakes = 0;
    const timer = setInterval(() => {
      if (++wakes < WAKES) return;
      clearInterval(timer);
      resolve();
    }, WAKE_EVERY_MS);
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - startedAt);
}

describe('a scanner that is pulled out while it sends', () => {
  it(`${UNPLUGS} times: every loss is seen, every return is read, nothing spins between`, {
    timeout: 180_000,
  }, async () => {
    const device = await PtyDevice.plugged();
    cleanups.push(() => device.remove());
    const states: string[] = [];
    const codes: string[] = [];
    const scanner = startScanner({
      url: `serial:${device.path}?baud=115200`,
      clock: quickClock,
      onScan: ({ text }) => codes.push(text),
      onState: (state) => states.push(state),
      onFault: () => undefined,
    });
    cleanups.push(() => scanner.stop());
    await vi.waitFor(() => expect(states).toEqual(['ready']), WAIT);

    const shares: number[] = [];
    for (let round = 1; round <= UNPLUGS; round++) {
      // Bytes are on their way on both sides of the pull.
      for (let i = 0; i < 20; i++) device.send('481000000');
      await device.unplug();
      await vi.waitFor(() => expect(states.at(-1)).toBe('noLink'), WAIT);
      if (round % 25 === 0) shares.push(await shareWhileWaiting());
      await device.plug();
      await vi.waitFor(() => expect(states.at(-1)).toBe('ready'), WAIT);
      device.send(`round ${round}\r`);
      await vi.waitFor(() => expect(codes.at(-1)).toBe(`round ${round}`), WAIT);
      if (round % 25 === 0) shares.push(await shareWhileWaiting());
    }

    // A try that failed may have told another reason for the same loss: `noLink` twice is one loss.
    const changes = states.filter((state, index) => state !== states[index - 1]);
    expect(changes).toEqual(Array.from({ length: 2 * UNPLUGS + 1 }, (_, i) => (i % 2 === 0 ? 'ready' : 'noLink')));
    expect(codes.filter((code) => code.startsWith('round '))).toEqual(
      Array.from({ length: UNPLUGS }, (_, i) => `round ${i + 1}`),
    );
    for (const share of shares) expect(share).toBeLessThan(IDLE_SHARE);
  });
});

import { readFileSync } from 'node:fs';
import type { Moment } from '../payments/attempt.ts';

/** Time, injected: tests and simulations bring their own. */
export interface Clock {
  /**
   * Milliseconds that only run forward: wall time at start plus what the monotonic clock has run since. A clock set back
   * or forward by hand moves no timer and no deadline (K32).
   */
  now(): number;
  /** What the computer's clock says, for screens and slips. */
  wall(): number;
  /** Which life of the computer this is, and how long it has lasted: what two lives of the program have in common. */
  boot(): Pick<Moment, 'bootId' | 'uptimeMs'>;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export function systemClock(): Clock {
  const startedAt = Date.now() - performance.now();
  const bootId = readBootId();
  return {
    now: () => Math.round(startedAt + performance.now()),
    wall: () => Date.now(),
    boot: () => ({ bootId, uptimeMs: Number(process.hrtime.bigint() / 1_000_000n) }),
    setTimeout: (run, delayMs) => setTimeout(run, delayMs),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  };
}

/** Linux tells it; elsewhere two starts of the program are two unknown times. */
function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}

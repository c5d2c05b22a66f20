import type { Clock } from '../src/app/clock.ts';
import type { VirtualClock } from '../src/emulators/clock.ts';

/**
 * The register's clock on the shop's virtual time.
 * @param offsetMs what the register's computer is ahead of the shop, asked anew each time; negative = behind
 * @param bootId another one after a power cut
 */
export function shopClock(
  time: VirtualClock,
  offsetMs: () => number = () => 0,
  bootId: () => string = () => 'boot-1',
): Clock {
  const now = () => time.now() + offsetMs();
  return {
    now,
    wall: now,
    boot: () => ({ bootId: bootId(), uptimeMs: time.now() }),
    setTimeout: (run, delayMs) => time.setTimeout(run, delayMs),
    clearTimeout: (timer) => time.clearTimeout(timer),
  };
}

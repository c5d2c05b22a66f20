import { vi } from 'vitest';

/** Looked at so often: vitest's own 50 ms would be most of the time of a unit test. */
const LOOK_MS = 2;
/** Ends a hang and decides nothing: whatever the machine has to do besides, what is to happen happens before. */
const LIMIT_MS = 20_000;

/** Waits until the check no longer throws. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { interval: LOOK_MS, timeout: LIMIT_MS });
}

/** Time, injected: tests and simulations bring their own. */
export interface Clock {
  /**
   * Milliseconds that only run forward: wall time at start plus what the monotonic clock has run since. A clock set back
   * or forward by hand moves no timer and no deadline (K32).
   */
  now(): number;
  /** What the computer's clock says, for screens and slips. */
  wall(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export function systemClock(): Clock {
  const startedAt = Date.now() - performance.now();
  return {
    now: () => Math.round(startedAt + performance.now()),
    wall: () => Date.now(),
    setTimeout: (run, delayMs) => setTimeout(run, delayMs),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  };
}

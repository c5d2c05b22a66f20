/** Time for devices, injected so that reconnecting is tested without waiting. */
export interface Clock {
  /** Monotonic milliseconds: a wall clock that jumps must not stretch a pause. */
  nowMs(): number;
  /** @returns takes the timer back; harmless when it has fired */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

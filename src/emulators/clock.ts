/** Time of the emulators. Every moment they know - sessions, buyers, delays, retries - passes through here. */

export interface EmulatorClock {
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The clock of the machine. */
export const systemClock: EmulatorClock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

interface Timer {
  dueMs: number;
  run: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements EmulatorClock {
  private currentMs: number;
  private readonly timers = new Set<Timer>();

  constructor(startMs: number) {
    this.currentMs = startMs;
  }

  now(): number {
    return this.currentMs;
  }

  setTimeout(run: () => void, delayMs: number): unknown {
    const timer = { dueMs: this.currentMs + Math.max(0, delayMs), run };
    this.timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.timers.delete(handle as Timer);
  }

  /** How long each armed timer still has to go: lets a test wait until a delayed answer really is waiting. */
  get waitingMs(): number[] {
    return [...this.timers].map(({ dueMs }) => dueMs - this.currentMs).sort((one, other) => one - other);
  }

  /** Moves the clock and runs what has become due, each timer at its own moment and in order. */
  advance(byMs: number): void {
    const targetMs = this.currentMs + byMs;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.timers) {
        if (timer.dueMs <= targetMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
      }
      if (next === undefined) break;
      this.timers.delete(next);
      this.currentMs = Math.max(this.currentMs, next.dueMs);
      next.run();
    }
    this.currentMs = targetMs;
  }
}

interface SteeredTimer extends Timer {
  baseHandle: unknown;
}

/** A running clock that can also be moved forward by hand (`POST control/clock`); timers move along with it. */
export class SteerableClock implements EmulatorClock {
  private readonly base: EmulatorClock;
  private shiftMs: number;
  private readonly timers = new Set<SteeredTimer>();

  constructor(base: EmulatorClock, offsetMs = 0) {
    this.base = base;
    this.shiftMs = offsetMs;
  }

  /** How far the clock was moved ahead of its base in all. */
  get offsetMs(): number {
    return this.shiftMs;
  }

  now(): number {
    return this.base.now() + this.shiftMs;
  }

  setTimeout(run: () => void, delayMs: number): unknown {
    const timer: SteeredTimer = { dueMs: this.now() + delayMs, run, baseHandle: null };
    this.timers.add(timer);
    this.arm(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    const timer = handle as SteeredTimer;
    if (this.timers.delete(timer)) this.base.clearTimeout(timer.baseHandle);
  }

  advance(byMs: number): void {
    this.shiftMs += byMs;
    for (const timer of this.timers) {
      this.base.clearTimeout(timer.baseHandle);
      this.arm(timer);
    }
  }

  /** Forgets every timer, so that a closed emulator keeps no process alive. */
  stop(): void {
    for (const timer of this.timers) this.base.clearTimeout(timer.baseHandle);
    this.timers.clear();
  }

  private arm(timer: SteeredTimer): void {
    const delayMs = Math.max(0, timer.dueMs - this.now());
    timer.baseHandle = this.base.setTimeout(() => {
      this.timers.delete(timer);
      timer.run();
    }, delayMs);
  }
}

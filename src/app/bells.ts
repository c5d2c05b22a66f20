/** Refused, error and done are told apart by ear: one, two, three strokes of the terminal's only bell. */
import type { Clock } from './clock.ts';

export type BellPattern = 'refused' | 'error' | 'done';

const STROKES: Readonly<Record<BellPattern, number>> = { refused: 1, error: 2, done: 3 };
/** Terminals run strokes together that come faster. */
const STROKE_PAUSE_MS = 200;

/**
 * Of two patterns the later one is heard whole, the earlier one ends: together they would be a third. The same once more
 * while it rings (paid, and closed by it) says nothing new.
 */
export function createBells(options: {
  clock: Clock;
  sounds: Readonly<Record<BellPattern, boolean>>;
  strike(): void;
}): { ring(pattern: BellPattern): void; stop(): void } {
  const { clock, sounds, strike } = options;
  let timer: unknown = null;
  let ringing: BellPattern | null = null;

  function stop(): void {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
    ringing = null;
  }

  function strikes(left: number): void {
    strike();
    if (left > 1) timer = clock.setTimeout(() => strikes(left - 1), STROKE_PAUSE_MS);
    else stop();
  }

  return {
    ring(pattern) {
      if (!sounds[pattern] || ringing === pattern) return;
      stop();
      ringing = pattern;
      strikes(STROKES[pattern]);
    },
    stop,
  };
}

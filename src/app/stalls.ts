/**
 * When the program was held up, keys wait unread and come all at once: then nobody can tell from the reading when they were
 * pressed. Looked at only while somebody types.
 */
import type { Clock } from './clock.ts';

const BEAT_MS = 15;
/** A beat so much too late means a stall. */
const LATE_MS = 15;
/** What waited is read within this time after a stall. */
const READ_MS = 20;
/** After the last key. */
const WATCHED_MS = 1500;

export interface Stalls {
  /** A key is read now. @returns the earliest moment at which it may have been pressed */
  keyRead(): number;
  stop(): void;
}

export function createStalls(clock: Clock): Stalls {
  let timer: unknown = null;
  let beatAtMs = 0;
  let keyAtMs = 0;
  let stall = { fromMs: 0, toMs: Number.NEGATIVE_INFINITY };

  function look(nowMs: number): void {
    if (nowMs - beatAtMs > BEAT_MS + LATE_MS) stall = { fromMs: beatAtMs, toMs: nowMs };
    beatAtMs = nowMs;
  }

  function beat(): void {
    timer = null;
    const nowMs = clock.now();
    look(nowMs);
    if (nowMs - keyAtMs < WATCHED_MS) timer = clock.setTimeout(beat, BEAT_MS);
  }

  return {
    keyRead() {
      const nowMs = clock.now();
      keyAtMs = nowMs;
      if (timer === null) {
        beatAtMs = nowMs;
        timer = clock.setTimeout(beat, BEAT_MS);
      } else {
        look(nowMs);
      }
      return nowMs - stall.toMs <= READ_MS ? stall.fromMs : nowMs;
    },
    stop() {
      if (timer !== null) clock.clearTimeout(timer);
      timer = null;
    },
  };
}

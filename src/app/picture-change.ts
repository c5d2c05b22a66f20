/**
 * Which keys were pressed for a screen that has gone: a result, an error, a list or the end of a QR comes of itself while
 * the hand is moving, and what was meant for the screen before must not answer it.
 */
import type { Layer } from './render.ts';

/** Nobody reads a new screen and presses a key within it. */
const UNREAD_MS = 200;
/** A hand that has not moved for so long waits for the screen, and answers it at once. */
const HAND_WAITS_MS = 1000;
/** The keys of one movement follow each other within it: with the first of them the rest is lost too. */
const MOVEMENT_MS = 400;
/** A key that is pressed again and again is meant for what stands there by now. */
const LONGEST_MOVEMENT_MS = 1500;

export interface PictureChange {
  /** After each picture: its top, and whether a key or a scan has brought it. */
  painted(top: Layer, isByHand: boolean, nowMs: number): void;
  /** Asked once for each key, in the order they were pressed. */
  isMissed(pressedAtMs: number, key: string): boolean;
}

export function createPictureChange(): PictureChange {
  let shown: string | null = null;
  /** When the program changed the screen under a moving hand; null = the hand brought it itself, or was at rest. */
  let changedAtMs: number | null = null;
  let keyAtMs = Number.NEGATIVE_INFINITY;
  let isMissing = false;
  /** The same payment goes on: Esc calls it off in each of its prompts. */
  let goesOn = false;
  let attemptId: string | undefined;

  function isMissed(atMs: number, key: string): boolean {
    if (changedAtMs === null || (goesOn && key === 'escape')) return false;
    if (atMs - changedAtMs < UNREAD_MS) return true;
    return isMissing && atMs - keyAtMs < MOVEMENT_MS && atMs - changedAtMs < LONGEST_MOVEMENT_MS;
  }

  return {
    painted(top, isByHand, nowMs) {
      const name = nameOf(top);
      if (name === shown) return;
      const isFirst = shown === null;
      shown = name;
      const promptOf = askedOf(top)?.attemptId;
      goesOn = promptOf !== undefined && promptOf === attemptId;
      attemptId = promptOf;
      const isMoving = nowMs - keyAtMs < HAND_WAITS_MS;
      changedAtMs = isByHand || isFirst || !isMoving ? null : nowMs;
    },
    isMissed(atMs, key) {
      isMissing = isMissed(atMs, key);
      keyAtMs = atMs;
      return isMissing;
    },
  };
}

/** What the cashier takes for one and the same screen. */
function nameOf({ context, ref, place }: Layer): string {
  const local = ref.local as { number?: string; attemptId?: string; jobId?: number } | null;
  const asked = askedOf({ ref });
  const about = [local?.number, local?.attemptId, local?.jobId, asked?.attemptId, asked?.prompt?.number];
  return [place, context.name, ...about].join(' ');
}

/** The payment whose prompt it is. */
function askedOf({ ref }: Pick<Layer, 'ref'>): Asked | undefined {
  return (ref.local as { attempt?: Asked } | null)?.attempt;
}

interface Asked {
  attemptId: string;
  prompt: { number: string } | null;
}

/** The same code twice in a moment: two pieces, or one piece read twice? (devices.md 2.2) */

export interface DuplicateSettings {
  /** Off by default: a buyer's second piece must not get lost. */
  dropsRepeats: boolean;
  windowMs: number;
}

export const DUPLICATE_DEFAULTS: DuplicateSettings = { dropsRepeats: false, windowMs: 300 };

/** The code seen last; null before the first. */
export type LastSeen = { readonly raw: string; readonly atMs: number } | null;

/**
 * Judges one scan. A dropped one counts as seen: a scanner that reads one piece over and over adds it once.
 * @param raw the code exactly as it came
 * @param atMs monotonic
 */
export function judgeRepeat(
  last: LastSeen,
  raw: string,
  atMs: number,
  settings: DuplicateSettings = DUPLICATE_DEFAULTS,
): { last: LastSeen; isKept: boolean } {
  const isRepeat = last !== null && last.raw === raw && atMs - last.atMs < settings.windowMs;
  return { last: { raw, atMs }, isKept: !(isRepeat && settings.dropsRepeats) };
}

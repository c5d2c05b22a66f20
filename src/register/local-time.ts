/**
 * Minutes east of UTC: one number where the shop has set it, or what the zone of the machine says of a moment. A zone may
 * have a summer time, so the offset is read for the moment that is shown, never once at the start.
 */
export type UtcOffset = number | ((atMs: number) => number);

/** The moment as if the clock on the wall were UTC: its date and time of day are read with the UTC methods. */
export function localMs(atMs: number, offset: UtcOffset): number {
  return atMs + (typeof offset === 'number' ? offset : offset(atMs)) * 60_000;
}

/** `2023-08-22T17:14:05.123` by the clock on the wall. */
export function localStamp(atMs: number, offset: UtcOffset): string {
  return new Date(localMs(atMs, offset)).toISOString().slice(0, -1);
}

/** `22.08.23 17:14:05`: how a screen and a slip write a moment. */
export function momentStamp(atMs: number, offset: UtcOffset): string {
  const stamp = localStamp(atMs, offset);
  return `${stamp.slice(8, 10)}.${stamp.slice(5, 7)}.${stamp.slice(2, 4)} ${stamp.slice(11, 19)}`;
}

/** `2023-08-22T17:14:05.123+03:00`: the clock on the wall and its offset, for what leaves the register as text. */
export function offsetStamp(atMs: number, offset: UtcOffset): string {
  const minutes = (localMs(atMs, offset) - atMs) / 60_000;
  const twoDigits = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  const away = Math.abs(minutes);
  return `${localStamp(atMs, offset)}${minutes < 0 ? '-' : '+'}${twoDigits(away / 60)}:${twoDigits(away % 60)}`;
}

/** The moment at which the clock on the wall shows this; of an hour that comes twice, or never, one of its two readings. */
export function momentOf(shownMs: number, offset: UtcOffset): number {
  if (typeof offset === 'number') return shownMs - offset * 60_000;
  // The offset of the guess may be that before a change of the clock: the second look has the one that is in force there.
  const guessMs = shownMs - offset(shownMs) * 60_000;
  return shownMs - offset(guessMs) * 60_000;
}

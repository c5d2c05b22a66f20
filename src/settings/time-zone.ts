import type { UtcOffset } from '../register/local-time.ts';

/** The clock that cashiers and buyers read: the offset of the settings, else the zone of the machine. */
export function utcOffsetOf({ utcOffsetMinutes }: { utcOffsetMinutes: number | null }): UtcOffset {
  return utcOffsetMinutes ?? ((atMs) => -new Date(atMs).getTimezoneOffset());
}

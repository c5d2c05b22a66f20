/** Dates of the wire: `DD.MM.YYYY HH:MM:SS`, GMT (assist.md 2). */

/** @returns the date as the wire writes it */
export function wireDate(timeMs: number): string {
  const [date = '', time = ''] = new Date(timeMs).toISOString().split('T');
  return `${date.split('-').reverse().join('.')} ${time.slice(0, 8)}`;
}

/** Seconds may be missing (`packetdate`). @returns milliseconds since 1970, null for anything that is no date */
export function readWireDate(text: string): number | null {
  const match = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, day = '', month = '', year = '', hour = '', minute = '', second = '00'] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const timeMs = Date.parse(iso);
  // `31.02.` would roll over into March.
  return Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== iso ? null : timeMs;
}

/** The same moment for a human at the till. */
export function shopDate(timeMs: number, utcOffsetMinutes: number): string {
  return wireDate(timeMs + utcOffsetMinutes * 60_000);
}

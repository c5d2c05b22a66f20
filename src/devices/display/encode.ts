import { encodeText, printableText } from '../printer/codepage.ts';
import { bytesOfHex, type DisplayProfile, type LineFrame } from './profile.ts';

export const DISPLAY_COLUMNS = 20;

/** What brings the display into a known state: it may have been switched off and on since it last heard of us. */
export function encodeStart({ start, codepage }: DisplayProfile): Uint8Array {
  const page = codepage.number === null ? [] : [0x1b, 0x74, codepage.number];
  return Buffer.concat([bytesOfHex(start), Uint8Array.from(page)]);
}

/** Both lines, each cut or padded to 20 columns: no character of the text before is left over. */
export function encodeLines(upper: string, lower: string, profile: DisplayProfile): Uint8Array {
  const line = (text: string, frame: LineFrame): Uint8Array[] => {
    const columns = printableText(text, profile.codepage.name).text.slice(0, DISPLAY_COLUMNS).padEnd(DISPLAY_COLUMNS);
    return [bytesOfHex(frame.before), encodeText(columns, profile.codepage.name), bytesOfHex(frame.after)];
  };
  return Buffer.concat([...line(upper, profile.upper), ...line(lower, profile.lower)]);
}

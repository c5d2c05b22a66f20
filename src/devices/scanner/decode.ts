import { safeText } from '../../register/safe-text.ts';

export interface Scan {
  /** For look-up and screen: decoded, without AIM id and control characters. */
  text: string;
  /**
   * The code exactly as it came, one character a byte (latin1), AIM id included: separators (0x1D) and binary survive
   * here and only here. Marking codes are parsed from it.
   */
  raw: string;
  /** AIM identifier (`]E0` = EAN-13), null when the scanner does not send one. */
  symbology: string | null;
}

const AIM_ID = /^\][A-Za-z][0-9]/;
const MAX_TEXT_COLUMNS = 4096;
/** The one place of windows-1251 without a character: a code that uses it is in no Cyrillic encoding. */
const UNASSIGNED_1251 = 0x98;

/** @param raw one frame, latin1 */
export function decodeScan(raw: string): Scan {
  const symbology = AIM_ID.exec(raw)?.[0] ?? null;
  const bytes = Buffer.from(symbology === null ? raw : raw.slice(symbology.length), 'latin1');
  return { text: safeText(decodeBytes(bytes), MAX_TEXT_COLUMNS), raw, symbology };
}

/** Strict UTF-8, else windows-1251, else latin1 (devices.md 2.2). */
function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(bytes.includes(UNASSIGNED_1251) ? 'latin1' : 'windows-1251').decode(bytes);
  }
}

/** What a printer's high bytes look like on paper, by the number of `ESC t n` (devices.md 4.2). */

export type CodePageName = 'cp866' | 'cp1251';
/** Numbers of one make of printers. */
export type CodePages = Readonly<Record<number, CodePageName>>;

/** Epson's numbers. */
export const EPSON_PAGES: CodePages = { 17: 'cp866', 46: 'cp1251' };

/** Stands for a letter of a page this printer does not read Cyrillic in, or a place the page leaves empty. */
const UNREADABLE = '□';

const DECODERS: Readonly<Record<CodePageName, { decode(bytes: Uint8Array): string }>> = {
  cp866: new TextDecoder('ibm866'),
  cp1251: new TextDecoder('windows-1251'),
};

/** The character of one byte. */
export function characterOf(byte: number, page: CodePageName | undefined): string {
  if (byte < 0x80) return String.fromCharCode(byte);
  if (page === undefined) return UNREADABLE;
  const character = DECODERS[page].decode(Uint8Array.of(byte));
  // The paper is shown on a terminal: C1 controls of empty places must not get there.
  if (/[\u0080-\u009f\ufffd]/.test(character)) return UNREADABLE;
  return character === '\u00a0' ? ' ' : character;
}

/** Cyrillic code pages of receipt printers and what to print for characters they lack (devices.md 4.2). */

export type CodepageName = 'cp866' | 'cp1251';

const LABELS: Readonly<Record<CodepageName, string>> = { cp866: 'ibm866', cp1251: 'windows-1251' };

/** What stands in for a character, tried only when the code page lacks it. Widths may change: do it before wrapping. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  '«': '"',
  '»': '"',
  '„': '"',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '—': '-',
  '–': '-',
  '‑': '-',
  '−': '-',
  '…': '...',
  '₽': 'р.',
  І: 'I',
  і: 'i',
  '×': 'x',
};

const BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
/** Bytes a printer obeys and never prints; the C1 range is letters in these pages, so the code point decides. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

const tables = new Map<CodepageName, ReadonlyMap<string, number>>();

/** The upper half of the page, made by asking the runtime's own decoder what each byte means. */
function tableOf(name: CodepageName): ReadonlyMap<string, number> {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = new Map<string, number>();
  const decoder = new TextDecoder(LABELS[name]);
  for (let byte = 0x80; byte <= 0xff; byte++) {
    const character = decoder.decode(Uint8Array.of(byte));
    // An unassigned place decodes to a control or replacement character; NBSP is a plain blank on paper.
    if (!/[\u0080-\u009f\u00a0\ufffd]/.test(character)) table.set(character, byte);
  }
  tables.set(name, table);
  return table;
}

function hasCharacter(table: ReadonlyMap<string, number>, character: string): boolean {
  return (character >= ' ' && character <= '~') || table.has(character);
}

/**
 * The text as this page can print it: one UTF-16 unit is one byte and one column afterwards.
 * @returns `replaced` names the characters printed as a question mark, for the log
 */
export function printableText(text: string, name: CodepageName): { text: string; replaced: string[] } {
  const table = tableOf(name);
  const replaced: string[] = [];
  let printable = '';
  for (const character of text.normalize('NFC').replace(BLANKS, ' ').replace(CONTROLS, '')) {
    if (hasCharacter(table, character)) {
      printable += character;
      continue;
    }
    const substitute = SUBSTITUTES[character];
    printable += substitute ?? '?';
    if (substitute === undefined) replaced.push(character);
  }
  return { text: printable, replaced };
}

/** Bytes of the text in this page. Never yields a byte a printer would obey (reliability.md 8). */
export function encodeText(text: string, name: CodepageName): Uint8Array {
  const table = tableOf(name);
  const { text: printable } = printableText(text, name);
  const bytes = new Uint8Array(printable.length);
  for (let at = 0; at < printable.length; at++) bytes[at] = table.get(printable.charAt(at)) ?? printable.charCodeAt(at);
  return bytes;
}

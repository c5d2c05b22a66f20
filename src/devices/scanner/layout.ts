/**
 * A keyboard-wedge scanner presses the keys of a US keyboard; with a Russian or Belarusian layout on, they become other
 * characters (devices.md 2.4). What each of them is on a US keyboard:
 */
const ON_US_KEYBOARD: ReadonlyMap<string, string> = pairs(
  // Russian letters, by rows of the keyboard.
  ['ё', '`'],
  ['йцукенгшщзхъ', 'qwertyuiop[]'],
  ['фывапролджэ', "asdfghjkl;'"],
  ['ячсмитьбю', 'zxcvbnm,.'],
  ['Ё', '~'],
  ['ЙЦУКЕНГШЩЗХЪ', 'QWERTYUIOP{}'],
  ['ФЫВАПРОЛДЖЭ', 'ASDFGHJKL:"'],
  ['ЯЧСМИТЬБЮ', 'ZXCVBNM<>'],
  // The keys on which the Belarusian layout differs.
  ["ўі'", 'ob]'],
  ['ЎІ', 'OB'],
  // Punctuation that moved.
  ['"№;:?', '@#$^&'],
  ['.,/', '/?|'],
  // The same key in both layouts.
  ['0123456789 !%*()-_=+\\', '0123456789 !%*()-_=+\\'],
);

/**
 * What the scanner meant. Only characters outside ASCII prove that another layout was on: digits alone are the same in
 * both.
 * @returns null when no layout explains the text (it was switched in the middle, or the code itself is Cyrillic): DEV-07
 */
export function repairLayout(text: string): { text: string; isRepaired: boolean } | null {
  if (/^[\x00-\x7f]*$/.test(text)) return { text, isRepaired: false };
  let repaired = '';
  for (const character of text) {
    // Control characters (GS) come from Ctrl and a key: the layout does not matter.
    const meant = character < ' ' ? character : ON_US_KEYBOARD.get(character);
    if (meant === undefined) return null;
    repaired += meant;
  }
  return { text: repaired, isRepaired: true };
}

function pairs(...rows: readonly (readonly [typed: string, meant: string])[]): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap(([typed, meant]) => [...typed].map((character, i): [string, string] => [character, meant.charAt(i)])),
  );
}

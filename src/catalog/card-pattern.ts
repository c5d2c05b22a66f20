/** No number of a card is longer: what comes from a reader or is typed is cut off here. */
export const MAX_CARD_NUMBER = 50;

const MAX_PATTERN = 100;
const MAX_VARIABLE_PARTS = 3;
const MAX_ALTERNATIVES = 8;

/**
 * The regular expression of a card group (`pattern`, domain.md 2.13), held against the whole number. It comes from a load
 * file, and a matcher that tries every way would stand still over `(\d+)+`: only patterns whose ways are few are taken.
 * So no repeated groups, no references, no looking around, few parts of variable length.
 * @returns null when it is not readable or not harmless; such a pattern fits no number
 */
export function cardPattern(text: string): RegExp | null {
  if (text.length > MAX_PATTERN || /\\[1-9k]/.test(text)) return null;
  const bare = text
    .replace(/\\./g, 'a')
    .replace(/\[[^\]]*\]/g, 'a')
    .replaceAll('(?:', '(');
  if (/\)[*+?{]|\(\?|\{\d{3}|,\d{3}/.test(bare)) return null;
  const variableParts = bare.match(/[*+?]|\{\d+,\d*\}/g)?.length ?? 0;
  const alternatives = bare.match(/\|/g)?.length ?? 0;
  if (variableParts > MAX_VARIABLE_PARTS || alternatives > MAX_ALTERNATIVES) return null;
  try {
    // Alone first: `a)|(b` would be readable only inside of the brackets, and slip out of the anchors.
    new RegExp(text);
    return new RegExp(`^(?:${text})$`);
  } catch {
    return null;
  }
}

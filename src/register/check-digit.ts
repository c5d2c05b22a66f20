/**
 * Check digits of goods numbers (devices.md 2.3): EAN-8, UPC-A (12), EAN-13, ITF-14/GTIN-14, SSCC (18), all by one rule:
 * from the right, weights 3, 1, 3, 1...
 */

const GTIN_LENGTHS = new Set([8, 12, 13, 14]);

/** The digit that belongs behind `body`. `body` must be decimal digits. */
export function checkDigitOf(body: string): string {
  let sum = 0;
  let weight = 3;
  for (let index = body.length - 1; index >= 0; index--) {
    sum += Number(body[index]) * weight;
    weight = 4 - weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last digit is the check digit of the others. */
export function endsWithCheckDigit(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && checkDigitOf(digits.slice(0, -1)) === digits.slice(-1);
}

/** 8, 12, 13 or 14 digits: a number that carries a check digit. */
export function hasGtinLength(text: string): boolean {
  return GTIN_LENGTHS.has(text.length) && /^\d+$/.test(text);
}

/**
 * Prefixes 02, 04, 20-29 belong to the shop (devices.md 2.3): their last digit is whatever the shop's scales put there.
 * A UPC-A is an EAN-13 without its leading zero, so 2 and 4 are the same prefixes there.
 */
export function isInternalNumber(digits: string): boolean {
  if (digits.length === 13) return /^(?:2|02|04)/.test(digits);
  if (digits.length === 12) return /^[24]/.test(digits);
  return digits.length === 8 && /^[02]/.test(digits);
}

/**
 * The other spellings of one GTIN: UPC-A is an EAN-13 with a leading zero, a GTIN-14 with a leading zero is an EAN-13,
 * and so on (devices.md 2.3, order of search).
 * @returns without the text itself, EAN-13 first; empty when the text is no GTIN
 */
export function gtinSpellings(text: string): string[] {
  if (!hasGtinLength(text)) return [];
  const full = text.padStart(14, '0');
  const spellings: string[] = [];
  for (const length of [13, 12, 8, 14]) {
    const spelling = full.slice(14 - length);
    if (spelling !== text && /^0*$/.test(full.slice(0, 14 - length))) spellings.push(spelling);
  }
  return spellings;
}

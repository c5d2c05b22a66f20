/** Money is integer kopecks everywhere; floats never touch it. */

/** Largest sum a register may hold anywhere: 99 999 999.99. Far inside the exact range of a double. */
export const MAX_SUM_KOPECKS = 9_999_999_999;

/** `12190` -> `121.90`. Point, no thousands separator, no currency sign (screens.md 1.2). */
export function formatKopecks(amountKopecks: number): string {
  const sign = amountKopecks < 0 ? '-' : '';
  const digits = String(Math.abs(amountKopecks)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Reads what a cashier typed: `10`, `10.5`, `10,50`, `.5`.
 * @returns kopecks, or null when it is not a sum with at most two decimals inside the register's range.
 */
export function parseKopecks(text: string): number | null {
  const match = /^(\d{0,9})(?:[.,](\d{0,2}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return null;
  const amountKopecks = Number(whole || '0') * 100 + Number(fraction.padEnd(2, '0'));
  return amountKopecks <= MAX_SUM_KOPECKS ? amountKopecks : null;
}

/**
 * Money of a line: price x quantity, rounded half up to a kopeck (domain.md 2.4).
 * BigInt, because price x quantity may leave the exact range of a double.
 */
export function lineSumKopecks(priceKopecks: number, quantityThousandths: number): number {
  const product = BigInt(priceKopecks) * BigInt(quantityThousandths);
  return Number((product + 500n) / 1000n);
}

/** A sum less its discount in hundredths of a percent, rounded half up: 15.30 less 5 % (500) -> 14.54 (SCR-23). */
export function discountedKopecks(amountKopecks: number, discountBasisPoints: number): number {
  return Number((BigInt(amountKopecks) * BigInt(10_000 - discountBasisPoints) + 5_000n) / 10_000n);
}

/**
 * What is given back for a part of a paid line (domain.md 2.14): round(paid x (before + now) / sold) less what was given
 * back before. Rounding never drifts: any sequence of parts ends at exactly the paid sum. Never below nothing: a part of its money
 * that went back meanwhile may have made what is left cheaper than what was given back for the goods before.
 */
export function refundKopecks(
  line: { paidKopecks: number; soldThousandths: number; beforeThousandths: number; beforeKopecks: number },
  nowThousandths: number,
): number {
  const sold = BigInt(line.soldThousandths);
  const until = BigInt(line.beforeThousandths + nowThousandths);
  const owed = (BigInt(line.paidKopecks) * until * 2n + sold) / (sold * 2n);
  return Math.max(0, Number(owed) - line.beforeKopecks);
}

/** Quantity is integer thousandths of the goods' unit: 1 piece = 1000, 0.455 kg = 455. */

export const ONE_PIECE_THOUSANDTHS = 1000;
/** The most a line may hold of anything, and what can be typed: six digits and three decimals. */
export const MAX_QUANTITY_THOUSANDTHS = 999_999_999;

/** `1` for a piece unit, always three decimals for a fractional one (screens.md 1.2). */
export function formatQuantity(quantityThousandths: number, fractional: boolean): string {
  const whole = Math.trunc(quantityThousandths / 1000);
  const rest = Math.abs(quantityThousandths % 1000);
  if (!fractional && rest === 0) return String(whole);
  return `${whole}.${String(rest).padStart(3, '0')}`;
}

/** Reads `3`, `0.455`, `1,5`. @returns thousandths, or null when it is no number with at most three decimals. */
export function parseQuantity(text: string): number | null {
  const match = /^(\d{0,6})(?:[.,](\d{0,3}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return null;
  return Number(whole || '0') * 1000 + Number(fraction.padEnd(3, '0'));
}

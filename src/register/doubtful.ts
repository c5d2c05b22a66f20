/** Numbers nobody means: a barcode that came where a sum or a quantity is typed, and what is beyond the shop's limit. */
import { ONE_PIECE_THOUSANDTHS } from './quantity.ts';

/** What the shop takes for usual; beyond it the cashier is asked first. */
export interface UsualLimits {
  /** Whole roubles. */
  maxCashSum: number;
  /** Whole units. */
  maxQuantity: number;
}

/** Also a price: one piece at it is a sum of that size. */
export function isDoubtfulSum(amountKopecks: number, { maxCashSum }: UsualLimits): boolean {
  return amountKopecks > maxCashSum * 100 || (amountKopecks % 100 === 0 && isBarcode(String(amountKopecks / 100)));
}

export function isDoubtfulQuantity(quantityThousandths: number, { maxQuantity }: UsualLimits): boolean {
  return quantityThousandths > maxQuantity * ONE_PIECE_THOUSANDTHS;
}

/** EAN-8, UPC-A, EAN-13 or GTIN-14 whose check digit is right: a slow scanner types it like a hand. */
function isBarcode(digits: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

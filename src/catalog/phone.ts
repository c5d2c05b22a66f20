/** Belarus: nine digits behind the country code. */
const COUNTRY_CODE = '375';

/**
 * One spelling for one phone: `+375 29 123-45-67`, `8 029 123 45 67` and `29 1234567` are the same number.
 * @returns digits with the country code; empty when there are none or too many
 */
export function phoneDigits(text: string): string {
  const digits = text.replace(/\D/g, '');
  if (/^80\d{9}$/.test(digits)) return COUNTRY_CODE + digits.slice(2);
  if (digits.length === 9) return COUNTRY_CODE + digits;
  return digits.length <= 15 ? digits : '';
}

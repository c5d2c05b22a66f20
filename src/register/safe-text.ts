/**
 * The one gate for text from outside (goods names, server messages, scans, file names): what passes it may be
 * drawn, logged and printed. reliability.md 8: an escape in a goods name must not reach the terminal or the printer.
 */

// C0 and DEL, C1 (the Linux console obeys U+009B), soft hyphen, combining grapheme joiner, Arabic and Hangul fillers,
// zero-width and bidi controls, line and paragraph separators, byte order mark, specials, variation selectors.
const FORBIDDEN =
  /[\p{Cf}\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]/gu;
// Marks that NFC could not compose have no column of their own (terminal.md 2, row 15).
const LOOSE_MARKS = /\p{M}/gu;
// One column each is all the painter can promise (terminal.md 2, rows 14-15): wide letters and emoji become a question
// mark, so that columns stay aligned.
const NOT_ONE_COLUMN =
  /[\u1100-\u115f\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{10000}-\u{10ffff}]/gu;

/**
 * @param text anything, may be hostile
 * @param maxColumns cut after so many columns (default 200: no field of ours is longer)
 * @returns NFC text in which one UTF-16 unit is one column; control bytes are removed, tabs and line ends become a blank
 */
export function safeText(text: string, maxColumns = 200): string {
  // Cut first: a hostile megabyte must not be normalised. Four units a column leaves room for what is stripped.
  const head = text.length > maxColumns * 8 + 64 ? text.slice(0, maxColumns * 8 + 64) : text;
  const clean = head
    .replace(/[\t\n\r\u0085\u2028\u2029]+/gu, ' ')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?')
    .normalize('NFC')
    .replace(FORBIDDEN, '')
    .replace(LOOSE_MARKS, '')
    .replace(NOT_ONE_COLUMN, '?');
  return clean.slice(0, maxColumns);
}

/** Cut to `columns`; `safeText` has made one unit one column. */
export function cutColumns(text: string, columns: number): string {
  return text.length > columns ? text.slice(0, Math.max(0, columns)) : text;
}

/**
 * PCI rule of reliability.md 7: a 13-19 digit Luhn number that is not goods is masked before screen and log
 * (first six, last four).
 */
export function maskCardNumber(text: string): string {
  return text.replace(/(?<!\d)\d{13,19}(?!\d)/g, (digits) =>
    passesLuhn(digits) ? `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}` : digits,
  );
}

// Plain, in JSON (`\\/`) or percent-encoded. The shop's own QR (`o-cashpay`, `o-webpay`) is no secret.
const BUYER_CODE = /(o-plati(?::|%3a)(?:\\{0,8}\/|%2f){2}o-buyer)(?:[^\s"'<>\\]|\\{1,8}\/)*/gi;

/** What stands on the buyer's phone is as good as money (domain.md 2.8.10): only its head may be shown or written. */
export function maskBuyerCode(text: string): string {
  return text.replace(BUYER_CODE, '$1/***');
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

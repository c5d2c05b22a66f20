/**
 * What a load file asks for, whatever its format, and the checks of single values. A value that cannot be used throws
 * `Refusal` with the reason in Russian: it is shown to the person who made the file.
 */

import { endsWithCheckDigit, hasGtinLength, isInternalNumber } from '../../register/check-digit.ts';
import type { Goods, Role, Unit } from '../../register/model.ts';
import { parseKopecks } from '../../register/money.ts';
import { parseQuantity } from '../../register/quantity.ts';
import { safeText } from '../../register/safe-text.ts';
import type { CardChange } from './card-changes.ts';
import { refusal } from './refusal.ts';

export interface BarcodeDraft {
  barcode: string;
  name: string | null;
  priceKopecks: number | null;
  /** 0 = the quantity must be typed. */
  quantityThousandths: number | null;
}

/** A field left out keeps what the goods had; new goods get the usual value. */
export interface GoodsDraft {
  code: string;
  name: string;
  priceKopecks: number;
  /** First one is the main barcode. `all`: these replace every barcode of the goods; `main`: only the main one. */
  barcodes?: { replace: 'all' | 'main'; list: BarcodeDraft[] };
  /** Code or name of the unit. */
  unit?: string;
  /** Tells what an unknown unit is, so that it can be made (CSV has no table of units). */
  unitFractional?: boolean;
  minPriceKopecks?: number;
  priceEntry?: Goods['priceEntry'];
  quantityRequired?: boolean;
  saleForbidden?: boolean;
  quantityLimitThousandths?: number | null;
  documentQuantityLimitThousandths?: number | null;
}

export interface UserDraft {
  code: string;
  login: string;
  name: string;
  rank: string;
  /** Clear text of the file; undefined keeps the old one. Never logged, never kept. */
  password?: string;
  locked: boolean;
  roles: Role[];
}

export interface CurrencyDraft {
  code: number;
  shortName: string;
  name: string;
  provider: string;
  changeAllowed: boolean;
}

export type Change =
  | { do: 'addGoods'; goods: GoodsDraft }
  | { do: 'deleteGoods'; code: string }
  | { do: 'clearGoods' }
  | { do: 'addBarcode'; code: string; barcode: BarcodeDraft }
  | { do: 'deleteBarcode'; barcode: string }
  | { do: 'clearBarcodes' }
  | { do: 'addPrice'; barcode: string; priceKopecks: number }
  | { do: 'deletePrice'; barcode: string }
  | { do: 'clearPrices' }
  | { do: 'addUnit'; unit: Unit }
  | { do: 'deleteUnit'; code: string }
  | { do: 'clearUnits' }
  | { do: 'addPlu'; plu: string; code: string }
  | { do: 'deletePlu'; plu: string }
  | { do: 'clearPlu' }
  | { do: 'addUser'; user: UserDraft }
  | { do: 'deleteUser'; code: string }
  | { do: 'clearUsers' }
  | CardChange
  | { do: 'addCurrency'; currency: CurrencyDraft }
  | { do: 'deleteCurrency'; code: number }
  | { do: 'clearCurrencies' }
  /** A command of tables this register does not have. */
  | { do: 'skip'; command: string };

/** One row of a load file: what it asks for, or a function that says why it cannot. */
export interface LoadRow {
  row: number;
  fraction: number;
  /** @throws Refusal */
  read(): Change;
}

const MAX_CODE = 30;
const MAX_BARCODE = 50;
const MAX_NAME = 200;

/** A code of goods, unit, user: no blanks around, not empty. */
export function codeOf(text: string): string {
  const code = cleanText(text, MAX_CODE, 'Код');
  if (code === '') throw refusal('Не указан код');
  return code;
}

export function nameOf(text: string): string {
  const name = cleanText(text, MAX_NAME, 'Наименование');
  if (name === '') throw refusal('Не указано наименование');
  return name;
}

/** Text that may be missing or long: it is cut. */
export function plainText(text: string): string {
  return safeText(text, MAX_NAME).trim();
}

/** Text that `safeText` gives back as it is; asking it for a million rows would cost a load some seconds. */
const PLAIN = /^[ -~А-яЁё№]*$/;

function cleanText(text: string, maxColumns: number, what: string): string {
  const clean = (PLAIN.test(text) ? text : safeText(text, maxColumns + 1)).trim();
  if (clean.length > maxColumns) throw refusal(`${what} длиннее ${maxColumns} знаков`);
  return clean;
}

/** Refuses a wrong check digit: such a barcode could never be scanned. Numbers made in the shop are let through. */
export function barcodeOf(text: string): string {
  const barcode = cleanText(text, MAX_BARCODE, 'Штрих-код');
  if (barcode === '') throw refusal('Не указан штрих-код');
  if (hasGtinLength(barcode) && !isInternalNumber(barcode) && !endsWithCheckDigit(barcode)) {
    throw refusal(`Неверная контрольная цифра штрих-кода ${barcode}`);
  }
  return barcode;
}

/** Sum as text: `50`, `50.00`, `50,5`. Never through a float. */
export function priceOf(text: string, what = 'Цена'): number {
  const clean = text.trim();
  if (clean === '') throw refusal(`${what} не указана`);
  if (/^[-−]\s*[\d.,]/.test(clean)) throw refusal(`${what} отрицательная: ${safeText(clean, 20)}`);
  if (/^\d+[.,]\d{3,}$/.test(clean)) {
    // `50.100` is 50.10 written longer; `50.123` cannot be paid.
    const shorter = clean.replace(/([.,]\d\d)0+$/, '$1');
    if (/[.,]\d{3,}$/.test(shorter)) {
      throw refusal(`${what} содержит больше двух знаков после запятой: ${safeText(clean, 20)}`);
    }
    return priceOf(shorter, what);
  }
  const kopecks = parseKopecks(clean);
  if (kopecks === null) throw refusal(`${what} не читается: ${safeText(clean, 20)}`);
  return kopecks;
}

/** Quantity as text. A limit of 0 means none. */
export function quantityOf(text: string): number {
  const quantity = parseQuantity(text.trim());
  if (quantity === null) throw refusal(`Количество не читается: ${safeText(text, 20)}`);
  return quantity;
}

/** A whole number of the file: code of a currency, card mode. */
export function numberOf(text: string, what: string): number {
  if (!/^\d{1,9}$/.test(text.trim())) throw refusal(`${what} не читается: ${safeText(text, 20)}`);
  return Number(text);
}

/** 1, true, да, y; 0, false, нет, n. @returns null when it is neither */
export function booleanOf(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (['1', 'true', 'да', 'yes', 'y', '+'].includes(word)) return true;
  if (['0', 'false', 'нет', 'no', 'n', '-', ''].includes(word)) return false;
  return null;
}

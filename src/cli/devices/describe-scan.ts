/** What a scan says, for the person who sets the scanner up. Pure. */

import { isMark, parseCigarettePack, parseGs1 } from '../../catalog/gs1.ts';
import type { Scan } from '../../devices/scanner/decode.ts';
import { checkDigitOf, endsWithCheckDigit, hasGtinLength, isInternalNumber } from '../../register/check-digit.ts';

export interface ScanDescription {
  /** Every byte that came: printable ASCII as it is, the others as `\x1d`. */
  bytes: string;
  byteCount: number;
  /** `]E0 EAN-13`, null when the scanner sends no AIM id. */
  symbology: string | null;
  /** What the register understands, one finding a line. */
  parsed: string[];
  /** Something is wrong with the code or the scanner. */
  isSuspicious: boolean;
}

const SYMBOLOGIES: Readonly<Record<string, string>> = {
  ']E0': 'EAN-13/UPC',
  ']E3': 'EAN-13 с дополнением',
  ']E4': 'EAN-8',
  ']C0': 'Code 128',
  ']C1': 'GS1-128',
  ']e0': 'GS1 DataBar',
  ']d1': 'DataMatrix',
  ']d2': 'GS1 DataMatrix',
  ']Q1': 'QR',
  ']Q3': 'GS1 QR',
  ']I1': 'ITF',
  ']X0': 'ISBN',
};
const GTIN_NAMES: Readonly<Record<number, string>> = { 8: 'EAN-8', 12: 'UPC-A', 13: 'EAN-13', 14: 'GTIN-14' };

export function describeScan(scan: Scan): ScanDescription {
  const { raw, symbology } = scan;
  const body = symbology === null ? raw : raw.slice(symbology.length);
  const { parsed, isSuspicious } = parse(scan, body);
  const name = symbology === null ? undefined : SYMBOLOGIES[symbology];
  return {
    bytes: escapeBytes(raw),
    byteCount: raw.length,
    symbology: symbology === null ? null : [symbology, ...(name === undefined ? [] : [name])].join(' '),
    parsed: /[\x80-\xff]/.test(body) ? [...parsed, `Текст: ${scan.text}`] : parsed,
    isSuspicious,
  };
}

function parse({ raw }: Scan, body: string): Pick<ScanDescription, 'parsed' | 'isSuspicious'> {
  if (hasGtinLength(body)) return parseGtin(body);
  const gs1 = parseGs1(raw);
  if (!('problem' in gs1)) {
    const elements = gs1.elements.map(({ ai, value }) => `(${ai}) ${value}`).join('  ');
    return { parsed: [`GS1${isMark(gs1) ? ', код маркировки' : ''}: ${elements}`], isSuspicious: false };
  }
  if (gs1.problem === 'noSeparators') {
    const text = 'DEV-06 Сканер передает код без разделителей. Проверьте настройку сканера';
    return { parsed: [text], isSuspicious: true };
  }
  const pack = parseCigarettePack(raw);
  if (pack !== null) return { parsed: [`Пачка: GTIN ${pack.gtin}, серия ${pack.serial}`], isSuspicious: false };
  return { parsed: ['Прочий код: ищется как есть'], isSuspicious: false };
}

function parseGtin(digits: string): Pick<ScanDescription, 'parsed' | 'isSuspicious'> {
  const name = GTIN_NAMES[digits.length] ?? '';
  if (endsWithCheckDigit(digits)) {
    const whose = isInternalNumber(digits) ? ', номер внутри магазина (весы)' : '';
    return { parsed: [`${name}: контрольная цифра верна${whose}`], isSuspicious: false };
  }
  const right = checkDigitOf(digits.slice(0, -1));
  return {
    parsed: [`${name}: контрольная цифра ${digits.slice(-1)} неверна, должна быть ${right}`],
    isSuspicious: !isInternalNumber(digits),
  };
}

/** @param raw latin1, one character a byte */
export function escapeBytes(raw: string): string {
  return raw.replace(/[^ -~]|\\/g, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

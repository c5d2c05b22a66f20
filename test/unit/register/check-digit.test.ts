import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDigitOf,
  endsWithCheckDigit,
  gtinSpellings,
  hasGtinLength,
  isInternalNumber,
} from '../../../src/register/check-digit.ts';

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));
const number = fc
  .constantFrom(7, 11, 12, 13, 17)
  .chain(digits)
  .map((body) => body + checkDigitOf(body));

describe('check digits', () => {
  it.each([
    ['EAN-13', '4006381333931'],
    ['EAN-8', '73513537'],
    ['UPC-A', '036000291452'],
    ['GTIN-14', '10614141000415'],
    ['SSCC', '106141412345678908'],
    ['demo milk', '4810000000018'],
    ['demo bifilux', '4810000000025'],
    ['demo juice', '4810000000032'],
    ['demo milk 2.8 %', '4810000000575'],
    ['the unknown barcode', '4810000009998'],
  ])('%s %s is right', (_kind, text) => {
    expect(endsWithCheckDigit(text)).toBe(true);
  });

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(number, fc.nat(), fc.integer({ min: 1, max: 9 }), (text, place, shift) => {
        const index = place % text.length;
        const wrong = text.slice(0, index) + ((Number(text[index]) + shift) % 10) + text.slice(index + 1);
        expect(endsWithCheckDigit(text)).toBe(true);
        expect(endsWithCheckDigit(wrong)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('takes letters and single digits for no number', () => {
    expect(endsWithCheckDigit('481000000001X')).toBe(false);
    expect(endsWithCheckDigit('0')).toBe(false);
    expect(hasGtinLength('481000000001X')).toBe(false);
    expect(hasGtinLength('123456789')).toBe(false);
  });

  it('spells one GTIN in all its lengths', () => {
    expect(gtinSpellings('036000291452')).toEqual(['0036000291452', '00036000291452']);
    expect(gtinSpellings('04810000000018')).toEqual(['4810000000018']);
    expect(gtinSpellings('4810000000018')).toEqual(['04810000000018']);
    expect(gtinSpellings('14810000000015')).toEqual([]);
    expect(gtinSpellings('00004')).toEqual([]);
  });

  it('knows the numbers made inside a shop', () => {
    expect(
      ['2200004012345', '0212345678901', '0412345678901', '212345678901', '21234567'].map(isInternalNumber),
    ).toEqual(Array(5).fill(true));
    expect(['4810000000018', '036000291452', '73513537', '24810000000012'].map(isInternalNumber)).toEqual(
      Array(4).fill(false),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskCardNumber, safeText } from '../../../src/register/safe-text.ts';

describe('safeText', () => {
  it('keeps Russian and Belarusian letters, signs and braces', () => {
    const text = 'Ёлка ЎІі №5 «Сок» {bold} 1.5% — Й';
    expect(safeText(text)).toBe(text);
  });

  it('composes letters and drops marks that have no column', () => {
    expect(safeText('И\u0306огурт')).toBe('Йогурт');
    expect(safeText('а\u0301')).toBe('а');
  });

  it('strips escapes, C1, bidi, zero-width and lone surrogates', () => {
    expect(safeText('\u001b[31mA\u009b31mB\u202eC\u200bD\ud800E\u0000')).toBe('[31mA31mBCD?E');
    expect(safeText('две\r\nстроки')).toBe('две строки');
  });

  it('gives one column per unit and nothing that could steer a terminal or a printer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 0, max: 60 }), (text, columns) => {
        const safe = safeText(text, columns);
        expect(safe.length).toBeLessThanOrEqual(columns);
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Zl}\p{Zp}]/u);
        expect(safeText(safe, columns)).toBe(safe);
      }),
      { numRuns: 500 },
    );
  });

  it('a card number is masked, a barcode is not', () => {
    expect(maskCardNumber('карта 4111111111111111 и 4810000000018')).toBe('карта 411111******1111 и 4810000000018');
  });
});

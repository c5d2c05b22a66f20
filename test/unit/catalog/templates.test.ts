import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchTemplate, parseTemplate, parseTemplates } from '../../../src/catalog/templates.ts';
import { checkDigitOf } from '../../../src/register/check-digit.ts';
import { type Fault, isFault } from '../../../src/register/fault.ts';
import { TEMPLATE_TEXTS } from './template-texts.ts';

const defaults = parseTemplates(TEMPLATE_TEXTS);
const withCheckDigit = (body: string) => body + checkDigitOf(body);

describe('templates of shop barcodes', () => {
  it('reads grams, kopecks and pieces', () => {
    expect(matchTemplate(defaults, withCheckDigit('220000400455'))).toMatchObject({
      plu: '00004',
      quantityThousandths: 455,
      priceKopecks: null,
      checkDigitValid: true,
    });
    expect(matchTemplate(defaults, withCheckDigit('230001712345'))).toMatchObject({
      plu: '00017',
      quantityThousandths: null,
      priceKopecks: 12345,
    });
    expect(matchTemplate(defaults, withCheckDigit('240001700012'))).toMatchObject({ quantityThousandths: 12000 });
  });

  it('gives back any PLU and weight that scales may print, and sees a wrong digit', () => {
    fc.assert(
      fc.property(fc.nat(99999), fc.nat(99999), fc.integer({ min: 1, max: 9 }), (plu, grams, shift) => {
        const body = `22${String(plu).padStart(5, '0')}${String(grams).padStart(5, '0')}`;
        const right = matchTemplate(defaults, withCheckDigit(body));
        expect(right).toMatchObject({ quantityThousandths: grams, checkDigitValid: true });
        expect(Number(right?.plu)).toBe(plu);
        const wrong = body + ((Number(checkDigitOf(body)) + shift) % 10);
        expect(matchTemplate(defaults, wrong)?.checkDigitValid).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('lets other barcodes alone', () => {
    for (const text of ['4810000000018', '2500004004551', '22000040045', '220000400455X', '']) {
      expect(matchTemplate(defaults, text)).toBeNull();
    }
  });

  it('prefers the most literal template, then the order of the settings', () => {
    const templates = parseTemplates(['weight: 2CCCCCCWWWWWK', 'pieces: 21CCCCCQQQQQK', 'price: 21CCCCCPPPPPK']);
    expect(matchTemplate(templates, withCheckDigit('210000400455'))?.template.kind).toBe('pieces');
    expect(matchTemplate(templates, withCheckDigit('220000400455'))?.template.kind).toBe('weight');
  });

  it('skips an inner check and needs no check digit of its own', () => {
    const templates = parseTemplates(['price: 20CCCCVPPPPPP']);
    expect(matchTemplate(templates, '2012349001530')).toMatchObject({
      plu: '1234',
      priceKopecks: 1530,
      checkDigitValid: true,
    });
  });

  it.each([
    ['22CCCCCWWWWWK', 'вид должен быть'],
    ['mass: 22CCCCCWWWWWK', 'вид должен быть'],
    ['weight: 22СССССWWWWWK', 'латинские буквы'],
    ['weight: 22CCCCCPPPPPK', 'буквы W должны стоять'],
    ['weight: 22CCCCCWWPWWK', 'буквы W должны стоять'],
    ['weight: 22CCCCCWWWWPK', 'буква P не подходит'],
    ['weight: 22CCCCCWWWWKW', 'буквы W должны стоять'],
    ['weight: K2CCCCCWWWWWK', 'контрольная цифра K'],
    ['weight: CCCCCCCWWWWWK', 'цифра префикса'],
    ['weight: 2CCCWWK', 'длина'],
    ['weight: 2CCCCWWWWWWWK', 'не больше 6'],
  ])('refuses %s and says why, naming it', (text, reason) => {
    let error: unknown;
    try {
      parseTemplate(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(isFault(error, 'barcodeTemplate')).toBe(true);
    expect((error as Fault).say).toContain(`«${text}»`);
    expect((error as Fault).say).toContain(reason);
  });
});

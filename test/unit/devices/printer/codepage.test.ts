import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText, printableText } from '../../../../src/devices/printer/codepage.ts';

const PAGES = [
  ['cp866', 'ibm866', 'cp866'],
  ['cp1251', 'windows-1251', 'windows1251'],
] as const;
const RUSSIAN = fc.stringMatching(/^[ -~А-яЁё№Ўў]{0,60}$/u);

describe.each(PAGES)('code page %s', (page, label, oracleName) => {
  it('prints back what it encoded', () => {
    fc.assert(
      fc.property(fc.oneof(RUSSIAN, fc.string({ unit: 'grapheme' })), (text) => {
        const printable = printableText(text, page).text;
        const bytes = encodeText(text, page);
        expect(new TextDecoder(label).decode(bytes)).toBe(printable);
        expect(bytes.length).toBe(printable.length);
      }),
    );
  });

  it('yields no byte a printer obeys, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(encodeText(text, page).every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
      }),
    );
    expect(encodeText('A\u001bp\u0000\u0019\u0010\u0014\u0001B\u007f\u009b', page)).toEqual(
      Uint8Array.from(Buffer.from('ApB')),
    );
  });

  it('is printable already when it was made printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = printableText(text, page).text;
        expect(printableText(once, page)).toEqual({ text: once, replaced: [] });
      }),
    );
  });

  it('agrees with another encoder on Russian text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~А-яЁё№Ўў]{1,40}$/u), (text) => {
        const oracle = new ReceiptPrinterEncoder({ columns: 48, errors: 'strict' });
        const theirs = Buffer.from(oracle.codepage(oracleName).text(text).encode());
        expect(theirs.includes(Buffer.from(encodeText(text, page)))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('characters a page lacks', () => {
  it('are replaced by what reads the same, and the rest is named for the log', () => {
    const text = '«Сок» — 1 л… 5₽ × 2\u00a0шт Іі Ёё Ўў № 漢';
    expect(printableText(text, 'cp866')).toEqual({
      text: '"Сок" - 1 л... 5р. x 2 шт Ii Ёё Ўў № ?',
      replaced: ['漢'],
    });
    expect(printableText(text, 'cp1251')).toEqual({
      text: '«Сок» — 1 л… 5р. x 2 шт Іі Ёё Ўў № ?',
      replaced: ['漢'],
    });
  });

  it('composes before it looks', () => {
    expect(printableText('и\u0306е\u0308', 'cp866').text).toBe('йё');
  });
});

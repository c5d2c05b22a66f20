import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeScan } from '../../../../src/devices/scanner/decode.ts';
import { repairLayout } from '../../../../src/devices/scanner/layout.ts';

/** The same physical keys, as printed on a US and on a Russian keyboard: rows from the top, then with Shift. */
const US = '`1234567890-=qwertyuiop[]\\asdfghjkl;\'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>? ';
const RUSSIAN = 'ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.Ё!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ, ';

function typedRussian(text: string): string {
  return [...text].map((character) => RUSSIAN[US.indexOf(character)] ?? character).join('');
}

describe('a scan under the Russian layout', () => {
  it('is what the scanner meant, as soon as one letter shows the layout', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,40}$/), fc.stringMatching(/^[a-zA-Z]$/), (code, letter) => {
        const text = `${letter}${code}`;
        expect(repairLayout(typedRussian(text))).toEqual({ text, isRepaired: true });
      }),
    );
  });

  it('keeps its AIM id and its separators', () => {
    const raw = ']d2010481000000001821AbC"def\x1d93Zz+/';
    const repaired = repairLayout(typedRussian(raw));
    expect(repaired).toEqual({ text: raw, isRepaired: true });
    expect(decodeScan(repaired?.text ?? '').symbology).toBe(']d2');
  });

  it('reads the Belarusian keyboard too', () => {
    expect(repairLayout("'У04810000000018")?.text).toBe(']E04810000000018');
    expect(repairLayout('ўіЎІ')?.text).toBe('obOB');
  });

  it('leaves ASCII alone', () => {
    expect(repairLayout('4810000000018')).toEqual({ text: '4810000000018', isRepaired: false });
    expect(repairLayout('ABC-1.,/"')).toEqual({ text: 'ABC-1.,/"', isRepaired: false });
  });

  it.each(['ФBC123', 'Ф[1]', '漢字1234', 'код€'])('refuses %j, which no layout explains', (text) => {
    expect(repairLayout(text)).toBeNull();
  });
});

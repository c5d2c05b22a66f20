import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeScan } from '../../../../src/devices/scanner/decode.ts';

const latin1 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('latin1');

describe('decoding a scan', () => {
  it('takes the AIM id off the text and keeps it as the symbology', () => {
    expect(decodeScan(']E04810000000018')).toEqual({
      text: '4810000000018',
      raw: ']E04810000000018',
      symbology: ']E0',
    });
    expect(decodeScan('4810000000018').symbology).toBeNull();
    expect(decodeScan(']]E0').symbology).toBeNull();
  });

  it('reads UTF-8, then windows-1251, then latin1', () => {
    expect(decodeScan(latin1('Молоко')).text).toBe('Молоко');
    expect(decodeScan(latin1(Uint8Array.of(0xcc, 0xee, 0xeb, 0xee, 0xea, 0xee))).text).toBe('Молоко');
    expect(decodeScan(latin1(Uint8Array.of(0x41, 0x98, 0xe9))).text).toBe('Aé');
  });

  it('keeps group separators of a marking code in raw and shows none', () => {
    const code = ']d20104810000000018215abc\x1d93wxyz';
    expect(decodeScan(code).raw).toBe(code);
    expect(decodeScan(code).text).toBe('0104810000000018215abc93wxyz');
  });

  it('gives text without control characters for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const scan = decodeScan(latin1(bytes));
        expect(scan.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect(Buffer.from(scan.raw, 'latin1')).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('gives back any text that came as UTF-8', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-zА-яЁёІіЎў.:/?&=-]{1,80}$/u), (text) => {
        expect(decodeScan(latin1(text)).text).toBe(text);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Gs1Code, goodsCodeOf, isMark, parseCigarettePack, parseGs1 } from '../../../src/catalog/gs1.ts';
import { decodeScan } from '../../../src/devices/scanner/decode.ts';

const GS = '\x1d';
const GTIN = '04810000000018';
const SERIAL = 'aB"%&\'()*+,-./'.slice(0, 13);
const KEY = 'EE06';
const CODE_44 = 'dGhpcyBpcyBub3QgYSBzaWduYXR1cmUgYnV0IDMyIGI=';
const FNC1S = ['', GS, '\xe8', ']d2', `]d2${GS}`, ']C1', `]d1${GS}`];

function parsed(raw: string): Gs1Code {
  const code = parseGs1(raw);
  if ('problem' in code) throw new Error(code.problem);
  return code;
}

/** By the definition: multiply from the right by 3, 1, 3..., complement to ten. */
function withCheckDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return body + String((10 - (sum % 10)) % 10);
}

const GTINS = fc.stringMatching(/^\d{13}$/).map(withCheckDigit);
const SERIALS = fc.stringMatching(/^[!-~]{13}$/);

describe('a marking code', () => {
  it.each([
    ['full', `01${GTIN}21${SERIAL}${GS}91${KEY}${GS}92${CODE_44}`, 85],
    ['of shoes', `01${GTIN}21${SERIAL}${GS}91${KEY}${GS}92${CODE_44}${CODE_44}`, 129],
    ['short', `01${GTIN}21${SERIAL}${GS}93abcd`, 38],
    ['of photo goods in Belarus', `01${GTIN}21${SERIAL}1234567${GS}91${KEY}${GS}92${CODE_44}`, 92],
    ['of milk with weight', `01${GTIN}21abc123${GS}93abcd${GS}3103000455`, 42],
    ['of a tobacco block with price', `01${GTIN}21abcdefg${GS}8005123456${GS}93abcd`, 43],
  ])('%s is read under every way to send FNC1', (_, code, length) => {
    expect(code).toHaveLength(length);
    for (const fnc1 of FNC1S) {
      const found = parsed(fnc1 + code);
      expect(found.gtin).toBe(GTIN);
      expect(found.elements.map(({ ai, value }) => ai + value).join('')).toBe(code.replaceAll(GS, ''));
      expect(isMark(found)).toBe(true);
    }
  });

  it('gives its serial number as printed, whatever characters it has', () => {
    fc.assert(
      fc.property(GTINS, SERIALS, fc.constantFrom(...FNC1S), (gtin, serial, fnc1) => {
        const found = parsed(`${fnc1}01${gtin}21${serial}${GS}91${KEY}${GS}92${CODE_44}`);
        expect(found).toMatchObject({ gtin, serial });
      }),
    );
  });

  it('is read from the raw code of a scan, which parsing leaves as it came', () => {
    const raw = `]d201${GTIN}21${SERIAL}${GS}91${KEY}${GS}92${CODE_44}`;
    const scan = decodeScan(raw);
    expect(parsed(scan.raw).serial).toBe(SERIAL);
    expect(scan.raw).toBe(raw);
  });

  it('without separators is never read, only reported', () => {
    fc.assert(
      fc.property(
        GTINS,
        SERIALS,
        fc.stringMatching(/^[!-~]{0,60}$/),
        fc.constantFrom('', '\xe8', ']d2', ']d1'),
        (gtin, serial, tail, fnc1) => {
          expect(parseGs1(`${fnc1}01${gtin}21${serial}${tail}`)).toEqual({ problem: 'noSeparators' });
        },
      ),
    );
    expect(parseGs1(`${GS}01${GTIN}21${SERIAL}91${KEY}92${CODE_44}`)).toEqual({ problem: 'noSeparators' });
    expect(parseGs1(`01${GTIN}21${SERIAL.slice(1)}`)).toMatchObject({ gtin: GTIN, serial: SERIAL.slice(1) });
  });

  it('with one digit of its GTIN misread is no code at all', () => {
    fc.assert(
      fc.property(GTINS, fc.nat(13), fc.integer({ min: 1, max: 9 }), (gtin, place, by) => {
        const wrong = gtin.slice(0, place) + ((Number(gtin[place]) + by) % 10) + gtin.slice(place + 1);
        expect(parseGs1(`${GS}01${wrong}21${SERIAL}${GS}93abcd`)).toEqual({ problem: 'notGs1' });
      }),
    );
  });

  it('is no mark without serial number or without its proof', () => {
    expect(isMark(parsed(`01${GTIN}`))).toBe(false);
    expect(isMark(parsed(`01${GTIN}21${SERIAL}${GS}91${KEY}`))).toBe(false);
    expect(isMark(parsed(`01${GTIN}21${SERIAL}${GS}91${KEY}${GS}92${CODE_44.slice(1)}`))).toBe(false);
    expect(isMark(parsed(`01${GTIN}10LOT${GS}93abcd`))).toBe(false);
  });
});

describe('element strings', () => {
  it('of a weight label need separators only behind open fields', () => {
    const label = parsed(`]C101${GTIN}31030004551726013110LOT7${GS}21X`);
    expect(label.elements).toEqual([
      { ai: '01', value: GTIN },
      { ai: '3103', value: '000455' },
      { ai: '17', value: '260131' },
      { ai: '10', value: 'LOT7' },
      { ai: '21', value: 'X' },
    ]);
    expect(parsed(`]C101${GTIN}${GS}3103000455${GS}17260131${GS}10LOT7${GS}21X${GS}`)).toEqual(label);
  });

  it('may be any sequence of fields', () => {
    const fixed = fc.oneof(
      GTINS.map((value) => ({ ai: '01', value })),
      fc.stringMatching(/^\d{6}$/).map((value) => ({ ai: '17', value })),
      fc.stringMatching(/^\d{6}$/).map((value) => ({ ai: '3103', value })),
      fc.stringMatching(/^\d{13}$/).map((value) => ({ ai: '414', value })),
    );
    const open = fc.oneof(
      fc.stringMatching(/^[!-~]{1,20}$/).map((value) => ({ ai: '10', value })),
      fc.stringMatching(/^[!-~]{1,20}$/).map((value) => ({ ai: '21', value })),
      fc.stringMatching(/^[!-~]{1,90}$/).map((value) => ({ ai: '91', value })),
      fc.stringMatching(/^\d{1,8}$/).map((value) => ({ ai: '30', value })),
      fc.stringMatching(/^\d{6}$/).map((value) => ({ ai: '8005', value })),
    );
    const field = fc.oneof(
      fixed.map((element) => ({ element, end: '' })),
      open.map((element) => ({ element, end: GS })),
    );
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
        const raw = GS + fields.map(({ element, end }) => element.ai + element.value + end).join('');
        expect(parsed(raw).elements).toEqual(fields.map(({ element }) => element));
      }),
    );
  });

  it.each([
    ['an EAN-13', '4810000000018'],
    ['an EAN-13 with its AIM id', ']E04810000000018'],
    ['a house code that looks like a batch', '10ABC'],
    ['a payment link', 'https://getapp.o-plati.by/map/?app_link=1'],
    ['an unknown identifier', `${GS}01${GTIN}8899XX`],
    ['a date of five digits', `${GS}1726013`],
    ['letters in a number', `${GS}01${GTIN}3103000a55`],
    ['a serial number too long', `${GS}01${GTIN}21${'x'.repeat(21)}${GS}93abcd`],
    ['an empty field', `${GS}01${GTIN}21${GS}93abcd`],
    ['a character no label has', `${GS}01${GTIN}21ab\x07cd${GS}93abcd`],
    ['nothing', ''],
    ['FNC1 alone', `]d2${GS}`],
  ])('are not found in %s', (_, raw) => {
    expect(parseGs1(raw)).toEqual({ problem: 'notGs1' });
  });

  it('are never half read and never throw, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 150 }), fc.constantFrom(...FNC1S), (noise, fnc1) => {
        const found = parseGs1(fnc1 + noise);
        if ('problem' in found) expect(['noSeparators', 'notGs1']).toContain(found.problem);
        else expect(noise.replaceAll(GS, '')).toContain(found.elements.map(({ ai, value }) => ai + value).join(''));
      }),
    );
  });
});

describe('what goods are looked up by', () => {
  it('is the EAN-13 inside the GTIN, or the GTIN of a case', () => {
    expect(goodsCodeOf(GTIN)).toBe('4810000000018');
    expect(goodsCodeOf('14810000000015')).toBe('14810000000015');
  });
});

describe('a cigarette pack', () => {
  it('is 29 characters that begin with a right GTIN', () => {
    expect(parseCigarettePack('04600000000016aBcDeF1AB12cdEF')).toBeNull();
    const gtin = withCheckDigit('0460000000001');
    expect(parseCigarettePack(`${gtin}aBcDeF1AB12cdEF`)).toEqual({ gtin, serial: 'aBcDeF1' });
    expect(parseCigarettePack(`]d1${gtin}aBcDeF1AB12cdEF`)).toEqual({ gtin, serial: 'aBcDeF1' });
    expect(parseCigarettePack(`${gtin}aBcDeF1AB12cdE`)).toBeNull();
    expect(parseCigarettePack(`${gtin}123456789012345`)).toBeNull();
  });
});

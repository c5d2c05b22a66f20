import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Numeral, readJson } from '../../../../src/payments/kernel/json.ts';
import { baseUrlOf, OPLATI_DEFAULTS } from '../../../../src/payments/providers/oplati/settings.ts';
import {
  decimalOfKopecks,
  readPaymentInfo,
  readRefusal,
  readReport,
  readSession,
  readToken,
  stateRequest,
  tokenRequest,
} from '../../../../src/payments/providers/oplati/wire.ts';
import { errorBody, info } from '../machine-run.ts';

function plain(value: unknown): unknown {
  if (value instanceof Numeral) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, item]) => [key, plain(item)]);
  return value;
}

function entries(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entries);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, entries(item)]);
}

const reply = (body: unknown, status = 200) => ({
  tag: 't',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('what no public paper shows (oplati.md 13.1-13.6)', () => {
  const settings = { ...OPLATI_DEFAULTS, tokenPath: '/pos/t', tokenHeader: 'X-Pos', confirmCodeField: 'code' };

  it('the token is asked for and sent where the settings say', () => {
    expect(tokenRequest('token-1', { settings, token: 'old' })).toMatchObject({
      method: 'POST',
      url: 'http://localhost/ms-pay/pos/t',
    });
    const { headers } = stateRequest('state-1', { settings, token: 'secret' }, '1');
    expect(headers).toMatchObject({ 'X-Pos': 'secret' });
    expect(headers).not.toHaveProperty('token');
  });

  it.each<[unknown, string | null]>([
    [{ token: 'abc', other: 'x' }, 'abc'],
    [{ value: 'abc' }, 'abc'],
    [{ accessToken: 'abc', expires: 600 }, 'abc'],
    [{ one: 'abc', other: 'def' }, null],
    [{ token: 7, value: 'abc' }, null],
    [{ value: 'two words' }, null],
    [['abc'], null],
    [{}, null],
  ])('a token in %j: %j', (body, token) => {
    expect(readToken(reply(body))).toBe(token);
  });

  it.each<[unknown, string | null]>([
    ['0042', '0042'],
    [42, '0042'],
    ['42', '0042'],
    [123456, '123456'],
    [-1, null],
    [4.2, null],
    ['x', null],
    [undefined, null],
  ])('the confirmation code %j is told as %j', (code, told) => {
    expect(readSession(reply({ sessionId: 1, code }), 1, settings)?.confirmCode ?? null).toBe(told);
  });
});

describe('sums on the wire', () => {
  it('every sum up to 1000.00 serialises as its own two decimals and comes back', () => {
    for (let kopecks = 0; kopecks <= 100_000; kopecks++) {
      const text = JSON.stringify(decimalOfKopecks(kopecks));
      const [whole = '', fraction = ''] = text.split('.');
      if (Number(whole) * 100 + Number(fraction.padEnd(2, '0')) !== kopecks || fraction.length > 2) {
        throw new Error(`${kopecks} became ${text}`);
      }
    }
    expect(JSON.stringify(decimalOfKopecks(1530))).toBe('15.3');
  });

  it('so does every larger one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999_999 }), (kopecks) => {
        const text = JSON.stringify(info(1)).replace('15.3', JSON.stringify(decimalOfKopecks(kopecks)));
        expect(readPaymentInfo(reply(text))?.sumKopecks).toBe(kopecks);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['15.3', 1530],
    ['15.30', 1530],
    ['15.3000', 1530],
    ['5', 500],
    ['0.01', 1],
    ['"15.30"', 1530],
    ['15.301', null],
    ['-1', null],
    ['1e309', null],
    ['1.53e1', null],
    ['""', null],
    ['null', null],
    ['99999999999', null],
  ])('%s is %s kopecks', (text, kopecks) => {
    const body = JSON.stringify(info(1)).replace('15.3', text);
    expect(readPaymentInfo(reply(body))?.sumKopecks ?? null).toBe(kopecks);
  });
});

describe('answers', () => {
  it('keep an id that a double would round', () => {
    const body = JSON.stringify(info(1)).replace('1000001', '9007199254740993');
    expect(readPaymentInfo(reply(body))?.paymentId).toBe('9007199254740993');
  });

  it('take an order number written as an integer (O-17)', () => {
    expect(readPaymentInfo(reply(info(1, { orderNumber: 17 })))?.orderNumber).toBe('17');
  });

  it.each([
    [201, info(1)],
    [204, ''],
    [200, [info(1)]],
    [200, info(1, { status: 1.5 })],
    [200, info(1, { paymentId: -1 })],
    [200, info(1, { paymentId: '../1' })],
  ])('are not believed: %s %o', (status, body) => {
    expect(readPaymentInfo(reply(body, status))).toBeNull();
  });

  it('of a report count only when the whole list is understood', () => {
    expect(readReport(reply([info(1), info(0, { orderNumber: 'B' })]))?.rowsOf('B').rows).toMatchObject([
      { status: 0 },
    ]);
    expect(readReport(reply([]))?.rowsOf('B').rows).toEqual([]);
    expect(readReport(reply({ rows: [] }))).toBeNull();
    expect(readReport(reply([info(1), 7]))).toBeNull();
  });

  it('of a refusal need its shape and its status', () => {
    expect(readRefusal(reply(errorBody('400', '166', 'A', 'Б'), 400))).toEqual({
      status: 400,
      internalCode: '166',
      developerText: 'RegNum OPL000000002: A',
      russianText: 'Б',
    });
    for (const body of ['', '{}', '[]', '<html>', '{"error":"x"}']) expect(readRefusal(reply(body, 400))).toBeNull();
    expect(readRefusal(reply(errorBody('500', '166', 'A', 'Б'), 500))).toBeNull();
  });
});

describe('the JSON reader', () => {
  it('agrees with JSON.parse on everything JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(plain(readJson(JSON.stringify(value)))).toEqual(entries(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what JSON.parse refuses and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ 01.e-tnu') }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson) expect(readJson(text)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('makes no prototypes, takes no key twice, no abyss', () => {
    const object = readJson('{"__proto__":{"isAdmin":true}}');
    expect(object instanceof Map && object.has('__proto__')).toBe(true);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(readJson('{"sum":1,"sum":2}')).toBeNull();
    expect(readJson('['.repeat(100_000))).toBeNull();
    expect(readJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeNull();
  });
});

it.each([
  ['http://localhost', 'http://localhost/ms-pay'],
  ['http://localhost:8080/', 'http://localhost:8080/ms-pay'],
  ['https://host/ms-pay', 'https://host/ms-pay'],
  ['https://host/ms-pay//', 'https://host/ms-pay'],
  [' https://host/other ', 'https://host/other'],
])('the address %s means %s', (url, base) => {
  expect(baseUrlOf(url)).toBe(base);
});

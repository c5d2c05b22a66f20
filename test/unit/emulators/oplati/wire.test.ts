import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDate, readKopecks, roublesOf, spoilEcho } from '../../../../src/emulators/oplati/wire.ts';

describe('money', () => {
  test('every sum survives the way over JSON, as a number and as a text with two decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (kopecks) => {
        const decimal = `${Math.floor(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`;
        expect(readKopecks(JSON.parse(JSON.stringify(roublesOf(kopecks))))).toBe(kopecks);
        expect(readKopecks(JSON.parse(decimal))).toBe(kopecks);
        expect(readKopecks(decimal)).toBe(kopecks);
        // As in the vectors: the shortest decimal, 15.30 -> 15.3, never a float's tail.
        expect(JSON.stringify(roublesOf(kopecks))).toBe(decimal.replace(/\.?0+$/, '') || '0');
      }),
      { numRuns: 500 },
    );
  });

  test('a sum of floats, as the official PHP client sends it, is the decimal it stands for', () => {
    expect(readKopecks(0.1 + 0.2)).toBe(30);
    const roubles = fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(roubles, (parts) => {
        const sum = parts.reduce((total, kopecks) => total + kopecks, 0);
        expect(readKopecks(parts.reduce((total, kopecks) => total + kopecks / 100, 0))).toBe(sum);
      }),
    );
  });

  test.each([
    15.301,
    15.3000001,
    -1,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '1,5',
    ' 1',
    '1e3',
    '+1',
    null,
    {},
  ])('%j is no sum', (value) => {
    expect(readKopecks(value)).toBeNull();
  });
});

describe('dates', () => {
  test('always have milliseconds and an offset with a colon', () => {
    const atMs = Date.UTC(2030, 0, 15, 7, 0, 0);
    expect(formatDate(atMs, 180)).toBe('2030-01-15T10:00:00.000+03:00');
    expect(formatDate(atMs + 5, 0)).toBe('2030-01-15T07:00:00.005+00:00');
    expect(formatDate(atMs, -330)).toBe('2030-01-15T01:30:00.000-05:30');
    expect(Date.parse(formatDate(atMs, 180))).toBe(atMs);
  });
});

test('an echo is spoiled only where there is a payment info', () => {
  expect(spoilEcho('wrong-sum', '{"sessionId":5001}')).toBeNull();
  expect(spoilEcho('wrong-sum', '[]')).toBeNull();
  expect(spoilEcho('wrong-sum', '{"sum":15.3,"orderNumber":"A"}')).toBe('{"sum":16.3,"orderNumber":"A"}');
  expect(spoilEcho('wrong-order', '[{"sum":1,"orderNumber":"A"}]')).toBe('[{"sum":1,"orderNumber":"A-X"}]');
});

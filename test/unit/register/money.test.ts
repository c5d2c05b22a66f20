import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatKopecks, lineSumKopecks, MAX_SUM_KOPECKS, parseKopecks } from '../../../src/register/money.ts';
import { formatQuantity, parseQuantity } from '../../../src/register/quantity.ts';

describe('money', () => {
  it('is written with a point and two decimals', () => {
    expect([0, 1, 99, 100, 12190, -530].map(formatKopecks)).toEqual([
      '0.00',
      '0.01',
      '0.99',
      '1.00',
      '121.90',
      '-5.30',
    ]);
  });

  it('reads what a cashier types', () => {
    expect(['10', '10.5', '10,50', '.5', '0.01'].map(parseKopecks)).toEqual([1000, 1050, 1050, 50, 1]);
    expect(['', '.', '1.234', '-1', '1e3', '12a', '9999999999'].map(parseKopecks)).toEqual(Array(7).fill(null));
  });

  it('comes back from its own text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_SUM_KOPECKS }), (kopecks) => {
        expect(parseKopecks(formatKopecks(kopecks))).toBe(kopecks);
      }),
    );
  });

  it('of a line is rounded half up to a kopeck, exactly', () => {
    expect(lineSumKopecks(399, 1255)).toBe(501); // 500.745
    expect(lineSumKopecks(1, 500)).toBe(1); // half goes up
    expect(lineSumKopecks(1, 499)).toBe(0);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MAX_SUM_KOPECKS }),
        fc.integer({ min: 0, max: 999_999_999 }),
        (price, quantity) => {
          const exact = BigInt(price) * BigInt(quantity);
          fc.pre(exact / 1000n < BigInt(Number.MAX_SAFE_INTEGER));
          const error = BigInt(lineSumKopecks(price, quantity)) * 1000n - exact;
          expect(error > -500n && error <= 500n).toBe(true);
        },
      ),
    );
  });
});

describe('quantity', () => {
  it('shows pieces whole and weighed goods with three decimals', () => {
    expect([formatQuantity(1000, false), formatQuantity(1000, true), formatQuantity(455, true)]).toEqual([
      '1',
      '1.000',
      '0.455',
    ]);
  });

  it('reads up to three decimals', () => {
    expect(['3', '0.455', '1,5', '.25'].map(parseQuantity)).toEqual([3000, 455, 1500, 250]);
    expect(['', '.', '1.2345', 'x'].map(parseQuantity)).toEqual([null, null, null, null]);
  });
});

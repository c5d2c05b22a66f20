import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/register/model.ts';
import { discountedKopecks, lineSumKopecks } from '../../../src/register/money.ts';
import { totalsOf } from '../../../src/register/totals.ts';
import { apples, goods, oplati, TestRegister } from './fixtures.ts';

const FIVE_PERCENT: Card = {
  number: '2900000000018',
  groupCode: 1,
  groupName: 'Лояльность О!плати',
  discountBasisPoints: 500,
  title: 'Карта О!плати',
};
const card = (discountBasisPoints: number): Card => ({ ...FIVE_PERCENT, discountBasisPoints });

describe('a discount (SCR-23)', () => {
  it.each([
    [1530, 500, 1454],
    [1053, 500, 1000],
    [10, 500, 10],
    [1, 10_000, 0],
    [9_999_999_999, 1, 9_998_999_999],
    [1530, 0, 1530],
  ])('%i less %i hundredths of a percent is %i', (amountKopecks, basisPoints, expected) => {
    expect(discountedKopecks(amountKopecks, basisPoints)).toBe(expected);
  });

  it('is never negative, never more than the price, and rounds half up to the kopeck', () => {
    const sums = fc.integer({ min: 0, max: 9_999_999_999 });
    fc.assert(
      fc.property(sums, fc.integer({ min: 0, max: 10_000 }), (amountKopecks, basisPoints) => {
        const left = discountedKopecks(amountKopecks, basisPoints);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(amountKopecks);
        const error = BigInt(left) * 10_000n - BigInt(amountKopecks) * BigInt(10_000 - basisPoints);
        expect(error > -5_000n && error <= 5_000n).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the card of a sale', () => {
  it('waits for the first item, goes into that receipt only, and takes its percent off every line', () => {
    const register = new TestRegister();
    register.done({ do: 'addCard', card: FIVE_PERCENT });
    expect(register.state.pendingCard).toEqual(FIVE_PERCENT);
    register.add(goods());
    expect(register.state).toMatchObject({ pendingCard: null, document: { card: FIVE_PERCENT } });
    expect(totalsOf(register.state.document)).toMatchObject({ totalKopecks: 1454, discountKopecks: 76 });
    register.done({ do: 'annul', confirmedBy: null });
    register.add(goods());
    expect(register.state.document?.card).toBeNull();
  });

  it('DOM-75 for a second one, DOM-70 to remove none, DOM-35 and DOM-38 while a payment stands', () => {
    const register = new TestRegister();
    expect(register.run({ do: 'removeCard' })).toMatchObject({ refused: 'DOM-70' });
    register.done({ do: 'addCard', card: FIVE_PERCENT });
    expect(register.run({ do: 'addCard', card: FIVE_PERCENT })).toMatchObject({ refused: 'DOM-75' });
    register.add(goods());
    expect(register.run({ do: 'addCard', card: FIVE_PERCENT })).toMatchObject({ refused: 'DOM-75' });
    register.done({ do: 'enterSubtotal' });
    register.begin('a', oplati, 500);
    expect(register.run({ do: 'removeCard' })).toMatchObject({ refused: 'DOM-38' });
    register.settle('a', 'approved');
    expect(register.run({ do: 'removeCard' })).toMatchObject({ refused: 'DOM-35' });
  });

  it('is no part of a free return, nor is a card that was added before its mode', () => {
    const register = new TestRegister();
    register.done({ do: 'addCard', card: FIVE_PERCENT });
    register.done({ do: 'setMode', mode: 'return' });
    expect(register.run({ do: 'addCard', card: FIVE_PERCENT })).toMatchObject({ refused: 'DOM-94' });
    register.add(goods());
    expect(register.state.document).toMatchObject({ card: null, lines: [{ sumKopecks: 1530, discountKopecks: 0 }] });
  });

  it('whatever is done to the lines and in whatever order the card comes and goes, each line costs its price less the percent', () => {
    const change = fc.oneof(
      fc.record({ do: fc.constant('add' as const), weighed: fc.boolean(), quantity: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ do: fc.constant('quantity' as const), line: fc.nat(5), quantity: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ do: fc.constant('storno' as const), line: fc.nat(5) }),
      fc.record({ do: fc.constant('card' as const), basisPoints: fc.integer({ min: 0, max: 10_000 }) }),
      fc.record({ do: fc.constant('remove' as const) }),
      fc.record({ do: fc.constant('subtotal' as const) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        const register = new TestRegister();
        for (const step of changes) {
          const line = register.state.document?.lines['line' in step ? step.line : 0];
          if (step.do === 'add')
            register.add(step.weighed ? apples : goods(), step.quantity * (step.weighed ? 111 : 1000));
          if (step.do === 'quantity' && line !== undefined) {
            register.run({
              do: 'changeQuantity',
              positionNumber: line.positionNumber,
              quantityThousandths: step.quantity * 1000,
            });
          }
          if (step.do === 'storno' && line !== undefined) {
            register.run({ do: 'stornoLine', positionNumber: line.positionNumber, confirmedBy: null });
          }
          if (step.do === 'card') register.run({ do: 'addCard', card: card(step.basisPoints) });
          if (step.do === 'remove') register.run({ do: 'removeCard' });
          if (step.do === 'subtotal') {
            register.run({ do: 'enterSubtotal' });
            register.run({ do: 'leaveSubtotal' });
          }
          const { document } = register.state;
          for (const { priceKopecks, quantityThousandths, sumKopecks, discountKopecks } of document?.lines ?? []) {
            const grossKopecks = lineSumKopecks(priceKopecks, quantityThousandths);
            expect(sumKopecks).toBe(discountedKopecks(grossKopecks, document?.card?.discountBasisPoints ?? 0));
            expect(sumKopecks + discountKopecks).toBe(grossKopecks);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

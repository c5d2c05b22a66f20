import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partOfSum, returnedSum } from '../../../src/register/decide-return.ts';
import type { ReturnedLine } from '../../../src/register/model.ts';
import { goodsOf, returnOf } from '../../golden/fixture.ts';

/** A sold line of so many pieces, and what returns of it give: pieces, or a part of its money while the goods stay sold. */
class SoldLine {
  readonly paidKopecks: number;
  readonly pieces: number;
  returned = 0;
  refundedKopecks = 0;
  partsKopecks = 0;

  constructor(paidKopecks: number, pieces: number) {
    this.paidKopecks = paidKopecks;
    this.pieces = pieces;
  }

  get #left(): ReturnedLine {
    return {
      positionNumber: 1,
      soldThousandths: this.pieces * 1000,
      paidKopecks: this.paidKopecks - this.partsKopecks,
      beforeThousandths: this.returned * 1000,
      beforeKopecks: this.refundedKopecks,
    };
  }

  get #line() {
    const [line] = returnOf(2, [{ goods: goodsOf('СЫР', 100), sold: this.pieces, before: 0, now: 0 }]).lines;
    if (line === undefined) throw new Error('the fixture has a line');
    return line;
  }

  give(pieces: number): void {
    const sum = returnedSum(this.#line, this.#left, pieces * 1000);
    if ('refused' in sum) return;
    this.returned += pieces;
    this.refundedKopecks += sum.sumKopecks;
    expect(sum.sumKopecks).toBeGreaterThanOrEqual(0);
  }

  givePart(sumKopecks: number): void {
    const part = partOfSum(this.#line, this.#left, sumKopecks);
    if ('refused' in part) return;
    if (part.type === 'refundSumChanged') this.partsKopecks += part.sumKopecks;
    else this.give(part.quantityThousandths / 1000);
  }
}

describe('parts of the money of a line, between returns of its pieces', () => {
  it('give back never more than was paid, and with the last piece all of it', () => {
    const step = fc.oneof(
      fc.record({ pieces: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ part: fc.integer({ min: 0, max: 3000 }) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(step, { maxLength: 12 }),
        (paid, pieces, steps) => {
          const line = new SoldLine(paid, pieces);
          for (const each of steps) {
            if ('pieces' in each) line.give(each.pieces);
            else line.givePart(each.part);
            expect(line.refundedKopecks + line.partsKopecks).toBeLessThanOrEqual(paid);
          }
          line.give(pieces - line.returned);
          expect(line.refundedKopecks + line.partsKopecks).toBe(paid);
        },
      ),
    );
  });
});

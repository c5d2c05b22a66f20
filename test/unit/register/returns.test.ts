import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClosedDocument, Document } from '../../../src/register/model.ts';
import { lineSumKopecks, refundKopecks } from '../../../src/register/money.ts';
import { returnedSoFar } from '../../../src/register/returned-so-far.ts';
import type { Rules } from '../../../src/register/rules.ts';
import { isCounted, totalsOf } from '../../../src/register/totals.ts';
import { apples, goods, oplati, ruble, TestRegister } from './fixtures.ts';

const terminal = { code: 3, shortName: 'АТ', name: 'Автономный терминал', provider: 'terminal', changeAllowed: false };

/** A sale paid in the given means, closed. */
function sold(rules: Partial<Rules>, payments: [typeof oplati, number][], quantityThousandths = 3000): Shop {
  const shop = new Shop(rules);
  shop.register.add(goods({ priceKopecks: 351 }), quantityThousandths);
  shop.register.add(apples, 333);
  shop.register.done({ do: 'enterSubtotal' });
  payments.forEach(([currency, amountKopecks], index) => {
    expect(shop.register.pay(`p${index}`, currency, amountKopecks)).toBeNull();
  });
  shop.close();
  return shop;
}

/** A register with the memory of a journal: what was sold and what went back. */
class Shop {
  readonly register: TestRegister;
  sale: ClosedDocument | null = null;
  readonly returns: ClosedDocument[] = [];
  #attempts = 0;

  constructor(rules: Partial<Rules> = {}) {
    this.register = new TestRegister(rules);
  }

  close(): void {
    this.register.done({ do: 'close' });
    const closed = this.register.state.lastClosed;
    if (closed === null) throw new Error('nothing was closed');
    if (closed.type === 'sale') this.sale = closed;
    else this.returns.push(closed);
  }

  begin(partial = true, sale = this.sale) {
    if (sale === null) throw new Error('no sale');
    const { before, givenBack } = returnedSoFar(this.returns);
    const paymentsLeft = sale.payments.map(({ attemptId, amountKopecks }) => ({
      attemptId,
      leftKopecks: amountKopecks - (givenBack.find((one) => one.attemptId === attemptId)?.amountKopecks ?? 0),
    }));
    return this.register.run({ do: 'beginReturn', sale, before, paymentsLeft, partial });
  }

  get document(): Document {
    const { document } = this.register.state;
    if (document === null) throw new Error('no open document');
    return document;
  }

  set(positionNumber: number, quantityThousandths: number) {
    return this.register.run({ do: 'changeQuantity', positionNumber, quantityThousandths });
  }

  /** Gives back `amountKopecks` of a payment of the sale, or (null) in cash instead of it. */
  refund(sourceAttemptId: string | null, amountKopecks: number, currency = oplati) {
    const attemptId = `r${++this.#attempts}`;
    const refusal = this.register.run({
      do: 'beginPayment',
      attemptId,
      orderNumber: attemptId,
      currency,
      amountKopecks,
      sourceAttemptId,
    });
    if (refusal === null) this.register.settle(attemptId, 'approved');
    return refusal;
  }

  /** All that is owed, from the last payment of the sale to the first. */
  payBack(): void {
    for (const source of [...(this.document.source?.payments ?? [])].reverse()) {
      const amountKopecks = Math.min(totalsOf(this.document).restKopecks, source.leftKopecks);
      if (amountKopecks > 0) expect(this.refund(source.attemptId, amountKopecks, source.currency)).toBeNull();
    }
    this.close();
  }
}

describe('what is given back for a part of a line (domain.md 2.14)', () => {
  it('3 pieces paid 10.00 come back as 3.33, 3.34 and 3.33', () => {
    const parts: number[] = [];
    let beforeKopecks = 0;
    for (let beforeThousandths = 0; beforeThousandths < 3000; beforeThousandths += 1000) {
      const line = { paidKopecks: 1000, soldThousandths: 3000, beforeThousandths, beforeKopecks };
      parts.push(refundKopecks(line, 1000));
      beforeKopecks += parts.at(-1) ?? 0;
    }
    expect(parts).toEqual([333, 334, 333]);
  });

  it('any sequence of parts: never negative, never over the paid sum, the last one ends at it exactly', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), parts, (paidKopecks, thousandths) => {
        const soldThousandths = thousandths.reduce((sum, part) => sum + part, 0);
        let beforeThousandths = 0;
        let beforeKopecks = 0;
        for (const part of thousandths) {
          const now = refundKopecks({ paidKopecks, soldThousandths, beforeThousandths, beforeKopecks }, part);
          expect(now).toBeGreaterThanOrEqual(0);
          beforeThousandths += part;
          beforeKopecks += now;
          expect(beforeKopecks).toBeLessThanOrEqual(paidKopecks);
        }
        expect(beforeKopecks).toBe(paidKopecks);
      }),
      { numRuns: 300 },
    );
  });

  it('is never more than a kopeck away from its share', () => {
    const quantities = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), quantities, (paidKopecks, [now, before]) => {
        const soldThousandths = now + before;
        const line = { paidKopecks, soldThousandths, beforeThousandths: 0, beforeKopecks: 0 };
        const beforeKopecks = refundKopecks(line, before);
        const part = refundKopecks({ ...line, beforeThousandths: before, beforeKopecks }, now);
        expect(Math.abs(part - (paidKopecks * now) / soldThousandths)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a return by receipt', () => {
  const total = lineSumKopecks(351, 3000) + lineSumKopecks(399, 333);

  it('takes over everything at what was paid; whole it stands in its payment stage', () => {
    const shop = sold({}, [[oplati, total]]);
    expect(shop.begin(false)).toBeNull();
    expect(shop.document).toMatchObject({ type: 'returnBySale', stage: 'subtotal', number: 2, card: null });
    expect(totalsOf(shop.document)).toMatchObject({ totalKopecks: total, discountKopecks: 0, restKopecks: total });
    expect(shop.document.source).toMatchObject({ number: 1, payments: [{ attemptId: 'p0', leftKopecks: total }] });
  });

  it('DOM-62 above the rest, DOM-20 for a part of a piece, a kilogram may be divided', () => {
    const shop = sold({}, [[oplati, total]]);
    shop.begin();
    expect(shop.set(1, 4000)).toMatchObject({ refused: 'DOM-62' });
    expect(shop.set(1, 1500)).toMatchObject({ refused: 'DOM-20' });
    expect(shop.set(2, 334)).toMatchObject({ refused: 'DOM-62' });
    expect(shop.set(2, 100)).toBeNull();
    shop.set(1, 1000);
    shop.register.done({ do: 'enterSubtotal' });
    shop.payBack();
    shop.begin();
    expect(shop.set(1, 3000)).toMatchObject({ refused: 'DOM-62' });
    expect(shop.document.lines.map(({ quantityThousandths }) => quantityThousandths)).toEqual([2000, 233]);
  });

  it('DOM-61 when nothing is left, DOM-67 for a second one where the shop allows one', () => {
    const shop = sold({}, [[oplati, total]]);
    shop.begin(false);
    shop.payBack();
    expect(shop.begin()).toMatchObject({ refused: 'DOM-61' });
    const strict = sold({ severalReturnsAllowed: false }, [[oplati, total]]);
    strict.begin();
    strict.set(1, 1000);
    strict.register.done({ do: 'enterSubtotal' });
    strict.payBack();
    expect(strict.begin()).toMatchObject({ refused: 'DOM-67' });
  });

  it('DOM-60 for what is no closed sale, DOM-81 with an open document', () => {
    const shop = sold({}, [[oplati, total]]);
    shop.begin(false);
    expect(shop.begin()).toMatchObject({ refused: 'DOM-81' });
    shop.payBack();
    const [returned] = shop.returns;
    expect(shop.begin(true, returned ?? null)).toMatchObject({ refused: 'DOM-60' });
    const annulled = shop.sale === null ? null : { ...shop.sale, status: 'annulled' as const };
    expect(shop.begin(true, annulled)).toMatchObject({ refused: 'DOM-60' });
  });

  it('nothing but the returned goods: no new line, no price, no card', () => {
    const shop = sold({}, [[oplati, total]]);
    shop.begin();
    expect(shop.register.add(goods())).toMatchObject({ refused: 'DOM-94' });
    expect(shop.register.run({ do: 'changePrice', positionNumber: 1, priceKopecks: 1 })).toMatchObject({
      refused: 'DOM-26',
    });
    const card = { number: '1', groupCode: 1, groupName: '', discountBasisPoints: 500, title: '' };
    expect(shop.register.run({ do: 'addCard', card })).toMatchObject({ refused: 'DOM-94' });
  });

  it('F4 leaves the line in the list with 0; it is no part of the closed document', () => {
    const shop = sold({}, [[oplati, total]]);
    shop.begin();
    shop.register.done({ do: 'stornoLine', positionNumber: 1, confirmedBy: null });
    expect(shop.document.lines.map(({ sumKopecks }) => sumKopecks)).toEqual([0, 133]);
    shop.register.done({ do: 'enterSubtotal' });
    shop.payBack();
    expect(shop.returns[0]?.lines.map(({ positionNumber }) => positionNumber)).toEqual([2]);
  });
});

describe('money that goes back', () => {
  it('each payment up to what is left of it: the message of its system, DOM-33 for another means', () => {
    const shop = sold({ refundExceeds: { oplati: 'OPL-20' } }, [
      [oplati, 500],
      [terminal, 400],
      [ruble, 286],
    ]);
    shop.begin(false);
    expect(shop.refund('p0', 501)).toMatchObject({ refused: 'OPL-20' });
    expect(shop.refund('p1', 401, terminal)).toMatchObject({ refused: 'DOM-33' });
    expect(shop.refund('p0', 300)).toBeNull();
    expect(shop.refund('p0', 201)).toMatchObject({ refused: 'OPL-20' });
    expect(shop.refund('p0', 200)).toBeNull();
  });

  it('DOM-33 above the sum of the return; DOM-34 for a means the sale was not paid with', () => {
    const shop = sold({}, [[oplati, 1186]]);
    shop.begin();
    shop.set(1, 1000);
    shop.set(2, 0);
    shop.register.done({ do: 'enterSubtotal' });
    expect(shop.refund('p0', 352)).toMatchObject({ refused: 'DOM-33' });
    expect(shop.refund(null, 351, ruble)).toMatchObject({ refused: 'DOM-34' });
    expect(shop.refund(null, 351, terminal)).toMatchObject({ refused: 'DOM-34' });
  });

  it('cash instead of the electronic part only where the shop allows it, and never another means', () => {
    const shop = sold({ cashForElectronicReturn: true }, [[oplati, 1186]]);
    shop.begin(false);
    expect(shop.refund(null, 1186, terminal)).toMatchObject({ refused: 'DOM-34' });
    expect(shop.refund(null, 1186, ruble)).toBeNull();
    shop.close();
    expect(shop.returns[0]?.changeKopecks).toBe(0);
  });

  it('what is undecided or refused is not given back, and nothing closes over it', () => {
    const shop = sold({}, [[oplati, 1186]]);
    shop.begin(false);
    const begin = {
      do: 'beginPayment',
      attemptId: 'x',
      orderNumber: 'x',
      currency: oplati,
      amountKopecks: 1186,
      sourceAttemptId: 'p0',
    } as const;
    shop.register.done(begin);
    shop.register.settle('x', 'unknown');
    expect(shop.register.run({ do: 'close' })).toMatchObject({ refused: 'DOM-38' });
    expect(shop.register.run({ do: 'annul', confirmedBy: null })).toMatchObject({ refused: 'DOM-38' });
    expect(shop.refund('p0', 1186)).toMatchObject({ refused: 'DOM-38' });
    shop.register.settle('x', 'declined');
    expect(totalsOf(shop.document).restKopecks).toBe(1186);
    expect(shop.refund('p0', 1186)).toBeNull();
  });

  it('any sequence of partial returns of a mixed sale: no payment gives back more than it was, all of them everything', () => {
    const wanted = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 500 })), {
      maxLength: 6,
    });
    const split = fc.tuple(fc.integer({ min: 1, max: 800 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(split, wanted, ([first, second], parts) => {
        const shop = sold(
          {},
          [
            [oplati, first],
            [ruble, second],
            [oplati, 1755 + 133 - first - second],
          ],
          5000,
        );
        for (const [pieces, grams] of parts) {
          if (shop.begin() !== null) break;
          const [one, other] = shop.document.lines;
          shop.set(1, Math.min(pieces * 1000, one?.quantityThousandths ?? 0));
          shop.set(2, Math.min(grams, other?.quantityThousandths ?? 0));
          const isEmpty = shop.document.lines.every((line) => line.quantityThousandths === 0);
          if (isEmpty) {
            shop.register.done({ do: 'annul', confirmedBy: null });
            continue;
          }
          shop.register.done({ do: 'enterSubtotal' });
          shop.payBack();
        }
        if (shop.begin(false) === null) shop.payBack();
        const back = new Map<string, number>();
        for (const { payments, totalKopecks, receivedKopecks } of shop.returns) {
          expect(receivedKopecks).toBe(totalKopecks);
          for (const payment of payments.filter(isCounted)) {
            const id = payment.sourceAttemptId ?? '';
            back.set(id, (back.get(id) ?? 0) + payment.amountKopecks);
          }
        }
        expect(new Map(shop.sale?.payments.map((p) => [p.attemptId, p.amountKopecks]))).toEqual(back);
      }),
      { numRuns: 100 },
    );
  });
});

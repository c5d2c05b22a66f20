/** Thousands of payments in a hostile world; a seed that fails is printed and plays the same world again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedShop } from './simulated-shop.ts';

/** `SIMULATED_SHOPS=20000` for a long night. */
const SHOPS = Number(process.env.SIMULATED_SHOPS ?? 100);
const SALES_A_SHOP = 12;

describe('a shop with drops, delays, late successes, power cuts and a cashier who does anything', () => {
  it('what О!плати holds is what the receipts count, and no order is asked for twice', () => {
    const seen = { documents: 0, restarts: 0, sales: 0, reversals: 0, paid: 0 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const shop = new SimulatedShop(seed);
        for (let sale = 0; sale < SALES_A_SHOP; sale++) {
          shop.sell();
          expect(shop.disagreements(), `sale ${sale + 1} of shop ${seed}`).toEqual([]);
        }
        seen.documents += shop.documents.length;
        seen.restarts += shop.restarts;
        seen.sales += shop.server.salesArrived.size;
        seen.reversals += shop.server.payments.filter(({ paymentType }) => paymentType === 3).length;
        seen.paid += shop.server.payments.filter(({ paymentType, status }) => paymentType === 1 && status === 1).length;
      }),
      { numRuns: SHOPS },
    );
    // A world in which nothing happens proves nothing.
    expect(seen.documents).toBeGreaterThan(SHOPS * 5);
    expect(seen.restarts).toBeGreaterThan(SHOPS);
    expect(seen.paid).toBeGreaterThan(SHOPS * 2);
    expect(seen.reversals).toBeGreaterThan(SHOPS / 3);
  });
});

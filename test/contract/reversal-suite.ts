/** The part of the contract about giving money back. */

import { expect, it } from 'vitest';
import type { Driver, HttpRequest, Order } from '../../src/payments/driver.ts';
import { recallOf } from '../../src/payments/recall.ts';
import { AMOUNT_KOPECKS, type Counterpart, heldKopecks, orderIn, type Run, sourceOf, type Way } from './counterpart.ts';
import { play } from './machine-gateway.ts';
import type { Played } from './played.ts';

/** So many failures in a row set the cashier of a return free. */
const UNTIL_SET_FREE = 12;

/** Cancel and refund: what was taken goes back once, and what is reported is what happened. */
export function describeReversal(driver: Driver, operation: 'cancel' | 'refund', way: Way, run: Run): void {
  const beginPaid = async (world: Counterpart, sale: string): Promise<NonNullable<Order['source']>> => {
    const order = orderIn(world, sale);
    return sourceOf(driver, await play(driver, 'pay', order, world), order);
  };
  const reversalsOf = (world: Counterpart, sale: string) =>
    world.books().filter(({ kind, sourceOrderNumber }) => kind === 'reversal' && sourceOrderNumber === sale);

  /**
   * A cancel is owed to the buyer: it ends with the money back, however often it has to be asked for. A refund that is
   * proved not made ends as such: its return is still open, and the cashier begins another.
   */
  const expectReturned = (played: Played, world: Counterpart, sale: string, order: Order) => {
    if (operation === 'cancel') expect(played.outcome.kind).toBe('approved');
    const isBack = played.outcome.kind === 'approved';
    expect(heldKopecks(world, sale), played.outcome.kind).toBe(isBack ? 0 : AMOUNT_KOPECKS);
    const numbers = reversalsOf(world, sale).map(({ orderNumber }) => orderNumber);
    expect(numbers).toEqual(isBack ? [order.orderNumber] : []);
    expect(played.outcomes.filter(({ kind }) => kind === 'unknown').length, 'unknown is told once').toBeLessThanOrEqual(
      1,
    );
  };

  it(`${operation}: all of it goes back, once`, () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      const played = await play(driver, operation, orderIn(world, 'R-1', source), world);
      expect(played.outcome.kind).toBe('approved');
      expect(heldKopecks(world, source.orderNumber)).toBe(0);
      expect(reversalsOf(world, source.orderNumber)).toHaveLength(1);
    }));

  it.skipIf(way.isUnlisted === true)(`${operation}: its id forgotten, the payment is found by our number`, () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      const order = orderIn(world, 'R-1', { ...source, providerPaymentId: null, recalled: recallOf(driver, null) });
      const played = await play(driver, operation, order, world);
      expect(played.outcome.kind).toBe('approved');
      expect(heldKopecks(world, source.orderNumber)).toBe(0);
    }),
  );

  it.each([
    'refuse',
    'drop-request',
    'drop-reply',
    'delay',
    'http-500',
    'garbage',
    'slow-drip',
    'wrong-sum',
    'wrong-order',
  ])(`${operation} with %s: what it reports is what happened, under one number, never twice`, (kind) =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      await world.fault(kind, 'reversal', 1, kind === 'refuse' ? { ms: 30_000 } : {});
      const order = orderIn(world, 'R-1', source);
      expectReturned(await play(driver, operation, order, world), world, source.orderNumber, order);
    }),
  );

  it.each(['drop-reply', 'drop-request'])(
    `${operation} with %s, and the server unreachable for long: the truth in the end`,
    (kind) =>
      run(async (world) => {
        const source = await beginPaid(world, 'T-1');
        await world.fault(kind, 'reversal');
        const order = orderIn(world, 'R-1', source);
        let left = 1;
        const beforeSend = async (request: HttpRequest) => {
          if (!world.isReversal(request) || left-- <= 0) return;
          await world.fault('http-500', 'reversal', UNTIL_SET_FREE);
          await world.fault('http-500', 'report', UNTIL_SET_FREE);
        };
        const played = await play(driver, operation, order, world, { beforeSend });
        if (operation === 'cancel') expect(played.outcomes[0]?.kind).toBe('unknown');
        expectReturned(played, world, source.orderNumber, order);
      }),
  );

  const calls = (['reversal', 'report'] as const).flatMap((at) =>
    (['drop-reply', 'drop-request'] as const).map((kind) => [kind, at] as const),
  );
  it.each(calls)(`${operation}: ten of %s at the %s: what it reports is what happened`, (kind, at) =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      // The question is asked where the first answer was lost.
      if (at === 'report') await world.fault(kind, 'reversal');
      await world.fault(kind, at, 10);
      const order = orderIn(world, 'R-1', source);
      expectReturned(await play(driver, operation, order, world), world, source.orderNumber, order);
    }),
  );

  it(`${operation} twice: what is back cannot be given back again`, () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      const first = orderIn(world, 'R-1', source);
      expectReturned(await play(driver, operation, first, world), world, source.orderNumber, first);
      const second = await play(driver, operation, orderIn(world, 'R-2', source), world);
      if (operation === 'refund') expect(second.outcome.kind).toBe('declined');
      const numbers = reversalsOf(world, source.orderNumber).map(({ orderNumber }) => orderNumber);
      expect(numbers).toEqual([first.orderNumber]);
      expect(heldKopecks(world, source.orderNumber)).toBe(0);
    }));

  const faults = ['none', 'drop-reply', 'drop-request'];
  const restarts = [false, true].flatMap((isUpgraded) => faults.map((kind) => ({ kind, isUpgraded })));
  it.each(restarts)(`${operation}: restart at every step with $kind, as another version: $isUpgraded`, (given) =>
    run(async (world) => {
      const { kind, isUpgraded } = given;
      await world.fault(kind, 'reversal');
      const whole = await play(driver, operation, orderIn(world, 'R-0', await beginPaid(world, 'T-0')), world);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          const source = await beginPaid(world, `T-${step}-${dies}`);
          await world.fault('none', 'reversal');
          await world.fault(kind, 'reversal');
          const order = orderIn(world, `R-${step}-${dies}`, source);
          const played = await play(driver, operation, order, world, { dieAtStep: step, dies, isUpgraded });
          expectReturned(played, world, source.orderNumber, order);
        }
      }
    }),
  );

  if (operation === 'cancel') return;

  it('refund in parts, and the part that is too much is refused', () =>
    run(async (world) => {
      const source = await beginPaid(world, 'T-1');
      for (const [number, kopecks] of [
        ['R-1', 500],
        ['R-2', 1030],
      ] as const) {
        const played = await play(driver, 'refund', orderIn(world, number, source, kopecks), world);
        expect(played.outcome.kind).toBe('approved');
      }
      const over = await play(driver, 'refund', orderIn(world, 'R-3', source, 1), world);
      expect(over.outcome.kind).toBe('declined');
      expect(heldKopecks(world, source.orderNumber)).toBe(0);
    }));
}

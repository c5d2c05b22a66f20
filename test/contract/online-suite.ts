/** The part of the contract about a server that may be slow, wrong or gone. */
import { expect, it } from 'vitest';
import type { HttpRequest, Input } from '../../src/payments/driver.ts';
import type { Prompt } from '../../src/payments/prompt.ts';
import {
  type Counterpart,
  type DriverSubject,
  declinedAs,
  expectTrue,
  orderIn,
  type Run,
  type Way,
} from './counterpart.ts';
import { play, willingAnswer } from './machine-gateway.ts';

/** Whatever happens to a step that cannot move money. */
const HARMLESS_FAULTS = ['refuse', 'drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip'];
/** So many questions without an answer outlast every cashier. */
const FOR_LONG = 120;

/**
 * The money is asked for once, and the outcome is what really happened, whatever the buyer, the network and the cashier do.
 */
export function describeOnline({ driver, hasSession = false }: DriverSubject, way: Way, run: Run): void {
  const { isByDevice = false, isPaidBefore = false, isPaidOffline = false, isPaidOnlyWhenSeen = false } = way;
  const isEchoed = !isByDevice && way.isSaleUnechoed !== true;
  const endsOf = (hasArrived: boolean) =>
    way.endsAfterLostSale?.(hasArrived) ?? [hasArrived ? 'approved' : 'notRegistered'];

  it('asks for the money exactly once, with our number and our sum', () =>
    run(async (world) => {
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(1);
      const asked = [...played.sends, ...played.devices].filter(({ moves }) => moves === 'money');
      expect(asked).toHaveLength(1);
      expect(new Set(played.sends.map(({ request }) => request.tag)).size, 'tags are used once').toBe(
        played.sends.length,
      );
      expect(played.outcome).toMatchObject({ providerPaymentId: driver.providerPaymentId(played.state) });
    }));

  const buyers = [
    ['pays', ['approved']],
    ['slow', ['approved']],
    ['declines', ['refused']],
    ['poor', ['noFunds']],
    ['silent', ['notScanned', 'codeNotEntered', 'timeout', 'notRegistered']],
  ] as const;
  it.each(buyers.filter(([, [end]]) => end === 'approved' || !isPaidBefore))('the buyer %s', (name, ends) =>
    run(async (world) => {
      world.buyer(name);
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expect(ends).toContain(declinedAs(played.outcome));
      expect(played.outcomes, 'nothing was unknown on the way').toHaveLength(1);
      expectTrue(played, world, order);
    }),
  );

  const lostSales: [kind: string, more: object, hasArrived: boolean][] = [
    ['drop-request', {}, false],
    ['drop-reply', {}, true],
    ['delay', { ms: 60_000 }, true],
    ['http-500', {}, false],
    ['http-500', { processed: true }, true],
    ['garbage', {}, true],
    ['garbage', { processed: false }, false],
    ['slow-drip', {}, true],
    ...(isEchoed ? (['wrong-sum', 'wrong-order'] as const) : []).map((kind): [string, object, boolean] => [
      kind,
      {},
      true,
    ]),
  ];
  it.each(lostSales)('%s %o at the sale, which arrived: %s', (kind, more, hasArrived) =>
    run(async (world) => {
      await world.fault(kind, 'sale', 1, more);
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expect(endsOf(hasArrived)).toContain(declinedAs(played.outcome));
      if (kind.startsWith('wrong-')) {
        expect(played.outcomes[0]?.kind, 'a wrong echo is never believed').toBe('unknown');
        expect(played.alarms.length).toBeGreaterThan(0);
      }
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(1);
    }),
  );

  it('a slow answer to the sale is an answer', () =>
    run(async (world) => {
      await world.fault('delay', 'sale', 1, { ms: 3_000 });
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expect(played.outcomes.map(({ kind }) => kind)).toEqual(['approved']);
      expectTrue(played, world, order);
    }));

  it.each(isByDevice ? [] : ['refuse'])('%s at the sale: proved that it did not leave', (kind) =>
    run(async (world) => {
      const order = orderIn(world, 'T-1');
      let left = 1;
      const beforeSend = (request: HttpRequest) =>
        world.isSale(request) && left-- > 0 ? world.fault(kind, 'sale', 1, { ms: 30_000 }) : undefined;
      const played = await play(driver, 'pay', order, world, { beforeSend });
      expect(played.outcome.kind).toBe(isPaidOffline ? 'approved' : 'notSent');
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(isPaidOffline ? 1 : 0);
    }),
  );

  it.each(hasSession ? HARMLESS_FAULTS : [])(
    '%s without end before the money: not charged, and no sale is asked for',
    (kind) =>
      run(async (world) => {
        await world.fault(kind, 'session', 100);
        const order = orderIn(world, 'T-1');
        const played = await play(driver, 'pay', order, world);
        expect(played.outcome.kind).not.toBe('approved');
        expect(played.outcomes).toHaveLength(1);
        expectTrue(played, world, order);
        expect(world.salesAsked(order.orderNumber)).toBe(0);
      }),
  );

  it.each(['drop-reply', 'drop-request'])(
    '%s at the sale and the report unreachable for long: unknown, then the truth',
    (kind) =>
      run(async (world) => {
        await world.fault(kind, 'sale');
        await world.fault('http-500', 'report', FOR_LONG);
        const order = orderIn(world, 'T-1');
        const played = await play(driver, 'pay', order, world, { answer: (prompt) => givesUp(prompt, world) });
        if (!isPaidOffline) expect(played.outcomes.map((outcome) => outcome.kind)[0]).toBe('unknown');
        // After so long what did not arrive may be proved absent where otherwise it would be asked for again.
        const ends = kind === 'drop-reply' ? endsOf(true) : [...endsOf(false), 'notRegistered'];
        expect(ends).toContain(declinedAs(played.outcome));
        expectTrue(played, world, order);
      }),
  );

  const calls = (['session', 'sale', 'report'] as const).flatMap((at) =>
    (['drop-reply', 'drop-request'] as const).map((kind) => [kind, at] as const),
  );
  it.each(calls)('ten of %s at the %s: what is counted is what the server holds', (kind, at) =>
    run(async (world) => {
      await world.fault(kind, at, 10);
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world, { answer: (prompt) => givesUp(prompt, world) });
      expectTrue(played, world, order);
    }),
  );

  const failures = ['drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip'];
  it.each(isPaidBefore ? [] : failures)('%s at the questions how it stands: the payment goes on', (kind) =>
    run(async (world) => {
      await world.fault(kind, 'report', 2, kind === 'delay' ? { ms: 60_000 } : {});
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expect(played.outcome.kind).toBe('approved');
      expectTrue(played, world, order);
      expect(world.salesAsked(order.orderNumber)).toBe(1);
    }),
  );

  it.each(isPaidBefore ? [] : ['wrong-sum', 'wrong-order'])('%s in the answer how it stands: never believed', (kind) =>
    run(async (world) => {
      // Not decided at once, so that the question is asked.
      world.buyer('slow');
      await world.fault(kind, 'report');
      const order = orderIn(world, 'T-1');
      const played = await play(driver, 'pay', order, world);
      expect(played.outcomes.map((outcome) => outcome.kind)).toEqual(['unknown', 'approved']);
      expect(played.alarms.length).toBeGreaterThan(0);
      expectTrue(played, world, order);
    }),
  );

  it.each(isPaidBefore || isPaidOnlyWhenSeen ? [] : (['pays', 'slow'] as const))(
    'late success: nobody waits any more, the buyer %s, and it counts',
    (name) =>
      run(async (world) => {
        world.buyer(name);
        await world.fault('http-500', 'report', FOR_LONG);
        const order = orderIn(world, 'T-1');
        const played = await play(driver, 'pay', order, world, { answer: (prompt) => givesUp(prompt, world) });
        expect(played.outcome.kind).toBe('approved');
        expectTrue(played, world, order);
      }),
  );

  it.each(['pays', 'slow'] as const)(
    'Esc at every step while the buyer %s: the outcome is what really happened',
    (name) =>
      run(async (world) => {
        world.buyer(name);
        const whole = await play(driver, 'pay', orderIn(world, 'T-0'), world);
        const ends = new Set<string>();
        for (let step = 1; step < whole.steps; step++) {
          const order = orderIn(world, `T-${step}`);
          const played = await play(driver, 'pay', order, world, { cancelAtStep: step });
          expectTrue(played, world, order);
          ends.add(declinedAs(played.outcome));
        }
        expect(ends, 'payment wins when it was made').toContain('cancelled');
      }),
  );

  const lostAtRestart = [
    ['pays', 'drop-reply', false],
    ['pays', 'drop-request', false],
    ['slow', 'drop-reply', false],
    ['pays', 'drop-reply', true],
    ['pays', 'drop-request', true],
    ['slow', 'drop-reply', true],
  ] as const;
  it.each(lostAtRestart)(
    'restart at every step while the buyer %s and %s at the sale, as another version: %s',
    (...given) =>
      run(async (world) => {
        const [name, kind, isUpgraded] = given;
        world.buyer(name);
        await world.fault(kind, 'sale');
        const whole = await play(driver, 'pay', orderIn(world, 'T-0'), world);
        for (let step = 1; step < whole.steps; step++) {
          for (const dies of ['before', 'after'] as const) {
            await world.fault('none', 'sale');
            await world.fault(kind, 'sale');
            const order = orderIn(world, `T-${step}-${dies}`);
            expectTrue(await play(driver, 'pay', order, world, { dieAtStep: step, dies, isUpgraded }), world, order);
          }
        }
      }),
  );

  it('Esc at the instant of a restart, at every step', () =>
    run(async (world) => {
      world.buyer('slow');
      const whole = await play(driver, 'pay', orderIn(world, 'T-0'), world);
      for (let step = 1; step < whole.steps; step++) {
        const order = orderIn(world, `T-${step}`);
        const options = { cancelAtStep: step, dieAtStep: step + 1, dies: 'after' as const };
        expectTrue(await play(driver, 'pay', order, world, options), world, order);
      }
    }));
}

/** A cashier who does not wait for a server that is gone; everything else is answered. */
function givesUp(prompt: Prompt, world: Counterpart): Input | null {
  const own = world.givesUp?.(prompt);
  if (own !== undefined) return own;
  return prompt.show === 'retryOrCancel' ? { cashier: 'cancel' } : willingAnswer(prompt, world);
}

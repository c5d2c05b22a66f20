/** The reconciliation of a driver against its emulator: what is listed is what was really done, and what was not read is no empty list. */

import { expect, it } from 'vitest';
import type { Driver, Order } from '../../src/payments/driver.ts';
import type { Booked, ProviderOperation } from '../../src/payments/outcome.ts';
import { compare, type Difference } from '../../src/payments/reconcile.ts';
import { type Counterpart, type DriverSubject, orderIn, type Run, sourceOf, type Way } from './counterpart.ts';
import { play } from './machine-gateway.ts';
import type { Played } from './played.ts';

/** @param run one test with a fresh counterpart */
export function describeReconcile({ driver, canaries }: DriverSubject, way: Way, run: Run): void {
  const isReturned = driver.refund !== undefined && way.isReturnedAsAnother !== true;

  it('reconciliation: equal books have no difference, given back or not', () =>
    run(async (world) => {
      const booked = [await paid(driver, world, 'T-1'), await paid(driver, world, 'T-2')];
      if (isReturned) booked.push(...(await givenBack(driver, world, 'T-3')));
      const told = await reconciled(driver, world, booked);
      expect(differences(booked, told)).toEqual([]);
      const count = (kind: string) =>
        operationsOf(told).filter((one) => one.kind === kind && one.state === 'approved').length;
      expect(count('payment')).toBe(isReturned ? 3 : 2);
      expect(count('reversal')).toBe(isReturned ? 1 : 0);
    }));

  if (driver.reconcilesBy !== 'orders') {
    it('reconciliation: a payment that only the server has', () =>
      run(async (world) => {
        const known = await paid(driver, world, 'T-1');
        const lost = await paid(driver, world, 'T-2');
        const told = await reconciled(driver, world, [known]);
        expect(differences([known], told)).toMatchObject([{ kind: 'onlyThere', amountKopecks: lost.amountKopecks }]);
      }));
  }

  it('reconciliation: another sum, and a payment that is not decided here', () =>
    run(async (world) => {
      const sum = { ...(await paid(driver, world, 'T-1')), amountKopecks: 1 };
      const open: Booked = { ...(await paid(driver, world, 'T-2')), state: 'pending', providerPaymentId: null };
      const told = await reconciled(driver, world, [sum, open]);
      expect(differences([sum, open], told).map(({ kind }) => kind)).toEqual(['differentSum', 'differentState']);
    }));

  it('reconciliation: a page that is lost is never a list without operations', () =>
    run(async (world) => {
      const booked = [await paid(driver, world, 'T-1')];
      await world.fault('http-500', 'report', 100);
      const { outcome } = await reconciled(driver, world, booked);
      expect(outcome.kind).not.toBe('approved');
    }));

  it('reconciliation: a restart in the middle changes nothing', () =>
    run(async (world) => {
      const booked = [await paid(driver, world, 'T-1'), await paid(driver, world, 'T-2')];
      const whole = await reconciled(driver, world, booked);
      for (let step = 1; step < whole.steps; step++) {
        for (const dies of ['before', 'after'] as const) {
          const played = await play(driver, 'reconcile', bookOrder(world, booked), world, { dieAtStep: step, dies });
          expect(operationsOf(played)).toEqual(operationsOf(whole));
        }
      }
    }));

  it('reconciliation: it asks for nothing that moves money, and keeps no secret', () =>
    run(async (world) => {
      const played = await reconciled(driver, world, [await paid(driver, world, 'T-1')]);
      expect(played.sends.every(({ moves }) => moves === 'nothing')).toBe(true);
      const written = JSON.stringify([played.states, played.prompts, played.alarms, played.outcomes]);
      for (const canary of canaries) expect(written).not.toContain(canary);
    }));
}

async function paid(driver: Driver, world: Counterpart, label: string): Promise<Booked> {
  const order = orderIn(world, label);
  const played = await play(driver, 'pay', order, world);
  expect(played.outcome.kind).toBe('approved');
  return bookedAs(order, 'payment', played);
}

/** Pays and gives back. */
async function givenBack(driver: Driver, world: Counterpart, label: string): Promise<Booked[]> {
  const order = orderIn(world, label);
  const sale = await play(driver, 'pay', order, world);
  const source = sourceOf(driver, sale, order);
  const back = orderIn(world, `R-${label}`, source);
  const played = await play(driver, 'refund', back, world);
  expect(played.outcome.kind).toBe('approved');
  return [bookedAs(order, 'payment', sale), bookedAs(back, 'reversal', played)];
}

function bookedAs({ orderNumber, amountKopecks, source }: Order, kind: Booked['kind'], { outcome }: Played): Booked {
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  const against =
    source === null ? null : { orderNumber: source.orderNumber, providerPaymentId: source.providerPaymentId };
  return { orderNumber, providerPaymentId, kind, amountKopecks, state: 'approved', source: against };
}

function bookOrder(world: Counterpart, operations: Booked[]): Order {
  const books = {
    openedAtMs: world.clock.now() - 3_600_000,
    registerPrefix: 'T-',
    shiftPrefix: 'T-',
    operations,
    progress: { asked: 0, all: operations.length },
  };
  return { ...orderIn(world, 'B-1'), books };
}

function reconciled(driver: Driver, world: Counterpart, operations: Booked[]): Promise<Played> {
  return play(driver, 'reconcile', bookOrder(world, operations), world);
}

function operationsOf({ outcome }: Played): ProviderOperation[] {
  return outcome.kind === 'approved' ? (outcome.operations ?? []) : [];
}

function differences(booked: Booked[], played: Played): Difference[] {
  const ours = booked.map((one) => ({ ...one, attemptId: one.orderNumber, documentTitle: one.orderNumber }));
  return compare(ours, operationsOf(played)).differences;
}

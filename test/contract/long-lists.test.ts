/** A busy shift: what was lost is found among tens of thousands of other operations, and none of them is kept. */
import { expect, it } from 'vitest';
import type { Driver, Operation, Order } from '../../src/payments/driver.ts';
import { oplatiDriver } from '../../src/payments/providers/oplati/driver.ts';
import type { OplatiSettings } from '../../src/payments/providers/oplati/settings.ts';
import { paymasterDriver } from '../../src/payments/providers/paymaster/driver.ts';
import { recallOf } from '../../src/payments/recall.ts';
import { type Counterpart, expectTrue, heldKopecks, orderIn, sourceOf } from './counterpart.ts';
import { play } from './machine-gateway.ts';
import { beginOplati, REG_NUM } from './oplati-world.ts';
import { beginPaymaster } from './paymaster-world.ts';
import type { Played } from './played.ts';

const OTHERS = { count: 49_000, reversals: 1_000, prefix: '8-41-', sumKopecks: 1530 };
/** A state goes to the journal at every step. */
const MOST_STATE = 8_000;

async function withOplati(test: (world: Counterpart) => Promise<void>): Promise<void> {
  const world = await beginOplati(2, 'token');
  world.emulator.seed(OTHERS, REG_NUM, '22082023');
  await test(world).finally(() => world.close());
}

/** In one shop: all of them stand in the same list, page by page. */
async function withPaymaster(test: (world: Counterpart) => Promise<void>): Promise<void> {
  const world = await beginPaymaster({ pageSize: 1000 }, {});
  world.emulator.seed(OTHERS, 'Оплата, магазин Магазин, касса 8');
  await test(world).finally(() => world.close());
}

const SYSTEMS: [name: string, driver: Driver, run: typeof withOplati][] = [
  ['О!плати', oplatiDriver as Driver, withOplati],
  ['PayMaster', paymasterDriver as Driver, withPaymaster],
];

it.each(SYSTEMS)('%s: a sale whose answer was lost', (_, driver, run) =>
  run(async (world) => {
    const order = orderIn(world, 'T-1');
    await world.fault('drop-reply', 'sale');
    const played = await play(driver, 'pay', order, world);
    expect(played.outcome.kind).toBe('approved');
    expectTrue(played, world, order);
    expectSmall(played);
  }),
);

it('О!плати: a sale that never arrived', () =>
  withOplati(async (begun) => {
    // Few questions in the same time.
    const fewer = { watchForMs: 0, paymentPollMs: 80_000 };
    const world = { ...begun, settings: { ...(begun.settings as OplatiSettings), ...fewer } };
    const order = orderIn(world, 'T-1');
    await world.fault('drop-request', 'sale');
    const played = await play(oplatiDriver as Driver, 'pay', order, world);
    expect(played.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered' });
    expectTrue(played, world, order);
    expectSmall(played);
  }));

it.each(
  SYSTEMS.flatMap(([name, driver, run]) =>
    (['refund', 'cancel'] as const).map((operation): [string, Operation, Driver, typeof withOplati] => [
      name,
      operation,
      driver,
      run,
    ]),
  ),
)('%s: a %s whose payment id is not known, and whose answer was lost', (_, operation, driver, run) =>
  run(async (world) => {
    const sale = orderIn(world, 'T-1');
    const source = sourceOf(driver, await play(driver, 'pay', sale, world), sale);
    const forgotten: Order['source'] = { ...source, providerPaymentId: null, recalled: recallOf(driver, null) };
    await world.fault('drop-reply', 'reversal');
    const played = await play(driver, operation, orderIn(world, 'R-1', forgotten), world);
    expect(played.outcome.kind).toBe('approved');
    expect(heldKopecks(world, sale.orderNumber)).toBe(0);
    expectSmall(played);
  }),
);

it('О!плати: every operation of the shift is told for the reconciliation, and nothing of them is kept', () =>
  withOplati(async (world) => {
    const played = await play(oplatiDriver as Driver, 'reconcile', orderIn(world, 'S-1'), world);
    const { outcome, reported } = played;
    const operations = [...reported, ...((outcome.kind === 'approved' && outcome.operations) || [])];
    expect(operations.filter(({ kind }) => kind === 'payment')).toHaveLength(OTHERS.count);
    expect(operations.filter(({ kind }) => kind === 'reversal')).toHaveLength(OTHERS.reversals);
    expect(new Set(operations.map(({ providerPaymentId }) => providerPaymentId)).size).toBe(operations.length);
    expect(operations.every((one) => one.state === 'approved' && one.amountKopecks === OTHERS.sumKopecks)).toBe(true);
    expectSmall(played);
  }));

it.each(SYSTEMS)('%s: a start finds the one payment that the journal has not', (_, driver, run) =>
  run(async (begun) => {
    await play(driver, 'pay', orderIn(begun, 'T-1'), begun);
    const world = { ...begun, knownOrders: { has: (number: string) => number.startsWith(OTHERS.prefix) } };
    const played = await play(driver, 'lookBack', orderIn(world, 'L-1'), world);
    expect(played.outcome).toMatchObject({ kind: 'approved', operations: [{ orderNumber: 'T-1', state: 'approved' }] });
    expectSmall(played);
  }),
);

function expectSmall({ states }: Played): void {
  expect(Math.max(...states.map(({ length }) => length))).toBeLessThan(MOST_STATE);
}

/** What a reversal must know of its payment, also of one that ended before states had a version (by 116570b). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Driver, Order } from '../../../src/payments/driver.ts';
import { assistDriver } from '../../../src/payments/providers/assist/driver.ts';
import { oplatiDriver } from '../../../src/payments/providers/oplati/driver.ts';
import { paymasterDriver } from '../../../src/payments/providers/paymaster/driver.ts';
import { NOTHING_RECALLED, orderAsToday, recallOf } from '../../../src/payments/recall.ts';
import { ORDER } from './machine-run.ts';

/** States that 116570b has written, whole, by what had happened. */
const OLD = JSON.parse(readFileSync(new URL('states-116570b.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const DRIVERS: Record<string, Driver> = { oplati: oplatiDriver, paymaster: paymasterDriver, assist: assistDriver };
const STARTED_AT_MS = 1_894_690_800_000;

const REMEMBERED: [happened: string, known: object][] = [
  ['oplati payment, ended', { providerPaymentId: '1000001', isReversal: false }],
  [
    'oplati payment, decided by hand while the buyer is waited for',
    { providerPaymentId: '1000001', isReversal: false },
  ],
  ['oplati payment, never sent', { providerPaymentId: null, isReversal: false }],
  ['oplati cancel, ended', { providerPaymentId: '2000001', isReversal: true }],
  ['oplati refund, at work', { providerPaymentId: '2000001', isReversal: true }],
  ['paymaster payment, ended', { providerPaymentId: '900000001', isReversal: false, startedAtMs: null }],
  [
    'paymaster payment, decided by hand while the buyer is waited for',
    { providerPaymentId: '900000001', isReversal: false, startedAtMs: STARTED_AT_MS },
  ],
  ['paymaster payment, its answer lost', { providerPaymentId: null, isReversal: false, startedAtMs: STARTED_AT_MS }],
  ['paymaster refund, at work', { isReversal: true }],
  ['paymaster refund, ended', { isReversal: true }],
  ['assist cash, ended', { isReversal: false, means: 'cash', offlineSinceMs: null }],
  [
    'assist cash, taken without a link',
    { providerPaymentId: null, isReversal: false, means: 'cash', mayBeTold: false },
  ],
  ['assist refund, at work', { isReversal: true }],
];

function driverOf(happened: string): Driver {
  const driver = DRIVERS[happened.split(' ')[0] ?? ''];
  if (driver === undefined) throw new Error(happened);
  return driver;
}

describe('a payment of 116570b', () => {
  it.each(REMEMBERED)('is remembered: %s', (happened, known) => {
    expect(happened in OLD).toBe(true);
    expect(recallOf(driverOf(happened), { driverState: OLD[happened] })).toMatchObject(known);
  });

  it.each(REMEMBERED)('whose reversal was ordered by it is remembered as well: %s', (happened, known) => {
    const source = { orderNumber: 'T1-0001', providerPaymentId: null, amountKopecks: 1530, shiftLabel: '15012030' };
    const old = { ...ORDER, source: { ...source, driverState: OLD[happened] }, repeats: OLD[happened] };
    const today = orderAsToday(old as unknown as Order, driverOf(happened));
    expect(today.source).toMatchObject({ ...source, recalled: known });
    expect(today.repeats).toMatchObject(known);
    expect(today.source).not.toHaveProperty('driverState');
    expect(orderAsToday(today, driverOf(happened)), 'once').toEqual(today);
  });
});

it.each(Object.values(DRIVERS))('$name remembers nothing of a state of a version it does not know', (driver) => {
  const driverState = { kind: 'pay', at: 'finished', paymentId: '1000001', providerPaymentId: '1000001' };
  expect(recallOf(driver, { driverState, stateVersion: 99 })).toMatchObject(NOTHING_RECALLED);
  expect(recallOf(driver, null)).toMatchObject(NOTHING_RECALLED);
});

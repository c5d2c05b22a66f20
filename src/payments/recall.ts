/** A payment in the words of its own driver, for the operations that come after it. */
import type { Attempt } from './attempt.ts';
import type { Driver, Order, Recalled } from './driver.ts';

/** Nobody remembers anything. */
export const NOTHING_RECALLED: Recalled = { providerPaymentId: null, isReversal: false };

/** @param payment null = the journal has none */
export function recallOf(driver: Driver, payment: Pick<Attempt, 'driverState' | 'stateVersion'> | null): Recalled {
  return driver.recall?.(payment?.driverState ?? null, payment?.stateVersion ?? 0) ?? NOTHING_RECALLED;
}

/**
 * The order as it is built today. One that was written by 116570b, and was not begun or has to be taken up again, carries the state of the
 * other machine itself.
 */
export function orderAsToday(order: Order, driver: Driver): Order {
  const { source, repeats, ...own } = order as OldOrder;
  return {
    ...own,
    source: source !== null && 'driverState' in source ? recalledSource(source, driver) : source,
    ...(repeats === undefined ? {} : { repeats: isRecalled(repeats) ? repeats : recallState(driver, repeats) }),
  };
}

type Source = NonNullable<Order['source']>;
type OldSource = Omit<Source, 'recalled'> & { driverState: unknown };
type OldOrder = Omit<Order, 'source' | 'repeats'> & { source: Source | OldSource | null; repeats?: unknown };

function recalledSource({ driverState, ...source }: OldSource, driver: Driver): Source {
  return { ...source, recalled: recallState(driver, driverState) };
}

function recallState(driver: Driver, driverState: unknown): Recalled {
  return recallOf(driver, { driverState });
}

function isRecalled(value: unknown): value is Recalled {
  return typeof value === 'object' && value !== null && 'isReversal' in value;
}

/** Every payment system the register knows: one line each. */
import type { Driver } from './driver.ts';
import { cashDriver } from './providers/cash/driver.ts';
import { oplatiDriver } from './providers/oplati/driver.ts';
import { terminalDriver } from './providers/terminal/driver.ts';

export const drivers: ReadonlyMap<string, Driver> = new Map<string, Driver>([
  [cashDriver.name, cashDriver],
  [terminalDriver.name, terminalDriver],
  [oplatiDriver.name, oplatiDriver],
]);

/** @returns the driver of a currency's `provider`; null for a name nobody registered */
export function driverOf(name: string): Driver | null {
  return drivers.get(name) ?? null;
}

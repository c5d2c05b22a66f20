/** The payment systems by their names; `providers/index.ts` lists them. */
import type { Driver } from './driver.ts';
import * as providers from './providers/index.ts';

const listed: readonly Driver[] = Object.values(providers);

export const drivers: ReadonlyMap<string, Driver> = new Map(listed.map((driver) => [driver.name, driver]));

/** Systems with a slip template of their own: its name, by the system's. */
export function ownSlips(known: ReadonlyMap<string, Driver> = drivers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...known.values()].flatMap(({ name, slip }) => (slip === undefined ? [] : [[name, slip]])),
  );
}

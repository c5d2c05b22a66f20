/** Why a row of a payment system's page does not act: the screen dims it, and the loop refuses it all the same. */
import { isSame, ownSwitch, type ServiceRow } from '../payments/service-page.ts';
import type { SystemPage } from './model.ts';

/** @returns words for row 24; null = it acts */
export function whyOff({ service, values, isOn }: SystemPage, row: ServiceRow): string | null {
  const isOwn = row.is === 'switch' && isSame(row.stored, service.on);
  if (row.is === 'switch' && (isOwn || 'flag' in row.stored)) {
    const { needs } = row;
    // What is on can always be switched off.
    if (needs === undefined || values[needs.flag] === '1' || (isOwn && isOn)) return null;
    const label = service.rows.find((one) => one.is === 'switch' && isSame(one.stored, { flag: needs.flag }))?.label;
    return `Включите "${label ?? needs.flag}"`;
  }
  return isOn ? null : `Включите "${ownSwitch(service)?.label ?? ''}"`;
}

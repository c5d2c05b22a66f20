/** `POST control/seed`: books with so many finished operations as a busy day leaves, at once and by nobody's hand. */
import { type ControlBody, controlProblem, textField, wholeField } from './control.ts';

export interface SeedPlan {
  /** Sales that were paid. */
  count: number;
  /** So many of them, the first ones, were given back whole. */
  reversals: number;
  /** Order numbers are `prefix` and 1, 2, ...; that of a reversal has `-R` after it. */
  prefix: string;
  sumKopecks: number;
}

const MOST = 200_000;

export function readSeed(body: ControlBody): SeedPlan {
  const count = wholeField(body, 'count', 0);
  const reversals = wholeField(body, 'reversals', 0);
  const sumKopecks = wholeField(body, 'sumKopecks', 1530);
  if (count < 1 || count > MOST) throw controlProblem(`"count" must be 1 to ${MOST}`);
  if (reversals > count) throw controlProblem('"reversals" must not be more than "count"');
  if (sumKopecks < 1) throw controlProblem('"sumKopecks" must be more than 0');
  const prefix = body.prefix === undefined ? 'SEED-' : textField(body, 'prefix');
  return { count, reversals, prefix, sumKopecks };
}

/** The order numbers of a plan, oldest first. */
export function numbersOf({ count, prefix }: SeedPlan): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}

export function reversalNumberOf(orderNumber: string): string {
  return `${orderNumber}-R`;
}

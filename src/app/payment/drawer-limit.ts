/** `checkCashSum`: the drawer must not hold more cash than the shop wants (domain.md 5). */
import type { ClosedDocument } from '../../register/model.ts';
import { formatKopecks } from '../../register/money.ts';
import { say, type Turn } from '../turn.ts';

/** DOM-36: no more cash is taken. */
export function isDrawerFull(turn: Turn): boolean {
  const { drawerLimits } = turn.facts;
  return drawerLimits !== null && inDrawer(turn, []) >= drawerLimits.maxKopecks;
}

/** DOM-37, once, by the receipt that fills the drawer so far; it is closed this moment and not in the journal yet. */
export function warnOfDrawer(turn: Turn): void {
  const { drawerLimits } = turn.facts;
  if (drawerLimits === null) return;
  const { dangerousKopecks } = drawerLimits;
  const afterKopecks = inDrawer(turn, turn.write.documents);
  if (afterKopecks < dangerousKopecks || inDrawer(turn, []) >= dangerousKopecks) return;
  say(turn, 'DOM-37', { сумма: formatKopecks(afterKopecks) });
}

function inDrawer(turn: Turn, closedNow: readonly ClosedDocument[]): number {
  const { shift } = turn.state.register;
  return shift === null ? 0 : turn.facts.drawerKopecks(shift.number, closedNow);
}

/** Every screen by its name, and which of them is the mode's own. */
import type { Context, Model } from '../app/context.ts';
import { isUndecided, totalsOf } from '../register/totals.ts';
import { closed } from './closed.ts';
import { goods } from './goods.ts';
import { help } from './help.ts';
import { locked } from './locked.ts';
import { login } from './login.ts';
import { menu } from './menu.ts';
import { paid } from './paid.ts';
import { restored } from './restored.ts';
import { search } from './search.ts';
import { shift } from './shift.ts';
import { subtotal } from './subtotal.ts';
import { unfinished } from './unfinished.ts';

export type { SearchLocal } from './search.ts';

export type BaseName = 'login' | 'locked' | 'goods' | 'subtotal' | 'paid' | 'closed';

const all: readonly Context[] = [
  login,
  locked,
  goods,
  subtotal,
  paid,
  closed,
  search,
  menu,
  shift,
  help,
  unfinished,
  restored,
];

export const screens: Readonly<Record<string, Context>> = Object.fromEntries(
  all.map((context) => [context.name, context]),
);

/** The mode's own screen: a function of the state, so that no crash can lose it. */
export function baseContextName(model: Model): BaseName {
  const { user, locked: isLocked, document, lastClosed } = model.register;
  if (user === null) return 'login';
  if (isLocked) return 'locked';
  if (document === null) return lastClosed !== null && !isNextBegun(model) ? 'closed' : 'goods';
  if (document.stage === 'goods') return 'goods';
  return totalsOf(document).fullyPaid && !document.payments.some(isUndecided) ? 'paid' : 'subtotal';
}

/** The first digit or modifier shows the next, still empty receipt (SCR-11). */
function isNextBegun({ ui }: Model): boolean {
  return ui.input !== '' || ui.pendingQuantityThousandths !== null || ui.pendingPriceKopecks !== null;
}

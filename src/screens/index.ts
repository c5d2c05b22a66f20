/** Every screen by its name, and which of them is the mode's own. */

import { isUndecided, totalsOf } from '../register/totals.ts';
import type { Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import { closed } from './closed.ts';
import { documentPicker } from './document-picker.ts';
import { documentView } from './document-view.ts';
import { freeReturn } from './free-return.ts';
import { goods } from './goods.ts';
import { help } from './help.ts';
import { linkCheck } from './link-check.ts';
import { locked } from './locked.ts';
import { login } from './login.ts';
import { menu } from './menu.ts';
import { notices } from './notices.ts';
import { paid } from './paid.ts';
import { reconciliation } from './reconciliation.ts';
import { refund } from './refund.ts';
import { restored } from './restored.ts';
import { returnGoods } from './return-goods.ts';
import { search } from './search.ts';
import { service } from './service.ts';
import { serviceDevices } from './service-devices.ts';
import { serviceProvider } from './service-provider.ts';
import { shift } from './shift.ts';
import { subtotal } from './subtotal.ts';
import { unfinished } from './unfinished.ts';

export type BaseName =
  | 'login'
  | 'locked'
  | 'goods'
  | 'free-return'
  | 'return-goods'
  | 'subtotal'
  | 'refund'
  | 'paid'
  | 'closed';

const all: readonly Context[] = [
  login,
  locked,
  goods,
  subtotal,
  paid,
  closed,
  freeReturn,
  returnGoods,
  refund,
  search,
  documentPicker,
  documentView,
  menu,
  shift,
  unfinished,
  reconciliation,
  notices,
  service,
  serviceDevices,
  serviceProvider,
  linkCheck,
  help,
  restored,
];

export const screens: Readonly<Record<string, Context>> = Object.fromEntries(
  all.map((context) => [context.name, context]),
);

/** A page with nothing to lose: left at once when the till is locked. The notice of a restored receipt is to be read. */
export function isList(name: string): boolean {
  return screens[name] !== undefined && name !== restored.name;
}

/** The mode's own screen: a function of the state, so that no crash can lose it. */
export function baseContextName(model: Model): BaseName {
  const { user, locked: isLocked, document, lastClosed, mode } = model.register;
  if (user === null) return 'login';
  if (isLocked) return 'locked';
  if (document === null) {
    if (lastClosed !== null && !isNextBegun(model)) return 'closed';
    return mode === 'return' ? 'free-return' : 'goods';
  }
  const isBySale = document.type === 'returnBySale';
  if (document.stage === 'goods') {
    if (isBySale) return 'return-goods';
    return document.type === 'return' ? 'free-return' : 'goods';
  }
  if (totalsOf(document).fullyPaid && !document.payments.some(isUndecided)) return 'paid';
  return isBySale ? 'refund' : 'subtotal';
}

/** The first digit, modifier or card shows the next, still empty receipt (SCR-11). */
function isNextBegun({ ui, register }: Model): boolean {
  return (
    ui.input !== '' ||
    ui.pendingQuantityThousandths !== null ||
    ui.pendingPriceKopecks !== null ||
    register.pendingCard !== null
  );
}

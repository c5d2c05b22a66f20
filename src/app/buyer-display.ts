/** What the buyer sees on the customer display; derived from the state, so that nobody has to remember to tell it. */
import type { Shown } from '../devices/display/display-lines.ts';
import { payOutKopecks } from '../register/tender.ts';
import { totalsOf } from '../register/totals.ts';
import type { Model } from '../ui/model.ts';

/**
 * @param base the mode's own screen: between receipts the change stays as long as the closed receipt does
 */
export function shownToBuyer({ register, attempts }: Pick<Model, 'register' | 'attempts'>, base: string): Shown {
  const { document, lastClosed, user, locked } = register;
  if (user === null || locked) return { kind: 'idle' };
  const asked = attempts.find(({ foreground, prompt }) => foreground && prompt?.show === 'showQr');
  if (asked !== undefined && asked.operation === 'pay') {
    return { kind: 'qr', totalKopecks: asked.order.amountKopecks };
  }
  if (document === null) {
    if (base !== 'closed' || lastClosed === null) return { kind: 'idle' };
    const paidOutKopecks = payOutKopecks(lastClosed);
    if (paidOutKopecks > 0) return { kind: 'payOut', sumKopecks: paidOutKopecks };
    if (lastClosed.status === 'annulled') return { kind: 'idle' };
    if (lastClosed.type !== 'sale') return { kind: 'total', totalKopecks: lastClosed.totalKopecks };
    const { receivedKopecks, changeKopecks } = lastClosed;
    return { kind: 'change', receivedKopecks, changeKopecks };
  }
  const { totalKopecks, restKopecks, receivedKopecks, changeKopecks, fullyPaid } = totalsOf(document);
  if (document.stage === 'subtotal') {
    if (document.type === 'sale' && fullyPaid) return { kind: 'change', receivedKopecks, changeKopecks };
    const toPayOutKopecks = payOutKopecks(document);
    if (fullyPaid && toPayOutKopecks > 0) return { kind: 'payOut', sumKopecks: toPayOutKopecks };
    return { kind: 'total', totalKopecks: document.type === 'sale' ? restKopecks : totalKopecks };
  }
  const line = document.lines.at(-1);
  if (line === undefined) return { kind: 'idle' };
  const { goods, quantityThousandths, sumKopecks } = line;
  return { kind: 'item', name: goods.name, quantityThousandths, isFractional: goods.unit.fractional, sumKopecks };
}

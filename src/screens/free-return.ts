/** A return without a receipt (SCR-21): goods are collected as in a sale, cards and discounts are not. */
import type { Context } from '../ui/context.ts';
import { drawGoodsEntry, entryBindings, quantityBinding, stornoBinding, subtotalBinding } from './goods.ts';
import { helpBinding } from './help.ts';
import { blocked, menuBinding, searchBinding } from './sale-actions.ts';
import { IN_RETURN } from './unavailable.ts';

export const freeReturn: Context<null> = {
  name: 'free-return',
  kind: 'screen',
  area: 'receipt',
  scan: 'accept',
  field: { accepts: 'decimal', maxLength: 32 },
  modeName: 'возврат',
  view: drawGoodsEntry,
  hint: () => 'Отсканируйте возвращаемый товар',
  bindings: [
    searchBinding,
    quantityBinding,
    stornoBinding,
    subtotalBinding,
    menuBinding,
    helpBinding(() => freeReturn),
    ...entryBindings.filter(({ command }) => command !== 'returnBySale'),
    blocked('returnBySale', IN_RETURN),
    blocked('card', IN_RETURN),
    blocked('cardNumber', IN_RETURN),
    blocked('removeCard', IN_RETURN),
  ],
};

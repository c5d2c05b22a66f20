/** Fully paid and not yet closed (SCR-10): paying and closing are two steps for electronic money. */

import type { Context } from '../ui/context.ts';
import { helpBinding } from './help.ts';
import { countedLines, currentTitle, drawFrame, drawGoods, drawJournal, drawTotals, settledTotals } from './layout.ts';
import {
  annulBinding,
  blocked,
  exitBinding,
  lockBinding,
  menuBinding,
  OPEN_DOCUMENT,
  open,
  unlabelled,
} from './sale-actions.ts';

const PAID = 'чек оплачен';

export const paid: Context<null> = {
  name: 'paid',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: null,
  modeName: 'чек оплачен',
  view(canvas, { model }) {
    const { document } = model.register;
    drawFrame(canvas, model, currentTitle(model), null);
    drawGoods(canvas, model, countedLines(document), null, 'dim');
    drawJournal(canvas, model, document);
    if (document !== null) drawTotals(canvas, model, settledTotals(document));
  },
  hint: () => 'Нажмите "Итого", чтобы закрыть чек',
  bindings: [
    { command: 'cancel', label: 'Отмена оплаты', run: () => [open('cancel-payment', { fromLast: 0 })] },
    { command: 'total', label: 'Итого', run: () => [{ do: 'command', command: { do: 'close' } }] },
    helpBinding(() => paid),
    unlabelled(menuBinding),
    annulBinding,
    unlabelled(lockBinding),
    blocked('confirm', 'нажмите "Итого"'),
    blocked('search', PAID),
    blocked('quantity', PAID),
    blocked('storno', PAID),
    blocked('card', PAID),
    blocked('cardNumber', PAID),
    blocked('removeCard', PAID),
    blocked('subtotal', PAID),
    blocked('currency', PAID),
    blocked('returnBySale', OPEN_DOCUMENT),
    blocked('price', PAID),
    blocked('repeat', PAID),
    blocked('copy', OPEN_DOCUMENT),
    exitBinding,
  ],
};

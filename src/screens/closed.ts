/** The closed receipt and its change, until the next one begins (SCR-11). Its keys are those of an empty receipt. */

import { formatKopecks } from '../register/money.ts';
import type { Context } from '../ui/context.ts';
import { documentTitle } from '../ui/words.ts';
import { cardBinding, cardNumberBinding, removeCardBinding } from './card-actions.ts';
import { helpBinding } from './help.ts';
import { countedLines, drawFrame, drawGoods, drawJournal, drawPanel, drawTotals, frameRows } from './layout.ts';
import {
  annulBinding,
  blocked,
  exitBinding,
  extraBindings,
  lockBinding,
  menuBinding,
  NO_LINES,
  returnBySaleBinding,
  searchBinding,
  unlabelled,
} from './sale-actions.ts';

export const closed: Context<null> = {
  name: 'closed',
  kind: 'screen',
  area: 'receipt',
  scan: 'accept',
  field: { accepts: 'decimal', maxLength: 32 },
  modeName: 'чек закрыт',
  view(canvas, { model }) {
    const document = model.register.lastClosed;
    if (document === null) return;
    drawFrame(canvas, model, documentTitle(document), null);
    drawGoods(canvas, model, countedLines(document), null, 'normal');
    const isAnnulled = document.status === 'annulled';
    const lines = isAnnulled
      ? ['Чек аннулирован']
      : ['Чек закрыт', '', `С Д А Ч А :   ${formatKopecks(document.changeKopecks)}`];
    const bottom = frameRows(model).lastGoods - 1;
    drawPanel(canvas, model, { bottom, columns: 42, lines, title: '', number: '', style: 'question' });
    if (isAnnulled) return;
    drawJournal(canvas, model, document);
    drawTotals(canvas, model, {
      receivedKopecks: document.receivedKopecks,
      discountKopecks: null,
      label: 'Сдача',
      sumKopecks: document.changeKopecks,
    });
  },
  hint: () => 'Отсканируйте товар следующего чека',
  bindings: [
    helpBinding(() => closed),
    searchBinding,
    { ...returnBySaleBinding, label: 'Возврат по чеку' },
    menuBinding,
    lockBinding,
    blocked('confirm', 'введите код или штрих-код'),
    blocked('quantity', NO_LINES),
    blocked('storno', NO_LINES),
    blocked('subtotal', NO_LINES),
    unlabelled(cardBinding),
    cardNumberBinding,
    removeCardBinding,
    blocked('currency', 'нажмите "Подытог"'),
    blocked('total', 'нажмите "Подытог"'),
    annulBinding,
    { command: 'cancel', label: null, run: () => [] },
    ...extraBindings,
    exitBinding,
  ],
};

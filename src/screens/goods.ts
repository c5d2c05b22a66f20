/** The sale: goods are collected (SCR-03, SCR-04). */
import type { Context } from '../app/context.ts';
import { totalsOf } from '../register/totals.ts';
import { helpBinding } from './help.ts';
import { currentTitle, drawFrame, drawGoods, drawJournal, drawModifiers, drawTotals } from './layout.ts';
import {
  annulBinding,
  blocked,
  CLEAR_INPUT,
  cardBinding,
  exitBinding,
  extraBindings,
  lines,
  lockBinding,
  menuBinding,
  quantitySteps,
  resetSteps,
  returnBySaleBinding,
  searchBinding,
  selectedIndex,
  selectionBindings,
  stornoSteps,
  unlabelled,
  withoutLines,
} from './sale-actions.ts';

export const goods: Context<null> = {
  name: 'goods',
  kind: 'screen',
  area: 'receipt',
  scan: 'accept',
  field: { accepts: 'decimal', maxLength: 32 },
  modeName: 'формирование товарной части документа',
  view(canvas, { model, text }) {
    const totals = totalsOf(model.register.document);
    drawFrame(canvas, model, currentTitle(model), totals.totalKopecks === 0 ? null : totals.totalKopecks);
    drawGoods(canvas, model, lines(model), selectedIndex(model), 'normal');
    drawJournal(canvas, model, model.register.document);
    drawModifiers(canvas, model, text);
    drawTotals(canvas, model, {
      receivedKopecks: null,
      discountKopecks: totals.discountKopecks,
      label: 'Сумма чека',
      sumKopecks: totals.totalKopecks,
    });
  },
  hint: () => 'Отсканируйте товар',
  bindings: [
    helpBinding(() => goods),
    searchBinding,
    {
      command: 'quantity',
      label: 'Кол-во',
      disabled: (at) => (at.text === '' ? withoutLines(at) : null),
      run: quantitySteps,
    },
    { command: 'storno', label: 'Сторно', disabled: withoutLines, run: stornoSteps },
    cardBinding,
    {
      command: 'subtotal',
      label: 'Подытог',
      disabled: withoutLines,
      run: () => [{ do: 'command', command: { do: 'enterSubtotal' } }],
    },
    menuBinding,
    {
      command: 'confirm',
      label: null,
      disabled: ({ text }) => (text === '' ? 'введите код или штрих-код' : null),
      run: ({ text }) => [CLEAR_INPUT, { do: 'addGoods', text, entry: 'code' }],
    },
    { command: 'cancel', label: null, run: resetSteps },
    blocked('currency', 'нажмите "Подытог"'),
    blocked('total', 'нажмите "Подытог"'),
    returnBySaleBinding,
    annulBinding,
    unlabelled(lockBinding),
    ...selectionBindings,
    ...extraBindings,
    exitBinding,
  ],
};

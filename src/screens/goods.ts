/** The sale: goods are collected (SCR-03, SCR-04). What a free return shares with it is exported. */

import { totalsOf } from '../register/totals.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Binding, Context } from '../ui/context.ts';
import { cardBinding, cardNumberBinding, removeCardBinding } from './card-actions.ts';
import { helpBinding } from './help.ts';
import { currentTitle, drawFrame, drawGoods, drawJournal, drawModifiers, drawTotals } from './layout.ts';
import {
  annulBinding,
  blocked,
  CLEAR_INPUT,
  exitBinding,
  extraBindings,
  lines,
  lockBinding,
  menuBinding,
  quantitySteps,
  quantityUnavailable,
  resetSteps,
  returnBySaleBinding,
  searchBinding,
  selectedIndex,
  selectionBindings,
  stornoSteps,
  unlabelled,
  withoutLines,
} from './sale-actions.ts';

export function drawGoodsEntry(canvas: Canvas, { model, text }: At): void {
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
}

export const quantityBinding: Binding = {
  command: 'quantity',
  label: 'Кол-во',
  disabled: quantityUnavailable,
  run: quantitySteps,
};
export const stornoBinding: Binding = { command: 'storno', label: 'Сторно', disabled: withoutLines, run: stornoSteps };
export const subtotalBinding: Binding = {
  command: 'subtotal',
  label: 'Подытог',
  disabled: withoutLines,
  run: () => [{ do: 'command', command: { do: 'enterSubtotal' } }],
};

/** The keys of goods entry that have no place in the footer. */
export const entryBindings: readonly Binding[] = [
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
];

export const goods: Context<null> = {
  name: 'goods',
  kind: 'screen',
  area: 'receipt',
  scan: 'accept',
  field: { accepts: 'decimal', maxLength: 32 },
  modeName: 'формирование товарной части документа',
  view: drawGoodsEntry,
  hint: () => 'Отсканируйте товар',
  bindings: [
    helpBinding(() => goods),
    searchBinding,
    quantityBinding,
    stornoBinding,
    cardBinding,
    subtotalBinding,
    menuBinding,
    ...entryBindings,
    cardNumberBinding,
    removeCardBinding,
  ],
};

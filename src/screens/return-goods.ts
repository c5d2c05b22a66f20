/** SCR-20: how much of every line of the sale is returned. */

import type { Line } from '../register/model.ts';
import { formatKopecks, parseKopecks } from '../register/money.ts';
import { formatQuantity, parseQuantity } from '../register/quantity.ts';
import { cutColumns } from '../register/safe-text.ts';
import { totalsOf } from '../register/totals.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { dateText, quantityText } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { countedLines, currentTitle, drawFrame, drawInput, drawRule, firstShown, frameRows } from './layout.ts';
import {
  annulBinding,
  badQuantitySteps,
  blocked,
  CLEAR_INPUT,
  exitBinding,
  lines,
  lockBinding,
  menuBinding,
  OPEN_DOCUMENT,
  open,
  pickerSteps,
  selectedIndex,
  selectedLine,
  selectionBindings,
  unlabelled,
} from './sale-actions.ts';
import { IN_RETURN } from './unavailable.ts';

/** Row 6 holds the titles, row 7 their rule. */
const FIRST_ROW = 8;
const PRESS_SUBTOTAL = 'нажмите "Подытог"';

export const returnGoods: Context<null> = {
  name: 'return-goods',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: { accepts: 'decimal', maxLength: 10 },
  modeName: 'возврат по чеку продажи',
  view(canvas, { model, text }) {
    const { document } = model.register;
    const { totalKopecks } = totalsOf(document);
    drawFrame(canvas, model, currentTitle(model), totalKopecks === 0 ? null : totalKopecks);
    drawRow(canvas, model.columns, 6, ' ', ['Наименование', 'Продано', 'Возвращено', 'К возврату', 'Сумма']);
    drawRule(canvas, model, 7);
    drawLines(canvas, model);
    const source = document?.source ?? null;
    const from = source === null ? '' : `Чек продажи № ${source.number} от ${dateText(model, source.closedAt)}`;
    drawInput(canvas, model, from, text);
    const sum = `Сумма возврата: ${formatKopecks(totalKopecks)}`;
    canvas.putRight(frameRows(model).totals, model.columns - 1, sum, 'bold');
  },
  hint: () => 'Введите количество и нажмите "Количество"',
  bindings: [
    { command: 'quantity', label: 'Кол-во', run: quantitySteps },
    {
      command: 'storno',
      label: 'Сторно',
      run: ({ model }) => withSelected(model, (line) => [changeQuantity(line, 0)]),
    },
    {
      command: 'subtotal',
      label: 'Подытог',
      // A number that is neither a quantity nor a sum yet: taken along, it was lost, and the whole line went back.
      disabled: ({ text }) => (text === '' ? null : 'набрано число: нажмите "Кол-во" или "Сумма"'),
      // How the source payments go back is asked as soon as the payment stage is entered (domain.md 2.14).
      run: () => [{ do: 'command', command: { do: 'enterSubtotal' } }, { do: 'offerRefund' }],
    },
    {
      command: 'currency',
      label: 'Сумма',
      disabled: ({ text }) => (text === '' ? 'наберите сумму' : null),
      run: sumSteps,
    },
    { ...annulBinding, label: 'Сторно все' },
    helpBinding(() => returnGoods),
    {
      command: 'cancel',
      label: null,
      disabled: ({ model, text }) => (text === '' && hasReturned(model) ? 'есть позиции к возврату' : null),
      run: ({ model, text }) => (text === '' ? leaveSteps(model) : [CLEAR_INPUT]),
    },
    blocked('confirm', 'нажмите "Количество"'),
    ...selectionBindings,
    unlabelled(menuBinding),
    unlabelled(lockBinding),
    blocked('total', PRESS_SUBTOTAL),
    blocked('search', IN_RETURN),
    blocked('card', IN_RETURN),
    blocked('cardNumber', IN_RETURN),
    blocked('removeCard', IN_RETURN),
    blocked('returnBySale', OPEN_DOCUMENT),
    blocked('price', IN_RETURN),
    blocked('repeat', IN_RETURN),
    blocked('copy', OPEN_DOCUMENT),
    exitBinding,
  ],
};

function hasReturned({ register }: Model): boolean {
  return countedLines(register.document).length > 0;
}

/** Nothing is returned: the document is given up, and the way leads back to the sale in the list (SCR-18). */
function leaveSteps({ register }: Model): Step[] {
  const documentId = register.document?.source?.documentId;
  const back: Step[] =
    documentId === undefined ? [] : [...pickerSteps('return'), { do: 'viewDocument', documentId, purpose: 'return' }];
  return [{ do: 'command', command: { do: 'annul', confirmedBy: null } }, ...back];
}

/** Typed digits change the selected row at once; without them the dialog asks. */
function quantitySteps({ model, text }: At): Step[] {
  return withSelected(model, (line) => {
    if (text === '') return [open('quantity', { positionNumber: line.positionNumber })];
    const quantityThousandths = parseQuantity(text);
    if (quantityThousandths === null) return badQuantitySteps(text);
    const change = changeQuantity(line, quantityThousandths);
    // Above the rest the old value stands (DOM-62), and the next digits are a new one: `5`, then `1`, became 51.
    return isAboveRest(line, quantityThousandths) ? [CLEAR_INPUT, change] : [change, CLEAR_INPUT];
  });
}

/** Typed digits are the part of the selected row's money that goes back; above the rest the old value stands, as with a quantity. */
function sumSteps({ model, text }: At): Step[] {
  return withSelected(model, ({ positionNumber }) => {
    const sumKopecks = parseKopecks(text);
    if (sumKopecks === null) return [{ do: 'status', text: 'Неверная сумма' }];
    return [CLEAR_INPUT, { do: 'command', command: { do: 'changeRefundSum', positionNumber, sumKopecks } }];
  });
}

function isAboveRest({ returned }: Line, quantityThousandths: number): boolean {
  return returned !== null && returned.beforeThousandths + quantityThousandths > returned.soldThousandths;
}

function withSelected(model: Model, steps: (line: Line) => Step[]): Step[] {
  const line = selectedLine(model);
  return line === null ? [] : steps(line);
}

function changeQuantity({ positionNumber }: Line, quantityThousandths: number): Step {
  return { do: 'command', command: { do: 'changeQuantity', positionNumber, quantityThousandths } };
}

function drawLines(canvas: Canvas, model: Model): void {
  const selected = selectedIndex(model);
  const count = frameRows(model).lastGoods - FIRST_ROW + 1;
  const first = firstShown(selected, lines(model).length, count);
  lines(model)
    .slice(first, first + count)
    .forEach((line, index) => {
      const { goods, sumKopecks, returned } = line;
      const quantity = (thousandths: number) => formatQuantity(thousandths, goods.unit.fractional);
      drawRow(canvas, model.columns, FIRST_ROW + index, first + index === selected ? '>' : ' ', [
        goods.name,
        quantity(returned?.soldThousandths ?? 0),
        quantity(returned?.beforeThousandths ?? 0),
        quantityText(line),
        formatKopecks(sumKopecks),
      ]);
    });
}

type Cells = [name: string, sold: string, before: string, now: string, sum: string];

function drawRow(canvas: Canvas, columns: number, row: number, mark: string, cells: Cells): void {
  const [name, sold, before, now, sum] = cells;
  const style = mark === '>' ? 'selected' : 'normal';
  canvas.put(row, 1, `${mark}${cutColumns(name, columns - 50)}`.padEnd(columns), style);
  canvas.putRight(row, columns - 38, sold, style);
  canvas.putRight(row, columns - 26, before, style);
  canvas.putRight(row, columns - 14, now, style);
  canvas.putRight(row, columns - 1, sum, style);
}

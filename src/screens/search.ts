/** SCR-06: goods by a part of the name, code or barcode, answered while typing. */

import type { Goods } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, drawRule, fieldText, firstShown, frameRows } from './layout.ts';
import { listLockBinding } from './sale-actions.ts';

/** The loop answers the step `search` by putting `rows`, `more` and `selected: 0` here. */
export interface SearchLocal {
  /** null = not searched yet. */
  rows: Goods[] | null;
  /** More than the catalogue hands out at once. */
  more: boolean;
  selected: number;
}

const LEAST_CHARACTERS = 2;
const FIRST_ROW = 10;

export const search: Context<SearchLocal> = {
  name: 'search',
  kind: 'screen',
  area: 'page',
  scan: 'accept',
  field: { accepts: 'text', maxLength: 28 },
  modeName: 'поиск товара',
  view(canvas, at) {
    const { model, local, text } = at;
    const { columns } = model;
    drawPage(canvas, model, 'Поиск товара');
    canvas.put(6, 2, `Поиск: ${fieldText(text, 28)}`);
    canvas.putRight(6, columns - 1, foundText(local));
    drawRow(canvas, columns, 8, ' ', 'Код', 'Штрих-код', 'Наименование', 'Цена');
    drawRule(canvas, model, 9);
    const count = rowCount(at);
    const found = local.rows ?? [];
    const first = firstShown(local.selected, found.length, count);
    found.slice(first, first + count).forEach((goods, index) => {
      const isSelected = first + index === local.selected;
      const price = formatKopecks(goods.priceKopecks);
      const { code, barcode, name } = goods;
      drawRow(canvas, columns, FIRST_ROW + index, isSelected ? '>' : ' ', code, barcode ?? '', name, price);
    });
  },
  hint: () => 'Введите часть наименования, код или штрих-код',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: ({ local }) => (local.rows?.[local.selected] === undefined ? 'товар не выбран' : null),
      run({ local }) {
        const goods = local.rows?.[local.selected];
        return goods === undefined ? [] : [{ do: 'close' }, { do: 'addFoundGoods', goods }];
      },
    },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    helpBinding(() => search),
    listLockBinding,
    { command: 'pageUp', label: null, run: (at) => select(at, -rowCount(at)) },
    { command: 'pageDown', label: null, run: (at) => select(at, rowCount(at)) },
    { command: 'home', label: null, run: (at) => select(at, -at.local.selected) },
    { command: 'end', label: null, run: (at) => select(at, at.local.rows?.length ?? 0) },
  ],
  typed({ text }) {
    const isEnough = text.trim().length >= LEAST_CHARACTERS;
    return isEnough ? [{ do: 'search', text }] : [{ do: 'local', local: { rows: null, more: false, selected: 0 } }];
  },
  scanned: (_, code) => [{ do: 'close' }, { do: 'addGoods', text: code, entry: 'scan' }],
};

function rowCount({ model }: At): number {
  return frameRows(model).totals - FIRST_ROW;
}

function select({ local }: At<SearchLocal>, by: number): Step[] {
  const selected = moved(local.selected, by, local.rows?.length ?? 0);
  return [{ do: 'local', local: { ...local, selected: Math.max(0, selected) } }];
}

function foundText({ rows, more }: SearchLocal): string {
  if (rows === null) return '';
  return rows.length === 0 ? 'Ничего не найдено' : `Найдено: ${rows.length}${more ? '+' : ''}`;
}

function drawRow(
  canvas: Canvas,
  columns: number,
  row: number,
  mark: string,
  code: string,
  barcode: string,
  name: string,
  price: string,
): void {
  const style = mark === '>' ? 'selected' : 'normal';
  const left = `${mark}${cutColumns(code, 8).padEnd(9)}${cutColumns(barcode, 15).padEnd(16)}`;
  canvas.put(row, 1, `${left}${cutColumns(name, columns - 40)}`.padEnd(columns), style);
  canvas.putRight(row, columns - 1, price, style);
}

/** SCR-54: drawn instead of everything while the terminal is smaller than 80x24. */

import { formatKopecks } from '../register/money.ts';
import { totalsOf } from '../register/totals.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { Model } from '../ui/model.ts';
import { currentTitle } from './layout.ts';

const LEAST_COLUMNS = 80;
const LEAST_ROWS = 24;

export function isTooSmall(model: Pick<Model, 'columns' | 'rows'>): boolean {
  return model.columns < LEAST_COLUMNS || model.rows < LEAST_ROWS;
}

export function drawTooSmall(canvas: Canvas, model: Model): void {
  const { document } = model.register;
  const total = `Сумма чека: ${formatKopecks(totalsOf(document).totalKopecks)}`;
  const lines = [
    `Терминал слишком мал: ${model.columns}x${model.rows}`,
    '',
    `Требуется не меньше ${LEAST_COLUMNS}x${LEAST_ROWS}`,
    '',
    document === null ? '' : `${currentTitle(model)}  ${total}`,
    '',
    document === null ? 'Увеличьте окно терминала' : 'Чек сохранен. Увеличьте окно терминала',
  ];
  const top = Math.max(1, Math.ceil((model.rows - lines.length) / 2) + 1);
  lines.forEach((line, index) => {
    canvas.put(top + index, Math.max(1, Math.floor((model.columns - line.length) / 2) + 1), line);
  });
}

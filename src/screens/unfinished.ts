/** SCR-53: payments and cancels nobody can say the end of yet. */

import { type Attempt, isUnfinished, stateWord } from '../payments/attempt.ts';
import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { momentText, moved, systemTitle } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, drawRule, firstShown, frameRows } from './layout.ts';
import { listLockBinding, unlabelled } from './sale-actions.ts';
import { NO_UNFINISHED } from './unavailable.ts';

export interface UnfinishedLocal {
  selected: number;
}

const FIRST_ROW = 8;

export const unfinished: Context<UnfinishedLocal> = {
  name: 'unfinished',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'незавершенные оплаты',
  view(canvas, at) {
    const { model } = at;
    drawPage(canvas, model, 'Незавершенные оплаты');
    drawRow(canvas, model.columns, 6, ' ', 'Время', 'Система', 'Документ', 'Сумма', 'Состояние');
    drawRule(canvas, model, 7);
    const selected = selectedIndex(at);
    const count = rowCount(at);
    const attempts = listed(model);
    const first = firstShown(selected, attempts.length, count);
    attempts.slice(first, first + count).forEach((attempt, index) => {
      drawRow(
        canvas,
        model.columns,
        FIRST_ROW + index,
        first + index === selected ? '>' : ' ',
        momentText(model, attempt.startedAtMs),
        systemTitle(model, attempt.provider, attempt.currencyName),
        shortTitle(attempt.documentTitle),
        formatKopecks(attempt.order.amountKopecks),
        stateWord(attempt),
      );
    });
    const fault = attempts[selected]?.lastFault;
    if (fault === undefined) return;
    const text = `Последняя ошибка: ${momentText(model, fault.atMs)} ${fault.text}`;
    canvas.put(frameRows(model).totals - 1, 2, text);
  },
  hint({ model }) {
    const attempts = listed(model);
    const wakes = attempts.flatMap(({ wakeAtMs }) => (wakeAtMs === null ? [] : [wakeAtMs]));
    if (wakes.length === 0) return attempts.length === 0 ? 'Незавершенных оплат нет' : '';
    const seconds = Math.max(0, Math.ceil((Math.min(...wakes) - model.now) / 1000));
    return `Следующий автоматический запрос через ${seconds} с`;
  },
  bindings: [
    {
      command: 'confirm',
      label: 'Запросить состояние',
      disabled: nothingSelected,
      run: (at) => withSelected(at, (attemptId) => ({ do: 'askAttempt', attemptId })),
    },
    {
      command: 'annul',
      label: 'Решить вручную',
      disabled: notDecidable,
      run: (at) =>
        withSelected(at, (attemptId) => ({
          do: 'open',
          context: { name: 'manual-resolution', local: { attemptId, selected: 0 }, text: '' },
        })),
    },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    unlabelled(helpBinding(() => unfinished, 'own')),
    listLockBinding,
    { command: 'up', label: null, run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    { command: 'pageUp', label: null, run: (at) => select(at, -rowCount(at)) },
    { command: 'pageDown', label: null, run: (at) => select(at, rowCount(at)) },
    { command: 'home', label: null, run: (at) => select(at, -listed(at.model).length) },
    { command: 'end', label: null, run: (at) => select(at, listed(at.model).length) },
  ],
};

function listed({ attempts }: Model): Attempt[] {
  return attempts.filter(isUnfinished);
}

/** The list shortens by itself while answers come in. */
function selectedIndex({ model, local }: At<UnfinishedLocal>): number {
  return Math.min(local.selected, listed(model).length - 1);
}

function nothingSelected({ model }: At<UnfinishedLocal>): string | null {
  return listed(model).length === 0 ? NO_UNFINISHED : null;
}

/** What has been paid already and is only being reported leaves nothing to decide. */
function notDecidable(at: At<UnfinishedLocal>): string | null {
  const attempt = listed(at.model)[selectedIndex(at)];
  return attempt?.operation === 'follow' ? 'оплата проведена, данные передаются' : nothingSelected(at);
}

function withSelected(at: At<UnfinishedLocal>, step: (attemptId: string) => Step): Step[] {
  const attempt = listed(at.model)[selectedIndex(at)];
  return attempt === undefined ? [] : [step(attempt.attemptId)];
}

/** The last error of the selected row stands below the list. */
function rowCount({ model }: At): number {
  return frameRows(model).totals - FIRST_ROW - 2;
}

/** The column has no room for all the words, and the number is what the receipt is found by. */
function shortTitle(title: string): string {
  return title.replace('ВОЗВРАТ ПО ЧЕКУ', 'ВОЗВРАТ');
}

function select(at: At<UnfinishedLocal>, by: number): Step[] {
  const selected = Math.max(0, moved(selectedIndex(at), by, listed(at.model).length));
  return [{ do: 'local', local: { selected } }];
}

function drawRow(
  canvas: Canvas,
  columns: number,
  row: number,
  mark: string,
  time: string,
  system: string,
  title: string,
  sum: string,
  state: string,
): void {
  const style = mark === '>' ? 'selected' : 'normal';
  const left = `${mark}${time.padEnd(18)}${cutColumns(system, 13).padEnd(14)}${cutColumns(title, 15)}`;
  canvas.put(row, 1, left.padEnd(columns), style);
  canvas.putRight(row, 56, sum, style);
  canvas.put(row, 59, state, style);
}

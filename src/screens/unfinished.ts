/** SCR-53: payments and cancels nobody can say the end of yet; below them those that a human has decided. */

import {
  type Attempt,
  decisionWord,
  isContradicted,
  isOpen,
  isRefusedCancel,
  isUnfinished,
  stateWord,
} from '../payments/attempt.ts';
import { decisionText, serverWord } from '../payments/money-move.ts';
import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { momentText, moved, NOTHING_SELECTED, systemTitle } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, drawRule, firstShown, frameRows, wrapped } from './layout.ts';
import { listLockBinding, unlabelled } from './sale-actions.ts';
import { NO_UNFINISHED } from './unavailable.ts';

export interface UnfinishedLocal {
  /** The selected one, by its name: the list shortens by itself while answers come in. Null, or gone = the first that is open. */
  attemptId: string | null;
}

const FIRST_ROW = 8;
/** Below the list, about the selected one. */
const ABOUT_ROWS = 2;

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
    const first = firstShown(Math.max(0, selected), attempts.length, count);
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
    const chosen = attempts[selected];
    const lines = chosen === undefined ? [] : wrapped(about(model, chosen), model.columns - 2).slice(0, ABOUT_ROWS);
    lines.forEach((line, index) => {
      canvas.put(frameRows(model).totals - lines.length + index, 2, line);
    });
  },
  hint(at) {
    const { model } = at;
    const attempts = listed(model);
    const chosen = attempts[selectedIndex(at)];
    if (chosen !== undefined && isRefusedCancel(chosen))
      return 'Сервер отказал. Нажмите "Ввод", чтобы запросить отмену еще раз';
    const wakes = attempts.flatMap(({ wakeAtMs }) => (wakeAtMs === null ? [] : [wakeAtMs]));
    if (wakes.length === 0) return attempts.length === 0 ? 'Незавершенных оплат нет' : '';
    const seconds = Math.max(0, Math.ceil((Math.min(...wakes) - model.now) / 1000));
    return `Следующий автоматический запрос через ${seconds} с`;
  },
  bindings: [
    {
      command: 'confirm',
      label: 'Запросить',
      disabled: notAskable,
      run: (at) => withSelected(at, (attemptId) => [{ do: 'askAttempt', attemptId }]),
    },
    {
      command: 'annul',
      label: 'Решить вручную',
      disabled: notDecidable,
      run: (at) =>
        withSelected(at, (attemptId) => [
          {
            do: 'open',
            context: { name: 'manual-resolution', local: { attemptId, selected: NOTHING_SELECTED }, text: '' },
          },
        ]),
    },
    {
      command: 'search',
      label: 'Показать',
      disabled: notShowable,
      run: (at) => withSelected(at, (attemptId) => [{ do: 'showAttempt', attemptId }]),
    },
    {
      command: 'currency',
      label: 'Другой способ',
      disabled: notShowable,
      // It is given up by its own way, with its own questions; proven so, the payment types come by themselves.
      run: (at) => withSelected(at, (attemptId) => [{ do: 'showAttempt', attemptId, givesUp: true }]),
    },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    unlabelled(helpBinding(() => unfinished, 'own')),
    listLockBinding,
    { command: 'up', label: null, run: (at) => select(at, selectedIndex(at) - 1) },
    { command: 'down', label: null, run: (at) => select(at, selectedIndex(at) + 1) },
    { command: 'pageUp', label: null, run: (at) => select(at, selectedIndex(at) - rowCount(at)) },
    { command: 'pageDown', label: null, run: (at) => select(at, selectedIndex(at) + rowCount(at)) },
    { command: 'home', label: null, run: (at) => select(at, 0) },
    { command: 'end', label: null, run: (at) => select(at, listed(at.model).length) },
  ],
};

/** What is open first, oldest first; what a human has decided stands below it. */
function listed({ attempts }: Model): Attempt[] {
  const all = attempts.filter(isUnfinished);
  return [...all.filter(isOpen), ...all.filter((attempt) => !isOpen(attempt))];
}

/** @returns -1 = none: what has been decided is chosen by hand only */
function selectedIndex({ model, local }: At<UnfinishedLocal>): number {
  const attempts = listed(model);
  const chosen = attempts.findIndex(({ attemptId }) => attemptId === local.attemptId);
  return chosen === -1 ? attempts.findIndex(isOpen) : chosen;
}

function selectedOf(at: At<UnfinishedLocal>): Attempt | undefined {
  return listed(at.model)[selectedIndex(at)];
}

function nothingSelected(at: At<UnfinishedLocal>): string | null {
  if (selectedOf(at) !== undefined) return null;
  return listed(at.model).length === 0 ? NO_UNFINISHED : 'выберите оплату';
}

/** The server has said its last word already. */
function notAskable(at: At<UnfinishedLocal>): string | null {
  const attempt = selectedOf(at);
  const isTold = attempt !== undefined && (isContradicted(attempt) || attempt.operation === 'found');
  return isTold ? 'сервер ответил окончательно' : nothingSelected(at);
}

/** What has been paid already and is only being reported leaves nothing to decide; what was decided is settled. */
function notDecidable(at: At<UnfinishedLocal>): string | null {
  const attempt = selectedOf(at);
  if (attempt?.operation === 'follow') return 'оплата проведена, данные передаются';
  if (attempt !== undefined && attempt.manual !== null && !isContradicted(attempt)) {
    return `решено: ${decisionWord(attempt, attempt.manual.decision)}`;
  }
  return nothingSelected(at);
}

/** Below the list: why the selected one is not done. */
function about(model: Model, attempt: Attempt): string {
  const { lastFault, manual, outcome } = attempt;
  if (manual !== null) {
    const decided = decisionText(attempt, manual, model.utcOffsetMinutes);
    return isContradicted(attempt) && outcome !== null
      ? `${decided}. На сервере: ${serverWord(attempt, outcome)}`
      : decided;
  }
  if (attempt.operation === 'found') return 'Оплата есть у платежной системы, чека нет: решите, вернуть ли ее';
  if (lastFault === undefined) return '';
  const what = isRefusedCancel(attempt) ? 'Отказ' : 'Последняя ошибка';
  return `${what}: ${momentText(model, lastFault.atMs)} ${lastFault.text}`;
}

/** Only a payment of the open receipt can come back in front of the cashier: of any other nobody waits for the end. */
function notShowable(at: At<UnfinishedLocal>): string | null {
  const attempt = selectedOf(at);
  if (attempt === undefined) return nothingSelected(at);
  const { user, document } = at.model.register;
  if (user === null) return 'введите пароль кассира';
  if (attempt.operation !== 'pay') return 'это не оплата';
  if (attempt.state === 'manual') return 'решено вручную';
  const row = document?.payments.find(({ attemptId }) => attemptId === attempt.attemptId);
  return row?.state === 'unknown' ? null : 'чек этой оплаты не открыт';
}

function withSelected(at: At<UnfinishedLocal>, steps: (attemptId: string) => Step[]): Step[] {
  const attempt = selectedOf(at);
  return attempt === undefined ? [] : steps(attempt.attemptId);
}

function rowCount({ model }: At): number {
  return frameRows(model).totals - FIRST_ROW - ABOUT_ROWS;
}

/** The column has no room for all the words, and the number is what the receipt is found by. */
function shortTitle(title: string): string {
  return title.replace('ВОЗВРАТ ПО ЧЕКУ', 'ВОЗВРАТ');
}

function select(at: At<UnfinishedLocal>, index: number): Step[] {
  const attempts = listed(at.model);
  const attemptId = attempts[moved(index, 0, attempts.length)]?.attemptId ?? null;
  return [{ do: 'local', local: { attemptId } }];
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

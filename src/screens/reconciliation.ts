/** SCR-30: the register's cashless totals beside those of the payment systems. */

import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import {
  type ReconciledSystem,
  type ReconciliationDifference,
  type ReconciliationLine,
  type ReconciliationLocal,
  type ReconciliationRow,
  reconciliationLines,
  reconciliationNote,
} from '../ui/pages.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, drawRule, firstShown, frameRows } from './layout.ts';
import { listLockBinding } from './sale-actions.ts';

type ReconciliationAt = At<ReconciliationLocal>;

const FIRST_ROW = 8;
const ROWS = 5;
const RULE_ROW = FIRST_ROW + ROWS;
const NO_DATA = 'нет данных';

/** Of several systems the first that is met decides. */
const STATUS_TEXTS: readonly [ReconciledSystem['status'], string][] = [
  ['asking', 'Сверка выполняется...'],
  ['different', 'Сверка: есть расхождения'],
  ['noLink', 'Сверка: нет связи'],
  ['unread', 'Сверка не выполнена'],
  ['stopped', 'Сверка остановлена'],
];

function statusText({ systems }: ReconciliationLocal): string {
  const found = STATUS_TEXTS.find(([status]) => systems.some((system) => system.status === status));
  if (found !== undefined) return found[1];
  if (systems.length === 0) return 'Сверка: нет систем, которые можно сверить';
  const waiting = systems.filter(({ status }) => status === 'notAsked').length;
  if (waiting === systems.length) return 'Выберите систему для сверки';
  return waiting === 0 ? 'Сверка: расхождений нет' : 'Сверка: расхождений нет, сверены не все системы';
}

export const reconciliation: Context<ReconciliationLocal> = {
  name: 'reconciliation',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'сверка итогов по безналу',
  view(canvas, at) {
    const { model, local } = at;
    drawPage(canvas, model, 'Сверка итогов по безналу');
    const titles: Cells = ['Система', 'Касса, шт.', 'сумма', 'Сервер', 'сумма', 'Разница'];
    drawRow(canvas, model.columns, 6, ' ', titles);
    drawRule(canvas, model, 7);
    const lines = reconciliationLines(local);
    const first = firstShown(local.selected, lines.length, ROWS);
    lines.slice(first, first + ROWS).forEach(({ system, row }, index) => {
      const mark = first + index === local.selected ? '>' : ' ';
      if (row !== null) drawRow(canvas, model.columns, FIRST_ROW + index, mark, cellsOf(row));
      else drawUncompared(canvas, model.columns, FIRST_ROW + index, mark, system);
    });
    drawRule(canvas, model, RULE_ROW);
    drawDifferences(canvas, at);
    drawOthers(canvas, at);
  },
  hint: ({ model, local }) => runningIn(model)?.text ?? statusText(local),
  bindings: [
    {
      command: 'confirm',
      label: 'Запросить состояние',
      disabled: withoutQuestion,
      // What is decided here has nothing more to ask: only a new report tells what the server says of it now.
      run: (at) => [
        ...attemptIds(at).map((attemptId): Step => ({ do: 'askAttempt', attemptId })),
        { do: 'reconcile', provider: selectedLine(at)?.system.provider ?? null },
      ],
    },
    {
      command: 'total',
      label: 'Печать',
      disabled: withoutResult,
      run: ({ local }) => [{ do: 'printReconciliation', systems: local.systems }],
    },
    {
      command: 'cancel',
      label: 'Отмена',
      // What is read in many steps is stopped first, and the page tells so.
      run: ({ model }) => {
        const running = runningIn(model);
        return running === null ? [{ do: 'close' }] : [{ do: 'cancelAttempt', attemptId: running.attemptId }];
      },
    },
    helpBinding(() => reconciliation),
    listLockBinding,
    { command: 'up', label: null, run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    { command: 'home', label: null, run: (at) => select(at, -reconciliationLines(at.local).length) },
    { command: 'end', label: null, run: (at) => select(at, reconciliationLines(at.local).length) },
  ],
};

/** A reconciliation that tells how far it is. The page lies over its prompt, so it says the words itself. */
function runningIn({ attempts }: Model): { attemptId: string; text: string } | null {
  const running = attempts.find(({ operation, foreground }) => operation === 'reconcile' && foreground);
  return running?.prompt?.show === 'wait' ? { attemptId: running.attemptId, text: running.prompt.text } : null;
}

function withoutResult({ local }: ReconciliationAt): string | null {
  if (isAsking(local)) return 'сверка выполняется';
  return local.systems.every(({ rows }) => rows.length === 0) ? 'нет данных сверки' : null;
}

/** A system without a result is asked for one, as often as the cashier likes. */
function withoutQuestion(at: ReconciliationAt): string | null {
  const line = selectedLine(at);
  if (isAsking(at.local)) return 'сверка выполняется';
  if (line === null) return 'нет данных сверки';
  return line.row !== null && attemptIds(at).length === 0 ? 'нечего запрашивать' : null;
}

function isAsking({ systems }: ReconciliationLocal): boolean {
  return systems.some(({ status }) => status === 'asking');
}

function selectedLine({ local }: ReconciliationAt): ReconciliationLine | null {
  return reconciliationLines(local)[local.selected] ?? null;
}

function select({ local }: ReconciliationAt, by: number): Step[] {
  return [{ do: 'local', local: { ...local, selected: moved(local.selected, by, reconciliationLines(local).length) } }];
}

function differencesOf(at: ReconciliationAt): ReconciliationDifference[] {
  return selectedLine(at)?.row?.differences ?? [];
}

/** What only the server knows has no attempt to be asked about. */
function attemptIds(at: ReconciliationAt): string[] {
  return differencesOf(at).flatMap(({ attemptId }) => (attemptId === null ? [] : [attemptId]));
}

function drawDifferences(canvas: Canvas, at: ReconciliationAt): void {
  const differences = differencesOf(at);
  if (differences.length === 0) return;
  const { columns } = at.model;
  const last = frameRows(at.model).totals - 1;
  const room = last - RULE_ROW - 1;
  // The last row tells how many more there are, so that none is lost in silence.
  const shown = differences.length > room ? differences.slice(0, room - 1) : differences;
  canvas.put(RULE_ROW + 1, 2, 'Расхождения:');
  shown.forEach((difference, index) => {
    canvas.put(RULE_ROW + 2 + index, 4, cutColumns(differenceText(difference), columns - 4));
  });
  if (shown.length < differences.length) canvas.put(last, 4, `(еще ${differences.length - shown.length})`);
}

/** A system without a result says so in its line, and the reason has the room below. */
function drawUncompared(canvas: Canvas, columns: number, row: number, mark: string, system: ReconciledSystem): void {
  const words = `${mark}${system.title}: ${reconciliationNote({ ...system, why: '' })}`;
  canvas.put(row, 1, cutColumns(words, columns).padEnd(columns), mark === '>' ? 'selected' : 'normal');
}

/** What of the list was left out, or why there is none. */
function drawOthers(canvas: Canvas, at: ReconciliationAt): void {
  const system = selectedLine(at)?.system;
  if (system === undefined) return;
  const { columns } = at.model;
  if (system.why !== '') canvas.put(RULE_ROW + 1, 2, cutColumns(`Причина: ${system.why}`, columns - 2));
  if (system.othersCount === 0) return;
  canvas.putRight(RULE_ROW + 1, columns - 1, `Не этой кассы или смены: ${system.othersCount}`);
}

function differenceText({ documentTitle, amountKopecks, kind, ourWord, theirWord }: ReconciliationDifference): string {
  const what = `${documentTitle}   ${formatKopecks(amountKopecks)}   `;
  switch (kind) {
    case 'onlyHere':
      return `${what}на кассе: ${ourWord}   на сервере: ${NO_DATA}`;
    case 'onlyThere':
      return `${what}на кассе: ${NO_DATA}   на сервере: ${theirWord}`;
    case 'differentSum':
      return `${what}разная сумма: ${ourWord} / ${theirWord}`;
    case 'differentState':
      return `${what}разное состояние: ${ourWord} / ${theirWord}`;
  }
}

type Cells = [title: string, ourCount: string, ourSum: string, theirCount: string, theirSum: string, gap: string];

function cellsOf({ title, ourCount, ourKopecks, theirCount, theirKopecks }: ReconciliationRow): Cells {
  return [
    title,
    String(ourCount),
    formatKopecks(ourKopecks),
    String(theirCount),
    formatKopecks(theirKopecks),
    formatKopecks(ourKopecks - theirKopecks),
  ];
}

function drawRow(canvas: Canvas, columns: number, row: number, mark: string, cells: Cells): void {
  const [title, ...numbers] = cells;
  const style = mark === '>' ? 'selected' : 'normal';
  canvas.put(row, 1, `${mark}${cutColumns(title, columns - 53)}`.padEnd(columns), style);
  const edges = [columns - 50, columns - 37, columns - 27, columns - 14, columns - 1];
  numbers.forEach((text, index) => {
    canvas.putRight(row, edges[index] ?? columns, text, style);
  });
}

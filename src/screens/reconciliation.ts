/** SCR-30: the register's cashless totals beside those of the payment systems. */

import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { ReconciliationDifference, ReconciliationLocal, ReconciliationRow } from '../ui/pages.ts';
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

const STATUS_TEXTS = {
  asking: 'Сверка выполняется...',
  equal: 'Сверка: расхождений нет',
  different: 'Сверка: есть расхождения',
  noLink: 'Сверка: нет связи',
} as const;

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
    const first = firstShown(local.selected, local.rows.length, ROWS);
    local.rows.slice(first, first + ROWS).forEach((row, index) => {
      const mark = first + index === local.selected ? '>' : ' ';
      drawRow(canvas, model.columns, FIRST_ROW + index, mark, cellsOf(row));
    });
    drawRule(canvas, model, RULE_ROW);
    drawDifferences(canvas, at);
  },
  hint: ({ local }) => STATUS_TEXTS[local.status],
  bindings: [
    {
      command: 'confirm',
      label: 'Запросить состояние',
      disabled: (at) => withoutResult(at) ?? (attemptIds(at).length === 0 ? 'нечего запрашивать' : null),
      // What is decided here has nothing more to ask: only a new report tells what the server says of it now.
      run: (at) => [...attemptIds(at).map((attemptId): Step => ({ do: 'askAttempt', attemptId })), { do: 'reconcile' }],
    },
    {
      command: 'total',
      label: 'Печать',
      disabled: withoutResult,
      run: ({ local }) => [{ do: 'printReconciliation', rows: local.rows }],
    },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    helpBinding(() => reconciliation),
    listLockBinding,
    { command: 'up', label: null, run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    { command: 'home', label: null, run: (at) => select(at, -at.local.rows.length) },
    { command: 'end', label: null, run: (at) => select(at, at.local.rows.length) },
  ],
};

function withoutResult({ local }: ReconciliationAt): string | null {
  if (local.status === 'asking') return 'сверка выполняется';
  return local.rows.length === 0 ? 'нет данных сверки' : null;
}

function select({ local }: ReconciliationAt, by: number): Step[] {
  return [{ do: 'local', local: { ...local, selected: moved(local.selected, by, local.rows.length) } }];
}

function differencesOf({ local }: ReconciliationAt): ReconciliationDifference[] {
  return local.rows[local.selected]?.differences ?? [];
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

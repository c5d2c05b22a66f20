/**
 * DOM-102: what goes back to the buyer, by which means and in which order (SCR-19), before any of it leaves. The cashier may
 * change the order, and give in cash what was paid otherwise where the shop allows it. What has gone back stands there as done.
 */

import type { RefundStep } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { type PlannedRefund, plannedRefunds } from '../register/refund-plan.ts';
import { cutColumns } from '../register/safe-text.ts';
import { isCash } from '../register/tender.ts';
import { totalsOf } from '../register/totals.ts';
import type { At } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { hasTwin, moved, paymentName, timeText } from '../ui/words.ts';
import { CANCEL, drawBox, OK } from './box.ts';
import { messageOf, textOf } from './messages/index.ts';
import { closeBinding, confirmBinding } from './parts.ts';
import type { WordedContext } from './words.ts';

export interface RefundOrderLocal {
  plan: RefundStep[];
  /** Among the rows that are still to be given back. */
  selected: number;
  /** The shop allows cash in place of what was paid otherwise. */
  mayBeCash: boolean;
}

type OrderAt = At<RefundOrderLocal>;

const NAME_COLUMNS = 30;
const SUM_COLUMNS = 12;
/** The text and the buttons leave so many rows of the tallest box. */
const ROWS_AT_MOST = 5;

export const refundOrder: WordedContext<RefundOrderLocal> = {
  name: 'refund-order',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const message = messageOf('DOM-102');
    const { title, number, kind } = message;
    const rows = rowsOf(at);
    const selected = rows.findIndex(({ isSelected }) => isSelected);
    const first = Math.max(0, Math.min(selected - ROWS_AT_MOST + 1, rows.length - ROWS_AT_MOST));
    const sum = formatKopecks(totalsOf(at.model.register.document).restKopecks);
    const shown = rows.slice(first, first + ROWS_AT_MOST).map(({ text }) => text);
    const lines = [textOf(message, { сумма: sum }), ...shown, ...numberRows(at)];
    drawBox(canvas, at, { title, number, kind, lines, buttons: [OK, CANCEL] });
  },
  hint: (at) =>
    openRows(at).length > 1 ? 'Измените порядок или нажмите "Ввод"' : 'Нажмите "Ввод", чтобы вернуть оплату',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => select(at, -1) },
    { command: 'down', label: null, run: (at) => select(at, 1) },
    { command: 'pageUp', label: 'Порядок', run: (at) => move(at, -1) },
    { command: 'pageDown', label: null, run: (at) => move(at, 1) },
    { command: 'currency', label: 'Наличными', run: changeMeans },
    confirmBinding(({ local }) => [{ do: 'close' }, { do: 'refund', plan: local.plan }]),
    closeBinding,
  ],
  words(at) {
    const chosen = selectedRow(at);
    const hasOrder = openRows(at).length > 1;
    return {
      ...(hasOrder ? {} : { up: false, down: false, pageUp: false, pageDown: false }),
      currency: mayChangeMeans(at) ? (chosen?.step.inCash === true ? 'Как оплачено' : 'Наличными') : false,
    };
  },
};

function plannedOf({ model, local }: OrderAt): PlannedRefund[] {
  const { document } = model.register;
  return document === null ? [] : plannedRefunds(document, local.plan);
}

/** What is still to be given back; a row that has nothing left is only told. */
function openRows(at: OrderAt): PlannedRefund[] {
  return plannedOf(at).filter(({ leftKopecks }) => leftKopecks > 0);
}

function selectedRow(at: OrderAt): PlannedRefund | null {
  return openRows(at)[at.local.selected] ?? null;
}

function select(at: OrderAt, by: number): Step[] {
  return [{ do: 'local', local: { ...at.local, selected: moved(at.local.selected, by, openRows(at).length) } }];
}

/** The selected payment changes places with its neighbour and stays selected. */
function move(at: OrderAt, by: 1 | -1): Step[] {
  const open = openRows(at).map(({ step }) => step);
  const { selected } = at.local;
  const to = moved(selected, by, open.length);
  const next = open.toSpliced(selected, 1).toSpliced(to, 0, ...open.slice(selected, selected + 1));
  const done = plannedOf(at).filter(({ leftKopecks }) => leftKopecks === 0);
  return [{ do: 'local', local: { ...at.local, plan: [...done.map(({ step }) => step), ...next], selected: to } }];
}

/** What was paid in cash can go back in nothing else. */
function mayChangeMeans(at: OrderAt): boolean {
  const row = selectedRow(at);
  return at.local.mayBeCash && row !== null && !isCash(row.source);
}

function changeMeans(at: OrderAt): Step[] {
  const { local } = at;
  const row = selectedRow(at);
  if (row === null || !mayChangeMeans(at)) return [];
  const plan = local.plan.map((step) =>
    step.attemptId === row.step.attemptId ? { ...step, inCash: !step.inCash } : step,
  );
  return [{ do: 'local', local: { ...local, plan } }];
}

/** `> 1  О!плати                       51.00`: what each gives in this order, the last ones what the others left. */
function rowsOf(at: OrderAt): { text: string; isSelected: boolean }[] {
  const chosen = selectedRow(at)?.step.attemptId;
  const planned = plannedOf(at);
  return planned.map((row, index) => {
    const { step, source, doneKopecks, leftKopecks, dueKopecks } = row;
    const isSelected = step.attemptId === chosen;
    const inCash = step.inCash ? ': наличными' : '';
    const { startedAt } = source;
    const time = startedAt !== undefined && isTwin(row, planned) ? ` ${timeText(at.model, startedAt)}` : '';
    const isDone = leftKopecks === 0 || (dueKopecks === 0 && doneKopecks > 0);
    const done = isDone ? ', возвращено' : doneKopecks > 0 ? `, уже ${formatKopecks(doneKopecks)}` : '';
    const rest = `${time}${inCash}${done}`;
    const name = `${cutColumns(paymentName(source), NAME_COLUMNS - rest.length)}${rest}`.padEnd(NAME_COLUMNS);
    const sum = formatKopecks(isDone ? doneKopecks : dueKopecks).padStart(SUM_COLUMNS);
    return { isSelected, text: `${isSelected ? '>' : ' '} ${index + 1}  ${name}${sum}` };
  });
}

/** Two of the same means: the sums are what this order makes of them and say nothing of which is which. */
function isTwin({ source }: PlannedRefund, planned: readonly PlannedRefund[]): boolean {
  if (source.startedAt === undefined) return false;
  const comparable = (one: PlannedRefund['source']) => ({ ...one, amountKopecks: 0 });
  return hasTwin(
    comparable(source),
    planned.map((other) => comparable(other.source)),
  );
}

/** The number of the selected operation, as the slip of the sale has it, where there are two to be confused. */
function numberRows(at: OrderAt): string[] {
  const planned = plannedOf(at);
  if (!planned.some((row) => isTwin(row, planned))) return [];
  const row = selectedRow(at);
  return [row === null || row.source.currency.provider === 'cash' ? '' : `№ ${row.source.orderNumber}`];
}

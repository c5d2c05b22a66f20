/** SCR-49: what happened to payments while nobody watched, newest first; above it all that is open or wrong now. */

import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model, NoticeRow } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { clockText, dateText, moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, frameRows, partLines, wrapped } from './layout.ts';
import { listLockBinding, unlabelled } from './sale-actions.ts';
import { statusWords } from './status-words.ts';
import { NO_NOTICES } from './unavailable.ts';

export interface NoticesLocal {
  /** The selected one, by its number: new ones push the list down. Null, or gone = the newest. */
  noticeId: number | null;
}

type NoticesAt = At<NoticesLocal>;

const FIRST_ROW = 6;
const TEXT_COLUMN = 4;
/** Time and title, two rows of text or as many as it needs, up to four; a blank row parts one from the next. */
const TEXT_ROWS = 2;
const MOST_TEXT_ROWS = 4;
/** Where the mock-up breaks its texts. */
const TEXT_COLUMNS = 56;

export const notices: Context<NoticesLocal> = {
  name: 'notices',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'уведомления',
  view(canvas, at) {
    const { model } = at;
    drawPage(canvas, model, 'Уведомления');
    const rows = newestFirst(model);
    nowLines(model).forEach((line, index) => {
      canvas.put(FIRST_ROW + index, 2, line, 'bold');
    });
    const top = firstRow(model);
    if (rows.length === 0) canvas.put(top, 2, 'Уведомлений нет');
    const selected = selectedIndex(at);
    let row = top;
    shownAround(model, selected).forEach((notice) => {
      drawNotice(canvas, model, row, notice, notice === rows[selected]);
      row += heightOf(model, notice);
    });
  },
  hint: () => 'Проверены заказы за последние 3 суток',
  bindings: [
    { command: 'up', label: 'Выбор', disabled: withoutNotices, run: (at) => select(at, -1) },
    { command: 'down', label: null, disabled: withoutNotices, run: (at) => select(at, 1) },
    {
      command: 'confirm',
      label: 'Открыть заказ',
      disabled: withoutNotices,
      run(at) {
        const row = newestFirst(at.model)[selectedIndex(at)];
        return row === undefined ? [] : [{ do: 'openNotice', noticeId: row.noticeId }];
      },
    },
    { command: 'annul', label: 'Очистить', disabled: withoutNotices, run: () => [{ do: 'clearNotices' }] },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    unlabelled(helpBinding(() => notices, 'own')),
    listLockBinding,
    { command: 'pageUp', label: null, run: (at) => select(at, -shownAround(at.model, selectedIndex(at)).length) },
    { command: 'pageDown', label: null, run: (at) => select(at, shownAround(at.model, selectedIndex(at)).length) },
    { command: 'home', label: null, run: (at) => select(at, -at.model.notices.length) },
    { command: 'end', label: null, run: (at) => select(at, at.model.notices.length) },
  ],
};

function newestFirst(model: Model): NoticeRow[] {
  return model.notices.toReversed();
}

function withoutNotices({ model }: NoticesAt): string | null {
  return model.notices.length === 0 ? NO_NOTICES : null;
}

function selectedIndex({ model, local }: NoticesAt): number {
  return Math.max(
    0,
    newestFirst(model).findIndex(({ noticeId }) => noticeId === local.noticeId),
  );
}

function select(at: NoticesAt, by: number): Step[] {
  const rows = newestFirst(at.model);
  const noticeId = rows[moved(selectedIndex(at), by, rows.length)]?.noticeId ?? null;
  return [{ do: 'local', local: { noticeId } }];
}

/** The selected one is always seen whole; as many before it as there is room for, then those behind it. */
function shownAround(model: Model, selected: number): NoticeRow[] {
  const rows = newestFirst(model);
  // The blank row under the last one may be missing.
  const room = frameRows(model).totals - firstRow(model) + 1;
  const used = (shown: readonly NoticeRow[]) => shown.reduce((sum, row) => sum + heightOf(model, row), 0);
  let first = 0;
  while (first < selected && used(rows.slice(first, selected + 1)) > room) first++;
  let end = selected + 1;
  while (end < rows.length && used(rows.slice(first, end + 1)) <= room) end++;
  return rows.slice(first, end);
}

function heightOf(model: Model, { text }: NoticeRow): number {
  return 1 + Math.max(TEXT_ROWS, textLines(text, model.columns - TEXT_COLUMN).length) + 1;
}

/** All that is open or wrong now, where row 24 has no room for it. */
function nowLines(model: Model): string[] {
  return partLines(statusWords({ ...model, notices: [] }), '  ', model.columns - 3);
}

/** A blank row parts what is now from what has happened. */
function firstRow(model: Model): number {
  const { length } = nowLines(model);
  return length === 0 ? FIRST_ROW : FIRST_ROW + length + 1;
}

function drawNotice(canvas: Canvas, model: Model, row: number, notice: NoticeRow, isSelected: boolean): void {
  const { columns } = model;
  const style = isSelected ? 'selected' : notice.isNew ? 'bold' : 'normal';
  const time = `${dateText(model, notice.at)} ${clockText(model, notice.at)}`;
  const head = cutColumns(`${isSelected ? '>' : ' '}${time}  ${notice.title}`, columns);
  canvas.put(row, 1, isSelected ? head.padEnd(columns) : head, style);
  textLines(notice.text, columns - TEXT_COLUMN).forEach((line, index) => {
    canvas.put(row + 1 + index, TEXT_COLUMN, line);
  });
}

/** Every sentence on a line of its own, a long one broken behind its order number; the whole width where that is too much. */
function textLines(text: string, columns: number): string[] {
  const sentences = text.split(/(?<=\.) /);
  const lines = sentences.flatMap((sentence) =>
    sentence.length <= TEXT_COLUMNS ? [sentence] : sentence.split(/(?<=№\S+) /),
  );
  const fits = lines.length <= MOST_TEXT_ROWS && lines.every((line) => line.length <= columns);
  return fits ? lines : wrapped(text, columns).slice(0, MOST_TEXT_ROWS);
}

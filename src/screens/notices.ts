/** SCR-49: what happened to payments while nobody watched, newest first; above it all that is open or wrong now. */

import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model, NoticeRow } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { clockText, dateText, moved } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { drawPage, firstShown, frameRows, partLines } from './layout.ts';
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
/** Time and title, and as much of the text as the paper gives it; a blank row parts one from the next. */
const TEXT_ROWS = 2;
const NOTICE_ROWS = 1 + TEXT_ROWS + 1;
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
    const count = noticesShown(model);
    const selected = selectedIndex(at);
    const first = firstShown(selected, rows.length, count);
    rows.slice(first, first + count).forEach((row, index) => {
      drawNotice(canvas, model, top + index * NOTICE_ROWS, row, first + index === selected);
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
    { command: 'pageUp', label: null, run: (at) => select(at, -noticesShown(at.model)) },
    { command: 'pageDown', label: null, run: (at) => select(at, noticesShown(at.model)) },
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

/** The blank row under the last one may be missing. */
function noticesShown(model: Model): number {
  return Math.max(1, Math.floor((frameRows(model).totals - firstRow(model) + 1) / NOTICE_ROWS));
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
  const fits = lines.length <= TEXT_ROWS && lines.every((line) => line.length <= columns);
  return fits ? lines : wrapped(text, columns).slice(0, TEXT_ROWS);
}

/** Words into lines. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(cutColumns(word, columns));
  }
  return lines;
}

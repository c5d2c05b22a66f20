/** The one look of a dialog (screens.md 1.3): where its box stands, its frame, title, text, field, buttons and number. */

import { cutColumns } from '../register/safe-text.ts';
import type { Canvas, Style } from '../ui/canvas.ts';
import type { At } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Button, MessageKind } from './messages/index.ts';

/** Two columns of air on both sides of the longest line: the captures wrap their long text there (SCR-24b). */
export const TEXT_COLUMNS = 46;
/** Inside the brackets of an input field. */
const FIELD_COLUMNS = 36;
export const BOX_COLUMNS = 52;
/** The box whose buttons would touch the frame of a usual one (signature, SCR-47). */
const WIDE_COLUMNS = 58;
const TOP_ROW_AT_MOST = 6;

export const OK: Button = { label: 'OK', key: 'Enter' };
export const CANCEL: Button = { label: 'Отмена', key: 'ESC' };
export const YES: Button = { label: 'Да', key: 'Enter' };
export const NO: Button = { label: 'Нет', key: 'ESC' };

export interface Box {
  title: string;
  number: string;
  kind: MessageKind;
  /** Lines as they stand, centred; already wrapped. */
  lines: readonly string[];
  /** A second group under the text: an input field, or the sum and the seconds left. */
  below?: string | null;
  buttons: readonly Button[];
  /** The rows it stands in are its own, so that a page behind it leaves no scraps at its sides. */
  isAlone?: boolean;
}

/** Where the rows of a box with its own content are. */
export interface BoxPlace {
  top: number;
  bottom: number;
  left: number;
  columns: number;
}

/** The usual dialog. A text of one line gets a blank line above it, as in the captures. */
export function drawBox(canvas: Canvas, at: Pick<At, 'model' | 'over'>, box: Box): void {
  const text = box.lines.length < 2 ? ['', ...box.lines] : [...box.lines];
  const tail = box.below === undefined || box.below === null ? [''] : ['', box.below, ''];
  const rows = [...text.slice(0, Math.max(1, roomRows(at) - tail.length)), ...tail];
  const columns = hasAir(box.buttons, BOX_COLUMNS - 2) ? BOX_COLUMNS : WIDE_COLUMNS;
  const place = drawFrame(canvas, at, { ...box, contentRows: rows.length, columns });
  rows.forEach((line, index) => {
    canvas.put(place.top + 1 + index, place.left + 1, centred(line, place.columns - 2), styleOf(box.kind));
  });
}

/** Frame, blank inside, button row and number; the caller draws its own rows from `top + 1` on. */
export function drawFrame(
  canvas: Canvas,
  at: Pick<At, 'model' | 'over'>,
  frame: Omit<Box, 'lines' | 'below'> & { contentRows: number; columns: number },
): BoxPlace {
  const { columns } = frame;
  const style = styleOf(frame.kind);
  const bottom = bottomRow(at.model, at.over);
  const top = bottom - frame.contentRows - (frame.buttons.length === 0 ? 1 : 2);
  const left = Math.floor((at.model.columns - columns) / 2) + 1;
  const inner = columns - 2;
  const title = ` ${cutColumns(frame.title, inner - 4)} `;
  const before = Math.floor((inner - title.length) / 2);
  const number = ` ${frame.number} ─`;

  if (frame.isAlone) for (let row = top; row <= bottom; row++) canvas.fill(row, 1, at.model.columns, ' ');
  canvas.put(top, left, `┌${'─'.repeat(before)}${title}${'─'.repeat(inner - title.length - before)}┐`, style);
  for (let row = top + 1; row < bottom; row++) canvas.put(row, left, `│${' '.repeat(inner)}│`, style);
  canvas.put(bottom, left, `└${'─'.repeat(inner - number.length)}${number}┘`, style);
  if (frame.buttons.length > 0) canvas.put(bottom - 1, left + 1, buttonRow(frame.buttons, inner), style);
  return { top, bottom, left, columns };
}

/** Rows of its own that the tallest box has above its button row. */
export function roomRows(at: Pick<At, 'model' | 'over'>): number {
  return bottomRow(at.model, at.over) - TOP_ROW_AT_MOST - 2;
}

/** Row of the lower border: the goods area ends there; pages have it lower (screens.md 1.3). */
function bottomRow(model: Model, over: At['over']): number {
  return (over === 'page' ? 20 : 15) + model.rows - 25;
}

function styleOf(kind: MessageKind): Style {
  if (kind === 'error') return 'error';
  return kind === 'warning' ? 'warning' : 'question';
}

function hasAir(buttons: readonly Button[], columns: number): boolean {
  const share = Math.floor(columns / Math.max(1, buttons.length));
  return buttons.every(({ label, key }) => label.length + key.length + 3 < share - 1);
}

/** Each button stands in the middle of its share of the row. */
function buttonRow(buttons: readonly Button[], columns: number): string {
  const share = Math.floor(columns / buttons.length);
  return buttons
    .map(({ label, key }) => centred(`${label} (${key})`, share))
    .join('')
    .padEnd(columns);
}

function centred(text: string, columns: number): string {
  const shown = cutColumns(text, columns);
  return `${' '.repeat(Math.floor((columns - shown.length) / 2))}${shown}`.padEnd(columns);
}

/** `[3____]`; the tail of a long input stays in view, the last place is the cursor's. */
export function fieldText(text: string, columns = FIELD_COLUMNS): string {
  return `[${text.slice(-(columns - 1)).padEnd(columns, '_')}]`;
}

/** Words into lines; a word longer than a line is cut into pieces (links). `\n` always ends a line. */
export function wrapText(text: string, columns = TEXT_COLUMNS): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ').filter((part) => part !== '')) {
      if (line !== '' && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
      while (line.length > columns) {
        lines.push(line.slice(0, columns));
        line = line.slice(columns);
      }
    }
    lines.push(line);
  }
  return lines;
}

/**
 * The words of a message: what is longer than a line begins a new one with every sentence (PM-06, AS-24), as long as each
 * sentence has room on a line of its own.
 */
export function wrapMessage(text: string, columns = TEXT_COLUMNS): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const sentences = paragraph.length <= columns ? [paragraph] : paragraph.split(/(?<=[.?!]) (?=\p{Lu})/u);
    const wrapped = wrapText(paragraph, columns);
    const isWhole = sentences.every((sentence) => sentence.length <= columns);
    return isWhole && sentences.length <= wrapped.length ? sentences : wrapped;
  });
}

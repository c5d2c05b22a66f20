/** The page of an order (SCR-40, 43, 45): head, rows, what has happened so far, and the lines at its foot. */

import type { Prompt, PromptPage } from '../payments/prompt.ts';
import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import { drawHeader } from '../ui/words.ts';
import { wrapText } from './box.ts';
import type { PromptLocal } from './prompt-parts.ts';

const HEADING_ROW = 6;
const FIRST_ROW = 8;
const INDENT = 4;
export const VALUE_COLUMN = 34;
/** Inside the frame of a device's screen. */
const DISPLAY_COLUMNS = 40;
const DISPLAY_ROWS = 2;

/** Four steps a second on the papers, one here: the screen is painted anew every second (screens.md 1.1). */
export function spinner({ model }: Pick<At, 'model'>): string {
  return '|/-\\'.charAt(Math.floor(model.now / 1000) % 4);
}

/** Row of the rule above hint and keys. */
export function ruleRow({ rows }: Model): number {
  return rows - 2;
}

/**
 * @param left how long it is waited at most
 * @param spins behind the last line, or behind the first row where there are no lines
 * @returns the first row under everything that stands at the top
 */
export function drawPage(
  canvas: Canvas,
  at: Pick<At, 'model'>,
  page: PromptPage,
  { sumKopecks, spins, left = null }: { sumKopecks: number | null; spins: boolean; left?: string | null },
): number {
  const { model } = at;
  const { columns } = model;
  for (let row = 1; row <= model.rows; row++) canvas.fill(row, 1, columns, ' ');
  for (const row of [1, 2]) canvas.fill(row, 1, columns, ' ', 'header');
  drawHeader(canvas, model, 'header');
  for (const row of [3, 5, ruleRow(model)]) canvas.fill(row, 1, columns, '─');
  canvas.put(4, 2, cutColumns(page.title, columns - 20));
  if (page.showsSum && sumKopecks !== null) canvas.putRight(4, columns - 1, formatKopecks(sumKopecks), 'bold');
  canvas.put(HEADING_ROW, 2, cutColumns(page.heading, columns - 2));
  if (left !== null) canvas.putRight(HEADING_ROW, columns - 1, left);

  const below = page.below ?? [];
  below.forEach(({ label, value }, index) => {
    const row = ruleRow(model) - below.length + index;
    canvas.put(row, INDENT, cutColumns(`${label} ${value}`, columns - INDENT));
  });
  const last = displayTop(model, page) - 1;
  const lines = page.lines ?? [];
  const turning = spins ? `  ${spinner(at)}` : '';
  let row = FIRST_ROW;
  page.rows.forEach(({ label, value }, index) => {
    if (row <= last) canvas.put(row, INDENT, cutColumns(label, VALUE_COLUMN - INDENT - 1));
    const values = valueLines(value, columns);
    values.forEach((line, part) => {
      const isTurning = lines.length === 0 && index === 0 && part === values.length - 1;
      if (row <= last) canvas.put(row, VALUE_COLUMN, isTurning ? `${line}${turning}` : line);
      row++;
    });
  });
  if (lines.length === 0) return row;
  if (page.rows.length > 0) row++;
  // The newest lines matter: what does not fit goes at the top.
  const shown = lines.slice(-Math.max(1, last - row));
  shown.forEach((line, index) => {
    const text = `> ${line}${index === shown.length - 1 ? turning : ''}`;
    canvas.put(row + index, INDENT, cutColumns(text, columns - INDENT));
  });
  return row + shown.length;
}

/** Where the value of a row begins. */
export function valueRow(page: PromptPage, index: number, columns: number): number {
  return page.rows.slice(0, index).reduce((row, { value }) => row + valueLines(value, columns).length, FIRST_ROW);
}

function valueLines(value: string, columns: number): string[] {
  return wrapText(value, columns - VALUE_COLUMN);
}

/** The frame of a device's own screen; the number of the message stands in it. */
export function drawDisplay(canvas: Canvas, model: Model, page: PromptPage, number: string): void {
  const shown = page.display ?? [];
  const top = displayTop(model, page);
  canvas.put(top, 2, 'Экран картридера');
  canvas.put(top + 1, INDENT, `┌${'─'.repeat(DISPLAY_COLUMNS)}┐`);
  const rows = displayRows(page);
  for (let row = 0; row < rows; row++) {
    const line = cutColumns(shown[row] ?? '', DISPLAY_COLUMNS - 2).padEnd(DISPLAY_COLUMNS - 2);
    canvas.put(top + 2 + row, INDENT, `│  ${line}│`);
  }
  const foot = ` ${number} ─`;
  canvas.put(top + 2 + rows, INDENT, `└${'─'.repeat(DISPLAY_COLUMNS - foot.length)}${foot}┘`);
}

function displayRows({ display }: PromptPage): number {
  return display === undefined ? 0 : Math.min(DISPLAY_ROWS * 2, Math.max(DISPLAY_ROWS, display.length));
}

/** Two rows and a blank one under it, as in SCR-45; without a display: where the rows at the foot begin. */
function displayTop(model: Model, page: PromptPage): number {
  const foot = ruleRow(model) - (page.below?.length ?? 0);
  return page.display === undefined ? foot : foot - displayRows(page) - 4;
}

/** A page has no lower border of a box: its number stands in the rule (screens.md 1.3). */
export function drawPageNumber(canvas: Canvas, model: Model, number: string): void {
  canvas.putRight(ruleRow(model), model.columns - 2, ` ${number} `);
}

/** What stands behind a box instead of the receipt; null = the receipt does, or the prompt is a page itself. */
export function pageBehind(prompt: Prompt): PromptPage | null {
  if (prompt.show === 'form' || prompt.show === 'readerStatus' || !('page' in prompt)) return null;
  return prompt.page ?? null;
}

/** The layer under the box of a prompt; it never takes a key itself. */
export const promptPage: Context<PromptLocal> = {
  name: 'prompt:page',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { prompt, order } = at.local.attempt;
    const page = prompt === null ? null : pageBehind(prompt);
    if (page === null) return;
    // A device's screen would leave scraps at the sides of the box (SCR-46, SCR-47).
    const { display: _, ...behind } = page;
    drawPage(canvas, at, behind, { sumKopecks: order.amountKopecks, spins: false });
  },
  hint: () => '',
  bindings: [],
};

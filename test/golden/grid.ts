/** A plain canvas of the tests: one array of characters, one of styles. */
import { readFileSync } from 'node:fs';
import { render } from '../../src/app/render.ts';
import type { Canvas, Style } from '../../src/ui/canvas.ts';
import type { Model } from '../../src/ui/model.ts';

export class Grid implements Canvas {
  readonly columns: number;
  readonly rows: number;
  private readonly cells: { character: string; style: Style }[][];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.cells = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => ({ character: ' ', style: 'normal' as Style })),
    );
  }

  put(row: number, column: number, text: string, style: Style = 'normal'): void {
    [...text].forEach((character, index) => {
      const cell = this.cells[row - 1]?.[column - 1 + index];
      if (cell === undefined) return;
      cell.character = character;
      cell.style = style;
    });
  }

  putRight(row: number, column: number, text: string, style: Style = 'normal'): void {
    this.put(row, column - [...text].length + 1, text, style);
  }

  fill(row: number, column: number, width: number, character: string, style: Style = 'normal'): void {
    this.put(row, column, character.repeat(Math.max(0, width)), style);
  }

  text(): string[] {
    return this.cells.map((row) => row.map(({ character }) => character).join(''));
  }

  /** Style of the first character of `text`; fails loudly when the text is not on the screen. */
  styleOf(text: string): Style {
    for (const [row, line] of this.text().entries()) {
      const column = line.indexOf(text);
      const cell = column < 0 ? undefined : this.cells[row]?.[column];
      if (cell !== undefined) return cell.style;
    }
    throw new Error(`not on the screen: ${text}`);
  }
}

/** What the cashier sees, row by row. */
export function drawn(model: Model): string[] {
  const grid = new Grid(model.columns, model.rows);
  render(grid, model);
  return grid.text();
}

/** Rows of `scr/<name>.txt`. */
export function golden(name: string): string[] {
  return readFileSync(new URL(`scr/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .slice(0, -1);
}

/** A frame in memory: what a view draws on and the painter reads. */
import type { Canvas, Style } from '../ui/canvas.ts';

/**
 * What surely takes one column on every terminal: ASCII, Latin, Greek, Cyrillic without its combining marks, punctuation,
 * currency and letter-like signs, arrows, lines and blocks. Controls, bidi marks, wide letters are not among them.
 */
const ONE_COLUMN =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02af\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u214f\u2190-\u21ff\u2500-\u25cf]$/u;

/** A grid of one-column cells. Rows and columns count from 1. Writing outside is cut, never an error. */
export class CellGrid implements Canvas {
  readonly columns: number;
  readonly rows: number;
  private readonly characters: string[];
  private readonly styles: Style[];

  constructor(columns: number, rows: number) {
    this.columns = Math.max(0, Math.trunc(columns));
    this.rows = Math.max(0, Math.trunc(rows));
    this.characters = new Array<string>(this.columns * this.rows).fill(' ');
    this.styles = new Array<Style>(this.columns * this.rows).fill('normal');
  }

  /** Writes `text` from `column` on. */
  put(row: number, column: number, text: string, style: Style = 'normal'): void {
    let at = column;
    for (const character of text) this.set(row, at++, character, style);
  }

  /** Writes `text` so that its last character stands in `column`. */
  putRight(row: number, column: number, text: string, style: Style = 'normal'): void {
    this.put(row, column - [...text].length + 1, text, style);
  }

  /** Fills `width` cells with one character. */
  fill(row: number, column: number, width: number, character: string, style: Style = 'normal'): void {
    const first = Math.max(1, column);
    const last = Math.min(this.columns, column + width - 1);
    for (let at = first; at <= last; at++) this.set(row, at, character, style);
  }

  /** The rows as text, each padded to `columns`. */
  text(): string[] {
    return Array.from({ length: this.rows }, (_, y) =>
      this.characters.slice(y * this.columns, (y + 1) * this.columns).join(''),
    );
  }

  /** Style of a cell; `normal` outside the grid. */
  styleAt(row: number, column: number): Style {
    return this.isInside(row, column) ? (this.styles[this.indexOf(row, column)] ?? 'normal') : 'normal';
  }

  /** Character of a cell; a blank outside the grid. */
  characterAt(row: number, column: number): string {
    return this.isInside(row, column) ? (this.characters[this.indexOf(row, column)] ?? ' ') : ' ';
  }

  /** The last gate before the terminal: a cell never holds a control byte, whatever the view was given. */
  private set(row: number, column: number, character: string, style: Style): void {
    if (!this.isInside(row, column)) return;
    const index = this.indexOf(row, column);
    if (character === '\u00a0') this.characters[index] = ' ';
    else this.characters[index] = ONE_COLUMN.test(character) ? character : '?';
    this.styles[index] = style;
  }

  private isInside(row: number, column: number): boolean {
    return row >= 1 && row <= this.rows && column >= 1 && column <= this.columns;
  }

  private indexOf(row: number, column: number): number {
    return (row - 1) * this.columns + column - 1;
  }
}

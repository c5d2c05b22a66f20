/** What a view draws on: cells with a meaning. The terminal maps meanings to attributes. */

/** Meaning of a cell, never its colour: the painter maps it. Colour never carries meaning alone (screens.md 1.2). */
export type Style =
  | 'normal'
  | 'bold'
  | 'dim'
  | 'inverse'
  | 'header'
  | 'selected'
  | 'error'
  | 'warning'
  | 'question'
  | 'done'
  | 'waiting'
  | 'unknown'
  | 'qr';

/** A grid of one-column cells. Rows and columns count from 1, as in the mock-ups. Writing outside is cut, never an error. */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  put(row: number, column: number, text: string, style?: Style): void;
  /** Text whose last character stands in `column`. */
  putRight(row: number, column: number, text: string, style?: Style): void;
  /** Fills whole cells with one character. */
  fill(row: number, column: number, width: number, character: string, style?: Style): void;
}

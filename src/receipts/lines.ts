/** A document as lines of columns: the same lines make the preview on the screen and the paper. */

export type Align = 'left' | 'center' | 'right';

export type ReceiptLine =
  | {
      kind: 'text';
      text: string;
      /** Stands at the right edge of the same line. */
      right: string | null;
      align: Align;
      bold: boolean;
      /** Double size: each character counts as two columns. */
      double: boolean;
    }
  | { kind: 'rule'; character: string }
  | { kind: 'qr'; payload: string }
  | { kind: 'cut' };

export type TextStyle = { align: Align; bold: boolean; double: boolean };

/** Columns a line of this style has; 1 at least, so that wrapping always moves on. */
export function columnsFor(style: { double: boolean }, columns: number): number {
  return Math.max(1, style.double ? Math.floor(columns / 2) : columns);
}

/**
 * Breaks text by word; a word longer than the line is broken where the line ends. Blanks at a break vanish.
 * @returns at least one line, none longer than `columns`
 */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    const joined = line === '' ? rest : `${line} ${rest}`;
    if (joined.length <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > columns) {
      lines.push(rest.slice(0, columns));
      rest = rest.slice(columns);
    }
    line = rest;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** Lines of one text of any length. */
export function layOut(text: string, style: TextStyle, columns: number): ReceiptLine[] {
  return wrapText(text, columnsFor(style, columns)).map((part) => ({
    kind: 'text',
    text: part,
    right: null,
    ...style,
  }));
}

/** `left` and `right` on one line when both fit with a blank between; else `right` gets lines of its own below. */
export function layOutPair(left: string, right: string, style: TextStyle, columns: number): ReceiptLine[] {
  if (right === '') return layOut(left, style, columns);
  const width = columnsFor(style, columns);
  const lines = left === '' ? [] : layOut(left, { ...style, align: 'left' }, columns);
  const last = lines.at(-1);
  if (last?.kind === 'text' && last.text.length + 1 + right.length <= width) {
    last.right = right;
    return lines;
  }
  return [...lines, ...layOut(right, { ...style, align: 'right' }, columns)];
}

/** Text of a line with `right` pushed to the edge; alignment is not applied. */
export function joinPair(line: { text: string; right: string | null }, width: number): string {
  return line.right === null ? line.text : line.text + line.right.padStart(width - line.text.length);
}

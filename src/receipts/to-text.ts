import { joinPair, layOut, type ReceiptLine } from './lines.ts';

const CUT_MARK = '8<';

/** The preview: what the paper will say, as rows of exactly `columns`. Double size shows as plain size. */
export function toText(lines: readonly ReceiptLine[], columns: number): string[] {
  return lines.flatMap((line) => rowsOf(line, columns));
}

function rowsOf(line: ReceiptLine, columns: number): string[] {
  switch (line.kind) {
    case 'text':
      return [textRow(line, columns)];
    case 'rule':
      return [line.character.repeat(columns)];
    case 'cut':
      return [CUT_MARK.padEnd(columns, ' -').slice(0, columns)];
    case 'qr':
      return toText(layOut(`[QR] ${line.payload}`, { align: 'left', bold: false, double: false }, columns), columns);
  }
}

function textRow(line: Extract<ReceiptLine, { kind: 'text' }>, columns: number): string {
  const text = joinPair(line, columns);
  if (line.right !== null || line.align === 'left') return text.padEnd(columns);
  if (line.align === 'right') return text.padStart(columns);
  return text.padStart(Math.floor((columns + text.length) / 2)).padEnd(columns);
}

import { columnsFor, joinPair, layOut, type ReceiptLine } from './lines.ts';

/**
 * The printer's language as a slip needs it. `createEscpos(profile)` of the printer's room has this shape; the two rooms
 * do not import each other, the composition root brings them together.
 */
export interface PrinterLanguage {
  readonly columns: number;
  printable(text: string): { text: string; replaced: string[] };
  init(): Uint8Array;
  align(align: 'left' | 'center' | 'right'): Uint8Array;
  bold(on: boolean): Uint8Array;
  double(on: boolean): Uint8Array;
  textLine(text: string): Uint8Array;
  cut(): Uint8Array;
  drawer(): Uint8Array;
  /** null when this printer cannot print this payload as a QR code. */
  qr(payload: string): Uint8Array | null;
  testSheet(): Uint8Array;
}

/** The bytes of one job: init first, because nothing is known of a printer's state (devices.md 4.5). */
export function toEscpos(lines: readonly ReceiptLine[], printer: PrinterLanguage): Uint8Array {
  const bytes: Uint8Array[] = [printer.init()];
  const style = { align: 'left', bold: false, double: false };
  for (const line of lines) write(line);
  return Buffer.concat(bytes);

  function write(line: ReceiptLine): void {
    switch (line.kind) {
      case 'text':
        setStyle(line.align, line.bold, line.double);
        bytes.push(printer.textLine(joinPair(line, columnsFor(line, printer.columns))));
        return;
      case 'rule':
        setStyle('left', false, false);
        bytes.push(printer.textLine(line.character.repeat(printer.columns)));
        return;
      case 'cut':
        bytes.push(printer.cut());
        return;
      case 'qr':
        writeQr(line.payload);
    }
  }

  /** A printer without QR gets the payload to be typed: better than nothing, and never a cut code. */
  function writeQr(payload: string): void {
    const code = printer.qr(payload);
    if (code === null) {
      const plain = { align: 'left', bold: false, double: false } as const;
      for (const line of layOut(printer.printable(payload).text, plain, printer.columns)) write(line);
    } else {
      setStyle('center', false, false);
      bytes.push(code);
    }
  }

  /** Only changes are sent: at 9600 baud each byte is a millisecond. */
  function setStyle(align: 'left' | 'center' | 'right', bold: boolean, double: boolean): void {
    if (align !== style.align) bytes.push(printer.align(align));
    if (bold !== style.bold) bytes.push(printer.bold(bold));
    if (double !== style.double) bytes.push(printer.double(double));
    Object.assign(style, { align, bold, double });
  }
}

import { afterEach, describe, expect, it } from 'vitest';
import {
  type PrinterEmulator,
  type PrinterEmulatorOptions,
  startPrinterEmulator,
} from '../../../../src/emulators/printer/server.ts';
import { RawClient } from './raw-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function started(options: PrinterEmulatorOptions = {}): Promise<{ printer: PrinterEmulator; line: RawClient }> {
  const printer = await startPrinterEmulator(options);
  cleanups.push(() => printer.close());
  const line = await RawClient.connected(printer.url);
  cleanups.push(() => line.end());
  return { printer, line };
}

/** Everything the printer has put on paper once these bytes were processed: `GS r 1` answers in order. */
async function print(line: RawClient, ...parts: (string | number[])[]): Promise<void> {
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)));
  await line.ask([...Buffer.concat(bytes), 0x1d, 0x72, 1], 1);
}

const PAGE_866 = [0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 17];
const MILK = [0x8c, 0x8e, 0x8b, 0x8e, 0x8a, 0x8e]; // МОЛОКО

describe('paper of the emulated printer', () => {
  it('shows Cyrillic in the page that was selected, and boxes where none was', async () => {
    const { printer, line } = await started();
    await print(line, PAGE_866, MILK, [0x0a], [0x1b, 0x74, 46, 0xcc, 0xce, 0xcb, 0xce, 0xca, 0xce, 0x0a]);
    await print(line, [0x1b, 0x40], MILK, 'ABC\n');
    expect(printer.paper()).toEqual(['МОЛОКО', 'МОЛОКО', '□□□□□□ABC']);
  });

  it('reads the page numbers of the make it plays', async () => {
    const { printer, line } = await started({ codePages: { 59: 'cp866' } });
    await print(line, [0x1b, 0x74, 59], MILK, [0x0a, 0x1b, 0x74, 17], MILK, [0x0a]);
    expect(printer.paper()).toEqual(['МОЛОКО', '□□□□□□']);
  });

  it('aligns, marks bold and double size, and goes on in the next line where the paper ends', async () => {
    const { printer, line } = await started({ columns: 10 });
    const bold = (on: number) => [0x1b, 0x45, on];
    const double = (size: number) => [0x1d, 0x21, size];
    await print(line, [0x1b, 0x61, 1], bold(1), 'SUM', bold(0), '\n');
    await print(line, [0x1b, 0x61, 2], double(0x11), '9.00', double(0), '\n');
    await print(line, [0x1b, 0x61, 0], '0123456789ABC\n', [0x1b, 0x64, 2]);
    expect(printer.paper()).toEqual(['   **SUM**', '  ##9.00##', '0123456789', 'ABC', '', '']);
    expect(printer.state()).toMatchObject({ wrappedLines: 1, unknownBytes: 0 });
  });

  it('shows QR code, bar code and picture, counts pulses and cuts', async () => {
    const { printer, line } = await started({ columns: 32 });
    const qr = (...data: number[]) => [0x1d, 0x28, 0x6b, data.length, 0, 0x31, ...data.slice(1)];
    await print(
      line,
      qr(0x31, 65, 50, 0),
      qr(0x31, 67, 6),
      qr(0x31, 69, 49),
      qr(0x31, 80, 48, ...Buffer.from('https://pay.by/1')),
      qr(0x31, 81, 48),
      [0x1d, 0x68, 64, 0x1d, 0x77, 2, 0x1d, 0x48, 2, 0x1d, 0x6b, 0x43, 13],
      '4810000000018',
      [0x1d, 0x76, 0x30, 0, 2, 0, 3, 0, 0xff, 0x00, 0x10, 0x14, 0x00, 0x0f],
      [0x1b, 0x70, 0, 50, 250],
      [0x1d, 0x56, 0x42, 24],
      [0x1d, 0x56, 0x01],
    );
    expect(printer.paper()).toEqual([
      '[QR: https://pay.by/1]',
      '[EAN-13: 4810000000018]',
      '[Picture: 16x3]',
      '',
      '- - - 8< - - -',
      '- - - 8< - - -',
    ]);
    expect(printer.rasters()).toEqual([
      { widthDots: 16, rows: [Uint8Array.of(0xff, 0), Uint8Array.of(0x10, 0x14), Uint8Array.of(0, 0x0f)] },
    ]);
    expect(printer.state()).toMatchObject({ pulses: 1, cuts: 2, rasters: 1, unknownBytes: 0, isInsideCommand: false });
  });

  it.each([
    ['a control byte in the text', [0x07], '07'],
    ['carriage return', [0x0d], '0d'],
    ['an ESC command it does not know', [0x1b, 0x7a], '1b7a'],
    ['a GS command it does not know', [0x1d, 0x07], '1d07'],
    ['an alignment that does not exist', [0x1b, 0x61, 7], '1b6107'],
    ['a size it cannot print', [0x1d, 0x21, 0x22], '1d2122'],
    ['a cut in the middle of a line', [0x41, 0x1d, 0x56, 0x01], '1d5601'],
    ['a QR code without a payload', [0x1d, 0x28, 0x6b, 3, 0, 0x31, 81, 48], '1d286b0300315130'],
  ])('counts and reports %s', async (_what, bytes, reported) => {
    const { printer, line } = await started();
    await print(line, bytes);
    expect(printer.state()).toMatchObject({ unknownBytes: reported.length / 2, unknown: [reported] });
  });

  it('passes over zeros, which also end a picture that was broken off', async () => {
    const { printer, line } = await started();
    await line.write([0x1d, 0x76, 0x30, 0, 1, 0, 50, 0, 0xff]);
    await print(line, Array<number>(60).fill(0), 'NEXT\n');
    expect(printer.paper()).toEqual(['[Picture: 8x50]', 'NEXT']);
    expect(printer.state()).toMatchObject({ zeros: 11, unknownBytes: 0 });
  });

  it('obeys the real-time drawer and status commands inside a picture, and keeps their bytes in it', async () => {
    const { printer, line } = await started();
    const picture = [0x1d, 0x76, 0x30, 0, 8, 0, 1, 0, 0x10, 0x14, 1, 0, 1, 0x10, 0x04, 1];
    expect(await line.ask(picture, 1)).toEqual([0x16]);
    await print(line, []);
    expect(printer.state()).toMatchObject({ pulses: 1, statusQuestions: 1, rasters: 1, unknownBytes: 0 });
    expect(printer.rasters()[0]?.rows).toEqual([Uint8Array.from(picture.slice(8))]);
  });

  it('watches the paper as it comes', async () => {
    const { printer, line } = await started();
    const seen: string[] = [];
    const stop = printer.watchPaper({ write: (text) => seen.push(text) });
    await print(line, 'ONE\nTWO\n');
    stop();
    await print(line, 'THREE\n');
    expect(seen).toEqual(['ONE\n', 'TWO\n']);
  });
});

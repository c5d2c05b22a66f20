import xterm from '@xterm/headless';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { render } from '../../../src/app/render.ts';
import { qrModules, qrRows } from '../../../src/dialogs/qr.ts';
import { fitsScreen } from '../../../src/dialogs/show-qr.ts';
import { CellGrid } from '../../../src/terminal/canvas.ts';
import { createPainter, type Painter } from '../../../src/terminal/painter.ts';
import { attemptOf, bifilux, documentOf, modelOf } from '../../golden/fixture.ts';
import { findQr, readQr } from './qr-reader.ts';

const painters: Painter[] = [];
afterEach(() => {
  for (const painter of painters.splice(0)) painter.leave();
});

/** Colours of a terminal's palette that a phone sees as light; the others of the panel are black. */
const LIGHT = [7, 15];
const QUIET = 2;

type Picture = (boolean | null)[][];

/** The dialog with this payload, painted on a terminal, as a camera would see it: two dots a cell, dark or light. */
function openTerminal(terminal: string, rows: number) {
  const vt = new xterm.Terminal({ cols: 80, rows, allowProposedApi: true });
  const output = { write: (bytes: string) => vt.write(bytes) };
  const painter = createPainter({ output, terminal, columns: 80, rows });
  painters.push(painter);
  return async (payload: string): Promise<{ picture: Picture; text: string }> => {
    const prompt = {
      show: 'showQr',
      number: 'OPL-23',
      caption: 'Отсканируйте QR-код для оплаты',
      payload,
      state: 'Ожидание покупателя',
      deadlineMs: 60_000,
      hint: 'Покупатель сканирует QR-код в мобильном приложении "О!плати".',
    } as const;
    const model = modelOf({
      register: { document: documentOf(1, [bifilux], { stage: 'subtotal' }) },
      model: { columns: 80, rows },
    });
    const grid = new CellGrid(80, rows);
    render(grid, { ...model, attempts: [attemptOf({ prompt, promptIssuedAtMs: model.now })] });
    painter.paint(grid);
    await new Promise<void>((done) => vt.write('', done));
    return { picture: pictureOf(vt), text: grid.text().join('\n') };
  };
}

function pictureOf(vt: InstanceType<typeof xterm.Terminal>): Picture {
  return Array.from({ length: 2 * vt.rows }, (_, y) =>
    Array.from({ length: vt.cols }, (_, x) => {
      const cell = vt.buffer.active.getLine(y >> 1)?.getCell(x);
      const character = cell?.getChars() || ' ';
      const letters = cell?.isFgDefault() !== false || LIGHT.includes(cell.getFgColor());
      const behind = cell?.isBgDefault() === false && LIGHT.includes(cell.getBgColor());
      const [ink, paper] = cell?.isInverse() ? [behind, letters] : [letters, behind];
      if (!' ▀▄█'.includes(character)) return null;
      const hasInk = character === '█' || character === (y % 2 === 0 ? '▀' : '▄');
      return !(hasInk ? ink : paper);
    }),
  );
}

function payloadOf(length: number): string {
  return `https://pay.example/t/${'Zm9yLXRlc3Rz_ABC-0123456789~%2B?&='.repeat(6)}`.slice(0, length);
}

describe('the QR code on the screen', () => {
  it.each([
    ['xterm-256color', 25, 154, 1],
    ['linux', 25, 154, 7],
    ['vt220', 25, 154, 7],
    ['xterm-256color', 24, 134, 7],
  ])('of %s with %i rows is read from its picture for up to %i bytes', async (terminal, rows, longest, step) => {
    const show = openTerminal(terminal, rows);
    const versions = new Set<number>();
    for (let length = 1; length <= longest; length += length + step > longest ? 1 : step) {
      const payload = payloadOf(length);
      const read = findQr((await show(payload)).picture, QUIET);
      expect(read.payload).toBe(payload);
      versions.add(read.version);
    }
    expect([...versions]).toEqual(Array.from({ length: longest > 134 ? 7 : 6 }, (_, i) => i + 1));
  });

  it.each([
    [25, 154],
    [24, 134],
  ])('is never cut on %i rows: over %i bytes the cashier is told that it is on paper', async (rows, longest) => {
    const screen = { columns: 80, rows, qrBlocks: 'half' } as const;
    expect(fitsScreen(screen, payloadOf(longest))).toBe(true);
    for (const length of [longest + 1, 160, 192, 210]) {
      expect(fitsScreen(screen, payloadOf(length))).toBe(false);
      const { picture, text } = await openTerminal('xterm-256color', rows)(payloadOf(length));
      expect(() => findQr(picture, 0)).toThrow('0 finders');
      expect(text).toContain('QR-код печатается на чековой ленте');
    }
  });

  it('is not drawn at all from what the package would spoil, or where the font has no half blocks', () => {
    const screen = { columns: 80, rows: 25, qrBlocks: 'half' } as const;
    for (const payload of ['', 'оплата', 'a\u0000', 'é', 'x'.repeat(3000)]) {
      expect(qrRows(payload)).toBeNull();
      expect(fitsScreen(screen, payload)).toBe(false);
    }
    expect(fitsScreen({ ...screen, qrBlocks: 'none' }, 'A')).toBe(false);
    expect(fitsScreen({ ...screen, columns: 40 }, 'A')).toBe(false);
  });
});

describe('the reader', () => {
  it('reads whatever is printable', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,200}$/), (payload) => {
        expect(readQr(qrModules(payload)).payload).toBe(payload);
      }),
      { numRuns: 200 },
    );
  });

  it.each([5, 60, 120, 150])('of %i bytes refuses a code with any one module wrong', (length) => {
    const modules = qrModules(payloadOf(length));
    const size = modules.length;
    let missed = 0;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const spoilt = modules.map((row, at) => (at === y ? row.map((isDark, of) => isDark !== (of === x)) : row));
        try {
          readQr(spoilt);
          missed++;
        } catch {
          // As it should be.
        }
      }
    }
    // Versions 2 to 6 leave seven modules at the end that carry nothing.
    expect(missed).toBe(size >= 25 && size <= 41 ? 7 : 0);
  });

  it('refuses a picture without quiet zone, inverted, or with a module covered', async () => {
    const { picture } = await openTerminal('xterm-256color', 25)(payloadOf(56));
    expect(findQr(picture, QUIET).payload).toBe(payloadOf(56));
    const inverted = picture.map((row) => row.map((dot) => (dot === null ? null : !dot)));
    expect(() => findQr(inverted, QUIET)).toThrow();
    const top = picture.findIndex((row) => row.includes(true));
    const darkened = picture.map((row, y) => (y === top - 2 ? row.map(() => true) : row));
    expect(() => findQr(darkened, QUIET)).toThrow('quiet zone');
    const middle = top + 12;
    const covered = picture.map((row, y) => (y === middle ? row.map(() => null) : row));
    expect(() => findQr(covered, QUIET)).toThrow();
  });
});

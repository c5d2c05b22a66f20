import xterm from '@xterm/headless';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CellGrid } from '../../../src/terminal/canvas.ts';
import { createPainter, type Painter } from '../../../src/terminal/painter.ts';
import type { Style } from '../../../src/ui/canvas.ts';

const painters: Painter[] = [];
afterEach(() => {
  for (const painter of painters.splice(0)) painter.leave();
});

/** A painter whose bytes go to an emulator and are kept. */
function openScreen(terminal: string, columns = 80, rows = 25) {
  const vt = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const writes: string[] = [];
  const painter = createPainter({
    output: {
      write(bytes) {
        writes.push(bytes);
        vt.write(bytes);
      },
    },
    terminal,
    columns,
    rows,
  });
  painters.push(painter);
  async function settled(): Promise<void> {
    await new Promise<void>((done) => vt.write('', done));
  }
  return {
    vt,
    painter,
    writes,
    async shown(): Promise<string[]> {
      await settled();
      return Array.from(
        { length: vt.rows },
        (_, y) => vt.buffer.active.getLine(y)?.translateToString(false, 0, vt.cols) ?? '',
      );
    },
    async cell(row: number, column: number) {
      await settled();
      const cell = vt.buffer.active.getLine(row - 1)?.getCell(column - 1);
      return {
        character: cell?.getChars(),
        colour: cell?.isFgDefault() ? null : cell?.getFgColor(),
        background: cell?.isBgDefault() ? null : cell?.getBgColor(),
        bold: cell?.isBold() !== 0,
        inverse: cell?.isInverse() !== 0,
      };
    },
  };
}

function gridOf(columns: number, rows: number, ...texts: string[]): CellGrid {
  const grid = new CellGrid(columns, rows);
  texts.forEach((text, y) => {
    grid.put(y + 1, 1, text);
  });
  return grid;
}

const ALPHABET = 'Ёё Щщ Ўў Іі № «»—… ─│┌┐└┘═║ ▀▄█ {bold} 121.90';

describe('painter', () => {
  it.each(['xterm', 'xterm-256color', 'screen', 'tmux-256color', 'linux', 'vt220', 'rxvt', 'putty', 'nobody-knows-it'])(
    'shows every character of the screens on %s',
    async (terminal) => {
      const { painter, shown, writes } = openScreen(terminal);
      const grid = gridOf(80, 25, ALPHABET);
      grid.fill(25, 1, 80, '─');
      grid.putRight(24, 80, 'край');
      painter.paint(grid);
      expect(await shown()).toEqual(grid.text());
      expect(writes.join('')).not.toContain('$<');
    },
  );

  it.each<[string, Style, object]>([
    ['xterm-256color', 'normal', {}],
    ['xterm-256color', 'header', { inverse: true }],
    ['xterm-256color', 'selected', { inverse: true }],
    ['xterm-256color', 'error', { colour: 9, bold: true }],
    ['xterm-256color', 'warning', { colour: 11, bold: true }],
    ['xterm-256color', 'done', { colour: 10 }],
    ['xterm-256color', 'waiting', { colour: 11 }],
    ['xterm-256color', 'unknown', { colour: 9, bold: true }],
    ['xterm-256color', 'qr', { colour: 0, background: 15 }],
    ['linux', 'error', { colour: 1, bold: true }],
    ['linux', 'done', { colour: 2 }],
    ['linux', 'qr', { colour: 0, background: 7 }],
    ['screen', 'qr', { colour: 0, background: 7 }],
    ['vt220', 'qr', { inverse: true }],
    ['vt220', 'error', { bold: true }],
    ['vt220', 'done', {}],
  ])('on %s draws %s as its look', async (terminal, style, look) => {
    const { painter, cell } = openScreen(terminal);
    const grid = new CellGrid(80, 25);
    grid.put(5, 7, 'Ж', style);
    painter.paint(grid);
    expect(await cell(5, 7)).toEqual({
      character: 'Ж',
      colour: null,
      background: null,
      bold: false,
      inverse: false,
      ...look,
    });
    expect(await cell(5, 8)).toMatchObject({ colour: null, background: null, bold: false, inverse: false });
  });

  it('writes each frame once, and only what changed', () => {
    const { painter, writes } = openScreen('xterm-256color');
    painter.paint(gridOf(80, 25, 'ПРОДАЖА № 1', 'молоко', 'сок'));
    writes.length = 0;

    painter.paint(gridOf(80, 25, 'ПРОДАЖА № 1', 'молоко', 'сок'));
    expect(writes).toEqual([]);

    painter.paint(gridOf(80, 25, 'ПРОДАЖА № 1', 'молоко', 'сыр'));
    expect(writes).toHaveLength(1);
    expect(writes[0]).toContain('ыр');
    expect(writes[0]).not.toContain('с');
    expect(writes[0]?.length).toBeLessThan(40);
  });

  it('ends on the same screen whatever frames came before', async () => {
    const styles: Style[] = ['normal', 'header', 'error', 'qr', 'bold'];
    const piece = fc.record({
      row: fc.integer({ min: 1, max: 6 }),
      column: fc.integer({ min: -3, max: 22 }),
      text: fc.string({ unit: fc.constantFrom('a', 'Ж', ' ', '█', '─', '\x1b', '中'), maxLength: 12 }),
      style: fc.constantFrom(...styles),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 6 }), { minLength: 1, maxLength: 5 }), async (frames) => {
        const screen = openScreen('xterm', 20, 6);
        let grid = new CellGrid(20, 6);
        for (const pieces of frames) {
          grid = new CellGrid(20, 6);
          for (const { row, column, text, style } of pieces) grid.put(row, column, text, style);
          screen.painter.paint(grid);
        }
        expect(await screen.shown()).toEqual(grid.text());
        for (let column = 1; column <= 20; column++) {
          const { inverse, background } = await screen.cell(3, column);
          expect(inverse).toBe(grid.styleAt(3, column) === 'header');
          expect(background === 15).toBe(grid.styleAt(3, column) === 'qr');
        }
        screen.painter.leave();
      }),
      { numRuns: 30 },
    );
  });

  it('lets no control byte of a hostile name out', async () => {
    const { painter, shown, writes } = openScreen('xterm');
    painter.paint(new CellGrid(80, 25));
    writes.length = 0;
    painter.paint(gridOf(80, 25, 'СОК\x1b[31m\x1b]0;x\x07\u009b2J\r\n{red-fg}'));
    expect((await shown())[0]?.trimEnd()).toBe('СОК?[31m?]0;x??2J??{red-fg}');
    expect(writes.join('')).not.toMatch(/\x1b\[31m|\x1b\]|\x07|\u009b|[\r\n]/);
  });

  it('draws everything anew after a resize, larger and smaller', async () => {
    const { painter, shown, vt } = openScreen('xterm');
    painter.paint(gridOf(80, 25, 'первый'));
    for (const [columns, rows] of [
      [132, 43],
      [80, 24],
    ] as const) {
      vt.resize(columns, rows);
      painter.resize(columns, rows);
      const grid = gridOf(columns, rows, 'второй');
      grid.putRight(rows, columns, 'угол');
      painter.paint(grid);
      expect(await shown()).toEqual(grid.text());
    }
  });

  it('cuts a grid that is larger than the terminal and clears round a smaller one', async () => {
    const { painter, shown } = openScreen('xterm', 20, 3);
    painter.paint(gridOf(30, 5, 'x'.repeat(30), 'y'.repeat(30), 'z'.repeat(30), 'w'.repeat(30)));
    expect(await shown()).toEqual(['x'.repeat(20), 'y'.repeat(20), 'z'.repeat(20)]);
    painter.paint(gridOf(5, 1, 'abc'));
    expect(await shown()).toEqual(['abc'.padEnd(20), ' '.repeat(20), ' '.repeat(20)]);
  });

  it('enters the alternate screen with numeric keypad and bracketed paste, and gives all back once', async () => {
    const { painter, shown, vt, writes } = openScreen('xterm-256color');
    painter.paint(gridOf(80, 25, 'касса'));
    await shown();
    expect(vt.buffer.active.type).toBe('alternate');
    expect(vt.modes.bracketedPasteMode).toBe(true);
    expect(vt.modes.applicationKeypadMode).toBe(false);
    expect(vt.modes.applicationCursorKeysMode).toBe(false);

    writes.length = 0;
    painter.leave();
    painter.leave();
    painter.paint(gridOf(80, 25, 'поздно'));
    painter.bell();
    painter.resize(100, 30);
    expect((await shown()).join('').trim()).toBe('');
    expect(vt.buffer.active.type).toBe('normal');
    expect(vt.modes.bracketedPasteMode).toBe(false);
    expect(writes).toHaveLength(1);
    expect(writes[0]).toContain('\x1b[?25h');
  });

  it('rings the bell', () => {
    const { painter, writes } = openScreen('linux');
    writes.length = 0;
    painter.bell();
    expect(writes).toEqual(['\x07']);
  });

  it('leaves no listener of blessed on the process', () => {
    const events = ['exit', 'uncaughtException', 'SIGTERM', 'SIGINT', 'SIGQUIT'];
    const before = events.map((event) => process.listenerCount(event));
    const { painter } = openScreen('xterm');
    expect(events.map((event) => process.listenerCount(event))).toEqual(before);
    painter.leave();
    openScreen('xterm');
    expect(events.map((event) => process.listenerCount(event))).toEqual(before);
  });
});

/**
 * The painter: a frame -> the fewest bytes for the terminal. The only file that loads blessed, and all it uses of it is
 * the terminfo entry and `screen.draw`, which compares cells (terminal.md 1: "blessed only draws"; no widgets, no tags).
 */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import makeProgram from 'blessed/lib/program.js';
import tput from 'blessed/lib/tput.js';
import makeScreen from 'blessed/lib/widgets/screen.js';
import type { Style } from '../ui/canvas.ts';
import type { CellGrid } from './canvas.ts';
import { terminalProfile } from './profile.ts';

/** Where the bytes go. */
export interface PainterOutput {
  write(bytes: string): unknown;
}

/** Draws frames; owns the alternate screen from its making until `leave`. */
export interface Painter {
  /** Shows the grid; writes only what changed, in one write. Cells outside the terminal are cut. */
  paint(grid: CellGrid): void;
  bell(): void;
  /** The terminal has a new size: it is cleared, the next `paint` draws everything. */
  resize(columns: number, rows: number): void;
  /** Gives the terminal back as it was. Later calls of anything do nothing. */
  leave(): void;
}

type BlessedProgram = ReturnType<typeof makeProgram>;
type BlessedScreen = ReturnType<typeof makeScreen>;
type CompileCapability = typeof tput.prototype._compile;

const BRACKETED_PASTE_ON = '\x1b[?2004h';
const BRACKETED_PASTE_OFF = '\x1b[?2004l';

interface Look {
  colour?: number;
  background?: number;
  bold?: boolean;
  inverse?: boolean;
}

/**
 * screens.md 1.2: header inverse, error red, warning yellow, question white, payment rows green, yellow, red. With 8
 * colours blessed draws 8-15 as 0-7; no look depends on the difference.
 */
const COLOUR_LOOKS: Readonly<Record<Style, Look>> = {
  normal: {},
  bold: { bold: true },
  dim: { colour: 7 },
  inverse: { inverse: true },
  header: { inverse: true },
  selected: { inverse: true },
  error: { colour: 9, bold: true },
  warning: { colour: 11, bold: true },
  question: { colour: 15, bold: true },
  done: { colour: 10 },
  waiting: { colour: 11 },
  unknown: { colour: 9, bold: true },
  // Phones read dark on light only.
  qr: { colour: 0, background: 15 },
};

const MONOCHROME_LOOKS: Readonly<Record<Style, Look>> = {
  normal: {},
  bold: { bold: true },
  dim: {},
  inverse: { inverse: true },
  header: { inverse: true },
  selected: { inverse: true },
  error: { bold: true },
  warning: { bold: true },
  question: { bold: true },
  done: {},
  waiting: {},
  unknown: { bold: true },
  qr: { inverse: true },
};

/**
 * Enters the alternate screen and returns its painter.
 * @param options.terminal value of TERM; one that `terminalProfile` refuses is drawn as a plain xterm
 */
export function createPainter(options: {
  output: PainterOutput;
  terminal: string;
  columns: number;
  rows: number;
}): Painter {
  const profile = terminalProfile(options.terminal) ?? { terminfo: 'xterm-256color', colours: 8 };
  const attributes = attributesOf(profile.colours === 0 ? MONOCHROME_LOOKS : COLOUR_LOOKS);

  // blessed writes in pieces; the pieces of one frame leave together, so a slow line never shows half of a frame.
  let unsent = '';
  const collector = Object.assign(new EventEmitter(), {
    columns: options.columns,
    rows: options.rows,
    isTTY: true,
    writable: true,
    write(bytes: string): boolean {
      unsent += bytes;
      return true;
    },
  });
  const { program, screen } = openBlessed(collector, profile.terminfo);
  if (profile.colours === 8) program.tput.colors = 8;
  // The keypad must send digits, not SS3 codes (terminal.md 2, row 3).
  program.put.keypad_local();

  let isLeft = false;

  function send(more = ''): void {
    program.flush();
    const bytes = unsent + more;
    unsent = '';
    if (bytes !== '') options.output.write(bytes);
  }

  send(BRACKETED_PASTE_ON);

  return {
    paint(grid) {
      if (isLeft) return;
      screen.lines.forEach((line, y) => {
        line.forEach((cell, x) => {
          const attribute = attributes[grid.styleAt(y + 1, x + 1)];
          const character = grid.characterAt(y + 1, x + 1);
          if (cell[0] === attribute && cell[1] === character) return;
          line[x] = [attribute, character];
          line.dirty = true;
        });
      });
      screen.draw(0, screen.lines.length - 1);
      send();
    },
    bell() {
      if (!isLeft) options.output.write('\x07');
    },
    resize(columns, rows) {
      if (isLeft) return;
      program.cols = columns;
      program.rows = rows;
      // Some terminals keep the old scroll region, and `leave` would scroll inside it.
      program.csr(0, rows - 1);
      screen.alloc();
      send();
    },
    leave() {
      if (isLeft) return;
      isLeft = true;
      screen.destroy();
      send(BRACKETED_PASTE_OFF);
    },
  };
}

function attributesOf(looks: Readonly<Record<Style, Look>>): Record<Style, number> {
  const attributes = {} as Record<Style, number>;
  for (const [style, look] of Object.entries(looks) as [Style, Look][]) {
    const flags = (look.bold ? 1 : 0) | (look.inverse ? 8 : 0);
    attributes[style] = (flags << 18) | ((look.colour ?? 0x1ff) << 9) | (look.background ?? 0x1ff);
  }
  return attributes;
}

function openBlessed(output: object, terminfo: string): { program: BlessedProgram; screen: BlessedScreen } {
  // blessed never sees the keyboard (terminal.md 1).
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const systemPaths = tput.ipaths;
  const compile = tput.prototype._compile;
  tput.prototype._compile = compileLate(compile);
  // Without system paths the bundled entry is taken: the same bytes on every machine. The vt ones are not bundled.
  if (!terminfo.startsWith('vt')) tput.ipaths = [];
  const tmux = process.env.TMUX;
  // With TMUX set blessed starts `tmux -V` and waits for it.
  delete process.env.TMUX;
  try {
    const program = makeProgram({ input, output, terminal: terminfo, forceUnicode: true, buffer: true });
    // Line drawing by UTF-8 and not by charset switching, which PuTTY ignores in UTF-8 mode.
    program.tput.brokenACS = true;
    const screen = makeScreen({ program, smartCSR: true, forceUnicode: true, fullUnicode: false });
    return { program, screen };
  } finally {
    tput.ipaths = systemPaths;
    tput.prototype._compile = compile;
    if (tmux !== undefined) process.env.TMUX = tmux;
    silenceProcessListeners();
  }
}

/** blessed makes a function of each of the four hundred capabilities at start, by `new Function`; we use a dozen of them. */
function compileLate(compile: CompileCapability): CompileCapability {
  return function (info, name, value) {
    if (typeof value !== 'string' || value === '') return compile.call(this, info, name, value);
    let compiled: unknown;
    const perform = (parameters: unknown): unknown => {
      compiled ??= compile.call(this, info, name, value);
      return (compiled as (parameters: unknown) => unknown).call(this, parameters);
    };
    return perform;
  };
}

/** blessed exits the process on signals and exceptions by itself (terminal.md 2, row 18): that is lifecycle.ts's work. */
function silenceProcessListeners(): void {
  const listeners: [string, ((...values: unknown[]) => void) | undefined][] = [
    ['exit', makeProgram._exitHandler],
    ['exit', makeScreen._exitHandler],
    ['uncaughtException', makeScreen._exceptionHandler],
    ['SIGTERM', makeScreen._sigtermHandler],
    ['SIGINT', makeScreen._sigintHandler],
    ['SIGQUIT', makeScreen._sigquitHandler],
  ];
  for (const [event, listener] of listeners) if (listener !== undefined) process.removeListener(event, listener);
}

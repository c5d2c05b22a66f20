import { systemClock } from '../app/clock.ts';
import { createTill, type Till, type TillOptions } from '../app/till.ts';
import { describeProblem } from '../settings/problem.ts';
import { loadSettings } from '../settings/settings.ts';
import type { CellGrid } from '../terminal/canvas.ts';
import { checkTerminal, openTerminal, STOP_LIMIT_MS, type Terminal } from '../terminal/lifecycle.ts';
import { withAddresses } from './addresses.ts';
import type { ParsedArguments } from './arguments.ts';
import { atMost } from './at-most.ts';
import { checkLater, tellTill } from './check-later.ts';
import { EXIT_CODES } from './commands.ts';
import { problemOfDevices } from './devices/settings-problem.ts';
import { startRefusal } from './problems.ts';
import { caption, type Robot } from './repro/recipe.ts';
import { makeRoot } from './root.ts';

/** What `run` and `demo` differ in. */
export interface SessionOptions {
  root: string;
  version: string;
  parsed: ParsedArguments;
  autoLoginCode?: string;
  /** A real register: its start asks the payment systems for what the journal may have lost. */
  looksBack?: boolean;
  scannerUrl?: string;
  printerUrl?: string;
  providers?: NonNullable<TillOptions['providers']>;
  /** After the first screen: what it must not wait for. */
  onShown?(): void;
  /** Settings the demo forces. */
  settings?: Partial<TillOptions['settings']>;
  /** The root's lock, when it is held already. */
  lock?: () => void;
  /** `repro`: keys pressed by the program until it is done; then the keyboard is the user's. */
  walk?: { keyPauseMs: number; showsKeys: boolean; run(robot: Robot): Promise<void> };
}

/** With the stop before it: an end takes less than two seconds. */
const LAST_WAIT_MS = 500;

/** Says why not and gives the exit code, or null when a full screen can be shown here. */
export function refuseTerminal(): number | null {
  const refusal = checkTerminal(process.env, process.stdin, process.stdout);
  if (refusal === null) return null;
  process.stderr.write(`${refusal}\n`);
  return EXIT_CODES.usage;
}

/** Runs the register on this terminal until it ends; the promise is the exit code. */
export async function runSession(options: SessionOptions): Promise<number> {
  const loaded = loadSettings(options.root);
  if ('problem' in loaded) {
    process.stderr.write(`SYS-08 ${describeProblem(loaded.problem)}\n`);
    return EXIT_CODES.settings;
  }
  const { texts } = options.parsed;
  const devices = problemOfDevices(options.root, loaded.settings);
  if (devices !== null) {
    process.stderr.write(`SYS-08 ${describeProblem(devices)}\n`);
    return EXIT_CODES.settings;
  }
  makeRoot(options.root);
  let terminal: Terminal | null = null;
  let ended: (code: number) => void = () => undefined;
  const exitCode = new Promise<number>((resolve) => {
    ended = resolve;
  });

  let picture: CellGrid | null = null;
  let isWalking = options.walk !== undefined;
  let shownKey = '';
  let repainted: () => void = () => undefined;

  const made = createTill({
    root: options.root,
    settings: { ...loaded.settings, ...options.settings },
    clock: systemClock(),
    newAttemptId: () => crypto.randomUUID(),
    screen: {
      columns: process.stdout.columns,
      rows: process.stdout.rows,
      paint: (grid) => {
        if (shownKey !== '') grid.putRight(grid.rows - 1, grid.columns - 1, ` Клавиша: ${shownKey} `, 'inverse');
        picture = grid;
        terminal?.paint(grid);
        repainted();
      },
      bell: () => terminal?.bell(),
    },
    ...pick('scannerUrl', texts.scanner ?? options.scannerUrl),
    ...pick('printerUrl', texts.printer ?? options.printerUrl),
    ...pick('displayUrl', texts.display),
    providers: withAddresses(options.providers ?? {}, texts),
    ...pick('autoLoginCode', options.autoLoginCode),
    looksBack: options.looksBack ?? false,
    ...(options.lock === undefined ? {} : { lock: options.lock }),
    version: options.version,
    onExit: (code) => ended(code),
  });
  if ('problem' in made) {
    const { code, text } = startRefusal(made.problem, made.say);
    process.stderr.write(`${text}\n`);
    return code;
  }
  const till: Till = made;
  terminal = openTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    onKey: ({ name, text }) => {
      if (!isWalking || name === 'ctrl+c') till.key(name, text);
    },
    onResize: (columns, rows) => till.post({ type: 'resize', columns, rows }),
    onStop: async (reason, error) => {
      till.log.error('kassa', `Остановка: ${reason} ${error instanceof Error ? (error.stack ?? '') : ''}`);
      await till.stop();
    },
    log: (line) => till.log.warn('console', line),
  });
  till.start();
  if (process.env.KASSA_RESTARTED !== undefined && terminal.forgetUnread()) terminal.bell();
  const afterShown = setImmediate(() => {
    till.startDevices();
    options.onShown?.();
  });
  const checking = checkLater(options.root, (report) => tellTill(till, report));
  if (options.walk !== undefined) void walk(options.walk);
  const code = await exitCode;
  // The end may come before what was put off until the first picture.
  clearImmediate(afterShown);
  checking.cancel();
  // The tty last: with its echo back, keys would be written over the picture.
  await atMost(STOP_LIMIT_MS, till.stop());
  terminal.close();
  // Whatever still holds the program (a device in mid-opening, a server of the demo) holds it no longer than this.
  setTimeout(() => process.exit(code), LAST_WAIT_MS).unref();
  return code;

  /** Presses the keys of a recipe on the running register; whatever happens, the keyboard is the user's afterwards. */
  async function walk({ keyPauseMs, showsKeys, run }: NonNullable<SessionOptions['walk']>): Promise<void> {
    const robot: Robot = {
      press: async (name, text) => {
        await new Promise((resolve) => setTimeout(resolve, keyPauseMs));
        shownKey = showsKeys ? caption(name) : '';
        till.post({ type: 'key', name, text });
      },
      scan: (code) => till.post({ type: 'scan', code }),
      screen: () => picture?.text() ?? [],
      until: (_what, isSo) =>
        new Promise<void>((resolve) => {
          repainted = () => {
            if (isSo()) resolve();
          };
          repainted();
        }),
    };
    await run(robot);
    isWalking = false;
    shownKey = '';
  }
}

function pick<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}

/**
 * A small full-screen program for the pty tests: shows its size, its process ids and the keys it got, and ends in every
 * way a program can end. What must survive the end goes to the file named by FIXTURE_LOG.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { CellGrid } from '../../../src/terminal/canvas.ts';
import { checkTerminal, openTerminal } from '../../../src/terminal/lifecycle.ts';

const logFile = process.env.FIXTURE_LOG ?? '/dev/null';
const record = (line: string): void => appendFileSync(logFile, `${line}\n`);

const refusal = checkTerminal(process.env, process.stdin, process.stdout);
if (refusal !== null) {
  process.stderr.write(`${refusal}\n`);
  process.exit(3);
}

const isRestarted = process.env.KASSA_RESTARTED !== undefined;
if (isRestarted) {
  record('started again');
  // The program that is being loaded: it reads nothing yet.
  const look = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(process.env.FIXTURE_GO ?? '/')) Atomics.wait(look, 0, 0, 10);
}

const keys: string[] = [];

function show(): void {
  const grid = new CellGrid(terminal.columns, terminal.rows);
  grid.put(1, 1, `Касса № 8 ${terminal.columns}x${terminal.rows}`, 'header');
  grid.put(2, 1, `pid=${process.pid} parent=${process.ppid}.`);
  if (isRestarted) grid.put(4, 1, 'снова');
  grid.put(3, 1, `Ключи: ${keys.join(' ')}.`, 'done');
  grid.putRight(terminal.rows, terminal.columns, 'угол');
  terminal.paint(grid);
}

const actions: Record<string, () => void> = {
  q: () => terminal.close(),
  x: () => process.exit(7),
  u: () => {
    terminal.close();
    process.exitCode = 75;
  },
  t: () => {
    throw new Error('секрет ошибки');
  },
  r: () => void Promise.reject(new Error('секрет отказа')),
  n: () => {
    const shout = globalThis.console;
    shout.log('шум в консоли');
    shout.error('шум в ошибках');
    process.stderr.write('шум напрямую\n');
    process.emitWarning('шум предупреждения');
  },
  h: () => process.abort(),
  e: () => record(`${process.env.LANG} ${process.env.LC_ALL} ${process.execArgv.join(' ')}`),
};

const terminal = openTerminal({
  stdin: process.stdin,
  stdout: process.stdout,
  env: process.env,
  onKey(key) {
    keys.push(key.name === 'paste' ? `paste(${key.text})` : key.name);
    actions[key.name]?.();
    show();
  },
  onResize: show,
  async onStop(reason, error) {
    // The journal is finished asynchronously; the exit must wait for it.
    await new Promise((done) => setImmediate(done));
    record(`stop ${reason} ${error instanceof Error ? error.message : ''}`.trim());
  },
  log: record,
});
// What keeps a real program alive beside the keyboard is closed by the app; here only the keyboard does.
show();
if (isRestarted && terminal.forgetUnread()) terminal.bell();

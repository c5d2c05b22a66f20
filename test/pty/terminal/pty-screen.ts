/** A real pty with an emulator on it: what a person at the terminal would see. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import pty from 'node-pty';
import { removeFolder } from '../../remove-folder.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
export const fixture = join(project, 'test/pty/terminal/fixture.ts');
export const launcher = join(project, 'bin/kassa');

export interface PtyScreen {
  send(bytes: string): void;
  resize(columns: number, rows: number): void;
  /** Closes the terminal's other end, as a lost SSH session does. */
  hangUp(): void;
  /** Rows without trailing blanks. */
  rows(): string[];
  /** Waits until the screen satisfies the condition, and returns its text. */
  until(what: string, condition: (text: string) => boolean): Promise<string>;
  untilShown(text: string): Promise<string>;
  /** After the program ended: its exit code. */
  exitCode(): Promise<number>;
  /** Why the terminal is not as it was before the program; empty = it is. */
  damage(): string[];
  /** Lines of the program's log. */
  logged(): string[];
  pidOf(which: 'pid' | 'parent'): number;
  output(): string;
  dispose(): void;
}

const WAIT_LIMIT_MS = 30_000;

/**
 * Runs `command` in a shell that notes the tty modes before and after it and stays to be looked at.
 */
export function openPty(
  command: string[],
  environment: Record<string, string> = {},
  size: { columns: number; rows: number } = { columns: 80, rows: 25 },
): PtyScreen {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-pty-'));
  const logFile = join(folder, 'log');
  const script =
    'stty -g >"$FOLDER/before"; "$@"; code=$?; stty -g >"$FOLDER/after"; printf "\\nкод=%s.\\n" "$code"; exec sleep 1000';
  const vt = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  const child = pty.spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    name: environment.TERM ?? 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    cwd: project,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      LANG: 'C.UTF-8',
      FOLDER: folder,
      FIXTURE_LOG: logFile,
      ...environment,
    },
  });
  let raw = '';
  const waiting = new Set<() => void>();
  child.onData((text) => {
    raw += text;
    vt.write(text, () => {
      for (const check of waiting) check();
    });
  });

  const rows = (): string[] =>
    Array.from(
      { length: vt.rows },
      (_, y) => vt.buffer.active.getLine(vt.buffer.active.baseY + y)?.translateToString(true) ?? '',
    );
  function until(what: string, condition: (text: string) => boolean): Promise<string> {
    return new Promise((done, fail) => {
      const limit = setTimeout(() => {
        waiting.delete(check);
        fail(new Error(`${what} never came. The screen:\n${rows().join('\n')}\nThe log:\n${logged().join('\n')}`));
      }, WAIT_LIMIT_MS);
      function check(): void {
        const text = rows().join('\n');
        if (!condition(text)) return;
        waiting.delete(check);
        clearTimeout(limit);
        done(text);
      }
      waiting.add(check);
      check();
    });
  }
  function read(name: string): string {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return '';
    }
  }
  const logged = (): string[] => read('log').split('\n').slice(0, -1);

  return {
    send: (bytes) => child.write(bytes),
    resize(columns, lines) {
      vt.resize(columns, lines);
      child.resize(columns, lines);
    },
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    rows,
    until,
    untilShown: (text) => until(JSON.stringify(text), (shown) => shown.includes(text)),
    async exitCode() {
      const text = await until('the end', (shown) => /код=\d+\./.test(shown));
      return Number(/код=(\d+)\./.exec(text)?.[1]);
    },
    damage() {
      const damage: string[] = [];
      if (read('before') === '' || read('before') !== read('after')) damage.push('tty modes');
      if (vt.buffer.active.type !== 'normal') damage.push('alternate screen');
      if (raw.lastIndexOf('\x1b[?25l') > raw.lastIndexOf('\x1b[?25h')) damage.push('hidden cursor');
      if (vt.modes.bracketedPasteMode) damage.push('bracketed paste');
      if (vt.modes.applicationKeypadMode || vt.modes.applicationCursorKeysMode) damage.push('keypad mode');
      if (vt.modes.mouseTrackingMode !== 'none') damage.push('mouse');
      return damage;
    },
    logged,
    pidOf(which) {
      const pid = new RegExp(`${which}=(\\d+)`).exec(rows().join('\n'))?.[1];
      if (pid === undefined) throw new Error(`no ${which} on the screen:\n${rows().join('\n')}`);
      return Number(pid);
    },
    output: () => raw,
    dispose() {
      try {
        // The whole group of the terminal: the program, which would outlive its shell, ends with it.
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Ended already.
      }
      removeFolder(folder);
    },
  };
}

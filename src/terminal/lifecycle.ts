/**
 * The tty from its opening to its closing: raw mode, the alternate screen, signals and every way the process can end
 * (terminal.md 4). Enters once, leaves once; while the screen is up nothing but the painter writes to the terminal.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { isatty, type ReadStream, type WriteStream } from 'node:tty';
import type { CellGrid } from './canvas.ts';
import { decode, flush, type Key } from './keys.ts';
import { createPainter, type Painter } from './painter.ts';
import { terminalProfile } from './profile.ts';

export type StopSignal = 'SIGTERM' | 'SIGHUP' | 'SIGINT' | 'SIGQUIT';
/** Why the program has to end now. `exception` is a throw or an unhandled rejection. */
export type StopReason = StopSignal | 'exception';

/** An open full-screen terminal. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  paint(grid: CellGrid): void;
  bell(): void;
  /** Forgets what was typed and not yet read: it was typed before there was a picture. @returns whether there was any */
  forgetUnread(): boolean;
  /** Gives the tty back; a second call does nothing. */
  close(): void;
}

export interface TerminalOptions {
  stdin: ReadStream;
  stdout: WriteStream;
  env: Readonly<Record<string, string | undefined>>;
  onKey(key: Key): void;
  onResize(columns: number, rows: number): void;
  /**
   * The last chance to finish the journal and release the devices. When it settles (or after `STOP_LIMIT_MS`) the screen
   * is left and the process exits. Never called twice.
   */
  onStop(reason: StopReason, error?: unknown): void | Promise<void>;
  /** Gets every line a library tries to write to the terminal (terminal.md 2, row 19). */
  log(line: string): void;
  /** Default: the process ends. */
  exit?(code: number): void;
}

/** The smallest terminal (screens.md 1.2). */
const MINIMUM_COLUMNS = 80;
const MINIMUM_ROWS = 24;

/**
 * A lone Esc is Escape after this time. terminal.md 3 says 25 ms, but its own row 1 shows an Esc 30 ms ahead of its
 * sequence; twice 25 is still not felt.
 */
const LONE_ESCAPE_MS = 50;
/** Nobody types `Esc [`: the rest of a begun sequence is worth waiting for, else its digits would land in the amount. */
const BEGUN_SEQUENCE_MS = 300;
/** A paste over a slow line comes in portions; what follows a given-up one would be taken for typing. */
const OPEN_PASTE_MS = 1000;
/** The app gets so long to finish; a hanging one must not keep the tty in raw mode. */
export const STOP_LIMIT_MS = 1000;

const SIGNAL_NUMBERS: Readonly<Record<StopSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 };

/**
 * @returns why a full screen cannot be shown here, as a sentence for the user; null = it can
 */
export function checkTerminal(
  env: Readonly<Record<string, string | undefined>>,
  stdin: Pick<ReadStream, 'isTTY'>,
  stdout: Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>,
): string | null {
  if (!stdin.isTTY || !stdout.isTTY) {
    return 'Касса работает только в терминале: ввод и вывод нельзя перенаправлять.';
  }
  if (terminalProfile(env.TERM ?? '') === null) {
    const shown = (env.TERM ?? '').replace(/[^\w.+-]/g, '?').slice(0, 32);
    return `Терминал TERM="${shown}" не умеет показывать экран. Укажите тип, например: TERM=linux или TERM=xterm-256color.`;
  }
  const { columns, rows } = sizeOf(stdout, env);
  if (columns < MINIMUM_COLUMNS || rows < MINIMUM_ROWS) {
    return `Терминал слишком мал: ${columns}x${rows}. Требуется не меньше ${MINIMUM_COLUMNS}x${MINIMUM_ROWS}.`;
  }
  return null;
}

/**
 * Takes the terminal over: raw mode, alternate screen, signals. Call `checkTerminal` first.
 */
export function openTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, env } = options;
  const writeBytes = stdout.write.bind(stdout);
  const size = sizeOf(stdout, env);
  const keyboard = openKeyboard(options.onKey, options.log);
  let painter: Painter | null = null;
  let isOpen = true;
  let isStopping = false;

  // A terminal that went away (SIGHUP) fails every write; that must not become an exception of its own.
  const ignoreError = (): void => {};
  stdout.on('error', ignoreError);

  const cleanUps: (() => void)[] = [];
  function listen(emitter: NodeJS.EventEmitter, event: string, listener: (...values: never[]) => void): void {
    emitter.on(event, listener as (...values: unknown[]) => void);
    cleanUps.push(() => emitter.removeListener(event, listener as (...values: unknown[]) => void));
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    keyboard.stop();
    for (const cleanUp of cleanUps) cleanUp();
    painter?.leave();
    try {
      stdin.setRawMode(false);
    } catch {
      // The tty is gone; there is nothing left to restore.
    }
    stdin.pause();
  }

  async function stop(reason: StopReason, error?: unknown): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    // Kept after `close`, or the second HUP of a closing terminal would kill us before the exit code is out.
    for (const signal of Object.keys(SIGNAL_NUMBERS)) process.on(signal, ignoreError);
    let limit: NodeJS.Timeout | undefined;
    const timeIsUp = new Promise<void>((done) => {
      limit = setTimeout(done, STOP_LIMIT_MS);
    });
    try {
      await Promise.race([options.onStop(reason, error), timeIsUp]);
    } catch (failure) {
      options.log(`stop: ${String(failure)}`);
    }
    clearTimeout(limit);
    close();
    process.stderr.on('error', ignoreError);
    process.stderr.write(
      reason === 'exception'
        ? 'Касса остановлена из-за ошибки программы. Подробности в журнале terminal.log.\n'
        : `Касса остановлена сигналом ${reason}.\n`,
    );
    (options.exit ?? endProcess)(reason === 'exception' ? 1 : 128 + SIGNAL_NUMBERS[reason]);
  }

  for (const signal of Object.keys(SIGNAL_NUMBERS) as StopSignal[]) listen(process, signal, () => void stop(signal));
  listen(process, 'uncaughtException', (error: unknown) => void stop('exception', error));
  listen(process, 'unhandledRejection', (error: unknown) => void stop('exception', error));
  // Stopped from outside (kill -TSTP), the shell would stand in raw mode on our screen. USR1 would open node's debugger, a
  // way into the program for everybody on this machine, and write of it over the picture.
  for (const signal of ['SIGTSTP', 'SIGUSR1']) listen(process, signal, ignoreError);
  // process.exit by anyone.
  listen(process, 'exit', close);

  // After the handlers: a signal between the two would leave the alternate screen standing.
  painter = createPainter({
    output: { write: (bytes) => writeBytes(bytes) },
    terminal: env.TERM ?? '',
    ...size,
  });
  for (const stream of [stdout, process.stderr]) {
    if (stream.isTTY) cleanUps.push(divertWrites(stream, options.log));
  }

  listen(stdout, 'resize', () => {
    Object.assign(size, sizeOf(stdout, env));
    painter?.resize(size.columns, size.rows);
    options.onResize(size.columns, size.rows);
  });

  stdin.setRawMode(true);
  listen(stdin, 'data', keyboard.take);
  // A hung-up tty reads as an end or an error, also when HUP itself was blocked by nohup.
  listen(stdin, 'end', () => void stop('SIGHUP'));
  listen(stdin, 'error', () => void stop('SIGHUP'));
  stdin.resume();

  return {
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    paint: (grid) => painter?.paint(grid),
    bell: () => painter?.bell(),
    forgetUnread,
    close,
  };
}

/** Reads the tty empty by a descriptor of its own, since Node's must be left as it is. */
function forgetUnread(): boolean {
  let descriptor: number | null = null;
  let wasAny = false;
  try {
    descriptor = openSync(`/dev/fd/${STDIN}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const some = Buffer.alloc(256);
    while (readSync(descriptor, some) > 0) wasAny = true;
  } catch {
    // Nothing is left to read (EAGAIN), or the tty is gone: its end is told by the stream.
  }
  if (descriptor !== null) closeSync(descriptor);
  return wasAny;
}

const STDIN = 0;

function endProcess(code: number): void {
  if (!isatty(STDIN)) letGoOfStreams();
  process.exit(code);
}

/**
 * The terminal was hung up. Node sets the modes of its three streams back when it exits and aborts where it cannot, so that
 * a lost SSH session looked like a crash of node; streams that are closed it leaves alone.
 */
function letGoOfStreams(): void {
  for (const descriptor of [STDIN, 1, 2]) {
    try {
      closeSync(descriptor);
    } catch {
      // Closed already.
    }
  }
}

/** Bytes -> keys, with the waiting that the pure decoder cannot do. */
function openKeyboard(
  onKey: (key: Key) => void,
  log: (line: string) => void,
): { take(bytes: Buffer): void; stop(): void } {
  const utf8 = new StringDecoder('utf8');
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  let check: NodeJS.Immediate | undefined;
  let isStopped = false;

  function report(keys: Key[]): void {
    // A key may close the terminal; those typed after it are nobody's.
    for (const key of keys) if (!isStopped) onKey(key);
  }

  function cancel(): void {
    clearTimeout(timer);
    clearImmediate(check);
  }

  function giveUp(): void {
    const { keys, dropped } = flush(pending);
    pending = '';
    if (dropped > 0) log('keyboard: an unfinished key sequence was dropped');
    report(keys);
  }

  return {
    take(bytes) {
      cancel();
      const decoded = decode(pending, utf8.write(bytes));
      pending = decoded.pending;
      // After a stall the rest may lie unread in the tty although the time is up: let one read happen first.
      if (pending !== '') {
        timer = setTimeout(() => {
          check = setImmediate(giveUp);
        }, waitMs(pending));
      }
      report(decoded.keys);
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

function waitMs(pending: string): number {
  if (pending.startsWith('\x1b[200~')) return OPEN_PASTE_MS;
  return pending === '\x1b' ? LONE_ESCAPE_MS : BEGUN_SEQUENCE_MS;
}

/**
 * console.*, process warnings and libraries all end in `write` of these two streams: one place instead of many.
 * @returns undoes it
 */
function divertWrites(stream: NodeJS.WriteStream, log: (line: string) => void): () => void {
  const write = stream.write;
  stream.write = ((
    text: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error) => void),
    written?: (error?: Error) => void,
  ): boolean => {
    log(`terminal output: ${(typeof text === 'string' ? text : Buffer.from(text).toString()).trimEnd()}`);
    const callback = typeof encoding === 'function' ? encoding : written;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }) as typeof stream.write;
  return () => {
    stream.write = write;
  };
}

/** A serial line reports 0x0: then COLUMNS and LINES, then the classic size. */
function sizeOf(
  stdout: Pick<WriteStream, 'columns' | 'rows'>,
  env: Readonly<Record<string, string | undefined>>,
): { columns: number; rows: number } {
  return {
    columns: stdout.columns || Number(env.COLUMNS) || MINIMUM_COLUMNS,
    rows: stdout.rows || Number(env.LINES) || MINIMUM_ROWS,
  };
}

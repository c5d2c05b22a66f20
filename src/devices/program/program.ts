import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ProgramCommand, ProgramEvent } from '../../payments/ports.ts';
import { type Clock, systemClock } from '../clock.ts';

export interface ProgramOptions {
  /** Path and arguments, parted by blanks; quotes keep blanks together. No shell ever sees it. */
  command: string;
  onEvent(event: ProgramEvent): void;
  clock?: Clock;
}

export interface PaymentProgram {
  /** Never throws, never waits. A second payment ends the program of the first one. */
  command(command: ProgramCommand): void;
  /** Ends a program that still works; tells nothing any more. */
  close(): void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const SILENCE_MS = 120_000;
/** A program that was asked to end may tidy up for so long. */
const KILL_AFTER_MS = 5000;
const MAX_LINE_BYTES = 4096;

/** The payment program on this machine (docs/softpos.md): one line in, one line out. Nothing it says decides about money. */
export function createProgram(options: ProgramOptions): PaymentProgram {
  const clock = options.clock ?? systemClock;
  let running: { stop(): void } | null = null;

  function forget(): void {
    running?.stop();
    running = null;
  }

  function start(line: string): void {
    forget();
    const [path, ...words] = wordsOf(options.command);
    if (path === undefined) return options.onEvent({ is: 'missing' });
    const run = runProgram(path, words, line, clock, (event) => {
      // A program of an earlier payment has nothing to say about this one.
      if (running !== run) return;
      running = null;
      options.onEvent(event);
    });
    running = run;
  }

  return {
    command(command) {
      if (command.ask === 'pay') {
        const { ask: _, ...pay } = command;
        return start(`${JSON.stringify({ pay })}\n`);
      }
      if (running === null) return;
      forget();
      // It may have paid just before: its own word is missing.
      options.onEvent({ is: 'lost' });
    },
    close: forget,
  };
}

/** @param onEvent called at most once, never before this function has returned, never after `stop` */
function runProgram(
  path: string,
  words: readonly string[],
  line: string,
  clock: Clock,
  onEvent: (event: ProgramEvent) => void,
): { stop(): void } {
  let isOver = false;
  let said = '';
  let cancelSilence: () => void = () => undefined;
  let child: Child | null = null;

  function end(): void {
    isOver = true;
    cancelSilence();
    // Whoever goes on talking is not listened to, and must not keep the register from ending.
    child?.stdout.destroy();
  }

  function finish(event: ProgramEvent): void {
    if (isOver) return;
    end();
    onEvent(event);
  }

  function stop(): void {
    end();
    if (child !== null) endChild(child, clock);
  }

  function waitFor(silent: Child): void {
    cancelSilence();
    cancelSilence = clock.after(SILENCE_MS, () => {
      endChild(silent, clock);
      finish({ is: 'lost' });
    });
  }

  try {
    child = spawn(path, words, { stdio: ['pipe', 'pipe', 'ignore'] });
  } catch {
    // A path with a NUL, too many arguments: nothing was started.
    queueMicrotask(() => finish({ is: 'missing' }));
    return { stop };
  }
  const started = child;
  started.on('error', () => {
    if (started.pid === undefined) finish({ is: 'missing' });
  });
  // A program that does not read its input ends without a result, and that is told there.
  started.stdin.on('error', () => undefined);
  started.stdin.end(line);
  started.stdout.setEncoding('utf8');
  started.stdout.on('data', (text: string) => {
    if (isOver) return;
    waitFor(started);
    said += text;
    const [first = '', ...rest] = said.split('\n');
    if (rest.length > 0) finish(resultOf(first));
    else if (said.length > MAX_LINE_BYTES) {
      endChild(started, clock);
      finish({ is: 'lost' });
    }
  });
  // `close` and not `exit`: the line may still be on its way.
  started.on('close', () => {
    if (started.pid !== undefined) finish(resultOf(said));
  });
  waitFor(started);
  return { stop };
}

function resultOf(line: string): ProgramEvent {
  try {
    const { result } = Object(JSON.parse(line)) as { result?: unknown };
    if (result === 'done' || result === 'refused' || result === 'closed') return { is: result };
  } catch {
    // Falls through: what is no result is silence.
  }
  return { is: 'lost' };
}

function endChild(child: Child, clock: Clock): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const cancel = clock.after(KILL_AFTER_MS, () => child.kill('SIGKILL'));
  child.once('exit', cancel);
}

/** `"/opt/soft pos/run" --till 8` -> two words and a number. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
}

import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CellGrid } from '../../../src/terminal/canvas.ts';
import { openTerminal, type StopReason, type Terminal } from '../../../src/terminal/lifecycle.ts';

const LEAVE = '\x1b[?1049l';
let terminal: Terminal | null = null;
/** The process itself would let go of its streams, and other tests live in it. */
const exit = vi.fn<(code: number) => void>();

beforeEach(() => {
  exit.mockReset();
  vi.useFakeTimers();
});
afterEach(() => {
  terminal?.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function open(onStop: (reason: StopReason) => void | Promise<void> = () => {}) {
  const modes: boolean[] = [];
  let written = '';
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
    resume: () => {},
    pause: () => {},
  });
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 80,
    rows: 25,
    write(bytes: string) {
      written += bytes;
      return true;
    },
  });
  const keys: string[] = [];
  const logged: string[] = [];
  const opened = openTerminal({
    stdin: stdin as unknown as ReadStream,
    stdout: stdout as unknown as WriteStream,
    env: { TERM: 'xterm' },
    onKey(key) {
      keys.push(key.name);
      if (key.name === 'q') opened.close();
    },
    onResize: () => {},
    onStop,
    log: (line) => logged.push(line),
    exit,
  });
  terminal = opened;
  return {
    terminal: opened,
    stdin,
    stdout,
    keys,
    logged,
    modes,
    type: (text: string | Buffer) => stdin.emit('data', Buffer.from(text)),
    written: () => written,
  };
}

describe('waiting for the rest of a key', () => {
  it('joins a sequence whose Esc came 30 ms ahead, the measured case of terminal.md 2', () => {
    const { type, keys } = open();
    type('\x1b');
    vi.advanceTimersByTime(30);
    type('[17~');
    vi.advanceTimersByTime(10_000);
    expect(keys).toEqual(['f6']);
  });

  it('joins a begun sequence after a longer gap, so that its digits are never typed', () => {
    const { type, keys } = open();
    type('\x1b[1');
    vi.advanceTimersByTime(200);
    type('7~');
    vi.advanceTimersByTime(10_000);
    expect(keys).toEqual(['f6']);
  });

  it('gives a lone Esc without another key', () => {
    const { type, keys } = open();
    type('\x1b');
    expect(keys).toEqual([]);
    vi.advanceTimersByTime(60);
    expect(keys).toEqual(['escape']);
  });

  it('waits for a paste that comes in portions', () => {
    const { type, keys } = open();
    type('\x1b[200~12');
    vi.advanceTimersByTime(500);
    type('34\x1b[201~');
    expect(keys).toEqual(['paste']);
  });

  it('drops and logs what never ends, and the next key is right', () => {
    const { type, keys, logged } = open();
    type('\x1b[17');
    vi.advanceTimersByTime(400);
    expect(logged).toHaveLength(1);
    type('5');
    expect(keys).toEqual(['5']);
  });

  it('joins a letter cut between its bytes', () => {
    const { type, keys } = open();
    type(Buffer.from('Ж').subarray(0, 1));
    vi.advanceTimersByTime(1000);
    type(Buffer.from('Ж').subarray(1));
    expect(keys).toEqual(['ж']);
  });
});

describe('closing', () => {
  it('leaves once, gives the tty back, and takes no key typed after', () => {
    const { terminal: opened, type, keys, modes, written, stdin } = open();
    type('1q2');
    opened.close();
    opened.paint(new CellGrid(80, 25));
    opened.bell();
    expect(keys).toEqual(['1', 'q']);
    expect(modes).toEqual([true, false]);
    expect(written().split(LEAVE)).toHaveLength(2);
    expect(written().endsWith('\x1b[?2004l')).toBe(true);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  it('leaves no handler on the process', () => {
    const events = [
      'SIGTERM',
      'SIGHUP',
      'SIGINT',
      'SIGQUIT',
      'SIGTSTP',
      'SIGUSR1',
      'exit',
      'uncaughtException',
      'unhandledRejection',
    ];
    const before = events.map((event) => process.listenerCount(event));
    const { terminal: opened } = open();
    expect(events.map((event) => process.listenerCount(event))).toEqual(before.map((count) => count + 1));
    opened.close();
    expect(events.map((event) => process.listenerCount(event))).toEqual(before);
  });
});

describe('stopping when the tty is gone', () => {
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
  let before: number[];
  beforeEach(() => {
    before = signals.map((signal) => process.listenerCount(signal));
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    // A stopped process keeps its deafness to signals until it exits; this one goes on with other tests.
    signals.forEach((signal, i) => {
      for (const listener of process.listeners(signal).slice(before[i])) {
        process.removeListener(signal, listener);
      }
    });
  });

  it('asks the app once, waits for it, leaves, and only then exits', async () => {
    let written = '';
    exit.mockImplementation(() => {
      written = screen.written();
    });
    const reasons: string[] = [];
    let finish: () => void = () => {};
    const screen = open((reason) => {
      reasons.push(reason);
      return new Promise((done) => {
        finish = done;
      });
    });
    screen.stdin.emit('end');
    screen.stdin.emit('error', new Error('EIO'));
    screen.stdout.emit('error', new Error('EIO'));
    await vi.advanceTimersByTimeAsync(900);
    expect(exit).not.toHaveBeenCalled();
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(reasons).toEqual(['SIGHUP']);
    expect(exit).toHaveBeenCalledExactlyOnceWith(129);
    expect(written).toContain(LEAVE);
  });

  it('exits after a while when the app hangs, and at once when it fails', async () => {
    const hanging = open(() => new Promise(() => {}));
    hanging.stdin.emit('end');
    await vi.advanceTimersByTimeAsync(6000);
    expect(exit).toHaveBeenCalledExactlyOnceWith(129);
    expect(hanging.written()).toContain(LEAVE);

    const failing = open(() => Promise.reject(new Error('disk')));
    failing.stdin.emit('end');
    await vi.advanceTimersByTimeAsync(0);
    expect(exit).toHaveBeenCalledTimes(2);
    expect(failing.logged.join()).toContain('disk');
  });
});

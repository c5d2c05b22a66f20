import { afterEach, describe, expect, it } from 'vitest';
import { fixture, launcher, openPty, type PtyScreen } from './pty-screen.ts';

const open: PtyScreen[] = [];
afterEach(() => {
  for (const screen of open.splice(0)) screen.dispose();
});

const ways = {
  'node alone': { command: ['node', '--import', 'tsx', fixture], environment: {} as Record<string, string> },
  'bin/kassa': {
    command: [launcher, 'demo'],
    environment: { KASSA_MAIN: fixture, NODE_OPTIONS: '--import tsx' },
  },
};

async function start(way: keyof typeof ways, environment: Record<string, string> = {}): Promise<PtyScreen> {
  const screen = openPty(ways[way].command, { ...ways[way].environment, ...environment });
  open.push(screen);
  await screen.untilShown('угол');
  expect(screen.output()).toContain('\x1b[?25l');
  return screen;
}

describe.each(Object.keys(ways) as (keyof typeof ways)[])('%s gives the terminal back', (way) => {
  it.each([
    ['a normal end', 'q', 0, '', ''],
    ['process.exit', 'x', 7, '', ''],
    ['a throw', 't', 1, 'stop exception секрет ошибки', 'Касса остановлена из-за ошибки программы'],
    ['an unhandled rejection', 'r', 1, 'stop exception секрет отказа', 'Касса остановлена из-за ошибки программы'],
  ])('after %s', async (_what, key, code, log, line) => {
    const screen = await start(way);
    screen.send(key);
    expect(await screen.exitCode()).toBe(code);
    expect(screen.damage()).toEqual([]);
    expect(screen.logged()).toEqual(log === '' ? [] : [log]);
    const shown = screen.rows().join('\n');
    expect(shown).toContain(line);
    expect(shown).not.toContain('секрет');
    expect(shown).not.toContain('Ключи');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGHUP', 129],
  ] as const)('after %s to the program', async (signal, code) => {
    const screen = await start(way);
    process.kill(screen.pidOf('pid'), signal);
    expect(await screen.exitCode()).toBe(code);
    expect(screen.damage()).toEqual([]);
    expect(screen.logged()).toEqual([`stop ${signal}`]);
    expect(screen.rows().join('\n')).toContain(`Касса остановлена сигналом ${signal}.`);
  });
});

describe('bin/kassa', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGHUP', 129],
  ] as const)('hands %s on to the program and waits for its end', async (signal, code) => {
    const screen = await start('bin/kassa');
    process.kill(screen.pidOf('parent'), signal);
    expect(await screen.exitCode()).toBe(code);
    expect(screen.damage()).toEqual([]);
    expect(screen.logged()).toEqual([`stop ${signal}`]);
  });

  it.each(['xterm-256color', 'linux'])('repairs the terminal after kill -9 of the program (TERM=%s)', async (TERM) => {
    const screen = await start('bin/kassa', { TERM });
    process.kill(screen.pidOf('pid'), 'SIGKILL');
    expect(await screen.exitCode()).toBe(137);
    expect(screen.damage()).toEqual([]);
    expect(screen.rows().join('\n')).toContain('процесс остановлен сигналом 9. Чек сохранен');
  });

  it('repairs the terminal after a crash of node itself', async () => {
    const screen = await start('bin/kassa');
    screen.send('h');
    expect(await screen.exitCode()).toBe(134);
    expect(screen.damage()).toEqual([]);
  });

  it('opens no debugger on kill -USR1, and nothing is written over the picture', async () => {
    const screen = await start('bin/kassa');
    process.kill(screen.pidOf('pid'), 'SIGUSR1');
    screen.send('12');
    await screen.untilShown('Ключи: 1 2.');
    screen.send('q');
    expect(await screen.exitCode()).toBe(0);
    expect(screen.output()).not.toMatch(/Debugger|inspector/);
  });

  it('gives the program the keyboard', async () => {
    const screen = await start('bin/kassa');
    screen.send('12\x1b[17~');
    await screen.untilShown('Ключи: 1 2 f6.');
  });

  it('runs the program under a UTF-8 locale and with a small young generation', async () => {
    const screen = await start('bin/kassa', { LANG: 'ru_RU.KOI8-R', LC_ALL: 'C' });
    screen.send('e');
    await screen.untilShown('Ключи: e.');
    expect(screen.logged()).toEqual(['C.UTF-8 C.UTF-8 --max-semi-space-size=2 --optimize-for-size']);
  });
});

describe('a terminal that goes away', () => {
  it.each(Object.keys(ways) as (keyof typeof ways)[])('ends the program with a finished journal (%s)', async (way) => {
    const screen = await start(way);
    const pid = screen.pidOf('pid');
    screen.hangUp();
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
    expect(screen.logged()).toEqual(['stop SIGHUP']);
  });

  // Incident: Node itself aborted over the terminal it could not set back: 139, and a core dump for each lost SSH.
  it('ends it with 129', async () => {
    const { command, environment } = ways['node alone'];
    const telling = 'trap "" HUP; "$@"; echo "code $?" >>"$FIXTURE_LOG"';
    const screen = openPty(['sh', '-c', telling, 'sh', ...command], environment);
    open.push(screen);
    await screen.untilShown('угол');
    screen.hangUp();
    await expect.poll(() => screen.logged(), { timeout: 30_000 }).toEqual(['stop SIGHUP', 'code 129']);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

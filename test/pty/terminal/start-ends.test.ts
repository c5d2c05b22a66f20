/**
 * Every way out, at every moment of a start. Incident: with a scanner behind `serial:` or `tcp:` a key that ended a fresh
 * start (Esc on SYS-07) left a black screen that echoed `^[`, and the program alive behind it: the devices were opened
 * after the end.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { removeFolder } from '../../remove-folder.ts';
import { Story } from '../../story/story.ts';
import { buildProgram } from '../kill/register-process.ts';
import { fixture, launcher, openPty, type PtyScreen } from './pty-screen.ts';

const DAY_MS = 24 * 3600_000;
/** As the terminal's own, and a little more. */
const LONE_ESCAPE_MS = 80;
/** Nobody listens there: the register goes on trying for as long as it lives. */
const SCANNER = 'tcp:127.0.0.1:1';

let program: ReturnType<typeof buildProgram>;
let root: string;
const screens: PtyScreen[] = [];

beforeAll(async () => {
  program = buildProgram();
  root = mkdtempSync(join(tmpdir(), 'kassa-start-'));
  // A shop that has sold two days from now: the next start asks SYS-07.
  const story = await Story.begin({ root, clock: new VirtualClock(Date.now() + 2 * DAY_MS) });
  story.goods('2').press('f6', 'f8');
  await story.end();
});
afterAll(() => {
  program.remove();
  removeFolder(root);
});
afterEach(() => {
  for (const screen of screens.splice(0)) screen.dispose();
});

function run(environment: Record<string, string> = {}): PtyScreen {
  const screen = openPty([program.bin, 'run', '--root', root, '--scanner', SCANNER], environment);
  screens.push(screen);
  return screen;
}

const MOMENTS: Record<string, (screen: PtyScreen) => Promise<unknown>> = {
  'before the program runs': async () => undefined,
  'when the screen is taken over': (screen) =>
    screen.until('the alternate screen', () => screen.output().includes('\x1b[?1049h')),
  'with the first picture': (screen) => screen.untilShown('SYS-07'),
  'when the devices are being opened': async (screen) => {
    await screen.untilShown('SYS-07');
    await screen.until('the scanner is tried', () =>
      readFileSync(pathsOf(root).terminalLog, 'utf8').includes('Сканер: нет связи'),
    );
  },
};

describe.each(Object.keys(MOMENTS))('%s', (moment) => {
  it.each([
    ['Esc', ''],
    ['F8, then Esc', '\x1b[19~'],
    ['Enter, which asks for a password, then Esc', '\r'],
  ])('%s ends the program and gives the terminal back', async (_what, first) => {
    const screen = run();
    await MOMENTS[moment]?.(screen);
    screen.send(first);
    // The scanner's own warning lies on the question, or does not yet: as many as it takes, as a cashier presses.
    const ended = screen.exitCode();
    let isEnded = false;
    const done = () => {
      isEnded = true;
    };
    ended.then(done, done);
    while (!isEnded) {
      await pause(LONE_ESCAPE_MS);
      if (!isEnded) screen.send('\x1b');
    }
    expect(await ended).toBe(0);
    expect(screen.damage()).toEqual([]);
    // Before and after it the keys are the shell's.
    const onItsScreen = screen.output().split('\x1b[?1049h')[1]?.split('\x1b[?1049l')[0];
    expect(onItsScreen).not.toContain('^[');
  });
});

// Incident: between the two starts the tty echoed, and what was typed there was taken by the restored receipt.
it('keys typed during a restart are neither echoed nor taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-restart-'));
  onTestFinished(() => removeFolder(folder));
  const go = join(folder, 'go');
  const environment = { KASSA_MAIN: fixture, NODE_OPTIONS: '--import tsx', FIXTURE_GO: go };
  const screen = openPty([launcher, 'demo'], environment);
  screens.push(screen);
  await screen.untilShown('угол');
  screen.send('u');
  while (!screen.logged().includes('started again')) {
    screen.send('\x1b[19~7');
    await pause(2);
  }
  const before = screen.output().length;
  writeFileSync(go, '');
  await screen.untilShown('снова');
  await screen.until('the sound of a dropped key', () => screen.output().slice(before).includes('\x07'));
  screen.send('7');
  await screen.untilShown('Ключи: 7.');
  screen.send('q');
  expect(await screen.exitCode()).toBe(0);
  expect(screen.damage()).toEqual([]);
  expect(screen.output()).not.toContain('^[');
});

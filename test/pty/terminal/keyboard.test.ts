import { afterEach, describe, expect, it } from 'vitest';
import { fixture, openPty, type PtyScreen } from './pty-screen.ts';

const open: PtyScreen[] = [];
afterEach(() => {
  for (const screen of open.splice(0)) screen.dispose();
});

async function start(environment: Record<string, string> = {}): Promise<PtyScreen> {
  const screen = openPty(['node', '--import', 'tsx', fixture], environment);
  open.push(screen);
  await screen.untilShown('угол');
  return screen;
}

describe('keys through a real tty', () => {
  it('reads a sequence cut after any of its bytes as one key', async () => {
    const screen = await start();
    const sequences: [string, string][] = [
      ['\x1b[17~', 'f6'],
      ['\x1b[[B', 'f2'],
      ['\x1b[1;2P', 'shift+f1'],
      ['\x1bOq', '1'],
    ];
    const expected: string[] = [];
    for (const [sequence, name] of sequences) {
      for (let cut = 1; cut < sequence.length; cut++) {
        screen.send(sequence.slice(0, cut));
        screen.send(sequence.slice(cut));
        expected.push(name);
      }
    }
    await screen.until('every key', (text) => text.replace(/\s+/g, ' ').includes(`Ключи: ${expected.join(' ')}.`));
  });

  it('tells Esc alone, Esc with a digit, and Ctrl+C, which does not end the program', async () => {
    const screen = await start();
    screen.send('\x1b');
    await screen.untilShown('Ключи: escape.');
    screen.send('\x1b5');
    await screen.untilShown('Ключи: escape escape 5.');
    screen.send('\x03\x1a\x13\x11\x1c\r');
    await screen.untilShown('escape 5 ctrl+c ctrl+z ctrl+s ctrl+q ctrl+\\ enter.');
  });

  it('drops an unfinished sequence and goes on with the next key', async () => {
    const screen = await start();
    screen.send('\x1b[17');
    await expect.poll(screen.logged, { timeout: 30_000 }).toEqual(['keyboard: an unfinished key sequence was dropped']);
    screen.send('5');
    await screen.untilShown('Ключи: 5.');
  });

  it('takes a paste as one event', async () => {
    const screen = await start();
    screen.send('\x1b[200~4810\x1b[201~1');
    await screen.untilShown('Ключи: paste(4810) 1.');
  });

  it('keeps everything that is printed by others off the screen', async () => {
    const screen = await start();
    const before = screen.rows();
    screen.send('n1');
    await screen.untilShown('Ключи: n 1.');
    expect(screen.output()).not.toContain('шум');
    expect(screen.rows().slice(4)).toEqual(before.slice(4));
    screen.send('q');
    expect(await screen.exitCode()).toBe(0);
    const log = screen.logged().join('\n');
    for (const noise of ['шум в консоли', 'шум в ошибках', 'шум напрямую']) expect(log).toContain(noise);
  });

  it('follows a resize', async () => {
    const screen = await start();
    screen.resize(132, 43);
    await screen.untilShown('132x43');
    expect(screen.rows()[42]).toBe('угол'.padStart(132));
    screen.resize(80, 24);
    await screen.untilShown('80x24');
    expect(screen.rows()[23]).toBe('угол'.padStart(80));
  });
});

describe('kinds of terminals', () => {
  it.each([
    ['xterm', '\x1bOP', '\x1b[17~'],
    ['xterm-256color', '\x1bOP', '\x1b[17~'],
    ['screen', '\x1bOP', '\x1b[17~'],
    ['tmux', '\x1bOP', '\x1b[17~'],
    ['linux', '\x1b[[A', '\x1b[17~'],
    ['vt220', '\x1bOP', '\x1b[17~'],
    ['rxvt', '\x1b[11~', '\x1b[17~'],
  ])('TERM=%s: Cyrillic, function keys, the numeric pad in both modes, a clean end', async (TERM, f1, f6) => {
    const screen = await start({ TERM, LANG: 'C' });
    expect(screen.rows()[0]).toBe('Касса № 8 80x25');
    expect(screen.rows()[24]).toBe('угол'.padStart(80));
    screen.send(`${f1}${f6}1\x1bOq\x1bOn\x1bOM`);
    await screen.untilShown('Ключи: f1 f6 1 1 . enter.');
    screen.send('q');
    expect(await screen.exitCode()).toBe(0);
    expect(screen.damage()).toEqual([]);
  });

  it('refuses TERM=dumb with a sentence', async () => {
    const screen = openPty(['node', '--import', 'tsx', fixture], { TERM: 'dumb' });
    open.push(screen);
    expect(await screen.exitCode()).toBe(3);
    expect(screen.rows()[0]).toContain('Терминал TERM="dumb" не умеет показывать экран');
  });

  it('refuses a terminal that is too small', async () => {
    const screen = openPty(['node', '--import', 'tsx', fixture], {}, { columns: 79, rows: 24 });
    open.push(screen);
    expect(await screen.exitCode()).toBe(3);
    expect(screen.rows()[0]).toContain('79x24');
    expect(screen.damage()).toEqual([]);
  });
});

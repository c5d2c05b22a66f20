import { describe, expect, it } from 'vitest';
import { checkTerminal } from '../../../src/terminal/lifecycle.ts';
import { terminalProfile } from '../../../src/terminal/profile.ts';

const tty = { isTTY: true, columns: 80, rows: 25 };

describe('checkTerminal', () => {
  it.each([
    'xterm',
    'xterm-256color',
    'screen',
    'tmux',
    'linux',
    'vt100',
    'vt220',
    'rxvt',
    'putty',
    'alacritty',
    'foot',
  ])('accepts TERM=%s', (TERM) => {
    expect(checkTerminal({ TERM }, tty, tty)).toBeNull();
  });

  it.each(['dumb', '', 'unknown'])('refuses TERM=%j with a sentence', (TERM) => {
    expect(checkTerminal({ TERM }, tty, tty)).toContain(`TERM="${TERM}" не умеет`);
  });

  it('refuses a missing TERM, and shows no control byte of a strange one', () => {
    expect(checkTerminal({}, tty, tty)).toContain('TERM=""');
    expect(checkTerminal({ TERM: 'dumb' }, tty, tty)).not.toMatch(/\x1b/);
  });

  it('refuses input or output that is not a terminal', () => {
    const pipe = { ...tty, isTTY: false };
    expect(checkTerminal({ TERM: 'xterm' }, pipe, tty)).toContain('только в терминале');
    expect(checkTerminal({ TERM: 'xterm' }, tty, pipe)).toContain('только в терминале');
  });

  it('refuses less than 80x24 and tells the size', () => {
    const sized = (columns: number, rows: number) =>
      checkTerminal({ TERM: 'xterm' }, tty, { isTTY: true, columns, rows });
    expect(sized(80, 24)).toBeNull();
    expect(sized(79, 24)).toBe('Терминал слишком мал: 79x24. Требуется не меньше 80x24.');
    expect(sized(80, 23)).toContain('80x23');
  });

  it('takes a serial line that does not tell its size for a classic one', () => {
    expect(checkTerminal({ TERM: 'vt220' }, tty, { isTTY: true, columns: 0, rows: 0 })).toBeNull();
    expect(checkTerminal({ TERM: 'vt220', COLUMNS: '40' }, tty, { isTTY: true, columns: 0, rows: 0 })).toContain(
      '40x24',
    );
  });
});

describe('terminalProfile', () => {
  it.each([
    ['linux', 'linux', 8],
    ['xterm', 'xterm-256color', 16],
    ['screen-256color', 'xterm-256color', 16],
    ['screen', 'xterm-256color', 8],
    ['tmux', 'xterm-256color', 16],
    ['rxvt', 'xterm-256color', 8],
    ['xterm-mono', 'xterm-256color', 0],
    ['vt102', 'vt100', 0],
    ['vt220', 'vt220', 0],
    ['vt420', 'vt220', 0],
  ] as const)('%s is drawn as %s with %i colours', (term, terminfo, colours) => {
    expect(terminalProfile(term)).toEqual({ terminfo, colours });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Fault, isFault } from '../../../src/register/fault.ts';

const source = fileURLToPath(new URL('../../../src', import.meta.url));

describe('a fault', () => {
  const cause = new Error('SQLITE_FULL');
  const full = new Fault('storage', 'full', { cause });

  it('is told by its area and code, never by its text, and keeps its cause', () => {
    expect(isFault(full, 'storage')).toBe(true);
    expect(isFault(full, 'storage', 'io', 'full')).toBe(true);
    expect(isFault(full, 'storage', 'io')).toBe(false);
    // The catalogue has a code of the same name.
    expect(isFault(full, 'catalog', 'full')).toBe(false);
    expect(isFault(cause, 'storage')).toBe(false);
    expect(isFault(null, 'storage')).toBe(false);
    expect(full.cause).toBe(cause);
  });

  it('has a text for the log, with the words for people where there are some', () => {
    expect(full.message).toBe('storage: full');
    expect(full.say).toBe('');
    const bad = new Fault('slipTemplate', 'bad', { say: 'нет «}}»', at: 7 });
    expect(bad).toMatchObject({ message: 'slipTemplate: bad: нет «}}»', at: 7 });
  });

  it('is the only class of errors, beside that of the emulators, which import nothing of the program', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const classes = files.filter((file) =>
      / extends (?:\w+\.)*\w*Error\b/.test(readFileSync(join(source, file), 'utf8')),
    );
    expect(classes.sort()).toEqual(['emulators/problem.ts', 'register/fault.ts']);
    expect(files.length).toBeGreaterThan(150);
  });
});

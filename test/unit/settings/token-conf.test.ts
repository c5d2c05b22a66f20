import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putInPlace, writeFileAtomically } from '../../../src/settings/atomic-file.ts';
import {
  deleteToken,
  keepPreviousToken,
  readToken,
  writeToken,
  writeTokenTemporary,
} from '../../../src/settings/token-conf.ts';
import { removeFolder } from '../../remove-folder.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-token-'));
  path = join(folder, 'oplati', 'token.conf');
});
afterEach(() => removeFolder(folder));

const good = (token: string) => ({ token, fromPreviousCopy: false, wasExposed: false });
const none = { token: null, fromPreviousCopy: false, wasExposed: false };

describe('token.conf', () => {
  it('is absent before the first request and is made with its folder, for its owner only', () => {
    expect(readToken(path)).toEqual(none);
    writeToken(path, 'first-token');
    expect(readToken(path)).toEqual(good('first-token'));
    expect(readFileSync(path, 'utf8')).toBe('[Main]\ntoken = first-token\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('reads back any token an HTTP header can carry', () => {
    const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit: character, minLength: 1, maxLength: 60 }), (token) => {
        writeToken(path, token);
        expect(readToken(path)).toEqual(good(token));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps one previous copy, private as well', () => {
    writeToken(path, 'first-token');
    writeToken(path, 'second-token');
    writeToken(path, 'third-token');
    expect(readdirSync(join(folder, 'oplati')).sort()).toEqual(['token.conf', 'token.conf.previous']);
    expect(readFileSync(`${path}.previous`, 'utf8')).toContain('second-token');
    expect(statSync(`${path}.previous`).mode & 0o777).toBe(0o600);
  });

  it('that others could read is closed to them, and this is told', () => {
    writeToken(path, 'first-token');
    chmodSync(path, 0o644);
    expect(readToken(path)).toMatchObject({ token: 'first-token', wasExposed: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readToken(path)).toMatchObject({ wasExposed: false });
  });

  it('deleted by support does not come back from the copy (OPL-04)', () => {
    writeToken(path, 'first-token');
    writeToken(path, 'second-token');
    rmSync(path);
    expect(readToken(path)).toEqual(none);
    writeToken(path, 'third-token');
    writeFileSync(path, '');
    expect(readToken(path)).toEqual({ problem: 'damaged' });
  });

  it('is forgotten with its copy', () => {
    writeToken(path, 'first-token');
    writeToken(path, 'second-token');
    deleteToken(path);
    expect(readToken(path)).toEqual(none);
    expect(readdirSync(join(folder, 'oplati'))).toEqual([]);
  });
});

describe('a damaged token.conf (K34)', () => {
  it.each([
    ['empty', ''],
    ['half written', '[Main]\ntok'],
    ['half written after the sign', '[Main]\ntoken = '],
    ['zeros of a power cut', '\0'.repeat(64)],
    ['zeros inside', '[Main]\ntoken = ab\0\0\n'],
    ['another section', '[Other]\ntoken = abc\n'],
  ])('%s: the copy before it is taken, without one it is told', (_name, content) => {
    mkdirSync(join(folder, 'oplati'));
    writeFileSync(path, content, { mode: 0o600 });
    expect(readToken(path)).toEqual({ problem: 'damaged' });
    writeFileSync(`${path}.previous`, '[Main]\ntoken = older\n', { mode: 0o600 });
    expect(readToken(path)).toEqual({ token: 'older', fromPreviousCopy: true, wasExposed: false });
  });

  it('does not push the good copy out when the next token comes', () => {
    writeToken(path, 'first-token');
    writeToken(path, 'second-token');
    writeFileSync(path, '');
    writeToken(path, 'third-token');
    expect(readToken(path)).toEqual(good('third-token'));
    expect(readFileSync(`${path}.previous`, 'utf8')).toContain('first-token');
  });

  it('unreadable is damaged, not absent', () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    expect(readToken(path)).toEqual({ problem: 'damaged' });
  });
});

describe('the program killed while it writes the second token (K34)', () => {
  it('after the temporary file: the first one holds', () => {
    writeToken(path, 'first-token');
    writeTokenTemporary(path, 'second-token');
    expect(readToken(path)).toEqual(good('first-token'));
  });

  it('inside the temporary file: the first one holds, and the rest does not disturb the next write', () => {
    writeToken(path, 'first-token');
    const temporary = writeTokenTemporary(path, 'second-token');
    writeFileSync(temporary, '[Main]\nto');
    chmodSync(temporary, 0o644);
    expect(readToken(path)).toEqual(good('first-token'));
    writeToken(path, 'third-token');
    expect(readToken(path)).toEqual(good('third-token'));
    expect(existsSync(temporary)).toBe(false);
  });

  it('after the copy: the first one holds', () => {
    writeToken(path, 'first-token');
    writeTokenTemporary(path, 'second-token');
    keepPreviousToken(path);
    expect(readToken(path)).toEqual(good('first-token'));
  });

  it('while the copy gets its name: the first one holds, the next write works', () => {
    writeToken(path, 'first-token');
    linkSync(path, join(folder, 'oplati', '.token.conf.previous.tmp'));
    expect(readToken(path)).toEqual(good('first-token'));
    writeToken(path, 'second-token');
    expect(readToken(path)).toEqual(good('second-token'));
    expect(readdirSync(join(folder, 'oplati')).sort()).toEqual(['token.conf', 'token.conf.previous']);
  });

  it('after the renaming: the second one holds', () => {
    writeToken(path, 'first-token');
    const temporary = writeTokenTemporary(path, 'second-token');
    keepPreviousToken(path);
    putInPlace(temporary, path);
    expect(readToken(path)).toEqual(good('second-token'));
    expect(readFileSync(`${path}.previous`, 'utf8')).toContain('first-token');
  });
});

describe('a file written whole', () => {
  it('does not follow a link planted under the temporary name', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    mkdirSync(join(folder, 'oplati'));
    symlinkSync(victim, join(folder, 'oplati', '.token.conf.tmp'));
    writeToken(path, 'first-token');
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(readToken(path)).toEqual(good('first-token'));
  });

  it('gets the mode asked for whatever the umask says, and leaves nothing behind when it fails', () => {
    const file = join(folder, 'a', 'b');
    const umask = process.umask(0o077);
    try {
      writeFileAtomically(file, 'text', 0o644);
    } finally {
      process.umask(umask);
    }
    expect(statSync(file).mode & 0o777).toBe(0o644);
    mkdirSync(join(folder, 'c', 'd', 'e'), { recursive: true });
    expect(() => writeFileAtomically(join(folder, 'c', 'd'), 'text', 0o644)).toThrow();
    expect(readdirSync(join(folder, 'c'))).toEqual(['d']);
  });
});

/** Where the secrets that payment systems hand out are kept. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Tokens } from '../../../src/app/facts.ts';
import type { Driver } from '../../../src/payments/driver.ts';
import { oplatiFiles } from '../../oplati-files.ts';
import { removeFolder } from '../../remove-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-tokens-'));
});
afterEach(() => removeFolder(folder));

const drivers = new Map<string, Driver>([
  ['one', { name: 'one', tokenFile: 'one/token.conf' } as Driver],
  ['other', { name: 'other', tokenFile: 'other/secret.conf' } as Driver],
  ['none', { name: 'none' } as Driver],
  ['renewed', { name: 'renewed', tokenFile: 'renewed/registration.conf', tokenIsRenewed: true } as Driver],
]);

// Every token would have landed in the file of О!плати.
it('each system has its own file, and reads no other', () => {
  new Tokens(drivers, folder).store('one', 'first');
  new Tokens(drivers, folder).store('other', 'second');
  const again = new Tokens(drivers, folder);
  expect(again.of('one')).toEqual({ token: 'first' });
  expect(again.of('other')).toEqual({ token: 'second' });
  expect(readFileSync(join(folder, 'other', 'secret.conf'), 'utf8')).toContain('second');
});

it('those of О!плати stand where shops know them', () => {
  expect(oplatiFiles('/linuxcash')).toEqual({
    conf: '/linuxcash/cash/paysystems/oplati/oplati.conf',
    token: '/linuxcash/cash/paysystems/oplati/token.conf',
  });
});

it('a system without a file has none and gets none', () => {
  const tokens = new Tokens(drivers, folder);
  expect(tokens.of('none')).toEqual({ token: null });
  expect(() => tokens.store('none', 'secret')).toThrow('none has no token file');
  expect(readdirSync(folder)).toEqual([]);
});

it.each([
  ['other', 'other/secret.conf', 'damaged', ['SYS-11']],
  ['renewed', 'renewed/registration.conf', { token: null }, []],
])('a damaged file of %s stops only a system that is given no other', (provider, file, read, told) => {
  mkdirSync(join(folder, provider));
  writeFileSync(join(folder, file), '\0\0\0');
  const tokens = new Tokens(drivers, folder);
  expect(tokens.of(provider)).toEqual(read);
  expect(tokens.faults().map(({ number }) => number)).toEqual(told);
  tokens.store(provider, 'another');
  expect(new Tokens(drivers, folder).of(provider)).toEqual({ token: 'another' });
});

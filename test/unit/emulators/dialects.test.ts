import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as assist from '../../../src/emulators/assist/settings.ts';
import { readDialect, shownDialect } from '../../../src/emulators/dialect.ts';
import * as oplati from '../../../src/emulators/oplati/settings.ts';
import * as paymaster from '../../../src/emulators/paymaster/settings.ts';

const docs = readFileSync('docs/emulators.md', 'utf8');

describe.each([
  ['PayMaster', paymaster.DIALECTS, paymaster.DEFAULT_SETTINGS],
  ['О!плати', oplati.DIALECTS, oplati.DEFAULT_SETTINGS],
  ['Assist', assist.DIALECTS, assist.DEFAULT_SETTINGS],
] as const)('the dialects of %s', (title, table, defaults) => {
  const section = docs.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
  const names = Object.keys(table);

  it.each(names)('%s: its first value is in force, and the page of the emulators names it', (name) => {
    const values: readonly unknown[] = table[name as keyof typeof table];
    expect((defaults as unknown as Record<string, unknown>)[name]).toBe(values[0]);
    expect(values.length).toBeGreaterThan(1);
    expect(section).toContain(`\`${name}\``);
    for (const value of values.filter((one) => typeof one === 'string')) expect(section).toContain(`\`${value}\``);
  });

  it('are shown with what is in force, and nothing else is taken', () => {
    const shown = shownDialect(table as never, defaults as never);
    expect(Object.keys(shown)).toEqual(names);
    expect(() => readDialect(table as never, {})).toThrow(names[0]);
    expect(() => readDialect(table as never, { nothing: 1 })).toThrow('no dialect "nothing"');
    expect(() => readDialect(table as never, { [names[0] ?? '']: 'nothing' })).toThrow('must be one of');
  });
});

/** The catalogue holds what can happen, no more and no less: support looks a number up there, and in `kassa repro list`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RECIPES, WITHOUT_SCREEN } from '../../../src/cli/repro/recipes.ts';
import { messageOf, messages } from '../../../src/dialogs/messages/index.ts';
import { RESERVED } from './reserved-numbers.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const NUMBER = /(?:OPL|PM|AS|DEV|DOM|SYS)-\d{2,3}/;

/** The catalogue itself, what walks to a dialog, and what logs those that others have opened: none of them raises one. */
const RAISES_NOTHING = /^(?:dialogs\/messages|cli\/repro|emulators)\/|^app\/turn-log\.ts$/;

function raisedIn(file: string): string[] {
  const text = readFileSync(join(root, 'src', file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
  return [...text.matchAll(new RegExp(`['"\`](${NUMBER.source})\\b`, 'g'))].flatMap(([, number]) => number ?? []);
}

const raised = new Set(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !RAISES_NOTHING.test(file))
    .flatMap(raisedIn),
);
const known = messages.map(({ number }) => number);

describe('every number', () => {
  it('of the catalogue is raised somewhere', () => {
    expect(raised.size).toBeGreaterThan(150);
    expect(known.filter((number) => !raised.has(number))).toEqual([]);
  });

  it('that is raised is in the catalogue', () => {
    expect([...raised].filter((number) => !known.includes(number))).toEqual([]);
  });

  it('that a recipe walks to, or that has no screen, is in the catalogue', () => {
    const named = [...RECIPES.map(({ number }) => number), ...Object.keys(WITHOUT_SCREEN)];
    expect(named.filter((number) => !known.includes(number))).toEqual([]);
  });

  it('that has left the catalogue is never given to anything else', () => {
    expect([...RESERVED].filter((number) => known.includes(number) || raised.has(number))).toEqual([]);
  });

  it('that a guide names is in the catalogue', () => {
    const guides = [
      'README.md',
      ...readdirSync(join(root, 'docs/ru')).map((name) => `docs/ru/${name}`),
      'docs/dialogs.md',
    ];
    const named = guides.flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [...text.matchAll(new RegExp(`\\b${NUMBER.source}\\b`, 'g'))].map(([number]) => `${path}: ${number}`);
    });
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((line) => !known.includes(line.split(': ')[1] ?? ''))).toEqual([]);
  });
});

it('OPL-04 has one piece of advice: «Получить токен», and no file is deleted', () => {
  const engineer = readFileSync(join(root, 'docs/ru/inzhener.md'), 'utf8');
  const [paragraph = ''] = /- \*\*OPL-04\*\*:[\s\S]*?(?=\n- \*\*)/.exec(engineer) ?? [];
  for (const advice of [messageOf('OPL-04').support, paragraph]) {
    expect(advice).toContain('Получить токен');
    expect(advice).not.toMatch(/[Уу]далить token\.conf/);
  }
});

import { describe, expect, expectTypeOf, it } from 'vitest';
import { type BoundCommand, DEFAULT_KEY_MAP, type KeyBindings, keyMapOf } from '../../../src/settings/key-map.ts';
import { readSettings } from '../../../src/settings/settings.ts';
import { decode } from '../../../src/terminal/keys.ts';
import type { KeyCommand, KeyMap } from '../../../src/ui/keys.ts';

function read(keyMap: string) {
  return readSettings('kassa.json', `{\n"keyMap": {\n${keyMap}\n}\n}`);
}

function mapOf(keyMap: string): KeyBindings {
  const read1 = read(keyMap);
  if ('problem' in read1) throw new Error(read1.problem.text);
  return keyMapOf(DEFAULT_KEY_MAP, read1.settings.keyMap);
}

const keysOf = (map: KeyBindings, command: BoundCommand) =>
  map.filter((binding) => binding.command === command).map(({ key }) => key);

describe('the key map', () => {
  it('speaks of exactly the commands the screens know', () => {
    expectTypeOf<BoundCommand>().toEqualTypeOf<KeyCommand>();
    expectTypeOf<KeyBindings>().toEqualTypeOf<KeyMap>();
  });

  it.each([
    ['f1', '\x1bOP'],
    ['f6', '\x1b[17~'],
    ['f12', '\x1b[24~'],
    ['pageup', '\x1b[5~'],
    ['pagedown', '\x1b[6~'],
    ['home', '\x1b[H'],
    ['end', '\x1b[F'],
    ['up', '\x1b[A'],
    ['down', '\x1b[B'],
    ['enter', '\r'],
    ['ctrl+c', '\x03'],
    ['*', '*'],
  ])('names the key %s as the decoder does', (key, bytes) => {
    expect(decode('', bytes).keys.map(({ name }) => name)).toEqual([key]);
    expect(DEFAULT_KEY_MAP.map((binding) => binding.key)).toContain(key);
  });

  it('moves a command, and shows the key of the shop first', () => {
    const map = mapOf('"shift+f6": "subtotal", "f2": "total"');
    expect(keysOf(map, 'subtotal')).toEqual(['shift+f6', 'f6']);
    expect(keysOf(map, 'total')).toEqual(['f2', 'f8']);
    expect(keysOf(map, 'search')).toEqual([]);
  });

  it('unbinds a key by null', () => {
    expect(keysOf(mapOf('"f11": null'), 'annul')).toEqual([]);
    expect(keysOf(mapOf('"f6": null, "f5": "subtotal"'), 'subtotal')).toEqual(['f5']);
  });

  it('binds a letter in both layouts', () => {
    expect(keysOf(mapOf('"q": "price", "m": "drawer"'), 'price')).toEqual(['q', 'й']);
    expect(keysOf(mapOf('"q": "price", "m": "drawer"'), 'drawer')).toEqual(['m', 'ь']);
  });

  it('never binds one key to two commands', () => {
    const keys = mapOf('"f6": "total", "f8": "subtotal", "w": "copy"').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a wrong key map is refused with the line', () => {
  it.each([
    ['"f5": "card",\n"f6": "sutotal"', 4, 'f6', 'неизвестная команда'],
    ['"f6": 7', 3, 'f6', 'неизвестная команда'],
    ['"f13": "copy"', 3, 'f13', 'неизвестная клавиша'],
    ['"F6": "subtotal"', 3, 'F6', 'неизвестная клавиша'],
    ['"7": "copy"', 3, '7', 'неизвестная клавиша'],
    ['"й": "copy"', 3, 'й', 'неизвестная клавиша'],
    ['"ctrl+m": "copy"', 3, 'ctrl+m', 'неизвестная клавиша'],
    ['"backspace": "copy"', 3, 'backspace', 'неизвестная клавиша'],
    ['"__proto__": "copy"', 3, '__proto__', 'неизвестная клавиша'],
    ['"f2": "price",\n"f3": "copy",\n"f2": "drawer"', 5, 'f2', 'дважды (строка 3)'],
    ['"f1": "copy",\n"f6": "copy"', 4, 'f6', 'команда subtotal осталась без клавиши'],
    ['"f8": null', 3, 'f8', 'команда total осталась без клавиши'],
    ['"enter": "total"', 3, 'enter', 'команда confirm осталась без клавиши'],
    ['"escape": null', 3, 'escape', 'команда cancel осталась без клавиши'],
  ])('%s', (keyMap, line, key, text) => {
    expect(read(keyMap)).toEqual({
      problem: { file: 'kassa.json', line, parameter: `keyMap.${key}`, text: expect.stringContaining(text) },
    });
  });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type JsonNode, parseJsonTree } from '../../../src/settings/json-tree.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { describeProblem } from '../../../src/settings/problem.ts';
import { defaultSettings, loadSettings, problemAt, type Settings } from '../../../src/settings/settings.ts';
import { changeSetting } from '../../../src/settings/settings-writer.ts';
import type { ScreenSettings } from '../../../src/ui/model.ts';
import { removeFolder } from '../../remove-folder.ts';

let root: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-settings-'));
  file = pathsOf(root).settings;
  mkdirSync(dirname(file), { recursive: true });
});
afterEach(() => removeFolder(root));

function load(json: string) {
  writeFileSync(file, json);
  return loadSettings(root);
}

function accepted(json: string): Settings {
  const loaded = load(json);
  if ('problem' in loaded) throw new Error(describeProblem(loaded.problem));
  return loaded.settings;
}

function refused(json: string) {
  const loaded = load(json);
  if (!('problem' in loaded)) throw new Error(`accepted: ${json}`);
  expect(loaded.problem.file).toBe(file);
  return loaded.problem;
}

describe('the settings file', () => {
  it('may be absent: the till sells with the defaults', () => {
    expect(loadSettings(root)).toEqual({ settings: defaultSettings });
    expect(defaultSettings).toMatchObject({
      registerNumber: 8,
      utcOffsetMinutes: null,
      mergeEqualLines: false,
      confirmStorno: false,
      disableZeroPrice: true,
      minQuantityThousandths: 1,
      userListVisible: true,
      receivedLabel: 'Получено',
      lockAfterSeconds: 300,
      minPasswordLength: 0,
      qrBlocks: 'half',
      soundOn: true,
      weightTemplates: ['weight: 22CCCCCWWWWWK'],
      scanner: { url: 'none' },
      printer: { url: 'none', profile: 'generic-80' },
      scanners: [],
      wedge: { enabled: true, prefix: null },
      display: { url: 'none', profile: 'cd5220' },
      sounds: { refused: true, error: true, done: true },
      mainCurrencyCode: 1,
      notificationsAddress: 'none',
      log: { compatLatinCoo: false },
    });
  });

  it('sets what it names and leaves the rest at the defaults, inside groups too', () => {
    const settings = accepted(
      '{"registerNumber": 12, "printer": {"url": "tcp:192.0.2.7:9100"}, "shop": {"name": "Лавка"}}',
    );
    expect(settings.registerNumber).toBe(12);
    expect(settings.printer).toEqual({
      url: 'tcp:192.0.2.7:9100',
      profile: 'generic-80',
      printsWhenUnknown: true,
      columns: null,
      codepage: null,
      codepageNumber: null,
      cut: null,
      cutFeed: null,
      qr: null,
      drawerPin: null,
      drawerOnMs: null,
      drawerOffMs: null,
      drawerOpenLevel: null,
      status: null,
    });
    expect(settings.shop).toEqual({ name: 'Лавка', taxNumber: '', address: '' });
    expect(settings.lockAfterSeconds).toBe(300);
  });

  it.each([
    ['{"notificationsAddress": "0.0.0.0:8090"}', '"none", "127.0.0.1:ПОРТ" или "[::1]:ПОРТ"'],
    ['{"notificationsAddress": "192.0.2.7:8090"}', '"none", "127.0.0.1:ПОРТ" или "[::1]:ПОРТ"'],
    ['{"notificationsAddress": "localhost:8090"}', '"none", "127.0.0.1:ПОРТ" или "[::1]:ПОРТ"'],
    ['{"printer": {"codepageNumber": 256}}', 'целое число от 0 до 255'],
    ['{"printer": {"columns": 40}}', '32, 42, 48'],
    ['{"printer": {"drawerPin": 3}}', '2, 5'],
    ['{"printer": {"status": "yes"}}', '"none", "dle", "asb"'],
    ['{"display": {"codepage": "koi8"}}', '"cp866", "cp1251"'],
  ])('refuses %s and says what is allowed', (json, allowed) => {
    expect(refused(json).text).toContain(allowed);
  });

  it('takes what a printer of the shop differs in from its profile, null as if it were absent', () => {
    const { printer } = accepted('{"printer": {"codepageNumber": 37, "drawerPin": 5, "cut": "full", "qr": null}}');
    expect(printer).toMatchObject({ codepageNumber: 37, drawerPin: 5, cut: 'full', qr: null, columns: null });
  });

  it('takes a second scanner, each with its own habits, and a prefix for a keyboard scanner', () => {
    const settings = accepted(
      '{"scanners": [{"url": "tcp:192.0.2.8:4000", "dropsRepeats": true}], "wedge": {"prefix": "~"}}',
    );
    expect(settings.scanners).toEqual([{ url: 'tcp:192.0.2.8:4000', dropsRepeats: true, hasNoSuffix: false }]);
    expect(settings.wedge).toEqual({ enabled: true, prefix: '~' });
  });

  it.each(['1', 'ф', 'Q', ' ', '', '~~', 7])('refuses %j as the prefix of a keyboard scanner', (prefix) => {
    expect(refused(JSON.stringify({ wedge: { prefix } })).parameter).toBe('wedge.prefix');
  });

  it('may begin with a byte order mark', () => {
    expect(accepted('\uFEFF{"registerNumber": 3}').registerNumber).toBe(3);
  });

  it('cleans text that will be drawn', () => {
    expect(accepted(JSON.stringify({ shop: { name: 'a\u001b[31m\u202eb' } })).shop.name).toBe('a[31mb');
  });
});

describe('the settings', () => {
  it('can be handed to the screens as they are', () => {
    expectTypeOf<Settings>().toExtend<ScreenSettings>();
  });

  it('name every place of the root below it', () => {
    expect(pathsOf('/linuxcash')).toMatchObject({
      journal: '/linuxcash/cash/data/journal.db',
      settings: '/linuxcash/cash/conf/kassa.json',
      terminalLog: '/linuxcash/logs/current/terminal.log',
    });
  });
});

describe('a wrong setting', () => {
  it.each([
    ['{"registerNumber": 0}', 'registerNumber', 'недопустимое значение 0, допустимо: целое число от 1 до 99999'],
    ['{"utcOffsetMinutes": "180"}', 'utcOffsetMinutes', 'недопустимое значение "180", допустимо: целое число'],
    ['{"wedge": {"prefix": "5"}}', 'wedge.prefix', 'недопустимое значение "5", допустимо: один знак'],
    ['{"wedge": {"enabled": 1}}', 'wedge.enabled', 'недопустимое значение 1, допустимо: true или false'],
    ['{"display": {"url": "usb:1"}}', 'display.url', '"file:ПУТЬ"'],
  ])('is shown itself, so that the engineer sees what the program has read: %s', (json, parameter, text) => {
    const problem = refused(json);
    expect(problem.parameter).toBe(parameter);
    expect(problem.text).toContain(text);
  });

  // Incident: `file:` was offered and then refused.
  it('of a scanner lists only what a scanner can be', () => {
    const allowed = '"none", "serial:/dev/...?baud=9600", "tcp:АДРЕС:ПОРТ"';
    for (const url of ['usb:/dev/x', 'file:/tmp/x']) {
      expect(refused(JSON.stringify({ scanner: { url } })).text).toBe(
        `недопустимое значение "${url}", допустимо: ${allowed}`,
      );
      expect(refused(JSON.stringify({ scanners: [{ url }] })).text).toMatch(/ПОРТ"$/);
    }
  });

  it('is refused with its file, line, parameter and what is allowed', () => {
    const problem = refused('{\n  "soundOn": true,\n  "printer": {\n    "profile": "x",\n    "url": "lpt1"\n  }\n}\n');
    expect(problem.line).toBe(5);
    expect(problem.parameter).toBe('printer.url');
    expect(problem.text).toContain('tcp:');
    expect(describeProblem(problem)).toBe(
      `Ошибка настройки: ${file}, строка 5, printer.url: недопустимое значение "lpt1", допустимо: ` +
        '"none", "serial:/dev/...?baud=9600", "tcp:АДРЕС:ПОРТ", "file:ПУТЬ"',
    );
  });

  it.each([
    ['"registerNumber": 0', 'registerNumber'],
    ['"registerNumber": "8"', 'registerNumber'],
    ['"registerNumber": 8.5', 'registerNumber'],
    ['"registerNumber": 1e999', 'registerNumber'],
    ['"registerNumber": null', 'registerNumber'],
    ['"registerNumber": [8]', 'registerNumber'],
    ['"soundOn": 1', 'soundOn'],
    ['"qrBlocks": "full"', 'qrBlocks'],
    ['"receivedLabel": ""', 'receivedLabel'],
    ['"receivedLabel": "\\u200b"', 'receivedLabel'],
    ['"shop": "Лавка"', 'shop'],
    ['"shop": {"name": "x", "phone": "1"}', 'shop.phone'],
    ['"weightTemplates": ["weight: 22CCCCCWWWWWK", "weight: 22CCCCCWWWWK"]', 'weightTemplates[1]'],
    ['"weightTemplates": ["weight: 22CCCCCPPPPPK"]', 'weightTemplates[0]'],
    ['"weightTemplates": "weight: 22CCCCCWWWWWK"', 'weightTemplates'],
    ['"scanner": {"url": "serial:ttyS0"}', 'scanner.url'],
    ['"lockAfterSeconds": -1', 'lockAfterSeconds'],
    ['"log": {"compatLatinCoo": "no"}', 'log.compatLatinCoo'],
    ['"registerNumbr": 8', 'registerNumbr'],
    ['"__proto__": {"registerNumber": 9}', '__proto__'],
    ['"soundOn": true, "soundOn": false', 'soundOn'],
  ])('%s', (member, parameter) => {
    const problem = refused(`{\n\n${member} }`);
    expect(problem.parameter).toBe(parameter);
    expect(problem.line).toBe(3);
    expect(problem.text).toMatch(/допустим|дважды/);
  });

  it.each([
    ['{\n  "soundOn": true,\n}\n', 3],
    ['{\n  "soundOn": true\n  "qrBlocks": "half"\n}\n', 3],
    ['{\n  soundOn: true\n}', 2],
    ['{\n  "shop": {\n', 3],
    ['{} {}', 1],
    ['', 1],
    ['{"a": "\n"}', 1],
    ['['.repeat(5000), 1],
  ])('text that is no JSON names the line where it ends being it: %j', (json, line) => {
    expect(refused(json)).toMatchObject({ line, parameter: '', text: expect.stringContaining('JSON') });
  });

  it('a file that cannot be read is a problem of its own, not the defaults', () => {
    mkdirSync(file);
    expect(loadSettings(root)).toMatchObject({ problem: { file, line: 0, text: 'файл не читается' } });
  });

  it('found later by its device still gets its line', () => {
    load('{\n  "printer": {\n    "profile": "?"\n  }\n}');
    const text = 'нет такого профиля';
    expect(problemAt(root, ['printer', 'profile'], text)).toEqual({
      file,
      line: 3,
      parameter: 'printer.profile',
      text,
    });
    // A missing key is shown at the group it is missing from.
    expect(problemAt(root, ['printer', 'url'], text).line).toBe(2);
  });
});

/** The plain value of a tree. */
function plainValue(node: JsonNode): unknown {
  if ('value' in node) return node.value;
  if ('items' in node) return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map(({ key, node: child }) => [key, plainValue(child)]));
}

describe('the JSON reader', () => {
  it('agrees with JSON.parse about what is JSON and what it says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        const parsed = parseJsonTree(json);
        if ('faultLine' in parsed) throw new Error(json);
        expect(JSON.stringify(plainValue(parsed.tree))).toBe(JSON.stringify(JSON.parse(json)));
      }),
      { numRuns: 200 },
    );
    const fragments = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '01',
      '-',
      '1e5',
      'true',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 8 }), (parts) => {
        const json = parts.join('');
        let isJson = true;
        try {
          JSON.parse(json);
        } catch {
          isJson = false;
        }
        expect('tree' in parseJsonTree(json)).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('changing a setting', () => {
  it('makes the file, keeps the others and is accepted at the next start', async () => {
    await changeSetting(root, 'registerNumber', 21);
    expect(await changeSetting(root, 'shop.name', 'Лавка')).toMatchObject({ settings: { registerNumber: 21 } });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ registerNumber: 21, shop: { name: 'Лавка' } });
    expect(readFileSync(file, 'utf8')).toBe('{\n  "registerNumber": 21,\n  "shop": {\n    "name": "Лавка"\n  }\n}\n');
  });

  it('works on a file of its own making or of an editor with a byte order mark', async () => {
    load('\uFEFF{"soundOn": false}');
    await changeSetting(root, 'qrBlocks', 'none');
    expect(loadSettings(root)).toMatchObject({ settings: { soundOn: false, qrBlocks: 'none' } });
  });

  it('is refused when the next start would refuse it, and the file stays as it was', async () => {
    const json = '{"soundOn": false}';
    load(json);
    expect(await changeSetting(root, 'registerNumber', 0)).toMatchObject({ problem: { parameter: 'registerNumber' } });
    expect(await changeSetting(root, 'nonsense', 1)).toMatchObject({ problem: { parameter: 'nonsense' } });
    expect(readFileSync(file, 'utf8')).toBe(json);
    expect(readdirSync(dirname(file))).toEqual(['kassa.json']);
  });

  it('does not touch a file that is already wrong', async () => {
    load('{"soundOn": 5}');
    expect(await changeSetting(root, 'registerNumber', 9)).toMatchObject({ problem: { parameter: 'soundOn' } });
    expect(readFileSync(file, 'utf8')).toBe('{"soundOn": 5}');
  });
});

import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeScan, escapeBytes } from '../../../../src/cli/devices/describe-scan.ts';
import { runDevices } from '../../../../src/cli/devices/devices.ts';
import { faultText } from '../../../../src/cli/devices/fault-text.ts';
import { takeInventory } from '../../../../src/cli/devices/inventory.ts';
import { type DevicesModel, drawDevices } from '../../../../src/cli/devices/page.ts';
import { problemOfDevices } from '../../../../src/cli/devices/settings-problem.ts';
import { decodeScan } from '../../../../src/devices/scanner/decode.ts';
import { takeRootLock } from '../../../../src/journal/root-lock.ts';
import { describeProblem } from '../../../../src/settings/problem.ts';
import { defaultSettings, readSettings, type Settings } from '../../../../src/settings/settings.ts';
import { removeFolder } from '../../../remove-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-devices-'));
});
afterEach(() => removeFolder(root));

function settingsOf(json: object): Settings {
  mkdirSync(join(root, 'cash/conf'), { recursive: true });
  writeFileSync(join(root, 'cash/conf/kassa.json'), JSON.stringify(json, null, 1));
  const read = readSettings('kassa.json', JSON.stringify(json));
  if ('problem' in read) throw new Error(describeProblem(read.problem));
  return read.settings;
}

const described = (raw: string) => describeScan(decodeScan(raw));

describe('a scan, described', () => {
  it.each([
    ['4810000000018', null, ['EAN-13: контрольная цифра верна'], false],
    ['4810000000019', null, ['EAN-13: контрольная цифра 9 неверна, должна быть 8'], true],
    [']E448100009', ']E4 EAN-8', ['EAN-8: контрольная цифра 9 неверна, должна быть 7'], true],
    ['2200004012346', null, ['EAN-13: контрольная цифра верна, номер внутри магазина (весы)'], false],
    ['2200004012349', null, ['EAN-13: контрольная цифра 9 неверна, должна быть 6'], false],
    [']C100000001234567890123', ']C1 GS1-128', ['Прочий код: ищется как есть'], false],
    [
      ']d2010481000000001821ABC1234567890\x1d93abcd',
      ']d2 GS1 DataMatrix',
      ['GS1, код маркировки: (01) 04810000000018  (21) ABC1234567890  (93) abcd'],
      false,
    ],
    [
      '010481000000001821ABC123456789093abcd',
      null,
      ['DEV-06 Сканер передает код без разделителей. Проверьте настройку сканера'],
      true,
    ],
    [']Q1https://example.by', ']Q1 QR', ['Прочий код: ищется как есть'], false],
    [']Z9abc', ']Z9', ['Прочий код: ищется как есть'], false],
  ])('%j', (raw, symbology, parsed, isSuspicious) => {
    expect(described(raw)).toMatchObject({ symbology, parsed, isSuspicious, byteCount: raw.length });
  });

  it('shows the text of a code that is not ASCII', () => {
    const raw = Buffer.from('МОЛОКО', 'utf8').toString('latin1');
    expect(described(raw).parsed).toContain('Текст: МОЛОКО');
  });

  it('escapes every byte so that it can be read back, and sends none to the terminal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const raw = Buffer.from(bytes).toString('latin1');
        const escaped = escapeBytes(raw);
        expect(escaped).toMatch(/^[ -~]*$/);
        const back = escaped.replace(/\\(?:\\|x([0-9a-f]{2}))/g, (_all, hex) =>
          hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
        );
        expect(back).toBe(raw);
      }),
      { numRuns: 100 },
    );
  });
});

describe('why a device is not reached', () => {
  it.each([
    ['serial:/dev/ttyUSB0', 'добавьте пользователя в группу dialout'],
    ['serial:/dev/serial/by-id/usb-x', 'добавьте пользователя в группу dialout'],
    ['file:/dev/usb/lp0', 'добавьте пользователя в группу lp'],
    ['file:/home/x/paper.bin', 'проверьте права на файл'],
  ])('no permission for %s', (url, remedy) => {
    expect(faultText('permissionDenied', url)).toBe(`нет доступа: ${remedy}`);
  });

  it('says it without English for every other reason', () => {
    for (const fault of ['noDevice', 'busy', 'notTty', 'refused', 'unreachable', 'timeout', 'lost', 'other'] as const) {
      expect(faultText(fault, 'tcp:192.0.2.1:1')).toMatch(/^[а-яё ,:]+$/);
    }
  });
});

describe('what is configured and seen', () => {
  it('lists the ports of the machine and the state of each path', () => {
    const dev = join(root, 'dev');
    mkdirSync(join(dev, 'serial/by-id'), { recursive: true });
    mkdirSync(join(dev, 'usb'));
    writeFileSync(join(dev, 'ttyACM0'), '');
    symlinkSync('../../ttyACM0', join(dev, 'serial/by-id/usb-Scanner'));
    for (const name of ['lp0', 'hiddev0']) writeFileSync(join(dev, 'usb', name), '');
    const settings = settingsOf({
      scanner: { url: `serial:${join(dev, 'serial/by-id/usb-Scanner')}` },
      scanners: [{ url: `serial:${join(dev, 'gone')}` }],
      printer: { url: 'tcp:192.0.2.1:9100', profile: 'xprinter-58' },
    });
    const inventory = takeInventory(root, settings, false, dev);
    expect(inventory.seen).toEqual({
      serial: [{ path: join(dev, 'serial/by-id/usb-Scanner'), target: 'ttyACM0' }],
      usbPrinters: [{ path: join(dev, 'usb/lp0'), target: null }],
    });
    expect(inventory.devices.map(({ kind, number, state, problem }) => [kind, number, state, problem])).toEqual([
      ['scanner', 1, 'present', null],
      ['scanner', 2, 'unavailable', 'устройства нет: проверьте кабель и путь'],
      ['printer', 1, 'notChecked', null],
      ['display', 1, 'none', null],
    ]);
    expect(inventory.printer).toMatchObject({ columns: 32 });
    expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
  });

  it('shows the printer as the settings describe it: the number read from the test sheet', () => {
    const settings = settingsOf({ printer: { codepage: 'cp1251', codepageNumber: 28, columns: 42, status: 'asb' } });
    expect(takeInventory(root, settings, true, root).printer).toEqual({
      columns: 42,
      codepage: 'cp1251 n=28',
      status: 'asb',
    });
  });

  it('is empty where there is no such folder', () => {
    const { seen } = takeInventory(root, defaultSettings, true, join(root, 'nothing'));
    expect(seen).toEqual({ serial: [], usbPrinters: [] });
  });
});

describe('settings of devices', () => {
  it.each([
    [{ display: { profile: 'vfd' } }, 'display.profile: "vfd": допустимо: cd5220, epson-vfd'],
    [{ printer: { profile: 'epson' } }, 'printer.profile: "epson": допустимо: epson-tm'],
    [
      { scanner: { url: 'serial:/dev/ttyS0?baud=12345' } },
      'scanner.url: "serial:/dev/ttyS0?baud=12345": Неверный адрес',
    ],
    [{ scanners: [{ url: 'none' }, { url: 'tcp:h:99999' }] }, 'scanners.[1].url: "tcp:h:99999": Неверный адрес'],
    [{ display: { url: 'serial:/dev/ttyS1?x=1' } }, 'допустимы baud и flow'],
    [{ printer: { codepage: 'cp1251' } }, 'printer.codepage: "cp1251": укажите и printer.codepageNumber'],
  ])('%j names key, value and what is allowed', (json, text) => {
    const problem = problemOfDevices(root, settingsOf(json));
    expect(problem && describeProblem(problem)).toContain(text);
    expect(problem?.line).toBeGreaterThan(1);
  });

  it('has nothing against the defaults', () => {
    expect(problemOfDevices(root, defaultSettings)).toBeNull();
  });
});

describe('kassa devices --json', () => {
  async function run(folder = root) {
    const output = { out: '', err: '' };
    const code = await runDevices({
      root: folder,
      json: true,
      stdout: { write: (text) => (output.out += text) },
      stderr: { write: (text) => (output.err += text) },
    });
    return { code, ...output };
  }

  it('prints one object, and creates nothing', async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.indexOf('\n')).toBe(out.length - 1);
    expect(JSON.parse(out)).toMatchObject({ root, isRegisterRunning: false, devices: [{ kind: 'scanner' }, {}, {}] });
    expect(readdirSync(root)).toEqual([]);
  });

  it('tells that the register runs, as long as it does', async () => {
    const release = takeRootLock(join(root, 'cash/data/lock.db'));
    expect(JSON.parse((await run()).out)).toMatchObject({ isRegisterRunning: true });
    release?.();
    expect(JSON.parse((await run()).out)).toMatchObject({ isRegisterRunning: false });
  });

  it('ends with 2 without a root and with 3 for wrong settings', async () => {
    expect(await run(join(root, 'typo'))).toMatchObject({ code: 2, out: '', err: expect.stringContaining('typo') });
    settingsOf({ display: { profile: 'vfd' } });
    expect(await run()).toMatchObject({ code: 3, out: '', err: expect.stringContaining('display.profile: "vfd"') });
    writeFileSync(join(root, 'cash/conf/kassa.json'), '{"printer": {"url": "lpt1"}}');
    expect(await run()).toMatchObject({ code: 3, out: '', err: expect.stringContaining('printer.url') });
  });
});

describe('the page', () => {
  function model(patch: Partial<DevicesModel>): DevicesModel {
    const inventory = takeInventory('/linuxcash', defaultSettings, false, join(root, 'nothing'));
    return { inventory, live: [], scans: [], message: '', ...patch };
  }

  it('shows the whole of a marking code, and scans however many devices and ports there are', () => {
    const settings = settingsOf({ scanners: Array.from({ length: 4 }, () => ({ url: 'tcp:192.0.2.1:1' })) });
    const inventory = takeInventory('/linuxcash', settings, true, join(root, 'nothing'));
    inventory.seen.serial = Array.from({ length: 12 }, (_, n) => ({ path: `/dev/serial/by-id/p${n}`, target: null }));
    const mark = `]d2010481000000001821ABC1234567890\x1d91ABCD\x1d92${'k'.repeat(43)}=`;
    const scan = { time: '10:00:00', source: 'Сканер 1', ...described(mark) };
    const shown = drawDevices(model({ inventory, scans: [scan] }), 80, 24).text();
    expect(shown).toHaveLength(24);
    expect(shown.map((row) => row.trim()).join('')).toContain(escapeBytes(mark));
    expect(shown.join('\n')).toContain('код маркировки');
    expect(shown.at(-1)).toContain('ESC Выход');
  });

  it('tells how many ports it has no room for', () => {
    const inventory = takeInventory('/linuxcash', defaultSettings, false, join(root, 'nothing'));
    inventory.seen.serial = Array.from({ length: 9 }, (_, n) => ({
      path: `/dev/serial/by-id/p${n}`,
      target: `ttyUSB${n}`,
    }));
    const shown = drawDevices(model({ inventory }), 80, 24).text().join('\n');
    expect(shown).toContain('/dev/serial/by-id/p2 -> ttyUSB2');
    expect(shown).not.toContain('p3');
    expect(shown).toContain('и еще 6');
  });

  it('shows an error as such while it lasts, and remembers it afterwards', () => {
    const settings = settingsOf({ scanner: { url: 'serial:/dev/null/x' } });
    const inventory = takeInventory('/linuxcash', settings, false, join(root, 'nothing'));
    const live = {
      kind: 'scanner',
      number: 1,
      state: 'нет связи',
      lastFault: 'permissionDenied',
      counters: 'сканов 7',
    } as const;
    const down = drawDevices(model({ inventory, live: [{ ...live, isWell: false }] }), 80, 24);
    const row = down
      .text()
      .findIndex((text) => text.includes(' ошибка: нет доступа: добавьте пользователя в группу dialout'));
    expect(down.styleAt(row + 1, 6)).toBe('error');
    const well = drawDevices(model({ inventory, live: [{ ...live, state: 'готов', isWell: true }] }), 80, 24);
    expect(well.text().join('\n')).toContain('готов; сканов 7');
    expect(well.text().join('\n')).toContain('была ошибка: нет доступа');
  });
});

import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProviderSettings } from '../../../src/app/provider-settings.ts';
import { VirtualClock } from '../../../src/emulators/clock.ts';
import { createLog } from '../../../src/log/terminal-log.ts';
import { drivers } from '../../../src/payments/registry.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { oplatiFiles } from '../../oplati-files.ts';
import { removeFolder } from '../../remove-folder.ts';
import { shopClock } from '../../shop-clock.ts';
import { TEST_CERTIFICATE } from '../payments/tls-fixture.ts';

let root: string;
let version = 0;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-providers-'));
});
afterEach(() => removeFolder(root));

/** An edited file has another time of change, also when the test is faster than the disk's clock. */
function write(text: string, path = oplatiFiles(root).conf): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, ++version, version);
}

function open() {
  const world = shopClock(new VirtualClock(0));
  // As the till wires them: the log asks for the secrets of the very files it is told about.
  const settings: ProviderSettings = new ProviderSettings(drivers, pathsOf(root).paysystems, world, {}, (level, text) =>
    log[level]('settings', text),
  );
  const log = createLog({ root, utcOffsetMinutes: 0, secrets: () => settings.secrets(), now: () => 0 });
  const lines = () => readFileSync(pathsOf(root).terminalLog, 'utf8').split('\n').slice(0, -1);
  return { settings, log, lines };
}

it('a broken oplati.conf is told in the log with line, value and what is allowed, once for every change', async () => {
  write('[Main]\nregNum = OPL1\nmode = 7\n');
  const { settings, log, lines } = open();
  for (let look = 0; look < 3; look++)
    expect(settings.of('oplati')).toEqual({ file: 'oplati.conf', parameter: 'mode' });
  const told = expect.stringMatching(
    /ERROR settings {2}- .*oplati\.conf, строка 3, mode: недопустимое значение "7", допустимо: 0, 1 или 2$/,
  );
  expect(lines()).toEqual([told]);

  write('[Main]\nregNum = OPL1\nmode = 8\n');
  settings.of('oplati');
  log.info('kassa', 'другая строка');
  expect(lines()).toHaveLength(3);
  expect(lines()[1]).toContain('недопустимое значение "8"');
  await log.close();
});

it('unknown keys and lines that cannot be read do not stop the register, and no longer pass in silence', async () => {
  write('[Main]\nregNum = OPL1\ntimout = 5\nmode 2\npassword = kanarejka\n');
  const { settings, log, lines } = open();
  settings.of('oplati');
  expect(settings.of('oplati')).toHaveProperty('settings');
  expect(lines()).toEqual([
    expect.stringMatching(/WARN {2}settings {2}- Настройки: .*строка 3, timout: неизвестный параметр/),
    expect.stringMatching(/WARN {2}settings {2}- Настройки: .*строка 4, mode: строка не читается/),
  ]);
  expect(lines().join()).not.toContain('kanarejka');
  await log.close();
});

it.each([
  ['serial:/dev/x?baud=3', 'assist.conf', 'readerUrl'],
  ['com1', 'assist.conf', 'readerUrl'],
  ['file:/dev/x', 'assist.conf', 'readerUrl'],
])('a card reader at %s is refused when the file is read, not at the first buyer', (url, file, parameter) => {
  write(`[Main]\nreaderUrl = "${url}"\n`, join(pathsOf(root).paysystems, 'assist', 'assist.conf'));
  const { settings, lines } = open();
  expect(settings.of('assist')).toEqual({ file, parameter });
  expect(lines()[0]).toContain(`строка 2, readerUrl: недопустимое значение "${url}", допустимо: пусто, none, serial:`);
});

it.each(['', 'none', 'serial:/dev/ttyACM0?baud=115200', 'tcp:192.0.2.7:9000'])(
  'a card reader at "%s" is taken',
  (url) => {
    write(`[Main]\nreaderUrl = "${url}"\n`, join(pathsOf(root).paysystems, 'assist', 'assist.conf'));
    expect(open().settings.of('assist')).toMatchObject({ settings: { readerUrl: url } });
  },
);

it.each([
  ['paths.result', 'orderresult.cfm', /допустимо: путь от \//],
  ['paths.cancel', '/../cancel.cfm', /без \.\.$/],
  ['sbpMode', 'both', /допустимо: .*page или direct$/],
  ['form.modeField', 'OrderNumber', /не занятое в запросе$/],
])('assist.conf: a wrong %s is told with file and key, and the system is off', (key, value, allowed) => {
  write(`[Main]\n${key} = ${value}\n`, join(pathsOf(root).paysystems, 'assist', 'assist.conf'));
  const { settings, lines } = open();
  expect(settings.of('assist')).toEqual({ file: 'assist.conf', parameter: key });
  expect(lines()[0]).toContain(`assist.conf, строка 2, ${key}: недопустимое значение "${value}"`);
  expect(lines()[0]).toMatch(allowed);
  expect(settings.faults()).toEqual([{ number: 'SYS-08', params: { файл: 'assist.conf', параметр: key } }]);
});

it('a file of certificates that cannot be used is told before anything is sent, and a mended one is believed at once', () => {
  const ca = join(root, 'ca.pem');
  write(`[Main]\nregNum = OPL1\nca = ${ca}\n`);
  const { settings } = open();
  const told = [{ number: 'SYS-08', params: { файл: 'oplati.conf', параметр: 'ca' } }];
  expect(settings.faults(), 'absent').toEqual(told);
  writeFileSync(ca, '<html>');
  expect(settings.faults(), 'no PEM').toEqual(told);
  expect(settings.of('oplati')).toHaveProperty('settings');
  writeFileSync(ca, TEST_CERTIFICATE);
  expect(settings.faults()).toEqual([]);
});

describe('HTTPS_PROXY', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('that nobody can understand is told once for all systems; a system with a proxy of its own does not care', () => {
    vi.stubEnv('https_proxy', '');
    vi.stubEnv('HTTPS_PROXY', 'socks5://proxy:1080');
    write('[Main]\nregNum = OPL1\n');
    const { settings } = open();
    expect(settings.faults()).toEqual([{ number: 'SYS-08', params: { файл: 'окружение', параметр: 'HTTPS_PROXY' } }]);
    write('[Main]\nregNum = OPL1\nproxy = none\n');
    expect(settings.faults()).toEqual([]);
  });

  it('its password is masked in the log like that of a file', async () => {
    vi.stubEnv('HTTPS_PROXY', 'shop:kana%40rejka@proxy:3128');
    const { log, lines } = open();
    log.info('kassa', 'kana@rejka, kana%40rejka');
    log.info('kassa', Buffer.from('shop:kana@rejka').toString('base64'));
    await log.close();
    expect(lines()).toHaveLength(2);
    expect(lines().join()).not.toMatch(/kana|c2hvcD/);
  });
});

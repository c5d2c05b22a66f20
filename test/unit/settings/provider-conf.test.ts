import { lstatSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oplatiConf } from '../../../src/payments/providers/oplati/conf.ts';
import { paymasterConf } from '../../../src/payments/providers/paymaster/conf.ts';
import { editMain, iniValue, readMain } from '../../../src/settings/ini-text.ts';
import { readProviderConf, writeProviderConf } from '../../../src/settings/provider-conf.ts';
import { removeFolder } from '../../remove-folder.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-oplati-'));
  path = join(folder, 'oplati.conf');
});
afterEach(() => removeFolder(folder));

const defaults = {
  proxy: '',
  noProxy: '',
  ca: '',
  lookupTimeout: '3',
  connectTimeout: '3',
  tlsTimeout: '5',
  url: 'http://localhost',
  timeout: '10',
  regNum: '',
  mode: '0',
  password: '',
  absenceProofSeconds: '75',
  reversalOrderNumber: 'unique',
  'paths.token': '/pos/tokens',
  'headers.token': 'token',
  'paymentMode.0': '1',
  'paymentMode.1': '2',
  'paymentMode.2': '3',
  'fields.confirmCode': 'confirmCode',
  'fields.buyerQr': 'consumerQr',
  'fields.cardNumber': 'cardNumber',
};

function readConf() {
  const read = readProviderConf(path, oplatiConf);
  if ('problem' in read) return read;
  const { value, warnings } = read.reading;
  return { conf: Object.fromEntries(oplatiConf.keys.map(({ name }) => [name, value(name)])), warnings };
}

function read(text: string) {
  writeFileSync(path, text);
  return readConf();
}

function write(changes: Record<string, string>) {
  return writeProviderConf(path, oplatiConf, changes);
}

it('names that О!плати does not publish are read, and those that stand for something else refused', () => {
  const text =
    '[Main]\npaths.token = /pos/t\nheaders.token = X-Pos\npaymentMode.0 = 2\npaymentMode.1 = 1\nfields.buyerQr = qr\n';
  writeFileSync(path, text);
  const found = readProviderConf(path, oplatiConf);
  expect('reading' in found && oplatiConf.settingsOf(found.reading.value)).toMatchObject({
    tokenPath: '/pos/t',
    tokenHeader: 'X-Pos',
    paymentModes: { 0: 2, 1: 1, 2: 3 },
    buyerQrField: 'qr',
  });
  for (const line of [
    'paths.token = pos/tokens',
    'headers.token = RegNum',
    'headers.token = Content-Type',
    'headers.token = a:b',
    'paymentMode.1 = 1',
    'paymentMode.2 = x',
    'fields.confirmCode = sessionId',
    'fields.buyerQr = payment mode',
    'fields.cardNumber = programName',
  ]) {
    expect(read(`[Main]\n${line}\n`)).toMatchObject({ problem: { parameter: line.split(' ')[0], line: 2 } });
  }
});

// Incident: every СБП payment was refused (PM-15).
it('two values that contradict each other: the second one is named', () => {
  const limits = (minimum: string, maximum: string) => {
    writeFileSync(path, `[Main]\nmaximumSum = ${maximum}\nminimumSum = ${minimum}\n`);
    return readProviderConf(path, paymasterConf);
  };
  expect(limits('10', '5')).toMatchObject({ problem: { parameter: 'maximumSum', line: 2 } });
  expect(limits('10', '10')).toHaveProperty('reading');
});

describe('reading oplati.conf', () => {
  it('gives the documented defaults for an absent file and for the documented text', () => {
    expect(readConf()).toEqual({ conf: defaults, warnings: [] });
    expect(read(oplatiConf.text)).toEqual({ conf: defaults, warnings: [] });
  });

  it('reads what the engineer wrote, remarks behind a value included', () => {
    const text =
      '[Main]\r\nurl = https://pay.example:8443/x ; основной\r\ntimeout=25\r\nregNum = OPL000000001\r\nmode = 2\r\n';
    expect(read(text)).toEqual({
      conf: { ...defaults, url: 'https://pay.example:8443/x', timeout: '25', regNum: 'OPL000000001', mode: '2' },
      warnings: [],
    });
  });

  it.each([
    ['mode = 5', 'mode', '0, 1 или 2'],
    ['mode =', 'mode', '0, 1 или 2'],
    ['mode', 'mode', '0, 1 или 2'],
    ['timeout = abc', 'timeout', 'от 1 до 600'],
    ['timeout = 0', 'timeout', 'от 1 до 600'],
    ['timeout = -5', 'timeout', 'от 1 до 600'],
    ['timeout = 1.5', 'timeout', 'от 1 до 600'],
    ['url = ftp://localhost', 'url', 'http'],
    ['url = localhost', 'url', 'http'],
    ['url = http://', 'url', 'http'],
    ['regNum = "a b"', 'regNum', 'до 64'],
    ['regNum = касса', 'regNum', 'до 64'],
    ['absenceProofSeconds = 0', 'absenceProofSeconds', 'от 1 до 3600'],
  ])('refuses %s and names file, line and key', (line, key, allowed) => {
    expect(read(`[Main]\n; ${key} = 1\n${line}\n`)).toEqual({
      problem: { file: path, line: 3, parameter: key, text: expect.stringContaining(allowed) },
    });
  });

  it('refuses a known key outside of [Main], where it would be without effect', () => {
    expect(read('url = https://pay.example\n[Main]\nmode = 1\n')).toMatchObject({
      problem: { parameter: 'url', line: 1, text: 'параметр указан вне раздела [Main]' },
    });
    expect(read('[main]\nmode = 1\n')).toMatchObject({ problem: { parameter: 'mode', line: 2 } });
  });

  it('does not repeat a refused password', () => {
    expect(JSON.stringify(read('[Main]\npassword = пароль-канарейка\n'))).not.toContain('канарейка');
  });

  it('warns of keys it does not know and of unencrypted transport to another machine', () => {
    expect(read('[Main]\ntimout = 5\nurl = http://192.0.2.1\n')).toMatchObject({
      warnings: [
        { file: path, line: 2, parameter: 'timout', text: 'неизвестный параметр, строка не действует' },
        { line: 3, parameter: 'url', text: expect.stringContaining('без шифрования') },
      ],
    });
    expect(read('[Main]\nurl = http://127.0.0.1:5000\n')).toMatchObject({ warnings: [] });
  });
});

describe('a line of oplati.conf without effect', () => {
  it('is told with its number: a mistyped key and a forgotten = once passed in silence', () => {
    const text = [
      '; head',
      '[Main]',
      'regnum = OPL1',
      'url https://pay.example',
      '"mode" = 1',
      '[Other]',
      'timout = 5',
    ];
    expect(read(text.join('\r\n'))).toMatchObject({
      warnings: [
        { line: 3, parameter: 'regnum', text: 'неизвестный параметр, строка не действует' },
        { line: 4, parameter: 'url', text: 'строка не читается, ожидается: параметр = значение' },
        { line: 7, parameter: 'timout', text: 'параметр указан вне раздела [Main], он не действует' },
      ],
    });
  });

  it('does not give away what stands in it: it may be a password', () => {
    const told = JSON.stringify(
      read('[Main]\npassword kanarejka\nkanarejka\nключ-kanarejka = x\nsecret = kanarejka\n'),
    );
    expect(told).not.toContain('kanarejka');
    expect(told).toContain('"parameter":"password"');
  });
});

it('a refused value is shown, but no secret and no user of an address', () => {
  expect(read('[Main]\nmode = 5\n')).toMatchObject({
    problem: { text: 'недопустимое значение "5", допустимо: 0, 1 или 2' },
  });
  expect(read('[Main]\nurl = ftp://kassa:kanarejka@pay.example\n')).toMatchObject({
    problem: { text: expect.stringContaining('недопустимое значение "ftp://***@pay.example"') },
  });
});

describe('writing oplati.conf', () => {
  it('makes the documented text and uncomments the key', () => {
    expect(write({ mode: '2' })).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe(oplatiConf.text.replace(';mode = 0', 'mode = 2'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(write({ mode: '1', regNum: 'OPL1' })).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe(
      oplatiConf.text.replace(';mode = 0', 'mode = 1').replace(';regNum =', 'regNum = OPL1'),
    );
    expect(readdirSync(folder)).toEqual(['oplati.conf']);
  });

  it('adds an unmentioned key at the end of [Main], not of the file', () => {
    writeFileSync(path, '; head\n[Main]\nurl = http://localhost\n\n[Other]\nmode = 9\n');
    write({ mode: '1' });
    expect(readFileSync(path, 'utf8')).toBe('; head\n[Main]\nurl = http://localhost\nmode = 1\n\n[Other]\nmode = 9\n');
  });

  // Incident: it was lost with the value.
  it('keeps what the engineer wrote behind a value', () => {
    writeFileSync(path, '[Main]\r\nmode = 2   ; с 1 мая, Петров\r\nregNum=OPL1 # зал\r\n');
    write({ mode: '0' });
    write({ regNum: 'OPL2' });
    expect(readFileSync(path, 'utf8')).toBe('[Main]\r\nmode = 0   ; с 1 мая, Петров\r\nregNum = OPL2 # зал\r\n');
    const quoted = editMain('[Main]\nkey = 1 ; one\n', 'key', 'a;b');
    expect(quoted).toBe('[Main]\n; one\nkey = "a;b"\n');
  });

  it('keeps the file mode, a link to the file, and comments in an old code page', () => {
    const target = join(folder, 'shared.conf');
    const bytes = Buffer.concat([
      Buffer.from('[Main]\r\n; '),
      Buffer.from([0xca, 0xe0, 0xf1, 0xa0]),
      Buffer.from('\r\nmode=0'),
    ]);
    writeFileSync(target, bytes, { mode: 0o600 });
    symlinkSync(target, path);
    write({ mode: '2' });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(readFileSync(target).toString('latin1')).toBe(bytes.toString('latin1').replace('mode=0', 'mode = 2'));
  });

  it('does not write what it would refuse to read', () => {
    writeFileSync(path, '[Main]\nmode = 1\n');
    expect(write({ mode: '0', timeout: '0' })).toMatchObject({ parameter: 'timeout' });
    expect(readFileSync(path, 'utf8')).toBe('[Main]\nmode = 1\n');
  });
});

describe('an edited line', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'ab ;#"\'\\=[]\n\r\t\u2028\u00a0я'), maxLength: 12 }),
    fc.constantFrom('true', 'null', '', '"', "'", '""', "'a'", '"a', '\\', '__proto__'),
  );
  const otherLine = fc.constantFrom(
    '; Адрес сервера',
    ';url = http://localhost',
    '; key is not this',
    '#key=1',
    'keyring = 5',
    'other=x ; y',
    '',
    '   ',
    '[Other]',
    '[Main]',
    '[Main] ',
    'junk',
  );
  const keyLine = fc.constantFrom(';key = 0', 'key=1', '  key = 2 ; old', 'key', ';  key = 3', '; key=4');
  const file = fc
    .tuple(
      fc.array(fc.oneof({ weight: 4, arbitrary: otherLine }, { weight: 1, arbitrary: keyLine }), { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
    )
    .map(([lines, end, isClosed]) => lines.join(end) + (isClosed && lines.length > 0 ? end : ''));

  it('reads back as the value that was written, whatever the value and the file', () => {
    fc.assert(
      fc.property(file, value, (text, wanted) => {
        const wellFormed = Buffer.from(wanted, 'utf8').toString('utf8');
        expect(readMain(editMain(text, 'key', wellFormed)).values.get('key')).toBe(wellFormed);
      }),
      { numRuns: 1500 },
    );
  });

  it('is the only line that changes or comes, byte for byte', () => {
    fc.assert(
      fc.property(file, value, (text, wanted) => {
        const before = text.split(/(?<=\n)/);
        const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
        const ours = `key = ${iniValue(wanted)}`;
        const closed = (part: string) => (part === '' || part.endsWith('\n') ? part : part + lineEnd);
        const replaced = before.flatMap((line, index) => {
          if (!/^[ ;]*key *(?:=|[\r\n]|$)/.test(line)) return [];
          const end = /[\r\n]+$/.exec(line)?.[0] ?? '';
          const comment = line.includes(' ; old') ? ' ; old' : '';
          const isPlain = iniValue(wanted) === wanted;
          const above = comment === '' || isPlain ? '' : `; old${end || lineEnd}`;
          return [before.with(index, `${above}${ours}${isPlain ? comment : ''}${end}`).join('')];
        });
        const inserted = before.map(
          (_line, index) =>
            `${closed(before.slice(0, index + 1).join(''))}${ours}${lineEnd}${before.slice(index + 1).join('')}`,
        );
        const appended = `${closed(text)}[Main]${lineEnd}${ours}${lineEnd}`;
        expect([...replaced, ...inserted, appended]).toContain(editMain(text, 'key', wanted));
      }),
      { numRuns: 1500 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandLine, parseCommandLine } from '../../../src/cli/commands.ts';

function parse(line: string): CommandLine {
  return parseCommandLine(line.split(' ').filter((word) => word !== ''));
}

function parsed(line: string) {
  const result = parse(line);
  if (!('run' in result)) throw new Error(JSON.stringify(result));
  return { run: result.run, ...result.parsed, switches: [...result.parsed.switches] };
}

const none = { positionals: {}, texts: {}, numbers: {}, switches: [] };

describe('the command line', () => {
  it.each([
    ['demo', { run: 'demo', ...none }],
    [
      'demo --fresh --root var/x --oplati-mode 2 --buyer no-card',
      {
        ...none,
        run: 'demo',
        texts: { root: 'var/x', buyer: 'no-card' },
        numbers: { 'oplati-mode': 2 },
        switches: ['fresh'],
      },
    ],
    [
      'run --root=/linuxcash --scanner serial:/dev/ttyS0?baud=9600 --printer tcp:192.0.2.7:9100 --display none',
      {
        ...none,
        run: 'run',
        texts: {
          root: '/linuxcash',
          scanner: 'serial:/dev/ttyS0?baud=9600',
          printer: 'tcp:192.0.2.7:9100',
          display: 'none',
        },
      },
    ],
    [
      'demo --oplati-url http://127.0.0.1:5000 --paymaster-url https://pay.example --assist-url http://localhost',
      {
        ...none,
        run: 'demo',
        texts: {
          'oplati-url': 'http://127.0.0.1:5000',
          'paymaster-url': 'https://pay.example',
          'assist-url': 'http://localhost',
        },
      },
    ],
    [
      'emulator paymaster --port 0 --buyer slow',
      {
        run: 'emulator',
        positionals: { server: 'paymaster' },
        texts: { buyer: 'slow' },
        numbers: { port: 0 },
        switches: [],
      },
    ],
    [
      'emulator printer --tty --paper 30 --columns 32',
      {
        run: 'emulator',
        positionals: { server: 'printer' },
        texts: {},
        numbers: { paper: 30, columns: 32 },
        switches: ['tty'],
      },
    ],
    [
      'preview oplat --document 7 --columns 42 --root r',
      {
        run: 'preview',
        positionals: { template: 'oplat' },
        texts: { root: 'r' },
        numbers: { document: 7, columns: 42 },
        switches: [],
      },
    ],
    [
      'emulator assist --dialect usedNumber=refuse --dialect=hasQrOnRead=false',
      {
        ...none,
        run: 'emulator',
        positionals: { server: 'assist' },
        lists: { dialect: ['usedNumber=refuse', 'hasQrOnRead=false'] },
      },
    ],
    ['preview x', { ...none, run: 'preview', positionals: { template: 'x' } }],
    ['repro list', { ...none, run: 'repro', positionals: { dialog: 'list' } }],
    ['repro OPL-06 --speed', { ...none, run: 'repro', positionals: { dialog: 'OPL-06' }, switches: ['speed'] }],
    ['documents --json --root r', { ...none, run: 'documents', texts: { root: 'r' }, switches: ['json'] }],
    ['devices --json --root r', { ...none, run: 'devices', texts: { root: 'r' }, switches: ['json'] }],
    ['load goods.aif --root r', { ...none, run: 'load', positionals: { file: 'goods.aif' }, texts: { root: 'r' } }],
    ['scan 4810000000018', { ...none, run: 'scan', positionals: { code: '4810000000018' } }],
    ['scan --root r -- --buyer', { ...none, run: 'scan', positionals: { code: '--buyer' }, texts: { root: 'r' } }],
    ['scan --buyer', { ...none, run: 'scan', switches: ['buyer'] }],
  ])('%s', (line, expected) => {
    expect(parsed(line)).toEqual(expected);
  });

  it('takes values with blanks, equals signs and a leading dash', () => {
    expect(parseCommandLine(['run', '--root=-a b=c', '--printer', 'file:/tmp/x y'])).toMatchObject({
      parsed: { texts: { root: '-a b=c', printer: 'file:/tmp/x y' } },
    });
  });
});

describe('a mistake is told in Russian, with the way to the help', () => {
  it.each([
    ['demo --roote x', 'Неизвестный ключ "--roote"'],
    ['demo --roote=secret', 'Неизвестный ключ "--roote"\n'],
    ['demo -r x', 'Неизвестный ключ "-r"'],
    ['demo --', null],
    ['demo x', 'Лишнее слово: "x"'],
    ['demo --root', 'Не указано значение ключа --root. Допустимо: непустой текст'],
    ['run --scanner file:/tmp/x', 'tcp:АДРЕС:ПОРТ\n'],
    ['demo --root=', 'Не указано значение ключа --root'],
    ['demo --root --fresh', 'Не указано значение ключа --root'],
    ['demo --fresh=1', 'Ключ --fresh не имеет значения'],
    ['demo --fresh --fresh', 'Ключ --fresh указан дважды'],
    ['demo --root a --root b', 'Ключ --root указан дважды'],
    ['demo --dialect', 'Не указано значение ключа --dialect'],
    ['demo --oplati-mode 3', 'Допустимо: 0, 1, 2'],
    ['demo --oplati-mode 01', 'Допустимо: 0, 1, 2'],
    ['demo --buyer bob', 'Допустимо: pays, declines, poor, silent, slow, expired, no-card'],
    ['run --fresh', 'Неизвестный ключ "--fresh"'],
    ['run --scanner COM1', 'Допустимо: none, serial:'],
    ['run --printer tcp:host', 'Допустимо: none, serial:'],
    ['run --oplati-url localhost:80', 'адрес, начинающийся с http'],
    ['run --oplati-url http://', 'адрес, начинающийся с http'],
    ['emulator', 'Не указано: '],
    ['emulator printer --paper 0', 'целое число от 1 до 1000000'],
    ['emulator printer --columns 40', 'Допустимо: 32, 42, 48'],
    ['preview', 'Не указано: sale | return | copy | annulled | cancelled | oplati | payment | oplat | x | z'],
    ['preview check --document 1', 'Недопустимое значение: "check"'],
    ['preview sale --document 0', 'целое число от 1'],
    ['emulator visa', 'Недопустимое значение: "visa"'],
    ['emulator oplati --port 65536', 'целое число от 0 до 65535'],
    ['emulator oplati --port -1', 'целое число от 0 до 65535'],
    ['emulator oplati --port 1e3', 'целое число от 0 до 65535'],
    ['load', 'Не указано: FILE'],
    ['scan', 'Укажите одно из: CODE, --buyer'],
    ['scan 1 --buyer', 'Укажите одно из: CODE, --buyer'],
    ['sell', 'Неизвестная команда "sell"'],
    ['--root x', 'Неизвестная команда "--root"'],
    ['constructor', 'Неизвестная команда'],
  ])('%s', (line, text) => {
    const result = parse(line);
    if (text === null) {
      expect(result).toHaveProperty('run');
      return;
    }
    if (!('usageError' in result)) throw new Error(JSON.stringify(result));
    expect(result.usageError).toContain(text);
    expect(result.usageError).toMatch(/--help\n$/);
  });

  it.each(['oplati', 'paymaster', 'assist', 'printer', 'reader', 'softpos'])(
    'the emulator "%s" is among them',
    (name) => {
      const result = parse('emulator');
      if (!('usageError' in result)) throw new Error(JSON.stringify(result));
      expect(result.usageError.split(/[\s|]+/)).toContain(name);
    },
  );

  it('never sends escapes back to the terminal', () => {
    for (const argv of [
      ['\u001b[2J'],
      ['demo', '\u001b[2J'],
      ['demo', '--\u009b2J'],
      ['demo', '--buyer', '\u001b]0;x\u0007'],
    ]) {
      const result = parseCommandLine(argv);
      expect('usageError' in result && result.usageError).not.toMatch(/[\u001b\u009b\u0007]/);
      expect(result).toHaveProperty('usageError');
    }
  });
});

describe('help', () => {
  it('lists every command, and is what an empty command line is answered with', () => {
    for (const line of ['--help', '-h', 'help']) {
      const result = parse(line);
      for (const { name } of COMMANDS) expect('help' in result && result.help).toContain(`\n  ${name} `);
    }
    expect(parse('')).toEqual({ usageError: expect.stringContaining('kassa КОМАНДА') });
    expect(parse('--version')).toEqual({ version: true });
  });

  it('of a command names each of its flags, whatever else was typed, inside 80 columns', () => {
    for (const { name, flags } of COMMANDS) {
      const result = parse(`${name} --help --nonsense`);
      if (!('help' in result)) throw new Error(name);
      for (const flag of flags) expect(result.help).toContain(`--${flag.name}`);
      for (const line of result.help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      expect(parse(`help ${name}`)).toEqual(result);
    }
  });
});

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, type LogOptions } from '../../../src/log/terminal-log.ts';
import { removeFolder } from '../../remove-folder.ts';

let root: string;
let path: string;
let archive: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-log-'));
  path = join(root, 'logs', 'current', 'terminal.log');
  archive = join(root, 'logs', 'archive', 'logs');
});
afterEach(() => removeFolder(root));

const TIME = Date.UTC(2023, 7, 22, 14, 14, 5, 123);

function open(options: Partial<LogOptions> = {}) {
  return createLog({ root, utcOffsetMinutes: 180, secrets: () => [], now: () => TIME, ...options });
}

const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const messages = () => lines().map((line) => line.slice(line.indexOf('  - ') + 4));

describe('terminal.log', () => {
  it('has the shape of the modelled program', () => {
    const log = open();
    log.info('authentication', 'Активация контекста авторизации кассира');
    log.warn('businesslogic', "Товар со штрих-кодом '4810000009998' не найден");
    log.error('dialog', 'Диалог сообщение: OPL-01 Ошибка соединения с сервером');
    log.flush();
    expect(readFileSync(path, 'utf8')).toBe(
      '2023-08-22 17:14:05,123 INFO  authentication  - Активация контекста авторизации кассира\n' +
        "2023-08-22 17:14:05,123 WARN  businesslogic  - Товар со штрих-кодом '4810000009998' не найден\n" +
        '2023-08-22 17:14:05,123 ERROR dialog  - Диалог сообщение: OPL-01 Ошибка соединения с сервером\n',
    );
    expect(statSync(path).mode & 0o007).toBe(0);
  });

  it('writes the Latin letters of the modelled program when foreign scripts need them', () => {
    const log = open({ compatLatinCoo: true });
    log.error('dialog', 'Диалог сообщение: OPL-01');
    log.flush();
    expect(messages()).toEqual(['Диалог cooбщение: OPL-01']);
  });

  it('makes one record one line, whatever is in it', () => {
    const log = open();
    log.info('x', 'a\r\nb\tc\u001b[2J\u009b\u2028\u202e\ud800');
    log.flush();
    expect(messages()).toEqual(['a\\r\\nb\\tc\\u001b[2J\\u009b\\u2028\\u202e\\ud800']);
    rmSync(path);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const fresh = open();
        for (const text of texts) fresh.info('fuzz', text);
        fresh.flush();
        const written = readFileSync(path, 'utf8');
        rmSync(path);
        expect(written.split('\n')).toHaveLength(texts.length + 1);
        expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
      }),
      { numRuns: 50 },
    );
  });

  it('masks secrets of the settings as they change, secrets learnt later, keys and cards', () => {
    let secrets = ['old-password'];
    const log = open({ secrets: () => secrets });
    log.info('oplati', 'old-password new-password got-token');
    secrets = ['new-password'];
    log.addSecret('got-token');
    log.info('oplati', 'old-password new-password got-token 4111111111111111 {"consumerQr":"o-plati://x"}');
    log.flush();
    expect(messages()).toEqual([
      '*** new-password got-token',
      'old-password *** *** 411111******1111 {"consumerQr":***}',
    ]);
  });

  it('keeps the order across the moment when winston has been loaded, and writes every line once', async () => {
    const log = open({ loadAfterMs: 0 });
    let count = 0;
    const next = () => log.info('x', `line ${count++}`);
    next();
    // winston takes lines over somewhere in between; a flush may come at any moment.
    await vi.waitUntil(
      async () => {
        next();
        if (count % 3 === 0) log.flush();
        await new Promise(setImmediate);
        return count > 400;
      },
      { interval: 1, timeout: 20_000 },
    );
    next();
    await log.close();
    expect(messages()).toEqual(Array.from({ length: count }, (_, index) => `line ${index}`));
  });

  it('takes nothing after it was closed', async () => {
    const log = open();
    log.info('x', 'last');
    await log.close();
    log.info('x', 'too late');
    log.flush();
    expect(messages()).toEqual(['last']);
  });

  it('begins a new line after one that a power cut left unfinished', () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '2023-08-22 17:14:0');
    const log = open();
    log.info('x', 'next');
    log.flush();
    expect(lines()).toEqual(['2023-08-22 17:14:0', '2023-08-22 17:14:05,123 INFO  x  - next']);
  });

  it('goes on in a new file when support took the old one away', () => {
    const log = open();
    log.info('x', 'one');
    rmSync(path);
    log.info('x', 'two');
    log.flush();
    expect(messages()).toEqual(['two']);
  });

  it('survives a place it cannot write to, and counts what was lost', () => {
    writeFileSync(join(root, 'logs'), 'in the way');
    const log = open();
    log.info('x', 'one');
    log.info('x', 'two');
    rmSync(join(root, 'logs'));
    log.info('x', 'three');
    log.flush();
    expect(lines()).toEqual(['(строк потеряно: 2)', '2023-08-22 17:14:05,123 INFO  x  - three']);
  });
});

describe('a grown terminal.log', () => {
  it('goes compressed into the archive, and no line is lost or doubled', async () => {
    const log = open({ maximumBytes: 1_000 });
    for (let index = 0; index < 100; index++) log.info('x', `line ${index}`);
    await log.close();
    const archived = readdirSync(archive);
    expect(archived.length).toBeGreaterThan(3);
    expect(archived.every((name) => /^terminal-2023-08-22-171405(?:-\d+)?\.log\.gz$/.test(name))).toBe(true);
    const number = (name: string) => Number(/-(\d+)\.log/.exec(name)?.[1] ?? 1);
    const texts = archived
      .sort((a, b) => number(a.replace('171405.', '171405-1.')) - number(b.replace('171405.', '171405-1.')))
      .map((name) => gunzipSync(readFileSync(join(archive, name))).toString());
    const rest = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const all = (texts.join('') + rest).split('\n').slice(0, -1);
    expect(all.map((line) => line.slice(line.indexOf('  - ') + 4))).toEqual(
      Array.from({ length: 100 }, (_, index) => `line ${index}`),
    );
  });

  it('takes along what an earlier run left uncompressed', async () => {
    mkdirSync(archive, { recursive: true });
    writeFileSync(join(archive, 'terminal-2023-08-21-080000.log'), 'yesterday\n');
    writeFileSync(join(archive, 'terminal-2023-08-21-080000.log.gz.tmp'), 'half');
    const log = open({ maximumBytes: 10 });
    log.info('x', 'today');
    await log.close();
    expect(readdirSync(archive).sort()).toEqual([
      'terminal-2023-08-21-080000.log.gz',
      'terminal-2023-08-22-171405.log.gz',
    ]);
    const old = readFileSync(join(archive, 'terminal-2023-08-21-080000.log.gz'));
    expect(gunzipSync(old).toString()).toBe('yesterday\n');
  });

  it('grows on when there is no archive to put it into', () => {
    mkdirSync(join(root, 'logs', 'current'), { recursive: true });
    writeFileSync(join(root, 'logs', 'archive'), 'in the way');
    const log = open({ maximumBytes: 50 });
    for (let index = 0; index < 10; index++) log.info('x', `line ${index}`);
    log.flush();
    expect(messages()).toHaveLength(10);
  });
});

describe('the end of the process', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'by %s loses nothing that was logged before, in the handler too',
    async (signal) => {
      const module = fileURLToPath(new URL('../../../src/log/terminal-log.ts', import.meta.url));
      const script = `
      import { createLog } from ${JSON.stringify(module)};
      const log = createLog({ root: ${JSON.stringify(root)}, utcOffsetMinutes: 180, secrets: () => [], loadAfterMs: 0 });
      process.on('${signal}', () => { log.error('x', 'signal'); log.flush(); process.exit(0); });
      let count = 0;
      const more = () => {
        for (let i = 0; i < 5; i++) log.info('x', 'line ' + count++);
        if (count === 200) process.stdout.write('ready');
        setImmediate(more);
      };
      more();
    `;
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.once('data', () => child.kill(signal));
      const code = await new Promise((resolve) => child.once('exit', resolve));
      expect(code).toBe(0);
      const written = messages();
      expect(written.length).toBeGreaterThanOrEqual(201);
      expect(written).toEqual([...Array.from({ length: written.length - 1 }, (_, index) => `line ${index}`), 'signal']);
    },
  );
});

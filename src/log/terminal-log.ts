/** `logs/current/terminal.log` in the shape of domain.md 9: one record is one line. The only file that imports winston. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type Winston from 'winston';
import { localStamp, type UtcOffset } from '../register/local-time.ts';
import { openLogFile } from './log-file.ts';
import { currentRedactor } from './redaction.ts';

/** Never throws, never waits. Text is Russian where the modelled program's is; secrets and card numbers are masked. */
export interface Log {
  info(logger: string, text: string): void;
  warn(logger: string, text: string): void;
  error(logger: string, text: string): void;
  /** A secret learnt on the way (a token just received). */
  addSecret(value: string): void;
  /** Everything logged so far is handed to the operating system when this returns; usable in a signal handler. */
  flush(): void;
  close(): Promise<void>;
}

export interface LogOptions {
  root: string;
  utcOffsetMinutes: UtcOffset;
  /** Asked at every record: settings may change while the program runs. */
  secrets(): readonly string[];
  /** JSON fields whose values are masked besides those that always are. */
  secretFields?(): readonly string[];
  now?(): number;
  /** `cooбщение` with Latin letters, as the modelled program writes it, for foreign scripts. */
  compatLatinCoo?: boolean;
  maximumBytes?: number;
  /** winston is loaded so long after the first record. */
  loadAfterMs?: number;
  /** Default: the package. */
  importWinston?(): Promise<Pick<typeof Winston, 'createLogger' | 'format' | 'transports'>>;
}

type Level = 'info' | 'warn' | 'error';

const MAXIMUM_BYTES = 10_000_000;
// The start must be fast, and winston costs a third of a second of it.
const LOAD_AFTER_MS = 3_000;
/** What winston itself requires, heaviest first. Loaded one by one: in one go every key would wait 50-190 ms for it. */
const WINSTON_PARTS = ['@dabh/diagnostics', 'logform', 'winston-transport', 'async/forEach', 'safe-stable-stringify'];
const MAXIMUM_RECORD_CHARACTERS = 8_000;

/** Opens nothing yet: the first record makes the file. */
export function createLog(options: LogOptions): Log {
  const { root, utcOffsetMinutes, now = Date.now } = options;
  const localTime = () => localStamp(now(), utcOffsetMinutes);
  const file = openLogFile(
    join(root, 'logs', 'current', 'terminal.log'),
    join(root, 'logs', 'archive', 'logs'),
    options.maximumBytes ?? MAXIMUM_BYTES,
    () => localTime().slice(0, 19).replace('T', '-').replaceAll(':', ''),
  );
  const learnt = new Set<string>();
  const redactor = currentRedactor(
    () => [...options.secrets(), ...learnt],
    () => options.secretFields?.() ?? [],
  );
  /** Handed to winston and not yet written by it. */
  const underway: string[] = [];
  /** Written by `flush` while winston still held them: not to be written twice. */
  let alreadyWritten = 0;
  let winston: Winston.Logger | null = null;
  let loading = Promise.resolve();
  let loadTimer: NodeJS.Timeout | null = null;
  let isClosed = false;

  const fileStream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      if (alreadyWritten > 0) alreadyWritten--;
      else {
        underway.shift();
        file.append(line);
      }
      done();
    },
  });

  function put(level: Level, logger: string, text: string): void {
    if (isClosed) return;
    const wording = options.compatLatinCoo ? text.replace(/^Диалог сообщение/, 'Диалог cooбщение') : text;
    const time = localTime().replace('T', ' ').replace('.', ',').slice(0, 23);
    const message = oneLine(redactor()(wording)).slice(0, MAXIMUM_RECORD_CHARACTERS);
    const line = `${time} ${level.toUpperCase().padEnd(5)} ${oneLine(logger)}  - ${message}`;
    if (winston === null) {
      // Until winston is there (or if it cannot be loaded) lines go straight to the file: nothing waits in memory.
      file.append(line);
      loadTimer ??= setTimeout(startLoading, options.loadAfterMs ?? LOAD_AFTER_MS).unref();
      return;
    }
    underway.push(line);
    winston.log({ level, message: line });
  }

  function startLoading(): void {
    loading = loadWinston().catch(() => put('warn', 'log', 'winston не загружен, записи идут прямо в файл'));
  }

  async function loadWinston(): Promise<void> {
    const loadPart = createRequire(createRequire(import.meta.url).resolve('winston'));
    for (const part of WINSTON_PARTS) {
      loadPart(part);
      await new Promise((resolve) => setImmediate(resolve));
      if (isClosed) return;
    }
    const { createLogger, format, transports } = await (options.importWinston ?? (() => import('winston')))();
    if (isClosed) return;
    winston = createLogger({
      level: 'info',
      format: format.printf((record) => String(record.message)),
      transports: [new transports.Stream({ stream: fileStream, eol: '' })],
    });
  }

  function flush(): void {
    alreadyWritten += underway.length;
    for (const line of underway.splice(0)) file.append(line);
  }

  return {
    info: (logger, text) => put('info', logger, text),
    warn: (logger, text) => put('warn', logger, text),
    error: (logger, text) => put('error', logger, text),
    addSecret: (value) => void learnt.add(value),
    flush,
    async close() {
      isClosed = true;
      flush();
      if (loadTimer !== null) clearTimeout(loadTimer);
      winston?.close();
      await loading;
      await file.settled();
    },
  };
}

/**
 * Log injection (reliability.md 8): whatever could end a line, move the cursor or hide text of whoever reads the log is
 * written as an escape.
 */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
    return short[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

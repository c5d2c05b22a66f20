/** `oplati.conf` (domain.md 5.1): what the shop's engineer writes about О!плати. */
import { readFileSync, statSync } from 'node:fs';
import { writeFileAtomically } from './atomic-file.ts';
import { editMain, readMain } from './ini-text.ts';
import type { SettingsProblem } from './problem.ts';

export interface OplatiConf {
  url: string;
  timeoutSeconds: number;
  regNum: string;
  mode: 0 | 1 | 2;
  /** Ours: a register in password mode has no token. Secret. */
  password: string;
  /** Ours: absent from the shift report so long after a lost answer = not made (oplati.md 13, 16). */
  absenceProofSeconds: number;
}

/** Something that works but that somebody should look at. For the log. */
export interface OplatiConfReading {
  conf: OplatiConf;
  warnings: string[];
}

/** Written when there is no file; the module guide's own text, the brand's Latin O included. */
export const OPLATI_CONF_TEXT = `[Main]
; Настройки процессинга O!плати

; Адрес сервера
; По умолчанию http://localhost
;url = http://localhost

; Время ожидания ответа от сервера (в секундах)
; По умолчанию 10 секунд
;timeout = 10

; Регистрационный номер кассы
;regNum =

; Режим работы платежной системы O!плати
; 0 - Сканирование QR-кода покупателя (Consumer Presented Mode)
; 1 - Сканирование QR-кода мерчанта - Статический QR (Merchant Presented Mode - Static QR)
; 2 - Сканирование QR-кода мерчанта - Динамический QR (Merchant Presented Mode - Dynamic QR)
; По умолчанию 0
;mode = 0
`;

interface Key {
  name: string;
  field: keyof OplatiConf;
  absent: string;
  allowed: string;
  accept(value: string): boolean;
}

const KEYS: readonly Key[] = [
  {
    name: 'url',
    field: 'url',
    absent: 'http://localhost',
    allowed: 'адрес, начинающийся с http:// или https://',
    accept: isHttpUrl,
  },
  {
    name: 'timeout',
    field: 'timeoutSeconds',
    absent: '10',
    allowed: 'целое число секунд от 1 до 600',
    accept: (value) => isIntegerWithin(value, 1, 600),
  },
  {
    name: 'regNum',
    field: 'regNum',
    absent: '',
    allowed: 'до 64 латинских букв, цифр и знаков',
    // It becomes an HTTP header: visible ASCII only.
    accept: (value) => /^[\u0021-\u007e]{0,64}$/.test(value),
  },
  { name: 'mode', field: 'mode', absent: '0', allowed: '0, 1 или 2', accept: (value) => /^[012]$/.test(value) },
  {
    name: 'password',
    field: 'password',
    absent: '',
    allowed: 'до 200 латинских букв, цифр и знаков',
    accept: (value) => /^[\u0020-\u007e]{0,200}$/.test(value),
  },
  {
    name: 'absenceProofSeconds',
    field: 'absenceProofSeconds',
    absent: '75',
    allowed: 'целое число секунд от 1 до 3600',
    accept: (value) => isIntegerWithin(value, 1, 3600),
  },
];

/** Reads and checks the file; an absent file means the defaults. The value itself is not repeated: it may be a secret. */
export function readOplatiConf(path: string): OplatiConfReading | { problem: SettingsProblem } {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return problem(path, '', 0, 'файл не читается');
  }
  const { values, strayKeys } = readMain(text);
  const stray = strayKeys.find((key) => KEYS.some(({ name }) => name === key));
  if (stray !== undefined) return problem(path, stray, lineOf(text, stray), 'параметр указан вне раздела [Main]');
  const read = new Map<keyof OplatiConf, string>();
  for (const { name, field, absent, allowed, accept } of KEYS) {
    const value = values.get(name) ?? absent;
    if (!accept(value)) {
      return problem(path, name, lineOf(text, name), `недопустимое значение, допустимо: ${allowed}`);
    }
    read.set(field, value);
  }
  const value = (field: keyof OplatiConf) => read.get(field) ?? '';
  const mode = value('mode');
  const conf: OplatiConf = {
    url: value('url'),
    timeoutSeconds: Number(value('timeoutSeconds')),
    regNum: value('regNum'),
    mode: mode === '1' ? 1 : mode === '2' ? 2 : 0,
    password: value('password'),
    absenceProofSeconds: Number(value('absenceProofSeconds')),
  };
  const unknown = [...values.keys()].filter((key) => !KEYS.some(({ name }) => name === key));
  return { conf, warnings: [...unknown.map((key) => `неизвестный параметр ${key}`), ...transportWarnings(conf.url)] };
}

/**
 * Changes some keys and keeps the engineer's comments, order and other lines. A change that could not be read again is
 * not written; its problem is returned.
 */
export function writeOplatiConf(path: string, changes: Partial<OplatiConf>): SettingsProblem | null {
  let bytes = Buffer.from(OPLATI_CONF_TEXT);
  // A password may come to stand here, so others have no right to read a file that we make.
  let mode = 0o640;
  try {
    bytes = readFileSync(path);
    mode = statSync(path).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Edited as single bytes: comments in an old code page survive.
  let text = bytes.toString('latin1');
  for (const { name, field, allowed, accept } of KEYS) {
    const change = changes[field];
    if (change === undefined) continue;
    const value = String(change);
    if (!accept(value)) {
      return { file: path, line: 0, parameter: name, text: `недопустимое значение, допустимо: ${allowed}` };
    }
    text = editMain(text, name, Buffer.from(value, 'utf8').toString('latin1'));
  }
  writeFileAtomically(path, Buffer.from(text, 'latin1'), mode);
  return null;
}

function isHttpUrl(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || /\s/.test(value)) return false;
  return URL.canParse(value);
}

function isIntegerWithin(value: string, minimum: number, maximum: number): boolean {
  return /^\d{1,6}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
}

/** reliability.md 8: plain http only to this machine. The guide's default is http, so it is said, not refused. */
function transportWarnings(url: string): string[] {
  const { protocol, hostname } = new URL(url);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'http:' && !isLoopback ? ['url без шифрования (http) не на этой машине'] : [];
}

function lineOf(text: string, key: string): number {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.findLastIndex((line) => new RegExp(`^\\s*${key}(?:\\[\\])?\\s*(?:=|$)`).test(line)) + 1;
}

function problem(file: string, parameter: string, line: number, text: string): { problem: SettingsProblem } {
  return { problem: { file, line, parameter, text } };
}

/** A payment system's own file of settings (domain.md 5.1): what the shop's engineer writes about it. */
import { readFileSync, statSync } from 'node:fs';
import { safeText } from '../register/safe-text.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { editMain, readMain } from './ini-text.ts';
import type { SettingsProblem } from './problem.ts';

/** What may stand in such a file; each provider describes its own. */
export interface ConfDescription {
  /** Written when there is no file. */
  text: string;
  keys: readonly {
    name: string;
    absent: string;
    allowed: string;
    accept(value: string, earlier?: (name: string) => string): boolean;
  }[];
}

export interface ConfReading {
  /** Text in force of a key; '' for a name nobody knows. */
  value(name: string): string;
  /** Something that works but that somebody should look at: file, line, key. For the log. */
  warnings: SettingsProblem[];
}

/** Values of these are never repeated, whatever is wrong with them. */
const SECRET_KEY = /passw|token|secret|login/i;

/** Reads and checks the file; an absent file means the defaults. */
export function readProviderConf(
  path: string,
  { keys }: ConfDescription,
): { reading: ConfReading } | { problem: SettingsProblem } {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return problem(path, '', 0, 'файл не читается');
  }
  const { values, strayKeys } = readMain(text);
  const stray = strayKeys.find((key) => keys.some(({ name }) => name === key));
  if (stray !== undefined) return problem(path, stray, lineOf(text, stray), 'параметр указан вне раздела [Main]');
  const inForce = new Map<string, string>();
  for (const { name, absent, allowed, accept } of keys) {
    const value = values.get(name) ?? absent;
    if (!accept(value, (earlier) => inForce.get(earlier) ?? '')) {
      const shown = SECRET_KEY.test(name) ? '' : ` "${withoutUser(safeText(value, 80))}"`;
      return problem(path, name, lineOf(text, name), `недопустимое значение${shown}, допустимо: ${allowed}`);
    }
    inForce.set(name, value);
  }
  const known = keys.map(({ name }) => name);
  const warnings = [
    ...idleLines(text, known).map((idle) => ({ file: path, ...idle })),
    ...[...inForce].flatMap(([name, value]) =>
      transportWarnings(value).map((words) => ({ file: path, line: lineOf(text, name), parameter: name, text: words })),
    ),
  ];
  return { reading: { value: (name) => inForce.get(name) ?? '', warnings } };
}

/**
 * Changes some keys and keeps the engineer's comments, order and other lines. A change that could not be read again is
 * not written; its problem is returned.
 */
export function writeProviderConf(
  path: string,
  { text: absentText, keys }: ConfDescription,
  changes: Readonly<Record<string, string>>,
): SettingsProblem | null {
  let bytes = Buffer.from(absentText);
  // Secrets come to stand here, so nobody else has a right to read a file that we make.
  let mode = 0o600;
  try {
    bytes = readFileSync(path);
    mode = statSync(path).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Edited as single bytes: comments in an old code page survive.
  let text = bytes.toString('latin1');
  for (const { name, allowed, accept } of keys) {
    const value = changes[name];
    if (value === undefined) continue;
    if (!accept(value)) {
      return { file: path, line: 0, parameter: name, text: `недопустимое значение, допустимо: ${allowed}` };
    }
    text = editMain(text, name, Buffer.from(value, 'utf8').toString('latin1'));
  }
  writeFileAtomically(path, Buffer.from(text, 'latin1'), mode);
  return null;
}

/**
 * Lines that say nothing to the program: an unknown key (a typo leaves the default in force), a key outside of `[Main]`, a
 * line without `=`. What stands in them is not repeated but for a key's name: it may be a password on the wrong line.
 */
function idleLines(text: string, known: readonly string[]): Omit<SettingsProblem, 'file'>[] {
  let isMain = false;
  return text.split(/\r\n|\r|\n/).flatMap((written, index) => {
    const row = written.replace(/^\uFEFF/, '').trim();
    if (row === '' || /^[;#]/.test(row)) return [];
    const section = /^\[([^\]]*)\]$/.exec(row);
    if (section !== null) {
      isMain = section[1]?.trim() === 'Main';
      return [];
    }
    const line = index + 1;
    const equals = row.indexOf('=');
    const key = (equals < 0 ? row : row.slice(0, equals))
      .trim()
      .replace(/\[\]$/, '')
      .replace(/^(["'])(.*)\1$/, '$2');
    if (equals < 0) {
      const parameter = known.find((name) => new RegExp(`^${name}(?![\\w-])`, 'i').test(key)) ?? '';
      return [{ line, parameter, text: 'строка не читается, ожидается: параметр = значение' }];
    }
    if (isMain && known.includes(key)) return [];
    const parameter = /^[\w.-]{1,60}$/.test(key) ? key : '';
    const why = isMain
      ? 'неизвестный параметр, строка не действует'
      : 'параметр указан вне раздела [Main], он не действует';
    return [{ line, parameter, text: why }];
  });
}

/** `https://user:password@host` */
function withoutUser(value: string): string {
  return value.replace(/\/\/[^/@\s]+@/g, '//***@');
}

/** reliability.md 8: plain http only to this machine. The guide's default is http, so it is said, not refused. */
function transportWarnings(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { protocol, hostname } = new URL(value);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'http:' && !isLoopback ? ['без шифрования (http) не на этой машине'] : [];
}

function lineOf(text: string, key: string): number {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.findLastIndex((line) => new RegExp(`^\\s*${key}(?:\\[\\])?\\s*(?:=|$)`).test(line)) + 1;
}

function problem(file: string, parameter: string, line: number, text: string): { problem: SettingsProblem } {
  return { problem: { file, line, parameter, text } };
}

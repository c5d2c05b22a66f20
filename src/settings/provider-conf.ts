/** A payment system's own file of settings (domain.md 5.1): what the shop's engineer writes about it. */
import { readFileSync, statSync } from 'node:fs';
import { writeFileAtomically } from './atomic-file.ts';
import { editMain, readMain } from './ini-text.ts';
import type { SettingsProblem } from './problem.ts';

/** What may stand in such a file; each provider describes its own. */
export interface ConfDescription {
  /** Written when there is no file. */
  text: string;
  keys: readonly { name: string; absent: string; allowed: string; accept(value: string): boolean }[];
}

export interface ConfReading {
  /** Text in force of a key; '' for a name nobody knows. */
  value(name: string): string;
  /** Something that works but that somebody should look at. For the log. */
  warnings: string[];
}

/** Reads and checks the file; an absent file means the defaults. The value itself is not repeated: it may be a secret. */
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
    if (!accept(value)) {
      return problem(path, name, lineOf(text, name), `недопустимое значение, допустимо: ${allowed}`);
    }
    inForce.set(name, value);
  }
  const unknown = [...values.keys()].filter((key) => !keys.some(({ name }) => name === key));
  const warnings = [
    ...unknown.map((key) => `неизвестный параметр ${key}`),
    ...[...inForce].flatMap(([name, value]) => transportWarnings(name, value)),
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

/** reliability.md 8: plain http only to this machine. The guide's default is http, so it is said, not refused. */
function transportWarnings(name: string, value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { protocol, hostname } = new URL(value);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'http:' && !isLoopback ? [`${name} без шифрования (http) не на этой машине`] : [];
}

function lineOf(text: string, key: string): number {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.findLastIndex((line) => new RegExp(`^\\s*${key}(?:\\[\\])?\\s*(?:=|$)`).test(line)) + 1;
}

function problem(file: string, parameter: string, line: number, text: string): { problem: SettingsProblem } {
  return { problem: { file, line, parameter, text } };
}

/** Reads what stands behind a command's name. Strict: what is not known is refused, never guessed. Pure. */
import { safeText } from '../register/safe-text.ts';

export type FlagKind = 'switch' | 'text' | 'integer' | 'scannerUrl' | 'deviceUrl' | 'httpUrl';

export interface Flag {
  /** Without the dashes. */
  name: string;
  kind: FlagKind;
  /** Stands for the value in the help (`DIR`). */
  placeholder?: string;
  /** Closed list of values. */
  choices?: readonly string[];
  minimum?: number;
  maximum?: number;
  /** It may be given more than once; its values are in `lists`. */
  isRepeatable?: true;
  /** Help text, Russian. */
  text: string;
}

export interface Positional {
  name: string;
  placeholder: string;
  isRequired: boolean;
  choices?: readonly string[];
  text: string;
}

export interface CommandSpec {
  name: string;
  /** Help text, Russian. */
  summary: string;
  positionals: readonly Positional[];
  flags: readonly Flag[];
  /** Names of positionals and flags of which exactly one must be given. */
  exactlyOneOf?: readonly string[];
}

/** Values by name, each in the record of its kind; absent ones are not there. */
export interface ParsedArguments {
  positionals: Record<string, string>;
  texts: Record<string, string>;
  numbers: Record<string, number>;
  switches: ReadonlySet<string>;
  /** Of the flags that may be repeated, in the order they came; absent: none was given. */
  lists?: Record<string, readonly string[]>;
}

export type Parsing = { parsed: ParsedArguments } | { help: true } | { error: string };

// The same form as in the settings.
const DEVICE_URL =
  /^(?:none|serial:\/[^\s?]+(?:\?[a-zA-Z]+=\w+(?:&[a-zA-Z]+=\w+)*)?|tcp:(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}|file:.+)$/;

/** @param argv the words after the command's name */
export function parseArguments(argv: readonly string[], spec: CommandSpec): Parsing {
  const parsed: ParsedArguments & { switches: Set<string> } = {
    positionals: {},
    texts: {},
    numbers: {},
    switches: new Set(),
  };
  const given = new Set<string>();
  const words = [...argv];
  const plain: string[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') {
      plain.push(...words.splice(0));
    } else if (word === '--help' || word === '-h') {
      return { help: true };
    } else if (word.startsWith('-') && word !== '-') {
      const fault = takeFlag(word, words, spec, parsed, given);
      if (fault !== null) return { error: fault };
    } else {
      plain.push(word);
    }
  }
  const fault = takePositionals(plain, spec, parsed, given) ?? faultOfChoice(spec, given);
  return fault === null ? { parsed } : { error: fault };
}

/** @returns what is wrong, or null */
function takeFlag(
  word: string,
  rest: string[],
  spec: CommandSpec,
  parsed: ParsedArguments & { switches: Set<string> },
  given: Set<string>,
): string | null {
  const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = word.startsWith('--') ? spec.flags.find((each) => each.name === name) : undefined;
  if (flag === undefined) return `Неизвестный ключ ${shown(word.replace(/=.*$/s, ''))}`;
  if (given.has(name) && flag.isRepeatable !== true) return `Ключ --${name} указан дважды`;
  given.add(name);
  if (flag.kind === 'switch') {
    if (inline !== undefined) return `Ключ --${name} не имеет значения`;
    parsed.switches.add(name);
    return null;
  }
  const next = rest[0];
  const value = inline ?? (next === undefined || next.startsWith('--') ? '' : rest.shift()) ?? '';
  if (value === '') return `Не указано значение ключа --${name}. ${allowedFor(flag)}`;
  if (!isAllowed(value, flag)) return `Недопустимое значение ключа --${name}: ${shown(value)}. ${allowedFor(flag)}`;
  if (flag.isRepeatable === true) parsed.lists = { ...parsed.lists, [name]: [...(parsed.lists?.[name] ?? []), value] };
  else if (flag.kind === 'integer') parsed.numbers[name] = Number(value);
  else parsed.texts[name] = value;
  return null;
}

function takePositionals(
  words: readonly string[],
  spec: CommandSpec,
  parsed: ParsedArguments,
  given: Set<string>,
): string | null {
  for (const [index, { name, placeholder, isRequired, choices }] of spec.positionals.entries()) {
    const word = words[index];
    if (word === undefined || word === '') {
      if (isRequired) return `Не указано: ${choices?.join(' | ') ?? placeholder}`;
      continue;
    }
    if (choices !== undefined && !choices.includes(word)) {
      return `Недопустимое значение: ${shown(word)}. Допустимо: ${choices.join(', ')}`;
    }
    parsed.positionals[name] = word;
    given.add(name);
  }
  const extra = words[spec.positionals.length];
  return extra === undefined ? null : `Лишнее слово: ${shown(extra)}`;
}

function faultOfChoice(spec: CommandSpec, given: ReadonlySet<string>): string | null {
  const names = spec.exactlyOneOf;
  if (names === undefined || names.filter((name) => given.has(name)).length === 1) return null;
  const labels = names.map((name) => {
    const positional = spec.positionals.find((each) => each.name === name);
    return positional?.placeholder ?? `--${name}`;
  });
  return `Укажите одно из: ${labels.join(', ')}`;
}

function isAllowed(value: string, flag: Flag): boolean {
  if (flag.choices !== undefined) return flag.choices.includes(value);
  if (flag.kind === 'scannerUrl') return DEVICE_URL.test(value) && !value.startsWith('file:');
  if (flag.kind === 'deviceUrl') return DEVICE_URL.test(value);
  if (flag.kind === 'httpUrl') return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value);
  if (flag.kind !== 'integer') return !value.includes('\0');
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = flag;
  return /^\d{1,15}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
}

function allowedFor({ kind, choices, minimum = 0, maximum }: Flag): string {
  if (choices !== undefined) return `Допустимо: ${choices.join(', ')}`;
  if (kind === 'scannerUrl') return 'Допустимо: none, serial:/dev/...?baud=9600, tcp:АДРЕС:ПОРТ';
  if (kind === 'deviceUrl') return 'Допустимо: none, serial:/dev/...?baud=9600, tcp:АДРЕС:ПОРТ, file:ПУТЬ';
  if (kind === 'httpUrl') return 'Допустимо: адрес, начинающийся с http:// или https://';
  if (kind === 'integer') return `Допустимо: целое число от ${minimum}${maximum === undefined ? '' : ` до ${maximum}`}`;
  return 'Допустимо: непустой текст';
}

/** What was typed goes back to a terminal. */
function shown(word: string): string {
  return `"${safeText(word, 60)}"`;
}

/** What a provider's own file of settings looks like, as data: `settings/provider-conf.ts` reads and edits it. */
export interface ConfKey {
  name: string;
  /** Text in force while the key is absent. */
  absent: string;
  /** Said to the engineer about a bad value, Russian. */
  allowed: string;
  /** @param earlier value in force of a key that stands before this one: two may contradict each other. Absent = unknown */
  accept(value: string, earlier?: (name: string) => string): boolean;
}

export interface ProviderConf<Settings> {
  /** Below `cash/paysystems/`: `paymaster/paymaster.conf`. */
  file: string;
  /** Written when there is no file: every key with its default, commented, Russian. Begins with `[Main]`. */
  text: string;
  keys: readonly ConfKey[];
  /** @param value of a key, checked; never called with an unknown name */
  settingsOf(value: (name: string) => string): Settings;
}

/** A payment type that a provider brings along while it is set up; it cannot be edited or deleted (OPL-33). */
export interface Tender {
  /** Its code while the dictionaries have none of this provider and option. */
  code: number;
  shortName: string;
  name: string;
  /** Which of the provider's ways it is; null where there is but one. */
  option: string | null;
}

export function urlKey(name: string, absent: string): ConfKey {
  return {
    name,
    absent,
    allowed: 'адрес, начинающийся с http:// или https://',
    accept: (value) => value === absent || isHttpUrl(value),
  };
}

/** Visible ASCII: it becomes an HTTP header. */
export function asciiKey(name: string, most: number): ConfKey {
  return textKey(name, most, /^[\u0021-\u007e]*$/);
}

/** Visible ASCII with blanks, as people type passwords. */
export function phraseKey(name: string, most: number): ConfKey {
  return textKey(name, most, /^[\u0020-\u007e]*$/);
}

function textKey(name: string, most: number, pattern: RegExp): ConfKey {
  return {
    name,
    absent: '',
    allowed: `до ${most} латинских букв, цифр и знаков`,
    accept: (value) => value.length <= most && pattern.test(value),
  };
}

/** Whole seconds; `millisecondsOf` reads them. */
export function secondsKey(name: string, absentMs: number, least: number, most: number): ConfKey {
  return {
    name,
    absent: String(absentMs / 1000),
    allowed: `целое число секунд от ${least} до ${most}`,
    accept: (value) => isIntegerWithin(value, least, most),
  };
}

export function millisecondsOf(seconds: string): number {
  return Number(seconds) * 1000;
}

export function flagKey(name: string, absent: '0' | '1' = '0'): ConfKey {
  return { name, absent, allowed: '0 или 1', accept: (value) => /^[01]$/.test(value) };
}

/** Stands behind the server's address as it is. */
export function pathKey(name: string, absent: string): ConfKey {
  return {
    name,
    absent,
    allowed: 'путь от / до 200 латинских букв, цифр и знаков, без пробелов и без ..',
    accept: (value) => /^\/[\x21-\x7e]{0,199}$/.test(value) && !value.includes('..'),
  };
}

/** The name of a field. @param taken names that stand for something else; the server tells no letter case */
export function fieldKey(name: string, absent: string, taken: readonly string[] = []): ConfKey {
  const isTaken = (value: string) => taken.some((one) => one.toLowerCase() === value.toLowerCase());
  return {
    name,
    absent,
    allowed: `имя поля: латинские буквы, цифры и _ . -${taken.length === 0 ? '' : ', не занятое в запросе'}`,
    accept: (value) => /^[A-Za-z_][A-Za-z0-9_.-]{0,59}$/.test(value) && !isTaken(value),
  };
}

export function isIntegerWithin(value: string, minimum: number, maximum: number): boolean {
  return /^\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && !/\s/.test(value) && URL.canParse(value);
}

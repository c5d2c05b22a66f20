import { safeText } from '../../register/safe-text.ts';

/**
 * A strict JSON reader for answers from outside (reliability.md 8). `JSON.parse` is not used because it rounds ids
 * (`9007199254740993`) and sums through doubles; here a number stays the text it was, and an object is a Map, so that
 * `__proto__` is a key like any other.
 */
export class Numeral {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Json = null | boolean | string | Numeral | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

/** No answer of a payment server nests deeper. */
const MAX_DEPTH = 16;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BLANK = /[ \t\n\r]*/y;

/** @returns null when the text is not one JSON document (a document that is `null` is no answer either) */
export function readJson(text: string): Json {
  let at = 0;

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return null;
    at = pattern.lastIndex;
    return found[0];
  }
  function takeMark(mark: string): boolean {
    take(BLANK);
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  }
  function readString(): string | undefined {
    take(BLANK);
    const quoted = take(STRING);
    return quoted === null ? undefined : (JSON.parse(quoted) as string);
  }
  function readList(depth: number): Json[] | undefined {
    const list: Json[] = [];
    if (takeMark(']')) return list;
    for (;;) {
      const item = readValue(depth);
      if (item === undefined) return undefined;
      list.push(item);
      if (takeMark(']')) return list;
      if (!takeMark(',')) return undefined;
    }
  }
  function readObject(depth: number): JsonObject | undefined {
    const object: JsonObject = new Map();
    if (takeMark('}')) return object;
    for (;;) {
      const key = readString();
      // A key given twice is ambiguous: two readers would see two different sums.
      if (key === undefined || object.has(key) || !takeMark(':')) return undefined;
      const value = readValue(depth);
      if (value === undefined) return undefined;
      object.set(key, value);
      if (takeMark('}')) return object;
      if (!takeMark(',')) return undefined;
    }
  }
  function readValue(depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return undefined;
    if (takeMark('{')) return readObject(depth + 1);
    if (takeMark('[')) return readList(depth + 1);
    if (takeMark('true')) return true;
    if (takeMark('false')) return false;
    if (takeMark('null')) return null;
    const numeral = take(NUMBER);
    return numeral === null ? readString() : new Numeral(numeral);
  }

  const value = readValue(0);
  take(BLANK);
  return value === undefined || at !== text.length ? null : value;
}

/** The text of it, every number and every id as it was read. */
export function writeJson(json: Json): string {
  if (json instanceof Numeral) return json.text;
  if (json instanceof Map) {
    return `{${[...json].map(([key, value]) => `${JSON.stringify(key)}:${writeJson(value)}`).join(',')}}`;
  }
  return Array.isArray(json) ? `[${json.map(writeJson).join(',')}]` : JSON.stringify(json);
}

// What stands in a field; null = not what it should be

export function asObject(json: Json | undefined): JsonObject | null {
  return json instanceof Map ? json : null;
}

/** A string, or an integer as the digits it was written with: servers answer `"17"` to 17 and back (O-17). */
export function asText(json: Json | undefined): string | null {
  if (typeof json === 'string') return json;
  return json instanceof Numeral && /^-?\d+$/.test(json.text) ? json.text : null;
}

/** A string that has exactly this form. */
export function asMatching(json: Json | undefined, pattern: RegExp): string | null {
  return typeof json === 'string' && pattern.test(json) ? json : null;
}

export function asInteger(json: Json | undefined): number | null {
  const number = json instanceof Numeral && /^-?\d+$/.test(json.text) ? Number(json.text) : null;
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

/** Roubles, by digits: `15.3` and `15.300` are 1530, `15.301` is no sum of money. */
export function asKopecks(json: Json | undefined): number | null {
  const text = json instanceof Numeral ? json.text : typeof json === 'string' ? json : '';
  const match = /^(\d{1,9})(?:\.(\d{1,2})0*)?$/.exec(text);
  return match === null ? null : Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Words of the server, safe to show; '' = none. */
export function asWords(json: Json | undefined, most?: number): string {
  return typeof json === 'string' ? safeText(json, most).trim() : '';
}

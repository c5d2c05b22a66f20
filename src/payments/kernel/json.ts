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

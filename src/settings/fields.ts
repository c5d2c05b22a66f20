/** Small readers of one setting each: what is allowed, what stands when it is absent. Pure. */
import { safeText } from '../register/safe-text.ts';
import type { JsonNode } from './json-tree.ts';

export interface Field<T> {
  absent: T;
  read(node: JsonNode): Reading<T>;
}

export type Reading<T> = { value: T } | Fault;

export interface Fault {
  line: number;
  /** Path below the field being read, '' = itself. */
  parameter: string;
  text: string;
}

type Leaf = string | number | boolean | null;

const SHOWN_CHARACTERS = 60;

/** What stands there and what may stand there; `kassa.json` holds no secrets. */
export function refusedText(node: JsonNode, allowed: string): string {
  const shown = 'value' in node ? ` ${safeText(JSON.stringify(node.value), SHOWN_CHARACTERS)}` : '';
  return `недопустимое значение${shown}, допустимо: ${allowed}`;
}

/** A field that is one plain value. `accept` returns undefined for what is not allowed. */
function leafField<T>(absent: T, allowed: string, accept: (value: Leaf) => T | undefined): Field<T> {
  return {
    absent,
    read(node) {
      const value = 'value' in node ? accept(node.value) : undefined;
      return value === undefined ? { line: node.line, parameter: '', text: refusedText(node, allowed) } : { value };
    },
  };
}

export function integer(absent: number, minimum: number, maximum: number): Field<number> {
  return leafField(absent, `целое число от ${minimum} до ${maximum}`, (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum
      ? value
      : undefined,
  );
}

export function flag(absent: boolean): Field<boolean> {
  return leafField(absent, 'true или false', (value) => (typeof value === 'boolean' ? value : undefined));
}

/** Drawn, printed or logged text: it passes the gate here. */
export function text(absent: string, maximumLength: number, minimumLength = 0): Field<string> {
  const allowed = `текст длиной от ${minimumLength} до ${maximumLength} символов`;
  return leafField(absent, allowed, (value) => {
    if (typeof value !== 'string' || value.length > maximumLength) return undefined;
    const clean = safeText(value, maximumLength);
    return clean.length >= minimumLength ? clean : undefined;
  });
}

export function oneOf<const T extends string>(absent: T, choices: readonly T[]): Field<T> {
  return leafField(absent, choices.map((choice) => `"${choice}"`).join(', '), (value) =>
    choices.find((choice) => choice === value),
  );
}

/** One of a few numbers. */
export function oneOfNumbers<const T extends number>(absent: T, choices: readonly T[]): Field<T> {
  return leafField(absent, choices.join(', '), (value) => choices.find((choice) => choice === value));
}

/** A setting that something else decides while it is absent or null. */
export function orNull<T>(field: Field<T>): Field<T | null> {
  return {
    absent: null,
    read: (node) => ('value' in node && node.value === null ? { value: null } : field.read(node)),
  };
}

/** Text of a given form; `allowed` describes the form in Russian. */
export function pattern(absent: string, form: RegExp, allowed: string): Field<string> {
  return leafField(absent, allowed, (value) => (typeof value === 'string' && form.test(value) ? value : undefined));
}

export function listOf<T>(absent: T[], maximumLength: number, item: Field<T>): Field<T[]> {
  return {
    absent,
    read(node) {
      if (!('items' in node) || node.items.length > maximumLength) {
        return { line: node.line, parameter: '', text: `допустимо: список, не больше ${maximumLength} значений` };
      }
      const values: T[] = [];
      for (const [index, child] of node.items.entries()) {
        const reading = item.read(child);
        if (!('value' in reading)) return { ...reading, parameter: `[${index}]` };
        values.push(reading.value);
      }
      return { value: values };
    },
  };
}

/** An object with exactly these keys, each of them optional. */
export function group<T extends object>(fields: { [K in keyof T]: Field<T[K]> }): Field<T> {
  const known = Object.keys(fields) as (keyof T & string)[];
  const absent = Object.fromEntries(known.map((key) => [key, fields[key].absent])) as T;
  return {
    absent,
    read(node) {
      if (!('entries' in node)) return { line: node.line, parameter: '', text: 'допустимо: объект { ... }' };
      const value = { ...absent };
      const seen = new Set<string>();
      for (const entry of node.entries) {
        const key = known.find((name) => name === entry.key);
        if (key === undefined) {
          const text = `неизвестный параметр, допустимы: ${known.join(', ')}`;
          return { line: entry.line, parameter: safeText(entry.key, 60), text };
        }
        if (seen.has(key)) return { line: entry.line, parameter: key, text: 'параметр указан дважды' };
        seen.add(key);
        const reading = fields[key].read(entry.node);
        if (!('value' in reading)) return { ...reading, parameter: joined(key, reading.parameter) };
        value[key] = reading.value;
      }
      return { value };
    },
  };
}

function joined(key: string, rest: string): string {
  return rest === '' || rest.startsWith('[') ? `${key}${rest}` : `${key}.${rest}`;
}

/** The ways in which one server may answer otherwise than the next, as data: what `control/dialect` takes and shows. */
import { type ControlBody, controlProblem } from './control.ts';

/** Of one name: the values it may have; the first is in force unless told otherwise. */
export type DialectTable<Dialect> = { readonly [Name in keyof Dialect]: readonly Dialect[Name][] };

/** What of a dialect is in no table. */
export interface DialectFault {
  name: string;
  /** Absent: there is no such name. */
  value?: unknown;
  /** Values of the name, or the names. */
  allowed: readonly unknown[];
}

function faultOf<Dialect>(table: DialectTable<Dialect>, name: string, value: unknown): DialectFault | null {
  const values = Object.entries<readonly unknown[]>(table).find(([one]) => one === name)?.[1];
  if (values === undefined) return { name, allowed: Object.keys(table) };
  return values.includes(value) ? null : { name, value, allowed: values };
}

/** `NAME=VALUE` of a command line. */
export function dialectOfWord<Dialect>(
  table: DialectTable<Dialect>,
  word: string,
): { dialect: Partial<Dialect> } | { fault: DialectFault } {
  const [, name = '', text = ''] = /^([^=]*)=?(.*)$/s.exec(word) ?? [];
  const values = Object.entries<readonly unknown[]>(table).find(([one]) => one === name)?.[1] ?? [];
  const value = values.find((one) => String(one) === text) ?? text;
  const fault = faultOf(table, name, value);
  return fault === null ? { dialect: { [name]: value } as Partial<Dialect> } : { fault };
}

/** @throws a control problem that says what is allowed, when a name or a value is none of the table, or nothing was named */
export function readDialect<Dialect>(table: DialectTable<Dialect>, body: ControlBody): Partial<Dialect> {
  const entries = Object.entries(body);
  if (entries.length === 0) throw controlProblem(`name one of: ${Object.keys(table).join(', ')}`);
  for (const [name, value] of entries) {
    const fault = faultOf(table, name, value);
    if (fault === null) continue;
    const { allowed } = fault;
    if (!('value' in fault)) throw controlProblem(`no dialect "${name}", one of: ${allowed.join(', ')}`);
    throw controlProblem(`"${name}" must be one of: ${JSON.stringify(allowed)}`);
  }
  return Object.fromEntries(entries) as Partial<Dialect>;
}

/** What is in force and what is allowed, by name. */
export function shownDialect<Dialect extends object>(
  table: DialectTable<Dialect>,
  settings: Dialect,
): Record<string, { is: unknown; allowed: readonly unknown[] }> {
  const names = Object.keys(table) as (keyof Dialect & string)[];
  return Object.fromEntries(names.map((name) => [name, { is: settings[name], allowed: table[name] }]));
}

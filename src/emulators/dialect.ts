/** The ways in which one server may answer otherwise than the next, as data: what `control/dialect` takes and shows. */
import { type ControlBody, controlProblem } from './control.ts';

/** Of one name: the values it may have; the first is in force unless told otherwise. */
export type DialectTable<Dialect> = { readonly [Name in keyof Dialect]: readonly Dialect[Name][] };

/** @throws a control problem that says what is allowed, when a name or a value is none of the table, or nothing was named */
export function readDialect<Dialect>(table: DialectTable<Dialect>, body: ControlBody): Partial<Dialect> {
  const entries = Object.entries(body);
  const allowed = Object.entries<readonly unknown[]>(table);
  if (entries.length === 0) throw controlProblem(`name one of: ${Object.keys(table).join(', ')}`);
  for (const [name, value] of entries) {
    const values = allowed.find(([one]) => one === name)?.[1];
    if (values === undefined) throw controlProblem(`no dialect "${name}", one of: ${Object.keys(table).join(', ')}`);
    if (!values.includes(value)) throw controlProblem(`"${name}" must be one of: ${JSON.stringify(values)}`);
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

/** Everything of a journal that can still be read, row by row, into a fresh file: a damaged page costs only its own rows. */
import type { Database } from 'better-sqlite3';
import { openForReading, openForWriting } from './open-database.ts';
import { asStorageFault, isStorageFault } from './storage-fault.ts';

type Row = Record<string, string | number | null>;

/** Rows that were copied and rows that were there and could not be read, by table. */
export type Salvaged = Record<(typeof TABLES)[number], { copied: number; lost: number }>;

const TABLES = ['meta', 'events', 'snapshot', 'documents', 'attempts', 'used_codes', 'print_jobs', 'notices'] as const;
/** Columns that hold JSON: what does not parse would only stop the next start. */
const JSON_COLUMNS = ['body', 'state', 'params'] as const;
/** How far a search goes on when not even the end of a table can be found. */
const BLIND_ROWS = 10_000;

/**
 * @param to must not exist
 * @throws a fault of the storage when the source is no database of ours at all, or the copy cannot be written
 */
export function salvage(from: string, to: string): Salvaged {
  let source: Database | null = null;
  let target: Database | null = null;
  try {
    source = openForReading(from);
    target = openForWriting(to);
    // One state of a journal that may be written to meanwhile.
    source.exec('BEGIN');
    const copied = copyTables(source, target);
    return copied;
  } catch (error) {
    throw asStorageFault(error);
  } finally {
    source?.close();
    target?.close();
  }
}

function copyTables(source: Database, target: Database): Salvaged {
  const result = Object.fromEntries(TABLES.map((table) => [table, { copied: 0, lost: 0 }])) as Salvaged;
  target.transaction(() => {
    for (const table of TABLES) {
      const columns = sharedColumns(source, target, table);
      const marks = columns.map(() => '?').join(', ');
      const insert = target.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
      const markReturned = target.prepare('UPDATE documents SET return_state = ? WHERE number = ?');
      for (const row of readRows(source, table, columns)) {
        if (row === null || !isWhole(table, row)) {
          result[table].lost += 1;
          continue;
        }
        // The counts of the picker are kept by triggers: a sale comes, and then it is returned.
        const values = columns.map((column) => (column === 'return_state' ? 'none' : (row[column] ?? null)));
        result[table].copied += insert.run(...values).changes;
        if (table === 'documents' && row.return_state !== 'none') markReturned.run(row.return_state, row.number);
      }
    }
  })();
  return result;
}

/** A source of an older version has fewer. */
function sharedColumns(source: Database, target: Database, table: string): string[] {
  const columnsOf = (database: Database) =>
    (database.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const there = new Set(columnsOf(source));
  return columnsOf(target).filter((name) => there.has(name));
}

function isWhole(table: string, row: Row): boolean {
  return JSON_COLUMNS.every((column) => {
    const text = row[column];
    // Other tables keep a plain word under this name.
    if (typeof text !== 'string' || (column === 'state' && table !== 'snapshot')) return true;
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns null for a row that is there and cannot be read */
function* readRows(source: Database, table: string, columns: readonly string[]): Generator<Row | null> {
  if (columns.length === 0) return;
  const hasRowId = !['meta', 'used_codes'].includes(table);
  const key = hasRowId ? 'rowid' : String(columns[0]);
  const select = `SELECT ${key} AS place, ${columns.join(', ')} FROM ${table} NOT INDEXED`;
  let last: string | number | null = null;
  const forward = each(source, `${select} ORDER BY ${key}`);
  for (let row = forward.next(); row !== undefined; row = forward.next()) {
    last = row.place ?? null;
    yield row;
  }
  if (!forward.isBroken) return;
  // What lies behind the damage, from the end.
  const behind: Row[] = [];
  const after = last === null ? '' : ` WHERE ${key} > ${typeof last === 'number' ? last : `'${last}'`}`;
  const backward = each(source, `${select}${after} ORDER BY ${key} DESC`);
  for (let row = backward.next(); row !== undefined; row = backward.next()) behind.unshift(row);
  if (hasRowId) yield* between(source, select, Number(last ?? 0), Number(behind[0]?.place ?? Number.NaN));
  yield* behind;
}

/** Each row of the damaged part by itself. */
function* between(source: Database, select: string, last: number, first: number): Generator<Row | null> {
  const end = Number.isNaN(first) ? last + BLIND_ROWS : first;
  const one = source.prepare(`${select} WHERE rowid = ?`);
  for (let place = last + 1; place < end; place++) {
    try {
      const row = one.get(place) as Row | undefined;
      if (row !== undefined) yield row;
    } catch (error) {
      mustBeDamage(error);
      // Past the last known row nobody knows whether one was there.
      if (!Number.isNaN(first)) yield null;
    }
  }
}

function each(source: Database, sql: string): { next(): Row | undefined; readonly isBroken: boolean } {
  let isBroken = false;
  let rows: IterableIterator<unknown> | null = null;
  return {
    next() {
      try {
        rows ??= source.prepare(sql).iterate();
        const next = rows.next();
        return next.done === true ? undefined : (next.value as Row);
      } catch (error) {
        mustBeDamage(error);
        isBroken = true;
        return undefined;
      }
    },
    get isBroken() {
      return isBroken;
    },
  };
}

function mustBeDamage(error: unknown): void {
  const known = asStorageFault(error);
  if (!isStorageFault(known) || (known.code !== 'damaged' && known.code !== 'io')) throw known;
}

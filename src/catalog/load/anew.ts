/** A dictionary that is damaged is loaded into a new file; what nobody loads every day is taken over where it reads. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openStorage, type Storage } from '../storage.ts';
import { type LoadOptions, loadFile } from './load-file.ts';
import type { LoadReport } from './report.ts';

/** Users, currencies and cards; goods and their units come with the file. */
const KEPT_TABLES = ['valut', 'mol', 'cardgroup', 'card', 'additionalcard', 'client'] as const;
const SUFFIXES = ['', '-wal', '-shm'] as const;

/** Nobody has the catalogue open. The old file stays beside the new one. @returns report, and rows taken over by table */
export async function loadAnew(
  catalogPath: string,
  file: string,
  options: LoadOptions,
): Promise<{ report: LoadReport; kept: Record<(typeof KEPT_TABLES)[number], number>; formerPath: string | null }> {
  const draft = join(dirname(catalogPath), 'catalog.new.db');
  for (const suffix of SUFFIXES) rmSync(`${draft}${suffix}`, { force: true });
  const storage = openStorage(draft);
  const kept = takeOver(catalogPath, storage);
  storage.close();
  const report = await loadFile(draft, file, options);
  if (report.state !== 'loaded') {
    for (const suffix of SUFFIXES) rmSync(`${draft}${suffix}`, { force: true });
    return { report, kept, formerPath: null };
  }
  await syncPath(draft);
  const formerPath = putAside(catalogPath);
  renameSync(draft, catalogPath);
  await syncPath(dirname(catalogPath));
  return { report, kept, formerPath };
}

function takeOver(from: string, storage: Storage): Record<(typeof KEPT_TABLES)[number], number> {
  const kept = Object.fromEntries(KEPT_TABLES.map((table) => [table, 0])) as Record<
    (typeof KEPT_TABLES)[number],
    number
  >;
  if (!existsSync(from)) return kept;
  let former: Storage | null = null;
  try {
    former = new Database(from, { readonly: true });
    for (const table of KEPT_TABLES) kept[table] = takeTable(former, storage, table);
  } catch (error) {
    if (!isSqliteError(error)) throw error;
  } finally {
    former?.close();
  }
  return kept;
}

/** Up to the first row that does not read. */
function takeTable(former: Storage, storage: Storage, table: string): number {
  let count = 0;
  try {
    const columns = (storage.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const insert = storage.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of former
      .prepare(`SELECT ${columns.join(', ')} FROM ${table}`)
      .raw()
      .iterate()) {
      count += insert.run(...(row as unknown[])).changes;
    }
  } catch (error) {
    if (!isSqliteError(error)) throw error;
  }
  return count;
}

function isSqliteError(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code ?? '').startsWith('SQLITE_');
}

function putAside(path: string): string | null {
  let number = 1;
  const aside = () => join(dirname(path), `catalog.before-${number}.db`);
  while (existsSync(aside())) number += 1;
  let isThere = false;
  for (const suffix of SUFFIXES) {
    if (!existsSync(`${path}${suffix}`)) continue;
    renameSync(`${path}${suffix}`, `${aside()}${suffix}`);
    isThere = true;
  }
  return isThere ? aside() : null;
}

/** A file, or the names in a folder. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

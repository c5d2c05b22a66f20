/** The file journal.db, open with the settings law 1 stands on (docs/adr/0004-journal-first.md). */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { migrate, refuseNewer } from './schema.ts';
import { storageFault } from './storage-fault.ts';

/**
 * @param writtenBy the program's version; the commands that mend a journal leave it to the program that runs it
 * @throws a better-sqlite3 or file system error, or a fault of the storage
 */
export function openForWriting(path: string, writtenBy = ''): Database {
  mkdirSync(dirname(path), { recursive: true });
  const database = opened(path, {});
  try {
    database.pragma('journal_mode = WAL');
    // better-sqlite3 is built with NORMAL for WAL; set FULL explicitly and read it back after the first write.
    database.pragma('synchronous = FULL');
    // Checkpoints cost milliseconds: they run between receipts (`checkpoint`), not under a scan.
    database.pragma('wal_autocheckpoint = 0');
    database.pragma('journal_size_limit = 16777216');
    // better-sqlite3's own 16 MB would fill up with pages that are written once and never read again.
    database.pragma('cache_size = -2000');
    migrate(database, writtenBy);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Beside a running register.
 * @throws a better-sqlite3 error, or a fault of the storage
 */
export function openForReading(path: string): Database {
  const database = opened(path, { readonly: true, fileMustExist: true });
  try {
    // An emptied file is a database to SQLite, and would only fail at the first table that is not there.
    if (Number(database.pragma('user_version', { simple: true })) === 0) {
      throw storageFault('damaged', null, 'файл журнала пуст');
    }
    refuseNewer(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function opened(path: string, options: BetterSqlite3.Options): Database {
  const database = new BetterSqlite3(path, options);
  try {
    database.pragma('busy_timeout = 2000');
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    database.pragma('foreign_keys = ON');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Bytes of the file; null = there is none. */
export function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

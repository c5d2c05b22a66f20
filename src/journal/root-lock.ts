import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { asStorageFault, isStorageFault } from './storage-fault.ts';

/**
 * One process per root (K33). The lock is an open exclusive transaction on a small SQLite file: the kernel lets go of it
 * when the process dies, kill -9 included, and it stands on a file of its own so that readers of the journal are free.
 *
 * @returns a release function, or null when another process holds it
 * @throws a fault of the storage when the disk cannot be written at all
 */
export function takeRootLock(path: string): (() => void) | null {
  let database: BetterSqlite3.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new BetterSqlite3(path, { timeout: 0 });
    // Nothing is ever committed here; no file beside it may stay behind after a kill -9.
    database.pragma('journal_mode = MEMORY');
    // On a file that cannot be written SQLite makes a reader's lock of it, and two registers would share a root: only
    // something to write tells.
    database.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 1');
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    const known = asStorageFault(error);
    if (isStorageFault(known) && known.code === 'locked') return null;
    throw known;
  }
}

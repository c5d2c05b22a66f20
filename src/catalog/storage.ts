/**
 * The file catalog.db (architecture.md, "Where state lives"; tables named as in domain.md 4). It may be rebuilt at any
 * time, so it runs with synchronous=NORMAL. Readers never wait for a load: WAL shows them the old goods until it commits.
 */

import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Fault, isFault } from '../register/fault.ts';
import { safeText } from '../register/safe-text.ts';
import { makeFolder } from './make-folder.ts';

export type Storage = Database.Database;
export type Statement<Row = unknown> = Database.Statement<unknown[], Row>;

const APPLICATION_ID = 0x6b617363;
const VERSION = 2;

const HELP = 'Обновите программу или загрузите справочник заново: bin/kassa load --anew ФАЙЛ';

/** Why the catalogue file cannot be used. */
export type CatalogFault = 'storage' | 'busy' | 'full' | 'newer' | 'damaged';

function catalogFault(code: CatalogFault, say: string, cause?: unknown): Fault<CatalogFault> {
  return new Fault('catalog', code, { say, cause });
}

export function isCatalogFault(error: unknown): error is Fault<CatalogFault> {
  return isFault(error, 'catalog');
}

/**
 * Opens, and when it is writable creates and migrates, the catalogue.
 * @throws a fault of the catalogue
 */
export function openStorage(
  path: string,
  options: { readonly?: boolean; cacheMegabytes?: number; version?: string } = {},
): Storage {
  const readonly = options.readonly ?? false;
  let storage: Storage | null = null;
  try {
    if (!readonly) makeFolder(dirname(path));
    storage = new Database(path, { readonly, fileMustExist: readonly });
    storage.pragma('busy_timeout = 5000');
    storage.pragma('foreign_keys = ON');
    storage.pragma('trusted_schema = OFF');
    storage.pragma('cell_size_check = ON');
    storage.pragma(`cache_size = ${-(options.cacheMegabytes ?? 8) * 1024}`);
    if (!readonly) {
      storage.pragma('journal_mode = WAL');
      storage.pragma('synchronous = NORMAL');
    }
    migrate(storage, readonly, options.version ?? '');
    return storage;
  } catch (error) {
    storage?.close();
    throw catalogFaultOf(error, path);
  }
}

/**
 * What SQLite or the file system said, as one of ours.
 * @param path of the catalogue
 * @throws the error itself when it is a fault of the program
 */
export function catalogFaultOf(error: unknown, path: string): Fault<CatalogFault> {
  if (isCatalogFault(error)) return error;
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  // better-sqlite3 reports a missing folder as a TypeError without a code.
  if (!/^(?:SQLITE_|E[A-Z]+$)/.test(code) && !/directory/.test(String(error))) throw error;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') {
    return catalogFault('full', 'На диске нет места для справочника товаров', error);
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return catalogFault('busy', 'Справочник товаров занят другой загрузкой', error);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return catalogFault('damaged', `Справочник товаров поврежден: ${safeText(path, 300)}`, error);
  }
  return catalogFault('storage', `Справочник товаров ${storageSay(code, path)}`, error);
}

/**
 * The same functions; what a damaged page answers comes out of each of them as a fault of the catalogue.
 * @param path of the catalogue
 */
export function guarded<Api extends object>(api: Api, path: string): Api {
  const guard =
    (run: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      try {
        return run(...given);
      } catch (error) {
        throw catalogFaultOf(error, path);
      }
    };
  const entries = Object.entries(api).map(([name, value]) => [
    name,
    typeof value === 'function' ? guard(value) : value,
  ]);
  return Object.fromEntries(entries) as Api;
}

/** The path is what the person who loads must look at; a wrong root is the usual reason. */
function storageSay(code: string, path: string): string {
  const file = safeText(path, 300);
  if (code === 'ENOENT' || code === 'ENOTDIR') return `не создан, такого каталога здесь не может быть: ${file}`;
  const isDenied = /^(?:EROFS|EACCES|EPERM|SQLITE_READONLY\w*)$/.test(code) || !isWritable(path);
  if (isDenied) return `не записывается, нет прав или диск только для чтения: ${file}`;
  return `не открывается: ${file}`;
}

/** SQLite says only that it cannot open the file. */
function isWritable(path: string): boolean {
  try {
    for (const each of [dirname(path), path]) if (existsSync(each)) accessSync(each, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function migrate(storage: Storage, readonly: boolean, writtenBy: string): void {
  const versionOf = () => Number(storage.pragma('user_version', { simple: true }));
  if (versionOf() === VERSION) return;
  if (versionOf() > VERSION) {
    const writer = storage.prepare("SELECT value FROM meta WHERE key = 'writtenBy'").pluck().get();
    const program =
      typeof writer === 'string' && writer !== '' ? safeText(writer, 40) : `(версия данных ${versionOf()})`;
    throw catalogFault('newer', `Справочник товаров записан более новой версией кассы ${program}. ${HELP}`);
  }
  if (readonly) throw catalogFault('storage', 'Справочник товаров еще не создан');
  const create = storage.transaction(() => {
    // Another process may have been first while this one waited for the lock.
    if (versionOf() >= VERSION) return;
    if (versionOf() === 0) storage.exec(SCHEMA);
    storage.exec(CARDS);
    storage.pragma(`application_id = ${APPLICATION_ID}`);
    storage.pragma(`user_version = ${VERSION}`);
    storage.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('writtenBy', ?)").run(writtenBy);
  });
  create.immediate();
}

// No foreign keys point at tmc: they would cost the quick way of emptying a million rows (SQLite "truncate optimization").
//
// tmc_fts holds row numbers only (contentless, detail=none): a million names take 40 MB, and each prefix of up to ten
// letters is one ready list, so that `мо` costs no more than a whole word. The words come cut and folded from
// search-text.ts; the ascii tokenizer only has to split them at blanks again. words_fts finds words by a piece from inside.
const SCHEMA = `
CREATE TABLE units (code TEXT PRIMARY KEY, name TEXT NOT NULL, fractional INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tmc (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  bcode TEXT,
  name TEXT NOT NULL,
  measure TEXT NOT NULL,
  price INTEGER NOT NULL,
  minprice INTEGER NOT NULL,
  price_entry TEXT NOT NULL,
  quantity_required INTEGER NOT NULL,
  sale_forbidden INTEGER NOT NULL,
  quantity_limit INTEGER,
  document_quantity_limit INTEGER
) STRICT;
CREATE TABLE barcodes (
  barcode TEXT PRIMARY KEY,
  tail TEXT NOT NULL,
  tmc INTEGER NOT NULL,
  name TEXT,
  price INTEGER,
  quantdefault INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX barcodes_tail ON barcodes (tail);
CREATE INDEX barcodes_tmc ON barcodes (tmc);
CREATE TABLE tmcscale (plu TEXT PRIMARY KEY, tmccode TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE valut (
  code INTEGER PRIMARY KEY,
  short_name TEXT NOT NULL,
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  change_allowed INTEGER NOT NULL
) STRICT;
CREATE TABLE cardgroup (
  idcardgroup INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  cardmode INTEGER NOT NULL,
  inputmask INTEGER NOT NULL,
  pattern TEXT NOT NULL,
  notaddemptycard INTEGER NOT NULL
) STRICT;
CREATE TABLE mol (
  code TEXT PRIMARY KEY,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  rank TEXT NOT NULL,
  password TEXT,
  locked INTEGER NOT NULL,
  roles TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
CREATE VIRTUAL TABLE tmc_fts USING fts5 (
  name, content = '', columnsize = 0, detail = none, prefix = '1 2 3 4 5 6 8 10',
  tokenize = "ascii tokenchars './'"
);
CREATE VIRTUAL TABLE words_fts USING fts5 (word, content = '', columnsize = 0, detail = none, tokenize = 'trigram');
-- A larger batch in memory halves the time of a full load.
INSERT INTO tmc_fts (tmc_fts, rank) VALUES ('hashsize', 33554432);
`;

/** Version 2. Discounts are hundredths of a percent, NULL = the group's; dates are local days, NULL = open. */
const CARDS = `
ALTER TABLE cardgroup ADD COLUMN discount_basis_points INTEGER NOT NULL DEFAULT 0;
CREATE TABLE card (
  number TEXT PRIMARY KEY,
  idcard TEXT NOT NULL UNIQUE,
  idcardgroup INTEGER NOT NULL,
  idclient TEXT,
  validitydatebeg TEXT,
  validitydateend TEXT,
  blocked INTEGER NOT NULL,
  discount_basis_points INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX card_idclient ON card (idclient) WHERE idclient IS NOT NULL;
CREATE TABLE additionalcard (
  additionalnumber TEXT PRIMARY KEY,
  cardnumber TEXT,
  idcardgroup INTEGER,
  isactive INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE client (idclient TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX client_phone ON client (phone) WHERE phone <> '';
`;

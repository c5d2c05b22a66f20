/** One load file into the catalogue, all in one transaction; and the folder exchange around it (domain.md 7). */

import { appendFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { localStamp, type UtcOffset } from '../../register/local-time.ts';
import type { Pepper } from '../passwords.ts';
import { catalogFaultOf, openStorage, type Storage } from '../storage.ts';
import { readAif } from './aif.ts';
import { createApplier } from './apply.ts';
import type { Change, LoadRow } from './changes.ts';
import { readCsv } from './csv.ts';
import { isBrokenFile } from './lines.ts';
import { isRefusal, refusal } from './refusal.ts';
import { describeReport, emptyReport, type LoadReport, noteRefusal } from './report.ts';

export interface LoadOptions {
  /** One bad row and nothing is loaded. Otherwise the good rows are loaded. */
  allOrNothing?: boolean;
  /** `fraction` of the file read, 0..1, and rows so far; called for every piece read from the disk (128 KB). */
  onProgress?: (fraction: number, rows: number) => void;
  /** Wall clock, ms. */
  now?: () => number;
  /** Device secret for the hashes of loaded passwords. */
  pepper?: Pepper;
  /** Payment systems a currency may name; absent = any. */
  providers?: readonly string[];
  /** Names that only the payment types of one system may have. */
  reserved?: readonly ReservedName[];
  /** Shop time, for error.txt. */
  utcOffsetMinutes?: UtcOffset;
}

/** `Driver.ownName`, and why another payment type is refused under it. */
export interface ReservedName {
  provider: string;
  isIt(name: string): boolean;
  refusal: string;
}

/** After so many changed goods the search index is put into one piece, which is what keeps it instant. */
const OPTIMISE_AFTER = 5_000;

/**
 * Loads an AIF or, by its name `*.csv`, `*.txt` or `*.tsv`, a CSV file, and leaves it in place. An expected
 * failure is told by the report; whatever happens, the old catalogue stays whole.
 */
export async function loadFile(catalogPath: string, file: string, options: LoadOptions = {}): Promise<LoadReport> {
  const report = emptyReport(basename(file));
  let storage: Storage | null = null;
  try {
    storage = openStorage(catalogPath, { cacheMegabytes: 128 });
    // The log is written back once, after the commit: a checkpoint inside would only move pages twice.
    storage.pragma('wal_autocheckpoint = 0');
    // What is loaded is on the disk before its file is deleted, also when a reader stands in the way of the checkpoint.
    storage.pragma('synchronous = FULL');
    // Only another load writes here, and it is not over in a moment: waiting would only stop this process.
    storage.pragma('busy_timeout = 250');
    storage.exec('BEGIN IMMEDIATE');
    const isCsv = /\.(?:csv|txt|tsv)$/i.test(file);
    const rows = isCsv ? readCsv(file, report) : readAif(file);
    // Commands of AIF follow one another; of two rows of a table one is a mistake.
    await applyRows(storage, rows, report, { ...options, warnsOfRepeats: isCsv });
    if (options.allOrNothing && report.refusedTotal > 0) {
      report.state = 'refused';
      report.problem = `Отказано строк: ${report.refusedTotal}, а загрузка нужна целиком`;
    } else {
      commit(storage, report, (options.now ?? Date.now)());
    }
  } catch (error) {
    const failure = isBrokenFile(error) ? error : catalogFaultOf(error, catalogPath);
    report.state = isBrokenFile(failure) ? 'broken' : 'storage';
    report.problem = failure.say;
  } finally {
    close(storage);
  }
  return report;
}

async function applyRows(
  storage: Storage,
  batches: AsyncIterable<LoadRow[]>,
  report: LoadReport,
  options: LoadOptions & { warnsOfRepeats: boolean },
): Promise<void> {
  const applier = createApplier(storage, report, options.pepper ?? null, options.warnsOfRepeats);
  let fraction = 0;
  for await (const rows of batches) {
    for (const row of rows) {
      report.rows++;
      try {
        const change = row.read();
        refuseCurrency(change, options);
        const waits = applier.apply(change, row.row);
        if (waits !== undefined) await waits;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        noteRefusal(report, row.row, error.say);
      }
    }
    fraction = rows.at(-1)?.fraction ?? fraction;
    options.onProgress?.(fraction, report.rows);
    // Lets the rest of the process breathe between two batches of the file.
    await new Promise((resolve) => setImmediate(resolve));
  }
  applier.finish();
}

/** What nobody can take would stand in the cashier's list, or one payment type under the name of another system's. */
function refuseCurrency(change: Change, { providers, reserved = [] }: LoadOptions): void {
  if (change.do !== 'addCurrency') return;
  const { provider, name } = change.currency;
  const taken = reserved.find((one) => one.provider !== provider && one.isIt(name));
  if (taken !== undefined) throw refusal(taken.refusal);
  if (providers === undefined || providers.includes(provider)) return;
  throw refusal(`Неизвестная система оплаты ${provider}, допустимы: ${providers.join(', ')}`);
}

function commit(storage: Storage, report: LoadReport, loadedAt: number): void {
  if (report.loaded.goods + report.loaded.deleted >= OPTIMISE_AFTER) {
    storage.exec(`
      INSERT INTO tmc_fts (tmc_fts) VALUES ('optimize');
      INSERT INTO words_fts (words_fts) VALUES ('optimize');
    `);
  }
  const goodsCount = Number(storage.prepare('SELECT count(*) FROM tmc').pluck().get());
  const put = storage.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  put.run('goods_count', String(goodsCount));
  put.run('loaded_at', String(loadedAt));
  put.run('source', report.source);
  storage.exec('COMMIT');
  report.goodsCount = goodsCount;
  try {
    // Readers are not stopped by it; when one stands in the way the log is simply kept until the next time.
    storage.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // The load is committed and on the disk; the checkpoint is only housekeeping.
  }
}

function close(storage: Storage | null): void {
  try {
    if (storage?.inTransaction) storage.exec('ROLLBACK');
  } finally {
    storage?.close();
  }
}

/**
 * Folder exchange: every `pos*.aif` that has its flag `.flz`, in the order of their names. Loaded files leave with their
 * flags; bad ones go to `bad/`; refusals are appended to error.txt. When the catalogue itself fails the files stay for
 * the next try.
 */
export async function loadFolder(
  catalogPath: string,
  folder: string,
  options: LoadOptions = {},
): Promise<LoadReport[]> {
  const reports: LoadReport[] = [];
  for (const name of await readyFiles(folder)) {
    const report = await loadFile(catalogPath, join(folder, name), options);
    reports.push(report);
    if (report.state === 'storage') break;
    await putAway(folder, name, report, options);
  }
  return reports;
}

async function readyFiles(folder: string): Promise<string[]> {
  const names = new Set(await readdir(folder));
  const ready: string[] = [];
  for (const name of names) {
    if (!/^pos.*\.aif$/i.test(name) || !flagsOf(name).some((flag) => names.has(flag))) continue;
    // A link could lead anywhere; the exchange writes plain files.
    if ((await lstat(join(folder, name))).isFile()) ready.push(name);
  }
  return ready.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function flagsOf(name: string): string[] {
  return [name.replace(/\.aif$/i, '.flz'), name.replace(/\.aif$/i, '.FLZ')];
}

async function putAway(folder: string, name: string, report: LoadReport, options: LoadOptions): Promise<void> {
  const bad = report.state !== 'loaded';
  if (bad || report.refusedTotal > 0) {
    const nowMs = (options.now ?? Date.now)();
    const time = localStamp(nowMs, options.utcOffsetMinutes ?? 0)
      .slice(0, 19)
      .replace('T', ' ');
    await appendFile(join(folder, 'error.txt'), `${time} ${name}\n${describeReport(report).join('\n')}\n\n`);
  }
  if (bad) {
    await mkdir(join(folder, 'bad'), { recursive: true });
    await rename(join(folder, name), join(folder, 'bad', name));
  } else {
    await rm(join(folder, name));
  }
  // The flag goes last: a sender that waits for it knows that all is done.
  for (const flag of flagsOf(name)) await rm(join(folder, flag), { force: true });
}

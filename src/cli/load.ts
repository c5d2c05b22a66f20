/** `bin/kassa load FILE|FOLDER`: goods into the catalogue of a root, also while its register sells. */

import { stat } from 'node:fs/promises';
import { loadAnew } from '../catalog/load/anew.ts';
import { type LoadOptions, loadFile, loadFolder } from '../catalog/load/load-file.ts';
import { describeReport, type LoadReport } from '../catalog/load/report.ts';
import { isCatalogFault } from '../catalog/storage.ts';
import { messageOf } from '../dialogs/messages/index.ts';
import { takeRootLock } from '../journal/root-lock.ts';
import { isStorageFault } from '../journal/storage-fault.ts';
import { drivers } from '../payments/registry.ts';
import { safeText } from '../register/safe-text.ts';
import { pathsOf } from '../settings/paths.ts';
import { defaultSettings, loadSettings } from '../settings/settings.ts';
import { utcOffsetOf } from '../settings/time-zone.ts';
import { EXIT_CODES } from './commands.ts';
import { PROBLEMS } from './problems.ts';

/** Stream of the process, as far as it is needed here. */
export interface TextOutput {
  write(text: string): unknown;
  isTTY?: boolean;
}

export interface LoadCommand {
  root: string;
  /** A `.aif` or `.csv` file, or the folder of the exchange. */
  file: string;
  allOrNothing?: boolean;
  /** Into a new catalogue: the present one is damaged. */
  anew?: boolean;
  /** The report as one JSON array, for scripts. */
  json?: boolean;
  stdout: TextOutput;
  stderr: TextOutput;
}

const BAR_COLUMNS = 30;

/**
 * Loads and tells what was refused, with line numbers.
 * @returns 0 loaded (also when some rows were refused), 2 the file is missing, unreadable or refused whole, 5 the catalogue
 * failed; after 2 and 5 the old goods are still there
 */
export async function runLoad(command: LoadCommand): Promise<number> {
  const { root, file, stdout, stderr } = command;
  const catalogPath = pathsOf(root).catalog;
  const bar = progressBar(stderr);
  const loaded = loadSettings(root);
  const utcOffsetMinutes = utcOffsetOf('settings' in loaded ? loaded.settings : defaultSettings);
  const options = {
    allOrNothing: command.allOrNothing ?? false,
    onProgress: bar.show,
    providers: [...drivers.keys()],
    reserved: [...drivers.values()].flatMap(({ name, ownName }) =>
      ownName === undefined
        ? []
        : [{ provider: name, isIt: ownName.isIt, refusal: messageOf(ownName.refusedWith).text }],
    ),
    utcOffsetMinutes,
  };
  let reports: LoadReport[];
  try {
    const isFolder = (await stat(file)).isDirectory();
    if (command.anew === true) {
      // The files of a folder are deleted when they are loaded: they must be in the catalogue that stays.
      if (isFolder) return refuse(stderr, 'С ключом --anew указывают файл, а не папку', EXIT_CODES.usage);
      return await anew(command, options);
    }
    reports = isFolder ? await loadFolder(catalogPath, file, options) : [await loadFile(catalogPath, file, options)];
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    if (typeof code !== 'string' || isCatalogFault(error) || isStorageFault(error)) throw error;
    stderr.write(`Файл или папка не читается: ${safeText(file)}\n`);
    return 2;
  } finally {
    bar.remove();
  }
  if (command.json) stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else if (reports.length === 0) stdout.write('Нет файлов для загрузки\n');
  else for (const report of reports) stdout.write(`${describeReport(report).join('\n')}\n`);
  if (reports.some((report) => report.state === 'storage')) return 5;
  return reports.some((report) => report.state !== 'loaded') ? 2 : 0;
}

/** The register stands still: it would go on with the file that is put aside. */
async function anew({ root, file, stdout, stderr }: LoadCommand, options: LoadOptions): Promise<number> {
  const paths = pathsOf(root);
  const release = takeRootLock(paths.lock);
  if (release === null) return refuse(stderr, PROBLEMS.rootInUse.text, EXIT_CODES.rootInUse);
  try {
    const { report, kept, formerPath } = await loadAnew(paths.catalog, file, options);
    stdout.write(`${describeReport(report).join('\n')}\n`);
    if (report.state !== 'loaded') return report.state === 'storage' ? EXIT_CODES.storage : EXIT_CODES.usage;
    stdout.write(`Взято из прежнего: пользователей ${kept.mol}, валют ${kept.valut}, карт ${kept.card}\n`);
    if (formerPath !== null) stdout.write(`Прежний справочник сохранен: ${safeText(formerPath, 300)}\n`);
    return EXIT_CODES.done;
  } finally {
    release();
  }
}

function refuse(stderr: TextOutput, text: string, code: number): number {
  stderr.write(`${text}\n`);
  return code;
}

/** Drawn on a terminal only, and only when the percentage has changed. */
function progressBar(stderr: TextOutput): { show: (fraction: number, rows: number) => void; remove: () => void } {
  let shown = -1;
  return {
    show(fraction, rows) {
      const percent = Math.floor(fraction * 100);
      if (!stderr.isTTY || percent === shown) return;
      shown = percent;
      const filled = Math.round(fraction * BAR_COLUMNS);
      const bar = '█'.repeat(filled).padEnd(BAR_COLUMNS, '░');
      stderr.write(`\r${bar} ${String(percent).padStart(3)} %  строк: ${rows}`);
    },
    remove() {
      if (shown >= 0) stderr.write('\r\u001b[K');
    },
  };
}

/** A folder of its own for every test, with a catalogue made the way a shop makes one: by loading a file. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import { type LoadOptions, loadFile } from '../../../src/catalog/load/load-file.ts';
import type { LoadReport } from '../../../src/catalog/load/report.ts';
import { removeFolder } from '../../remove-folder.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-catalog-'));
  onTestFinished(() => removeFolder(folder));
  return folder;
}

export function opened(path: string, options: Parameters<typeof openCatalog>[1] = {}): Catalog {
  const catalog = openCatalog(path, options);
  onTestFinished(() => catalog.close());
  return catalog;
}

/** Loads a CSV text into `catalog.db` of the folder. */
export function loadCsv(folder: string, text: string | Buffer, options: LoadOptions = {}): Promise<LoadReport> {
  const file = join(folder, 'goods.csv');
  writeFileSync(file, text);
  return loadFile(join(folder, 'catalog.db'), file, options);
}

/** Loads AIF commands into `catalog.db` of the folder. */
export function loadAif(folder: string, commands: unknown[], options: LoadOptions = {}): Promise<LoadReport> {
  const file = join(folder, 'pos1.aif');
  writeFileSync(file, aifText(commands));
  return loadFile(join(folder, 'catalog.db'), file, options);
}

export function aifText(commands: unknown[]): string {
  return commands.map((command) => `${JSON.stringify(command, null, 1)}\n---\n`).join('');
}

/** Goods of a CSV catalogue, codes 1..count, each with a barcode. */
export function manyRows(count: number, name: string): string {
  const rows = ['code;name;price;unit;fractional'];
  for (let code = 1; code <= count; code++) rows.push(`${code};${name} СОРТ${code};${code % 900}.50;шт;0`);
  return rows.join('\n');
}

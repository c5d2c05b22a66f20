import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { openCatalog } from '../../../../src/catalog/catalog.ts';
import { loadFile } from '../../../../src/catalog/load/load-file.ts';
import { aifText, loadCsv, manyRows, opened, temporaryFolder } from '../folder.ts';

const child = fileURLToPath(new URL('load-child.ts', import.meta.url));

/** Loads in a process of its own and kills it, as a power cut would, when so many rows were read. */
async function loadAndKill(catalogPath: string, file: string, rows: number): Promise<void> {
  const loader = spawn(process.execPath, ['--import', 'tsx', child, catalogPath, file, String(rows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(loader.stdout, 'data');
  expect(String(output)).toBe('stopped\n');
  loader.kill('SIGKILL');
  await once(loader, 'exit');
}

describe('a load beside a selling register', () => {
  it('shows the old goods to readers until it commits, then all the new ones', async () => {
    const folder = temporaryFolder();
    await loadCsv(folder, manyRows(3, 'СТАРЫЙ'));
    const reader = opened(join(folder, 'catalog.db'));
    const file = join(folder, 'pos1.aif');
    const items = Array.from({ length: 20_000 }, (_, index) => ({
      command: 'addInventItem',
      invent: { inventcode: String(index + 1), name: `НОВЫЙ ТОВАР ${index}`, price: 1 },
    }));
    writeFileSync(file, aifText([{ command: 'clearInventory' }, ...items]));
    const seen = new Set<string>();
    let looks = 0;
    await loadFile(join(folder, 'catalog.db'), file, {
      onProgress: () => {
        looks++;
        seen.add(`${reader.goodsCount()} ${reader.search('старый').rows.length} ${reader.search('новый').rows.length}`);
        seen.add(reader.findByCode('2')?.name ?? 'none');
      },
      now: () => 1234,
    });
    expect(looks).toBeGreaterThan(5);
    expect([...seen]).toEqual(['3 3 0', 'СТАРЫЙ СОРТ2']);
    expect([reader.goodsCount(), reader.search('старый').rows.length, reader.search('новый').rows.length]).toEqual([
      20_000, 0, 200,
    ]);
    expect(reader.loadedAt()).toBe(1234);
    expect(reader.source()).toBe('pos1.aif');
  });

  it.each([1, 12_000, 30_000])('leaves the old catalogue whole when killed after %i rows', async (rows) => {
    const folder = temporaryFolder();
    const path = join(folder, 'catalog.db');
    await loadCsv(folder, manyRows(100, 'СТАРЫЙ'));
    const file = join(folder, 'big.csv');
    writeFileSync(file, manyRows(30_000, 'НОВЫЙ'));
    await loadAndKill(path, file, rows);

    const catalog = opened(path);
    expect(catalog.goodsCount()).toBe(100);
    expect(catalog.findByCode('50')?.name).toBe('СТАРЫЙ СОРТ50');
    expect(catalog.findByCode('101')).toBeNull();
    expect(catalog.search('новый').rows).toEqual([]);
    expect(catalog.search('старый').rows).toHaveLength(100);

    // And the next try goes through.
    expect(await loadFile(path, file)).toMatchObject({ state: 'loaded', goodsCount: 30_000 });
    expect(catalog.search('новый сорт777').rows.length).toBeGreaterThan(0);
  });

  it('refuses a second load at the same time, without touching the first', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'catalog.db');
    const file = join(folder, 'goods.csv');
    writeFileSync(file, manyRows(10, 'ПЕРВЫЙ'));
    const others: ReturnType<typeof loadFile>[] = [];
    const first = await loadFile(path, file, { onProgress: () => void others.push(loadFile(path, file)) });
    expect(first.state).toBe('loaded');
    for (const report of await Promise.all(others)) {
      expect(report).toMatchObject({ state: 'storage', problem: 'Справочник товаров занят другой загрузкой' });
    }
    expect(others.length).toBeGreaterThan(0);
  });

  it('loads fifty thousand goods and finds every one that is asked for', async () => {
    const folder = temporaryFolder();
    const fractions: number[] = [];
    const report = await loadCsv(folder, manyRows(50_000, 'ТОВАР'), { onProgress: (part) => fractions.push(part) });
    expect(report).toMatchObject({ state: 'loaded', rows: 50_000, goodsCount: 50_000, refusedTotal: 0 });
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    const catalog = opened(join(folder, 'catalog.db'));
    expect(catalog.findByCode('49999')).toMatchObject({ name: 'ТОВАР СОРТ49999', priceKopecks: 49_950 });
    expect(catalog.search('товар сорт49999').rows.map((goods) => goods.code)).toEqual(['49999']);
    expect(catalog.search('то')).toMatchObject({ more: true });
  });

  it('keeps a bounded list of refusals and counts all of them', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `${index};ПЛОХАЯ ЦЕНА;x`);
    const report = await loadCsv(temporaryFolder(), ['code;name;price', ...rows].join('\n'));
    expect(report.refusedTotal).toBe(3000);
    expect(report.refused).toHaveLength(1000);
  });
});

describe('opening the catalogue', () => {
  it('does not make one for a reader, nor take a foreign file for one', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'catalog.db');
    expect(() => openCatalog(path, { readonly: true })).toThrow(expect.objectContaining({ code: 'storage' }));
    writeFileSync(path, 'not a database at all, but long enough to be looked at '.repeat(20));
    expect(() => openCatalog(path)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  // Incident: with a reader in the way of the checkpoint a power cut lost goods whose file had been deleted already.
  it('a load is on the disk when it commits, whatever becomes of the checkpoint', async () => {
    const folder = temporaryFolder();
    const commits: unknown[] = [];
    const exec = Database.prototype.exec;
    const spy = vi.spyOn(Database.prototype, 'exec').mockImplementation(function (this: Database.Database, sql) {
      if (sql === 'COMMIT') commits.push(this.pragma('synchronous', { simple: true }));
      return exec.call(this, sql);
    });
    try {
      const file = join(folder, 'goods.csv');
      writeFileSync(file, 'code;name;price\n1;ХЛЕБ;1.50\n');
      expect((await loadFile(join(folder, 'catalog.db'), file)).state).toBe('loaded');
    } finally {
      spy.mockRestore();
    }
    expect(commits, 'FULL').toEqual([2]);
  });

  it('is empty and usable when new', () => {
    const catalog = opened(join(temporaryFolder(), 'deep', 'data', 'catalog.db'));
    expect([catalog.goodsCount(), catalog.loadedAt(), catalog.source()]).toEqual([0, null, null]);
    expect(catalog.search('молоко')).toEqual({ rows: [], more: false });
  });
});

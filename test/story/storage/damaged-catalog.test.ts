/** A damaged goods dictionary is named, what reads is sold, and it can be loaded anew (SYS-20, never SYS-15). */
import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/cli/check-parts.ts';
import { runLoad } from '../../../src/cli/load.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { begin, boxOf } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';

let story: Story;
afterEach(() => story.end());

/** Random-like bytes over every page of a b-tree but its root. */
function damagePagesOf(root: string, table: string): void {
  const path = pathsOf(root).catalog;
  const database = new BetterSqlite3(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  const rootPage = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const size = database.pragma('page_size', { simple: true }) as number;
  database.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, (rootPage - 1) * size);
  closeSync(file);
}

async function load(file: string): Promise<{ code: number; said: string }> {
  let said = '';
  const stream = { write: (text: string) => (said += text) };
  const code = await runLoad({ root: story.root, file, anew: true, stdout: stream, stderr: stream });
  return { code, said };
}

const GOODS = 'code;barcode;name;price\n77;4810000000773;ХЛЕБ;1.50\n';

describe('a damaged goods dictionary', () => {
  it('is SYS-20 for what does not read, and the receipt goes on with what does', async () => {
    story = await begin({ mode: 2, prepare: (root) => damagePagesOf(root, 'tmcscale') });
    expect(story.dialog).toBeNull();
    // A weight label asks the table of the scales.
    story.scan('2200004004556');
    expect(story.dialog, story.picture()).toBe('SYS-20');
    expect(boxOf(story)?.text).toBe('Справочник товаров поврежден. Продавайте то, что находится');
    story.press('enter');
    expect(story.exitCode).toBeNull();
    expect(story.row(24)).toContain('Справочник поврежден');
    story.goods('1', '2');
    expect(story.document?.lines).toHaveLength(2);
    story.press('f6', 'f8');
    expect(story.shows('Чек закрыт')).toBe(true);
  });

  it('whose users do not read says so at the start, and calls no password wrong', async () => {
    story = await begin({ mode: 2, prepare: (root) => damagePagesOf(root, 'mol') });
    // Nobody is there to be logged in without a password, as the demo does.
    expect(story.dialog).toBe('DOM-01');
    story.press('enter');
    expect(story.dialog).toBe('SYS-20');
    story.press('enter');
    expect(story.row(24)).toContain('Справочник поврежден');
  });

  it('is found by the check', async () => {
    story = await begin({ mode: 2, prepare: (root) => damagePagesOf(root, 'barcodes') });
    const catalog = (await findingsOf(story.root)).find(({ part }) => part === 'catalog');
    expect(catalog).toMatchObject({ fault: expect.stringMatching(/^SYS-20 Справочник товаров поврежден/) });
  });

  it('is loaded anew: goods of the file, users and currencies of the old one', async () => {
    story = await begin({ mode: 2, prepare: (root) => damagePagesOf(root, 'tmc') });
    const file = join(story.root, 'goods.csv');
    writeFileSync(file, GOODS);
    expect(await load(file), 'the register runs').toMatchObject({ code: 4 });
    await story.till.stop();
    expect(await load(file)).toMatchObject({ code: 0, said: expect.stringMatching(/пользователей [1-9]/) });
    expect(statSync(join(pathsOf(story.root).data, 'catalog.before-1.db')).size).toBeGreaterThan(0);
    await story.restart();
    story.goods('77').press('f6', 'f8');
    expect(story.shows('Чек закрыт')).toBe(true);
  });

  it('that is no database at all stops the start with its number', async () => {
    story = await begin({ mode: 2 });
    await story.till.stop();
    writeFileSync(pathsOf(story.root).catalog, 'no database '.repeat(1000));
    await expect(story.restart()).rejects.toThrow('till: catalogDamaged');
    const file = join(story.root, 'goods.csv');
    writeFileSync(file, GOODS);
    expect(await load(file)).toMatchObject({ code: 0, said: expect.stringContaining('пользователей 0') });
  });
});

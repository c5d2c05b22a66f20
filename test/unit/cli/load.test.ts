import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogFaultOf } from '../../../src/catalog/storage.ts';
import { type LoadCommand, runLoad } from '../../../src/cli/load.ts';
import { opened, temporaryFolder } from '../catalog/folder.ts';

async function load(text: string | null, more: Partial<LoadCommand> = {}, isTerminal = false) {
  const root = more.root ?? temporaryFolder();
  const file = join(root, 'goods.csv');
  if (text !== null) writeFileSync(file, text);
  const output = { stdout: '', stderr: '' };
  const code = await runLoad({
    root,
    file,
    stdout: { write: (part) => (output.stdout += part) },
    stderr: { write: (part) => (output.stderr += part), isTTY: isTerminal },
    ...more,
  });
  return { code, root, ...output };
}

describe('kassa load', () => {
  it('loads into the catalogue of the root and lists refused lines', async () => {
    const { code, root, stdout, stderr } = await load('code;name;price\n1;МОЛОКО;50\n2;ХЛЕБ;x\n');
    expect(code).toBe(0);
    expect(stdout).toContain('товары: 1');
    expect(stdout).toContain('Отказано строк: 1\n  строка 3: Цена не читается: x');
    expect(stderr).toBe('');
    expect(opened(join(root, 'cash/data/catalog.db')).findByCode('1')?.name).toBe('МОЛОКО');
  });

  it('draws its progress on a terminal and wipes it', async () => {
    const { stderr } = await load('code;name;price\n1;МОЛОКО;50\n', {}, true);
    expect(stderr).toContain('100 %');
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('prints the report as JSON', async () => {
    const { stdout } = await load('code;name;price\n1;МОЛОКО;50\n2;ХЛЕБ;x\n', { json: true });
    expect(JSON.parse(stdout)).toMatchObject([
      { state: 'loaded', source: 'goods.csv', refused: [{ row: 3 }], refusedTotal: 1, goodsCount: 1 },
    ]);
  });

  it('ends with 2 for a missing or refused file and with 5 for a broken catalogue', async () => {
    expect(await load(null)).toMatchObject({ code: 2 });
    const refused = await load('code;name;price\n1;МОЛОКО;x\n', { allOrNothing: true });
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('Прежний справочник сохранен');
    const root = temporaryFolder();
    mkdirSync(join(root, 'cash/data'), { recursive: true });
    writeFileSync(join(root, 'cash/data/catalog.db'), 'garbage '.repeat(200));
    expect(await load('code;name;price\n1;МОЛОКО;50\n', { root })).toMatchObject({ code: 5 });
  });

  it('works on the folder of the exchange', async () => {
    const folder = temporaryFolder();
    expect(await load(null, { file: folder })).toMatchObject({ code: 0, stdout: 'Нет файлов для загрузки\n' });
    writeFileSync(
      join(folder, 'pos1.aif'),
      '{"command":"addUnit","unit":{"unitcode":"1","name":"шт","fractional":0}}\n---\n',
    );
    writeFileSync(join(folder, 'pos1.flz'), '');
    const { code, stdout } = await load(null, { file: folder });
    expect(code).toBe(0);
    expect(stdout).toContain('единицы измерения: 1');
  });

  it('tells of goods that stand twice in a table, and counts goods, not rows', async () => {
    const text = 'code;name;price\n1;МОЛОКО;50\n2;ХЛЕБ;3\n1;КЕФИР;60\n1;КЕФИР;x\n';
    const { root, stdout } = await load(text);
    expect(stdout).toContain('строк: 4\n  товары: 2\n');
    expect(stdout).toContain('Предупреждений: 1\n  строка 4: Код 1 уже был в строке 2, действует эта строка');
    expect(opened(join(root, 'cash/data/catalog.db')).findByCode('1')).toMatchObject({ name: 'КЕФИР' });
    const again = await load(text, { root, json: true });
    expect(JSON.parse(again.stdout)).toMatchObject([
      { loaded: { goods: 2 }, warnings: [{ row: 4 }], warningsTotal: 1 },
    ]);
  });

  it('refuses what is no payment system of this program', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'pos1.aif');
    writeFileSync(file, '{"command":"addValut","valut":{"code":9,"name":"Биткоин","provider":"bitcoin"}}\n---\n');
    expect((await load(null, { file })).stdout).toContain('строка 1: Неизвестная система оплаты bitcoin');
  });

  it('writes error.txt in the time of the shop, as the log and the screen have it', async () => {
    const folder = temporaryFolder();
    const root = temporaryFolder();
    mkdirSync(join(root, 'cash/conf'), { recursive: true });
    writeFileSync(join(root, 'cash/conf/kassa.json'), '{"utcOffsetMinutes": 840}');
    writeFileSync(join(folder, 'pos1.aif'), '{"command":"addValut","valut":{"code":0,"name":""}}\n---\n');
    writeFileSync(join(folder, 'pos1.flz'), '');
    const before = Date.now();
    await load(null, { root, file: folder });
    const written = readFileSync(join(folder, 'error.txt'), 'utf8').slice(0, 19).replace(' ', 'T');
    const shopMs = Date.parse(`${written}Z`) - 840 * 60_000;
    expect(shopMs).toBeGreaterThan(before - 2000);
    expect(shopMs).toBeLessThanOrEqual(Date.now());
  });

  // Incident: `load --root /proc/x` never ended.
  it('ends at once where no folder can be made, and names the place', async () => {
    const { code, stdout } = await load(null, { root: '/proc/kassa', file: goodsFile() });
    expect(code).toBe(5);
    expect(stdout).toContain('/proc/kassa/cash/data/catalog.db');
    expect(stdout).not.toContain('поврежден');
  });

  it('says that a catalogue may not be written instead of calling it damaged', async () => {
    const root = temporaryFolder();
    // A plain file where the folder should be: no user may pass it, root of the system included.
    writeFileSync(join(root, 'cash'), '');
    const { code, stdout } = await load(null, { root, file: goodsFile() });
    expect(code).toBe(5);
    expect(stdout).toContain(`не создан, такого каталога здесь не может быть: ${join(root, 'cash/data/catalog.db')}`);
    expect(catalogFaultOf(Object.assign(new Error(), { code: 'EROFS' }), '/x/catalog.db').say).toBe(
      'Справочник товаров не записывается, нет прав или диск только для чтения: /x/catalog.db',
    );
  });
});

function goodsFile(): string {
  const file = join(temporaryFolder(), 'goods.csv');
  writeFileSync(file, 'code;name;price\n1;МОЛОКО;50\n');
  return file;
}

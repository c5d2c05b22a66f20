import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LoadCommand, runLoad } from '../../../src/cli/load.ts';
import { opened, temporaryFolder } from './folder.ts';

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
});

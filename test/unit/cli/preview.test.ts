import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PreviewCommand, runPreview } from '../../../src/cli/preview.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { Shop } from '../journal/shop.ts';
import { oplati, ruble } from '../register/fixtures.ts';

let root: string;
let journal: Journal;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-preview-'));
  journal = Journal.open(join(root, 'cash/data/journal.db'));
  const shop = new Shop(journal);
  shop.sell([2], [oplati]);
  shop.sell([1], [oplati, ruble]);
});
afterEach(() => {
  journal.close();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The journal stays open for writing meanwhile, as beside a running register. */
async function preview(more: Partial<PreviewCommand>) {
  const output = { out: '', err: '' };
  const code = await runPreview({
    root,
    template: 'sale',
    documentNumber: 1,
    columns: undefined,
    stdout: { write: (text) => (output.out += text) },
    stderr: { write: (text) => (output.err += text) },
    ...more,
  });
  return { code, ...output, rows: output.out.split('\n') };
}

describe('kassa preview', () => {
  it.each([32, 42, 48])('shows the slip of a document in %i columns', async (columns) => {
    const { code, rows, err } = await preview({ columns });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(Math.max(...rows.map((row) => row.length))).toBe(columns);
    expect(rows.join('\n')).toContain('ТОВАРНЫЙ ЧЕК');
    expect(rows.some((row) => row.includes('30.60') && row.length === columns)).toBe(true);
    expect(rows.some((row) => row.startsWith('8<'))).toBe(true);
  });

  it('is as wide as the printer of the settings, with the register and the shop of the settings', async () => {
    write(
      'cash/conf/kassa.json',
      '{"registerNumber": 77, "shop": {"name": "УГЛОВОЙ"}, "printer": {"profile": "generic-58"}}',
    );
    const { rows } = await preview({});
    expect(Math.max(...rows.map((row) => row.length))).toBe(32);
    expect(rows.join('\n')).toContain('УГЛОВОЙ');
    expect(rows.join('\n')).toContain('77');
  });

  it('shows each payment slip, and the shift for the report', async () => {
    expect((await preview({ template: 'oplati' })).out).toContain('30.60');
    const report = await preview({ template: 'oplat' });
    expect(report.out).toContain('СВЕРКА ИТОГОВ ПО БЕЗНАЛУ');
    // Both documents of the shift: 30.60 and 1.00 by О!плати; cash is not cashless.
    expect(report.out).toMatch(/Касса: 2 +31\.60/);
    expect(report.out).not.toContain(ruble.name);
  });

  it('prints by the template of the shop', async () => {
    write('cash/reports/sale.tpl', 'СВОЙ {{number}}|{{total}}\n');
    expect(await preview({ columns: 32 })).toMatchObject({ code: 0, out: `СВОЙ 1${' '.repeat(21)}30.60\n` });
  });

  it('names the line of a wrong template, and shows what would be printed instead', async () => {
    write('cash/reports/sale.tpl', 'строка\n{{secret}}\n');
    write('cash/reports/annulled.tpl', '@each nothing\n');
    const { code, out, err } = await preview({});
    expect(code).toBe(3);
    expect(err).toMatch(/^Шаблон sale\.tpl, строка 2: .*secret/);
    expect(err.split('\n')).toHaveLength(2);
    expect(out).toContain('ТОВАРНЫЙ ЧЕК');
    write('cash/reports/oplat.xml', '<report>\n<text>{x}</text>\n</report>');
    expect((await preview({ template: 'oplat' })).err).toContain('Шаблон oplat.xml, строка 2: столбец');
  });

  it('sends no escape of a template to the terminal', async () => {
    for (const template of ['\u001b[2Jтекст\u009b2J\n', '@qr a\u001b]0;x\u0007b\n', '@each \u001b[2J\n']) {
      write('cash/reports/sale.tpl', template);
      const { out, err } = await preview({});
      expect(out).not.toBe('');
      expect(out + err).not.toMatch(/[\u001b\u009b\u0007]/);
    }
  });

  it.each([
    [{ documentNumber: 3 }, 2, 'Нет закрытого документа № 3'],
    [{ documentNumber: undefined }, 2, '--document'],
    [{ template: 'oplati', documentNumber: 3 }, 2, 'Нет документа № 3 с оплатой О!плати'],
    [{ root: '/nowhere' }, 5, 'Журнал не найден'],
  ])('%j is refused with code %i', async (command, code, text) => {
    const result = await preview(command);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(text);
  });

  it('refuses wrong settings with the file and the line', async () => {
    write('cash/conf/kassa.json', '{\n"printer": {"profile": "НЕТ"}}');
    expect(await preview({})).toMatchObject({ code: 3, err: expect.stringContaining('строка 2') });
  });
});

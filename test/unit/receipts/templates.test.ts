import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentData } from '../../../src/receipts/document-fields.ts';
import { render } from '../../../src/receipts/render.ts';
import { parseTemplate } from '../../../src/receipts/template.ts';
import {
  loadReportTemplate,
  loadTemplates,
  SLIP_TEMPLATES,
  type TemplateProblem,
} from '../../../src/receipts/templates.ts';
import { toText } from '../../../src/receipts/to-text.ts';
import { slip } from './documents.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kassa-reports-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function saleTitle(folder: string | null): Promise<{ first: string; problems: TemplateProblem[] }> {
  const problems: TemplateProblem[] = [];
  const templates = await loadTemplates(folder, (problem) => problems.push(problem));
  const lines = render(templates.sale, documentData(slip([], [])), { columns: 32, printable: (text) => text });
  return { first: toText(lines, 32)[0]?.trim() ?? '', problems };
}

describe('templates of the shop', () => {
  it('replace the shipped ones by name', async () => {
    await writeFile(join(root, 'sale.tpl'), 'СВОЙ ЧЕК {{number}}\n');
    expect(await saleTitle(root)).toEqual({ first: 'СВОЙ ЧЕК 123', problems: [] });
  });

  it.each(Object.entries(SLIP_TEMPLATES))('%s: may be replaced, and say all that is described', async (name, known) => {
    const fields = known.fields.map((field) => `{{${field}}}\n`).join('');
    const lists = Object.entries(known.lists)
      .map(([list, names]) => `@each ${list}\n${names.map((field) => `{{${field}}}\n`).join('')}@end\n`)
      .join('');
    expect(parseTemplate(fields + lists, known)).toMatchObject({ ok: true });
    await writeFile(join(root, `${name}.tpl`), 'СВОЙ\n@cut\n');
    const own = await loadTemplates(root, () => expect.unreachable());
    const shipped = await loadTemplates(null, () => expect.unreachable());
    const changed = Object.entries(own).filter(
      ([key, template]) => JSON.stringify(template) !== JSON.stringify(shipped[key as keyof typeof shipped]),
    );
    expect(changed.map(([key]) => key)).toEqual([name]);
    const readme = readFileSync(new URL('../../../templates/README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`${name}.tpl\``);
    for (const field of [...known.fields, ...Object.keys(known.lists), ...Object.values(known.lists).flat()]) {
      expect(readme).toContain(`\`${field}\``);
    }
  });

  it('are those of payment systems too, under the names the systems give', async () => {
    await writeFile(join(root, 'oplati.tpl'), 'СВОЙ\n');
    const { ownSlips, payment } = await loadTemplates(root, () => expect.unreachable(), { bank: 'oplati' });
    expect(Object.keys(ownSlips)).toEqual(['bank']);
    expect(JSON.stringify(ownSlips)).toContain('СВОЙ');
    expect(JSON.stringify(payment)).not.toContain('СВОЙ');
    const wrong: TemplateProblem[] = [];
    await writeFile(join(root, 'oplati.tpl'), '{{password}}\n');
    await loadTemplates(root, (problem) => wrong.push(problem), { bank: 'oplati' });
    expect(wrong).toEqual([{ name: 'oplati', line: 1, message: 'нет поля «password»' }]);
  });

  it('need not exist', async () => {
    expect(await saleTitle(root)).toEqual({ first: 'ООО «Ромашка»', problems: [] });
    expect(await saleTitle(join(root, 'absent'))).toEqual({ first: 'ООО «Ромашка»', problems: [] });
    expect(await saleTitle(null)).toEqual({ first: 'ООО «Ромашка»', problems: [] });
  });

  it('are reported by line and passed over when they are wrong', async () => {
    await writeFile(join(root, 'sale.tpl'), 'a\n{{password}}\n');
    expect(await saleTitle(root)).toEqual({
      first: 'ООО «Ромашка»',
      problems: [{ name: 'sale', line: 2, message: 'нет поля «password»' }],
    });
  });

  it('cannot lead out of their folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'kassa-outside-'));
    await writeFile(join(outside, 'secret.tpl'), 'SECRET\n');
    await symlink(join(outside, 'secret.tpl'), join(root, 'sale.tpl'));
    const { first, problems } = await saleTitle(root);
    expect(first).toBe('ООО «Ромашка»');
    expect(problems).toEqual([{ name: 'sale', line: 1, message: 'файл вне папки шаблонов' }]);
    await rm(outside, { recursive: true });
  });

  it('are not read when they are too large', async () => {
    await writeFile(join(root, 'sale.tpl'), 'x\n'.repeat(40_000));
    expect((await saleTitle(root)).problems).toMatchObject([
      { name: 'sale', message: expect.stringContaining('большой') },
    ]);
  });
});

describe('report template of the shop', () => {
  async function reportTitle(folder: string | null): Promise<{ first: string; problems: TemplateProblem[] }> {
    const problems: TemplateProblem[] = [];
    const template = await loadReportTemplate(folder, (problem) => problems.push(problem));
    const data = { fields: { shopName: 'Ромашка' }, lists: {} };
    const lines = render(template, data, { columns: 32, printable: (text) => text });
    return { first: toText(lines, 32)[0]?.trim() ?? '', problems };
  }

  it('replaces the shipped one', async () => {
    await writeFile(join(root, 'oplat.xml'), '<report><text>СВОЙ ОТЧЕТ</text></report>');
    expect(await reportTitle(root)).toEqual({ first: 'СВОЙ ОТЧЕТ', problems: [] });
    const { reconciliation } = await loadTemplates(root, () => expect.unreachable());
    expect(reconciliation).toHaveLength(1);
  });

  it('need not exist', async () => {
    expect(await reportTitle(root)).toEqual({ first: 'Ромашка', problems: [] });
    expect(await reportTitle(null)).toEqual({ first: 'Ромашка', problems: [] });
  });

  it('is reported by line and column and passed over when it is wrong', async () => {
    await writeFile(join(root, 'oplat.xml'), '<report>\n  <text>{password}</text>\n</report>\n');
    expect(await reportTitle(root)).toEqual({
      first: 'Ромашка',
      problems: [{ name: 'oplat.xml', line: 2, message: 'столбец 9: нет поля «password»' }],
    });
  });

  it('is not read from outside of its folder, nor in another encoding', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'kassa-outside-'));
    await writeFile(join(outside, 'secret.xml'), '<report><text>SECRET</text></report>');
    await symlink(join(outside, 'secret.xml'), join(root, 'oplat.xml'));
    expect(await reportTitle(root)).toMatchObject({
      first: 'Ромашка',
      problems: [{ message: 'файл вне папки шаблонов' }],
    });
    await rm(outside, { recursive: true });
    await rm(join(root, 'oplat.xml'));
    await writeFile(join(root, 'oplat.xml'), Buffer.from('<report><text>\xd7\xc5\xca</text></report>', 'latin1'));
    expect((await reportTitle(root)).problems).toMatchObject([{ message: 'столбец 15: файл не в кодировке UTF-8' }]);
  });
});

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PreviewCommand, runPreview } from '../../../src/cli/preview.ts';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import type { SlipRow } from '../../../src/receipts/document-fields.ts';
import type { Currency } from '../../../src/register/model.ts';
import { removeFolder } from '../../remove-folder.ts';
import { Shop } from '../journal/shop.ts';
import { goods, oplati, ruble } from '../register/fixtures.ts';

const assist: Currency = { code: 9, shortName: 'Асст', name: 'Ассист', provider: 'assist', changeAllowed: false };

let root: string;
let journal: Journal;
let shop: Shop;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kassa-preview-'));
  journal = Journal.open(join(root, 'cash/data/journal.db'));
  shop = new Shop(journal);
  shop.sell([2], [oplati]);
  shop.sell([1], [oplati, ruble]);
});
afterEach(() => {
  journal.close();
  removeFolder(root);
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
    documentNumber: ['x', 'z', 'qr'].includes(more.template ?? '') ? undefined : 1,
    columns: undefined,
    stdout: { write: (text) => (output.out += text) },
    stderr: { write: (text) => (output.err += text) },
    ...more,
  });
  return { code, ...output, rows: output.out.split('\n') };
}

/** One row of `attempts`, as far as a preview reads it. */
function attempt(attemptId: string, { state, slip }: Pick<Attempt, 'state'> & { slip?: SlipRow[] }): Attempt {
  return {
    attemptId,
    provider: 'oplati',
    operation: 'pay',
    documentId: 'd',
    documentNumber: 2,
    documentTitle: 'ПРОДАЖА № 2',
    currencyName: 'О!плати',
    order: { amountKopecks: 700, orderNumber: `T-${attemptId}`, shiftLabel: '22082023' } as Attempt['order'],
    sourceAttemptId: null,
    state,
    driverState: null,
    step: 0,
    prompt: null,
    promptIssuedAtMs: 0,
    foreground: false,
    wakeAtMs: null,
    outcome: slip === undefined ? null : { kind: 'approved', providerPaymentId: null, slip },
    startedAtMs: 0,
    updatedAtMs: 0,
    manual: null,
  } as Attempt;
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

  it('shows a return and a copy by the template of their document', async () => {
    shop.takeBack(shop.sell([1]), null);
    expect((await preview({ template: 'return', documentNumber: 4 })).out).toContain('По чеку № 3');
    expect((await preview({ template: 'copy', documentNumber: 1 })).rows[0]?.trim()).toBe('КОПИЯ');
  });

  it('shows the slip of any other payment system, with the rows it has told', async () => {
    const [paid] = shop.sell([1], [assist]).payments;
    if (paid === undefined) throw new Error('not paid');
    const slip = [{ label: 'Код ответа', value: 'AS000' }];
    journal.append({ ...emptyWrite(), attempts: [attempt(paid.attemptId, { state: 'approved', slip })] });
    const { code, out } = await preview({ template: 'payment', documentNumber: 3, columns: 32 });
    expect(code).toBe(0);
    expect(out).toMatch(/Ассист\n/);
    expect(out).toMatch(/Код ответа +AS000\n/);
  });

  describe('of the shift', () => {
    const openShift = () => journal.append({ ...emptyWrite(), snapshot: shop.register.state });

    it.each(['x', 'z'])('shows what %s would print now, and closes nothing', async (template) => {
      const sale = shop.sell([1]);
      shop.takeBack(sale, null);
      shop.register.add(goods());
      shop.annul();
      openShift();
      journal.append({ ...emptyWrite(), attempts: [attempt('lost', { state: 'unknown' })] });
      const { code, out, err } = await preview({ template, documentNumber: undefined, columns: 32 });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`${template.toUpperCase()}-ОТЧЕТ`);
      expect(out).toMatch(/Документы +№ 1 - 5\n/);
      // 30.60 by О!плати, 1.00 and 14.30 by both, 15.30 in cash that was given back.
      expect(out).toMatch(/ПРОДАЖИ: 3 чек\. +61\.20\nРоссийский рубль: 2 +29\.60\nО!плати: 2 +31\.60\n/);
      expect(out).toMatch(/ВОЗВРАТЫ: 1 чек\. +15\.30\n/);
      expect(out).toMatch(/АННУЛИРОВАНО: 1 чек\. +15\.30\n/);
      expect(out).toMatch(/В ДЕНЕЖНОМ ЯЩИКЕ +14\.30\n/);
      expect(out).toMatch(/Незавершенные оплаты +1\nПРОДАЖА № 2 +7\.00\n +О!плати: неизвестно\n/);
      expect(await preview({ template, documentNumber: undefined, columns: 32 })).toMatchObject({ code: 0 });
    });

    it('needs an open shift', async () => {
      expect(await preview({ template: 'x' })).toMatchObject({ code: 2, out: '', err: 'Смена закрыта\n' });
    });
  });

  it.each([
    ['cash-in', 'ВНЕСЕНИЕ НАЛИЧНЫХ'],
    ['cash-out', 'ВЫПЛАТА НАЛИЧНЫХ'],
    ['qr', 'К оплате: 100.00'],
  ])('shows a sample of %s without a journal, inside any paper', async (template, text) => {
    for (const columns of [32, 42, 48]) {
      const { code, rows } = await preview({ root: join(root, 'empty'), template, documentNumber: undefined, columns });
      expect(code).toBe(0);
      expect(rows.join('\n')).toContain(text);
      expect(Math.max(...rows.map((row) => row.length))).toBe(columns);
    }
  });

  it('names the file of a wrong report template, and shows the shop its own', async () => {
    write('cash/reports/cash-in.tpl', 'СВОЕ ВНЕСЕНИЕ {{amount}}\n');
    write('cash/reports/qr.tpl', '@qr {{link}}\n');
    expect((await preview({ template: 'cash-in' })).out).toBe('СВОЕ ВНЕСЕНИЕ 100.00\n');
    const { code, err } = await preview({ template: 'qr' });
    expect({ code, err }).toEqual({ code: 3, err: expect.stringMatching(/^Шаблон qr\.tpl, строка 1: .*link/) });
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
    // preview x --document 1 once showed the open shift, as if that were document 1.
    [{ template: 'x', documentNumber: 1 }, 2, 'Ключа --document у шаблона x нет'],
    [{ template: 'qr', documentNumber: 1 }, 2, 'Ключа --document у шаблона qr нет'],
    [{ template: 'oplati', documentNumber: 3 }, 2, 'Нет документа № 3 с оплатой О!плати'],
    [{ template: 'payment', documentNumber: 1 }, 2, 'Нет документа № 1 с безналичной оплатой'],
    [{ template: 'return', documentNumber: 1 }, 2, 'Нет возврата № 1'],
    [{ template: 'payment', documentNumber: undefined }, 2, '--document'],
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

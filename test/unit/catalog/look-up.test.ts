import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTemplates } from '../../../src/catalog/templates.ts';
import { checkDigitOf } from '../../../src/register/check-digit.ts';
import { loadAif, opened, temporaryFolder } from './folder.ts';
import { TEMPLATE_TEXTS } from './template-texts.ts';

const templates = parseTemplates(TEMPLATE_TEXTS);
const withCheckDigit = (body: string) => body + checkDigitOf(body);

const item = (inventcode: string, name: string, price: number, more: object = {}) => ({
  command: 'addInventItem',
  invent: { inventcode, name, price, ...more },
});

async function shop() {
  const folder = temporaryFolder();
  const report = await loadAif(folder, [
    { command: 'addUnit', unit: { unitcode: '2', name: 'кг', fractional: true } },
    item('1', 'МОЛОКО', 50, { barcode: '4810000000018' }),
    item('4', 'ЯБЛОКИ', 3.99, { measurecode: '2' }),
    item('7', 'ЖВАЧКА', 10, { barcode: '036000291452' }),
    item('8', 'ВОДА', 31.8, {
      barcode: '4810000000025',
      barcodes: [
        { barcode: '4810000000032', name: 'ВОДА УПАКОВКА', price: 180, quantdefault: 6 },
        { barcode: '4810000000049', quantdefault: 0 },
      ],
    }),
    item('12345678', 'КОД ИЗ ВОСЬМИ ЦИФР', 1),
    item('77', 'ЧУЖОЙ ВНУТРЕННИЙ', 2, { barcode: '2200004004550' }),
    item('900', 'ГРУШИ', 5, { measurecode: '2' }),
    { command: 'addTmcScale', tmcscale: { tmcscalecode: '1', tmccode: '900', plu: '00017' } },
  ]);
  expect(report.refused).toEqual([]);
  return opened(join(folder, 'catalog.db'), { readonly: true });
}

describe('order of search (domain.md 2.3)', () => {
  it('takes the exact barcode first, even over a template', async () => {
    const catalog = await shop();
    expect(catalog.resolve('4810000000018', 'scan', templates)).toMatchObject({
      found: { code: '1', name: 'МОЛОКО', priceKopecks: 5000, barcode: '4810000000018' },
      quantityThousandths: null,
      priceKopecks: null,
      by: 'barcode',
    });
    expect(catalog.resolve('2200004004550', 'scan', templates)).toMatchObject({ found: { code: '77' }, by: 'barcode' });
  });

  it('finds other spellings of the same GTIN, both ways', async () => {
    const catalog = await shop();
    expect(catalog.findByBarcode('04810000000018')?.code).toBe('1');
    expect(catalog.findByBarcode('0036000291452')?.code).toBe('7');
    expect(catalog.findByBarcode('036000291452')?.code).toBe('7');
  });

  it('sells a pack with its own name, price and quantity', async () => {
    const catalog = await shop();
    expect(catalog.resolve('4810000000032', 'scan', templates)).toMatchObject({
      found: { code: '8', name: 'ВОДА УПАКОВКА', priceKopecks: 18000, barcode: '4810000000025' },
      quantityThousandths: 6000,
    });
    expect(catalog.resolve('4810000000049', 'scan', templates)).toMatchObject({
      found: { name: 'ВОДА', quantityRequired: true },
      quantityThousandths: null,
    });
  });

  it('reads labels of the scales by the code without zeros and by the table of PLU', async () => {
    const catalog = await shop();
    expect(catalog.resolve(withCheckDigit('220000401234'), 'scan', templates)).toMatchObject({
      found: { code: '4', unit: { name: 'кг', fractional: true } },
      quantityThousandths: 1234,
      by: 'template',
    });
    expect(catalog.resolve(withCheckDigit('220001700500'), 'barcode', templates)).toMatchObject({
      found: { code: '900' },
      quantityThousandths: 500,
    });
    expect(catalog.resolve(withCheckDigit('230000400999'), 'scan', templates)).toMatchObject({
      found: { code: '4' },
      quantityThousandths: null,
      priceKopecks: 999,
    });
  });

  it('refuses a label without weight, of unknown goods, with a wrong check digit', async () => {
    const catalog = await shop();
    const zero = withCheckDigit('220000400000');
    expect(catalog.resolve(zero, 'scan', templates)).toEqual({ refused: 'DOM-28', params: { код: zero } });
    const unknown = withCheckDigit('220555500100');
    expect(catalog.resolve(unknown, 'scan', templates)).toEqual({ refused: 'DOM-10', params: { код: unknown } });
    const right = withCheckDigit('220000400455');
    const wrong = right.slice(0, 12) + ((Number(right[12]) + 1) % 10);
    expect(catalog.resolve(wrong, 'scan', templates)).toEqual({ refused: 'DOM-100', params: { код: wrong } });
  });

  it('takes a code only when it was typed with Ввод', async () => {
    const catalog = await shop();
    expect(catalog.resolve('1', 'code', templates)).toMatchObject({ found: { code: '1' }, by: 'code' });
    expect(catalog.resolve('1', 'scan', templates)).toEqual({ refused: 'DOM-10', params: { код: '1' } });
    expect(catalog.resolve('1', 'barcode', templates)).toEqual({ refused: 'DOM-10', params: { код: '1' } });
    expect(catalog.resolve('12345678', 'code', templates)).toMatchObject({ found: { code: '12345678' }, by: 'code' });
  });

  it('says what is unknown: a code, a barcode, a mistyped barcode', async () => {
    const catalog = await shop();
    expect(catalog.resolve('555', 'code', templates)).toEqual({ refused: 'DOM-11', params: { код: '555' } });
    expect(catalog.resolve('4810000009998', 'scan', templates)).toMatchObject({ refused: 'DOM-10' });
    expect(catalog.resolve('123456789', 'code', templates)).toMatchObject({ refused: 'DOM-10' });
    expect(catalog.resolve('4810000000019', 'scan', templates)).toMatchObject({ refused: 'DOM-100' });
    expect(catalog.resolve('4810000000019', 'code', templates)).toMatchObject({ refused: 'DOM-100' });
    expect(catalog.resolve('a\u001b[31mb', 'scan', templates)).toEqual({
      refused: 'DOM-10',
      params: { код: 'a[31mb' },
    });
  });
});

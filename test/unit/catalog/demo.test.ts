import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoGoods, seedDemo } from '../../../src/catalog/demo.ts';
import { parseTemplates } from '../../../src/catalog/templates.ts';
import { endsWithCheckDigit } from '../../../src/register/check-digit.ts';
import { opened, temporaryFolder } from './folder.ts';
import { TEMPLATE_TEXTS } from './template-texts.ts';

function seeded() {
  const path = join(temporaryFolder(), 'catalog.db');
  seedDemo(path, 1000);
  return { path, catalog: opened(path) };
}

describe('demo catalogue', () => {
  it('has the goods every check is written against', () => {
    const { catalog } = seeded();
    const shown = ['1', '2', '3', '4', '57'].map((code) => {
      const goods = catalog.findByCode(code);
      return [goods?.barcode, goods?.name, goods?.priceKopecks, goods?.unit.name];
    });
    expect(shown).toEqual([
      ['4810000000018', 'МОЛОКО БМК 1.5% 1Л П/П', 5000, 'шт'],
      ['4810000000025', 'БМК БИФИЛЮКС 2.5% 0.5Л', 1530, 'шт'],
      ['4810000000032', 'СОК РИЧ ЯБЛОКО 1Л', 7090, 'шт'],
      [null, 'ЯБЛОКИ ВЕСОВЫЕ', 399, 'кг'],
      ['4810000000575', 'МОЛОКО БМК 2.8% 1Л П/П', 5240, 'шт'],
    ]);
    const templates = parseTemplates(TEMPLATE_TEXTS);
    expect(catalog.resolve('2200004004556', 'scan', templates)).toMatchObject({
      found: { code: '4', unit: { fractional: true } },
      quantityThousandths: 455,
    });
    expect(catalog.resolve('4810000009998', 'scan', templates)).toMatchObject({ refused: 'DOM-10' });
    expect(catalog.loadedAt()).toBe(1000);
  });

  it('fills the shelves of a grocery with valid, different goods and every special case', () => {
    const goods = demoGoods();
    expect(goods.length).toBeGreaterThan(200);
    expect(goods.length).toBeLessThan(999);
    expect(new Set(goods.map(({ name }) => name)).size).toBe(goods.length);
    expect(goods.map(({ code }) => code)).toEqual(goods.map((_, index) => String(index + 1)));
    for (const { barcodes, name } of goods) {
      expect(name.length).toBeLessThanOrEqual(50);
      for (const { barcode } of barcodes?.list ?? []) expect(endsWithCheckDigit(barcode)).toBe(true);
    }
    const { catalog } = seeded();
    expect(catalog.goodsCount()).toBe(goods.length);
    const all = goods.map(({ code }) => catalog.findByCode(code));
    for (const special of [
      { priceEntry: 'allowed' },
      { priceEntry: 'required' },
      { priceKopecks: 0, priceEntry: 'forbidden' },
      { saleForbidden: true },
      { quantityRequired: true },
      { quantityLimitThousandths: 3000 },
    ]) {
      expect(all).toContainEqual(expect.objectContaining(special));
    }
    expect(all.filter((each) => each?.unit.fractional).length).toBeGreaterThan(20);
  });

  it('has the currencies and the users, who know their passwords', async () => {
    const { catalog } = seeded();
    expect(catalog.currencies()).toEqual([
      { code: 1, shortName: 'Руб', name: 'Российский рубль', provider: 'cash', changeAllowed: true },
      { code: 3, shortName: 'АТ', name: 'Автономный терминал', provider: 'terminal', changeAllowed: false },
      { code: 7, shortName: 'Опла', name: 'О!плати', provider: 'oplati', changeAllowed: false },
    ]);
    // The brand is written with the Cyrillic letter.
    expect(catalog.currencies()[2]?.name.charCodeAt(0)).toBe(0x41e);
    expect(catalog.users()).toMatchObject([
      { code: '1', name: 'Мастер', rank: 'старший кассир', roles: ['cashier', 'senior'], locked: false },
      { code: '2', name: 'Кассир', roles: ['cashier'] },
      { code: '9', name: 'Администратор', roles: ['cashier', 'senior', 'administrator'] },
    ]);
    expect(await catalog.verifyPassword('1', '1111')).toBe(true);
    expect(await catalog.verifyPassword('2', '2222')).toBe(true);
    expect(await catalog.verifyPassword('9', '9999')).toBe(true);
    expect(await catalog.verifyPassword('1', '2222')).toBe(false);
    expect(await catalog.verifyPassword('1', '')).toBe(false);
  });

  it('can be seeded twice', () => {
    const { path, catalog } = seeded();
    const before = catalog.goodsCount();
    seedDemo(path, 2000);
    expect(catalog.goodsCount()).toBe(before);
    expect(catalog.search('бифилюкс').rows).toHaveLength(1);
    expect(catalog.loadedAt()).toBe(2000);
  });
});

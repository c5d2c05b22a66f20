import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { seedDemo } from '../../../src/catalog/demo.ts';
import { wordsOf } from '../../../src/catalog/search-text.ts';
import { loadAif, loadCsv, opened, temporaryFolder } from './folder.ts';

const codes = (catalog: Catalog, text: string) => catalog.search(text).rows.map((goods) => goods.code);

async function shop(...names: string[]): Promise<Catalog> {
  const folder = temporaryFolder();
  const rows = names.map((name, index) => `${index + 1};${name};1`);
  expect((await loadCsv(folder, ['code;name;price', ...rows].join('\n'))).refused).toEqual([]);
  return opened(join(folder, 'catalog.db'));
}

describe('search of goods while typing (screens.md SCR-06)', () => {
  it('shows the two goods of the mock-up', () => {
    const path = join(temporaryFolder(), 'catalog.db');
    seedDemo(path);
    const catalog = opened(path);
    const { rows, more } = catalog.search('МОЛ');
    expect(rows.map((goods) => [goods.code, goods.barcode, goods.name, goods.priceKopecks])).toEqual([
      ['1', '4810000000018', 'МОЛОКО БМК 1.5% 1Л П/П', 5000],
      ['57', '4810000000575', 'МОЛОКО БМК 2.8% 1Л П/П', 5240],
    ]);
    expect(more).toBe(false);
    expect(codes(catalog, 'мол бмк')).toEqual(['1', '57']);
    expect(codes(catalog, 'бмк мол 2.8')).toEqual(['57']);
    expect(codes(catalog, 'молоко бмк 1,5% 1л п/п')).toEqual(['1']);
  });

  it('does not mind the case, ё and the order of words; every word must fit', async () => {
    const catalog = await shop('МЁД ЛИПОВЫЙ', 'Мед гречишный', 'ХАТНI КВАС', 'ЎСХОД');
    expect(codes(catalog, 'мед')).toEqual(['1', '2']);
    expect(codes(catalog, 'МЁД')).toEqual(['1', '2']);
    expect(codes(catalog, 'лип мё')).toEqual(['1']);
    expect(codes(catalog, 'мед квас')).toEqual([]);
    expect(codes(catalog, 'ўсх')).toEqual(['4']);
    expect(codes(catalog, 'усх')).toEqual([]);
  });

  it('finds a piece from inside of a word after the words that begin with it', async () => {
    const catalog = await shop('МОЛОКО', 'ЛОКОН', 'БАТОН');
    expect(codes(catalog, 'локо')).toEqual(['2', '1']);
    expect(codes(catalog, 'тон')).toEqual(['3']);
  });

  it('starts at two characters and finds nothing for signs', async () => {
    const catalog = await shop('МОЛОКО 1%');
    for (const text of ['', 'м', ' м ', '"*', '%%%', "'; --", '(((', 'м"ол*', '\u0000\u001b[']) {
      expect(() => catalog.search(text)).not.toThrow();
    }
    expect(codes(catalog, 'м')).toEqual([]);
    expect(codes(catalog, '%%%')).toEqual([]);
    expect(codes(catalog, 'мо')).toEqual(['1']);
  });

  it('never stumbles over any text', async () => {
    const catalog = await shop('МОЛОКО', 'AND OR NOT NEAR');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        expect(catalog.search(text).rows.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
    expect(codes(catalog, 'and not')).toEqual(['2']);
  });

  it('finds digits as the beginning of a code, of a barcode and as a tail', async () => {
    const folder = temporaryFolder();
    const rows = [
      'code;barcode;name;price',
      '48;;ПЕРВЫЙ 18;1',
      '5;4810000000018;ВТОРОЙ;1',
      '6;4810000000025 4810000000032;ТРЕТИЙ;1',
    ];
    await loadCsv(folder, rows.join('\n'));
    const catalog = opened(join(folder, 'catalog.db'));
    expect(codes(catalog, '48')).toEqual(['48', '5', '6']);
    expect(codes(catalog, '018')).toEqual(['5']);
    expect(codes(catalog, '0032')).toEqual(['6']);
    expect(codes(catalog, '4810000000025')).toEqual(['6']);
    expect(codes(catalog, '18')).toEqual(['5']);
  });

  it('stops at the limit and says that there are more', async () => {
    const catalog = await shop(...Array.from({ length: 201 }, (_, index) => `СОК СОРТ ${index}`));
    expect(catalog.search('сок')).toMatchObject({ more: true });
    expect(catalog.search('сок').rows).toHaveLength(200);
    expect(catalog.search('сок', 201)).toMatchObject({ more: false });
    expect(catalog.search('сок сорт 20').rows.map((goods) => goods.name)).toEqual(['СОК СОРТ 20', 'СОК СОРТ 200']);
  });

  it('finds the same goods whatever way the words are joined', async () => {
    const words = ['МОЛОКО', 'МОЛЬ', 'БМК', 'БОР', '1Л', '1.5%', 'П/П', 'ПАКЕТ'];
    const name = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
    const names = fc.sample(name, 60);
    const catalog = await shop(...names);
    const piece = fc
      .constantFrom(...words)
      .chain((word) => fc.nat(word.length - 1).map((end) => word.slice(0, end + 1)));
    fc.assert(
      fc.property(fc.array(piece, { minLength: 2, maxLength: 4 }), (pieces) => {
        const text = pieces.join(' ');
        const asked = wordsOf(text);
        // One word alone is also looked for inside of words.
        fc.pre(!/^[\d\s]*$/.test(text) && !asked.some((word) => asked.every((other) => word.startsWith(other))));
        const expected = names.flatMap((each, index) =>
          asked.every((prefix) => wordsOf(each).some((word) => word.startsWith(prefix))) ? [String(index + 1)] : [],
        );
        expect(codes(catalog, text)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('follows changed and deleted goods', async () => {
    const folder = temporaryFolder();
    const item = (inventcode: string, name: string) => ({
      command: 'addInventItem',
      invent: { inventcode, name, price: 1, barcode: `100${inventcode}` },
    });
    await loadAif(folder, [item('1', 'СЫР ГАУДА'), item('2', 'СЫР ЭДАМ')]);
    const catalog = opened(join(folder, 'catalog.db'));
    await loadAif(folder, [item('1', 'ТВОРОГ'), { command: 'deleteInventItem', invent: { inventcode: '2' } }]);
    expect(codes(catalog, 'сыр')).toEqual([]);
    expect(codes(catalog, 'творог')).toEqual(['1']);
    expect(codes(catalog, '1002')).toEqual([]);
  });
});

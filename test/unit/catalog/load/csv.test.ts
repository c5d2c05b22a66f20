import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFile } from '../../../../src/catalog/load/load-file.ts';
import { loadCsv, opened, temporaryFolder } from '../folder.ts';

const goodsIn = (folder: string, code: string) => opened(join(folder, 'catalog.db')).findByCode(code);

describe('loading CSV', () => {
  it.each([
    ['semicolons', 'code;barcode;name;price;unit;fractional\n4;4810000000018;ЯБЛОКИ;3.99;кг;1\n'],
    ['commas and quotes', 'name,price,code,unit,fractional,barcode\n"ЯБЛОКИ","3,99",4,кг,да,4810000000018'],
    [
      'tabs, CRLF, BOM and Russian titles',
      '\ufeffКод\tШтрих-код\tНаименование\tЦена\tЕд.изм.\tДробный\r\n4\t4810000000018\tЯБЛОКИ\t3,99\tкг\t1\r\n',
    ],
  ])('reads %s', async (_kind, text) => {
    const folder = temporaryFolder();
    expect(await loadCsv(folder, text)).toMatchObject({
      state: 'loaded',
      refused: [],
      loaded: { goods: 1, barcodes: 1 },
    });
    expect(goodsIn(folder, '4')).toEqual({
      code: '4',
      barcode: '4810000000018',
      name: 'ЯБЛОКИ',
      unit: { code: 'кг', name: 'кг', fractional: true },
      priceKopecks: 399,
      minPriceKopecks: 0,
      priceEntry: 'forbidden',
      quantityRequired: false,
      saleForbidden: false,
      quantityLimitThousandths: null,
      documentQuantityLimitThousandths: null,
    });
  });

  it('reads CP1251', async () => {
    const folder = temporaryFolder();
    // МОЛОКО in CP1251.
    const name = Buffer.from([0xcc, 0xce, 0xcb, 0xce, 0xca, 0xce]);
    await loadCsv(folder, Buffer.concat([Buffer.from('code;name;price\n1;'), name, Buffer.from(';50.00\n')]));
    expect(goodsIn(folder, '1')?.name).toBe('МОЛОКО');
  });

  it('reads every option of the goods', async () => {
    const folder = temporaryFolder();
    const titles =
      'code;name;price;minprice;priceentry;quantityrequired;saleforbidden;quantitylimit;documentquantitylimit';
    await loadCsv(folder, `${titles}\n1;ТОРТ;95.50;50;required;1;да;3;10.5\n2;ХЛЕБ;1;;;;;;`);
    expect(goodsIn(folder, '1')).toMatchObject({
      minPriceKopecks: 5000,
      priceEntry: 'required',
      quantityRequired: true,
      saleForbidden: true,
      quantityLimitThousandths: 3000,
      documentQuantityLimitThousandths: 10500,
    });
    expect(goodsIn(folder, '2')).toMatchObject({ minPriceKopecks: 0, priceEntry: 'forbidden', saleForbidden: false });
  });

  it('keeps quotes, delimiters and line ends that belong to a name', async () => {
    const folder = temporaryFolder();
    const text = [
      'code;name;price',
      '1;"СОК ""РИЧ""; ЯБЛОКО";70.90',
      '2;МОЛОКО "БМК" 1Л;50',
      '3;"ДВЕ',
      'СТРОКИ";1',
      '4;"НЕ ЗАКРЫТА;2',
      '5;ХОРОШАЯ;3',
    ];
    const report = await loadCsv(folder, text.join('\n'));
    expect(report.refused).toEqual([{ row: 6, reason: 'Кавычка не закрыта' }]);
    const catalog = opened(join(folder, 'catalog.db'));
    expect(['1', '2', '3', '5'].map((code) => catalog.findByCode(code)?.name)).toEqual([
      'СОК "РИЧ"; ЯБЛОКО',
      'МОЛОКО "БМК" 1Л',
      'ДВЕ СТРОКИ',
      'ХОРОШАЯ',
    ]);
  });

  it('loads the good rows and tells the line and the reason of every other', async () => {
    const folder = temporaryFolder();
    const report = await loadCsv(
      folder,
      [
        'code;barcode;name;price;unit;fractional',
        '1;4810000000018;МОЛОКО;50.00;шт;0',
        ';;БЕЗ КОДА;1;шт;0',
        '3;;;1;шт;0',
        '4;;ЦЕНА;дорого;шт;0',
        '5;;ЦЕНА;-5.00;шт;0',
        '6;;ЦЕНА;1.005;шт;0',
        '7;;ЕДИНИЦА;1;аршин;',
        '8;4810000000019;ЦИФРА;1;шт;0',
        '9;4810000000018;ЧУЖОЙ ШТРИХ-КОД;1;шт;0',
        `10;;${'Д'.repeat(201)};1;шт;0`,
        '11;;МАЛО КОЛОНОК;1',
        '12;;ЦЕНЫ НЕТ;;шт;0',
        '13;;ЕДИНИЦА ДРУГАЯ;1;шт;1',
        '',
        '15;2200004004550;ВНУТРЕННИЙ;1.50;ШТ;0',
      ].join('\n'),
    );
    expect(report.refused).toEqual([
      { row: 3, reason: 'Не указан код' },
      { row: 4, reason: 'Не указано наименование' },
      { row: 5, reason: 'Цена не читается: дорого' },
      { row: 6, reason: 'Цена отрицательная: -5.00' },
      { row: 7, reason: 'Цена содержит больше двух знаков после запятой: 1.005' },
      { row: 8, reason: 'Неизвестная единица измерения аршин' },
      { row: 9, reason: 'Неверная контрольная цифра штрих-кода 4810000000019' },
      { row: 10, reason: 'Штрих-код 4810000000018 уже есть у товара с кодом 1' },
      { row: 11, reason: 'Наименование длиннее 200 знаков' },
      { row: 12, reason: 'Колонок 4, а в первой строке 6' },
      { row: 13, reason: 'Цена не указана' },
      { row: 14, reason: 'Единица шт в справочнике целая' },
    ]);
    expect(report).toMatchObject({ state: 'loaded', rows: 14, refusedTotal: 12, goodsCount: 2 });
    expect(goodsIn(folder, '15')?.priceKopecks).toBe(150);
  });

  it('loads nothing when all was asked for and one row is bad', async () => {
    const folder = temporaryFolder();
    await loadCsv(folder, 'code;name;price\n1;СТАРЫЙ;1');
    const report = await loadCsv(folder, 'code;name;price\n1;НОВЫЙ;2\n2;ПЛОХОЙ;x', { allOrNothing: true });
    expect(report).toMatchObject({ state: 'refused', refusedTotal: 1 });
    expect(goodsIn(folder, '1')?.name).toBe('СТАРЫЙ');
  });

  it('leaves fields alone whose column is not in the file', async () => {
    const folder = temporaryFolder();
    await loadCsv(folder, 'code;barcode;name;price;unit;fractional\n1;4810000000018;ЯБЛОКИ;3;кг;1');
    await loadCsv(folder, 'code;name;price\n1;ЯБЛОКИ СВЕЖИЕ;4.50');
    expect(goodsIn(folder, '1')).toMatchObject({
      name: 'ЯБЛОКИ СВЕЖИЕ',
      priceKopecks: 450,
      barcode: '4810000000018',
      unit: { name: 'кг', fractional: true },
    });
  });

  it('takes escapes and invisible signs out of names', async () => {
    const folder = temporaryFolder();
    await loadCsv(folder, 'code;name;price\n1;МОЛ\u001b[31mОКО\u009b\u202e;1');
    expect(goodsIn(folder, '1')?.name).toBe('МОЛ[31mОКО');
  });

  it.each([
    ['an empty file', '', 'Файл пуст'],
    ['a file without prices', 'code;name\n1;МОЛОКО', 'нет колонки price'],
    ['a column twice', 'code;name;price;цена\n1;МОЛОКО;1;2', 'указана дважды'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 10]), 'двоичный'],
  ])('refuses %s and keeps the old goods', async (_kind, content, problem) => {
    const folder = temporaryFolder();
    await loadCsv(folder, 'code;name;price\n1;СТАРЫЙ;1');
    const report = await loadCsv(folder, content);
    expect(report.state).toBe('broken');
    expect(report.problem).toContain(problem);
    expect(goodsIn(folder, '1')?.name).toBe('СТАРЫЙ');
  });

  it('says that a file is missing, and that the catalogue is damaged', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'catalog.db');
    expect(await loadFile(path, join(folder, 'no.csv'))).toMatchObject({ state: 'broken', problem: 'Файл не найден' });
    expect(await loadFile(path, folder)).toMatchObject({ state: 'broken', problem: 'Это не файл' });
    await loadCsv(folder, 'code;name;price\n1;СТАРЫЙ;1');
    expect(await loadFile(join(folder, 'goods.csv'), join(folder, 'goods.csv'))).toMatchObject({ state: 'storage' });
  });
});

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFile, loadFolder } from '../../../../src/catalog/load/load-file.ts';
import { isNameOfOplati } from '../../../../src/payments/providers/oplati/own-name.ts';
import { aifText, loadAif, opened, temporaryFolder } from '../folder.ts';

const catalogOf = (folder: string, pepper?: Buffer) =>
  opened(join(folder, 'catalog.db'), pepper === undefined ? {} : { pepper });
const kilogram = { command: 'addUnit', unit: { unitCode: '166', name: 'кг', fractional: true } };
const milk = {
  command: 'addInventItem',
  invent: { inventcode: '1', barcode: '4810000000018', name: 'МОЛОКО', price: 50.1, isInventItem: true },
};

describe('loading AIF', () => {
  it('loads goods with their options', async () => {
    const folder = temporaryFolder();
    const cheese = {
      command: 'addInventItem',
      invent: {
        inventcode: 5,
        name: 'СЫР',
        price: '689,5',
        minprice: 100,
        minretailprice: '200.00',
        measurecode: 166,
        barcode: '4810000000025',
        barcodes: [{ barcode: '4810000000032' }],
        options: {
          quantityoptions: { requirequantitymanual: true, enablequantitylimit: true, quantitylimit: 2.5 },
          priceoptions: { enablepricemanual: 1 },
          inventitemoptions: { disableinventsale: true },
        },
      },
    };
    expect(await loadAif(folder, [kilogram, milk, cheese])).toMatchObject({
      state: 'loaded',
      rows: 3,
      refused: [],
      loaded: { goods: 2, barcodes: 3, units: 1 },
      goodsCount: 2,
    });
    const catalog = catalogOf(folder);
    expect(catalog.findByCode('1')).toMatchObject({ priceKopecks: 5010, unit: { name: 'шт', fractional: false } });
    expect(catalog.findByBarcode('4810000000032')).toEqual({
      code: '5',
      barcode: '4810000000025',
      name: 'СЫР',
      unit: { code: '166', name: 'кг', fractional: true },
      priceKopecks: 68950,
      minPriceKopecks: 20000,
      priceEntry: 'allowed',
      quantityRequired: true,
      saleForbidden: true,
      quantityLimitThousandths: 2500,
      documentQuantityLimitThousandths: null,
    });
  });

  it('adds, changes, deletes and clears', async () => {
    const folder = temporaryFolder();
    await loadAif(folder, [
      milk,
      { command: 'addBarcode', barcode: { inventcode: '1', barcode: '4810000000025', price: 95 } },
      { command: 'addPrice', price: { barcode: '4810000000018', price: 55 } },
    ]);
    const catalog = catalogOf(folder);
    expect(catalog.findByCode('1')?.priceKopecks).toBe(5500);
    expect(catalog.findByBarcode('4810000000025')?.priceKopecks).toBe(9500);
    await loadAif(folder, [
      { command: 'deletePrice', price: { barcode: '4810000000025' } },
      { command: 'deleteBarcode', barcode: { barcode: '4810000000018' } },
    ]);
    expect(catalog.findByBarcode('4810000000025')).toMatchObject({ priceKopecks: 5500, barcode: null });
    expect(catalog.findByBarcode('4810000000018')).toBeNull();
    await loadAif(folder, [{ command: 'clearInventory' }, { ...milk, invent: { ...milk.invent, inventcode: '2' } }]);
    expect(catalog.goodsCount()).toBe(1);
    expect(catalog.findByCode('1')).toBeNull();
    expect(catalog.search('молоко').rows.map((goods) => goods.code)).toEqual(['2']);
  });

  it('moves the main barcode and keeps the others, or replaces all of them', async () => {
    const folder = temporaryFolder();
    const item = (more: object) => ({
      command: 'addInventItem',
      invent: { inventcode: '1', name: 'СОК', price: 1, ...more },
    });
    await loadAif(folder, [item({ barcode: '4810000000018', barcodes: [{ barcode: '4810000000025' }] })]);
    await loadAif(folder, [item({ barcode: '4810000000032' })]);
    const catalog = catalogOf(folder);
    const known = () =>
      ['4810000000018', '4810000000025', '4810000000032'].filter((each) => catalog.findByBarcode(each) !== null);
    expect(known()).toEqual(['4810000000025', '4810000000032']);
    await loadAif(folder, [item({})]);
    expect(known()).toEqual(['4810000000025', '4810000000032']);
    await loadAif(folder, [item({ barcode: '4810000000018', barcodes: [] })]);
    expect(known()).toEqual(['4810000000018']);
  });

  it('never loses the unit of goods that are sold', async () => {
    const folder = temporaryFolder();
    const apples = {
      command: 'addInventItem',
      invent: { inventcode: '4', name: 'ЯБЛОКИ', price: 3.99, measurecode: '166' },
    };
    const litre = { command: 'addUnit', unit: { unitcode: '112', name: 'л', fractional: true } };
    await loadAif(folder, [kilogram, litre, apples]);
    const report = await loadAif(folder, [
      { command: 'deleteUnit', unit: { unitcode: '166' } },
      { command: 'clearUnit' },
      { command: 'addInventItem', invent: { inventcode: '5', name: 'МЁД', price: 1, measurecode: '112' } },
    ]);
    expect(report.refused.map(({ reason }) => reason)).toEqual([
      'Единица 166 указана у товаров',
      'Неизвестная единица измерения 112',
    ]);
    expect(catalogOf(folder).findByCode('4')?.unit).toEqual({ code: '166', name: 'кг', fractional: true });
  });

  // Incident: `bitcoin` stood in the list of currencies, and `boss` could not log in.
  it('refuses a payment system and a role nobody has', async () => {
    const folder = temporaryFolder();
    const user = { code: '3', name: 'Анна', roleusers: [{ rolecode: 'boss' }] };
    const report = await loadAif(
      folder,
      [
        { command: 'addValut', valut: { code: 9, name: 'Биткоин', provider: 'bitcoin' } },
        { command: 'addMCashUser', mcashuser: user },
        { command: 'addValut', valut: { code: 1, name: 'Рубль', provider: 'cash' } },
      ],
      { providers: ['cash', 'terminal', 'oplati'] },
    );
    expect(report.refused.map(({ reason }) => reason)).toEqual([
      'Неизвестная система оплаты bitcoin, допустимы: cash, terminal, oplati',
      'Неизвестная роль "boss", допустимы: cashier, senior, administrator',
    ]);
    expect(catalogOf(folder).currencies()).toMatchObject([{ code: 1 }]);
    expect(catalogOf(folder).users()).toEqual([]);
  });

  // Incident: without a provider it said «Не указан код».
  it('refuses a second ОПЛАТИ (OPL-34), and says what is missing', async () => {
    const folder = temporaryFolder();
    const named = (code: number, name: string, provider?: string) => ({
      command: 'addValut',
      valut: { code, name, ...(provider === undefined ? {} : { provider }) },
    });
    const second = 'Добавление еще одного способа оплаты с наименованием "ОПЛАТИ" недоступно';
    const rows = [
      named(17, 'ОПЛАТИ', 'cash'),
      named(18, 'O!плати', 'terminal'),
      named(7, 'О!плати', 'oplati'),
      named(19, 'Оплатить картой', 'terminal'),
      named(20, 'Карта'),
    ];
    const reserved = [{ provider: 'oplati', isIt: isNameOfOplati, refusal: second }];
    const report = await loadAif(folder, rows, { reserved });
    expect(report.refused.map(({ row, reason }) => [row, reason])).toEqual([
      [expect.any(Number), second],
      [expect.any(Number), second],
      [expect.any(Number), 'Не указана система оплаты (provider)'],
    ]);
    expect(catalogOf(folder).currencies()).toMatchObject([{ code: 7 }, { code: 19 }]);
  });

  it('loads users, currencies and card groups', async () => {
    const folder = temporaryFolder();
    const pepper = Buffer.from('device secret');
    const user = { code: '3', login: 'anna', name: 'Анна', password: '4321', rank: 'кассир' };
    const roleusers = [
      { rolecode: 'senior', rule: 1 },
      { rolecode: 'owner', rule: 0 },
    ];
    const commands = [
      { command: 'addMCashUser', mcashuser: { ...user, roleusers } },
      { command: 'addValut', valut: { code: 8, shortname: 'СБП', name: 'СБП', provider: 'paymaster' } },
      { command: 'addCardGroup', cardGroup: { idcardgroup: 2, name: 'О!плати', cardmode: 0, inputmask: 32 } },
    ];
    expect(await loadAif(folder, commands, { pepper })).toMatchObject({
      refused: [],
      loaded: { users: 1, currencies: 1, cardGroups: 1 },
    });
    const catalog = catalogOf(folder, pepper);
    expect(catalog.users()).toEqual([
      { code: '3', login: 'anna', name: 'Анна', rank: 'кассир', roles: ['cashier', 'senior'], locked: false },
    ]);
    expect(catalog.currencies()).toEqual([
      { code: 8, shortName: 'СБП', name: 'СБП', provider: 'paymaster', changeAllowed: false },
    ]);
    expect(catalog.cardGroups()).toMatchObject([{ code: 2, inputMask: 32 }]);
    expect(await catalog.verifyPassword('3', '4321')).toBe(true);
    expect(await catalog.verifyPassword('3', '4320')).toBe(false);
    expect(await catalog.verifyPassword('4', '4321')).toBe(false);
    // The hash alone is worth nothing without the secret of the device, and the password stands nowhere in the file.
    expect(await catalogOf(folder).verifyPassword('3', '4321')).toBe(false);
    expect(readFileSync(join(folder, 'catalog.db')).includes('4321')).toBe(false);
    await loadAif(folder, [{ command: 'addMCashUser', mcashuser: { code: '3', name: 'Анна П.', locked: true } }], {
      pepper,
    });
    expect(catalog.users()).toMatchObject([{ name: 'Анна П.', locked: true }]);
    expect(await catalog.verifyPassword('3', '4321')).toBe(true);
  });

  it('counts commands of other tables and passes over them', async () => {
    const folder = temporaryFolder();
    const report = await loadAif(folder, [
      { command: 'addCountry', country: { code: 1 } },
      { command: 'addCountry', country: { code: 2 } },
      { command: 'addMedicine' },
      { command: '__proto__' },
      milk,
    ]);
    expect(report.skipped).toEqual(
      Object.fromEntries([
        ['addCountry', 2],
        ['addMedicine', 1],
        ['__proto__', 1],
      ]),
    );
    expect(report).toMatchObject({ state: 'loaded', refusedTotal: 0, goodsCount: 1 });
  });

  it('refuses single commands with the line they begin on', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'pos1.aif');
    const bad = (invent: object) => JSON.stringify({ command: 'addInventItem', invent });
    const commands = [
      '{ "command": ',
      '{}',
      bad({ inventcode: '1', name: 'ЦЕНА', price: 1.005 }),
      bad({ inventcode: '2', name: 'ЦЕНА', price: 1e21 }),
      bad({ inventcode: '3', name: 'ЦЕНА', price: -1 }),
      bad({ inventcode: '3', name: 'ЦЕНА' }),
      bad({ name: 'КОД', price: 1 }),
      bad({ inventcode: '4', name: 'ЕДИНИЦА', price: 1, measurecode: '999' }),
      '{"command": "deleteInventItem", "invent": {"inventcode": "77"}}',
      '[1, 2]',
      JSON.stringify(milk),
    ];
    writeFileSync(file, commands.map((command) => `${command}\n---\n`).join(''));
    expect((await loadFile(join(folder, 'catalog.db'), file)).refused).toEqual([
      { row: 1, reason: 'Команда не читается: ошибка в JSON' },
      { row: 3, reason: 'Не указана команда (command)' },
      { row: 5, reason: 'Цена содержит больше двух знаков после запятой: 1.005' },
      { row: 7, reason: 'Цена не читается: 1e+21' },
      { row: 9, reason: 'Цена отрицательная: -1' },
      { row: 11, reason: 'Цена не указана' },
      { row: 13, reason: 'Не указан код' },
      { row: 15, reason: 'Неизвестная единица измерения 999' },
      { row: 17, reason: 'Нет товара с кодом 77' },
      { row: 19, reason: 'Команда не читается: ошибка в JSON' },
    ]);
    expect(catalogOf(folder).findByCode('1')?.name).toBe('МОЛОКО');
  });

  it.each([
    ['cut off in the middle', `${aifText([{ command: 'clearInventory' }])}{"command":"addInv`, 'обрывается'],
    ['not UTF-8', Buffer.from([0x7b, 0xcc, 0xce, 0xcb, 0x7d]), 'UTF-8'],
    ['empty', '\n\n', 'ни одной команды'],
    ['without separators', '{"command":"clearInventory"}\n'.repeat(40_000), 'Нет разделителя'],
  ])('keeps the old goods when the file is %s', async (_kind, content, problem) => {
    const folder = temporaryFolder();
    await loadAif(folder, [milk]);
    const file = join(folder, 'pos2.aif');
    writeFileSync(file, content);
    const report = await loadFile(join(folder, 'catalog.db'), file);
    expect(report.state).toBe('broken');
    expect(report.problem).toContain(problem);
    expect(catalogOf(folder).findByCode('1')?.name).toBe('МОЛОКО');
  });
});

describe('folder exchange (domain.md 7)', () => {
  const put = (folder: string, name: string, text: string, flag = true) => {
    writeFileSync(join(folder, `${name}.aif`), text);
    if (flag) writeFileSync(join(folder, `${name}.flz`), '');
  };
  const item = (code: string, name: string, price: unknown) => ({
    command: 'addInventItem',
    invent: { inventcode: code, name, price },
  });

  it('takes flagged files in order, deletes what is done, puts bad files away and writes error.txt', async () => {
    const folder = temporaryFolder();
    const path = join(temporaryFolder(), 'catalog.db');
    put(folder, 'pos10', aifText([item('1', 'ПОСЛЕДНИЙ', 3)]));
    put(folder, 'pos2', aifText([item('1', 'ВТОРОЙ', 2), item('2', 'ПЛОХАЯ ЦЕНА', 'x')]));
    put(folder, 'pos1', aifText([item('1', 'ПЕРВЫЙ', 1)]));
    put(folder, 'pos3', '{"command":');
    put(folder, 'pos4', aifText([item('4', 'БЕЗ ФЛАГА', 1)]), false);
    put(folder, 'sale1', aifText([item('5', 'НЕ НАШ ФАЙЛ', 1)]));
    const reports = await loadFolder(path, folder);
    expect(reports.map((report) => [report.source, report.state])).toEqual([
      ['pos1.aif', 'loaded'],
      ['pos2.aif', 'loaded'],
      ['pos3.aif', 'broken'],
      ['pos10.aif', 'loaded'],
    ]);
    expect(readdirSync(folder).sort()).toEqual(['bad', 'error.txt', 'pos4.aif', 'sale1.aif', 'sale1.flz']);
    expect(readdirSync(join(folder, 'bad'))).toEqual(['pos3.aif']);
    const errors = readFileSync(join(folder, 'error.txt'), 'utf8');
    expect(errors).toContain('строка 10: Цена не читается: x');
    expect(errors).toContain('Не загружено: pos3.aif. Файл обрывается');
    expect(errors).not.toContain('pos10');
    expect(opened(path).findByCode('1')?.name).toBe('ПОСЛЕДНИЙ');
  });

  it('leaves the files for the next try when the catalogue itself fails', async () => {
    const folder = temporaryFolder();
    put(folder, 'pos1', aifText([item('1', 'ПЕРВЫЙ', 1)]));
    const path = join(temporaryFolder(), 'catalog.db');
    writeFileSync(path, 'this is no database, whatever its name may say '.repeat(50));
    expect(await loadFolder(path, folder)).toMatchObject([{ state: 'storage' }]);
    expect(existsSync(join(folder, 'pos1.aif')) && existsSync(join(folder, 'pos1.flz'))).toBe(true);
  });
});

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardPattern } from '../../../src/catalog/card-pattern.ts';
import type { CardInput } from '../../../src/catalog/cards.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { seedDemo } from '../../../src/catalog/demo.ts';
import { phoneDigits } from '../../../src/catalog/phone.ts';
import { endsWithCheckDigit } from '../../../src/register/check-digit.ts';
import { loadAif, loadCsv, opened, temporaryFolder } from './folder.ts';

const TODAY = '2026-03-05';
const ANY_WAY = 31;

const addGroup = (fields: object) => ({
  command: 'addCardGroup',
  cardGroup: { idcardgroup: 2, name: 'Дисконтная карта', inputmask: ANY_WAY, discountpercent: 3, ...fields },
});
const addCard = (fields: object) => ({ command: 'addCard', card: { idcardgroup: 2, ...fields } });
const addClient = (idclient: number, phone: string) => ({
  command: 'addClient',
  client: { idclient, name: 'Иванова', phone },
});

async function catalogWith(commands: unknown[]): Promise<{ catalog: Catalog; folder: string }> {
  const folder = temporaryFolder();
  const report = await loadAif(folder, commands);
  expect(report).toMatchObject({ state: 'loaded', refused: [] });
  return { catalog: opened(join(folder, 'catalog.db')), folder };
}

describe('an ordinary card (domain.md 2.13)', () => {
  it('is found by its number and has its own discount or the group’s', async () => {
    const { catalog } = await catalogWith([
      addGroup({ discountpercent: '3.5' }),
      addCard({ idcard: 1, number: '100' }),
      addCard({ idcard: 2, number: '200', discountpercent: '7,25' }),
      addCard({ idcard: 3, number: '300', discountpercent: 0 }),
    ]);
    expect(catalog.findCard(' 100 ', 'keyboard', TODAY)).toEqual({
      cards: [
        {
          number: '100',
          discountBasisPoints: 350,
          group: {
            code: 2,
            name: 'Дисконтная карта',
            cardMode: 0,
            inputMask: ANY_WAY,
            pattern: '',
            notAddEmptyCard: false,
            discountBasisPoints: 350,
          },
        },
      ],
    });
    expect(catalog.findCard('200', 'scanner', TODAY)).toMatchObject({ cards: [{ discountBasisPoints: 725 }] });
    expect(catalog.findCard('300', 'scanner', TODAY)).toMatchObject({ cards: [{ discountBasisPoints: 0 }] });
  });

  it.each(['', '   ', '10', '1000', '9'.repeat(51), '100\u0000x'])('is not another number (%j)', async (text) => {
    const { catalog } = await catalogWith([addGroup({}), addCard({ number: '100' })]);
    expect(catalog.findCard(text, 'keyboard', TODAY)).toEqual({ refused: 'DOM-70' });
  });

  it.each([
    ['keyboard', 1],
    ['scanner', 2],
    ['phone', 8],
  ] as const)('comes by %s when the group allows it', async (input: CardInput, bit) => {
    const { catalog } = await catalogWith([
      addGroup({ inputmask: bit }),
      addGroup({ idcardgroup: 3, inputmask: ANY_WAY - bit }),
      addClient(1, '291234567'),
      addClient(2, '297654321'),
      addCard({ number: '100', idclient: 1 }),
      addCard({ number: '200', idcardgroup: 3, idclient: 2 }),
    ]);
    const [allowed, other] = input === 'phone' ? ['291234567', '297654321'] : ['100', '200'];
    expect(catalog.findCard(allowed, input, TODAY)).toMatchObject({ cards: [{ number: '100' }] });
    expect(catalog.findCard(other, input, TODAY)).toEqual({ refused: 'DOM-71' });
  });

  it('is refused when it is blocked or out of its dates, first and last day included', async () => {
    const { catalog } = await catalogWith([
      addGroup({}),
      addCard({ number: 'blocked', blocked: true }),
      addCard({ number: 'march', validitydatebeg: '2026-03-01', validitydateend: '31.03.2026 23:59:59' }),
      addCard({ number: 'open', validitydatebeg: '0000-00-00', validitydateend: '' }),
    ]);
    const find = (number: string, today = TODAY) => catalog.findCard(number, 'keyboard', today);
    expect(find('blocked')).toEqual({ refused: 'DOM-73' });
    expect(find('march', '2026-02-28')).toEqual({ refused: 'DOM-74' });
    expect(find('march', '2026-03-01')).toMatchObject({ cards: [{ number: 'march' }] });
    expect(find('march', '2026-03-31')).toMatchObject({ cards: [{ number: 'march' }] });
    expect(find('march', '2026-04-01')).toEqual({ refused: 'DOM-74' });
    expect(find('open')).toMatchObject({ cards: [{ number: 'open' }] });
  });

  it('is found by any spelling of its owner’s phone, a card that can be used first', async () => {
    const { catalog } = await catalogWith([
      addGroup({}),
      addClient(1, '+375 (29) 123-45-67'),
      addCard({ number: '100', idclient: 1, blocked: 1 }),
      addClient(2, '+375 33 000-00-00'),
    ]);
    expect(catalog.findCard('291234567', 'phone', TODAY)).toEqual({ refused: 'DOM-73' });
    const folder = temporaryFolder();
    await loadAif(folder, [
      addGroup({}),
      addClient(1, '+375 (29) 123-45-67'),
      addCard({ number: '100', idclient: 1, blocked: 1 }),
      addCard({ number: '200', idclient: 1 }),
    ]);
    const other = opened(join(folder, 'catalog.db'));
    for (const text of ['+375291234567', '375 29 1234567', '80291234567', '29 123-45-67']) {
      expect(other.findCard(text, 'phone', TODAY)).toMatchObject({ cards: [{ number: '200' }] });
    }
    // Both can be used: the buyer says which.
    await loadAif(folder, [addCard({ number: '201', idclient: 1 })]);
    const several = opened(join(folder, 'catalog.db')).findCard('291234567', 'phone', TODAY);
    expect(several).toMatchObject({ cards: [{ number: '200' }, { number: '201' }] });
    for (const text of ['', '375330000000', '1234567', 'abc', '9'.repeat(40)]) {
      expect(catalog.findCard(text, 'phone', TODAY)).toEqual({ refused: 'DOM-72' });
    }
  });

  it('has additional numbers; one without a card is a card of its group', async () => {
    const add = (fields: object) => ({ command: 'addAdditionalCard', additionalCard: fields });
    const { catalog } = await catalogWith([
      addGroup({}),
      addCard({ number: '100', discountpercent: 10 }),
      addCard({ number: '101', blocked: true }),
      add({ additionalnumber: 'a100', cardnumber: '100' }),
      add({ additionalnumber: 'a101', cardnumber: '101', isactive: 1 }),
      add({ additionalnumber: 'off', cardnumber: '100', isactive: 0 }),
      add({ additionalnumber: 'own', idcardgroup: 2 }),
      add({ additionalnumber: 'lost', cardnumber: '999' }),
    ]);
    const find = (number: string) => catalog.findCard(number, 'scanner', TODAY);
    expect(find('a100')).toMatchObject({ cards: [{ number: '100', discountBasisPoints: 1000 }] });
    expect(find('a101')).toEqual({ refused: 'DOM-73' });
    expect(find('off')).toEqual({ refused: 'DOM-73' });
    expect(find('own')).toMatchObject({ cards: [{ number: 'own', discountBasisPoints: 300 }] });
    expect(find('lost')).toEqual({ refused: 'DOM-70' });
  });

  it('may be in no table when its group takes numbers by a pattern', async () => {
    const { catalog } = await catalogWith([
      addGroup({ idcardgroup: 1, pattern: '77\\d{4}', notaddemptycard: 1, discountpercent: 1 }),
      addGroup({ idcardgroup: 2, pattern: '77\\d{4}', inputmask: 2, discountpercent: 2 }),
      addGroup({ idcardgroup: 3, pattern: '(?:77|78)\\d{4}', inputmask: 1, notaddemptycard: 0, discountpercent: 3 }),
      addGroup({ idcardgroup: 4, pattern: '', discountpercent: 4 }),
      addCard({ number: '771111', idcardgroup: 1 }),
    ]);
    expect(catalog.findCard('770000', 'scanner', TODAY)).toMatchObject({ cards: [{ discountBasisPoints: 200 }] });
    expect(catalog.findCard('770000', 'keyboard', TODAY)).toMatchObject({
      cards: [{ number: '770000', group: { code: 3 }, discountBasisPoints: 300 }],
    });
    expect(catalog.findCard('780000', 'scanner', TODAY)).toEqual({ refused: 'DOM-71' });
    expect(catalog.findCard('771111', 'scanner', TODAY)).toMatchObject({ cards: [{ group: { code: 1 } }] });
    for (const text of ['1770000', '7700001', '790000', 'x']) {
      expect(catalog.findCard(text, 'scanner', TODAY)).toEqual({ refused: 'DOM-70' });
    }
  });
});

describe('a card of a payment system (SCR-22)', () => {
  it('belongs to the first group for processing whose pattern is empty or fits', async () => {
    const { catalog } = await catalogWith([
      addGroup({ idcardgroup: 1, inputmask: ANY_WAY }),
      addGroup({ idcardgroup: 2, inputmask: 32, pattern: '29\\d+' }),
      addGroup({ idcardgroup: 3, inputmask: 32 + ANY_WAY, pattern: '' }),
    ]);
    expect(ofProvider(catalog, '2900000000018')).toMatchObject({ cards: [{ group: { code: 2 } }] });
    expect(ofProvider(catalog, '5500')).toMatchObject({ cards: [{ group: { code: 3 } }] });
  });

  it('has no group when none takes cards from processing, or none that fits (OPL-11)', async () => {
    const { catalog } = await catalogWith([addGroup({ idcardgroup: 1 })]);
    expect(ofProvider(catalog, '2900000000018')).toEqual({ refused: 'OPL-11' });
    const other = await catalogWith([addGroup({ inputmask: 32, pattern: '5\\d+' })]);
    expect(ofProvider(other.catalog, '2900000000018')).toEqual({ refused: 'OPL-11' });
    expect(ofProvider(other.catalog, '5018')).toMatchObject({ cards: [{ group: { code: 2 } }] });
  });

  // From the phone a card was looked up by its pattern alone: a blocked one and one of last year gave their discount.
  it('is judged by its own row like any other card', async () => {
    const { catalog } = await catalogWith([
      addGroup({ idcardgroup: 1, inputmask: 32, pattern: '', discountpercent: 5 }),
      addGroup({ idcardgroup: 2, inputmask: ANY_WAY, pattern: '', discountpercent: 3 }),
      addGroup({ idcardgroup: 3, inputmask: 32 + ANY_WAY, pattern: '', discountpercent: 7 }),
      addCard({ number: '100', blocked: true }),
      addCard({ number: '101', validitydateend: '2025-12-31' }),
      addCard({ number: '102' }),
      addCard({ number: '103', idcardgroup: 3, discountpercent: 9 }),
    ]);
    expect(ofProvider(catalog, '100')).toEqual({ refused: 'DOM-73' });
    expect(ofProvider(catalog, '101')).toEqual({ refused: 'DOM-74' });
    expect(ofProvider(catalog, '102')).toMatchObject({ cards: [{ group: { code: 1 }, discountBasisPoints: 500 }] });
    expect(ofProvider(catalog, '103')).toMatchObject({ cards: [{ group: { code: 3 }, discountBasisPoints: 900 }] });
  });
});

function ofProvider(catalog: Catalog, number: string) {
  return catalog.findCard(number, 'processing', TODAY);
}

describe('loading cards', () => {
  it('changes, deletes and clears', async () => {
    const folder = temporaryFolder();
    const report = await loadAif(folder, [
      addGroup({}),
      addCard({ idcard: 'c1', number: '100' }),
      addCard({ idcard: 'c1', number: '101' }),
      addCard({ idcard: 'c2', number: '200' }),
      addCard({ number: '300' }),
      addClient(1, '291234567'),
    ]);
    expect(report.loaded).toMatchObject({ cardGroups: 1, cards: 4, clients: 1 });
    const catalog = opened(join(folder, 'catalog.db'));
    const known = (...numbers: string[]) =>
      numbers.filter((number) => 'cards' in catalog.findCard(number, 'keyboard', TODAY));
    expect(known('100', '101', '200', '300')).toEqual(['101', '200', '300']);
    const second = await loadAif(folder, [
      { command: 'deleteCard', card: { idcard: 'c2' } },
      { command: 'deleteCard', card: { number: '300' } },
      { command: 'deleteCard', card: { number: 'none' } },
    ]);
    expect(second.loaded.deleted).toBe(2);
    expect(known('101', '200', '300')).toEqual(['101']);
    await loadAif(folder, [{ command: 'clearCard' }]);
    expect(known('101')).toEqual([]);
  });

  it.each([
    [{ number: '' }, 'Не указан номер карты'],
    [{ number: '1'.repeat(51) }, 'Номер карты длиннее 50 знаков'],
    [{ number: '1', idcardgroup: 'x' }, 'Код группы карт не читается: x'],
    [{ number: '1', discountpercent: '101' }, 'Процент скидки не читается: 101'],
    [{ number: '1', discountpercent: -5 }, 'Процент скидки не читается: -5'],
    [{ number: '1', discountpercent: 0.125 }, 'Процент скидки не читается: 0.125'],
    [{ number: '1', validitydateend: '2026-02-30' }, 'Дата не читается: 2026-02-30'],
    [{ number: '1', validitydateend: 'завтра' }, 'Дата не читается: завтра'],
  ])('refuses a card that cannot be right: %j', async (fields, reason) => {
    const report = await loadAif(temporaryFolder(), [addGroup({}), addCard(fields)]);
    expect(report.refused.map((refused) => refused.reason)).toEqual([reason]);
  });

  it('refuses a group whose pattern could stop the till', async () => {
    const report = await loadAif(temporaryFolder(), [addGroup({ pattern: '^(\\d+)+$' }), addGroup({ pattern: '(' })]);
    expect(report.refused.map(({ reason }) => reason)).toEqual([
      'Шаблон номера карты не читается или слишком сложный: ^(\\d+)+$',
      'Шаблон номера карты не читается или слишком сложный: (',
    ]);
  });

  it('brings a catalogue of the version before cards up to date, with its goods', async () => {
    const folder = temporaryFolder();
    await loadCsv(folder, 'code;name;price\n1;МОЛОКО;50');
    const file = new BetterSqlite3(join(folder, 'catalog.db'));
    file.exec(`DROP TABLE card; DROP TABLE additionalcard; DROP TABLE client;
      ALTER TABLE cardgroup DROP COLUMN discount_basis_points;
      INSERT INTO cardgroup VALUES (1, 'Старая', '', 0, 31, '', 0);`);
    file.pragma('user_version = 1');
    file.close();
    const catalog = opened(join(folder, 'catalog.db'));
    expect(catalog.findByCode('1')?.name).toBe('МОЛОКО');
    expect(catalog.cardGroups()).toMatchObject([{ code: 1, name: 'Старая', discountBasisPoints: 0 }]);
    expect(catalog.findCard('100', 'keyboard', TODAY)).toEqual({ refused: 'DOM-70' });
  });
});

describe('pattern of a card group', () => {
  it.each([
    ['^29\\d{11}$', '2900000000018', true],
    ['29\\d{11}', '2900000000018', true],
    ['29', '2900000000018', false],
    ['(2900|2901)[0-9]+', '2901555', true],
    ['[A-Z]{2}-\\d*', 'AB-12', true],
    ['1|2', '12', false],
    ['[(+*)]+', '(+)', true],
  ])('%s on %s: %s', (pattern, number, isFitting) => {
    expect(cardPattern(pattern)?.test(number)).toBe(isFitting);
  });

  it.each([
    '(a+)+',
    '(\\d|\\d\\d){20}',
    '(a*)*b',
    '(\\d)\\1',
    '(?=a)a',
    '(?<x>a)',
    '.*.*.*.*x',
    'a{1000}',
    'a{1,1000}',
    'a)|(b',
    '[',
    '1|2|3|4|5|6|7|8|9|0',
    '1'.repeat(101),
  ])('%s is not taken', (pattern) => {
    expect(cardPattern(pattern)).toBeNull();
  });

  it('whatever it is, is either not taken or tried to the end', () => {
    const part = fc.constantFrom(
      '(',
      '(?:',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '{1,30}',
      '[',
      ']',
      '\\d',
      '.',
      '1',
      '^',
      '$',
      '\\',
    );
    const numbers = ['1'.repeat(50), `${'1'.repeat(49)}x`, ''];
    fc.assert(
      fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
        const pattern = cardPattern(parts.join(''));
        for (const number of numbers) expect(typeof (pattern?.test(number) ?? false)).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
    // The slowest kind of pattern that is taken.
    expect(cardPattern('(.|1)(.|1)(.|1)(.|1)(.|1)(.|1)(.|1)(.|1).*.*.*x')?.test('1'.repeat(50))).toBe(false);
  });
});

describe('phone', () => {
  it.each([
    ['+375 (29) 123-45-67', '375291234567'],
    ['8 029 123 45 67', '375291234567'],
    ['29 1234567', '375291234567'],
    ['+7 912 000-00-00', '79120000000'],
    ['нет', ''],
  ])('%s is %s', (text, digits) => {
    expect(phoneDigits(text)).toBe(digits);
  });
});

describe('demo cards', () => {
  it('show every answer', () => {
    const path = join(temporaryFolder(), 'catalog.db');
    seedDemo(path);
    seedDemo(path);
    const catalog = opened(path);
    expect(catalog.cardGroups()).toMatchObject([
      { name: 'Лояльность О!плати', inputMask: 32, discountBasisPoints: 500, pattern: '' },
      { name: 'Дисконтная карта', inputMask: 31, discountBasisPoints: 300 },
    ]);
    const usable = { cards: [{ number: '2900000000018', discountBasisPoints: 300 }] };
    expect(catalog.findCard('2900000000018', 'scanner', TODAY)).toMatchObject(usable);
    expect(catalog.findCard('+375291234567', 'phone', TODAY)).toMatchObject(usable);
    expect(catalog.findCard('2900000000025', 'keyboard', TODAY)).toEqual({ refused: 'DOM-73' });
    expect(catalog.findCard('2900000000032', 'keyboard', TODAY)).toEqual({ refused: 'DOM-74' });
    expect(catalog.findCard('2900000000049', 'keyboard', TODAY)).toEqual({ refused: 'DOM-70' });
    expect(catalog.findCard('+375290000000', 'phone', TODAY)).toEqual({ refused: 'DOM-72' });
    expect(ofProvider(catalog, '123')).toMatchObject({ cards: [{ group: { name: 'Лояльность О!плати' } }] });
    for (const number of ['2900000000018', '2900000000025', '2900000000032']) {
      expect(endsWithCheckDigit(number)).toBe(true);
    }
  });
});

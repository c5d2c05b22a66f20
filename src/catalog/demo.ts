/** The demo catalogue: seeded once, in a blink, without hashing a password. */
import { checkDigitOf } from '../register/check-digit.ts';
import { DEMO_FAMILIES } from './demo-goods.ts';
import { createApplier } from './load/apply.ts';
import type { CardDraft, CardGroupDraft } from './load/card-changes.ts';
import { barcodeOf, type GoodsDraft, priceOf } from './load/changes.ts';
import { emptyReport } from './load/report.ts';
import { phoneDigits } from './phone.ts';
import { openStorage } from './storage.ts';

const SOURCE = 'demo';
const PIECES = '796';
const KILOGRAMS = '166';

/** Scrypt hashes of the demo passwords 1111, 2222, 9999, made beforehand: three of them would cost the start a second. */
const USERS = [
  {
    code: '1',
    login: 'master',
    name: 'Мастер',
    rank: 'старший кассир',
    roles: 'cashier senior',
    password: 'scrypt17$plain$a2Fzc2EtZGVtby11c2VyMQ==$2qZcW7RrQwkSSe4IAwX/zwvqn7y9GShVXpWYea/mjYY=',
  },
  {
    code: '2',
    login: 'kassir',
    name: 'Кассир',
    rank: 'кассир',
    roles: 'cashier',
    password: 'scrypt17$plain$a2Fzc2EtZGVtby11c2VyMg==$d4fXl6xFcgg4c5L8YkH+zb+AGE80Aa+FF7F9OLvYrz8=',
  },
  {
    code: '9',
    login: 'admin',
    name: 'Администратор',
    rank: 'администратор',
    roles: 'cashier senior administrator',
    password: 'scrypt17$plain$a2Fzc2EtZGVtby11c2VyOQ==$CuXblht4QshwFzOSdXkNtYwdOO1qhUaE/k4YkqmHrWE=',
  },
];

const CURRENCIES = [
  { code: 1, shortName: 'Руб', name: 'Российский рубль', provider: 'cash', changeAllowed: true },
  { code: 3, shortName: 'АТ', name: 'Автономный терминал', provider: 'terminal', changeAllowed: false },
  { code: 7, shortName: 'Опла', name: 'О!плати', provider: 'oplati', changeAllowed: false },
];

const CARD_GROUPS: CardGroupDraft[] = [
  // The card that О!плати tells of (module guide: `inputmask` 32).
  cardGroup({ code: 1, name: 'Лояльность О!плати', inputMask: 32, discountBasisPoints: 500 }),
  cardGroup({ code: 2, name: 'Дисконтная карта', inputMask: 31, discountBasisPoints: 300 }),
];

/** One to use, by its number or by the phone, and one of each refusal. */
const CARDS: CardDraft[] = [
  discountCard('2900000000018', { clientId: '1' }),
  discountCard('2900000000025', { isBlocked: true }),
  discountCard('2900000000032', { validFrom: '2019-01-01', validUntil: '2019-12-31' }),
];
const CLIENT = { id: '1', name: 'Иванова Мария', phone: phoneDigits('+375291234567') };

/** The barcode of demo goods: 481, the code in nine digits, the check digit. */
function demoBarcode(code: number): string {
  const body = `481${String(code).padStart(9, '0')}`;
  return body + checkDigitOf(body);
}

/** All demo goods, by code. */
export function demoGoods(): GoodsDraft[] {
  const goods: GoodsDraft[] = [
    piece(1, 'МОЛОКО БМК 1.5% 1Л П/П', 5000),
    piece(2, 'БМК БИФИЛЮКС 2.5% 0.5Л', 1530),
    piece(3, 'СОК РИЧ ЯБЛОКО 1Л', 7090),
    // Sold by label scales only: PLU 00004, no barcode of its own.
    { code: '4', name: 'ЯБЛОКИ ВЕСОВЫЕ', priceKopecks: 399, unit: KILOGRAMS },
  ];
  for (const { name, unit, priceKopecks } of demoNames()) {
    if (goods.length === 56) goods.push(piece(57, 'МОЛОКО БМК 2.8% 1Л П/П', 5240));
    const next = piece(goods.length + 1, name, priceKopecks);
    goods.push({ ...next, unit: unit === 'кг' ? KILOGRAMS : PIECES });
  }
  // One of each special case, so that every refusal and every question of the register can be shown.
  const special: Omit<GoodsDraft, 'code'>[] = [
    { name: 'ТОРТ ПО ЗАКАЗУ', priceKopecks: 95000, minPriceKopecks: 50000, priceEntry: 'allowed' },
    { name: 'УСЛУГА ДОСТАВКИ', priceKopecks: 0, priceEntry: 'required' },
    { name: 'ПАКЕТ ПОДАРОЧНЫЙ (БЕЗ ЦЕНЫ)', priceKopecks: 0 },
    { name: 'СИГАРЕТЫ СНЯТЫ С ПРОДАЖИ', priceKopecks: 42000, saleForbidden: true },
    { name: 'ЯЙЦО КУРИНОЕ ПОШТУЧНО', priceKopecks: 1090, quantityRequired: true },
    { name: 'САХАР АКЦИЯ НЕ БОЛЕЕ 3ШТ', priceKopecks: 5990, quantityLimitThousandths: 3000 },
  ];
  for (const draft of special) {
    goods.push({ ...piece(goods.length + 1, draft.name, draft.priceKopecks), ...draft });
  }
  return goods;
}

/** Writes the demo goods, units, currencies, cards and users. Seeding again changes nothing else in the catalogue. */
export function seedDemo(catalogPath: string, loadedAt: number = Date.now()): void {
  const storage = openStorage(catalogPath);
  try {
    const applier = createApplier(storage, emptyReport(SOURCE), null);
    const seed = storage.transaction(() => {
      applier.apply({ do: 'addUnit', unit: { code: PIECES, name: 'шт', fractional: false } });
      applier.apply({ do: 'addUnit', unit: { code: KILOGRAMS, name: 'кг', fractional: true } });
      for (const goods of demoGoods()) applier.apply({ do: 'addGoods', goods });
      applier.apply({ do: 'addPlu', plu: '4', code: '4' });
      for (const currency of CURRENCIES) applier.apply({ do: 'addCurrency', currency });
      for (const cardGroup of CARD_GROUPS) applier.apply({ do: 'addCardGroup', cardGroup });
      for (const card of CARDS) applier.apply({ do: 'addCard', card });
      applier.apply({ do: 'addClient', client: CLIENT });
      const putUser = storage.prepare(
        `INSERT OR REPLACE INTO mol (code, login, name, rank, password, locked, roles)
         VALUES (@code, @login, @name, @rank, @password, 0, @roles)`,
      );
      for (const user of USERS) putUser.run(user);
      const putMeta = storage.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
      putMeta.run('goods_count', String(storage.prepare('SELECT count(*) FROM tmc').pluck().get()));
      putMeta.run('loaded_at', String(loadedAt));
      putMeta.run('source', SOURCE);
    });
    seed.immediate();
  } finally {
    storage.close();
  }
}

function piece(code: number, name: string, priceKopecks: number): GoodsDraft {
  const barcode = { barcode: barcodeOf(demoBarcode(code)), name: null, priceKopecks: null, quantityThousandths: null };
  return { code: String(code), name, priceKopecks, unit: PIECES, barcodes: { replace: 'all', list: [barcode] } };
}

function cardGroup(group: Pick<CardGroupDraft, 'code' | 'name' | 'inputMask' | 'discountBasisPoints'>): CardGroupDraft {
  return { ...group, text: '', cardMode: 0, pattern: '', notAddEmptyCard: true };
}

function discountCard(number: string, patch: Partial<CardDraft>): CardDraft {
  return {
    id: number,
    number,
    groupCode: 2,
    clientId: null,
    validFrom: null,
    validUntil: null,
    isBlocked: false,
    discountBasisPoints: null,
    ...patch,
  };
}

function* demoNames(): Generator<{ name: string; unit: string; priceKopecks: number }> {
  for (const line of DEMO_FAMILIES.trim().split('\n')) {
    const [family = '', unit = '', variants = ''] = line.split(' | ');
    for (const variant of variants.split(';')) {
      const [, title = '', price = ''] = /^(.*) ([\d.]+)$/.exec(variant.trim()) ?? [];
      yield { name: `${family} ${title}`, unit, priceKopecks: priceOf(price) };
    }
  }
}

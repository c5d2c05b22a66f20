/**
 * The goods dictionary as the register sees it: look-ups that answer at once with a million goods. Loading is another
 * matter (load/), done by another connection while the register sells on.
 */

import { endsWithCheckDigit, gtinSpellings, hasGtinLength } from '../register/check-digit.ts';
import type { Currency, Goods, Role, User } from '../register/model.ts';
import { safeText } from '../register/safe-text.ts';
import { type Cards, prepareCards } from './cards.ts';
import { GOODS_COLUMNS, type GoodsRow, goodsOf } from './goods-row.ts';
import { isPasswordOf, type Pepper } from './passwords.ts';
import { prepareSearch, type Search } from './search.ts';
import { catalogFaultOf, guarded, openStorage, type Storage } from './storage.ts';
import { type BarcodeTemplate, matchTemplate, type TemplateMatch } from './templates.ts';

/**
 * What a code means. `quantityThousandths` and `priceKopecks` are told by the barcode itself (label scales, pack);
 * null = as usual. A pack's own price and name are already in `found`.
 */
export type Found =
  | {
      found: Goods;
      quantityThousandths: number | null;
      priceKopecks: number | null;
      by: 'barcode' | 'code' | 'template';
    }
  | { refused: 'DOM-10' | 'DOM-11' | 'DOM-28' | 'DOM-100'; params: Record<string, string> };

/** `code`: digits + Ввод, `barcode`: digits + Штрих-код, `scan`: the scanner (domain.md 2.3). */
export type LookUpEntry = 'code' | 'barcode' | 'scan';

export interface CatalogUser extends User {
  login: string;
  locked: boolean;
}

export interface Catalog extends Cards {
  findByCode(code: string): Goods | null;
  /** Exact barcode or another spelling of the same GTIN; a pack's own name and price are put in. */
  findByBarcode(barcode: string): Goods | null;
  /** The whole order of search of domain.md 2.3: barcode, its other spellings, templates, code (typed only). */
  resolve(text: string, entry: LookUpEntry, templates: readonly BarcodeTemplate[]): Found;
  /** Goods while typing, at most `limit` (200). */
  search: Search;
  goodsCount(): number;
  /** Wall time of the last load, ms; null when nothing was ever loaded. */
  loadedAt(): number | null;
  /** Name of the file loaded last, `demo` for the demo goods. */
  source(): string | null;
  currencies(): Currency[];
  users(): CatalogUser[];
  /** Whether it is the user's password. Locked users and the number of tries are the caller's affair. */
  verifyPassword(userCode: string, password: string): Promise<boolean>;
  close(): void;
}

interface BarcodeRow extends GoodsRow {
  own_name: string | null;
  own_price: number | null;
  quantdefault: number | null;
}

/**
 * @param options.pepper device secret that was mixed into the password hashes, if any
 * @throws a fault of the catalogue when the file is no catalogue of ours or cannot be opened
 */
export function openCatalog(
  path: string,
  options: { readonly?: boolean; pepper?: Pepper; version?: string } = {},
): Catalog {
  const storage = openStorage(path, { readonly: options.readonly ?? false, version: options.version ?? '' });
  try {
    return guarded(prepareCatalog(storage, options.pepper ?? null), path);
  } catch (error) {
    storage.close();
    throw catalogFaultOf(error, path);
  }
}

function prepareCatalog(storage: Storage, pepper: Pepper | null): Catalog {
  const goods = prepareLookUp(storage);
  const meta = storage.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck();
  const passwordOf = storage.prepare<[string], string | null>('SELECT password FROM mol WHERE code = ?').pluck();
  const loadedAt = () => {
    const text = meta.get('loaded_at');
    return text === undefined ? null : Number(text);
  };

  return {
    ...goods,
    ...prepareCards(storage),
    search: prepareSearch(storage),
    goodsCount: () => Number(meta.get('goods_count') ?? '0'),
    loadedAt,
    source: () => meta.get('source') ?? null,
    currencies: prepareCurrencies(storage),
    users: prepareUsers(storage),
    verifyPassword: (userCode, password) => isPasswordOf(passwordOf.get(userCode) ?? null, password, pepper),
    close: () => storage.close(),
  };
}

function prepareLookUp(storage: Storage): Pick<Catalog, 'findByCode' | 'findByBarcode' | 'resolve'> {
  const codeQuery = storage.prepare<[string], GoodsRow>(
    `SELECT ${GOODS_COLUMNS} FROM tmc t JOIN units u ON u.code = t.measure WHERE t.code = ?`,
  );
  const barcodeQuery = storage.prepare<[string], BarcodeRow>(
    `SELECT ${GOODS_COLUMNS}, b.name AS own_name, b.price AS own_price, b.quantdefault
     FROM barcodes b JOIN tmc t ON t.id = b.tmc JOIN units u ON u.code = t.measure WHERE b.barcode = ?`,
  );
  const pluQuery = storage.prepare<[string], string>('SELECT tmccode FROM tmcscale WHERE plu = ?').pluck();

  const findByCode = (code: string): Goods | null => {
    const row = codeQuery.get(code);
    return row === undefined ? null : goodsOf(row);
  };

  const findRow = (barcode: string): BarcodeRow | null => {
    for (const spelling of [barcode, ...gtinSpellings(barcode)]) {
      const row = barcodeQuery.get(spelling);
      if (row !== undefined) return row;
    }
    return null;
  };

  /** The table of the scales first, then the goods whose code is the PLU, with or without leading zeros. */
  const findByPlu = (plu: string): Goods | null => {
    const short = plu.replace(/^0+/, '');
    const code = pluQuery.get(short);
    if (code !== undefined) return findByCode(code);
    return findByCode(plu) ?? (short === '' ? null : findByCode(short));
  };

  const resolveLabel = (match: TemplateMatch, text: string): Found | null => {
    if (!match.checkDigitValid) return refusal('DOM-100', text);
    const found = findByPlu(match.plu);
    if (found === null) return null;
    const { quantityThousandths, priceKopecks } = match;
    if (quantityThousandths === 0 || priceKopecks === 0) return refusal('DOM-28', text);
    return { found, quantityThousandths, priceKopecks, by: 'template' };
  };

  const resolve: Catalog['resolve'] = (text, entry, templates) => {
    const row = findRow(text);
    if (row !== null) {
      return {
        found: ownGoodsOf(row),
        quantityThousandths: row.quantdefault || null,
        priceKopecks: null,
        by: 'barcode',
      };
    }
    const match = matchTemplate(templates, text);
    const label = match === null ? null : resolveLabel(match, text);
    if (label !== null && 'found' in label) return label;
    const byCode = entry === 'code' ? findByCode(text) : null;
    if (byCode !== null) return { found: byCode, quantityThousandths: null, priceKopecks: null, by: 'code' };
    if (label !== null) return label;
    if (hasGtinLength(text) && !endsWithCheckDigit(text)) return refusal('DOM-100', text);
    // Eight digits and more are nobody's code: the cashier typed a barcode.
    return refusal(entry === 'code' && text.length <= 7 ? 'DOM-11' : 'DOM-10', text);
  };

  return {
    findByCode,
    findByBarcode: (barcode) => {
      const row = findRow(barcode);
      return row === null ? null : ownGoodsOf(row);
    },
    resolve,
  };
}

/** Goods as this very barcode sells them; a default quantity of 0 demands typing (domain.md 2.4). */
function ownGoodsOf(row: BarcodeRow): Goods {
  const goods = goodsOf(row);
  return {
    ...goods,
    name: row.own_name ?? goods.name,
    priceKopecks: row.own_price ?? goods.priceKopecks,
    quantityRequired: goods.quantityRequired || row.quantdefault === 0,
  };
}

function refusal(number: Extract<Found, { refused: string }>['refused'], text: string): Found {
  return { refused: number, params: { код: safeText(text, 40) } };
}

/** Asked for every other second all day long: prepared once. */
function prepareCurrencies(storage: Storage): () => Currency[] {
  const query = storage.prepare<
    [],
    { code: number; short_name: string; name: string; provider: string; change_allowed: number }
  >('SELECT code, short_name, name, provider, change_allowed FROM valut ORDER BY code');
  return () =>
    query.all().map((row) => ({
      code: row.code,
      shortName: row.short_name,
      name: row.name,
      provider: row.provider,
      changeAllowed: row.change_allowed === 1,
    }));
}

function prepareUsers(storage: Storage): () => CatalogUser[] {
  const query = storage.prepare<
    [],
    { code: string; login: string; name: string; rank: string; locked: number; roles: string }
  >(
    // Codes are mostly numbers: 2 before 10.
    'SELECT code, login, name, rank, locked, roles FROM mol ORDER BY length(code), code',
  );
  return () =>
    query.all().map((row) => ({
      code: row.code,
      name: row.name,
      rank: row.rank,
      roles: row.roles.split(' ').filter(isRole),
      login: row.login,
      locked: row.locked === 1,
    }));
}

function isRole(text: string): text is Role {
  return text === 'cashier' || text === 'senior' || text === 'administrator';
}

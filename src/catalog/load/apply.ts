/**
 * Writes the changes of a load into the catalogue, inside one transaction: readers see the old goods until it commits,
 * and a process killed in the middle leaves no trace (the write-ahead log without its commit is ignored).
 */
import type { Unit } from '../../register/model.ts';
import { hashPassword, type Pepper } from '../passwords.ts';
import { reversed } from '../search.ts';
import { foldText, wordsOf } from '../search-text.ts';
import type { Storage } from '../storage.ts';
import { applyCardChange } from './apply-cards.ts';
import type { BarcodeDraft, Change, GoodsDraft, UserDraft } from './changes.ts';
import { refusal } from './refusal.ts';
import { FirstRows } from './repeats.ts';
import { type LoadedKind, type LoadReport, noteSkipped, noteWarning } from './report.ts';

/** Goods without a unit are sold by the piece; the OKEI code. */
const PIECE: Unit = { code: '796', name: 'шт', fractional: false };
/** Words remembered as already written; the rest is asked of the table. */
const REMEMBERED_WORDS = 50_000;

interface OldGoods {
  id: number;
  name: string;
  bcode: string | null;
  measure: string;
  minprice: number;
  price_entry: string;
  quantity_required: number;
  sale_forbidden: number;
  quantity_limit: number | null;
  document_quantity_limit: number | null;
}

export interface Applier {
  /** @throws Refusal before anything of this change was written */
  apply(change: Change, row?: number): Promise<void> | void;
  /** Checks that need the whole load; called once, before the commit. */
  finish(): void;
}

/** @param warnsOfRepeats goods written twice by one file are told: the later row wins */
export function createApplier(storage: Storage, report: LoadReport, pepper: Pepper, warnsOfRepeats = false): Applier {
  const count = (kind: LoadedKind, by = 1) => {
    report.loaded[kind] += by;
  };
  const units = createUnits(storage, () => count('units'));
  const index = createNameIndex(storage);
  const firstRows = new FirstRows();

  const oldGoods = storage.prepare<[string], OldGoods>('SELECT * FROM tmc WHERE code = ?');
  const insertGoods = storage.prepare(
    `INSERT INTO tmc (code, bcode, name, measure, price, minprice, price_entry, quantity_required, sale_forbidden,
       quantity_limit, document_quantity_limit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateGoods = storage.prepare(
    `UPDATE tmc SET code = ?, bcode = ?, name = ?, measure = ?, price = ?, minprice = ?, price_entry = ?,
       quantity_required = ?, sale_forbidden = ?, quantity_limit = ?, document_quantity_limit = ? WHERE id = ?`,
  );
  const deleteGoods = storage.prepare('DELETE FROM tmc WHERE id = ?');
  const setMainBarcode = storage.prepare('UPDATE tmc SET bcode = ? WHERE id = ?');
  const ownerOf = storage.prepare<[string], { id: number; code: string }>(
    'SELECT t.id, t.code FROM barcodes b JOIN tmc t ON t.id = b.tmc WHERE b.barcode = ?',
  );
  const putBarcode = storage.prepare(
    'INSERT OR REPLACE INTO barcodes (barcode, tail, tmc, name, price, quantdefault) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const deleteBarcode = storage.prepare('DELETE FROM barcodes WHERE barcode = ?');
  const deleteBarcodesOf = storage.prepare('DELETE FROM barcodes WHERE tmc = ?');
  const setPrice = storage.prepare('UPDATE tmc SET price = ? WHERE id = ?');
  const setOwnPrice = storage.prepare('UPDATE barcodes SET price = ? WHERE barcode = ?');

  const known = (code: string): OldGoods => {
    const old = oldGoods.get(code);
    if (old === undefined) throw refusal(`Нет товара с кодом ${code}`);
    return old;
  };
  const free = (barcode: string, id: number | null): void => {
    const owner = ownerOf.get(barcode);
    if (owner !== undefined && owner.id !== id) {
      throw refusal(`Штрих-код ${barcode} уже есть у товара с кодом ${owner.code}`);
    }
  };
  const write = (barcode: BarcodeDraft, id: number | bigint): void => {
    // Only digits can be searched by their tail.
    const tail = /^\d+$/.test(barcode.barcode) ? reversed(barcode.barcode) : '';
    putBarcode.run(barcode.barcode, tail, id, barcode.name, barcode.priceKopecks, barcode.quantityThousandths);
    count('barcodes');
  };

  function addGoods(goods: GoodsDraft, row: number): void {
    const old = oldGoods.get(goods.code) ?? null;
    for (const { barcode } of goods.barcodes?.list ?? []) free(barcode, old?.id ?? null);
    const unit =
      goods.unit === undefined ? (old?.measure ?? units.piece()) : units.resolve(goods.unit, goods.unitFractional);
    const main = goods.barcodes === undefined ? (old?.bcode ?? null) : (goods.barcodes.list[0]?.barcode ?? null);
    const values = [
      goods.code,
      main,
      goods.name,
      unit,
      goods.priceKopecks,
      goods.minPriceKopecks ?? old?.minprice ?? 0,
      goods.priceEntry ?? old?.price_entry ?? 'forbidden',
      Number(goods.quantityRequired ?? old?.quantity_required ?? 0),
      Number(goods.saleForbidden ?? old?.sale_forbidden ?? 0),
      pick(goods.quantityLimitThousandths, old?.quantity_limit),
      pick(goods.documentQuantityLimitThousandths, old?.document_quantity_limit),
    ];
    const id = old?.id ?? insertGoods.run(...values).lastInsertRowid;
    if (old === null) {
      index.add(id, goods.name);
    } else {
      updateGoods.run(...values, old.id);
      index.replace(old.id, old.name, goods.name);
      if (goods.barcodes?.replace === 'all') deleteBarcodesOf.run(old.id);
      else if (goods.barcodes !== undefined && old.bcode !== null && old.bcode !== main) deleteBarcode.run(old.bcode);
    }
    for (const barcode of goods.barcodes?.list ?? []) write(barcode, id);
    const earlierRow = firstRows.note(Number(id), row);
    if (earlierRow === 0) count('goods');
    else if (warnsOfRepeats) {
      noteWarning(report, row, `Код ${goods.code} уже был в строке ${earlierRow}, действует эта строка`);
    }
  }

  function removeGoods(code: string): void {
    const old = known(code);
    deleteBarcodesOf.run(old.id);
    index.remove(old.id, old.name);
    deleteGoods.run(old.id);
    firstRows.forget(old.id);
    count('deleted');
  }

  function clearGoods(): void {
    storage.exec('DELETE FROM tmc; DELETE FROM barcodes');
    firstRows.forgetAll();
    index.clear();
  }

  function addBarcode(code: string, barcode: BarcodeDraft): void {
    const old = known(code);
    free(barcode.barcode, old.id);
    write(barcode, old.id);
    if (old.bcode === null) setMainBarcode.run(barcode.barcode, old.id);
  }

  function removeBarcode(barcode: string): void {
    const owner = ownerOf.get(barcode);
    if (owner === undefined) throw refusal(`Нет штрих-кода ${barcode}`);
    deleteBarcode.run(barcode);
    if (known(owner.code).bcode === barcode) setMainBarcode.run(null, owner.id);
    count('deleted');
  }

  /** The price of the main barcode is the price of the goods; another barcode (a pack) gets its own. */
  function priceBarcode(barcode: string, priceKopecks: number | null): void {
    const owner = ownerOf.get(barcode);
    if (owner === undefined) throw refusal(`Нет штрих-кода ${barcode}`);
    const isMain = known(owner.code).bcode === barcode;
    if (isMain && priceKopecks !== null) setPrice.run(priceKopecks, owner.id);
    setOwnPrice.run(isMain ? null : priceKopecks, barcode);
    count(priceKopecks === null ? 'deleted' : 'prices');
  }

  const run = (kind: LoadedKind, sql: string, ...values: (string | number | null)[]): void => {
    const { changes } = storage.prepare(sql).run(...values);
    count(kind, changes);
  };

  async function addUser(user: UserDraft): Promise<void> {
    const hash = user.password === undefined ? null : await hashPassword(user.password, pepper);
    run(
      'users',
      `INSERT INTO mol (code, login, name, rank, password, locked, roles) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (code) DO UPDATE SET login = excluded.login, name = excluded.name, rank = excluded.rank,
         password = coalesce(excluded.password, password), locked = excluded.locked, roles = excluded.roles`,
      user.code,
      user.login,
      user.name,
      user.rank,
      hash,
      Number(user.locked),
      user.roles.join(' '),
    );
  }

  function apply(change: Change, row = 1): Promise<void> | void {
    switch (change.do) {
      case 'addGoods':
        return addGoods(change.goods, row);
      case 'deleteGoods':
        return removeGoods(change.code);
      case 'clearGoods':
        return clearGoods();
      case 'addBarcode':
        return addBarcode(change.code, change.barcode);
      case 'deleteBarcode':
        return removeBarcode(change.barcode);
      case 'clearBarcodes':
        return void storage.exec('DELETE FROM barcodes; UPDATE tmc SET bcode = NULL');
      case 'addPrice':
        return priceBarcode(change.barcode, change.priceKopecks);
      case 'deletePrice':
        return priceBarcode(change.barcode, null);
      case 'clearPrices':
        return void storage.exec('UPDATE barcodes SET price = NULL WHERE price IS NOT NULL');
      case 'addUnit':
        units.put(change.unit);
        return count('units');
      case 'deleteUnit':
        units.remove(change.code);
        return count('deleted');
      case 'clearUnits':
        return units.forget();
      case 'addPlu':
        return run('plu', 'INSERT OR REPLACE INTO tmcscale (plu, tmccode) VALUES (?, ?)', change.plu, change.code);
      case 'deletePlu':
        return run('deleted', 'DELETE FROM tmcscale WHERE plu = ?', change.plu);
      case 'clearPlu':
        return void storage.exec('DELETE FROM tmcscale');
      case 'addUser':
        return addUser(change.user);
      case 'deleteUser':
        return run('deleted', 'DELETE FROM mol WHERE code = ?', change.code);
      case 'clearUsers':
        return void storage.exec('DELETE FROM mol');
      case 'addCurrency': {
        const { code, shortName, name, provider, changeAllowed } = change.currency;
        return run(
          'currencies',
          `INSERT OR REPLACE INTO valut (code, short_name, name, provider, change_allowed) VALUES (?, ?, ?, ?, ?)`,
          code,
          shortName,
          name,
          provider,
          Number(changeAllowed),
        );
      }
      case 'deleteCurrency':
        return run('deleted', 'DELETE FROM valut WHERE code = ?', change.code);
      case 'clearCurrencies':
        return void storage.exec('DELETE FROM valut');
      case 'skip':
        return noteSkipped(report, change.command);
      default: {
        const done = applyCardChange(storage, change);
        if (done !== null) count(done.kind, done.count);
      }
    }
  }

  return { apply, finish: () => units.finish() };
}

/** `undefined` keeps the old value, `null` takes it away. */
function pick(next: number | null | undefined, old: number | null | undefined): number | null {
  return next === undefined ? (old ?? null) : next;
}

/** Units in memory: there are few, and every goods row asks for one. */
function createUnits(storage: Storage, onMade: () => void) {
  const rows = storage.prepare<[], { code: string; name: string; fractional: number }>('SELECT * FROM units').all();
  const units = new Map<string, Unit>(rows.map((row) => [row.code, { ...row, fractional: row.fractional === 1 }]));
  const putUnit = storage.prepare('INSERT OR REPLACE INTO units (code, name, fractional) VALUES (?, ?, ?)');
  const inUse = storage.prepare('SELECT 1 FROM tmc WHERE measure = ? LIMIT 1');
  let forgotten = false;

  const put = (unit: Unit): void => {
    units.set(unit.code, unit);
    putUnit.run(unit.code, unit.name, Number(unit.fractional));
  };
  const find = (text: string): Unit | undefined =>
    units.get(text) ?? [...units.values()].find((unit) => foldText(unit.name) === foldText(text));

  return {
    put,
    /** @returns the unit's code; an unknown unit is made when the file tells what it is */
    resolve(text: string, fractional: boolean | undefined): string {
      const unit = find(text);
      if (unit !== undefined) {
        if (fractional !== undefined && fractional !== unit.fractional) {
          throw refusal(`Единица ${unit.name} в справочнике ${unit.fractional ? 'дробная' : 'целая'}`);
        }
        return unit.code;
      }
      if (fractional === undefined) throw refusal(`Неизвестная единица измерения ${text}`);
      put({ code: text, name: text, fractional });
      onMade();
      return text;
    },
    piece(): string {
      const unit = find(PIECE.code) ?? find(PIECE.name);
      if (unit === undefined) put(PIECE);
      return unit?.code ?? PIECE.code;
    },
    remove(code: string): void {
      if (inUse.get(code) !== undefined) throw refusal(`Единица ${code} указана у товаров`);
      storage.prepare('DELETE FROM units WHERE code = ?').run(code);
      units.delete(code);
    },
    /** `clearUnit`: rows leave at the end, and only those that no goods point at, for goods without a unit cannot be sold. */
    forget(): void {
      units.clear();
      forgotten = true;
    },
    finish(): void {
      if (!forgotten) return;
      const kept = JSON.stringify([...units.keys()]);
      storage
        .prepare(
          `DELETE FROM units WHERE code NOT IN (SELECT value FROM json_each(?))
             AND code NOT IN (SELECT measure FROM tmc)`,
        )
        .run(kept);
    },
  };
}

/** The search index over names. It keeps no text, so that a removal has to tell it the words it once got. */
function createNameIndex(storage: Storage) {
  const insert = storage.prepare('INSERT INTO tmc_fts (rowid, name) VALUES (?, ?)');
  const remove = storage.prepare(`INSERT INTO tmc_fts (tmc_fts, rowid, name) VALUES ('delete', ?, ?)`);
  const insertWord = storage.prepare('INSERT OR IGNORE INTO words (word) VALUES (?)');
  const indexWord = storage.prepare('INSERT INTO words_fts (rowid, word) VALUES (?, ?)');
  const remembered = new Set<string>();

  const learn = (word: string): void => {
    // Pieces are looked for inside of real words; numbers and article codes would only swell the list.
    if (word.length < 4 || remembered.has(word) || /[\d/]/.test(word)) return;
    if (remembered.size < REMEMBERED_WORDS) remembered.add(word);
    const { changes, lastInsertRowid } = insertWord.run(word);
    if (changes > 0) indexWord.run(lastInsertRowid, word);
  };

  const add = (id: number | bigint, name: string): void => {
    const words = wordsOf(name);
    insert.run(id, words.join(' '));
    words.forEach(learn);
  };
  const take = (id: number, name: string): void => void remove.run(id, wordsOf(name).join(' '));

  return {
    add,
    remove: take,
    replace(id: number, oldName: string, name: string): void {
      if (oldName === name) return;
      take(id, oldName);
      add(id, name);
    },
    clear(): void {
      storage.exec(`
        INSERT INTO tmc_fts (tmc_fts) VALUES ('delete-all');
        DELETE FROM words;
        INSERT INTO words_fts (words_fts) VALUES ('delete-all');
      `);
      remembered.clear();
    },
  };
}

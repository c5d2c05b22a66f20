/** How a row of the dictionary becomes a `Goods`. */
import type { Goods } from '../register/model.ts';

export interface GoodsRow {
  id: number;
  code: string;
  bcode: string | null;
  name: string;
  price: number;
  minprice: number;
  price_entry: string;
  quantity_required: number;
  sale_forbidden: number;
  quantity_limit: number | null;
  document_quantity_limit: number | null;
  unit_code: string;
  unit_name: string;
  unit_fractional: number;
}

export const GOODS_COLUMNS = `t.id, t.code, t.bcode, t.name, t.price, t.minprice, t.price_entry, t.quantity_required,
  t.sale_forbidden, t.quantity_limit, t.document_quantity_limit,
  u.code AS unit_code, u.name AS unit_name, u.fractional AS unit_fractional`;

export function goodsOf(row: GoodsRow): Goods {
  return {
    code: row.code,
    barcode: row.bcode,
    name: row.name,
    unit: { code: row.unit_code, name: row.unit_name, fractional: row.unit_fractional === 1 },
    priceKopecks: row.price,
    minPriceKopecks: row.minprice,
    priceEntry: priceEntryOf(row.price_entry),
    quantityRequired: row.quantity_required === 1,
    saleForbidden: row.sale_forbidden === 1,
    quantityLimitThousandths: row.quantity_limit,
    documentQuantityLimitThousandths: row.document_quantity_limit,
  };
}

/** An unknown word is read as the strictest. */
function priceEntryOf(text: string): Goods['priceEntry'] {
  return text === 'allowed' || text === 'required' ? text : 'forbidden';
}

/** Columns of a row that is fetched two hundred at a time: as an array and without its unit, which halves the cost. */
export const LISTED_COLUMNS = `t.id, t.code, t.bcode, t.name, t.price, t.minprice, t.price_entry, t.quantity_required,
  t.sale_forbidden, t.quantity_limit, t.document_quantity_limit, t.measure`;

export type ListedRow = [
  id: number,
  code: string,
  bcode: string | null,
  name: string,
  price: number,
  minprice: number,
  priceEntry: string,
  quantityRequired: number,
  saleForbidden: number,
  quantityLimit: number | null,
  documentQuantityLimit: number | null,
  measure: string,
];

/** @param units all units by code */
export function goodsOfListed(row: ListedRow, units: ReadonlyMap<string, Goods['unit']>): Goods {
  const [
    ,
    code,
    barcode,
    name,
    price,
    minPrice,
    priceEntry,
    quantityRequired,
    saleForbidden,
    limit,
    perDocument,
    unit,
  ] = row;
  return {
    code,
    barcode,
    name,
    unit: units.get(unit) ?? { code: unit, name: '', fractional: false },
    priceKopecks: price,
    minPriceKopecks: minPrice,
    priceEntry: priceEntryOf(priceEntry),
    quantityRequired: quantityRequired === 1,
    saleForbidden: saleForbidden === 1,
    quantityLimitThousandths: limit,
    documentQuantityLimitThousandths: perDocument,
  };
}

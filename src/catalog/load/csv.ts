/**
 * CSV of goods: the first line names the columns, in any order, in English or in Russian.
 *
 *     code;barcode;name;price;unit;fractional
 *     1;4810000000018;МОЛОКО БМК 1.5% 1Л П/П;50.00;шт;0
 *     4;;ЯБЛОКИ ВЕСОВЫЕ;3.99;кг;1
 *
 * `code`, `name` and `price` must be there. `barcode` may hold several, parted by blanks or `|`, the first is the main
 * one. `unit` is a code or a name; an unknown one is made when `fractional` tells what it is. Further columns: `minprice`,
 * `priceentry` (forbidden, allowed, required), `quantityrequired`, `saleforbidden`, `quantitylimit`,
 * `documentquantitylimit`. Delimiter `;`, `,` or tab, encoding UTF-8 or CP1251, both found out; values with a delimiter
 * stand in double quotes, a quote inside is doubled. Goods are added or changed by code, nothing is deleted; a column that
 * is not in the file leaves its field as it was.
 */
import type { Goods } from '../../register/model.ts';
import {
  type BarcodeDraft,
  barcodeOf,
  booleanOf,
  type Change,
  codeOf,
  type GoodsDraft,
  type LoadRow,
  nameOf,
  priceOf,
  quantityOf,
} from './changes.ts';
import { brokenFile, detectEncoding, readLines, type TextLine } from './lines.ts';
import { refusal } from './refusal.ts';
import { type LoadReport, noteSkipped } from './report.ts';

type Column =
  | 'code'
  | 'barcode'
  | 'name'
  | 'price'
  | 'unit'
  | 'fractional'
  | 'minprice'
  | 'priceentry'
  | 'quantityrequired'
  | 'saleforbidden'
  | 'quantitylimit'
  | 'documentquantitylimit';

const COLUMNS: Record<Column, string[]> = {
  code: ['код', 'кодтовара', 'inventcode'],
  barcode: ['штрихкод', 'шк', 'barcodes', 'bcode'],
  name: ['наименование', 'название', 'товар'],
  price: ['цена'],
  unit: ['единица', 'ед', 'едизм', 'единицаизмерения', 'measure'],
  fractional: ['дробный', 'дробная', 'дробное', 'весовой'],
  minprice: ['минцена', 'минимальнаяцена'],
  priceentry: ['вводцены'],
  quantityrequired: ['вводколичества'],
  saleforbidden: ['продажазапрещена', 'запретпродажи'],
  quantitylimit: ['лимитколичества'],
  documentquantitylimit: ['лимитколичествавчеке'],
};

/** A value in quotes may run over so many lines; longer it is a forgotten quote. */
const MAX_JOINED_LINES = 5;

type Header = { delimiter: string; columns: (Column | null)[] };

/** @throws a broken file */
export async function* readCsv(file: string, report: LoadReport): AsyncGenerator<LoadRow[]> {
  const encoding = await detectEncoding(file);
  let header: Header | null = null;
  let open: TextLine[] = [];
  for await (const batch of readLines(file, encoding)) {
    const rows: LoadRow[] = [];
    let lines = batch;
    if (header === null) {
      const first = lines.findIndex((line) => line.text.trim() !== '');
      if (first < 0) continue;
      header = readHeader(lines[first]?.text ?? '', report);
      lines = lines.slice(first + 1);
    }
    open = cutRows([...open, ...lines], header, rows, false);
    yield rows;
  }
  if (header === null) throw brokenFile('Файл пуст');
  const rows: LoadRow[] = [];
  cutRows(open, header, rows, true);
  yield rows;
}

/** @returns lines of a value in quotes that may go on in the next batch */
function cutRows(lines: TextLine[], header: Header, rows: LoadRow[], isEnd: boolean): TextLine[] {
  let index = 0;
  while (index < lines.length) {
    const line = lines[index];
    if (line === undefined || line.text.trim() === '') {
      index++;
      continue;
    }
    let fields = splitRow(line.text, header.delimiter);
    let used = 1;
    if (fields === null) {
      if (!isEnd && lines.length - index < MAX_JOINED_LINES) return lines.slice(index);
      let text = line.text;
      while (fields === null && used < MAX_JOINED_LINES && index + used < lines.length) {
        text += `\n${lines[index + used]?.text ?? ''}`;
        used++;
        fields = splitRow(text, header.delimiter);
      }
      // Only a whole row proves that the quote was meant to run on; else the quote is refused and the next lines live.
      if (fields !== null && fields.length !== header.columns.length) fields = null;
      if (fields === null) used = 1;
    }
    const values = fields;
    rows.push({ row: line.number, fraction: line.fraction, read: () => changeOf(values, header) });
    index += used;
  }
  return [];
}

function readHeader(text: string, report: LoadReport): Header {
  const plain = text.replace(/^\ufeff/, '');
  const delimiter = [';', '\t', ','].reduce((best, sign) =>
    plain.split(sign).length > plain.split(best).length ? sign : best,
  );
  const titles = splitRow(plain, delimiter) ?? [];
  const columns = titles.map((title) => {
    const column = columnOf(title);
    if (column === null && title.trim() !== '') noteSkipped(report, `колонка ${title.trim()}`);
    return column;
  });
  for (const needed of ['code', 'name', 'price'] as const) {
    if (!columns.includes(needed)) throw brokenFile(`В первой строке нет колонки ${needed}`);
  }
  const twice = columns.find((column, index) => column !== null && columns.indexOf(column) !== index);
  if (twice) throw brokenFile(`Колонка ${twice} указана дважды`);
  return { delimiter, columns };
}

function columnOf(title: string): Column | null {
  const word = title.toLowerCase().replace(/[^\p{L}]/gu, '');
  for (const [column, others] of Object.entries(COLUMNS)) {
    if (word === column || others.includes(word)) return column as Column;
  }
  return null;
}

/** @returns null when a quote stays open */
function splitRow(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let index = 0;
  for (;;) {
    let field = '';
    if (text[index] === '"') {
      index++;
      for (;;) {
        const end = text.indexOf('"', index);
        if (end < 0) return null;
        field += text.slice(index, end);
        index = end + 1;
        if (text[index] !== '"') break;
        field += '"';
        index++;
      }
    }
    // What stands behind the closing quote, or a whole value whose quotes are part of a name: МОЛОКО "БМК".
    const end = text.indexOf(delimiter, index);
    fields.push(field + text.slice(index, end < 0 ? undefined : end));
    if (end < 0) return fields;
    index = end + delimiter.length;
  }
}

function changeOf(fields: string[] | null, header: Header): Change {
  if (fields === null) throw refusal('Кавычка не закрыта');
  const extra = fields.slice(header.columns.length).some((field) => field.trim() !== '');
  if (fields.length < header.columns.length || extra) {
    throw refusal(`Колонок ${fields.length}, а в первой строке ${header.columns.length}`);
  }
  const value = (column: Column): string | null => {
    const index = header.columns.indexOf(column);
    return index < 0 ? null : (fields[index] ?? '').trim();
  };
  const flag = (column: Column): boolean | undefined => {
    const text = value(column);
    if (text === null) return undefined;
    const decided = booleanOf(text);
    if (decided === null) throw refusal(`Колонка ${column} должна быть 0 или 1`);
    return decided;
  };
  const limit = (column: Column): number | null | undefined => {
    const text = value(column);
    return text === null ? undefined : text === '' ? null : quantityOf(text) || null;
  };
  const unit = value('unit');
  const barcodes = value('barcode');
  const minPrice = value('minprice');
  const priceEntry = value('priceentry');
  const goods: GoodsDraft = {
    code: codeOf(value('code') ?? ''),
    name: nameOf(value('name') ?? ''),
    priceKopecks: priceOf(value('price') ?? ''),
  };
  if (barcodes !== null) goods.barcodes = { replace: 'all', list: barcodesOf(barcodes) };
  if (unit) {
    goods.unit = unit;
    // Only a filled cell tells what a unit is.
    const fractional = value('fractional') === '' ? undefined : flag('fractional');
    if (fractional !== undefined) goods.unitFractional = fractional;
  }
  if (minPrice !== null) goods.minPriceKopecks = minPrice === '' ? 0 : priceOf(minPrice, 'Минимальная цена');
  if (priceEntry !== null) goods.priceEntry = priceEntryOf(priceEntry);
  Object.assign(
    goods,
    defined({
      quantityRequired: flag('quantityrequired'),
      saleForbidden: flag('saleforbidden'),
      quantityLimitThousandths: limit('quantitylimit'),
      documentQuantityLimitThousandths: limit('documentquantitylimit'),
    }),
  );
  return { do: 'addGoods', goods };
}

function barcodesOf(text: string): BarcodeDraft[] {
  return text
    .split(/[\s|]+/)
    .filter((part) => part !== '')
    .map((part) => ({ barcode: barcodeOf(part), name: null, priceKopecks: null, quantityThousandths: null }));
}

function priceEntryOf(text: string): Goods['priceEntry'] {
  const word = text.toLowerCase();
  if (word === '' || word === '0' || word === 'forbidden') return 'forbidden';
  if (word === 'allowed' || word === 'required') return word;
  throw refusal('Колонка priceentry должна быть forbidden, allowed или required');
}

function defined<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

/**
 * Search of goods while the cashier types (screens.md SCR-06), written for a million rows: nothing is counted, nothing is
 * sorted, every list is left as soon as the page is full.
 */
import type { Goods, Unit } from '../register/model.ts';
import { safeText } from '../register/safe-text.ts';
import { goodsOfListed, LISTED_COLUMNS, type ListedRow } from './goods-row.ts';
import { foldText, trigramsOf, wordsOf } from './search-text.ts';
import type { Storage } from './storage.ts';

export interface SearchResult {
  rows: Goods[];
  /** There are more than were asked for (`Найдено: 200+`). */
  more: boolean;
}

export type Search = (text: string, limit?: number) => SearchResult;

const LAST_CHARACTER = '\u{10ffff}';
/** So many names are compared one by one instead of by the index, see `searchNames`. */
const SIFTED_ROWS = 600;
const WORDS_OF_A_FRAGMENT = 64;

/**
 * Digits: beginning of the code, of a barcode, or its tail. Anything else: every word must begin a word of the name, any
 * case, е = ё; a single piece of three letters and more is also found inside of words, after the others.
 */
export function prepareSearch(storage: Storage): Search {
  const idsByName = storage
    .prepare<[string, number], number>('SELECT rowid FROM tmc_fts WHERE tmc_fts MATCH ? LIMIT ?')
    .pluck();
  const byName = storage
    .prepare<[string, number], ListedRow>(
      `SELECT ${LISTED_COLUMNS} FROM tmc_fts f CROSS JOIN tmc t ON t.id = f.rowid
     WHERE f.tmc_fts MATCH ? LIMIT ?`,
    )
    .raw();
  const byIds = storage
    .prepare<[string], ListedRow>(`SELECT ${LISTED_COLUMNS} FROM json_each(?) i CROSS JOIN tmc t ON t.id = i.value`)
    .raw();
  const byCode = storage
    .prepare<[string, string, number], ListedRow>(
      `SELECT ${LISTED_COLUMNS} FROM tmc t
     WHERE t.code >= ? AND t.code < ? ORDER BY t.code LIMIT ?`,
    )
    .raw();
  const byBarcodePart = (column: 'barcode' | 'tail') =>
    storage
      .prepare<[string, string, number], ListedRow>(
        `SELECT ${LISTED_COLUMNS} FROM barcodes b CROSS JOIN tmc t ON t.id = b.tmc
       WHERE b.${column} >= ? AND b.${column} < ? ORDER BY b.${column} LIMIT ?`,
      )
      .raw();
  const byBarcode = byBarcodePart('barcode');
  const byTail = byBarcodePart('tail');
  const wordsWith = storage
    .prepare<[string, string, number], string>(
      `SELECT w.word FROM words_fts f CROSS JOIN words w ON w.id = f.rowid
       WHERE f.words_fts MATCH ? AND instr(w.word, ?) > 1 LIMIT ?`,
    )
    .pluck();

  const allUnits = storage.prepare<[], [string, string, number]>('SELECT code, name, fractional FROM units').raw();
  // Read for each answer: a dozen rows, and a load may change them at any time.
  const units = () =>
    new Map(allUnits.all().map(([code, name, fractional]) => [code, { code, name, fractional: fractional === 1 }]));

  function searchNumbers(digits: string, page: Page): void {
    page.add(byCode.all(digits, digits + LAST_CHARACTER, page.size));
    if (!page.isFull()) page.add(byBarcode.all(digits, digits + LAST_CHARACTER, page.size));
    const tail = reversed(digits);
    if (!page.isFull()) page.add(byTail.all(tail, tail + LAST_CHARACTER, page.size));
  }

  function searchNames(words: string[], page: Page): void {
    // Joining many dense lists is the one slow thing (`молоко бмк 1л п`). So the longest words are joined first, and as
    // soon as they leave few enough names, the rest is compared here.
    const longestFirst = words.toSorted((a, b) => b.length - a.length);
    for (let joined = 2; joined < words.length; joined++) {
      const ids = idsByName.all(prefixes(longestFirst.slice(0, joined)), SIFTED_ROWS);
      if (ids.length < SIFTED_ROWS) {
        page.add(byIds.all(JSON.stringify(ids)).filter(([, , , name]) => beginsWords(name, words)));
        return;
      }
    }
    page.add(byName.all(prefixes(words), page.size));
  }

  function searchInside(fragment: string, page: Page): void {
    const match = trigramsOf(fragment).map(quoted).join(' ');
    for (const word of wordsWith.all(match, fragment, WORDS_OF_A_FRAGMENT)) {
      if (page.isFull()) return;
      page.add(byName.all(quoted(word), page.size));
    }
  }

  return (text, limit = 200) => {
    const clean = safeText(text, 100).trim();
    const page = new Page(limit);
    // screens.md SCR-06: the search starts at two characters.
    if (clean.length < 2) return page.result(units());
    const digits = clean.replace(/\s/g, '');
    const words = distinct(wordsOf(clean));
    if (/^\d+$/.test(digits)) {
      searchNumbers(digits, page);
    } else if (words.length > 0) {
      searchNames(words, page);
      const [only = ''] = words;
      if (words.length === 1 && only.length > 2 && !page.isFull()) searchInside(foldText(only), page);
    }
    return page.result(units());
  };
}

/** One answer: each goods once, one row more than asked for to know whether there are more. */
class Page {
  readonly size: number;
  readonly #rows = new Map<number, ListedRow>();

  constructor(limit: number) {
    this.size = limit + 1;
  }

  add(rows: ListedRow[]): void {
    for (const row of rows) if (!this.isFull()) this.#rows.set(row[0], row);
  }

  isFull(): boolean {
    return this.#rows.size >= this.size;
  }

  result(units: ReadonlyMap<string, Unit>): SearchResult {
    const rows = [...this.#rows.values()].slice(0, this.size - 1).map((row) => goodsOfListed(row, units));
    return { rows, more: this.isFull() };
  }
}

/** `та так` asks no more than `так`. */
function distinct(words: string[]): string[] {
  const unique = [...new Set(words)];
  return unique.filter((word) => !unique.some((other) => other !== word && other.startsWith(word)));
}

function beginsWords(name: string, prefixList: string[]): boolean {
  const words = wordsOf(name);
  return prefixList.every((prefix) => words.some((word) => word.startsWith(prefix)));
}

function prefixes(words: string[]): string {
  return words.map((word) => `${quoted(word)}*`).join(' ');
}

/** `wordsOf` leaves no quotation mark in a word, so that nothing can break out of the pair. */
function quoted(word: string): string {
  return `"${word}"`;
}

export function reversed(digits: string): string {
  return [...digits].reverse().join('');
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import { COUNTS_SQL, countSql, pageSql, type SalesFilter, type SalesSource } from '../../../src/journal/sales-page.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import type { ClosedDocument } from '../../../src/register/model.ts';
import { removeFolder } from '../../remove-folder.ts';
import { goods, oplati, ruble } from '../register/fixtures.ts';
import { Shop } from './shop.ts';

const ALL: SalesFilter = { numberPrefix: '', fromMs: null, toMs: null, includeReturned: false };

let folder: string;
let path: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-sales-'));
  path = join(folder, 'journal.db');
  journal = Journal.open(path);
});
afterEach(() => {
  journal.close();
  removeFolder(folder);
});

const numbers = (filter: Partial<SalesFilter> = {}, offset = 0, limit = 50) =>
  journal.salesPage({ ...ALL, ...filter }, offset, limit).rows.map(({ number }) => number);

describe('picker of sales (SCR-17)', () => {
  it('shows closed sales, newest first, with what they were paid by', () => {
    const shop = new Shop(journal);
    const first = shop.sell([1]);
    shop.register.add(goods());
    shop.annul();
    shop.register.done({ do: 'setMode', mode: 'return' });
    shop.sell([1]);
    const mixed = shop.sell([2], [oplati, ruble, oplati]);
    expect(journal.salesPage(ALL, 0, 10)).toEqual({
      rows: [
        {
          documentId: mixed.documentId,
          number: 4,
          type: 'sale',
          isAnnulled: false,
          fiscalNumber: 3,
          closedAt: mixed.closedAt,
          currencies: 'Опла, Руб',
          partlyReturned: false,
          fullyReturned: false,
          totalKopecks: 3060,
        },
        expect.objectContaining({ documentId: first.documentId, number: 1, currencies: 'Руб' }),
      ],
      offset: 0,
      total: 2,
    });
  });

  it('marks a sale as its returns leave it, and hides it when nothing is left', () => {
    const shop = new Shop(journal);
    const sale = shop.sell([3, 1]);
    const other = shop.sell([1]);
    shop.takeBack(sale, [1, 0]);
    expect(journal.salesPage(ALL, 0, 10).rows.map((row) => [row.number, row.partlyReturned])).toEqual([
      [2, false],
      [1, true],
    ]);
    shop.takeBack(sale, null);
    expect(numbers()).toEqual([2]);
    expect(journal.salesPage(ALL, 0, 10).total).toBe(1);
    shop.takeBack(other, null);
    expect(journal.salesPage(ALL, 0, 10)).toEqual({ rows: [], offset: 0, total: 0 });
    expect(journal.firstBrokenDocument()).toBeNull();
  });

  // Incident: returns and annulled ones were missing, returned sales read as closed.
  it('lists every document to be looked at, with what has become of it', () => {
    const shop = new Shop(journal);
    const returned = shop.sell([1]);
    const partly = shop.sell([2]);
    shop.takeBack(returned, null);
    shop.takeBack(partly, [1]);
    shop.register.done({ do: 'setMode', mode: 'return' });
    shop.sell([1]);
    shop.register.add(goods());
    shop.annul();
    const { rows, total } = journal.salesPage({ ...ALL, includeReturned: true }, 0, 10);
    expect(rows.map((row) => [row.number, row.type, row.isAnnulled, row.partlyReturned, row.fullyReturned])).toEqual([
      [6, 'sale', true, false, false],
      [5, 'return', false, false, false],
      [4, 'returnBySale', false, false, false],
      [3, 'returnBySale', false, false, false],
      [2, 'sale', false, true, false],
      [1, 'sale', false, false, true],
    ]);
    expect(total).toBe(6);
    expect(rows[0]).toMatchObject({ fiscalNumber: null, currencies: '', totalKopecks: 1530 });
    expect(numbers()).toEqual([2]);
    expect(numbers({ includeReturned: true, numberPrefix: '1' })).toEqual([1]);
  });

  it('leaves a sale alone when its return was annulled', () => {
    const shop = new Shop(journal);
    const sale = shop.sell([2]);
    shop.openReturn(sale, null);
    const annulled = shop.annul();
    expect(annulled.source?.documentId).toBe(sale.documentId);
    expect(journal.returnsOf(sale.documentId)).toEqual([]);
    expect(journal.salesPage(ALL, 0, 10).rows).toMatchObject([{ number: 1, partlyReturned: false }]);
  });

  it('a return and the mark of its sale are written together or not at all', () => {
    const shop = new Shop(journal);
    const sale = shop.sell([2]);
    const back = shop.takeBack(sale, [1]);
    const rest: ClosedDocument = { ...back, documentId: 'rest', number: 9 };
    const doubled: ClosedDocument = { ...back, documentId: 'doubled' };
    expect(() => journal.append({ ...emptyWrite(), documents: [rest, doubled] })).toThrow();
    expect(journal.salesPage(ALL, 0, 10).rows).toMatchObject([{ number: 1, partlyReturned: true }]);
    expect(journal.returnsOf(sale.documentId)).toHaveLength(1);
  });

  it('finds a document by its number and the returns of a sale', () => {
    const shop = new Shop(journal);
    const sale = shop.sell([3]);
    const parts = [shop.takeBack(sale, [1]), shop.takeBack(sale, [1])];
    expect(journal.documentByNumber(1)).toEqual(sale);
    expect(journal.documentByNumber(7)).toBeNull();
    expect(journal.returnsOf(sale.documentId)).toEqual(parts);
  });

  // Incident: № 10 stood over № 1.
  it('puts the number that was typed before the newer ones that begin with it', () => {
    const shop = new Shop(journal);
    const sold = Array.from({ length: 12 }, () => shop.sell([1]));
    expect(numbers({ numberPrefix: '1' })).toEqual([1, 12, 11, 10]);
    expect(numbers({ numberPrefix: '1' }, 1, 2)).toEqual([12, 11]);
    expect(numbers({ numberPrefix: '11' })).toEqual([11]);
    const [first] = sold;
    if (first !== undefined) shop.takeBack(first, null);
    expect(numbers({ numberPrefix: '1' })).toEqual([12, 11, 10]);
  });

  it('shows what a plain list would show, for any filter and offset', () => {
    const shop = new Shop(journal);
    const template = shop.sell([1]);
    const HOUR = 3_600_000;
    const base = template.closedAt;
    // Times go back and repeat: the order must not lean on the numbers.
    const others = Array.from({ length: 260 }, (_, index): ClosedDocument => {
      const number = index + 2;
      const kind = number % 11;
      return {
        ...template,
        documentId: `d${number}`,
        number,
        closedAt: base + ((number * 7919) % 97) * HOUR,
        type: kind === 3 ? 'return' : 'sale',
        status: kind === 5 ? 'annulled' : 'closed',
      };
    });
    const returns = others
      .filter(({ type, status, number }) => type === 'sale' && status === 'closed' && number % 4 === 0)
      .map((sale, index): ClosedDocument => {
        const [line] = sale.lines;
        if (line === undefined) return never();
        const returned = { positionNumber: 1, soldThousandths: 1000, paidKopecks: 1530 };
        const part = { ...returned, beforeThousandths: 0, beforeKopecks: 0 };
        return {
          ...sale,
          documentId: `r${index}`,
          number: 5000 + index,
          type: 'returnBySale',
          lines: [{ ...line, quantityThousandths: sale.number % 8 === 0 ? 1000 : 400, returned: part }],
          source: { documentId: sale.documentId, number: sale.number, closedAt: sale.closedAt, payments: [] },
        };
      });
    journal.append({ ...emptyWrite(), documents: [...others, ...returns] });
    const isSale = ({ type, status }: ClosedDocument) => type === 'sale' && status === 'closed';
    const all = [template, ...others, ...returns];
    const isReturned = (document: ClosedDocument) => isSale(document) && document.number % 8 === 0;
    const isPartly = (document: ClosedDocument) => isSale(document) && document.number % 8 === 4;
    const time = fc.option(fc.integer({ min: -2, max: 99 }).map((hours) => base + hours * HOUR));
    fc.assert(
      fc.property(
        fc.record({
          numberPrefix: fc.oneof(fc.constant(''), fc.nat(9).map(String), fc.nat(262).map(String)),
          fromMs: time,
          toMs: time,
          includeReturned: fc.boolean(),
        }),
        fc.integer({ min: -5, max: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (filter, offset, limit) => {
          const isTyped = ({ number }: ClosedDocument) => Number(String(number) === filter.numberPrefix);
          const fits = all
            .filter(({ number }) => String(number).startsWith(filter.numberPrefix))
            .filter(({ closedAt }) => closedAt >= (filter.fromMs ?? 0) && closedAt < (filter.toMs ?? Infinity))
            .filter((document) => filter.includeReturned || (isSale(document) && !isReturned(document)))
            .sort((a, b) => isTyped(b) - isTyped(a) || b.closedAt - a.closedAt || b.number - a.number);
          const page = journal.salesPage(filter, offset, limit);
          const first = Math.max(0, Math.min(offset, fits.length - limit));
          expect(page.offset).toBe(first);
          expect(page.total).toBe(fits.length);
          expect(page.rows.map((row) => [row.number, row.partlyReturned, row.fullyReturned, row.isAnnulled])).toEqual(
            fits
              .slice(first, first + limit)
              .map((document) => [
                document.number,
                isPartly(document),
                isReturned(document),
                document.status === 'annulled',
              ]),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(['', '0', '01', 'x', '1;', '-1', '1234567890'])('finds by typed digits only (%j)', (numberPrefix) => {
    new Shop(journal).sell([1]);
    expect(numbers({ numberPrefix })).toEqual(numberPrefix === '' ? [1] : []);
  });

  it('reads rows from a covering index in the order of time; only a few numbers are sorted', () => {
    const file = new BetterSqlite3(path, { readonly: true });
    const plan = (sql: string) =>
      (file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({
        ...{ prefix: '1', ranges: '[]', listed: 'returnable', from: 0, to: 1, limit: 1, offset: 0 },
      }) as { id: number; parent: number; detail: string }[]) ?? [];
    const indexOf = { byTime: 'documents_by_time', byDigit: 'documents_by_digit', byNumber: 'documents_by_number' };
    for (const [source, index] of Object.entries(indexOf) as [SalesSource, string][]) {
      const count = plan(countSql(source)).map(({ detail }) => detail);
      expect(count.filter((detail) => detail.includes('documents'))).toEqual([
        expect.stringContaining(`SEARCH documents USING COVERING INDEX ${index}`),
      ]);
      const page = plan(pageSql(source));
      const list = page.find(({ detail }) => detail.startsWith('LIST SUBQUERY'));
      const inner = page.filter(({ parent }) => parent === list?.id).map(({ detail }) => detail);
      expect(inner.filter((detail) => detail.includes('documents'))).toEqual([
        expect.stringContaining(`SEARCH documents USING COVERING INDEX ${index}`),
      ]);
      expect(inner.some((detail) => detail.includes('TEMP B-TREE'))).toBe(source === 'byNumber');
    }
    expect(plan(COUNTS_SQL).map(({ detail }) => detail)).toEqual(['SCAN document_counts']);
    file.close();
  });
});

describe('a journal of version 1', () => {
  /** What version 1 had in place of the present lists. */
  const VERSION_1 = `
    DROP INDEX documents_by_time; DROP INDEX documents_by_digit; DROP INDEX documents_by_number;
    DROP TRIGGER document_counts_new; DROP TRIGGER document_counts_returned; DROP TABLE document_counts;
    CREATE INDEX sales_by_time ON documents (closed_at, number, return_state) WHERE type = 'sale' AND status = 'closed';
    CREATE INDEX sales_by_digit ON documents (substr(number, 1, 1), closed_at, number, return_state)
      WHERE type = 'sale' AND status = 'closed';
    CREATE INDEX sales_by_number ON documents (number, closed_at, return_state)
      WHERE type = 'sale' AND status = 'closed';
    CREATE TABLE sales_counts (period INTEGER NOT NULL, digit TEXT NOT NULL, sales INTEGER NOT NULL,
      returned INTEGER NOT NULL, PRIMARY KEY (period, digit)) WITHOUT ROWID;
    CREATE TRIGGER sales_counts_sale AFTER INSERT ON documents BEGIN SELECT 1; END;
    CREATE TRIGGER sales_counts_return AFTER UPDATE OF return_state ON documents BEGIN SELECT 1; END;
    PRAGMA user_version = 1;`;

  it('opens with all it has, lists the documents of its time and goes on counting', () => {
    const shop = new Shop(journal);
    const returned = shop.sell([1]);
    const partly = shop.sell([2]);
    shop.takeBack(returned, null);
    shop.takeBack(partly, [1]);
    shop.register.add(goods());
    shop.annul();
    const before = [...journal.documents()];
    journal.close();
    const file = new BetterSqlite3(path);
    file.exec(VERSION_1);
    file.close();
    const readable = Journal.open(path, { readonly: true });
    expect([...readable.documents()]).toEqual(before);
    readable.close();

    journal = Journal.open(path);
    expect([...journal.documents()]).toEqual(before);
    expect(numbers({ includeReturned: true })).toEqual([5, 4, 3, 2, 1]);
    expect(numbers()).toEqual([2]);
    const more = new Shop(journal);
    more.register.state.lastDocumentNumber = 5;
    more.register.now = shop.register.now;
    more.sell([1]);
    more.takeBack(partly, null);
    expect(journal.salesPage({ ...ALL, includeReturned: true }, 0, 1).total).toBe(7);
    expect(numbers()).toEqual([6]);
    expect(journal.firstBrokenDocument()).toBeNull();
  });
});

describe('attempts of a shift', () => {
  const attempt = (attemptId: string, shiftLabel: string, provider: string, startedAtMs: number): Attempt => ({
    attemptId,
    provider,
    operation: 'pay',
    documentId: 'd',
    documentNumber: 1,
    documentTitle: 'ПРОДАЖА № 1',
    currencyName: 'О!плати',
    order: {
      attemptId,
      orderNumber: `o-${attemptId}`,
      amountKopecks: 100,
      option: null,
      seller: { shopName: '', registerNumber: 8 },
      shiftLabel,
      receipt: { number: 1, lines: [], totalKopecks: 100 },
      source: null,
    },
    sourceAttemptId: null,
    state: 'approved',
    driverState: null,
    step: 0,
    prompt: null,
    promptIssuedAtMs: 0,
    foreground: false,
    wakeAtMs: null,
    outcome: null,
    startedAtMs,
    updatedAtMs: startedAtMs,
    manual: null,
  });

  it('are told by label and provider, oldest first, as they stand now', () => {
    const late = attempt('late', '22082023', 'oplati', 30);
    const early = attempt('early', '22082023', 'oplati', 20);
    const others = [attempt('other-shift', '23082023', 'oplati', 25), attempt('other', '22082023', 'cash', 25)];
    journal.append({ ...emptyWrite(), attempts: [late, early, ...others] });
    const declined: Attempt = { ...early, state: 'declined', updatedAtMs: 90 };
    journal.append({ ...emptyWrite(), attempts: [declined] });
    expect([...journal.attemptsOfShift('22082023', 'oplati')].flat()).toEqual([declined, late]);
    expect([...journal.attemptsOfShift('24082023', 'oplati')]).toEqual([]);
  });

  it('of an earlier shift are told once they have ended in this one, and none that is older than asked', () => {
    const owed = attempt('owed', '21082023', 'oplati', 20);
    const done = attempt('done', '21082023', 'oplati', 21);
    const old = attempt('old', '20082023', 'oplati', 5);
    const own = attempt('own', '22082023', 'oplati', 60);
    const other = attempt('other', '21082023', 'cash', 22);
    journal.append({ ...emptyWrite(), attempts: [old, owed, done, other, own] });
    const ended = [old, owed, other, own].map((one): Attempt => ({ ...one, updatedAtMs: 70 }));
    journal.append({ ...emptyWrite(), attempts: ended });
    expect(journal.attemptsEndedLater('22082023', 'oplati', 50, 10)).toEqual([ended[1]]);
  });

  it('are found by an index', () => {
    const file = new BetterSqlite3(path, { readonly: true });
    const sql = 'SELECT body FROM attempts WHERE shift_label = ? AND provider = ? ORDER BY started_at, rowid';
    expect(file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('', '')).toMatchObject([
      { detail: 'SEARCH attempts USING INDEX attempts_shift (shift_label=? AND provider=?)' },
    ]);
    file.close();
  });
});

function never(): never {
  throw new Error('the document has a line');
}

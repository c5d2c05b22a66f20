import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/payments/kernel/json.ts';
import { LIST_LIMITS, type ListLimits, ListReader } from '../../../src/payments/list-reader.ts';
import { readReport } from '../../../src/payments/providers/oplati/wire.ts';
import { info } from './machine-run.ts';

const WANTED = { fields: ['id', 'sum', 'name'], rows: { field: 'name', oneOf: ['ours', '17'] } };

/** Cut at random places, in the middle of a character too. */
const cuts = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 30 });

function read(bytes: Uint8Array, lengths: readonly number[], limits?: ListLimits): string | null {
  const reader = new ListReader(WANTED, limits);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    if (!reader.push(bytes.subarray(at, at + length + 1))) return null;
    at += length + 1;
  }
  return reader.end();
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

const row = fc.oneof(
  fc.record(
    {
      id: fc.integer(),
      sum: fc.double({ noNaN: true, noDefaultInfinity: true }),
      name: fc.oneof(fc.constantFrom('ours', '17', 17, null, 'другой'), fc.string({ unit: 'binary' })),
      more: fc.jsonValue({ maxDepth: 2 }),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** What `JSON.parse` would make of it. */
function filtered(rows: readonly unknown[]): unknown[] {
  return rows.flatMap((one) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return [one];
    const known = one as Record<string, unknown>;
    const name = Object.hasOwn(known, 'name') ? known.name : undefined;
    const text = typeof name === 'string' || Number.isInteger(name) ? String(name) : null;
    if (text !== null && !WANTED.rows.oneOf.includes(text)) return [];
    return [Object.fromEntries(Object.entries(known).filter(([key]) => WANTED.fields.includes(key)))];
  });
}

describe('a list that comes in pieces', () => {
  it('is what JSON.parse makes of the whole, less the rows and fields that nobody wants', () => {
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom(undefined, 1, '\n\t '), cuts, (rows, space, lengths) => {
        const text = JSON.stringify(rows, null, space);
        const body = read(bytesOf(text), lengths);
        expect(JSON.parse(body ?? '')).toEqual(filtered(JSON.parse(text)));
      }),
    );
  });

  it('keeps every digit of a number, as the one reader of answers does', () => {
    const text = '[{"id":9007199254740993,"sum":15.30,"name":"ours"}, {"id":2,"name":"theirs"}]';
    expect(read(bytesOf(text), [3])).toBe('[{"id":9007199254740993,"sum":15.30,"name":"ours"}]');
  });

  it('is cut where it may be, and reads the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), cuts, cuts, (garbage, one, other) => {
        for (const text of [`[{"name":${JSON.stringify(garbage)}}]`, `[${garbage}]`, garbage]) {
          expect(read(bytesOf(text), one)).toBe(read(bytesOf(text), other));
        }
      }),
    );
  });

  it('with anything wrong in it reads as no list at all, wherever it is wrong', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), fc.nat(), fc.integer({ min: 0, max: 255 }), (rows, place, byte) => {
        const bytes = Buffer.from(JSON.stringify(rows), 'utf8');
        bytes[place % bytes.length] = byte;
        const isGood = Array.isArray(readJson(bytes.toString('utf8')));
        expect(Array.isArray(readJson(read(bytes, [7]) ?? ''))).toBe(isGood);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['cut off', '[{"name":"ours"},{"na'],
    ['cut after a row', '[{"name":"ours"}'],
    ['two lists', '[][]'],
    ['words after it', `[${' '.repeat(3000)}] Service unavailable`],
    ['another bracket at its end', '[{"name":"ours"}}'],
    ['a row without an end', '[{"name":["ours"},{}]]'],
    ['a comma too much', '[{"name":"ours"},]'],
    ['a row with a key given twice', '[{"name":"theirs","name":"ours"}]'],
    ['a nesting bomb', `[${'['.repeat(5000)}${']'.repeat(5000)}]`],
  ])('%s: nobody can take it for a list', (_, text) => {
    expect(readJson(read(bytesOf(text), [5]) ?? '')).toBeNull();
  });

  it.each(['', '  ', '{"code":"401"}', '<html>', 'null', '\ufeff[]'])(
    '%j is no list, and is handed on as it is',
    (text) => {
      expect(read(bytesOf(text), [0])?.trim()).toBe(text.trim());
    },
  );

  it('holds one row and what is kept, however long the list', () => {
    const reader = new ListReader(WANTED);
    const one = bytesOf(`{"name":"theirs","more":"${'x'.repeat(200)}"},`);
    reader.push(bytesOf('['));
    for (let rows = 0; rows < 50_000; rows++) expect(reader.push(one)).toBe(true);
    reader.push(bytesOf('{"name":"ours"}]'));
    expect(reader.end()).toBe('[{"name":"ours"}]');
    expect(reader.peakBytes).toBeLessThan(2048 + 2 * one.length);
  });

  it('is told in parts without a hole, and holds no more than one of them', () => {
    const numbers = Array.from({ length: 5_000 }, (_, id) => ({ id }));
    const bytes = bytesOf(JSON.stringify(numbers));
    const reader = new ListReader({ fields: ['id'], inParts: true }, { ...LIST_LIMITS, keptBytes: 16 * 1024 });
    const parts: unknown[] = [];
    for (let at = 0; at < bytes.length; at += 1000) {
      expect(reader.push(bytes.subarray(at, at + 1000))).toBe(true);
      const part = reader.takePart();
      if (part !== null) parts.push(...JSON.parse(part));
    }
    expect(parts.length).toBeGreaterThan(4_000);
    expect([...parts, ...JSON.parse(reader.end())]).toEqual(numbers);
    expect(reader.peakBytes).toBeLessThan(16 * 1024);
  });

  it.each<[string, Partial<ListLimits>, string]>([
    ['in all', { readBytes: 100 }, `[${'{"name":"theirs"},'.repeat(10)}{}]`],
    ['in a row', { rowBytes: 100 }, `[{"name":"${'x'.repeat(200)}"}]`],
    ['in the rows that are kept', { keptBytes: 100 }, `[${'{"name":"ours"},'.repeat(10)}{}]`],
    ['where it is no list', { keptBytes: 100 }, 'x'.repeat(200)],
    ['in blanks', { readBytes: 100 }, ' '.repeat(200)],
  ])('is too large %s', (_, limit, text) => {
    expect(read(bytesOf(text), [9], { ...LIST_LIMITS, ...limit })).toBeNull();
    expect(read(bytesOf(text), [9])).not.toBeNull();
  });
});

it('a report says of our numbers what the whole report says, and nothing where one row may be of any', () => {
  const number = fc.constantFrom('T1-0001', 'R-1', 'X-9', 17, null, '');
  const infos = fc.record(
    {
      paymentId: fc.oneof(fc.integer(), fc.string()),
      status: fc.nat(6),
      sum: fc.constantFrom(15.3, 'x'),
      orderNumber: number,
    },
    { requiredKeys: [] },
  );
  const numbers = ['T1-0001', '17'];
  fc.assert(
    fc.property(fc.array(infos), cuts, (rows, lengths) => {
      const text = JSON.stringify(rows.map((more) => info(1, more)));
      const list = { fields: Object.keys(info(1)), rows: { field: 'orderNumber', oneOf: numbers } };
      const reader = new ListReader(list);
      const bytes = bytesOf(text);
      for (let at = 0; at < bytes.length; at += 1 + (lengths[0] ?? 0)) {
        reader.push(bytes.subarray(at, at + 1 + (lengths[0] ?? 0)));
      }
      const reply = (body: string) => ({ tag: 'report-1', status: 200, body });
      const [whole, part] = [readReport(reply(text)), readReport(reply(reader.end()))];
      expect(part === null).toBe(whole === null);
      for (const one of numbers) expect(part?.rowsOf(one)).toEqual(whole?.rowsOf(one));
    }),
  );
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import { takeRootLock } from '../../../src/journal/root-lock.ts';
import { isStorageFault } from '../../../src/journal/storage-fault.ts';
import type { ClosedDocument } from '../../../src/register/model.ts';
import { removeFolder } from '../../remove-folder.ts';
import { goods, ruble, TestRegister } from '../register/fixtures.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-journal-'));
  path = join(folder, 'cash/data/journal.db');
});
afterEach(() => removeFolder(folder));

function closedDocument(number: number): ClosedDocument {
  const register = new TestRegister();
  register.state.lastDocumentNumber = number - 1;
  register.add(goods());
  register.done({ do: 'enterSubtotal' });
  register.pay(`a${number}`, ruble, 2000);
  register.done({ do: 'close' });
  if (register.state.lastClosed === null) throw new Error('not closed');
  return register.state.lastClosed;
}

describe('journal', () => {
  it('every write is durable: WAL and synchronous=FULL, read back after the first write', () => {
    const journal = Journal.open(path);
    journal.append({ ...emptyWrite(), events: [{ at: 1, type: 'subtotalEntered' }] });
    journal.close();
    const file = new BetterSqlite3(path);
    expect(file.pragma('journal_mode', { simple: true })).toBe('wal');
    file.close();
  });

  it('gives back events after the newest snapshot, in order', () => {
    const journal = Journal.open(path, { newJournalId: () => 'abc123' });
    const state = new TestRegister().state;
    journal.append({ ...emptyWrite(), events: [{ at: 1, type: 'subtotalEntered' }], snapshot: state });
    journal.append({
      ...emptyWrite(),
      events: [
        { at: 2, type: 'subtotalLeft' },
        { at: 3, type: 'subtotalEntered' },
      ],
    });
    journal.close();
    const restored = Journal.open(path).restore();
    expect(restored.journalId).toBe('abc123');
    expect(restored.snapshot).toEqual(state);
    expect(restored.events).toEqual([
      { at: 2, type: 'subtotalLeft' },
      { at: 3, type: 'subtotalEntered' },
    ]);
  });

  it('a write that fails half way leaves nothing behind', () => {
    const journal = Journal.open(path);
    const document = closedDocument(1);
    journal.append({ ...emptyWrite(), documents: [document] });
    expect(() =>
      journal.append({ ...emptyWrite(), events: [{ at: 1, type: 'subtotalEntered' }], documents: [document] }),
    ).toThrow();
    expect(journal.restore().events).toEqual([]);
    journal.append({ ...emptyWrite(), documents: [closedDocument(2)] });
    expect(journal.firstBrokenDocument()).toBeNull();
  });

  it('gives the documents of one shift, newest first', () => {
    const journal = Journal.open(path);
    const documents = [1, 1, 2, 2, 3].map((shiftNumber, i) => ({ ...closedDocument(i + 1), shiftNumber }));
    journal.append({ ...emptyWrite(), documents: documents.map((each, i) => ({ ...each, documentId: `d${i}` })) });
    const numbers = (shift: number) => [...journal.documentsOfShift(shift)].map(({ number }) => number);
    expect([0, 1, 2, 3, 4].map(numbers)).toEqual([[], [2, 1], [4, 3], [5], []]);
    // The search that ended early has set the journal free.
    journal.append({ ...emptyWrite(), events: [{ at: 1, type: 'subtotalEntered' }] });
  });

  it('the hash chain tells a document that was changed behind its back', () => {
    const journal = Journal.open(path);
    for (const number of [1, 2, 3]) journal.append({ ...emptyWrite(), documents: [closedDocument(number)] });
    journal.close();
    const file = new BetterSqlite3(path);
    file.exec(`UPDATE documents SET body = replace(body, '1530', '1531') WHERE number = 2`);
    file.close();
    expect(Journal.open(path).firstBrokenDocument()).toBe(2);
  });

  it('support reads lines and money with plain SQL', () => {
    const journal = Journal.open(path);
    journal.append({ ...emptyWrite(), documents: [closedDocument(1)] });
    const file = new BetterSqlite3(path, { readonly: true });
    expect(file.prepare('SELECT name, sum_kopecks FROM goods_item').get()).toEqual({
      name: 'БМК БИФИЛЮКС 2.5% 0.5Л',
      sum_kopecks: 1530,
    });
    expect(file.prepare('SELECT valcode, amount_kopecks, state FROM money_item').get()).toEqual({
      valcode: 1,
      amount_kopecks: 2000,
      state: 'approved',
    });
    file.close();
  });

  it('a file that is no database is told as damaged', () => {
    writeFileSync(join(folder, 'x.db'), 'это не база данных '.repeat(100));
    try {
      Journal.open(join(folder, 'x.db'));
      expect.unreachable();
    } catch (error) {
      expect(isStorageFault(error) && error.code).toBe('damaged');
    }
  });
});

describe('root lock (K33: two processes on one journal)', () => {
  it('lets one in and the next one in after it has gone', () => {
    const lock = join(folder, 'cash/data/lock.db');
    const release = takeRootLock(lock);
    expect(release).not.toBeNull();
    expect(takeRootLock(lock)).toBeNull();
    release?.();
    const again = takeRootLock(lock);
    expect(again).not.toBeNull();
    again?.();
  });
});

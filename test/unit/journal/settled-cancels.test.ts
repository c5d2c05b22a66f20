import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import type { ClosedDocument } from '../../../src/register/model.ts';
import { removeFolder } from '../../remove-folder.ts';
import { oplati } from '../register/fixtures.ts';
import { Shop } from './shop.ts';

let folder: string;
let journal: Journal;
let annulled: ClosedDocument;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-cancels-'));
  journal = Journal.open(join(folder, 'journal.db'));
  const shop = new Shop(journal);
  shop.openWithQueuedCancel(oplati);
  annulled = shop.annul();
  expect(annulled.payments.map(({ state }) => state)).toEqual(['cancelQueued']);
});
afterEach(() => {
  journal.close();
  removeFolder(folder);
});

function attempt(change: Partial<Attempt>): void {
  const { documentId } = annulled;
  const whole = {
    ...{ attemptId: 'cancel', provider: 'oplati', operation: 'cancel', documentId, sourceAttemptId: 'wallet' },
    ...{ state: 'unknown', manual: null, outcome: null, startedAtMs: 1, updatedAtMs: 1 },
    order: { amountKopecks: 1530, orderNumber: `T-${change.attemptId ?? 'cancel'}`, shiftLabel: '22082023' },
    ...change,
  } as Attempt;
  journal.append({ ...emptyWrite(), attempts: [whole] });
}

/** As each reader of the journal tells it. */
function states(): string[] {
  const file = new BetterSqlite3(join(folder, 'journal.db'), { readonly: true });
  const bySql = file.prepare('SELECT state FROM money_item').pluck().all() as string[];
  file.close();
  const { documentId, number, shiftNumber } = annulled;
  const read = [
    journal.document(documentId),
    journal.documentByNumber(number),
    ...journal.documents(),
    ...journal.documentsOfShift(shiftNumber),
  ];
  return [...read.map((document) => document?.payments[0]?.state ?? ''), ...bySql];
}

describe('a queued cancel that is done after its receipt was annulled', () => {
  // Incident: it stood as cancelQueued for ever.
  it('has given the money back; the document itself is not rewritten', () => {
    attempt({});
    expect(new Set(states())).toEqual(new Set(['cancelQueued']));
    attempt({ state: 'approved' });
    expect(new Set(states())).toEqual(new Set(['cancelled']));
    expect(journal.document(annulled.documentId)).toEqual({
      ...annulled,
      payments: [{ ...annulled.payments[0], state: 'cancelled' }],
    });
    expect(journal.firstBrokenDocument()).toBeNull();
  });

  // Incident: it stood as one that waits, or as given back, when the money had stayed for good.
  it('refused for good has given nothing back, until a human or another cancel has', () => {
    const outcome = { kind: 'declined', code: 'rejected', say: null } as const;
    attempt({ outcome });
    expect(new Set(states())).toEqual(new Set(['cancelRefused']));
    const manual = { byCode: '1', confirmedByCode: '2', reason: 'кабинет', atMs: 2 } as const;
    attempt({ state: 'declined', outcome, manual: { ...manual, decision: 'notPaid' } });
    expect(new Set(states())).toEqual(new Set(['cancelRefused']));
    attempt({ state: 'declined', outcome, manual: { ...manual, decision: 'returned' } });
    expect(new Set(states())).toEqual(new Set(['cancelled']));
    attempt({ state: 'declined', outcome });
    attempt({ attemptId: 'another', startedAtMs: 2 });
    expect(new Set(states())).toEqual(new Set(['cancelQueued']));
    attempt({ attemptId: 'another', startedAtMs: 2, state: 'approved' });
    expect(new Set(states())).toEqual(new Set(['cancelled']));
  });

  it('decided as given back, and contradicted by the server, has not', () => {
    const manual = { decision: 'paid', byCode: '1', confirmedByCode: '2', reason: 'кабинет', atMs: 2 } as const;
    const outcome = { kind: 'declined', code: 'rejected', say: null } as const;
    attempt({ state: 'manual', outcome, manual: { ...manual, contradictedAtMs: 3 } });
    expect(new Set(states())).toEqual(new Set(['cancelRefused']));
  });

  it('may have been decided by a human (DOM-90)', () => {
    const manual = { decision: 'paid', byCode: '1', confirmedByCode: '2', reason: 'чек терминала', atMs: 2 } as const;
    attempt({ state: 'manual', manual });
    expect(new Set(states())).toEqual(new Set(['cancelled']));
  });

  it('is not taken for done by another attempt: the payment itself, another payment, a refused cancel', () => {
    attempt({ attemptId: 'wallet', operation: 'pay', state: 'approved', sourceAttemptId: null });
    attempt({ attemptId: 'follow', operation: 'follow', state: 'approved' });
    attempt({ attemptId: 'other', state: 'approved', sourceAttemptId: 'other wallet' });
    attempt({ attemptId: 'refused', state: 'declined' });
    expect(new Set(states())).toEqual(new Set(['cancelQueued']));
  });
});

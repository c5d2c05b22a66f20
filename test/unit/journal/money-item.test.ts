/** The view for support's SQL: what its rows come to is the money that moved. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import { removeFolder } from '../../remove-folder.ts';
import { goods, oplati, ruble } from '../register/fixtures.ts';
import { Shop } from './shop.ts';

const assist = { ...oplati, code: 9, provider: 'assist', name: 'Ассист' };

let folder: string;
let journal: Journal;
let shop: Shop;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-money-'));
  journal = Journal.open(join(folder, 'journal.db'));
  shop = new Shop(journal);
});
afterEach(() => {
  journal.close();
  removeFolder(folder);
});

/** `payment in 1530 approved`, cash with a star. */
function rows(): string[] {
  return select<string>(
    `SELECT kind || iif(is_cash, '* ', ' ') || direction || ' ' || amount_kopecks || ' ' || state FROM money_item`,
  );
}

function select<Value>(sql: string): Value[] {
  const file = new BetterSqlite3(join(folder, 'journal.db'), { readonly: true });
  try {
    return file.prepare(sql).pluck().all() as Value[];
  } finally {
    file.close();
  }
}

function attempt(change: Partial<Attempt>): void {
  const { documentId } = shop.register.state.lastClosed ?? { documentId: '' };
  const whole = {
    ...{ attemptId: 'cancel', provider: 'oplati', operation: 'cancel', documentId, sourceAttemptId: 'wallet' },
    ...{ state: 'unknown', manual: null, outcome: null, startedAtMs: 1, updatedAtMs: 1 },
    order: { amountKopecks: 1530, orderNumber: `T-${change.attemptId ?? 'cancel'}`, shiftLabel: '22082023' },
    ...change,
  } as Attempt;
  journal.append({ ...emptyWrite(), attempts: [whole] });
}

function open(): void {
  shop.register.add(goods());
  shop.register.done({ do: 'enterSubtotal' });
}

// Incident: cash of 20.00 for 15.30 summed to 20.00, a return was added on top.
it('a sale comes in, its change goes out, and its return goes out', () => {
  open();
  shop.register.pay('cash', ruble, 2000);
  const sale = shop.close();
  expect(rows()).toEqual(['payment* in 2000 approved', 'change* out -470 approved']);
  shop.openReturn(sale, null);
  shop.register.done({
    ...{ do: 'beginPayment', attemptId: 'back', orderNumber: 'T-back', currency: ruble },
    ...{ amountKopecks: 1530, sourceAttemptId: 'cash' },
  });
  shop.register.settle('back', 'approved');
  shop.close();
  expect(rows()).toContain('refund* out -1530 approved');
  expect(select('SELECT sum(amount_kopecks) FROM money_item')).toEqual([0]);
});

it('cash that a payment system took and counted change of is cash', () => {
  open();
  const { documentId } = shop.register.state.document ?? { documentId: '' };
  shop.register.done({
    ...{ do: 'beginPayment', attemptId: 'notes', orderNumber: 'T-notes', currency: assist },
    ...{ amountKopecks: 1530, sourceAttemptId: null },
  });
  shop.register.done({
    ...{ do: 'settlePayment', documentId, attemptId: 'notes', fate: 'approved', providerPaymentId: '1' },
    tendered: { means: 'наличные', isCash: true, changeKopecks: 470 },
  });
  shop.close();
  expect(rows()).toEqual(['payment* in 2000 approved', 'change* out -470 approved']);
  expect(select('SELECT DISTINCT means FROM money_item')).toEqual(['наличные']);
});

it('an annulled receipt has given back what it could, and holds what waits for the link', () => {
  shop.openWithQueuedCancel(oplati);
  const documentId = shop.register.state.document?.documentId ?? '';
  shop.register.pay('cash', ruble, 1000);
  shop.register.done({ do: 'beginCancel', attemptId: 'cash' });
  shop.register.done({ do: 'settleCancel', documentId, attemptId: 'cash', fate: 'cancelled' });
  shop.annul();
  const cash = ['payment* in 1000 cancelled', 'reversal* out -1000 cancelled'];
  expect(rows().sort()).toEqual(['payment in 1530 cancelQueued', ...cash].sort());
  attempt({});
  expect(rows().sort()).toEqual(['payment in 1530 cancelQueued', ...cash].sort());
  attempt({ state: 'approved' });
  expect(rows().sort()).toEqual(['payment in 1530 cancelled', ...cash, 'reversal out -1530 cancelled'].sort());
});

it('what never moved is no row; found and given back later it is both', () => {
  open();
  shop.register.done({
    ...{ do: 'beginPayment', attemptId: 'wallet', orderNumber: 'T-wallet', currency: oplati },
    ...{ amountKopecks: 1530, sourceAttemptId: null },
  });
  shop.register.settle('wallet', 'declined');
  shop.register.pay('cash', ruble, 1530);
  shop.close();
  const cash = 'payment* in 1530 approved';
  expect(rows()).toEqual([cash]);
  attempt({});
  expect(rows()).toEqual(['payment in 1530 cancelQueued', cash]);
  attempt({ state: 'approved' });
  expect(rows()).toEqual(['payment in 1530 cancelled', cash, 'reversal out -1530 cancelled']);
});

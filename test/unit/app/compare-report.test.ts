/** The reconciliation of a busy shift: what its journal and its payment system have, and no key waits for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compareReport } from '../../../src/app/reconciliation.ts';
import type { Report } from '../../../src/app/state.ts';
import { emptyWrite, Journal } from '../../../src/journal/journal.ts';
import type { Attempt } from '../../../src/payments/attempt.ts';
import type { ProviderOperation } from '../../../src/payments/outcome.ts';

const OPERATIONS = 50_000;
const SHIFT = '22082023';

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-compare-'));
  journal = Journal.open(join(folder, 'journal.db'));
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

function attempt(index: number): Attempt {
  const isReversal = index % 10 === 0;
  return {
    attemptId: `attempt-${index}`,
    documentId: `document-${index}`,
    documentNumber: index,
    documentTitle: `ПРОДАЖА № ${index}`,
    provider: 'oplati',
    currencyName: 'О!плати',
    operation: isReversal ? 'refund' : 'pay',
    order: {
      attemptId: `attempt-${index}`,
      orderNumber: `8-42-${index}`,
      amountKopecks: 100,
      option: null,
      seller: { shopName: '', registerNumber: 8 },
      shiftLabel: SHIFT,
      receipt: { number: index, lines: [], totalKopecks: 100 },
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
    outcome: { kind: 'approved', providerPaymentId: String(index) },
    // Many in the same millisecond: a page ends between them.
    startedAtMs: 1000 + Math.floor(index / 300),
    updatedAtMs: 1000,
    manual: null,
  };
}

function row(index: number): ProviderOperation {
  const { orderNumber, amountKopecks } = attempt(index).order;
  const kind = index % 10 === 0 ? 'reversal' : 'payment';
  return { providerPaymentId: String(index), orderNumber, kind, amountKopecks, state: 'approved' };
}

it('50,000 operations: right sums, each difference, and other work has its turn all the time', async () => {
  const attempts = Array.from({ length: OPERATIONS }, (_, index) => attempt(index));
  journal.append({ ...emptyWrite(), attempts: attempts.slice(1) });
  const operations = attempts.slice(0, -1).map((_, index) => row(index));
  operations[7] = { ...row(7), amountKopecks: 105 };
  operations[11] = { ...row(11), state: 'pending' };
  const report: Report = {
    provider: 'oplati',
    shiftLabel: SHIFT,
    openedAtMs: null,
    undelivered: [],
    operations,
    othersCount: 0,
  };
  let turns = 0;
  let isRunning = true;
  const tick = () => {
    turns += 1;
    if (isRunning) setImmediate(tick);
  };
  setImmediate(tick);
  const facts = {
    attemptsOfShift: (label: string, provider: string) => journal.attemptsOfShift(label, provider),
    attemptsEndedLater: () => [],
  };
  const { payments, reversals, differences } = await compareReport(report, facts);
  isRunning = false;
  expect(payments).toEqual({ ourCount: 45_000, ourKopecks: 4_500_000, theirCount: 44_998, theirKopecks: 4_499_805 });
  expect(reversals).toEqual({ ourCount: 4_999, ourKopecks: 499_900, theirCount: 5_000, theirKopecks: 500_000 });
  expect(differences).toMatchObject([
    { kind: 'differentSum', documentTitle: 'ПРОДАЖА № 7', ourWord: '1.00', theirWord: '1.05' },
    { kind: 'differentState', documentTitle: 'ПРОДАЖА № 11', theirWord: 'ожидание' },
    { kind: 'onlyHere', documentTitle: 'ПРОДАЖА № 49999' },
    { kind: 'onlyThere', documentTitle: '8-42-0', operation: 'reversal' },
  ]);
  // A page of the journal, or a thousand operations, is the most that is done between two turns.
  expect(turns).toBeGreaterThan(OPERATIONS / 200);
});

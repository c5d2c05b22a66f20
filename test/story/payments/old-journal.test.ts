/**
 * Journals that the program before state versions has left in the middle of its work (`test/fixtures/journal-116570b`), opened
 * by the program of today in front of the servers as they were. Today's machines cannot read those states and ask from the order
 * alone, and the buyers' money must come out right.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { isCounted } from '../../../src/register/totals.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { removeFolder } from '../../remove-folder.ts';
import { returnWhole, untilPaid } from '../returns/counter.ts';
import { CAPTURE_TIME, type Story } from '../story.ts';
import { READER_URL, readerInMemory } from './assist/reader-in-memory.ts';
import { serverOf as assistOf } from './assist/shop.ts';
import { begin, documentsOf } from './oplati/shop.ts';
import { server as paymasterOf } from './paymaster/shop.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/journal-116570b', import.meta.url));
const SYSTEMS = ['oplati', 'paymaster', 'assist'];

let story: Story;
let books: string;
afterEach(async () => {
  await story.end();
  removeFolder(books);
});

/** The register and its servers as the power cut has left them; the buyers pay, and the network is there again. */
async function open(name: string): Promise<void> {
  const kept = JSON.parse(readFileSync(join(FIXTURE, `${name}.json`), 'utf8')) as {
    atMs: number;
    books: Record<string, unknown>;
  };
  books = mkdtempSync(join(tmpdir(), 'kassa-books-'));
  for (const [system, state] of Object.entries(kept.books)) {
    writeFileSync(join(books, `${system}.json`), JSON.stringify(state));
  }
  const stateFile = (system: string) => join(books, `${system}.json`);
  const begun: { story: Story | null } = { story: null };
  const reader = readerInMemory(() => begun.story?.assist?.url ?? '');
  reader.clock.advance(kept.atMs - CAPTURE_TIME);
  story = await begin({
    mode: Number(/-([01])$/.exec(name)?.[1] ?? 2) as 0 | 1 | 2,
    clock: reader.clock,
    emulator: { stateFile: stateFile('oplati') },
    paymaster: { emulator: { stateFile: stateFile('paymaster') } },
    assist: { emulator: { stateFile: stateFile('assist') }, settings: { readerUrl: READER_URL } },
    till: { openDevice: reader.openDevice },
    prepare: (root) => writeFileSync(pathsOf(root).journal, gunzipSync(readFileSync(join(FIXTURE, `${name}.db.gz`)))),
  });
  begun.story = story;
  story.oplati.setBuyer('pays');
  paymasterOf(story).setBuyer('pays');
  paymasterOf(story).setRefunds({ endsAfterMs: 2_000, resultCode: 'Success' });
  assistOf(story).setBuyer('pays');
}

/** Money that really moved, by our numbers. `source`: number of the payment that was given back. */
interface Moved {
  kind: 'payment' | 'refund';
  orderNumber: string;
  source: string | null;
  kopecks: number;
}

function moved(): Moved[] {
  const wallet = story.oplati.ledger();
  return [
    ...wallet
      .filter(({ status }) => status === 1)
      .map((row): Moved => {
        const source = wallet.find(({ paymentId }) => paymentId === row.sourcePaymentId)?.orderNumber ?? null;
        const kind = row.paymentType === 1 ? 'payment' : 'refund';
        return { kind, orderNumber: row.orderNumber, source, kopecks: row.sumKopecks };
      }),
    ...paymasterOf(story)
      .ledger()
      .filter(({ status }) => status === 'Settled' || status === 'Success')
      .map(({ kind, orderNumber, sourceOrderNumber = null, sumKopecks: kopecks }): Moved => {
        return { kind, orderNumber, source: sourceOrderNumber, kopecks };
      }),
    ...assistOf(story)
      .ledger()
      .filter(({ state }) => state === 'Approved')
      .map(({ kind, orderNumber, sourceOrderNumber: source, sumKopecks: kopecks }): Moved => {
        return { kind, orderNumber, source, kopecks };
      }),
  ];
}

const madeOf = (kind: Moved['kind']) => moved().filter((row) => row.kind === kind);

/** What the servers hold of each order is what the documents say; no order was paid twice. */
function expectBooksAgree(): void {
  const picture = story.picture();
  const payments = madeOf('payment').map(({ orderNumber }) => orderNumber);
  expect(new Set(payments).size, `charged twice\n${picture}`).toBe(payments.length);
  const documents = documentsOf(story);
  const numberOf = new Map(
    documents.flatMap(({ payments }) => payments.map(({ attemptId, orderNumber }) => [attemptId, orderNumber])),
  );
  const counted: Record<string, number> = {};
  const held: Record<string, number> = {};
  const add = (sums: Record<string, number>, order: string, kopecks: number) => {
    sums[order] = (sums[order] ?? 0) + kopecks;
    if (sums[order] === 0) delete sums[order];
  };
  for (const { type, payments } of documents) {
    for (const payment of payments) {
      if (!SYSTEMS.includes(payment.currency.provider) || !isCounted(payment)) continue;
      if (type === 'sale') add(counted, payment.orderNumber, payment.amountKopecks);
      else add(counted, numberOf.get(payment.sourceAttemptId ?? '') ?? '?', -payment.amountKopecks);
    }
  }
  for (const { kind, orderNumber, source, kopecks } of moved()) {
    if (kind === 'payment') add(held, orderNumber, kopecks);
    else add(held, source ?? '?', -kopecks);
  }
  expect(held, picture).toEqual(counted);
}

/** A willing cashier: says yes, asks again, and leaves what only informs. */
function answer(): void {
  const { attempts, ui } = story.till.state;
  if (story.dialog === 'DOM-97') story.press('escape');
  else if (ui.stack.length > 0) story.press('enter');
  else {
    const prompt = attempts.find(({ foreground }) => foreground)?.prompt;
    if (prompt === undefined || prompt === null) return;
    if (['confirm', 'retryOrCancel', 'tellCode', 'amount', 'choose'].includes(prompt.show)) story.press('enter');
    else if (prompt.show === 'form' || prompt.show === 'scanBuyerCode') story.press('escape');
  }
}

/** A second look at a payment that was not made goes on for days and keeps nobody waiting. */
async function settle(): Promise<void> {
  await story.until('everything is settled', () => {
    answer();
    const { attempts, ui } = story.till.state;
    return attempts.every(({ follows }) => follows === 'unmade') && ui.stack.length === 0;
  });
}

/** What is open is paid (a sale in cash, a return the way it came) and closed. */
async function close(): Promise<void> {
  if (story.document?.type === 'returnBySale' && !story.shows('Сдача: 0.00')) {
    story.press('enter');
    await settle();
    await untilPaid(story);
  }
  if (story.document !== null) story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

/**
 * How often money was taken and given back in all; the receipt takes what is missing in cash. What was not paid yet may be given
 * up or asked for again, as the machine of the day sees fit: then once or not at all.
 */
const CASES: Record<string, { paid: number | 'once or not at all'; back: number }> = {
  'oplati-pay-waiting-0': { paid: 1, back: 0 },
  'oplati-pay-waiting-1': { paid: 'once or not at all', back: 0 },
  'oplati-pay-waiting-2': { paid: 'once or not at all', back: 0 },
  'oplati-pay-drop-reply-0': { paid: 1, back: 0 },
  'oplati-pay-drop-request-1': { paid: 0, back: 0 },
  'oplati-pay-drop-reply-2': { paid: 1, back: 0 },
  'oplati-pay-left': { paid: 1, back: 0 },
  'oplati-cancel-drop-reply': { paid: 1, back: 1 },
  'oplati-cancel-drop-request': { paid: 1, back: 1 },
  'oplati-cancel-queued': { paid: 1, back: 1 },
  'oplati-refund-drop-reply': { paid: 1, back: 1 },
  'oplati-refund-drop-request': { paid: 1, back: 1 },
  'oplati-follow-late': { paid: 1, back: 1 },
  'paymaster-pay-waiting': { paid: 'once or not at all', back: 0 },
  'paymaster-pay-drop-reply': { paid: 'once or not at all', back: 0 },
  'paymaster-pay-drop-request': { paid: 'once or not at all', back: 0 },
  'paymaster-pay-left': { paid: 1, back: 0 },
  'paymaster-cancel-drop-reply': { paid: 1, back: 1 },
  'paymaster-cancel-drop-request': { paid: 1, back: 1 },
  'paymaster-cancel-queued': { paid: 1, back: 1 },
  'paymaster-refund-drop-reply': { paid: 1, back: 1 },
  'paymaster-refund-drop-request': { paid: 1, back: 1 },
  'paymaster-refund-polling': { paid: 1, back: 1 },
  'assist-sbp-waiting': { paid: 1, back: 0 },
  'assist-sbp-drop-reply': { paid: 'once or not at all', back: 0 },
  'assist-sbp-drop-request': { paid: 'once or not at all', back: 0 },
  'assist-sbp-left': { paid: 1, back: 0 },
  'assist-cash-telling': { paid: 1, back: 0 },
  'assist-cash-undelivered': { paid: 1, back: 0 },
  'assist-reader-paid': { paid: 1, back: 0 },
  'assist-softpos-paid': { paid: 1, back: 0 },
  'assist-cancel-drop-reply': { paid: 1, back: 1 },
  'assist-cancel-drop-request': { paid: 1, back: 1 },
  'assist-cancel-queued': { paid: 1, back: 1 },
  'assist-refund-drop-reply': { paid: 1, back: 1 },
  'assist-refund-drop-request': { paid: 1, back: 1 },
  'assist-follow-late': { paid: 1, back: 1 },
  'terminal-pay': { paid: 0, back: 0 },
  'terminal-cancel': { paid: 0, back: 0 },
};

it.each(Object.entries(CASES))('%s: settles, %o, and the document is closed', async (name, { paid, back }) => {
  await open(name);
  const versions = story.till.state.attempts.map(({ stateVersion = 0 }) => stateVersion > 0);
  expect(versions, 'it was unfinished, and its old state is not stepped').toEqual([true]);
  await settle();
  if (name.endsWith('follow-late'))
    await story.until('nothing is looked for', () => story.till.state.attempts.length === 0);
  await close();
  await story.until('nothing waits', () => story.till.state.attempts.every(({ follows }) => follows === 'unmade'));
  const times = paid === 'once or not at all' ? [0, 1] : [paid];
  expect(times, story.picture()).toContain(madeOf('payment').length);
  expect(madeOf('refund').length, story.picture()).toBe(back);
  expectBooksAgree();
});

it('closed: each of the eight sales is returned the way it was paid, once', async () => {
  await open('closed');
  const sales = documentsOf(story).map(({ number }) => number);
  expect(sales).toHaveLength(8);
  for (const number of sales) {
    returnWhole(story, number);
    await settle();
    await untilPaid(story);
    await close();
  }
  expect({ paid: madeOf('payment').length, back: madeOf('refund').length }).toEqual({ paid: 6, back: 6 });
  expectBooksAgree();
});

it('paid: every payment of the open receipt is taken back, once', async () => {
  await open('paid');
  await settle();
  const rows = () => story.document?.payments.filter(isCounted).length ?? 0;
  expect(rows()).toBe(5);
  for (let left = 4; left >= 0; left--) {
    story.press('escape');
    await settle();
    expect(rows(), story.picture()).toBe(left);
  }
  await close();
  expect({ paid: madeOf('payment').length, back: madeOf('refund').length }).toEqual({ paid: 4, back: 4 });
  expectBooksAgree();
});

it('no journal of the folder is forgotten', () => {
  const there = readdirSync(FIXTURE).flatMap((file) => /^(.*)\.db\.gz$/.exec(file)?.[1] ?? []);
  expect(there.sort()).toEqual([...Object.keys(CASES), 'closed', 'paid'].sort());
});

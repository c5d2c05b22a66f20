/** Every network fault at every request of a payment: in the end the register counts what PayMaster holds, at most once. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Story } from '../../story.ts';
import { answerDialog, expectSubtotal, journalRows } from '../oplati/shop.ts';
import {
  beginAtSubtotal,
  CANCEL,
  CREATE,
  cutNetwork,
  expectBooksAgree,
  expectCurrencies,
  expectNothingOwed,
  expectPaid,
  expectRefused,
  LIST,
  ledger,
  mendNetwork,
  NO_PROCESSING,
  NOT_OURS,
  NOT_THIS,
  PLATE,
  payBySbp,
  posts,
  READ,
  seen,
  server,
  startSbp,
  UNKNOWN_ROW,
  untilSettled,
} from './shop.ts';

let story: Story;
afterEach(() => story.end());

/** The paper's QR costs no pictures, and its dialogs are the same. */
const DYNAMIC = { display: 0 };
const BOTH = [
  ['a dynamic QR', DYNAMIC],
  ['a plate', PLATE],
] as const;

describe.each(BOTH)('while the bill is made, %s', (name, conf) => {
  it('refuse: certainly not sent, PM-09; paid when the link is back', async () => {
    story = await beginAtSubtotal({ conf });
    await cutNetwork(story);
    payBySbp(story);
    await expectRefused(story, 'PM-09', 'Ошибка', NO_PROCESSING);
    await mendNetwork(story);
    payBySbp(story);
    await expectPaid(story);
  });

  it.each([
    ['drop-request', {}],
    ['http-500', {}],
    ['garbage', { processed: false }],
  ])('%s %o: it never arrived; two good lists, the same key again, paid once', async (kind, more) => {
    story = await beginAtSubtotal({ conf });
    await server(story).fault(kind, 1, { ...CREATE, ...more });
    payBySbp(story);
    await expectPaid(story);
    expect(posts(story)).toBe(2);
    expect(seen(story, 'GET', '/payments?')).toBeGreaterThanOrEqual(2);
    expect(ledger(story)).toEqual(['payment 15.30 Settled']);
  });

  it.each([
    ['drop-reply', {}],
    ['http-500', { processed: true }],
    ['garbage', {}],
    ['delay', { ms: 40_000 }],
    ['slow-drip', {}],
  ])('%s %o: it arrived and its answer is lost', async (kind, more) => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'silent' } });
    await server(story).fault(kind, 1, { ...CREATE, ...more });
    payBySbp(story);
    // The link stands on the plate, or is read again: the buyer can pay all the same.
    await story.until('the bill is read', () => seen(story, 'GET', '/payments/') > 0);
    server(story).setBuyer('pays');
    await expectPaid(story);
    expect(ledger(story)).toEqual(['payment 15.30 Settled']);
    expect(posts(story)).toBe(1);
  });

  it('a server that tells the link once, and its answer is lost: cancelled, and chosen again', async () => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'silent', hasLinkOnRead: false } });
    await server(story).fault('drop-reply', 1, CREATE);
    payBySbp(story);
    if (name === 'a plate') {
      await story.untilDialog('PM-02');
      return;
    }
    // Nobody has seen the link: the bill is cancelled, and the cashier chooses again.
    await expectRefused(story, 'PM-07', 'Ошибка', 'Оплата не выполнена QR-код не получен');
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
    server(story).setBuyer('pays');
    payBySbp(story);
    await expectPaid(story);
  });

  it('a delay shorter than the limit is only a delay', async () => {
    story = await beginAtSubtotal({ conf });
    await server(story).fault('delay', 1, { ...CREATE, ms: 9_000 });
    payBySbp(story);
    await expectPaid(story);
    expect(seen(story, 'GET', '/payments?')).toBe(0);
  });

  it.each(['wrong-sum', 'wrong-order'])('%s: PM-20, unknown; the exact row decides in the end', async (kind) => {
    story = await beginAtSubtotal({ conf });
    await server(story).fault(kind, 1, CREATE);
    payBySbp(story);
    await answerDialog(story, 'PM-20', 'Ошибка', kind === 'wrong-sum' ? NOT_OURS : NOT_THIS);
    expectSubtotal(story, '15.30');
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    expectBooksAgree(story);
    await expectPaid(story);
    expect(story.log()).toMatch(/ERROR paymaster/);
    expect(seen(story, 'PUT', '/cancel')).toBe(0);
  });
});

describe.each(BOTH)('while the bill is polled, %s', (_name, conf) => {
  it.each(['refuse', 'drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip'])(
    '%s: it stays pending, the next good answer decides',
    async (kind) => {
      story = await beginAtSubtotal({ conf, emulator: { buyerDelayMs: 8_000 } });
      payBySbp(story);
      await story.until('made', () => story.till.state.attempts[0]?.state === 'pending');
      await server(story).fault(kind, 3, kind === 'refuse' ? { ms: 20_000 } : READ);
      await expectPaid(story);
      expect(posts(story)).toBe(1);
      expect(seen(story, 'PUT', '/cancel')).toBe(0);
    },
  );

  it.each(['wrong-sum', 'wrong-order'])('%s: never believed, PM-20, the exact answer attaches it', async (kind) => {
    story = await beginAtSubtotal({ conf });
    await server(story).fault(kind, 1, READ);
    payBySbp(story);
    await answerDialog(story, 'PM-20', 'Ошибка', kind === 'wrong-sum' ? NOT_OURS : NOT_THIS);
    expect(journalRows(story)).toEqual([UNKNOWN_ROW]);
    await expectPaid(story);
  });
});

describe.each(BOTH)('while the bill is cancelled, %s', (_name, conf) => {
  const kinds = ['drop-request', 'drop-reply', 'delay', 'http-500', 'garbage', 'slow-drip'];

  it.each(kinds)('%s, nobody pays: proven unpaid, nothing owed', async (kind) => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'silent' } });
    payBySbp(story);
    await story.until('made', () => story.till.state.attempts[0]?.state === 'pending');
    await server(story).fault(kind, 1, CANCEL);
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(seen(story, 'PUT', '/cancel')).toBe(1);
  });

  it.each(kinds)('%s, and the buyer pays at the same time: PM-22, taken once', async (kind) => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'silent' } });
    payBySbp(story);
    await story.until('made', () => story.till.state.attempts[0]?.state === 'pending');
    await server(story).fault(kind, 1, CANCEL);
    story.beforeSend = ({ method }) => {
      if (method === 'PUT') server(story).payer('confirm');
    };
    story.press('escape');
    await answerDialog(story, 'PM-22', 'Предупреждение', 'Оплата уже выполнена. Отмена не требуется');
    await expectPaid(story);
  });

  it('refuse: it did not leave, and goes once when the link is back', async () => {
    story = await beginAtSubtotal({ conf, emulator: { buyer: 'silent' } });
    payBySbp(story);
    await story.until('made', () => story.till.state.attempts[0]?.state === 'pending');
    await server(story).fault('refuse', 1, { ms: 30_000 });
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(seen(story, 'PUT', '/cancel')).toBe(1);
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
  });
});

describe('Esc while the bill is being made', () => {
  it.each(BOTH)('%s: the answer brings the id, the bill is cancelled', async (_name, conf) => {
    story = await beginAtSubtotal({ conf });
    await server(story).fault('delay', 1, { ...CREATE, ms: 5_000 });
    server(story).setBuyer('silent');
    payBySbp(story);
    await story.until('asked', () => posts(story) === 1);
    story.press('escape');
    await expectCurrencies(story);
    expectNothingOwed(story);
    expect(ledger(story)).toEqual(['payment 15.30 Cancelled']);
  });

  it.each(BOTH)('%s, its request is lost: it never existed, nothing is owed in the end', async (_name, conf) => {
    story = await beginAtSubtotal({ conf });
    await server(story).fault('drop-request', 1, CREATE);
    payBySbp(story);
    await story.until('looked for', () => seen(story, 'GET', '/payments?') === 1);
    story.press('escape');
    await story.until('the cashier is free', () => story.dialog === 'DOM-97' || story.dialog === 'PM-06');
    const isPlate = story.dialog === 'PM-06';
    story.press(isPlate ? 'enter' : 'escape');
    expect(isPlate).toBe(conf === PLATE);
    expectBooksAgree(story);
    await untilSettled(story);
    expect(ledger(story)).toEqual([]);
    expect(journalRows(story)).toEqual([]);
  });
});

it('the buyer of a lost answer pays on the plate while the register is looking: taken, once', async () => {
  story = await beginAtSubtotal({ conf: PLATE });
  await server(story).fault('drop-reply', 1, CREATE);
  await server(story).fault('http-500', 5, LIST);
  payBySbp(story);
  await expectPaid(story);
  expect(posts(story)).toBe(1);
});

it('startSbp leaves the bill open until somebody pays', async () => {
  story = await beginAtSubtotal({ conf: PLATE, emulator: { buyer: 'silent' } });
  await startSbp(story);
  expect(server(story).payer('confirm')).not.toBeNull();
  await expectPaid(story);
});

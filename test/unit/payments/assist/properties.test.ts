import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Input, Order } from '../../../../src/payments/driver.ts';
import type { ReaderEvent } from '../../../../src/payments/ports.ts';
import { assistCancel } from '../../../../src/payments/providers/assist/cancel.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import { recall } from '../../../../src/payments/providers/assist/recall.ts';
import { assistRefund } from '../../../../src/payments/providers/assist/refund.ts';
import type { AssistSettings } from '../../../../src/payments/providers/assist/settings.ts';
import { NOTHING_MISSED } from '../any-run.ts';
import {
  AssistRun,
  BILL,
  created,
  fault,
  NUMBER,
  ORDER,
  operation,
  order,
  PAID,
  QR,
  resultOf,
  TOKEN,
} from './assist-run.ts';
import { orderAnswer, paymentAnswer, registrationAnswer, SHOWN, soapFault } from './mpos-answers.ts';

/** One move of a hostile world: what comes next, and how much time passes. */
interface Move {
  what: string;
  pick: number;
  status: number;
  isStale: boolean;
  waitMs: number;
}

const BACK = operation('AS000', { billnumber: `${BILL}.2`, operationtype: '300' });
const GONE = order('Canceled', { operations: [BACK] });
const ORDERS = [
  ...['In Process', 'Declined', 'Timeout', 'Canceled', 'PartialApproved', 'Odd'].map((state) => order(state)),
  PAID,
  GONE,
  order('Approved', { orderamount: '1.01' }),
  order('Approved', { ordernumber: 'OTHER' }),
  order('Approved', { ordercurrency: 'USD' }),
  order('Approved', { testmode: 1 }),
];
const OTHER = { orderamount: '9.00' };
const MPOS_PAID = paymentAnswer('Approved');
const MPOS_PAYMENTS = [
  SHOWN,
  SHOWN,
  paymentAnswer('In Process'),
  MPOS_PAID,
  paymentAnswer('Approved', OTHER),
  '<html>',
];
const RESULTS: unknown[] = [resultOf(), ...ORDERS.map((one) => resultOf(one)), '<html>', ''];

function bodiesFor(path: string): unknown[] {
  if (path.endsWith('/orderresult.cfm')) return RESULTS;
  if (path.endsWith('/fastpay.cfm')) return [created(), created(), created({ orderamount: '9.00' }), '{"order":'];
  if (path.endsWith('/login.cfm')) return [{ access_token: TOKEN }];
  if (path.endsWith('/wscancel.cfm')) return [{ wscancel: { order: GONE, checkdata: {} } }, '<html>'];
  if (path.endsWith('/mobilepayment.cfm')) return MPOS_PAYMENTS;
  if (path.endsWith('/mobileregistration.cfm')) return [registrationAnswer('CANARY-registration'), '<html>'];
  if (path.endsWith('/mobileorderresult.cfm'))
    return [orderAnswer(QR), orderAnswer(''), orderAnswer(QR, OTHER), '<html>'];
  return ORDERS.map((one) => ({ order: one }));
}

const MPOS_ERRORS = ['1/0', '5/108', '10/201', '10/221', '11/107'].map((pair) => {
  const [first = '', second = ''] = pair.split('/');
  return soapFault(first, second);
});
const ERRORS = [fault('1', '0'), fault('5', '107'), fault('5', '108'), fault('10', '100'), '<html>'];
const MOVE: fc.Arbitrary<Move> = fc.record({
  what: fc.constantFrom(
    ...'reply reply reply reply reply reply lost notSent ok other cancel cancel again restarted askNow'.split(' '),
    ...'cash sbp softpos money closed missing'.split(' '),
  ),
  pick: fc.nat(1_000),
  status: fc.constantFrom(200, 200, 200, 200, 200, 200, 400, 401, 500),
  isStale: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  waitMs: fc.constantFrom(0, 3_000, 20_000, 70_000, 1_000_000),
});
const WALK = fc.array(MOVE, { minLength: 5, maxLength: 50 });

const SIMPLE: Record<string, Input> = {
  ok: { answer: { ok: true } },
  other: { answer: { other: true } },
  cancel: { cashier: 'cancel' },
  again: { cashier: 'again' },
  restarted: { restarted: NOTHING_MISSED },
  askNow: { askNow: true },
  cash: { answer: { choice: 0 } },
  sbp: { answer: { choice: 2 } },
  softpos: { answer: { choice: 3 } },
  money: { answer: { amountKopecks: 100 } },
  printed: { answer: { slip: 'printed' } },
  notPrinted: { answer: { slip: 'notPrinted' } },
  closed: { device: 'program', event: { is: 'closed' } },
  missing: { device: 'program', event: { is: 'missing' } },
};

const display = ['Processing.'];
const READER_EVENTS: ReaderEvent[] = [
  { is: 'found', name: 'MPOS1' },
  { is: 'notFound' },
  { is: 'connected', name: 'MPOS1' },
  { is: 'firmwareOld', name: 'MPOS1' },
  { is: 'lowBattery' },
  { is: 'waitCard', display },
  { is: 'card', by: 'chip', display },
  { is: 'selectApplication', options: ['MIR'], onReader: false, display },
  { is: 'signature', display, slip: [] },
  { is: 'processing', display },
  { is: 'done', approved: true },
  { is: 'aborted' },
  { is: 'lost' },
];
const WITH_READER: Record<string, Input> = {
  ...SIMPLE,
  reader: { answer: { choice: 1 } },
  ...Object.fromEntries(READER_EVENTS.map((event): [string, Input] => [event.is, { device: 'reader', event }])),
};
const READER_WALK = fc.array(
  fc.record({
    what: fc.oneof(
      // The usual ways often enough, so that the rest is reached.
      fc.constantFrom(...'reply reply ok ok cancel reader connected connected waitCard card aborted'.split(' ')),
      fc.constantFrom('lost', 'again', 'restarted', 'printed', 'notPrinted', ...READER_EVENTS.map(({ is }) => is)),
    ),
    pick: fc.nat(1_000),
    status: fc.constantFrom(200, 200, 200, 200, 400, 500),
    isStale: fc.constant(false),
    waitMs: fc.constantFrom(0, 0, 0, 0, 3_000, 200_000),
  }),
  { minLength: 10, maxLength: 60 },
);

/** Something will wake what has not ended: an answer, a timer, or a key of a prompt that stands. */
function isAwake({ state, sleepMs, prompt }: AssistRun): boolean {
  const { at, sent, work } = state as Record<'sent' | 'work', { awaiting: string | null } | undefined> & { at: string };
  const asking = sent ?? work;
  if (asking === undefined) return at === 'finished' || prompt !== null;
  return (at !== 'reader' && asking.awaiting !== null) || sleepMs !== null;
}

/** Plays the moves; no request gets two answers. @returns every good answer the machine could believe */
function play(run: AssistRun, moves: Move[], inputs = SIMPLE, afterEach = (_move: Move): void => undefined): string[] {
  const answered = new Set<string>();
  const heard: string[] = [];
  for (const move of moves) {
    run.later(move.waitMs);
    const simple = inputs[move.what];
    const request = (move.isStale ? run.sends.at(-2) : run.sends.at(-1))?.request;
    if (simple !== undefined) run.feed(simple);
    else if (request !== undefined && !answered.has(request.tag)) {
      answered.add(request.tag);
      const path = new URL(request.url).pathname;
      const errors = path.includes('mobile') ? MPOS_ERRORS : ERRORS;
      const bodies = move.status === 200 ? bodiesFor(path) : errors;
      const body = bodies[move.pick % bodies.length];
      if (move.what !== 'reply') run.fail(move.what === 'lost' ? 'lost' : 'notSent', request.tag);
      else {
        if (move.status === 200) heard.push(JSON.stringify(body));
        run.reply(move.status, body, request.tag);
      }
    }
    if (run.sleepMs !== null && move.waitMs > 0) run.wake();
    afterEach(move);
  }
  return heard;
}

const isFinal = (run: AssistRun) => run.outcomes.filter(({ kind }) => kind !== 'unknown').length;

/** Between two creates of one number stands a good answer to a result call. */
function createsWithoutReading(run: AssistRun): number {
  let unread = 0;
  let most = 0;
  for (const path of run.paths) {
    if (path === 'orderresult') unread = 0;
    else if (['fastpay', 'payment'].includes(path)) most = Math.max(most, ++unread);
  }
  return most;
}

describe('whatever the world does', () => {
  it('a payment is approved only by its own paid order (or as cash without a link), and ends at most once', () => {
    const ends = new Map<string, number>();
    let online = 0;
    fc.assert(
      fc.property(WALK, fc.constantFrom(null, 'cash', 'sbp', 'softpos'), (moves, option) => {
        const run = new AssistRun(assistPay, { ...ORDER, option });
        if (option === 'cash') run.feed({ answer: { amountKopecks: 100 } });
        const heard = play(run, moves, SIMPLE, () => expect(isAwake(run), JSON.stringify(run.state)).toBe(true));
        expect(isFinal(run)).toBeLessThanOrEqual(1);
        expect(createsWithoutReading(run)).toBeLessThanOrEqual(1);
        expect(run.paths.filter((path) => path === 'fastpay').length).toBeLessThanOrEqual(1);
        expect(run.asked('pay')).toBeLessThanOrEqual(1);
        expect(run.written.join()).not.toContain('CANARY');
        const { outcome } = run;
        const name = outcome?.kind === 'declined' ? outcome.code : (outcome?.kind ?? 'open');
        ends.set(name, (ends.get(name) ?? 0) + 1);
        if (outcome?.kind !== 'approved') return;
        const isOffline = outcome.follow === true && run.paths.every((path) => path !== 'fastpay');
        if (isOffline) return;
        online++;
        expect(heard.some((body) => body.includes(JSON.stringify(PAID)))).toBe(true);
      }),
      { numRuns: 1_000, seed: 1 },
    );
    // The walks must be able to get there, or the property says nothing.
    expect(online).toBeGreaterThan(20);
    for (const end of ['approved', 'unknown', 'cancelled', 'timeout', 'notRegistered', 'rejected', 'notSent']) {
      expect([end, (ends.get(end) ?? 0) > 5]).toEqual([end, true]);
    }
  });

  it('by the services of the till application: never a second order before 30 s of good answers without the first', () => {
    const seen = { approved: 0, toldAgain: 0, qrAgain: 0 };
    const modes: Partial<AssistSettings> = { sbpMode: 'mpos', cashMode: 'mpos', cashOffline: false };
    fc.assert(
      fc.property(WALK, fc.constantFrom('cash', 'sbp', 'lost'), (moves, begun) => {
        const option = begun === 'cash' ? 'cash' : 'sbp';
        const run = new AssistRun(assistPay, { ...ORDER, option }, modes);
        if (begun === 'lost') run.fail('lost').result(order('In Process'));
        if (option === 'cash') run.feed({ answer: { amountKopecks: 100 } });
        const posts = [run.nowMs];
        const count = () => run.paths.filter((path) => path === 'mobilepayment').length;
        const heard = play(run, moves, SIMPLE, () => {
          expect(isAwake(run), JSON.stringify(run.state)).toBe(true);
          while (posts.length < count()) posts.push(run.nowMs);
        });
        expect(isFinal(run)).toBeLessThanOrEqual(1);
        if (option === 'sbp') expect(posts.length).toBeLessThanOrEqual(1);
        for (const [index, atMs] of posts.entries()) expect(atMs - (posts[index - 1] ?? -1e9)).toBeGreaterThan(29_000);
        expect(run.written.join().replaceAll('"token":"CANARY-registration"', '')).not.toContain('CANARY');
        const shown = run.prompts.flatMap((prompt) => (prompt?.show === 'showQr' ? prompt.payload : []));
        expect(new Set(shown).size, 'one QR, whenever it comes').toBeLessThanOrEqual(1);
        seen.toldAgain += Number(posts.length > 1);
        seen.qrAgain += Number(shown.length > 0 && run.paths.includes('mobileorderresult'));
        if (run.outcome?.kind !== 'approved') return;
        seen.approved++;
        expect(heard.some((body) => [PAID, MPOS_PAID].some((one) => body.includes(JSON.stringify(one))))).toBe(true);
      }),
      { numRuns: 1_500, seed: 1 },
    );
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(5);
  });

  it('with a card reader: told to pay again only after its word that nothing was sent; something always wakes it', () => {
    const seen = { paidAnew: 0, approved: 0 };
    fc.assert(
      fc.property(READER_WALK, (moves) => {
        const run = new AssistRun(assistPay, ORDER).choose(1).hear({ is: 'connected', name: 'MPOS1' });
        let proofs = 1;
        const heard = play(run, moves, WITH_READER, ({ what }) => {
          if (what === 'aborted') proofs++;
          expect(run.asked('pay')).toBeLessThanOrEqual(proofs);
          proofs = Math.min(proofs, run.asked('pay') + 1);
          expect(isAwake(run), JSON.stringify(run.state)).toBe(true);
        });
        expect(isFinal(run)).toBeLessThanOrEqual(1);
        seen.paidAnew += Number(run.asked('pay') > 1);
        if (run.outcome?.kind !== 'approved') return;
        seen.approved++;
        expect(heard.some((body) => body.includes(JSON.stringify(PAID)))).toBe(true);
      }),
      { numRuns: 2_000, seed: 1 },
    );
    expect(Math.min(seen.paidAnew, seen.approved), JSON.stringify(seen)).toBeGreaterThan(3);
  });

  it.each([
    ['cancel', assistCancel],
    ['refund', assistRefund],
  ])('a %s keeps one id, is approved only by an order that shows it, and ends at most once', (_, machine) => {
    let approvals = 0;
    const source = {
      orderNumber: NUMBER,
      providerPaymentId: BILL,
      amountKopecks: 100,
      shiftLabel: '',
      recalled: recall(null, 0),
    };
    const reversal: Order = { ...ORDER, orderNumber: 'T1-R0000001', source };
    fc.assert(
      fc.property(WALK, fc.boolean(), (moves, isPosted) => {
        const run = new AssistRun(machine, reversal);
        if (isPosted) run.result(PAID);
        const heard = play(run, moves, SIMPLE, () => expect(isAwake(run), JSON.stringify(run.state)).toBe(true));
        expect(isFinal(run)).toBeLessThanOrEqual(1);
        expect(run.outcomes.length - isFinal(run), 'unknown is told once').toBeLessThanOrEqual(1);
        const ids = run.sends.flatMap(
          ({ request }) => new URLSearchParams(request.body ?? '').get('ExternalRefundID') ?? [],
        );
        expect(new Set(ids).size).toBeLessThanOrEqual(1);
        if (run.outcome?.kind !== 'approved' || run.outcome.providerPaymentId === null) return;
        approvals++;
        expect(heard.some((body) => body.includes(JSON.stringify(BACK)))).toBe(true);
        expect(ids.length).toBeGreaterThan(0);
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(approvals).toBeGreaterThan(20);
  });
});

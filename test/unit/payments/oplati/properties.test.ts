import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../src/payments/driver.ts';
import { oplatiCancel } from '../../../../src/payments/providers/oplati/cancel.ts';
import { oplatiPay } from '../../../../src/payments/providers/oplati/pay.ts';
import { oplatiRefund } from '../../../../src/payments/providers/oplati/refund.ts';
import type { OplatiMode } from '../../../../src/payments/providers/oplati/settings.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { NOTHING_MISSED } from '../any-run.ts';
import { errorBody, info, MachineRun, ORDER } from '../machine-run.ts';

/** One move of a hostile world: what comes next, to which tag, and how much time passes. */
type Move = { what: string; pick: number; isFitting: boolean; status: number; isStale: boolean; waitMs: number };

const OPENING: unknown[] = [
  { sessionId: 1, confirmCode: '0001', dynamicQR: 'o-plati://o-cashpay/dyn/A' },
  { isConsumerReady: false },
  { isConsumerReady: true, loyaltyCards: [] },
  { token: 'fresh' },
];
const REVERSAL_ROW = { paymentId: 1000004, paymentType: 3, orderNumber: 'T1-R001' };
const CANCEL_ROW = { paymentId: 1000004, paymentType: 3, orderNumber: 'C1-T1-0001' };
const INFOS = [0, 1, 2, 5, 9].flatMap((status) => [
  info(status),
  info(status, { sum: 15.31 }),
  info(status, { orderNumber: 'OTHER' }),
  info(status, REVERSAL_ROW),
  info(status, CANCEL_ROW),
]);
const REPORTS: unknown[] = [[], ...INFOS.flatMap((row) => [[row], [info(1), row]])];
const ERRORS: unknown[] = [errorBody('400', '166', 'x', 'y'), errorBody('400', '', 'x', 'y')];
const ANY: unknown[] = ['', '<html>', ...OPENING, ...ERRORS, ...INFOS, ...REPORTS];

/** Bodies of the right shape for a request: without them hardly a walk would get as far as the money. */
function fittingBodies(path: string): unknown[] {
  if (path.includes('/paymentReports')) return REPORTS;
  if (path.includes('/payments')) return INFOS;
  if (path.includes('/demandPayment')) return OPENING.slice(0, 1);
  return path.includes('/consumerStatus') ? OPENING.slice(1, 3) : OPENING.slice(3);
}

const ARBITRARY_MOVE: fc.Arbitrary<Move> = fc.record({
  what: fc.constantFrom(
    ...'reply reply reply reply reply reply lost notSent timer code code ok ok retry cancel restarted askNow'.split(
      ' ',
    ),
  ),
  pick: fc.nat(1_000),
  isFitting: fc.integer({ min: 0, max: 5 }).map((number) => number > 0),
  status: fc.constantFrom(200, 200, 200, 200, 200, 200, 200, 400, 401, 404, 500),
  isStale: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  waitMs: fc.constantFrom(0, 100, 5_000, 80_000),
});

function bodyOf(move: Move, path: string): unknown {
  const bodies = move.status !== 200 ? ERRORS : move.isFitting ? fittingBodies(path) : ANY;
  return bodies[move.pick % bodies.length];
}

function inputOf(move: Move, tag: string, body: unknown): Input {
  switch (move.what) {
    case 'reply':
      return { reply: { tag, status: move.status, body: JSON.stringify(body) } };
    case 'lost':
      return { noReply: { tag, kind: 'lost' } };
    case 'notSent':
      return { noReply: { tag, kind: 'notSent' } };
    case 'timer':
      return { timer: true };
    case 'code':
      return { answer: { code: 'buyer-code' } };
    case 'ok':
      return { answer: { ok: true } };
    case 'retry':
      return { answer: { retry: true } };
    case 'cancel':
      return { cashier: 'cancel' };
    case 'askNow':
      return { askNow: true };
    default:
      return { restarted: NOTHING_MISSED };
  }
}

/** Plays the moves; no request gets two answers. @returns every body the machine could believe */
function play(run: MachineRun, moves: Move[]): string[] {
  const answered = new Set<string>();
  const heard: string[] = [];
  for (const move of moves) {
    run.later(move.waitMs);
    const last = move.isStale ? run.sends.at(-2) : run.sends.at(-1);
    const tag = last?.request.tag ?? 'none';
    const isAnswer = ['reply', 'lost', 'notSent'].includes(move.what);
    if (isAnswer && answered.has(tag)) continue;
    if (isAnswer) answered.add(tag);
    const body = bodyOf(move, last?.request.url ?? '');
    if (move.what === 'reply' && move.status === 200) heard.push(JSON.stringify(body));
    run.feed(inputOf(move, tag, body));
    // Most pauses pass, so that the walks get deep.
    if (run.sleepMs !== null && move.waitMs > 0) run.wake();
  }
  return heard;
}

function openSession(run: MachineRun, mode: OplatiMode): void {
  if (mode === 0) run.feed({ answer: { code: 'buyer-code' } });
  run.reply(200, OPENING[0]);
  if (mode === 1) run.feed({ answer: { ok: true } });
  if (mode === 2) run.wake();
  run.reply(200, OPENING[2]);
}

function settled(run: MachineRun): number {
  return run.outcomes.filter((outcome) => outcome.kind !== 'unknown').length;
}

describe('whatever the world does', () => {
  const walks = fc.array(ARBITRARY_MOVE, { minLength: 5, maxLength: 60 });

  it('a payment is sent at most once, approved only by its own paid row, and ends at most once', () => {
    let approvals = 0;
    fc.assert(
      fc.property(walks, fc.constantFrom<OplatiMode>(0, 1, 2), fc.boolean(), (moves, mode, hasToken) => {
        const run = new MachineRun(oplatiPay, { mode }, ORDER, hasToken ? 'token-1' : null);
        // Half of the walks start where the money is.
        if (hasToken) openSession(run, mode);
        const heard = play(run, moves);
        expect(run.sends.filter(({ request }) => request.url.endsWith('/pos/payments')).length).toBeLessThanOrEqual(1);
        expect(settled(run)).toBeLessThanOrEqual(1);
        expect(run.outcomes.filter((outcome) => outcome.kind === 'unknown').length).toBeLessThanOrEqual(1);
        expect(JSON.stringify(run.state)).not.toContain('buyer-code');
        if (run.outcome?.kind === 'approved') {
          approvals++;
          expect(heard.some((body) => body.includes(JSON.stringify(info(1))))).toBe(true);
        }
        if (run.outcome?.kind === 'notSent') {
          const moneyTags = run.sends.filter(({ moves: kind }) => kind === 'money');
          expect(moneyTags.every(({ request }) => request.tag === 'charge')).toBe(true);
        }
      }),
      { numRuns: 1_500, seed: 1 },
    );
    // The walks must be able to get there, or the property says nothing.
    expect(approvals).toBeGreaterThan(20);
  });

  it('a reversal keeps one order number, is approved only by a row, and ends at most once', () => {
    let approvals = 0;
    const source = {
      orderNumber: 'T1-0001',
      providerPaymentId: '1000001',
      amountKopecks: 1530,
      shiftLabel: '15012030',
      recalled: NOTHING_RECALLED,
    };
    const order = { ...ORDER, orderNumber: 'T1-R001', source };
    fc.assert(
      fc.property(walks, (moves) => {
        const run = new MachineRun(oplatiCancel, {}, order);
        const heard = play(run, moves);
        const numbers = run.sends.flatMap(({ request }) =>
          request.method === 'POST' ? [(JSON.parse(request.body ?? '{}') as { orderNumber: string }).orderNumber] : [],
        );
        expect(new Set(numbers)).toEqual(new Set(['T1-R001']));
        expect(settled(run)).toBeLessThanOrEqual(1);
        if (run.outcome?.kind === 'approved' && run.outcome.providerPaymentId === '1000004') {
          approvals++;
          const text = JSON.stringify(info(1, REVERSAL_ROW));
          expect(heard.some((body) => body.includes(text))).toBe(true);
        }
      }),
      { numRuns: 800, seed: 1 },
    );
    expect(approvals).toBeGreaterThan(20);
  });

  it('a refund is sent at most once, ends by proof only, and what ended unpaid gave nothing back', () => {
    const ends = new Map<string, number>();
    const source = {
      orderNumber: 'T1-0001',
      providerPaymentId: '1000001',
      amountKopecks: 1530,
      shiftLabel: '15012030',
      recalled: NOTHING_RECALLED,
    };
    fc.assert(
      fc.property(walks, fc.boolean(), (moves, knowsId) => {
        const providerPaymentId = knowsId ? source.providerPaymentId : null;
        const order = { ...ORDER, orderNumber: 'T1-R001', source: { ...source, providerPaymentId } };
        const run = new MachineRun(oplatiRefund, {}, order);
        const begunAtMs = run.nowMs;
        const heard = play(run, moves);
        const posts = run.sends.filter(({ request }) => request.method === 'POST');
        expect(posts.length).toBeLessThanOrEqual(1);
        expect(posts.every(({ moves: kind }) => kind === 'money')).toBe(true);
        expect(settled(run)).toBeLessThanOrEqual(1);
        expect(run.outcomes.filter((outcome) => outcome.kind === 'unknown').length).toBeLessThanOrEqual(1);
        const { outcome } = run;
        if (outcome === undefined) return;
        const name = outcome.kind === 'declined' ? outcome.code : outcome.kind;
        ends.set(name, (ends.get(name) ?? 0) + 1);
        const paid = JSON.stringify(info(1, REVERSAL_ROW));
        if (outcome.kind === 'approved' && outcome.providerPaymentId === '1000004') {
          expect(heard.some((body) => body.includes(paid))).toBe(true);
        }
        if (name === 'notRegistered') {
          const reports = run.sends.filter(({ request }) => request.url.includes('/paymentReports'));
          expect([posts.length, reports.length > 0, run.nowMs - begunAtMs >= 75_000]).toEqual([1, true, true]);
        }
      }),
      { numRuns: 1_000, seed: 1 },
    );
    for (const name of ['approved', 'notSent', 'unknown', 'notRegistered', 'rejected']) {
      expect([name, (ends.get(name) ?? 0) > 5]).toEqual([name, true]);
    }
  });

  it('a refund whose answer is lost and whose row is there is never reported absent', () => {
    const order = {
      ...ORDER,
      orderNumber: 'T1-R001',
      source: {
        orderNumber: 'T1-0001',
        providerPaymentId: '1000001',
        amountKopecks: 1530,
        shiftLabel: '15012030',
        recalled: NOTHING_RECALLED,
      },
    };
    const moves = fc.array(fc.constantFrom('late', 'lost', 'notSent', 'restarted', 'cancel', 'retry', '<html>'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(moves, (steps) => {
        // The server made it: every good report has the row.
        const run = new MachineRun(oplatiRefund, {}, order).fail('lost');
        for (const step of steps) {
          if (run.sleepMs !== null) run.wake();
          if (step === 'restarted') run.restart();
          else if (step === 'cancel') run.cancel();
          else if (step === 'retry') run.feed({ answer: { retry: true } });
          else if (step === 'late') run.later(90_000);
          else if (step === '<html>') run.reply(200, step);
          else run.fail(step === 'lost' ? 'lost' : 'notSent');
        }
        if (run.sleepMs !== null) run.wake();
        run.reply(200, [info(1), info(1, REVERSAL_ROW)]);
        expect(run.outcomes.at(-1)).toEqual({ kind: 'approved', providerPaymentId: '1000004' });
        expect(run.countOf('/payments/1000001/reversals')).toBe(1);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

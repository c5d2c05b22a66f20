import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, Input } from '../../../../src/payments/driver.ts';
import { paymasterCancel, paymasterRefund } from '../../../../src/payments/providers/paymaster/refund.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { NOTHING_MISSED } from '../any-run.ts';
import { creating, ORDER, PaymasterRun, payment, problem, withLink } from './paymaster-run.ts';

/** One move of a hostile world. */
interface Move {
  what: string;
  pick: number;
  isStale: boolean;
  waitMs: number;
}

const OTHER_SUM = { amount: { value: 15.31, currency: 'RUB' } };
const PAYMENTS = ['Pending', 'Confirmation', 'Confirmation', 'Settled', 'Cancelled', 'Rejected', 'Odd'].flatMap(
  (status) => [payment(status), withLink(status)],
);
const STRANGE = [
  payment('Settled', OTHER_SUM),
  payment('Settled', { invoice: { orderNo: 'OTHER' } }),
  payment('Settled', { amount: { value: 15.3, currency: 'USD' } }),
];
const LISTS = [
  { items: [] },
  { items: [] },
  { items: [], cursor: 'c' },
  ...[...PAYMENTS, ...STRANGE].map((row) => ({ items: [row] })),
];
const PROBLEMS = ['invalid_operation', 'idempotency_key_violation', 'validation_error', 'not_authorized', 'odd'].map(
  (code) => problem(code),
);
const REFUNDS = ['Pending', 'Success', 'Rejected', 'Odd'].flatMap((status) =>
  [15.3, 15.3, 15.31].map((value) => ({
    id: '7',
    created: '2030-01-15T07:00:01Z',
    paymentId: '900000001',
    amount: { value, currency: 'RUB' },
    status,
  })),
);
const STICKERS = [{ id: 's', payload: 'https://plate.test/' }, { id: 's' }];

function bodiesFor({ method, url }: HttpRequest): unknown[] {
  const { pathname } = new URL(url);
  if (pathname.includes('/stickers/')) return STICKERS;
  if (method === 'GET' && pathname.endsWith('/refunds'))
    return [{ items: [] }, ...REFUNDS.map((row) => ({ items: [row] }))];
  if (pathname.includes('/refunds')) return REFUNDS;
  if (method === 'GET' && pathname.endsWith('/payments')) return LISTS;
  return [...PAYMENTS, ...PAYMENTS, ...STRANGE];
}

const MOVES: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    what: fc.constantFrom(
      ...'reply reply reply reply reply problem html lost notSent timer ok retry cancel again restarted askNow notPrinted'.split(
        ' ',
      ),
    ),
    pick: fc.nat(10_000),
    isStale: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    waitMs: fc.constantFrom(0, 100, 3_000, 40_000, 130_000),
  }),
  { minLength: 5, maxLength: 60 },
);

function inputOf(move: Move, request: HttpRequest, heard: string[]): Input {
  const { tag } = request;
  const reply = (body: unknown, status: number): Input => {
    if (status === 200) heard.push(JSON.stringify(body));
    return { reply: { tag, status, body: JSON.stringify(body) } };
  };
  const bodies = bodiesFor(request);
  switch (move.what) {
    case 'reply':
      return reply(bodies[move.pick % bodies.length], 200);
    case 'problem':
      return reply(PROBLEMS[move.pick % PROBLEMS.length], 400);
    case 'html':
      return { reply: { tag, status: 200, body: '<html>' } };
    case 'lost':
    case 'notSent':
      return { noReply: { tag, kind: move.what } };
    case 'timer':
      return { timer: true };
    case 'ok':
      return { answer: { ok: true } };
    case 'retry':
      return { answer: { retry: true } };
    case 'notPrinted':
      return { answer: { notPrinted: true } };
    case 'cancel':
      return { cashier: 'cancel' };
    case 'again':
      return { cashier: 'again' };
    default:
      return { restarted: NOTHING_MISSED };
  }
}

/** Requests of this run of the program that have no answer yet. */
class InFlight {
  private from = 0;
  private readonly answered = new Set<string>();

  hear(input: Input, run: PaymasterRun): void {
    if ('restarted' in input) this.from = run.sends.length;
    if ('reply' in input) this.answered.add(input.reply.tag);
    if ('noReply' in input) this.answered.add(input.noReply.tag);
  }

  has(tag: unknown, run: PaymasterRun): boolean {
    return run.sends.slice(this.from).some(({ request }) => request.tag === tag && !this.answered.has(request.tag));
  }
}

/** What will make the machine go on: a timer, or the answer to a request that it knows of. */
function isAwake(run: PaymasterRun, inFlight: InFlight): boolean {
  const { work = {} } = run.state as { work?: Record<string, unknown> };
  return run.sleepMs !== null || inFlight.has(work['awaiting'], run) || inFlight.has(work['postTag'], run);
}

/** Plays the moves; no request gets two answers. @returns every body the machine could believe */
function play(run: PaymasterRun, moves: Move[]): string[] {
  const heard: string[] = [];
  const answered = new Set<string>();
  for (const move of moves) {
    run.nowMs += move.waitMs;
    const request = (move.isStale ? run.sends.at(-2) : undefined)?.request ?? run.request;
    const isAnswer = ['reply', 'problem', 'html', 'lost', 'notSent'].includes(move.what);
    if (isAnswer && answered.has(request.tag)) continue;
    if (isAnswer) answered.add(request.tag);
    run.feed(inputOf(move, request, heard));
    // Most pauses pass, so that the walks get deep.
    if (run.sleepMs !== null && move.waitMs > 0) run.wake();
  }
  return heard;
}

function finals(run: PaymasterRun): number {
  return run.outcomes.filter(({ kind }) => kind !== 'unknown').length;
}

describe('whatever the world does', () => {
  it('one body of the POST, a GET between two PUTs, approved only by our own Settled, one end', () => {
    const ends = new Map<string, number>();
    let repeats = 0;
    let repeatedCancels = 0;
    fc.assert(
      fc.property(MOVES, fc.constantFrom(0, 1, 2), fc.constantFrom(null, 's'), (moves, qr, plate) => {
        // Display 2 begins nothing without a plate (SYS-08).
        const display = plate === null && qr === 2 ? 1 : (qr as 0 | 1 | 2);
        const run = creating({ display, stickerId: plate });
        const heard = play(run, moves);
        const posts = run.sends.filter(({ request }) => request.method === 'POST').map(({ request }) => request);
        repeats += posts.length > 1 ? 1 : 0;
        expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
        expect(new Set(posts.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([ORDER.orderNumber]));
        const kinds = run.sends.map(({ request }) => request.method);
        for (const [index, kind] of kinds.entries()) {
          const last = kinds.slice(0, index).lastIndexOf('PUT');
          if (kind !== 'PUT' || last < 0) continue;
          repeatedCancels++;
          expect(kinds.slice(last, index)).toContain('GET');
        }
        const tags = run.sends.map(({ request }) => request.tag);
        expect(new Set(tags).size).toBe(tags.length);
        expect(run.sends.every(({ request, moves: kind }) => (kind === 'money') === (request.method === 'POST'))).toBe(
          true,
        );
        expect(finals(run)).toBeLessThanOrEqual(1);
        if (finals(run) === 1) expect(run.outcomes.at(-1)?.kind).not.toBe('unknown');
        expect(JSON.stringify([run.state, run.alarms, run.prompts, run.outcomes])).not.toContain('CANARY');
        const name = run.outcome?.kind === 'declined' ? run.outcome.code : (run.outcome?.kind ?? 'open');
        ends.set(name, (ends.get(name) ?? 0) + 1);
        if (run.outcome?.kind === 'approved') {
          const paid = [payment('Settled'), withLink('Settled')].map((row) => JSON.stringify(row));
          expect(heard.some((body) => paid.some((row) => body.includes(row)))).toBe(true);
        }
        if (run.outcome?.kind === 'notSent') expect(posts).toHaveLength(1);
      }),
      { numRuns: 2_000, seed: 1 },
    );
    for (const name of ['approved', 'unknown', 'cancelled', 'refused', 'rejected', 'notSent', 'notRegistered']) {
      expect([name, (ends.get(name) ?? 0) > 3]).toEqual([name, true]);
    }
    expect(repeats).toBeGreaterThan(3);
    expect(repeatedCancels).toBeGreaterThan(3);
  });

  it('no machine sleeps for ever: a timer or a request of this run wakes it, or it has ended', () => {
    const { orderNumber, amountKopecks, shiftLabel } = ORDER;
    const source = {
      orderNumber,
      providerPaymentId: '900000001',
      amountKopecks,
      shiftLabel,
      recalled: NOTHING_RECALLED,
    };
    const order = { ...ORDER, source };
    const unknownId = { ...order, source: { ...source, providerPaymentId: null } };
    const begins = [
      () => creating(),
      () => creating({ display: 0 }),
      () => creating({ stickerId: 's' }),
      () => new PaymasterRun(paymasterRefund, {}, order),
      () => new PaymasterRun(paymasterCancel, {}, order),
      () => new PaymasterRun(paymasterCancel, {}, unknownId),
    ];
    const stages = new Set<string>();
    fc.assert(
      fc.property(MOVES, fc.nat(begins.length - 1), (moves, which) => {
        const run = begins[which]?.() ?? creating();
        const inFlight = new InFlight();
        for (const move of moves) {
          run.nowMs += move.waitMs;
          const request = (move.isStale ? run.sends.at(-2) : undefined)?.request ?? run.request;
          const isAnswer = ['reply', 'problem', 'html', 'lost', 'notSent'].includes(move.what);
          if (isAnswer && !inFlight.has(request.tag, run)) continue;
          // Several timers of the gateway never run at once: one that was not asked for does not come.
          if (move.what === 'timer' && run.sleepMs === null) continue;
          const input = inputOf(move, request, []);
          if ('timer' in input) run.sleepMs = null;
          inFlight.hear(input, run);
          if ('restarted' in input) run.restart();
          else run.feed(input);
          const { at } = run.state as { at: string };
          stages.add(at);
          if (at !== 'finished') expect([at, move.what, isAwake(run, inFlight)]).toEqual([at, move.what, true]);
          if (finals(run) === 0 && run.sleepMs !== null && move.waitMs > 0) run.wake();
        }
      }),
      { numRuns: 3_000, seed: 1 },
    );
    const all = 'creating finding linking waiting cancelling ending clearing seeking posting polling finished';
    expect([...stages].sort()).toEqual(all.split(' ').sort());
  });

  it('a bill that is paid and that every good answer shows paid is approved, whatever else happens', () => {
    const noise = fc.array(
      fc.constantFrom('lost', 'html', 'restarted', 'cancel', 'retry', 'ok', 'again', 'late', 'notPrinted'),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(noise, fc.boolean(), (steps, knowsId) => {
        const run = knowsId ? creating().reply(withLink()) : creating().fail();
        for (const what of steps) {
          if (run.sleepMs !== null) run.wake();
          if (what === 'late') run.nowMs += 100_000;
          else run.feed(inputOf({ what, pick: 0, isStale: false, waitMs: 0 }, run.request, []));
        }
        for (let rounds = 0; finals(run) === 0 && rounds < 5; rounds++) {
          run.reply(run.asked === 'GET /payments' ? { items: [payment('Settled')] } : payment('Settled'));
          if (finals(run) === 0 && run.sleepMs !== null) run.wake();
        }
        expect(run.outcome).toMatchObject({ kind: 'approved', providerPaymentId: '900000001' });
        expect(run.countOf('POST /payments')).toBe(1);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('a refund has one body and one key, is approved only by its own Success, and ends once', () => {
    const ends = new Map<string, number>();
    const rows = ['Pending', 'Success', 'Rejected'].flatMap((status) => [
      { id: '7', created: '2030-01-15T07:00:01Z', paymentId: '9', amount: { value: 15.3, currency: 'RUB' }, status },
      { id: '8', created: '2030-01-15T07:00:01Z', paymentId: '9', amount: { value: 15.3, currency: 'EUR' }, status },
    ]);
    const order = {
      ...ORDER,
      source: {
        orderNumber: 'S',
        providerPaymentId: '9',
        amountKopecks: 1530,
        shiftLabel: '',
        recalled: NOTHING_RECALLED,
      },
    };
    fc.assert(
      fc.property(MOVES, fc.boolean(), (moves, isCancel) => {
        const run = new PaymasterRun(isCancel ? paymasterCancel : paymasterRefund, {}, order);
        let hasSucceeded = false;
        const answered = new Set<string>();
        for (const move of moves) {
          const { tag, url, method } = run.request;
          const isAnswer = ['reply', 'problem', 'html', 'lost', 'notSent'].includes(move.what);
          if (isAnswer && answered.has(tag)) continue;
          if (isAnswer) answered.add(tag);
          if (move.what === 'reply') {
            const row = rows[move.pick % rows.length];
            hasSucceeded ||= row?.id === '7' && row.status === 'Success';
            const isList = method === 'GET' && new URL(url).pathname.endsWith('/refunds');
            run.reply(isList ? { items: move.pick % 5 === 0 ? [] : [row] } : row);
          } else run.feed(inputOf(move, run.request, []));
          if (run.sleepMs !== null && move.waitMs > 0) run.wake();
        }
        const posts = run.sends.filter(({ request }) => request.method === 'POST').map(({ request }) => request);
        expect(new Set(posts.map(({ body, headers }) => `${body} ${headers['idempotency-key']}`)).size).toBe(1);
        expect(finals(run)).toBeLessThanOrEqual(1);
        expect(run.outcomes.length - finals(run)).toBeLessThanOrEqual(1);
        const name = run.outcome?.kind ?? 'open';
        ends.set(name, (ends.get(name) ?? 0) + 1);
        if (name === 'approved') expect(hasSucceeded).toBe(true);
        // Left by the cashier, what did not leave is tried once more behind her back.
        if (name === 'notSent') expect(isCancel).toBe(false);
      }),
      { numRuns: 1_000, seed: 1 },
    );
    for (const name of ['approved', 'declined', 'unknown', 'notSent']) {
      expect([name, (ends.get(name) ?? 0) > 3]).toEqual([name, true]);
    }
  });
});

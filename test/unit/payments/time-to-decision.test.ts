/**
 * Asking for the state and starting the program again never postpone what silence would have decided, and never make a proof of
 * absence unsound. Each machine hands out its request, the answer to it is lost, and from then on the server answers every question.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempt, type Moment, sinceLastStep } from '../../../src/payments/attempt.ts';
import type { HttpRequest, Order } from '../../../src/payments/driver.ts';
import { assistCancel } from '../../../src/payments/providers/assist/cancel.ts';
import { assistPay } from '../../../src/payments/providers/assist/pay.ts';
import { recall as assistRecall } from '../../../src/payments/providers/assist/recall.ts';
import { assistRefund } from '../../../src/payments/providers/assist/refund.ts';
import { oplatiCancel } from '../../../src/payments/providers/oplati/cancel.ts';
import { oplatiPay } from '../../../src/payments/providers/oplati/pay.ts';
import { oplatiRefund } from '../../../src/payments/providers/oplati/refund.ts';
import { paymasterRefund } from '../../../src/payments/providers/paymaster/refund.ts';
import { NOTHING_RECALLED } from '../../../src/payments/recall.ts';
import type { AnyRun } from './any-run.ts';
import * as assist from './assist/assist-run.ts';
import * as oplati from './machine-run.ts';
import * as paymaster from './paymaster/paymaster-run.ts';

type Run = AnyRun<unknown>;

interface Subject {
  /** The request that moves money has just been handed out. */
  begin(): Run;
  /** What the server says to a question. @param isThere the request has arrived */
  answer(request: HttpRequest, isThere: boolean): { status: number; body: unknown };
  /** From when on its absence proves anything: as long after the request was handed out. */
  settleMs: number;
  /** Between two questions, at most: so much later a decision may come because it was asked in between. */
  cadenceMs: number;
  /** Names what was decided in an end that says "not made", or by asking for the money again. */
  isPosted(request: HttpRequest): boolean;
}

const reversalOf = (order: Order, of: string, id: string, recalled = NOTHING_RECALLED): Order => ({
  ...order,
  orderNumber: 'T1-R001',
  source: {
    orderNumber: of,
    providerPaymentId: id,
    amountKopecks: order.amountKopecks,
    shiftLabel: order.shiftLabel,
    recalled,
  },
});

const OPLATI_ROW = { paymentId: 1000004, paymentType: 3, orderNumber: 'T1-R001' };
const ASSIST_BACK = assist.operation('AS000', { billnumber: `${assist.BILL}.2`, operationtype: '300' });
const assistReversal = reversalOf(assist.ORDER, assist.NUMBER, assist.BILL, assistRecall(null, 0));
const paymasterReversal = reversalOf(paymaster.ORDER, paymaster.ORDER.orderNumber, '900000001');
const ok = (body: unknown) => ({ status: 200, body });

function oplatiReversal(machine: typeof oplatiCancel | typeof oplatiRefund): Subject {
  return {
    begin: () => new oplati.MachineRun(machine as never, {}, reversalOf(oplati.ORDER, 'T1-0001', '1000001')) as Run,
    answer: (_, isThere) => ok(isThere ? [oplati.info(1), oplati.info(1, OPLATI_ROW)] : [oplati.info(1)]),
    settleMs: 75_000,
    cadenceMs: 16_000,
    isPosted: ({ method }) => method === 'POST',
  };
}

function assistReversalOf(machine: typeof assistCancel): Subject {
  return {
    begin: () => new assist.AssistRun(machine, assistReversal).result(assist.PAID) as Run,
    answer: (_, isThere) =>
      ok(assist.resultOf(isThere ? assist.order('Canceled', { operations: [ASSIST_BACK] }) : assist.PAID)),
    settleMs: 30_000,
    cadenceMs: 61_000,
    isPosted: ({ url }) => url.includes('wscancel'),
  };
}

const SUBJECTS: Record<string, Subject> = {
  'oplati pay': {
    begin: () =>
      new oplati.MachineRun(oplatiPay, { mode: 0 })
        .feed({ answer: { code: 'buyer-code' } })
        .reply(200, { sessionId: 1 })
        .reply(200, { isConsumerReady: true, loyaltyCards: [] }) as Run,
    answer: (_, isThere) => ok(isThere ? [oplati.info(1)] : []),
    settleMs: 75_000,
    cadenceMs: 16_000,
    isPosted: ({ url }) => url.endsWith('/pos/payments'),
  },
  'oplati cancel': oplatiReversal(oplatiCancel),
  'oplati refund': oplatiReversal(oplatiRefund),
  'assist СБП': {
    begin: () => assist.creating() as Run,
    answer: (_, isThere) => ok(isThere ? assist.resultOf(assist.PAID) : assist.resultOf()),
    settleMs: 30_000,
    cadenceMs: 11_000,
    isPosted: ({ url }) => url.includes('fastpay'),
  },
  'assist cancel': assistReversalOf(assistCancel),
  'assist refund': assistReversalOf(assistRefund),
  'paymaster pay': {
    begin: () => paymaster.creating() as Run,
    answer: (_, isThere) => ok({ items: isThere ? [paymaster.payment('Settled')] : [] }),
    settleMs: 15_000,
    cadenceMs: 16_000,
    isPosted: ({ method }) => method === 'POST',
  },
  // After a refusal of its repeat only the list can tell: the first one may have arrived.
  'paymaster refund': {
    begin: () => {
      const run = new paymaster.PaymasterRun(paymasterRefund, {}, paymasterReversal).fail('lost');
      while (run.sends.length < 2) run.wake();
      return run as Run;
    },
    answer: (request, isThere) => {
      if (request.method === 'POST') return { status: 400, body: paymaster.problem('invalid_operation') };
      const row = {
        id: '800000001',
        created: '2030-01-15T07:00:01Z',
        paymentId: '900000001',
        status: 'Success',
        amount: { value: 15.3, currency: 'RUB' },
      };
      return ok({ items: isThere ? [row] : [] });
    },
    settleMs: 15_000,
    cadenceMs: 16_000,
    isPosted: () => false,
  },
};

/** What the world does at this moment, counted from the request. */
interface Event {
  atMs: number;
  what: 'ask' | 'restart' | 'powerCut';
  downMs: number;
  clockMovedMs: number;
}

const EVENTS: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    atMs: fc.nat(140_000),
    what: fc.constantFrom('ask' as const, 'ask' as const, 'ask' as const, 'restart' as const, 'powerCut' as const),
    downMs: fc.constantFrom(0, 1_000, 40_000),
    clockMovedMs: fc.constantFrom(0, 0, 3_600_000, -3_600_000),
  }),
  { maxLength: 12 },
);

const ROUND_TRIP_MS = 100;
const LOST_AFTER_MS = 10_000;
const LONGEST_MS = 3_600_000;

interface Played {
  /** Of real time in which the program ran, from the request to the proof; null = never. */
  decidedMs: number | null;
  run: Run;
  downMs: number;
}

/**
 * Plays a lost answer. Real time runs by itself; what the program believes of it is its clock.
 * @param arrivesMs when the request reaches the server; null = never
 */
function play({ begin, answer, isPosted }: Subject, events: readonly Event[], arrivesMs: number | null): Played {
  const run = begin();
  const posted = run.sends.filter(({ request }) => isPosted(request)).length;
  let realMs = 0;
  let clockMs = run.nowMs;
  let boot = 1;
  let downMs = 0;
  let seen = run.sends.length;
  let wakeAtMs: number | null = run.sleepMs;
  const moment = (): Moment => ({ atMs: clockMs + realMs, bootId: String(boot), uptimeMs: realMs });
  let steppedAt = moment();
  const answers: { atMs: number; give: () => void }[] = [];
  const lost = run.request;
  answers.push({ atMs: LOST_AFTER_MS, give: () => run.fail('lost', lost.tag) });
  const isDecided = () =>
    run.outcomes.some(({ kind }) => kind !== 'unknown') ||
    run.sends.filter(({ request }) => isPosted(request)).length > posted;

  function after(step: () => void): void {
    run.nowMs = clockMs + realMs;
    run.sleepMs = null;
    step();
    steppedAt = moment();
    if (run.sleepMs !== null) wakeAtMs = realMs + run.sleepMs;
    for (const { request } of run.sends.slice(seen)) {
      const isThere = arrivesMs !== null && arrivesMs <= realMs;
      const { status, body } = answer(request, isThere);
      const reply = { tag: request.tag, status, body: JSON.stringify(body) };
      answers.push({ atMs: realMs + ROUND_TRIP_MS, give: () => run.feed({ reply }) });
    }
    seen = run.sends.length;
  }

  const left = [...events].sort((a, b) => a.atMs - b.atMs);
  while (!isDecided() && realMs < LONGEST_MS) {
    const reply = [...answers].sort((a, b) => a.atMs - b.atMs)[0];
    const [event] = left;
    const next = Math.min(reply?.atMs ?? Infinity, wakeAtMs ?? Infinity, event?.atMs ?? Infinity);
    if (next === Infinity) break;
    realMs = Math.max(realMs, next);
    if (event !== undefined && event.atMs <= next) {
      left.shift();
      if (event.what === 'ask') {
        after(() => run.feed({ askNow: true }));
        continue;
      }
      answers.length = 0;
      wakeAtMs = null;
      realMs += event.downMs;
      downMs += event.downMs;
      clockMs += event.clockMovedMs;
      if (event.what === 'powerCut') boot++;
      const missed = sinceLastStep({ steppedAt } as Attempt, moment());
      after(() => run.restart(missed));
    } else if (reply !== undefined && reply.atMs <= next) {
      answers.splice(answers.indexOf(reply), 1);
      after(reply.give);
    } else {
      wakeAtMs = null;
      after(() => run.feed({ timer: true }));
    }
  }
  return { decidedMs: isDecided() ? realMs - downMs : null, run, downMs };
}

const isNotMade = ({ outcomes }: Run) => outcomes.some(({ kind }) => kind === 'declined' || kind === 'notSent');

describe.each(Object.entries(SUBJECTS))('%s, its answer lost', (_, subject) => {
  const silence = play(subject, [], null);

  it('is decided by silence', () => {
    expect(silence.decidedMs).toBeGreaterThanOrEqual(subject.settleMs);
  });

  it('asks and restarts postpone nothing: at most one question later than silence would have decided', () => {
    fc.assert(
      fc.property(EVENTS, (events) => {
        const { decidedMs } = play(subject, events, null);
        expect(decidedMs).not.toBeNull();
        expect(decidedMs).toBeLessThanOrEqual((silence.decidedMs ?? 0) + subject.cadenceMs);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('and what arrives before it is proven absent is never said not to be made, nor asked for again', () => {
    fc.assert(
      fc.property(EVENTS, fc.double({ min: 0, max: 1, noNaN: true }), (events, share) => {
        const { run, decidedMs } = play(subject, events, Math.floor(share * (subject.settleMs - 1)));
        expect(decidedMs).not.toBeNull();
        expect(isNotMade(run), JSON.stringify(run.outcomes)).toBe(false);
        expect(run.outcomes.at(-1)?.kind).toBe('approved');
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});

describe('SoftPOS', () => {
  const begin = () => new assist.AssistRun(assistPay, { ...assist.ORDER, option: 'softpos' });
  const end = (run: assist.AssistRun, startMs: number) => {
    while (run.outcome === undefined || run.outcome.kind === 'unknown') {
      if (run.sends.length === 0) run.wake();
      run.result();
      if (run.outcome === undefined || run.outcome.kind === 'unknown') run.wake();
    }
    return run.nowMs - startMs;
  };

  it('the program may outlive the register for 15 minutes: restarts of one boot begin them once', () => {
    const run = begin();
    const startMs = run.nowMs;
    run.restart().result();
    for (let minutes = 0; minutes < 10; minutes++) run.later(60_000).restart().result();
    expect(end(run, startMs)).toBeLessThanOrEqual(900_000 + 5_000);
  });

  it('but not the computer: a minute after a power cut without its order nothing was paid, and other cuts begin nothing anew', () => {
    const run = begin();
    run.restart().result().later(60_000).restart().result();
    const startMs = run.nowMs;
    for (let cuts = 0; cuts < 4; cuts++) run.later(10_000).powerCut(0).result();
    expect(end(run, startMs)).toBeLessThanOrEqual(10_000 + 60_000 + 5_000);
  });
});

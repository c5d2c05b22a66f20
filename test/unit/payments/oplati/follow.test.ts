import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { oplatiFollow } from '../../../../src/payments/providers/oplati/follow.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { errorBody, info, MachineRun, ORDER, UNAUTHORISED } from '../machine-run.ts';

const SOURCE = {
  orderNumber: 'T1-0001',
  providerPaymentId: null,
  amountKopecks: 1530,
  shiftLabel: '14012030',
  recalled: NOTHING_RECALLED,
};
const FOUND = { kind: 'approved', providerPaymentId: '1000001' };
const GONE = { kind: 'declined', code: 'notRegistered', say: null };
const DAY_MS = 24 * 3_600_000;

function follow(): MachineRun {
  return new MachineRun(oplatiFollow, {}, { ...ORDER, orderNumber: 'T1-0002', source: SOURCE });
}

/** Looks until it ends, each answered by `body`. @returns how much time passed */
function toTheEnd(run: MachineRun, body: unknown): number {
  const begunAtMs = run.nowMs;
  for (let looks = 0; looks < 1_000 && run.outcomes.length === 0; looks++) run.wake().reply(200, body);
  return run.nowMs - begunAtMs;
}

describe('the watch list (oplati.md 8.2)', () => {
  it('reads the report of the shift of the sale at growing intervals, shows nothing and sends nothing else', () => {
    const run = follow();
    const pauses: number[] = [];
    for (let looks = 0; looks < 20; looks++) {
      pauses.push(run.sleepMs ?? 0);
      run.wake();
      expect([run.request.method, run.path]).toEqual(['GET', '/paymentReports?shift=14012030']);
      run.reply(200, [info(1, { orderNumber: 'OTHER' })]);
    }
    expect([pauses[0], pauses.slice(0, 7)]).toEqual([30_000, pauses.slice(0, 7).toSorted((a, b) => a - b)]);
    expect(Math.max(...pauses)).toBeGreaterThan(25 * 60_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30 * 60_000);
    expect(run.sends.every(({ moves }) => moves === 'nothing')).toBe(true);
    expect([run.prompts, run.outcomes, run.alarms]).toEqual([[], [], []]);
    expect(oplatiDriver.phase(run.state as never)).toBe('pending');
  });

  it('found paid: approved with the id, for the money to go back', () => {
    const run = follow()
      .wake()
      .reply(200, [])
      .wake()
      .reply(200, [info(1)]);
    expect(run.outcomes).toEqual([FOUND]);
    expect(oplatiDriver.providerPaymentId(run.state as never)).toBe('1000001');
  });

  it('found waiting for the PIN: looked at until it is decided', () => {
    const waiting = () =>
      follow()
        .wake()
        .reply(200, [info(0)]);
    expect(waiting().outcomes).toEqual([]);
    expect(
      waiting()
        .wake()
        .reply(200, [info(1)]).outcomes,
    ).toEqual([FOUND]);
    expect(
      waiting()
        .wake()
        .reply(200, [info(4)]).outcomes,
    ).toEqual([GONE]);
    const long = waiting();
    expect(toTheEnd(long, [info(0)])).toBeGreaterThan(3 * DAY_MS);
    expect(long.outcomes).toEqual([]);
  });

  it('three days without it: over, without a word', () => {
    const run = follow();
    const passedMs = toTheEnd(run, []);
    expect(run.outcomes).toEqual([GONE]);
    expect(passedMs).toBeGreaterThanOrEqual(3 * DAY_MS);
    expect(passedMs).toBeLessThan(3 * DAY_MS + 3_600_000);
    expect(run.sends.length).toBeLessThan(200);
  });

  it('a clock that was put forward over a restart ends nothing', () => {
    const run = follow()
      .wake()
      .reply(200, [])
      .later(30 * DAY_MS)
      .restart();
    expect(run.path).toBe('/paymentReports?shift=14012030');
    expect(run.reply(200, []).outcomes).toEqual([]);
    expect(
      run
        .wake()
        .reply(200, [info(1)])
        .outcomes.at(-1),
    ).toEqual(FOUND);
  });

  it.each([
    ['lost', (run: MachineRun) => run.fail('lost')],
    ['not sent', (run: MachineRun) => run.fail('notSent')],
    ['500', (run: MachineRun) => run.reply(500, '<html>')],
    ['401', (run: MachineRun) => run.reply(401, UNAUTHORISED)],
    ['400', (run: MachineRun) => run.reply(400, errorBody('400', '', 'x'))],
    ['a page', (run: MachineRun) => run.reply(200, '<html>')],
    ['a list with a hole', (run: MachineRun) => run.reply(200, [null])],
  ])('%s proves nothing, however long it lasts; the next good report does', (_name, fail) => {
    const run = follow();
    for (let looks = 0; looks < 300; looks++) fail(run.wake());
    expect([run.outcomes, run.alarms]).toEqual([[], []]);
    expect(
      run
        .wake()
        .reply(200, [info(1)])
        .outcomes.at(-1),
    ).toEqual(FOUND);
  });

  it.each([{ sum: 15.31 }, { paymentType: 3 }, { paymentId: 'x' }])(
    'our number in other figures: one alarm, never believed, watched on: %o',
    (more) => {
      const run = follow();
      toTheEnd(run, [info(1, more)]);
      expect([run.outcomes, run.alarms.length]).toEqual([[], 1]);
      expect(
        run
          .wake()
          .reply(200, [info(1)])
          .outcomes.at(-1),
      ).toEqual(FOUND);
    },
  );

  it('taken twice: both are told', () => {
    const run = follow()
      .wake()
      .reply(200, [info(1), info(1, { paymentId: 1000002 })]);
    expect(run.outcomes).toEqual([{ ...FOUND, surplus: ['1000002'] }]);
  });

  it('the answer to a look of before the restart is left alone', () => {
    const run = follow().wake();
    const { tag } = run.request;
    expect(
      run
        .restart()
        .reply(200, [info(1)], tag)
        .reply(200, []).outcomes,
    ).toEqual([]);
  });

  it('whatever happens: only questions, approved only by the exact paid row', () => {
    const paid = JSON.stringify([info(1)]);
    const bodies = [[], [info(0)], [info(1)], [info(3)], [info(1, { sum: 1 })], [null], '<html>'];
    let found = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 30 }), (moves) => {
        const run = follow();
        const heard: string[] = [];
        for (const move of moves) {
          if (run.sleepMs !== null) run.wake();
          if (run.sends.length === 0) run.restart();
          if (move === 9) run.restart();
          else if (move > 6) run.fail(move === 7 ? 'lost' : 'notSent');
          else {
            if (run.outcomes.length === 0) heard.push(JSON.stringify(bodies[move]));
            run.reply(200, bodies[move]);
          }
        }
        expect(run.sends.every(({ moves: kind, request }) => kind === 'nothing' && request.method === 'GET')).toBe(
          true,
        );
        expect([run.prompts.length, run.outcomes.length <= 1]).toEqual([0, true]);
        if (run.outcome?.kind !== 'approved') return;
        found++;
        expect(heard).toContain(paid);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(found).toBeGreaterThan(20);
  });
});

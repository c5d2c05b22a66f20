/** An attempt whose state another version has written goes on from the order alone, as after a lost answer. */
import { describe, expect, it } from 'vitest';
import type { Left, Machine, Order } from '../../../../src/payments/driver.ts';
import { oplatiCancel } from '../../../../src/payments/providers/oplati/cancel.ts';
import { oplatiFollow } from '../../../../src/payments/providers/oplati/follow.ts';
import { oplatiPay } from '../../../../src/payments/providers/oplati/pay.ts';
import { oplatiRefund } from '../../../../src/payments/providers/oplati/refund.ts';
import type { OplatiSettings } from '../../../../src/payments/providers/oplati/settings.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { info, MachineRun, ORDER } from '../machine-run.ts';
import { ABSENT, APPROVED, BY_CASHIER } from './oplati-run.ts';

const REPORT = '/paymentReports?shift=15012030';
const SOURCE = {
  orderNumber: 'T1-0001',
  providerPaymentId: '1000001',
  amountKopecks: 1530,
  shiftLabel: '15012030',
  recalled: NOTHING_RECALLED,
};
const BACK: Order = { ...ORDER, orderNumber: 'T1-R001', source: SOURCE };
const GIVEN_BACK = info(1, { paymentId: 2000001, paymentType: 3, orderNumber: 'T1-R001' });
const BY_ESC = info(1, { paymentId: 2000001, paymentType: 3, orderNumber: 'C2-T1-0001' });

/** The machine as another version of the program has left it, taken up by this one. */
function resumed(
  { resume, ...machine }: Machine<OplatiSettings, never>,
  left: Partial<Left> = {},
  order: Order = ORDER,
): MachineRun {
  if (resume === undefined) throw new Error('it cannot resume');
  const all: Left = { mayHaveMoved: true, foreground: true, startedAtMs: 1_899_996_400_000, ...left };
  return new MachineRun({ ...machine, begin: (given, facts) => resume(given, facts, all) }, { mode: 2 }, order);
}

const paying = (left: Partial<Left> = {}) => resumed(oplatiPay as Machine<OplatiSettings, never>, left);

/** Asks on until so long after the start; the report always tells these rows, a payment is always the first of them. */
function until(run: MachineRun, ms: number, rows: Record<string, unknown>[]): MachineRun {
  const endMs = run.nowMs + ms;
  while (run.outcomes.length === 0 && run.nowMs <= endMs) {
    run.reply(200, run.path === REPORT ? rows : rows[0]);
    if (run.sleepMs !== null && run.outcomes.length === 0) run.wake();
  }
  return run;
}

describe('a payment', () => {
  it('that has sent nothing begins anew before the cashier, and is over where nobody waits', () => {
    expect(paying({ mayHaveMoved: false }).path).toBe('/demandPayment');
    const silent = paying({ mayHaveMoved: false, foreground: false });
    expect([silent.outcomes, silent.prompts, silent.sends]).toEqual([[BY_CASHIER], [], []]);
  });

  it('is looked for in the report, and is absent 75 s after the start of this program', () => {
    const run = paying();
    expect([run.path, run.prompt?.number]).toEqual([REPORT, 'OPL-29']);
    expect(until(run, 70_000, []).outcomes).toEqual([]);
    expect(until(run, 10_000, []).outcomes).toEqual([ABSENT]);
  });

  it('was paid, when no cancel of the other version can arrive any more', () => {
    const run = paying();
    expect(until(run, 70_000, [info(1)]).outcomes).toEqual([]);
    expect(until(run, 10_000, [info(1)]).outcomes).toEqual([APPROVED]);
  });

  it('was given back by an Esc that this version knows nothing of: not approved', () => {
    expect(until(paying(), 10_000, [info(1), BY_ESC]).outcomes).toEqual([BY_CASHIER]);
  });

  it('named in other figures waits for an exact row, and is decided by it', () => {
    const run = paying().reply(200, [info(1, { sum: 99 })]);
    expect(run.outcomes).toMatchObject([{ kind: 'unknown', say: { number: 'OPL-27' } }]);
    run.outcomes.length = 0;
    expect(until(run.wake(), 300_000, [info(1)]).outcomes).toEqual([APPROVED]);
  });

  it('where nobody waits shows nothing and reports the end only', () => {
    const run = until(paying({ foreground: false }), 80_000, [info(1)]);
    expect([run.prompts, run.outcomes]).toEqual([[], [APPROVED]]);
  });
});

describe('money that goes back', () => {
  it('by a cancel that may have left is looked for, and sent again when it is proven absent', () => {
    const run = resumed(oplatiCancel as Machine<OplatiSettings, never>, {}, BACK);
    expect([run.path, run.prompt?.number]).toEqual([REPORT, 'OPL-26']);
    expect(run.reply(200, [GIVEN_BACK]).outcomes).toEqual([{ kind: 'approved', providerPaymentId: '2000001' }]);
    const absent = resumed(oplatiCancel as Machine<OplatiSettings, never>, { foreground: false }, BACK);
    while (absent.path === REPORT) {
      absent.reply(200, [info(1)]);
      if (absent.path === REPORT) absent.wake();
    }
    expect([absent.path, absent.prompts]).toEqual(['/payments/1000001/reversals', []]);
  });

  it('by a cancel that never left is sent at once', () => {
    const run = resumed(oplatiCancel as Machine<OplatiSettings, never>, { mayHaveMoved: false }, BACK);
    expect(run.path).toBe('/payments/1000001/reversals');
  });

  it('by a refund that may have left is looked for and never sent again', () => {
    const run = resumed(oplatiRefund as Machine<OplatiSettings, never>, {}, BACK);
    expect([run.path, run.prompt?.number]).toEqual([REPORT, 'OPL-29']);
    until(run, 80_000, []);
    expect(run.outcomes).toMatchObject([{ kind: 'declined', code: 'notRegistered' }]);
    expect(run.sends.filter(({ moves }) => moves === 'money')).toEqual([]);
  });

  it('by a refund that never left is not made behind the cashier’s back', () => {
    const left = { mayHaveMoved: false, foreground: false };
    const run = resumed(oplatiRefund as Machine<OplatiSettings, never>, left, BACK);
    expect([run.outcomes, run.sends]).toMatchObject([[{ kind: 'notSent' }], []]);
  });
});

it('the watch list looks at once', () => {
  const run = resumed(oplatiFollow as Machine<OplatiSettings, never>, { foreground: false }, BACK);
  expect(run.path).toBe(REPORT);
  expect(run.reply(200, [info(1)]).outcomes).toEqual([APPROVED]);
});

import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/payments/driver.ts';
import { oplatiCancel } from '../../../../src/payments/providers/oplati/cancel.ts';
import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { recall } from '../../../../src/payments/providers/oplati/recall.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { errorBody, info, MachineRun, ORDER, UNAUTHORISED } from '../machine-run.ts';

const SOURCE = {
  orderNumber: 'T1-0001',
  providerPaymentId: '1000001',
  amountKopecks: 1530,
  shiftLabel: '14012030',
  recalled: NOTHING_RECALLED,
};

function reversal(amountKopecks = 1530, source: Order['source'] = SOURCE): MachineRun {
  return new MachineRun(oplatiCancel, {}, { ...ORDER, orderNumber: 'T1-R001', amountKopecks, source });
}

/** Our row of a reversal. */
function row(status: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return info(status, { paymentId: 1000004, paymentType: 3, orderNumber: 'T1-R001', ...more });
}

const RETURNED = { kind: 'approved', providerPaymentId: '1000004' };
const QUEUED = { kind: 'unknown', say: expect.objectContaining({ number: 'OPL-12' }) };
const phase = (run: MachineRun) => oplatiDriver.phase(run.state as never);

describe('a reversal', () => {
  it('is sent with its own number and the lines given back, shows OPL-26, and status 1 ends it', () => {
    const run = reversal(500);
    expect([run.request.method, run.path, run.sends.at(-1)?.moves, phase(run)]).toEqual([
      'POST',
      '/payments/1000001/reversals',
      'money',
      'sent',
    ]);
    expect(run.body).toMatchObject({
      sum: 5,
      orderNumber: 'T1-R001',
      shift: '15012030',
      details: { amountTotal: 15.3 },
    });
    expect(run.prompt).toMatchObject({
      show: 'wait',
      number: 'OPL-26',
      title: 'О!плати',
      text: 'Возврат ожидает подтверждения',
      cancellable: false,
    });
    expect(run.reply(200, row(1, { sum: 5 })).outcomes).toEqual([RETURNED]);
    expect(oplatiDriver.providerPaymentId(run.state as never)).toBe('1000004');
  });

  it('in status 0 is polled every 5 s by its own id', () => {
    const run = reversal().reply(200, row(0));
    expect([phase(run), run.sleepMs, run.prompt?.number]).toEqual(['pending', 5_000, 'OPL-26']);
    expect(run.wake().path).toBe('/payments/1000004');
    expect(run.fail('lost').wake().reply(200, row(77)).wake().reply(200, row(1)).outcomes).toEqual([RETURNED]);
  });

  it.each([
    [2, 'refused', 'Отказ от возврата'],
    [3, 'noFunds', 'Недостаточно средств'],
    [4, 'timeout', 'Клиент не подтвердил возврат'],
    [5, 'cancelled', 'Операция была отменена системой'],
  ])('with status %i was not made: OPL-18', (status, code, text) => {
    expect(reversal().reply(200, row(status)).outcomes).toEqual([
      { kind: 'declined', code, say: { number: 'OPL-18', text, params: { text } } },
    ]);
  });

  it('refused by an error body: OPL-18 in the words of the server; 401: OPL-04', () => {
    const text = 'Сумма возвратов превышает сумму платежа';
    expect(reversal().reply(400, errorBody('400', '', text, text)).outcomes).toEqual([
      { kind: 'declined', code: 'rejected', say: { number: 'OPL-18', text, params: { text } } },
    ]);
    expect(reversal().reply(401, UNAUTHORISED).outcome).toMatchObject({ say: { number: 'OPL-04' } });
  });

  it('of a payment in status 0 is answered with the payment itself, status 5: nothing was paid (13.7)', () => {
    expect(reversal().reply(200, info(5)).outcomes).toEqual([{ kind: 'approved', providerPaymentId: '1000001' }]);
  });

  it('of a reversal expects a sale row (cancel of a return, 13.10)', () => {
    const source = { ...SOURCE, orderNumber: 'T1-R000', recalled: recall({ kind: 'reversal' }, 0) };
    const run = reversal(1530, source);
    expect(run.reply(200, row(1, { paymentType: 1 })).outcomes).toEqual([RETURNED]);
    expect(reversal(1530, source).reply(200, row(1)).outcome).toEqual({
      kind: 'unknown',
      say: expect.objectContaining({ number: 'OPL-27' }),
    });
  });

  it.each([{ sum: 15.31 }, { orderNumber: 'X' }, { paymentType: 1 }, { paymentId: 1000001 }])(
    'answered in other figures is unknown with an alarm: %o',
    (more) => {
      const run = reversal().reply(200, row(1, more));
      expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) }]);
      expect([run.alarms.length, run.prompt]).toEqual([1, null]);
      expect(
        run
          .wake()
          .reply(200, [row(1)])
          .outcomes.at(-1),
      ).toEqual(RETURNED);
    },
  );

  it('without a payment to give back is refused before anything is sent', () => {
    const run = reversal(1530, null);
    expect([run.sends.length, run.alarms.length, run.outcome?.kind]).toEqual([0, 1, 'declined']);
  });

  it('Esc changes nothing', () => {
    const run = reversal();
    const count = run.actions.length;
    run.cancel();
    expect(run.actions).toHaveLength(count);
  });
});

describe('no link', () => {
  it('the cashier is free with OPL-12; it is sent for ever with growing pauses, each time the same number', () => {
    const run = reversal().fail('notSent');
    expect(run.outcomes).toEqual([QUEUED]);
    expect([run.prompt, phase(run)]).toEqual([null, 'intent']);
    const pauses: number[] = [];
    for (let i = 0; i < 40; i++) {
      pauses.push(run.sleepMs ?? 0);
      run.wake();
      expect([run.path, run.body.orderNumber]).toEqual(['/payments/1000001/reversals', 'T1-R001']);
      run.fail('notSent');
    }
    expect([pauses[0], Math.max(...pauses) <= 60_000, (pauses[30] ?? 0) > 45_000]).toEqual([5_000, true, true]);
    expect(new Set(pauses.slice(10)).size).toBeGreaterThan(5);
    run.wake().reply(200, row(1));
    expect(run.outcomes).toEqual([QUEUED, RETURNED]);
    expect(run.prompt).toBeNull();
  });

  it('a lost answer is looked up at once: found, nobody has to wait', () => {
    const run = reversal().fail('lost');
    expect([run.path, run.outcomes, phase(run)]).toEqual(['/paymentReports?shift=15012030', [], 'unknown']);
    expect(run.reply(200, [info(1), row(1)]).outcomes).toEqual([RETURNED]);
    expect(
      reversal()
        .reply(500, 'x')
        .reply(200, [row(2)]).outcome,
    ).toMatchObject({ say: { number: 'OPL-18' } });
  });

  it('lost and not to be found: free with OPL-12, repeated with the same number only when proven absent', () => {
    const run = reversal()
      .fail('lost')
      .reply(200, [info(1)]);
    expect(run.outcomes).toEqual([QUEUED]);
    while (run.countOf('/payments/1000001/reversals') === 1) {
      run.wake();
      if (run.path.startsWith('/paymentReports')) run.reply(200, [info(1)]);
    }
    expect(run.nowMs - new MachineRun(oplatiCancel, {}, { ...ORDER, source: SOURCE }).nowMs).toBeGreaterThanOrEqual(
      75_000,
    );
    expect(run.body.orderNumber).toBe('T1-R001');
    expect(run.reply(200, row(1)).outcomes).toEqual([QUEUED, RETURNED]);
  });

  it('lost, report unreadable: not repeated, however long it takes', () => {
    const run = reversal().fail('lost').fail('lost');
    expect(run.outcomes).toEqual([QUEUED]);
    for (let i = 0; i < 30; i++) run.wake().reply(503, 'busy');
    expect(run.countOf('/payments/1000001/reversals')).toBe(1);
  });

  it('a repeat refused as too much because the lost one arrived: returned', () => {
    const run = reversal().fail('lost').reply(200, []).later(80_000).wake().reply(200, []);
    run.reply(400, errorBody('400', '', 'Сумма возвратов превышает сумму платежа'));
    expect(run.path).toBe('/paymentReports?shift=15012030');
    expect(run.reply(200, [row(1)]).outcomes).toEqual([QUEUED, RETURNED]);
  });

  it('a repeat refused without a row of ours: refused', () => {
    const run = reversal().fail('lost').reply(200, []).later(80_000).wake().reply(200, []);
    run.reply(400, errorBody('400', '', 'Нельзя')).reply(200, []);
    expect(run.outcomes.at(-1)).toMatchObject({ kind: 'declined', say: { number: 'OPL-18', text: 'Нельзя' } });
  });

  it('the queue does not give up on a lost token', () => {
    const run = reversal().fail('notSent').wake().reply(401, UNAUTHORISED);
    expect(run.outcomes).toEqual([QUEUED]);
    expect(run.wake().reply(200, row(1)).outcomes.at(-1)).toEqual(RETURNED);
  });

  it('in status 0 and silent three times: free with OPL-12, then asked on', () => {
    const run = reversal().reply(200, row(0)).wake().fail('lost').wake().fail('lost').wake();
    expect(run.outcomes).toEqual([]);
    expect(run.fail('lost').outcomes).toEqual([QUEUED]);
    expect(run.wake().reply(200, row(1)).outcomes.at(-1)).toEqual(RETURNED);
  });
});

describe('a payment whose id is not known', () => {
  const nameless = { ...SOURCE, providerPaymentId: null };

  it('is found by its order number in the report of its shift', () => {
    const run = reversal(1530, nameless);
    expect([run.path, phase(run)]).toEqual(['/paymentReports?shift=14012030', 'intent']);
    expect(run.reply(200, [info(1, { paymentId: 77 })]).path).toBe('/payments/77/reversals');
  });

  it('is taken from the machine of the payment when that knows it', () => {
    expect(reversal(1530, { ...nameless, recalled: recall({ kind: 'pay', paymentId: '78' }, 0) }).path).toBe(
      '/payments/78/reversals',
    );
    expect(reversal(1530, { ...nameless, recalled: recall({ kind: 'pay', paymentId: '../x' }, 0) }).path).toMatch(
      /^\/paymentReports/,
    );
  });

  it('that was never made needs nothing, with an alarm', () => {
    const declined = reversal(1530, nameless).reply(200, [info(2)]);
    expect([declined.outcome, declined.alarms.length]).toEqual([{ kind: 'approved', providerPaymentId: null }, 1]);
    const absent = reversal(1530, nameless).reply(200, []);
    expect(absent.outcomes).toEqual([QUEUED]);
    absent.later(75_000).wake().reply(200, []);
    expect([absent.outcome?.kind, absent.alarms.length]).toEqual(['approved', 1]);
  });

  it('in other figures is not touched', () => {
    const run = reversal(1530, nameless).reply(200, [info(1, { sum: 1 })]);
    expect([run.outcome, run.alarms.length]).toEqual([
      { kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) },
      1,
    ]);
  });

  it('404: the report decides whether there is anything to give back', () => {
    const unknown = () => reversal().reply(404, errorBody('404', '', 'Платеж не найден'));
    expect(unknown().path).toBe('/paymentReports?shift=14012030');
    expect(unknown().reply(200, [info(1)]).outcome).toMatchObject({
      say: { number: 'OPL-18', text: 'Платеж не найден' },
    });
    expect(unknown().reply(200, [info(1, { paymentId: 79 })]).path).toBe('/payments/79/reversals');
  });

  it('404 and a report without it (K29): the id was told to us, so the money is owed, with one alarm', () => {
    const run = reversal()
      .reply(404, errorBody('404', '', 'Платеж не найден'))
      .reply(200, []);
    for (let looks = 0; looks < 30; looks++) run.wake().reply(200, []);
    expect([run.outcomes, run.alarms.length, run.countOf('/payments/1000001/reversals')]).toEqual([[QUEUED], 1, 1]);
    // A payment of ours that was refused is another one.
    run.wake().reply(200, [info(2, { paymentId: 77 })]);
    expect(run.outcomes).toEqual([QUEUED]);
    // The server knows it again: its 404 of then refuses nothing.
    run.wake().reply(200, [info(1)]);
    expect([run.path, run.body.orderNumber]).toEqual(['/payments/1000001/reversals', 'T1-R001']);
    expect(run.reply(200, row(1)).outcomes).toEqual([QUEUED, RETURNED]);
  });

  it('404 and its own row says that it was never paid: nothing to give back', () => {
    const run = reversal()
      .reply(404, errorBody('404', '', 'Платеж не найден'))
      .reply(200, [info(5)]);
    expect(run.outcomes).toEqual([{ kind: 'approved', providerPaymentId: null }]);
  });

  it('an id that only the machine of the payment has heard counts as told', () => {
    const recalled = recall({ kind: 'pay', at: 'polling', charged: { paymentId: '1000001' } }, 0);
    const run = reversal(1530, { ...nameless, recalled });
    expect(run.path).toBe('/payments/1000001/reversals');
    run
      .reply(404, errorBody('404', '', 'x'))
      .later(80_000)
      .reply(200, [])
      .later(80_000)
      .wake()
      .reply(200, []);
    expect(run.outcomes).toEqual([QUEUED]);
  });
});

describe('restart', () => {
  it('in flight: looked up first, then repeated with the same number when proven absent', () => {
    const run = reversal().restart();
    expect([run.path, run.prompt?.number, phase(run)]).toEqual(['/paymentReports?shift=15012030', 'OPL-26', 'unknown']);
    run.reply(200, []).later(80_000).wake().reply(200, []);
    expect([run.path, run.body.orderNumber]).toEqual(['/payments/1000001/reversals', 'T1-R001']);
  });

  it('a report asked early proves no absence, however late it arrives', () => {
    const run = reversal().restart().later(80_000).reply(200, []);
    expect([run.outcomes, run.countOf('/payments/1000001/reversals')]).toEqual([[QUEUED], 1]);
  });

  it('a clock put forward meanwhile proves no absence: 75 s of the new start do', () => {
    const run = reversal().powerCut(3_600_000).reply(200, []);
    expect([run.outcomes, run.countOf('/payments/1000001/reversals')]).toEqual([[QUEUED], 1]);
    run.restart().powerCut(3_600_000).reply(200, []);
    expect(run.countOf('/payments/1000001/reversals')).toBe(1);
    run.later(75_000).wake().reply(200, []);
    expect(run.countOf('/payments/1000001/reversals')).toBe(2);
    const nameless = reversal(1530, { ...SOURCE, providerPaymentId: null })
      .powerCut(3_600_000)
      .reply(200, []);
    expect(nameless.outcomes).toEqual([QUEUED]);
    expect(nameless.later(75_000).wake().reply(200, []).outcome?.kind).toBe('approved');
  });

  it('queued: sent at once', () => {
    expect(reversal().fail('notSent').restart().countOf('/payments/1000001/reversals')).toBe(2);
  });

  it('checking, polling, finding: asked at once, in the background without a prompt', () => {
    const checking = reversal().fail('lost').fail('lost').restart();
    expect([checking.path, checking.prompt]).toEqual(['/paymentReports?shift=15012030', null]);
    expect(reversal().reply(200, row(0)).restart().path).toBe('/payments/1000004');
    expect(reversal(1530, { ...SOURCE, providerPaymentId: null }).restart().path).toBe(
      '/paymentReports?shift=14012030',
    );
  });

  it('after the end: nothing', () => {
    const run = reversal().reply(200, row(1));
    const count = run.actions.length;
    run.restart().feed({ timer: true });
    expect(run.actions).toHaveLength(count);
  });
});

import { describe, expect, it } from 'vitest';
import { errorBody, info, type MachineRun } from '../machine-run.ts';
import { ABSENT, APPROVED, BY_CASHIER, charging, checking, phase, polling } from './oplati-run.ts';

describe('a lost answer to the sale (oplati.md 8.2)', () => {
  it('is looked up in the report at once and every 5 s; a paid row approves', () => {
    const run = checking();
    expect(run.prompt).toEqual({
      show: 'wait',
      number: 'OPL-29',
      title: 'О!плати',
      text: 'Проверка результата оплаты. Пожалуйста, подождите',
      deadlineMs: 80_000,
      cancellable: true,
    });
    expect([run.path, phase(run)]).toEqual(['/paymentReports?shift=15012030', 'unknown']);
    run.reply(200, [info(1, { orderNumber: 'OTHER' })]);
    expect(run.sleepMs).toBe(5_000);
    expect(run.wake().reply(200, [info(1)]).outcomes).toEqual([APPROVED]);
    expect(run.countOf('/payments')).toBe(1);
  });

  it('is absent only when a report asked 75 s after the sale does not have it', () => {
    const run = checking();
    run.later(74_000).reply(200, []);
    run.sleepMs = 900;
    run.wake().reply(200, []);
    expect(run.outcomes).toEqual([]);
    run.sleepMs = 100;
    expect(run.wake().reply(200, []).outcomes).toEqual([ABSENT]);
    expect(run.countOf('/payments')).toBe(1);
  });

  it('is not absent from a report that cannot be trusted', () => {
    for (const body of ['{}', '[', '<html>', [null], [{ paymentId: 1 }]]) {
      const run = checking().fail('lost').later(100_000).wake().reply(200, body);
      expect(run.outcomes).toEqual([]);
    }
  });

  it('takes a refusal or an unfinished payment from the report as well', () => {
    expect(checking().reply(200, [info(3)]).outcome).toMatchObject({ code: 'noFunds' });
    const run = checking().reply(200, [info(0)]);
    expect([phase(run), run.prompt?.number]).toEqual(['pending', 'OPL-23']);
    expect(run.wake().path).toBe('/payments/1000001');
  });

  it('asks the cashier with OPL-16 after three silent answers and goes on asking with longer pauses', () => {
    const run = checking();
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      run.fail(i % 2 === 0 ? 'lost' : 'notSent');
      expect(run.prompt?.number).toBe(i < 2 ? 'OPL-29' : 'OPL-16');
      pauses.push(run.sleepMs ?? 0);
      run.wake();
    }
    expect(pauses[0]).toBe(5_000);
    const growing = pauses.slice(0, 5);
    expect(growing).toEqual([...growing].sort((a, b) => a - b));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60_000);
    expect(Math.max(...pauses)).toBeGreaterThan(45_000);
    expect(run.prompt).toEqual({
      show: 'retryOrCancel',
      number: 'OPL-16',
      title: 'Выберите действие',
      text: 'Результат оплаты О!плати неизвестен. Повторить запрос?',
      cancelLabel: 'Отмена',
    });
    expect(run.reply(200, [info(1)]).outcomes).toEqual([APPROVED]);
  });

  it('OPL-16: Enter asks now under OPL-29, and comes back when that fails too', () => {
    const run = checking().fail('lost').wake().fail('lost').wake().fail('lost');
    const count = run.sends.length;
    run.feed({ answer: { retry: true } });
    expect([run.prompt?.number, run.sends.length]).toEqual(['OPL-29', count + 1]);
    expect(run.fail('lost').prompt?.number).toBe('OPL-16');
  });

  it('OPL-16: Esc sets the cashier free without a word; the register asks on and reports a late success', () => {
    const run = checking().fail('lost').wake().fail('lost').wake().fail('lost').cancel();
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: null }]);
    expect(run.prompt).toBeNull();
    run
      .wake()
      .reply(200, [info(0)])
      .wake()
      .reply(200, info(1));
    expect(run.prompt).toBeNull();
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: null }, APPROVED]);
  });

  it('in the background Esc means nothing any more', () => {
    const run = checking().cancel().cancel().cancel();
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: null }]);
    run.reply(200, [info(0)]).cancel();
    expect(run.countOf('/payments/1000001/reversals')).toBe(0);
  });

  it('OPL-29: Esc shows OPL-16', () => {
    expect(checking().cancel().prompt?.number).toBe('OPL-16');
  });

  it('the late answer of the sale still counts when somebody asked for the state meanwhile', () => {
    const late = (run: MachineRun) => run.restart().reply(200, info(1), 'charge').outcomes;
    expect(late(charging())).toEqual([APPROVED]);
    expect(charging().restart().fail('notSent', 'charge').outcome).toMatchObject({ kind: 'notSent' });
    expect(checking().fail('notSent', 'charge').outcomes).toEqual([]);
  });
});

describe('an answer in other figures (O-19)', () => {
  const wrong = [
    ['sum', { sum: 15.31 }],
    ['order number', { orderNumber: 'T1-0002' }],
    ['type', { paymentType: 3 }],
  ] as const;

  it.each(wrong)(
    'wrong %s in the answer to the sale: alarm, unknown with OPL-27, then only an exact row',
    (_name, more) => {
      const run = charging().reply(200, info(1, more));
      expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) }]);
      expect([run.alarms.length, run.prompt, phase(run)]).toEqual([1, null, 'unknown']);
      run.wake().reply(200, []).later(200_000).wake().reply(200, []);
      run.wake().reply(200, [info(1, { sum: 15.31 })]);
      expect([run.outcomes.length, run.alarms.length]).toEqual([1, 1]);
      expect(
        run
          .wake()
          .reply(200, [info(1)])
          .outcomes.at(-1),
      ).toEqual(APPROVED);
    },
  );

  it.each([...wrong, ['id', { paymentId: 7 }]] as const)('wrong %s while polling is never approved', (_name, more) => {
    const run = polling().wake().reply(200, info(1, more));
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) }]);
    expect(run.alarms).toHaveLength(1);
  });

  it.each([wrong[0], wrong[2]])('wrong %s in the report is never approved nor absent', (_name, more) => {
    const run = checking()
      .later(80_000)
      .fail('lost')
      .wake()
      .reply(200, [info(1, more)]);
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) }]);
  });

  it('taken twice: paid once, and the other payment is told, to be given back', () => {
    const run = checking().reply(200, [info(2, { paymentId: 999 }), info(1), info(1, { paymentId: 1000002 })]);
    expect(run.outcomes).toEqual([{ ...APPROVED, surplus: ['1000002'] }]);
    expect(checking().reply(200, [info(1), info(2, { paymentId: 999 })]).outcomes).toEqual([APPROVED]);
  });

  it('the row that may still be paid stands above one that never will', () => {
    const run = checking().reply(200, [info(0), info(4, { paymentId: 999 })]);
    expect([run.outcomes, run.wake().path]).toEqual([[], '/payments/1000001']);
  });

  it('a row of ours that cannot be read is not absence', () => {
    const run = checking()
      .fail('lost')
      .later(80_000)
      .wake()
      .reply(200, [{ orderNumber: 'T1-0001' }]);
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) }]);
  });
});

const UNKNOWN = { kind: 'unknown', say: null };

describe('a payment that was left (SCR-53)', () => {
  it('is shown again as it stands, and ends in front of the cashier', () => {
    const left = () => {
      const run = checking();
      for (let tries = 0; tries < 3; tries++) run.fail('lost').wake();
      return run.cancel();
    };
    const run = left();
    expect([run.outcomes, run.prompt]).toEqual([[UNKNOWN], null]);
    run.feed({ cashier: 'show' });
    expect(run.prompt).toMatchObject({ show: 'wait', number: 'OPL-29' });
    expect(run.reply(200, [info(0)]).prompt).toMatchObject({ show: 'showQr', state: 'Платеж ожидает подтверждения' });
    expect(run.wake().reply(200, info(1)).outcomes).toEqual([UNKNOWN, APPROVED]);
  });
});

describe('Esc after the sale was sent: payment wins (oplati.md 8.3)', () => {
  it('in flight: waits for the answer; paid stands with OPL-19', () => {
    const run = charging().cancel();
    expect([run.outcomes, run.prompt]).toMatchObject([[], { number: 'OPL-29', deadlineMs: 10_000 }]);
    expect(run.reply(200, info(1)).outcomes).toEqual([{ ...APPROVED, say: { number: 'OPL-19' } }]);
  });

  it('in flight: status 5 is over without a word, other refusals are told', () => {
    expect(charging().cancel().reply(200, info(5)).outcomes).toEqual([BY_CASHIER]);
    expect(charging().cancel().reply(200, info(3)).outcome).toMatchObject({ code: 'noFunds' });
  });

  it('in flight: status 0 is cancelled by a reversal of the full sum with a number of its own', () => {
    const run = charging().cancel().reply(200, info(0));
    expect([run.path, run.sends.at(-1)?.moves]).toEqual(['/payments/1000001/reversals', 'money']);
    expect(run.body).toMatchObject({ sum: 15.3, shift: '15012030', details: { amountTotal: 15.3 } });
    expect(run.body.orderNumber).not.toBe('T1-0001');
    expect(run.body.orderNumber).toMatch(/^[A-Za-z0-9-]{1,36}$/);
    expect(run.reply(200, info(5)).outcomes).toEqual([BY_CASHIER]);
  });

  it('while polling: the same; a reversal row means paid and given back (O-15)', () => {
    expect(polling().cancel().reply(200, info(5)).outcomes).toEqual([BY_CASHIER]);
    const run = polling().cancel();
    const row = info(1, { paymentId: 1000009, paymentType: 3, orderNumber: run.body.orderNumber });
    expect(run.reply(200, row).outcomes).toEqual([BY_CASHIER]);
  });

  it('a refused cancel: the payment is read and decides', () => {
    const refused = () =>
      polling()
        .cancel()
        .reply(400, errorBody('400', '', 'x'));
    expect(refused().path).toBe('/payments/1000001');
    expect(refused().reply(200, info(1)).outcomes).toEqual([{ ...APPROVED, say: { number: 'OPL-19' } }]);
    expect(refused().reply(200, info(5)).outcomes).toEqual([BY_CASHIER]);
    expect(refused().reply(200, info(2)).outcome).toMatchObject({ code: 'refused' });
    const pending = refused().reply(200, info(0));
    expect([phase(pending), pending.prompt?.number, pending.sleepMs]).toEqual(['pending', 'OPL-23', 5_000]);
    const first = pending.sends.find(({ request }) => request.url.endsWith('/reversals'));
    pending.cancel();
    expect(pending.path).toBe('/payments/1000001/reversals');
    expect(pending.body.orderNumber).not.toBe(JSON.parse(first?.request.body ?? '{}').orderNumber);
  });

  it('a cancel that did not leave: the payment is read and decides', () => {
    const run = polling().cancel().fail('notSent').reply(200, info(1));
    expect(run.outcomes).toEqual([{ ...APPROVED, say: { number: 'OPL-19' } }]);
  });

  it('a lost cancel of a paid payment: the report tells whether the money went back', () => {
    const lost = () => {
      const run = polling().cancel();
      const { orderNumber } = run.body;
      run.fail('lost').reply(200, info(1));
      return { run, row: (status: number) => info(status, { paymentId: 1000009, paymentType: 3, orderNumber }) };
    };
    const back = lost();
    expect(back.run.path).toBe('/paymentReports?shift=15012030');
    expect(back.run.reply(200, [info(1), back.row(1)]).outcomes).toEqual([BY_CASHIER]);
    const kept = lost();
    expect(kept.run.reply(200, [info(1), kept.row(2)]).outcomes).toEqual([{ ...APPROVED, say: { number: 'OPL-19' } }]);
    const absent = lost().run.reply(200, [info(1)]);
    expect(absent.outcomes).toEqual([]);
    absent
      .later(75_000)
      .wake()
      .reply(200, info(1))
      .reply(200, [info(1)]);
    expect(absent.outcomes).toEqual([{ ...APPROVED, say: { number: 'OPL-19' } }]);
  });

  it('a lost cancel of an unfinished payment: asked until final, or waited for again when it cannot arrive any more', () => {
    expect(polling().cancel().fail('lost').reply(200, info(5)).outcomes).toEqual([BY_CASHIER]);
    const run = polling().cancel().reply(500, 'x').reply(200, info(0));
    expect([run.outcomes, phase(run), run.prompt?.number]).toEqual([[], 'unknown', 'OPL-29']);
    run.later(75_000).wake().reply(200, info(0));
    expect([phase(run), run.prompt?.number]).toEqual(['pending', 'OPL-23']);
  });

  it('a cancel answered in other figures: alarm, never believed', () => {
    const run = polling()
      .cancel()
      .reply(200, info(1, { paymentType: 3, sum: 1, paymentId: 9 }));
    expect([run.alarms.length, run.outcomes, run.path]).toEqual([1, [], '/payments/1000001']);
  });

  it('a cancel nobody can tell about: OPL-16, Esc, and the register asks on', () => {
    const run = polling().cancel().fail('lost');
    for (let i = 0; i < 3; i++) {
      run.fail('lost');
      if (i < 2) run.wake();
    }
    expect(run.prompt?.number).toBe('OPL-16');
    run.cancel();
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: null }]);
    expect(run.wake().reply(200, info(5)).outcomes.at(-1)).toEqual(BY_CASHIER);
  });

  it('a lost sale that Esc was pressed for is cancelled when the report shows it unfinished', () => {
    const run = charging()
      .cancel()
      .fail('lost')
      .reply(200, [info(0)]);
    expect(run.path).toBe('/payments/1000001/reversals');
  });
});

describe('restart', () => {
  it('in flight: the sale is never sent again, the report decides (K4..K7)', () => {
    const run = charging().restart();
    expect([run.path, run.prompt?.number, run.countOf('/payments')]).toEqual([
      '/paymentReports?shift=15012030',
      'OPL-29',
      1,
    ]);
    expect(run.reply(200, [info(1)]).outcomes).toEqual([APPROVED]);
    const gone = charging().restart().later(76_000).reply(200, []).wake().reply(200, []);
    expect([gone.outcomes, gone.countOf('/payments')]).toEqual([[ABSENT], 1]);
  });

  it.each([
    ['in flight', charging],
    ['while checking', checking],
  ])('%s: a clock put forward meanwhile proves no absence, 75 s of the new start do', (_name, begin) => {
    const run = begin().powerCut(3_600_000).reply(200, []);
    expect(run.outcomes).toEqual([]);
    run.later(69_000).wake().reply(200, []);
    expect(run.outcomes).toEqual([]);
    expect(run.wake().reply(200, []).outcomes).toEqual([ABSENT]);
  });

  it('a clock put back holds nothing up for longer than 75 s', () => {
    const run = checking().powerCut(-3_600_000).reply(200, []);
    expect(run.later(75_000).wake().reply(200, []).outcomes).toEqual([ABSENT]);
  });

  it('while the cancel is looked for: a clock put forward proves no absence of it', () => {
    const run = polling().cancel().fail('lost').powerCut(3_600_000).reply(200, info(1));
    expect(run.reply(200, [info(1)]).outcomes).toEqual([]);
    run
      .later(75_000)
      .wake()
      .reply(200, info(1))
      .reply(200, [info(1)]);
    expect(run.outcomes).toEqual([{ ...APPROVED, say: { number: 'OPL-19' } }]);
  });

  it('while checking, also under OPL-16: asks at once', () => {
    const run = checking().cancel().restart();
    expect([run.prompt?.number, run.path]).toEqual(['OPL-29', '/paymentReports?shift=15012030']);
    expect(run.reply(200, [info(1)]).outcomes).toEqual([APPROVED]);
  });

  it('in the background: asks without a prompt', () => {
    const run = checking().cancel().cancel().restart();
    expect(run.prompt).toBeNull();
    expect(run.reply(200, [info(1)]).outcomes.at(-1)).toEqual(APPROVED);
  });

  it('while the cancel is in flight: the payment is read, the cancel is not repeated', () => {
    const run = polling().cancel().restart();
    expect([run.path, run.countOf('/payments/1000001/reversals')]).toEqual(['/payments/1000001', 1]);
    expect(run.restart().reply(200, info(5)).outcomes).toEqual([BY_CASHIER]);
  });

  it('after the end: nothing', () => {
    const run = charging().reply(200, info(1));
    const count = run.actions.length;
    run.restart().cancel().feed({ timer: true });
    expect(run.actions).toHaveLength(count);
  });
});

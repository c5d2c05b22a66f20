import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/payments/driver.ts';
import { oplatiCancel } from '../../../../src/payments/providers/oplati/cancel.ts';
import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { recall } from '../../../../src/payments/providers/oplati/recall.ts';
import { oplatiRefund } from '../../../../src/payments/providers/oplati/refund.ts';
import type { OplatiSettings } from '../../../../src/payments/providers/oplati/settings.ts';
import { NOTHING_RECALLED } from '../../../../src/payments/recall.ts';
import { errorBody, info, MachineRun, ORDER, UNAUTHORISED } from '../machine-run.ts';

const SOURCE = {
  orderNumber: 'T1-0001',
  providerPaymentId: '1000001',
  amountKopecks: 1530,
  shiftLabel: '14012030',
  recalled: NOTHING_RECALLED,
};
const NAMELESS = { ...SOURCE, providerPaymentId: null };

/** A return of 5.00 of a sale of 15.30. */
function refund(source: Order['source'] = SOURCE, amountKopecks = 500, settings: Partial<OplatiSettings> = {}) {
  return new MachineRun(oplatiRefund, settings, { ...ORDER, orderNumber: 'T1-R001', amountKopecks, source });
}

/** Our row of the refund. */
function row(status: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return info(status, { paymentId: 1000004, paymentType: 3, sum: 5, orderNumber: 'T1-R001', ...more });
}

const RETURNED = { kind: 'approved', providerPaymentId: '1000004' };
const ABSENT = { kind: 'declined', code: 'notRegistered', say: { number: 'OPL-14' }, linkLost: true };
const NOT_SENT = { kind: 'notSent', say: { number: 'OPL-01' } };
const FREE = { kind: 'unknown', say: null };
const NOT_GIVEN_BACK = 'Возврат О!плати не выполнен';
const NOT_OURS = { kind: 'unknown', say: expect.objectContaining({ number: 'OPL-27' }) };
const REPORT = '/paymentReports?shift=15012030';
const phase = (run: MachineRun) => oplatiDriver.phase(run.state as never);
const posts = (run: MachineRun) => run.sends.filter(({ request }) => request.method === 'POST').length;

/** The report cannot be read: OPL-16 stands. */
function unreachable(): MachineRun {
  return refund().fail('lost').fail('lost').wake().reply(503, 'busy').wake().reply(200, '<html>');
}

describe('a return by receipt', () => {
  it('is sent with its own number, shows OPL-26 without a way out, and status 1 ends it', () => {
    const run = refund();
    expect([run.request.method, run.path, run.sends.at(-1)?.moves, phase(run)]).toEqual([
      'POST',
      '/payments/1000001/reversals',
      'money',
      'sent',
    ]);
    expect(run.body).toMatchObject({ sum: 5, orderNumber: 'T1-R001', shift: '15012030' });
    expect(run.prompt).toMatchObject({
      show: 'wait',
      number: 'OPL-26',
      text: 'Возврат ожидает подтверждения',
      cancellable: false,
    });
    const before = run.actions.length;
    expect(run.cancel().actions).toHaveLength(before);
    expect(run.reply(200, row(1)).outcomes).toEqual([RETURNED]);
    expect(oplatiDriver.providerPaymentId(run.state as never)).toBe('1000004');
    const end = run.actions.length;
    expect(run.restart().feed({ timer: true }).cancel().actions).toHaveLength(end);
  });

  it('is what the driver calls refund, apart from cancel', () => {
    expect(oplatiDriver.refund).toBe(oplatiRefund);
    expect(oplatiDriver.cancel).toBe(oplatiCancel);
  });

  it('that provably never left ends not sent with OPL-01: nothing is queued', () => {
    const run = refund().fail('notSent');
    expect([run.outcomes, run.sleepMs, posts(run), phase(run)]).toEqual([[NOT_SENT], null, 1, 'intent']);
    expect(posts(run.restart())).toBe(1);
  });

  it.each([
    [2, 'refused', 'Отказ от возврата'],
    [3, 'noFunds', 'Недостаточно средств'],
    [4, 'timeout', 'Клиент не подтвердил возврат'],
    [5, 'cancelled', 'Операция была отменена системой'],
  ])('with status %i was not made: OPL-18', (status, code, text) => {
    const declined = { kind: 'declined', code, say: { number: 'OPL-18', params: { text, 'о чем': NOT_GIVEN_BACK } } };
    expect(refund().reply(200, row(status)).outcomes).toEqual([declined]);
    expect(
      refund()
        .fail('lost')
        .reply(200, [row(status)]).outcomes,
    ).toEqual([declined]);
  });

  it.each([400, 404])('refused with %i: OPL-18 in the words of the server', (status) => {
    const text = 'Возврат невозможен';
    expect(refund().reply(status, errorBody(String(status), '', text, text)).outcomes).toEqual([
      { kind: 'declined', code: 'rejected', say: { number: 'OPL-18', params: { text, 'о чем': NOT_GIVEN_BACK } } },
    ]);
  });

  it('over what is left of the payment: OPL-20, before sending when the register knows, else by the server', () => {
    const over = { kind: 'declined', code: 'rejected', say: { number: 'OPL-20' } };
    const local = refund(SOURCE, 1531);
    expect([local.outcomes, local.sends.length]).toEqual([[over], 0]);
    const text = 'Сумма возвратов превышает сумму платежа';
    expect(refund().reply(400, errorBody('400', '', text, text)).outcomes).toEqual([over]);
    expect(refund(SOURCE, 1530).reply(400, errorBody('400', '', text)).outcomes).toEqual([over]);
  });

  it('without rights: OPL-04; a page of a captive portal refuses nothing', () => {
    expect(refund().reply(401, UNAUTHORISED).outcome).toMatchObject({
      code: 'notAuthorised',
      say: { number: 'OPL-04' },
    });
    for (const status of [400, 401, 404]) {
      const run = refund().reply(status, '<html>');
      expect([run.outcomes, run.path, run.prompt?.number]).toEqual([[], REPORT, 'OPL-29']);
    }
  });

  it('without a payment to give back is refused before anything is sent', () => {
    const run = refund(null);
    expect([run.sends.length, run.alarms.length, run.outcome?.kind]).toEqual([0, 1, 'declined']);
  });

  it('of a payment that was still in status 0 cancels it as a whole (13.7); a part of it is disputed', () => {
    expect(refund(SOURCE, 1530).reply(200, info(5)).outcomes).toEqual([
      { kind: 'approved', providerPaymentId: '1000001' },
    ]);
    expect(
      refund(SOURCE, 1530)
        .fail('lost')
        .reply(200, [info(5)]).outcome,
    ).toEqual({ kind: 'approved', providerPaymentId: '1000001' });
    expect(refund().reply(200, info(5)).outcomes).toEqual([NOT_OURS]);
  });

  it('may itself be taken back: the cancel finds its id and expects a sale row (13.10)', () => {
    const done = refund().reply(200, row(1));
    const source = { ...NAMELESS, orderNumber: 'T1-R001', amountKopecks: 500, recalled: recall(done.state, 1) };
    const cancel = new MachineRun(oplatiCancel, {}, { ...ORDER, orderNumber: 'T1-R002', amountKopecks: 500, source });
    expect(cancel.path).toBe('/payments/1000004/reversals');
    const taken = info(1, { paymentId: 1000007, paymentType: 1, sum: 5, orderNumber: 'T1-R002' });
    expect(cancel.reply(200, taken).outcomes).toEqual([{ kind: 'approved', providerPaymentId: '1000007' }]);
  });
});

describe('no usable answer', () => {
  it.each([
    ['lost', (run: MachineRun) => run.fail('lost')],
    ['5xx', (run: MachineRun) => run.reply(502, 'bad gateway')],
    ['not JSON', (run: MachineRun) => run.reply(200, '{"paymentId":')],
  ])('%s: the report is read at once, OPL-29 stands; found = returned', (_name, lose) => {
    const run = lose(refund());
    expect([run.path, run.prompt?.number, run.outcomes, phase(run)]).toEqual([REPORT, 'OPL-29', [], 'unknown']);
    expect(run.prompt).toMatchObject({ cancellable: true });
    expect(run.reply(200, [info(1), row(1)]).outcomes).toEqual([RETURNED]);
  });

  it('the number that stands twice: the row with the money is the truth', () => {
    const run = refund()
      .fail('lost')
      .reply(200, [row(1), row(2, { paymentId: 1000005 })]);
    expect(run.outcomes).toEqual([RETURNED]);
  });

  it('made twice: returned once, and the alarm names both', () => {
    const run = refund()
      .fail('lost')
      .reply(200, [row(1), row(1, { paymentId: 1000005 })]);
    expect([run.outcomes, run.alarms.length]).toEqual([[RETURNED], 1]);
    expect(run.alarms[0]).toMatch(/1000004, 1000005/);
  });

  it('proven absent 75 s after the POST: OPL-14; never sent again', () => {
    const run = refund().fail('lost');
    const postedAtMs = run.nowMs;
    run.reply(200, [info(1)]);
    while (run.outcomes.length === 0) {
      expect([run.sleepMs, run.prompt?.number]).toEqual([5_000, 'OPL-29']);
      run.wake().reply(200, [info(1)]);
    }
    expect([run.outcomes, run.nowMs - postedAtMs, posts(run)]).toEqual([[ABSENT], 75_000, 1]);
  });

  it('a report asked early proves no absence, however late it arrives', () => {
    const run = refund().fail('lost').later(80_000).reply(200, []);
    expect(run.outcomes).toEqual([]);
    expect(run.wake().reply(200, []).outcomes).toEqual([ABSENT]);
  });

  it('a report that is not wholly understood proves no absence', () => {
    const run = refund().fail('lost').later(80_000).fail('lost').wake();
    expect(run.reply(200, [7]).outcomes).toEqual([]);
  });

  it('the report unreachable: OPL-16; Повторить asks again and can still find it', () => {
    const run = unreachable();
    expect([run.prompt, run.outcomes]).toEqual([
      {
        show: 'retryOrCancel',
        number: 'OPL-16',
        title: 'Выберите действие',
        text: 'Результат возврата О!плати неизвестен. Повторить запрос?\nОтвет сервера не распознан',
        cancelLabel: 'Отмена',
      },
      [],
    ]);
    const asked = run.sends.length;
    run.feed({ answer: { retry: true } });
    expect([run.sends.length, run.path, run.prompt?.number]).toEqual([asked + 1, REPORT, 'OPL-29']);
    expect(run.reply(200, [row(1)]).outcomes).toEqual([RETURNED]);
  });

  it('Повторить while a question is in flight does not ask twice', () => {
    const run = unreachable().wake();
    const asked = run.sends.length;
    run.feed({ answer: { retry: true } });
    expect([run.sends.length, run.prompt?.number]).toEqual([asked, 'OPL-29']);
  });

  it('Отмена sets the cashier free with unknown and no word; it is asked on until decided, never sent again', () => {
    const run = unreachable().cancel();
    expect([run.outcomes, run.prompt]).toEqual([[FREE], null]);
    const prompts = run.actions.filter(({ do: what }) => what === 'prompt').length;
    const pauses: number[] = [];
    for (let i = 0; i < 30; i++) {
      pauses.push(run.sleepMs ?? 0);
      run.wake().fail(i % 2 === 0 ? 'lost' : 'notSent');
    }
    expect([Math.max(...pauses) <= 60_000, (pauses[20] ?? 0) > 45_000, posts(run)]).toEqual([true, true, 1]);
    run.cancel().feed({ answer: { retry: true } });
    expect(run.wake().reply(200, [row(1)]).outcomes).toEqual([FREE, RETURNED]);
    expect(run.actions.filter(({ do: what }) => what === 'prompt')).toHaveLength(prompts);
  });

  it('in the background an absence is proven, too', () => {
    const run = unreachable().cancel().later(80_000).wake().reply(200, []);
    expect([run.outcomes, posts(run)]).toEqual([[FREE, ABSENT], 1]);
  });

  it('Esc in OPL-29 first asks (OPL-16), the second Esc leaves', () => {
    const run = refund().fail('lost').cancel();
    expect([run.prompt?.number, run.outcomes]).toEqual(['OPL-16', []]);
    expect(run.cancel().outcomes).toEqual([FREE]);
  });

  it('the answer that comes after all, while the report is read, decides', () => {
    const late = () => refund().restart();
    expect(late().reply(200, row(1), 'refund').outcomes).toEqual([RETURNED]);
    expect(late().fail('notSent', 'refund').outcomes).toEqual([NOT_SENT]);
    expect(
      late()
        .fail('lost', 'refund')
        .reply(200, [row(1)]).outcomes,
    ).toEqual([RETURNED]);
    const known = late().reply(200, [row(0)]);
    expect(known.reply(200, row(1, { sum: 6 }), 'refund').outcomes).toEqual([]);
    expect(known.wake().reply(200, row(1)).outcomes).toEqual([RETURNED]);
  });
});

describe('status 0', () => {
  it('is polled every 5 s by its own id while OPL-26 stands', () => {
    const run = refund().reply(200, row(0));
    expect([phase(run), run.sleepMs, run.prompt?.number]).toEqual(['pending', 5_000, 'OPL-26']);
    expect(run.wake().path).toBe('/payments/1000004');
    expect(run.fail('lost').wake().reply(200, row(77)).wake().reply(200, row(1)).outcomes).toEqual([RETURNED]);
  });

  it('found in the report takes OPL-29 or OPL-16 away', () => {
    expect(
      refund()
        .fail('lost')
        .reply(200, [row(0)]).prompt?.number,
    ).toBe('OPL-26');
    expect(
      unreachable()
        .wake()
        .reply(200, [row(0)]).prompt?.number,
    ).toBe('OPL-26');
  });

  it('and a silent server: OPL-16, then free; found out later', () => {
    const run = refund().reply(200, row(0)).wake().fail('lost').wake().fail('lost').wake();
    expect(run.prompt?.number).toBe('OPL-26');
    expect(run.fail('lost').prompt?.number).toBe('OPL-16');
    expect(run.cancel().outcomes).toEqual([FREE]);
    expect(run.wake().reply(200, row(1)).outcomes).toEqual([FREE, RETURNED]);
  });

  it('for longer than the server allows holds nobody for ever: OPL-16, Повторить waits on', () => {
    const run = refund().reply(200, row(0)).later(200_000).wake().reply(200, row(0));
    expect(run.prompt?.number).toBe('OPL-16');
    run.feed({ answer: { retry: true } });
    expect([run.prompt?.number, run.path]).toEqual(['OPL-26', '/payments/1000004']);
    run.reply(200, row(0));
    expect(run.prompt?.number).toBe('OPL-26');
  });
});

describe('other figures under our number', () => {
  it.each([{ sum: 15.31 }, { orderNumber: 'X' }, { paymentType: 1 }, { paymentId: 1000001 }])(
    'in the answer: unknown with OPL-27 and one alarm, until an exact row comes: %o',
    (more) => {
      const run = refund().reply(200, row(1, more));
      expect([run.outcomes, run.alarms.length, run.prompt]).toEqual([[NOT_OURS], 1, null]);
      run.later(80_000).wake().reply(200, []);
      expect(run.outcomes).toEqual([NOT_OURS]);
      run.wake().reply(200, [row(1, { sum: 6 })]);
      expect([run.outcomes.length, run.alarms.length]).toEqual([1, 1]);
      expect(run.wake().reply(200, [row(1)]).outcomes).toEqual([NOT_OURS, RETURNED]);
    },
  );

  it('in the report or the state: the same', () => {
    const report = refund()
      .fail('lost')
      .reply(200, [row(1, { sum: 6 })]);
    expect([report.outcomes, report.alarms.length]).toEqual([[NOT_OURS], 1]);
    const state = refund()
      .reply(200, row(0))
      .wake()
      .reply(200, row(1, { paymentId: 9 }));
    expect([state.outcomes, state.alarms.length]).toEqual([[NOT_OURS], 1]);
    // Named once by the server: it cannot be absent any more, only the report can be late.
    state.later(80_000).wake().reply(200, []);
    expect(state.outcomes).toEqual([NOT_OURS]);
  });
});

describe('a payment whose id is not known', () => {
  it('is found in the report of its shift, also when only a part of it is left', () => {
    const run = refund({ ...NAMELESS, amountKopecks: 1000 });
    expect([run.path, phase(run), run.prompt?.number]).toEqual(['/paymentReports?shift=14012030', 'intent', 'OPL-26']);
    expect(run.reply(200, [info(1, { paymentId: 77 })]).path).toBe('/payments/77/reversals');
    expect(run.reply(200, row(1)).outcomes).toEqual([RETURNED]);
  });

  it('and cannot be asked for: a few tries, then OPL-01; nothing was sent', () => {
    const run = refund(NAMELESS).fail('lost').wake().reply(500, 'x').wake();
    expect(run.outcomes).toEqual([]);
    expect([run.fail('lost').outcomes, posts(run)]).toEqual([[NOT_SENT], 0]);
    expect(refund(NAMELESS).fail('notSent').outcomes).toEqual([NOT_SENT]);
    expect(refund(NAMELESS).reply(401, UNAUTHORISED).outcome).toMatchObject({ say: { number: 'OPL-04' } });
  });

  it.each([
    ['never made', [], 'OPL-18'],
    ['declined', [info(2)], 'OPL-18'],
    ['in other figures', [info(1, { sum: 1 })], 'OPL-27'],
    ['unreadable', [info(1, { sum: 'x' })], 'OPL-27'],
  ])('%s: refused with an alarm, nothing is sent', (_name, rows, number) => {
    const run = refund(NAMELESS).reply(200, rows);
    expect([run.outcome, run.alarms.length, posts(run)]).toMatchObject([
      { kind: 'declined', code: 'rejected', say: { number } },
      1,
      0,
    ]);
  });
});

describe('restart', () => {
  it('in flight: looked for in front of the cashier, never sent again', () => {
    const run = refund().restart();
    expect([run.path, run.prompt?.number, phase(run)]).toEqual([REPORT, 'OPL-29', 'unknown']);
    run.reply(200, []).later(80_000).wake().reply(200, []);
    expect([run.outcomes, posts(run)]).toEqual([[ABSENT], 1]);
  });

  it('a clock put forward meanwhile proves no absence: 75 s that have surely passed do', () => {
    for (const begin of [refund(), refund().fail('lost')]) {
      const run = begin.powerCut(3_600_000).reply(200, []);
      expect(run.outcomes).not.toContainEqual(ABSENT);
      run.later(69_000).wake().reply(200, []);
      expect(run.outcomes).not.toContainEqual(ABSENT);
      expect(run.wake().reply(200, []).outcomes).toContainEqual(ABSENT);
    }
  });

  it('in every other state: asked at once, with the prompt of the state', () => {
    const finding = refund(NAMELESS).restart();
    expect([finding.path, finding.prompt?.number, finding.sends.length]).toEqual([
      '/paymentReports?shift=14012030',
      'OPL-26',
      2,
    ]);
    const checking = refund().fail('lost').restart();
    expect([checking.path, checking.prompt?.number, checking.sends.length]).toEqual([REPORT, 'OPL-29', 3]);
    const polling = refund().reply(200, row(0)).restart();
    expect([polling.path, polling.prompt?.number]).toEqual(['/payments/1000004', 'OPL-26']);
    const asking = unreachable().restart();
    expect([asking.path, asking.prompt?.number]).toEqual([REPORT, 'OPL-29']);
    // Esc in the new OPL-29 explains again instead of leaving at once.
    expect(asking.cancel().prompt?.number).toBe('OPL-16');
  });

  it('in the background: asked at once, no prompt', () => {
    const free = unreachable().cancel();
    const asked = free.sends.length;
    free.restart();
    expect([free.sends.length, free.path, free.prompt, free.outcomes]).toEqual([asked + 1, REPORT, null, [FREE]]);
  });

  it('an answer to a question of before is left alone', () => {
    const run = refund().fail('lost');
    const stale = run.request.tag;
    run.restart().reply(200, [row(1)], stale);
    expect(run.outcomes).toEqual([]);
    expect(run.reply(200, [row(1)]).outcomes).toEqual([RETURNED]);
  });
});

/** Every known client sends the number of the sale again; whose number the server repeats is not published (oplati.md 3.5). */
describe('a return that the server lists under the number of the sale', () => {
  const ofSale = (status: number, more: Record<string, unknown> = {}) =>
    row(status, { orderNumber: SOURCE.orderNumber, createdDate: '2099-01-01T00:00:00.000+03:00', ...more });

  class Knowing extends MachineRun {
    givenBackIds: string[] = [];

    override facts() {
      return { ...super.facts(), givenBackIds: this.givenBackIds };
    }
  }

  function knowing(ids: string[], settings: Partial<OplatiSettings> = {}): Knowing {
    const order = { ...ORDER, orderNumber: 'T1-R001', amountKopecks: 500, source: SOURCE };
    const run = new Knowing(oplatiRefund, settings, order);
    run.givenBackIds = ids;
    return run;
  }

  it('is ours in the answer and, after a lost one, in the report', () => {
    expect(refund().reply(200, ofSale(1)).outcomes).toEqual([RETURNED]);
    expect(
      refund()
        .fail('lost')
        .reply(200, [info(1), ofSale(1)]).outcomes,
    ).toEqual([RETURNED]);
  });

  it('is not an earlier part of the same sum: that one is known by its id', () => {
    const earlier = ofSale(1, { paymentId: 1000003 });
    const run = knowing(['1000003'])
      .fail('lost')
      .reply(200, [info(1), earlier]);
    expect(run.outcomes).toEqual([]);
    expect(run.wake().reply(200, [info(1), earlier, ofSale(1)]).outcomes).toEqual([RETURNED]);
  });

  it('is not a refused one of another attempt, and its absence is proved beside it', () => {
    const refused = [info(1), ofSale(2, { paymentId: 1000003 })];
    const run = refund().fail('lost').reply(200, refused);
    for (let asked = 0; asked < 20 && run.outcomes.length === 0; asked++) run.wake().reply(200, refused);
    expect(run.outcomes).toEqual([ABSENT]);
  });

  it('is neither believed nor absent where the row is older than the request', () => {
    const older = ofSale(1, { createdDate: '2020-01-01T00:00:00.000+03:00' });
    expect(
      refund()
        .fail('lost')
        .reply(200, [info(1), older]).outcomes,
    ).toEqual([NOT_OURS]);
  });

  it('with a third number is nobody of ours: OPL-27', () => {
    expect(refund().reply(200, row(1, { orderNumber: 'T1-0009' })).outcomes).toEqual([NOT_OURS]);
  });

  it('is sent under that number where reversalOrderNumber says so', () => {
    const run = knowing([], { reversalOrderNumber: 'sale' });
    expect(run.body).toMatchObject({ sum: 5, orderNumber: SOURCE.orderNumber });
    expect(run.fail('lost').reply(200, [info(1), ofSale(1)]).outcomes).toEqual([RETURNED]);
  });
});

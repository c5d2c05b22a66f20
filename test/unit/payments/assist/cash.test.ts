import { describe, expect, it } from 'vitest';
import { assistFollow } from '../../../../src/payments/providers/assist/follow.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import { recall } from '../../../../src/payments/providers/assist/recall.ts';
import type { AssistSettings } from '../../../../src/payments/providers/assist/settings.ts';
import { AssistRun, BILL, endOf, fault, NUMBER, ORDER, order, PAID, resultRow, said } from './assist-run.ts';

const { testmode, checkdata, operations, ...REGISTERED } = order('Approved');

/** The buyer has given the money. */
function registering(settings: Partial<AssistSettings> = {}): AssistRun {
  return new AssistRun(assistPay, ORDER, settings).choose(0).feed({ answer: { amountKopecks: 500 } });
}

/** What is left to do for a payment that has ended. */
function following(run: AssistRun, settings: Partial<AssistSettings> = {}): AssistRun {
  const source = {
    orderNumber: NUMBER,
    providerPaymentId: null,
    amountKopecks: 100,
    shiftLabel: ORDER.shiftLabel,
    recalled: recall(run.state, 0),
  };
  return new AssistRun(assistFollow, { ...ORDER, attemptId: 'attempt-2', orderNumber: 'F-1', source }, settings);
}

describe('cash', () => {
  it('is counted first: never less than is due, Esc leads back to the means', () => {
    const run = new AssistRun(assistPay).choose(0);
    expect(run.prompt).toMatchObject({ show: 'amount', number: 'AS-02', dueKopecks: 100 });
    run.feed({ answer: { amountKopecks: 99 } });
    expect(run.sends).toEqual([]);
    expect(run.cancel().prompt?.number).toBe('AS-01');
    expect(run.outcomes).toEqual([]);
  });

  it('is reported with the time of the sale, and stands by the server’s answer', () => {
    const run = registering();
    expect(run.path).toBe('/xpos/payment.cfm');
    expect(run.form).toEqual({
      PaymentMode: 'CASH',
      OrderNumber: NUMBER,
      OrderAmount: '1.00',
      OrderCurrency: 'RUB',
      OrderDate: '15.01.2030 07:00:00',
    });
    run.reply(200, { order: REGISTERED });
    expect(run.outcome).toMatchObject({ kind: 'approved', providerPaymentId: BILL, say: { number: 'AS-04' } });
    expect(resultRow(run, 'Способ оплаты:')).toBe('НАЛИЧНЫЕ');
  });

  it('its change is not lost with the window that counted it: on РЕЗУЛЬТАТ and on the slip, link or no link', () => {
    const rows = [
      { label: 'Сумма', value: '1.00' },
      { label: 'Получено', value: '5.00' },
      { label: 'Сдача', value: '4.00' },
    ];
    const run = registering().reply(200, { order: REGISTERED });
    expect(resultRow(run, 'Информация:')).toBe('Сдача: 4.00');
    expect(run.outcome).toMatchObject({ slip: expect.arrayContaining(rows) });
    const offline = registering().restart().fail('lost');
    expect(resultRow(offline, 'Информация:')).toMatch(/^Нет связи\. .*\. Сдача: 4\.00$/);
    expect(offline.outcome).toMatchObject({ slip: expect.arrayContaining(rows) });
    const exact = new AssistRun(assistPay).choose(0).feed({ answer: { amountKopecks: 100 } });
    exact.reply(200, { order: REGISTERED });
    expect([resultRow(exact, 'Информация:'), JSON.stringify(exact.outcome)]).toEqual([
      '',
      expect.not.stringContaining('Сдача'),
    ]);
  });

  it('B-16: without a link it counts at once, and is reported until the server has it', () => {
    for (const kind of ['lost', 'notSent'] as const) {
      const run = registering().fail(kind);
      expect(run.outcome).toMatchObject({ kind: 'approved', providerPaymentId: null, follow: true });
      expect([said(run), resultRow(run, 'Номер транзакции:')]).toEqual(['AS-35', '-']);
      const follow = following(run).later(1_200_000).wake();
      expect(follow.paths).toEqual(['orderresult']);
      follow.fail('notSent').wake().result();
      expect(follow.form).toMatchObject({ OrderNumber: NUMBER, OrderDate: '15.01.2030 07:00:00' });
      follow.fail('lost').wake();
      expect(follow.paths).toEqual(['orderresult', 'orderresult', 'payment', 'orderresult']);
      follow.result(order('Approved', { orderdate: '15.01.2030 07:20:00' }));
      expect(follow.outcomes).toMatchObject([{ kind: 'approved', providerPaymentId: BILL }]);
      // For the notification: the page of the payment still says that the server is to be told.
      expect(said(follow)).toBe('AS-04');
      expect(resultRow(follow, 'Номер транзакции:')).toBe(BILL);
      expect(resultRow(follow, 'Дата заказа:')).toBe('15.01.2030 10:20:00');
      expect(resultRow(follow, 'Информация:')).toBe('');
      expect(follow.notices.map(({ number, params }) => [number, params.номер])).toEqual([
        ['AS-34', NUMBER],
        ['AS-26', NUMBER],
      ]);
    }
  });

  it('its report that is refused raises one alarm and is tried on', () => {
    const follow = following(registering().fail('lost')).wake().result().reply(401, fault('10', '100'));
    follow.wake().result().reply(401, fault('10', '100')).wake().result().reply(200, { order: REGISTERED });
    expect([follow.alarms.length, endOf(follow)]).toEqual([1, 'approved']);
  });

  it('a restart in the middle: the result is read, and only then the same number is told again', () => {
    const run = registering().restart();
    expect(run.paths).toEqual(['payment', 'orderresult']);
    run.result();
    expect(run.paths).toEqual(['payment', 'orderresult', 'payment']);
    expect(endOf(run.reply(200, { order: REGISTERED }))).toBe('approved');
    expect(said(registering().restart().fail('lost'))).toBe('AS-35');
    expect(said(registering().restart().result(PAID))).toBe('AS-04');
  });

  it('refused, it is not paid; another sum under its number is never believed', () => {
    expect(said(registering().reply(401, fault('10', '100')))).toBe('AS-38');
    expect(said(registering().reply(400, fault('5', '108')))).toBe('AS-41');
    const run = registering().reply(200, { order: { ...REGISTERED, orderamount: '2.00' } });
    expect([endOf(run), run.alarms.length]).toEqual(['unknown', 1]);
  });

  it('a server that answers nonsense to every report is not asked without a pause, and the cashier can leave', () => {
    const run = registering({ cashOffline: false }).reply(500, '<html>').result();
    expect(run.paths).toEqual(['payment', 'orderresult']);
    expect([run.sleepMs, run.prompt?.number]).toEqual([5_000, 'AS-05']);
    run.wake().result().reply(500, '<html>').result();
    expect(run.paths).toEqual(['payment', 'orderresult', 'orderresult', 'payment', 'orderresult']);
    expect(said(run.cancel())).toBe('AS-25');
    run.wake().result();
    expect(endOf(run.reply(200, { order: REGISTERED }))).toBe('approved');
  });

  it('where it must be reported at once, no link is no payment', () => {
    expect(endOf(registering({ cashOffline: false }).fail('notSent'))).toBe('notSent');
    const run = registering({ cashOffline: false }).fail('lost');
    expect([run.outcomes, run.path]).toEqual([[], '/orderresult/orderresult.cfm']);
  });
});

describe('cash whose number another till has (5/107)', () => {
  const theirs = (state: string) => order(state, { billnumber: '5123456000000009' });
  const taken = 'another order stands under the number of its cash';

  it('nothing was made: the next press takes the next number, link or offline', () => {
    for (const cashOffline of [true, false]) {
      const run = registering({ cashOffline }).reply(400, fault('5', '107'));
      expect([endOf(run), said(run), run.sends.length]).toEqual(['rejected', 'AS-41', 1]);
    }
  });

  it('after a report of ours that may have arrived it proves nothing: the order is read', () => {
    const run = registering({ cashOffline: false }).fail('lost').result().wake().result().reply(400, fault('5', '107'));
    expect([run.outcomes, run.path]).toEqual([[], '/orderresult/orderresult.cfm']);
    expect(endOf(run.result(PAID))).toBe('approved');
  });

  it('never told: what stands there is no delivery, open or paid; told after all once it is gone', () => {
    const follow = following(registering().fail('notSent')).wake();
    follow.result(theirs('In Process')).wake().result(theirs('Approved')).wake().result(theirs('Approved'));
    expect([follow.outcomes, follow.alarms.length, follow.sleepMs]).toEqual([[], 1, 600_000]);
    expect(follow.alarms[0]).toContain(taken);
    follow.wake().result().reply(200, { order: REGISTERED });
    expect(endOf(follow)).toBe('approved');
  });

  it('refused when it is told for the first time: no delivery either, whatever becomes of that order', () => {
    const follow = following(registering().fail('notSent')).wake().result().reply(400, fault('5', '107'));
    follow.wake().result(theirs('Approved')).restart().result(theirs('Approved'));
    expect([follow.outcomes, follow.alarms.length]).toEqual([[], 1]);
  });

  it('cash is never open: an order in process is another till’s, even after a report that may have arrived', () => {
    const follow = following(registering().fail('lost')).wake().result(theirs('In Process'));
    follow.wake().result(theirs('Approved'));
    expect([follow.outcomes, follow.alarms.length]).toEqual([[], 1]);
  });
});

it('a report of cash decided by hand is thrown away with the answer it was made of: it is read again', () => {
  const follow = following(registering().fail('lost')).wake();
  const { length } = follow.sends;
  // The answer was taken from the machine; its timer comes all the same.
  follow.feed({ timer: true });
  expect([follow.sends.length, follow.sleepMs]).toEqual([length, 40_000]);
  follow.wake();
  expect([follow.sends.length, follow.path]).toEqual([length + 1, '/orderresult/orderresult.cfm']);
});

describe('the watch list', () => {
  const absent = () => {
    const run = new AssistRun(assistPay).choose(2).fail('lost').result();
    while (run.outcome === undefined) run.wake().result();
    return run;
  };

  it('looks every 10 minutes for an order that was not found: paid after all, AS-27', () => {
    const follow = following(absent());
    expect([follow.sends.length, follow.sleepMs]).toEqual([0, 600_000]);
    follow.wake().result().wake().fail('lost').wake().result(PAID);
    expect(follow.outcomes).toMatchObject([{ kind: 'approved', providerPaymentId: BILL }]);
    expect([said(follow), resultRow(follow, 'Способ оплаты:')]).toEqual(['AS-04', 'СБП']);
    expect(follow.notices).toEqual([{ number: 'AS-27', params: { номер: NUMBER, статус: 'Approved' } }]);
  });

  it('for three days; a final state without money ends it sooner; other figures never', () => {
    const follow = following(absent())
      .wake()
      .result()
      .later(3 * 24 * 3_600_000)
      .wake()
      .result();
    expect(endOf(follow)).toBe('notRegistered');
    expect(endOf(following(absent()).wake().result(order('Timeout')))).toBe('cancelled');
    const jumped = following(absent())
      .powerCut(4 * 24 * 3_600_000)
      .result();
    expect(jumped.outcomes, 'the clock was put forward while the program was down').toEqual([]);
    expect(
      endOf(
        jumped
          .later(3 * 24 * 3_600_000)
          .wake()
          .result(),
      ),
    ).toBe('notRegistered');
    const strange = following(absent())
      .wake()
      .result(order('Approved', { orderamount: '9.00' }));
    expect([strange.outcomes, strange.alarms.length]).toEqual([[], 1]);
  });
});

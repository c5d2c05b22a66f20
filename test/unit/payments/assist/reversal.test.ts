import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/payments/driver.ts';
import { assistCancel } from '../../../../src/payments/providers/assist/cancel.ts';
import { assistDriver } from '../../../../src/payments/providers/assist/driver.ts';
import { recall } from '../../../../src/payments/providers/assist/recall.ts';
import { assistRefund } from '../../../../src/payments/providers/assist/refund.ts';
import { LEFT } from '../../../../src/payments/providers/assist/status.ts';
import { AssistRun, BILL, endOf, fault, NUMBER, ORDER, operation, order, said, TOKEN } from './assist-run.ts';

const REFUND_ID = 'T1-R0000001';

function reversalOrder(
  amountKopecks = 100,
  driverState: unknown = null,
  providerPaymentId: string | null = BILL,
): Order {
  const source = {
    orderNumber: NUMBER,
    providerPaymentId,
    amountKopecks: 100,
    shiftLabel: '',
    recalled: recall(driverState, 0),
  };
  return { ...ORDER, orderNumber: REFUND_ID, amountKopecks, source };
}

const cancel = (...more: Parameters<typeof reversalOrder>) => new AssistRun(assistCancel, reversalOrder(...more));
const refund = (...more: Parameters<typeof reversalOrder>) => new AssistRun(assistRefund, reversalOrder(...more));

/** A cancel operation of the server. */
const back = (ordinal: number, amount = '1.00', more: object = {}) =>
  operation('AS000', { billnumber: `${BILL}.${ordinal}`, operationtype: '300', amount, ...more });
const SALE = operation('AS000');
const paid = (...operations: object[]) => order('Approved', { operations: [SALE, ...operations] });
const gone = (...operations: object[]) => order('Canceled', { operations: [SALE, ...operations] });
const part = (...operations: object[]) => order('PartialCanceled', { operations: [SALE, ...operations] });
const wscancel = ({ checkdata, ...rest }: Record<string, unknown>) => ({ wscancel: { order: rest, checkdata } });
const posts = (run: AssistRun) => run.paths.filter((path) => path === 'wscancel').length;

/** The order was read, the request is in flight. */
const cancelling = () => cancel().result(paid());
const refunding = (amountKopecks = 40) => refund(amountKopecks).result(paid());

describe('cancel and refund', () => {
  it('B-11: read first, then asked for with our own number, and done when the operation is there', () => {
    const run = refunding();
    expect([run.path, run.sends.at(-1)?.moves]).toEqual(['/cancel/wscancel.cfm', 'money']);
    expect(run.form).toEqual({
      Billnumber: BILL,
      Amount: '0.40',
      Currency: 'RUB',
      CancelReason: '2',
      ExternalRefundID: REFUND_ID,
    });
    run.reply(200, wscancel(order('PartialCanceled', { operations: [back(2, '0.40')] })));
    expect(run.outcomes).toEqual([{ kind: 'approved', providerPaymentId: `${BILL}.2` }]);
    expect(assistDriver.providerPaymentId(run.state as never)).toBe(`${BILL}.2`);
  });

  it('B-11: more than the rest is refused with the server’s words, and nothing else is sent', () => {
    const run = refunding()
      .reply(400, fault('5', '108', 'Amount exceeds the rest'))
      .result(paid());
    expect(run.outcomes).toEqual([
      {
        kind: 'declined',
        code: 'rejected',
        say: { number: 'AS-37', text: 'Amount exceeds the rest', params: { 'о чем': 'Возврат не выполнен' } },
      },
    ]);
    expect(posts(run)).toBe(1);
    expect(refund(101).outcomes).toMatchObject([{ kind: 'declined', say: { number: 'AS-37' } }]);
  });

  it.each([
    ['cancel', cancelling, '1.00', gone],
    ['refund', () => refunding(40), '0.40', part],
  ])('B-13, %s: answer lost, the operation is found in the order', (_, begin, amount, ended) => {
    const run = begin()
      .fail('lost')
      .result(ended(back(2, amount)));
    expect([endOf(run), posts(run)]).toEqual(['approved', 1]);
  });

  it('B-13: nothing of it for 30 s, the same id again; an older operation of the same sum is not ours', () => {
    const run = refund(40)
      .result(part(back(2, '0.40')))
      .fail('lost')
      .result(part(back(2, '0.40')));
    for (let round = 0; round < 5; round++) run.wake().result(part(back(2, '0.40')));
    expect([posts(run), run.outcomes]).toEqual([1, []]);
    run.wake().result(part(back(2, '0.40')));
    expect([posts(run), run.form.ExternalRefundID]).toEqual([2, REFUND_ID]);
    run.reply(200, wscancel(order('PartialCanceled', { operations: [back(3, '0.40')] })));
    expect(run.outcomes).toEqual([{ kind: 'approved', providerPaymentId: `${BILL}.3` }]);
  });

  it('the operation of another refund of the same sum is not ours, made before or meanwhile', () => {
    const run = new AssistRun(assistRefund, reversalOrder(40)).result(paid()).fail('lost');
    run.givenBackIds = [`${BILL}.2`];
    run.result(part(back(2, '0.40')));
    expect(run.outcomes).toEqual([]);
    run.cancel();
    run.givenBackIds = [`${BILL}.2`, `${BILL}.3`];
    run.wake().result(part(back(2, '0.40'), back(3, '0.40')));
    expect(endOf(run)).toBe('unknown');
    run.wake().result(part(back(2, '0.40'), back(3, '0.40'), back(4, '0.40')));
    expect(run.outcome).toEqual({ kind: 'approved', providerPaymentId: `${BILL}.4` });
  });

  it('decided by hand, a repeat is thrown away with the answer it was made of: the order is read on', () => {
    const run = refunding().fail('lost').cancel();
    const { length } = run.sends;
    run.feed({ timer: true });
    expect([run.sends.length, run.sleepMs]).toEqual([length, 40_000]);
    run.wake();
    expect([run.sends.length, run.path]).toEqual([length + 1, '/orderresult/orderresult.cfm']);
    expect(endOf(run.result(part(back(2, '0.40'))))).toBe('approved');
  });

  it.each([
    ['in the answer', (run: AssistRun, ended: Record<string, unknown>) => run.reply(200, wscancel(ended))],
    ['after a lost one', (run: AssistRun, ended: Record<string, unknown>) => run.fail('lost').result(ended)],
  ])('what card and points have paid goes back by an operation each: done, %s', (_, hear) => {
    const whole = hear(cancelling(), gone(back(2, '0.70'), back(3, '0.30')));
    expect([endOf(whole), posts(whole)]).toEqual(['approved', 1]);
    const half = hear(refunding(40), part(back(2, '0.30'), back(3, '0.10')));
    expect([endOf(half), posts(half)]).toEqual(['approved', 1]);
    const other = hear(refunding(40), part(back(2, '0.30'), back(3, '0.20')));
    expect(endOf(other)).toBe('open');
  });

  it.each([
    ['15', '308'],
    ['4', '106'],
  ])('%s/%s: the cancel itself is refused, AS-37, and the money is where it was', (first, second) => {
    const run = refunding()
      .reply(400, fault(first, second, 'Отказ'))
      .result(paid());
    expect([endOf(run), said(run), posts(run)]).toEqual(['rejected', 'AS-37', 1]);
  });

  it('a word of the cancel is read again, and does not hold the cashier for ever', () => {
    const run = refunding().fail('lost');
    for (let round = 0; round < 10 && run.outcomes.length === 0; round++) run.result(order('Cancel error')).wake();
    expect([endOf(run), posts(run)]).toEqual(['unknown', 1]);
    expect(endOf(run.result(part(back(2, '0.40'))))).toBe('approved');
  });

  it('a repeat that is refused because the first one arrived is no refusal', () => {
    const run = cancelling().fail('lost').result(paid()).later(60_000).wake().result(paid());
    run.reply(400, fault('5', '108')).result(gone(back(2)));
    expect([endOf(run), posts(run)]).toEqual(['approved', 2]);
  });

  it('a cancel without a link sets the cashier free, and goes on until it is done', () => {
    for (const run of [cancel().fail('notSent'), cancelling().fail('notSent')]) {
      expect(run.outcomes).toEqual([{ kind: 'unknown', say: { number: 'AS-23' } }]);
      run
        .wake()
        .fail('lost')
        .wake()
        .result(paid())
        .reply(200, wscancel(gone(back(2))));
      expect(run.outcomes).toEqual([
        { kind: 'unknown', say: { number: 'AS-23' } },
        { kind: 'approved', providerPaymentId: `${BILL}.2` },
      ]);
    }
  });

  it('a refund without a link is told at once; once it may have arrived it is asked after', () => {
    expect(refund().fail('notSent').outcome).toMatchObject({ kind: 'notSent', say: { number: 'AS-37' } });
    expect(refunding().fail('notSent').outcome).toMatchObject({ kind: 'notSent' });
    const run = refunding().fail('lost');
    expect(run.prompt).toMatchObject({ show: 'wait', cancellable: true });
    expect(run.cancel().outcomes).toEqual([{ kind: 'unknown', say: LEFT }]);
    expect(endOf(run.result(part(back(2, '0.40'))))).toBe('approved');
    const unreachable = refunding().fail('lost').fail('lost').wake().fail('lost').wake().fail('lost');
    expect(said(unreachable)).toBe('AS-23');
  });

  it('a restart in the middle looks for it first', () => {
    const run = cancelling().restart();
    expect([run.path, posts(run)]).toEqual(['/orderresult/orderresult.cfm', 1]);
    expect(endOf(run.result(gone(back(2))))).toBe('approved');
  });

  it('an order that was never paid is given up by its number', () => {
    const run = cancel().result(order('In Process'));
    expect(run.path).toBe('/api/v1/auth/login.cfm');
    run.reply(200, { access_token: TOKEN }).fail('lost').result(order('Canceled'));
    expect([endOf(run), posts(run)]).toEqual(['approved', 0]);
    for (const text of run.written) expect(text).not.toContain('CANARY');
    expect(endOf(cancel().result(order('Timeout')))).toBe('approved');
    expect(endOf(refund().result(order('Timeout')))).toBe('rejected');
    const stuck = cancel().result(order('In Process')).reply(200, { access_token: TOKEN }).reply(200, {});
    stuck.result(order('In Process'));
    expect([said(stuck), stuck.sleepMs === null]).toEqual(['AS-33', false]);
    expect(stuck.wake().result(order('In Process')).path).toBe('/api/v1/auth/login.cfm');
  });

  it('cash the server has not heard of waits until it has; a refund of it does not', () => {
    const offline = { kind: 'pay', at: 'finished', paymentId: null, offlineSinceMs: 1_894_690_800_007 };
    const run = cancel(100, offline, null).result();
    expect(run.outcome).toMatchObject({ kind: 'unknown', say: { number: 'AS-37' } });
    run
      .wake()
      .result()
      .wake()
      .result(paid())
      .reply(200, wscancel(gone(back(2))));
    expect([endOf(run), run.alarms]).toEqual(['approved', []]);
    expect(endOf(refund(100, offline, null).result())).toBe('rejected');
  });

  it.each([
    ['sum', { orderamount: '0.99' }],
    ['number', { ordernumber: '20300115_100000_008' }],
    ['currency', { ordercurrency: 'USD' }],
    ['bill', { billnumber: '5123456000000099' }],
  ])('another %s is never believed, before and after it was sent', (_, more) => {
    for (const run of [
      cancel().result({ ...paid(), ...more }),
      cancelling().reply(200, wscancel({ ...gone(back(2)), ...more })),
    ]) {
      expect([run.outcomes.map(({ kind }) => kind), run.alarms.length]).toEqual([['unknown'], 1]);
    }
  });

  it('another sum or currency of the operation is not ours', () => {
    for (const one of [
      back(2, '0.99'),
      back(2, '1.00', { currency: 'USD' }),
      back(2, '1.00', { responsecode: 'AS300' }),
    ]) {
      const run = cancelling().reply(200, wscancel(gone(one)));
      expect(run.outcomes).toEqual([]);
    }
  });

  it('refused by the bank or for its credentials: AS-37, AS-38', () => {
    const no = back(2, '0.40', { responsecode: 'AS100', customermessage: 'Возврат невозможен' });
    const run = refunding()
      .reply(200, wscancel(paid(no)))
      .result(paid(no));
    expect(run.outcome).toMatchObject({ code: 'rejected', say: { number: 'AS-37', text: 'Возврат невозможен' } });
    expect(said(refunding().reply(401, fault('10', '100')))).toBe('AS-38');
    expect(endOf(cancel(100, { kind: 'reversal' }))).toBe('rejected');
  });
});

import { describe, expect, it } from 'vitest';
import { assistDriver } from '../../../../src/payments/providers/assist/driver.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import { LEFT } from '../../../../src/payments/providers/assist/status.ts';
import { stateCheckValue } from '../../../../src/payments/providers/assist/wire.ts';
import {
  AssistRun,
  BILL,
  created,
  creating,
  endOf,
  fault,
  NUMBER,
  ORDER,
  operation,
  order,
  PAID,
  PASSWORD,
  QR,
  resultRow,
  said,
  showing,
  TOKEN,
} from './assist-run.ts';

const phase = (run: AssistRun) => assistDriver.phase(run.state as never);

describe('ЗАКАЗ', () => {
  it('shows the order, its address for the receipt and the means that are set up', () => {
    const run = new AssistRun(assistPay, ORDER, { readerUrl: '' });
    expect(run.prompt).toMatchObject({ show: 'form', number: 'AS-01', field: { value: '', refusal: 'AS-42' } });
    expect(run.prompt).toMatchObject({ choice: { options: ['Наличные', 'СБП', 'SoftPOS'], selected: 0 } });
    run.feed({ answer: { text: 'mail@assist.ru' } }).feed({ answer: { text: 'not an address' } });
    expect(run.prompt).toMatchObject({ field: { value: 'mail@assist.ru' } });
    run.choose(1);
    expect(run.form).toEqual({
      OrderNumber: NUMBER,
      OrderAmount: '1.00',
      OrderCurrency: 'RUB',
      Email: 'mail@assist.ru',
    });
  });

  it('Esc: nothing was sent, nothing is said; a restart shows it again', () => {
    const run = new AssistRun(assistPay).restart();
    expect(run.prompt).toMatchObject({ show: 'form', number: 'AS-01' });
    expect(phase(run)).toBe('intent');
    expect(run.cancel().outcomes).toEqual([{ kind: 'declined', code: 'cancelled', say: null }]);
    expect(run.sends).toEqual([]);
  });

  it('a payment type that is the means itself goes there at once; one without a right ends with AS-39', () => {
    const run = new AssistRun(assistPay, { ...ORDER, option: 'sbp' });
    expect(run.paths).toEqual(['fastpay']);
    const forbidden = new AssistRun(assistPay, { ...ORDER, option: 'sbp' }, { means: ['cash'] });
    expect([endOf(forbidden), said(forbidden), forbidden.sends]).toEqual(['blocked', 'AS-39', []]);
  });
});

describe('СБП', () => {
  it('B-3: created, pending, paid', () => {
    const run = creating();
    expect([run.path, run.sends[0]?.moves, phase(run)]).toEqual(['/pay/fastpay.cfm', 'money', 'sent']);
    expect(run.form).toEqual({ OrderNumber: NUMBER, OrderAmount: '1.00', OrderCurrency: 'RUB' });
    expect(run.prompt).toMatchObject({ show: 'wait', number: 'AS-03', text: 'Подождите...' });
    run.reply(200, created());
    expect(run.prompt).toMatchObject({ show: 'showQr', number: 'AS-05', payload: QR, deadlineMs: 900_000 });
    expect(run.prompt).toMatchObject({
      page: { rows: expect.arrayContaining([{ label: 'Номер транзакции:', value: BILL }]) },
    });
    expect([run.sleepMs, phase(run)]).toEqual([3_000, 'pending']);
    run.wake();
    expect(run.form).toEqual({ Ordernumber: NUMBER, Language: 'RU' });
    run.result(order('In Process')).wake().result(PAID);
    expect(run.outcome).toMatchObject({ kind: 'approved', providerPaymentId: BILL, say: { number: 'AS-04' } });
    expect(resultRow(run, 'Статус заказа:')).toBe('Оплачен');
    expect(resultRow(run, 'Дата заказа:')).toBe('15.01.2030 10:00:00');
    expect(run.outcome).toMatchObject({ slip: expect.arrayContaining([{ label: 'Код ответа', value: 'AS000' }]) });
    expect(run.notices).toEqual([]);
  });

  it('is asked every 3 s for two minutes, then every 10 s, long after its end every 10 minutes', () => {
    const run = showing();
    const pauses = new Set<number | null>();
    for (let asked = 0; asked < 60; asked++) pauses.add(run.sleepMs) && run.wake().result(order('In Process'));
    expect([...pauses]).toEqual([3_000, 10_000]);
    run.later(900_000).wake().result(order('In Process'));
    expect([run.outcomes, run.sleepMs]).toEqual([[{ kind: 'unknown', say: { number: 'AS-25' } }], 600_000]);
    run.wake().result(order('Timeout'));
    expect([endOf(run), run.notices]).toEqual([
      'timeout',
      [{ number: 'AS-27', params: { номер: NUMBER, статус: 'Timeout' } }],
    ]);
  });

  it.each([
    ['B-4', order('Declined', { operations: [operation('AS102')] }), 'noFunds', 'AS-21', 'Недостаточно средств'],
    [
      'own words',
      order('Declined', { operations: [operation('AS100', { customermessage: 'Позвоните в банк' })] }),
      'refused',
      'AS-21',
      'Позвоните в банк',
    ],
    ['B-5', order('Timeout'), 'timeout', 'AS-22', ''],
    ['Russian', order('Отклонён', { operations: [operation('AS106')] }), 'refused', 'AS-21', 'Неверный PIN'],
  ])('%s: a final state without money', (_, record, code, number, reason) => {
    const run = showing().wake().result(record);
    expect([endOf(run), said(run), resultRow(run, 'Информация:')]).toEqual([code, number, reason]);
    expect(run.outcome).toMatchObject({ say: { result: { repeats: true } } });
  });

  it('B-6: answer lost, found without a QR: given up, and cancelled only by the order’s own state', () => {
    const run = creating().fail('lost');
    expect([run.paths, phase(run)]).toEqual([['fastpay', 'orderresult'], 'unknown']);
    run.result(order('In Process'));
    expect(JSON.parse(run.request.body ?? '')).toEqual({
      login: 'demo_user',
      password: PASSWORD,
      audience: 'POS',
      components: 'ws/cancelbynumber',
    });
    run.reply(200, { access_token: TOKEN, refresh_token: 'x' });
    expect([run.path, run.request.headers.authorization]).toEqual(['/api/v1/order/cancel.cfm', `Bearer ${TOKEN}`]);
    expect(JSON.parse(run.request.body ?? '')).toEqual({
      ordernumber: NUMBER,
      merchant_id: '123456',
      login: 'demo_user',
      password: PASSWORD,
    });
    run.reply(200, { cancel: { orderstate: 'Canceled' } });
    expect(run.outcomes).toEqual([]);
    run.result(order('Canceled'));
    expect([endOf(run), said(run), run.paths.filter((path) => path === 'fastpay')]).toEqual([
      'cancelled',
      'AS-21',
      ['fastpay'],
    ]);
    for (const text of run.written) expect(text).not.toContain('CANARY');
  });

  it('B-7: the same abort after the payer paid: payment wins', () => {
    const run = creating().fail('lost').result(order('In Process')).reply(200, { access_token: TOKEN });
    run.reply(400, fault('10', '100', 'Order is final')).result(PAID);
    expect(run.outcomes).toMatchObject([{ kind: 'approved', providerPaymentId: BILL }]);
  });

  it('B-8: never reached the server: absent for 30 s in good answers, and watched', () => {
    const run = creating().fail('lost').result();
    for (let round = 0; round < 5; round++) run.wake().result();
    expect([run.sleepMs, run.outcomes]).toEqual([5_000, []]);
    // An answer that cannot be used proves nothing.
    run.wake().reply(200, '<html>').wake().result();
    expect(run.outcome).toMatchObject({ kind: 'declined', code: 'notRegistered', follow: true });
    expect(resultRow(run, 'Информация:')).toBe('Платежа с такими параметрами не существует');
    expect(run.paths.filter((path) => path === 'fastpay')).toHaveLength(1);
  });

  it('B-9: two orders with one number, the last counts; one with money is never overlooked', () => {
    const declined = order('Declined', { operations: [operation('AS100')] });
    const second = { ...PAID, billnumber: '5123456000000009' };
    expect(showing().wake().result(declined, second).outcome).toMatchObject({ providerPaymentId: '5123456000000009' });
    expect(endOf(showing().wake().result(PAID, declined))).toBe('approved');
    // Odoo #261521: the first try is called failed while its bank still thinks.
    const slow = showing()
      .wake()
      .result(order('In Process'), { ...declined, billnumber: '5123456000000009' });
    expect(endOf(slow)).toBe('open');
    expect(endOf(slow.wake().result(PAID, { ...declined, billnumber: '5123456000000009' }))).toBe('approved');
    const twice = showing().wake().result(PAID, second);
    expect([endOf(twice), twice.alarms.length]).toEqual(['approved', 1]);
    const both = `${BILL}, 5123456000000009`;
    expect(twice.alarms[0]).toContain(both);
    expect(twice.notices).toMatchObject([{ number: 'AS-27', params: { статус: expect.stringContaining(both) } }]);
  });

  it.each([
    ['B-14: credentials', 401, fault('10', '100', 'Access denied'), 'notAuthorised', 'AS-38'],
    ['B-15: check value', 400, fault('5', '158'), 'rejected', 'AS-41'],
    ['at the root', 400, { faultcode: '5', faultstring: '158' }, 'rejected', 'AS-41'],
  ])('%s refused: nothing was created', (_, status, body, code, number) => {
    const run = creating().reply(status, body);
    expect([endOf(run), said(run), run.sends.length]).toEqual([code, number, 1]);
  });

  it.each([
    ['7', '141'],
    ['10', '100'],
    ['10', '200'],
    ['5', '101'],
  ])('%s/%s: who we are is not accepted, nothing was created', (first, second) => {
    const run = creating().reply(400, fault(first, second));
    expect([endOf(run), said(run), run.sends.length]).toEqual(['notAuthorised', 'AS-38', 1]);
  });

  it.each([
    ['14', '306'],
    ['1', '0'],
    ['12', '201'],
  ])('%s/%s: the result is read, an order there decides', (first, second) => {
    expect(endOf(creating().reply(400, fault(first, second)).result(PAID))).toBe('approved');
  });

  it('10/201 to the question is a good answer: there is no such order', () => {
    const run = creating().fail('lost').reply(400, fault('10', '201'));
    for (let round = 0; round < 6; round++) run.wake().reply(400, fault('10', '201'));
    expect(endOf(run)).toBe('notRegistered');
  });

  it.each(['direct', 'page'] as const)(
    '5/107 to our only create (%s): another till has the number, we made nothing',
    (sbpMode) => {
      for (const run of [creating({ sbpMode }), creating({ sbpMode }).cancel()]) {
        run.reply(400, fault('5', '107', 'Duplicate'));
        expect([endOf(run), said(run), run.sends.length, run.alarms]).toEqual(['rejected', 'AS-41', 1, []]);
      }
    },
  );

  it('the list may stand newest first: what is older than our own order is never ours', () => {
    const theirs = { ...PAID, billnumber: '5123456000000000', orderdate: '15.01.2030 06:59:00' };
    expect(endOf(showing().wake().result(order('In Process'), theirs))).toBe('open');
  });

  it('a paid order beside a word of the cancel is not overlooked', () => {
    const unclear = order('Cancel error', { billnumber: '5123456000000009' });
    expect(endOf(showing().wake().result(PAID, unclear))).toBe('approved');
  });

  it('points for the buyer are not what he has paid with', () => {
    const points = operation('AS000', {
      billnumber: `${BILL}.2`,
      operationtype: 500,
      meantypename: 'БАЛЛЫ',
      amount: '0.05',
    });
    const run = creating()
      .fail('lost')
      .result({ ...PAID, operations: [operation('AS000', { approvalcode: '123456' }), points] });
    expect([endOf(run), resultRow(run, 'Способ оплаты:')]).toEqual(['approved', 'СБП']);
    expect(JSON.stringify(run.outcome)).toContain('123456');
  });

  it('11/101 is another till’s order, and 5/3 (too many requests) proves nothing: neither is a fault of ours', () => {
    const taken = creating().reply(400, fault('11', '101'));
    expect([endOf(taken), said(taken)]).toEqual(['rejected', 'AS-41']);
    expect(endOf(creating().reply(400, fault('5', '3')).result(PAID))).toBe('approved');
  });

  it('what stood under our number before the order we have made is never ours', () => {
    const theirs = { ...PAID, billnumber: '5123456000000000' };
    const run = showing().wake().result(theirs, order('In Process'));
    expect(endOf(run)).toBe('open');
    expect(endOf(run.wake().result(theirs, order('Timeout')))).toBe('timeout');
    const alone = showing().wake().result(theirs);
    expect([endOf(alone), alone.alarms.length]).toEqual(['unknown', 1]);
    expect(endOf(alone.wake().result(theirs, PAID))).toBe('approved');
  });

  it('a clock put forward while the program was down proves nothing: the 30 s begin anew', () => {
    const run = creating().fail('lost').result().powerCut(3_600_000).result();
    expect(run.outcomes).toEqual([]);
    for (let round = 0; round < 6; round++) run.wake().result();
    expect(endOf(run)).toBe('notRegistered');
  });

  it.each([
    [500, fault('1', '0')],
    [400, fault('1', '0')],
    [403, '<html>captive portal</html>'],
    [200, '{"order":'],
    [200, { qrcode: QR }],
    [200, created({}, 'javascript:alert(1)')],
  ])('%i with %o proves nothing', (status, body) => {
    const run = creating().reply(status, body);
    expect([run.outcomes, run.paths]).toEqual([[], ['fastpay', 'orderresult']]);
    expect(run.result().outcomes).toEqual([]);
  });

  it('a request that did not leave is told as such', () => {
    expect(creating().fail('notSent').outcome).toMatchObject({ kind: 'notSent', say: { number: 'AS-23' } });
  });

  it.each([
    ['sum', { orderamount: '1.01' }],
    ['number', { ordernumber: '20300115_100000_008' }],
    ['currency', { ordercurrency: 'USD' }],
    ['test shop', { testmode: 1 }],
    ['state', { orderstate: 'PartialApproved' }],
  ])('another %s is never believed: alarm, unknown, and on with the questions', (_, more) => {
    for (const run of [
      showing()
        .wake()
        .result({ ...PAID, ...more }),
      creating().reply(200, created(more)),
    ]) {
      if (endOf(run) === 'open') run.result({ ...PAID, ...more });
      expect([run.outcomes.map(({ kind }) => kind), run.alarms.length]).toEqual([['unknown'], 1]);
      run
        .wake()
        .result({ ...PAID, ...more })
        .wake()
        .result();
      expect([run.outcomes.length, run.alarms.length]).toEqual([1, 1]);
      expect(endOf(run.wake().result(PAID))).toBe('approved');
    }
  });

  it('with a secret word requests are signed, and only a signed answer is believed', () => {
    const run = showing({ secretWord: 'demo-word' });
    expect(new URLSearchParams(run.request.body ?? '').get('Checkvalue')).toBe('E035AF6A1FC4CE1412135808B8E6ABC1');
    const sign = (state: string) =>
      stateCheckValue('demo-word', {
        merchantId: '123456',
        orderNumber: NUMBER,
        amount: '1.00',
        currency: 'RUB',
        state,
      });
    run.wake().result({ ...PAID, checkdata: { checkvalue: sign('In Process') } });
    expect([endOf(run), run.alarms.length]).toEqual(['unknown', 1]);
    run.wake().result({ ...PAID, checkdata: { checkvalue: sign('Approved').toLowerCase() } });
    expect(endOf(run)).toBe('approved');
  });

  it('an order the server has named once is never absent, whatever its result call says later', () => {
    const named = [showing().wake(), creating().fail('lost').result(order('In Process')).fail('lost').wake()];
    for (const run of [
      ...named,
      creating()
        .reply(200, created({ orderamount: '9.00' }))
        .wake(),
    ]) {
      for (let round = 0; round < 100; round++) run.result().wake();
      expect(run.outcomes.filter(({ kind }) => kind !== 'unknown')).toEqual([]);
      expect(endOf(run.result(PAID))).toBe('approved');
    }
  });

  it('a state nobody knows is pending with one alarm', () => {
    const run = showing().wake().result(order('Delayed')).wake().result(order('Странно'));
    expect([run.outcomes, run.alarms.length, run.prompt?.number]).toEqual([[], 1, 'AS-05']);
  });

  it('the QR is hidden and shown again; a restart shows it once more, and never asks for a second', () => {
    const run = showing().ok();
    expect(run.prompt).toMatchObject({ show: 'form', number: 'AS-05', field: null, choice: null, spins: true });
    expect(run.ok().prompt).toMatchObject({ show: 'showQr', payload: QR });
    run.restart();
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: QR });
    expect(run.paths).toEqual(['fastpay', 'orderresult']);
  });

  it('another means: asked first, aborted at the server, cancelled when the server says so', () => {
    const run = showing().other();
    expect(run.prompt?.number).toBe('AS-32');
    expect(run.cancel().prompt).toMatchObject({ show: 'showQr' });
    run.cancel().ok();
    expect(run.path).toBe('/api/v1/auth/login.cfm');
    run.reply(200, { access_token: TOKEN }).fail('lost').result(order('Canceled'));
    expect(run.outcomes).toEqual([{ kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } }]);
  });

  it.each([
    ['login lost', (run: AssistRun) => run.fail('lost')],
    [
      'refused',
      (run: AssistRun) =>
        run.reply(200, { access_token: TOKEN }).reply(400, fault('10', '100')).result(order('In Process')),
    ],
  ])('AS-33 when it is not aborted (%s), and the QR is good as before', (_, play) => {
    const run = play(showing().other().ok());
    expect([run.prompt?.number, run.outcomes]).toEqual(['AS-33', []]);
    expect(run.ok().prompt).toMatchObject({ show: 'showQr', payload: QR });
    expect(endOf(run.wake().result(PAID))).toBe('approved');
  });

  it('Esc while nobody answers what became of an abort: the order is asked for behind the cashier’s back', () => {
    const run = showing().other().ok().reply(200, { access_token: TOKEN }).fail('lost').fail('lost');
    expect(run.prompt).toMatchObject({ show: 'wait', cancellable: true });
    expect(run.cancel().outcomes).toEqual([{ kind: 'unknown', say: LEFT }]);
    expect(endOf(run.wake().result(order('Canceled')))).toBe('cancelled');
  });

  it('Esc while the QR is being obtained: its order is given up, no QR is shown', () => {
    const run = creating().cancel().reply(200, created());
    expect([run.path, run.prompt?.show]).toEqual(['/api/v1/auth/login.cfm', 'wait']);
    run.reply(200, { access_token: TOKEN }).reply(200, { cancel: {} }).result(order('Canceled'));
    expect(run.outcomes).toEqual([{ kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } }]);
  });

  it('no link: AS-23 after some questions, then behind the cashier’s back, and AS-27 when it is known', () => {
    // 16 s of it took the QR away for 15 minutes, and with it every way to pay or to give it up.
    const run = showing().wake().fail('lost').wake().fail('notSent');
    run.wake().reply(503, '').wake().fail('lost').wake().fail('lost');
    expect([run.outcomes, run.prompt?.show, run.sleepMs]).toEqual([[], 'showQr', 10_000]);
    run.cancel();
    expect(run.prompt).toMatchObject({ number: 'AS-32', second: 'Не ждать' });
    run.other();
    expect(run.outcomes).toMatchObject([{ kind: 'unknown', say: { number: 'AS-23' } }]);
    run.restart().result(PAID);
    expect(run.notices).toEqual([{ number: 'AS-27', params: { номер: NUMBER, статус: 'Approved' } }]);
    expect(endOf(run)).toBe('approved');
  });

  it('an answer of no use is told as what it is, never as "no link"', () => {
    const away = (last: (run: AssistRun) => AssistRun) =>
      last(new AssistRun(assistPay).choose(3).wake().fail('lost').wake().fail('lost').wake()).outcome;
    const told = (why: string) => ({
      kind: 'unknown',
      say: { number: 'AS-23', text: `${why}. Статус заказа будет запрошен повторно.` },
    });
    expect(away((run) => run.reply(503, ''))).toEqual(told('Сервер ответил ошибкой 503'));
    expect(away((run) => run.reply(200, '<html>'))).toEqual(told('Ответ сервера не распознан'));
    expect(away((run) => run.fail('notHttp'))).toEqual(told('Ответ сервера не распознан'));
    expect(away((run) => run.fail('tooLarge'))).toEqual(told('Ответ сервера слишком велик'));
  });

  it('B-20: chosen again, the state is read and told; no second order', () => {
    const away = () => showing().wake().fail('lost').cancel().other();
    const paid = away().again().result(PAID);
    expect([endOf(paid), said(paid)]).toEqual(['approved', 'AS-24']);
    const open = away().again().result(order('In Process'));
    expect([open.outcomes.length, open.prompt?.show]).toEqual([1, 'showQr']);
    expect(open.cancel().ok().reply(200, '').other().outcomes).toHaveLength(2);
    expect(said(open.later(900_000).again().result(order('In Process')))).toBe('AS-25');
    expect(said(open.again().fail('lost'))).toBe('AS-23');
    expect(endOf(open.again().result(order('Timeout')))).toBe('timeout');
    for (const run of [paid, open]) expect(run.paths.filter((path) => path === 'fastpay')).toHaveLength(1);
    expect(away().again().cancel().outcomes).toHaveLength(2);
  });

  it('B-21: after two days in the dark the order is still asked for, later with a window', () => {
    const run = showing().wake().fail('lost').cancel().other();
    run.powerCut(2 * 24 * 3_600_000);
    expect(run.form).toEqual({ Ordernumber: NUMBER, Language: 'RU' });
    run.powerCut(24 * 3_600_000);
    expect(run.form).toMatchObject({ StartYear: '2030', StartMonth: '1', StartDay: '14', EndDay: '19' });
    run.result(PAID);
    expect(run.notices).toEqual([{ number: 'AS-27', params: { номер: NUMBER, статус: 'Approved' } }]);
  });

  it('B-22: the page of Assist stands in for the link', () => {
    const run = creating({ sbpMode: 'page' });
    expect([run.path, run.form]).toEqual([
      '/pay/payrequest.cfm',
      {
        OrderNumber: NUMBER,
        OrderAmount: '1.00',
        OrderCurrency: 'RUB',
        Language: 'RU',
        FastPayPayment: '1',
        CardPayment: '0',
      },
    ]);
    const URL = 'https://assist.example/pay/pay.cfm?CFSID=TEST';
    run.reply(200, { URL, orderstate: 'In Process', expirationtime: '15.01.2030 07:15:00' });
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: URL });
    expect(endOf(run.wake().result(PAID))).toBe('approved');
  });
});

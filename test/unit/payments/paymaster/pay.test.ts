import { describe, expect, it } from 'vitest';
import { paymasterDriver } from '../../../../src/payments/providers/paymaster/driver.ts';
import { paymasterPay } from '../../../../src/payments/providers/paymaster/pay.ts';
import { creating, LINK, MERCHANT, ORDER, PaymasterRun, payment, problem, waiting, withLink } from './paymaster-run.ts';

const APPROVED = { kind: 'approved', providerPaymentId: '900000001' };
const phase = (run: PaymasterRun) => paymasterDriver.phase(run.state as never);

describe('before anything is sent', () => {
  it.each([
    [99, {}],
    [100_000_001, {}],
    [1_000, { minimumKopecks: 1_001 }],
  ])('PM-15: %i kopecks', (amountKopecks, settings) => {
    const run = new PaymasterRun(paymasterPay, settings, { ...ORDER, amountKopecks });
    expect(run.outcomes).toEqual([{ kind: 'declined', code: 'rejected', say: { number: 'PM-15' } }]);
    expect(run.sends).toEqual([]);
  });

  it('PM-16: a part of the sum without the screen, only where the setting demands it', () => {
    const part = { ...ORDER, amountKopecks: 500 };
    const run = (display: 0 | 1 | 2, partOnlyOnScreen: boolean) =>
      new PaymasterRun(paymasterPay, { display, partOnlyOnScreen, stickerId: 'stk-test-1' }, part).outcome?.kind;
    expect([run(0, true), run(2, true), run(1, true), run(0, false)]).toEqual([
      'declined',
      'declined',
      undefined,
      undefined,
    ]);
  });

  it('display 2 without a plate made a bill nobody could pay: SYS-08 names stickerId, nothing is sent', () => {
    const params = { файл: 'paymaster.conf', параметр: 'stickerId' };
    const run = new PaymasterRun(paymasterPay, { display: 2, stickerId: null });
    expect(run.outcomes).toEqual([{ kind: 'notSent', say: { number: 'SYS-08', params } }]);
    expect([run.sends, run.prompts]).toEqual([[], []]);
    const withPlate = new PaymasterRun(paymasterPay, { display: 2, stickerId: 'stk-test-1' });
    expect(withPlate.wake().story).toEqual(['POST /payments']);
  });

  it('the intent stands first; Esc ends it without a word, a restart goes on', () => {
    const begin = () => new PaymasterRun(paymasterPay);
    expect([phase(begin()), begin().prompt]).toMatchObject(['intent', { show: 'wait', number: 'PM-01', spins: true }]);
    expect(begin().esc().outcomes).toEqual([{ kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } }]);
    expect(begin().esc().sends).toEqual([]);
    expect(begin().restart().story).toEqual(['POST /payments']);
  });
});

describe('P-1 dynamic QR', () => {
  it('makes the bill with our number as the key, and shows the link verbatim', () => {
    const run = creating();
    expect([run.asked, run.sends[0]?.moves, phase(run)]).toEqual(['POST /payments', 'money', 'sent']);
    expect(run.request.headers).toMatchObject({
      authorization: 'Bearer CANARY',
      'idempotency-key': ORDER.orderNumber,
      'content-type': 'application/json',
    });
    expect(JSON.parse(run.request.body ?? '')).toEqual({
      merchantId: MERCHANT,
      invoice: {
        description: 'Оплата, магазин 1, касса 8',
        orderNo: ORDER.orderNumber,
        expires: '2030-01-15T07:05:00Z',
      },
      amount: { value: 15.3, currency: 'RUB' },
      paymentData: { paymentMethod: 'sbp' },
    });
    run.reply(withLink());
    expect(run.prompt).toMatchObject({
      show: 'showQr',
      number: 'PM-02',
      payload: LINK,
      caption: 'Для оплаты используйте NFC или отсканируйте QR-код',
      hint: 'Покупатель оплачивает по QR-коду или NFC-метке',
      deadlineMs: 300_000,
    });
    expect([run.sleepMs, phase(run), JSON.stringify(run.state).includes('CANARY')]).toEqual([3_000, 'pending', false]);
  });

  it.each(['15.3000', '15.30', '15.3', 15.3])('polls until Settled; the sum as %s', (value) => {
    const run = waiting().wake();
    expect(run.asked).toBe('GET /payments/900000001');
    run.reply(payment('Confirmation', { resultCode: 'Success' })).wake();
    run.reply(payment('Settled', { amount: { value, currency: 'RUB' } }));
    expect(run.outcomes).toEqual([APPROVED]);
    expect(paymasterDriver.providerPaymentId(run.state as never)).toBe('900000001');
  });

  it('reads an answer behind a byte order mark', () => {
    const run = waiting().wake();
    expect(run.reply(`\uFEFF${JSON.stringify(payment('Settled'))}`).outcomes).toEqual([APPROVED]);
  });

  it('test mode is said, a purpose of the shop is filled', () => {
    const run = creating({ testMode: true, purposeTemplate: '{pos}/{till}/{shop}', posId: 'POS-TEST-01' });
    expect(JSON.parse(run.request.body ?? '')).toMatchObject({
      testMode: true,
      invoice: { description: 'POS-TEST-01/8/1' },
    });
  });
});

describe('final states', () => {
  it.each([
    [
      'P-4',
      { status: 'Rejected', resultCode: 'InsufficientFunds', message: 'Недостаточно средств' },
      'noFunds',
      'PM-07',
      'Недостаточно средств',
    ],
    ['P-5', { status: 'Rejected', resultCode: 'PaymentExpired' }, 'timeout', 'PM-08', undefined],
    [
      'a bank',
      { status: 'Rejected', resultCode: 'RejectedByFraud', message: 'Стоп' },
      'refused',
      'PM-07',
      'Отклонено фрод-мониторингом. Стоп',
    ],
    ['an unknown code', { status: 'Rejected', resultCode: 'Odd', message: 'Причина' }, 'refused', 'PM-07', 'Причина'],
    ['the cabinet', { status: 'Cancelled', resultCode: 'Success' }, 'cancelled', 'PM-07', undefined],
  ])('%s: a payment that was not made says why', (_name, more, code, number, text) => {
    const run = waiting().wake().reply(payment('', more));
    const say = text === undefined ? { number } : { number, text };
    expect(run.outcomes).toEqual([{ kind: 'declined', code, say }]);
  });

  it.each(['Authorized', 'Wonder'])('%s is pending, and told to the log once', (status) => {
    const run = waiting().wake().reply(payment(status)).wake().reply(payment(status));
    expect([run.outcomes, run.sleepMs, run.alarms.length]).toEqual([[], 3_000, 1]);
    expect(run.wake().reply(payment('Settled')).outcomes).toEqual([APPROVED]);
  });

  it.each([
    ['another sum (P-18)', { amount: { value: '15.31', currency: 'RUB' } }],
    ['another number', { invoice: { orderNo: 'T1-0001' } }],
    ['another currency', { amount: { value: 15.3, currency: 'BYN' } }],
    ['another id', { id: '900000002' }],
  ])('%s is never believed: PM-20, an alarm, asked on, nothing is cancelled', (_name, more) => {
    const run = waiting().wake().reply(payment('Settled', more));
    expect(run.outcomes).toEqual([{ kind: 'unknown', say: expect.objectContaining({ number: 'PM-20' }) }]);
    expect([run.alarms.length, run.prompt]).toEqual([1, null]);
    run
      .wake()
      .reply(payment('Settled', more))
      .wake()
      .reply(payment('Confirmation'))
      .wake()
      .reply(payment('Confirmation'));
    expect([run.outcomes.length, run.alarms.length, run.countOf('PUT /payments/900000001/cancel')]).toEqual([1, 1, 0]);
    expect(run.wake().reply(payment('Settled')).outcome).toEqual(APPROVED);
  });

  it('a wrong echo of the POST goes to the list, which may settle it', () => {
    const run = creating().reply(payment('Confirmation', { amount: { value: 1, currency: 'RUB' } }));
    expect(run.outcome).toMatchObject({ kind: 'unknown', say: expect.objectContaining({ number: 'PM-20' }) });
    run.wake();
    expect(run.asked).toBe('GET /payments');
    run.reply({ items: [] }).until(600_000, (one) => one.reply({ items: [] }));
    expect(run.outcomes.length, 'the server has named it: absence proves nothing').toBe(1);
    expect(run.wake().reply({ items: [payment('Settled')] }).outcome).toMatchObject(APPROVED);
  });
});

describe('refusals of the POST', () => {
  it.each([
    ['P-14', 401, problem('not_authorized', 'Not authorized'), 'notAuthorised', { number: 'PM-13' }],
    ['403', 403, problem('not_authorized'), 'notAuthorised', { number: 'PM-13' }],
    [
      'P-15',
      400,
      problem('validation_error', 'x'),
      'rejected',
      { number: 'PM-07', text: 'Некорректный запрос (неверный формат). x' },
    ],
    ['invalid', 404, problem('invalid_operation'), 'rejected', { number: 'PM-07', text: 'Запрос отклонен' }],
  ])('%s: nothing was made, and the cashier is told why', (_name, status, body, code, say) => {
    expect(creating().reply(body, status).outcomes).toEqual([{ kind: 'declined', code, say }]);
  });

  it('PM-09: it certainly did not leave', () => {
    expect(creating().fail('notSent').outcomes).toEqual([{ kind: 'notSent', say: { number: 'PM-09' } }]);
  });
});

describe('the three displays', () => {
  it.each([true, 'true', 1])('testMode %o in an answer, not asked for: never believed, paid or open', (testMode) => {
    const open = creating().reply({ ...withLink(), testMode });
    expect([open.outcome, open.alarms.length]).toEqual([
      { kind: 'unknown', say: expect.objectContaining({ number: 'PM-20' }) },
      1,
    ]);
    const run = waiting().wake().reply(payment('Settled', { testMode }));
    expect([run.outcome?.kind, run.alarms[0]]).toEqual(['unknown', expect.stringContaining('test payment')]);
    const training = waiting({ testMode: true }).wake().reply(payment('Settled', { testMode }));
    expect(training.outcome?.kind).toBe('approved');
  });

  it('0: on paper, printed once, again after a restart', () => {
    const run = waiting({ display: 0 });
    expect(run.prompt).toMatchObject({
      show: 'showQr',
      where: 'paper',
      number: 'PM-01',
      payload: LINK,
      text: 'Пожалуйста, подождите',
    });
    expect(run.restart().prompt).toMatchObject({ show: 'showQr', where: 'paper' });
    run
      .fail()
      .until(123_000, (one) => one.fail())
      .feed({ answer: { retry: true } });
    expect(run.prompt).toMatchObject({
      show: 'wait',
      number: 'PM-01',
      hint: 'QR-код напечатан на чеке',
      cancellable: true,
    });
  });

  it('0 without a printer: PM-10, polling goes on; yes shows it on the screen', () => {
    const run = waiting({ display: 0 }).feed({ answer: { notPrinted: true } });
    expect(run.prompt).toMatchObject({ show: 'confirm', number: 'PM-10' });
    run
      .wake()
      .reply(payment('Confirmation'))
      .feed({ answer: { ok: true } });
    expect(run.prompt).toMatchObject({ show: 'showQr', number: 'PM-02', payload: LINK });
    expect(run.prompt).not.toHaveProperty('where');
    expect(run.wake().reply(payment('Settled')).outcomes).toEqual([APPROVED]);
  });

  it('0, the printer fails under PM-03: PM-10 is asked after it', () => {
    const run = waiting({ display: 0 });
    run.until(120_000, (one) => one.fail());
    run.feed({ answer: { notPrinted: true } });
    expect(run.prompt?.number).toBe('PM-03');
    expect(run.feed({ answer: { retry: true } }).prompt?.number).toBe('PM-10');
  });

  it('0 without a printer: no cancels the bill', () => {
    const run = waiting({ display: 0 })
      .feed({ answer: { notPrinted: true } })
      .esc();
    expect([run.asked, run.prompt?.number]).toEqual(['PUT /payments/900000001/cancel', 'PM-04']);
  });

  it('2: the message only, no link is needed (P-2)', () => {
    const run = creating({ display: 2, stickerId: 'stk-test-1' });
    expect(JSON.parse(run.request.body ?? '')).toMatchObject({
      paymentData: { paymentMethod: 'sbp', stickerId: 'stk-test-1' },
    });
    run.reply(payment('Confirmation'));
    expect(run.prompt).toMatchObject({
      show: 'wait',
      number: 'PM-02',
      text: 'Для оплаты используйте NFC или отсканируйте QR-код',
      cancellable: true,
    });
  });
});

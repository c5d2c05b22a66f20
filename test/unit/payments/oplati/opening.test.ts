import { describe, expect, it } from 'vitest';
import { oplatiDriver } from '../../../../src/payments/providers/oplati/driver.ts';
import { oplatiLoyalty } from '../../../../src/payments/providers/oplati/loyalty.ts';
import { oplatiPay } from '../../../../src/payments/providers/oplati/pay.ts';
import type { OplatiMode } from '../../../../src/payments/providers/oplati/settings.ts';
import { errorBody, MachineRun, ORDER, UNAUTHORISED } from '../machine-run.ts';

const QR = 'o-plati://o-cashpay/dyn/AAECAwQFBgcICQoLDA0ODxAREhM=';
const LAPSED = errorBody('400', '166', 'Время выполнения платежа истекло!', 'Превышено время ожидания клиента.');

function pay(mode: OplatiMode, token: string | null = 'token-1'): MachineRun {
  return new MachineRun(oplatiPay, { mode }, ORDER, token);
}

/** Brings a payment to the questions whether the buyer is ready. */
function waitingForBuyer(mode: OplatiMode): MachineRun {
  const run = pay(mode);
  if (mode === 0) return run.feed({ answer: { code: 'buyer-code' } }).reply(200, { sessionId: 5003 });
  if (mode === 1) {
    return run.reply(200, { sessionId: 5002, confirmCode: '0135' }).feed({ answer: { ok: true } });
  }
  return run.reply(200, { sessionId: 5001, dynamicQR: QR }).wake();
}

describe('token', () => {
  it('is asked for once, stored before it is used, and the payment goes on by itself', () => {
    const run = pay(2, null);
    expect([run.request.method, run.path, run.body]).toEqual(['POST', '/tokens', {}]);
    expect(run.request.headers).not.toHaveProperty('token');
    run.reply(200, { token: 'fresh' });
    expect(run.actions.findIndex((action) => action.do === 'storeToken')).toBeLessThan(
      run.actions.findLastIndex((action) => action.do === 'send'),
    );
    expect([run.path, run.request.headers.token, run.request.headers.regNum]).toEqual([
      '/demandPayment',
      'fresh',
      'OPL000000002',
    ]);
  });

  it('is not asked for in password mode; the password goes with GET and POST', () => {
    const run = new MachineRun(oplatiPay, { mode: 2, password: 'secret' }, ORDER, null);
    expect([run.path, run.request.headers.password]).toEqual(['/demandPayment', 'secret']);
    run.reply(200, { sessionId: 5001, dynamicQR: QR }).wake();
    expect([run.request.method, run.request.headers.password]).toEqual(['GET', 'secret']);
    expect(run.request.headers).not.toHaveProperty('token');
  });

  it('that exists already ends with OPL-03, a register that is not registered with OPL-04', () => {
    const text = 'Токен уже существует или касса работает в режиме пароля';
    expect(pay(0, null).reply(400, errorBody('400', '', text, text)).outcome).toEqual({
      kind: 'declined',
      code: 'notAuthorised',
      say: { number: 'OPL-03', text },
    });
    expect(pay(0, null).reply(401, UNAUTHORISED).outcome).toMatchObject({ say: { number: 'OPL-04' } });
  });

  it('that arrived in the journal before the power went is used, not asked for again', () => {
    const run = pay(2, null);
    run.token = 'stored';
    run.restart();
    expect([run.path, run.request.headers.token]).toEqual(['/demandPayment', 'stored']);
    expect(pay(2, null).restart().path).toBe('/tokens');
  });

  it('must fit into a header', () => {
    const run = pay(2, null).reply(200, { token: 'a\r\nb' });
    expect(run.token).toBeNull();
    expect(run.outcome).toBeUndefined();
  });

  it.each(['demand', 'ready'])('refused at %s ends with OPL-04 whatever the body says', (step) => {
    const run = step === 'demand' ? pay(2) : waitingForBuyer(2);
    expect(run.reply(401, '<html>').outcome).toEqual({
      kind: 'declined',
      code: 'notAuthorised',
      say: { number: 'OPL-04' },
    });
  });
});

describe('mode 0', () => {
  it('asks for the code, sends it trimmed, and nowhere in its state is the code', () => {
    const run = pay(0);
    expect(run.sends).toEqual([]);
    expect(run.prompt).toEqual({
      show: 'scanBuyerCode',
      number: 'OPL-21',
      title: 'Ввод QR-кода О!плати',
      text: 'Отсканируйте QR-код О!плати',
      hint: 'Отсканируйте QR-код покупателя.',
    });
    run.feed({ answer: { code: ' buyer-code\r\n' } });
    expect(run.body).toEqual({ paymentMode: 1, consumerQr: 'buyer-code' });
    expect(run.usedCodes.has('buyer-code')).toBe(true);
    expect(JSON.stringify(run.state)).not.toContain('buyer-code');
    run.reply(200, { sessionId: 5003 });
    expect(run.prompt).toMatchObject({ number: 'OPL-24', text: 'Платеж ожидает подтверждения', cancellable: true });
    expect(run.path).toBe('/consumerStatus?sessionId=5003');
  });

  it('keeps the dialog open with OPL-17 for a code used before, and sends nothing', () => {
    const run = pay(0);
    run.usedCodes.add('old-code');
    run.feed({ answer: { code: 'old-code' } });
    expect(run.prompt).toMatchObject({ show: 'scanBuyerCode', number: 'OPL-17', text: 'Этот QR-код уже использован' });
    expect(run.sends).toEqual([]);
    run.feed({ answer: { code: 'fresh-code' } });
    expect(run.path).toBe('/demandPayment');
  });

  it.each(['   ', 'x'.repeat(513)])('takes no code of an impossible length', (code) => {
    const run = pay(0).feed({ answer: { code } });
    expect([run.sends.length, run.prompt?.number]).toEqual([0, 'OPL-21']);
  });

  it('ends with OPL-02 when the server refuses the code', () => {
    const text = 'Действие ключа истекло!';
    const run = pay(0)
      .feed({ answer: { code: 'c' } })
      .reply(400, errorBody('400', '', text, text));
    expect(run.outcome).toEqual({ kind: 'declined', code: 'buyerCodeRejected', say: { number: 'OPL-02', text } });
  });

  it('asks for another code when the answer to the demand is lost, and gives up after the third', () => {
    const run = pay(0)
      .feed({ answer: { code: 'c1' } })
      .fail('lost');
    expect(run.prompt).toMatchObject({ show: 'scanBuyerCode', number: 'OPL-21' });
    run.feed({ answer: { code: 'c2' } }).reply(500, 'oops');
    run.feed({ answer: { code: 'c3' } }).fail('lost');
    expect(run.outcome).toEqual({ kind: 'notSent', say: { number: 'OPL-01' } });
  });

  it('after a restart asks for the code (again)', () => {
    expect(pay(0).restart().prompt).toMatchObject({ number: 'OPL-21' });
    const run = pay(0)
      .feed({ answer: { code: 'c1' } })
      .restart();
    expect([run.prompt?.number, run.sends.length]).toEqual(['OPL-21', 1]);
  });
});

describe('mode 1', () => {
  it('tells the code with its leading zero, and Enter leaves it in view', () => {
    const run = pay(1);
    expect(run.body).toEqual({ paymentMode: 2 });
    run.reply(200, { sessionId: 5002, confirmCode: '0135' });
    expect(run.prompt).toEqual({
      show: 'tellCode',
      number: 'OPL-22',
      title: 'Выберите действие',
      text: 'Сообщите код подтверждения покупателю. Код подтверждения:',
      code: '0135',
      deadlineMs: 60_000,
      hint: 'Сообщите код подтверждения и нажмите клавишу "Ввод".',
    });
    expect(run.sends).toHaveLength(1);
    run.feed({ answer: { ok: true } });
    expect([run.path, run.prompt?.number]).toEqual(['/consumerStatus?sessionId=5002', 'OPL-24']);
    expect(run.prompt).toMatchObject({ code: '0135', deadlineMs: 60_000 });
  });

  // OPL-22 asked nothing and had no end: a buyer who typed the code at 3 s was told at 70 s that he had not, and random keys left
  // two shifts standing in it.
  it('asks every 3 s while the code stands, goes on by itself, and ends by itself', () => {
    const run = pay(1).reply(200, { sessionId: 5002, confirmCode: '0135' });
    run.wake().reply(200, { isConsumerReady: false });
    expect([run.path, run.prompt?.number]).toEqual(['/consumerStatus?sessionId=5002', 'OPL-22']);
    run.wake().reply(200, { isConsumerReady: true, loyaltyCards: [] });
    expect([run.path, run.prompt?.number]).toEqual(['/payments', 'OPL-24']);

    const silent = pay(1).reply(200, { sessionId: 5002, confirmCode: '0135' });
    for (let asked = 0; asked < 30 && silent.outcome === undefined; asked++)
      silent.wake().reply(200, { isConsumerReady: false });
    expect(silent.outcome).toMatchObject({ kind: 'declined', code: 'codeNotEntered', say: { number: 'OPL-08' } });
  });

  it('shows the same code again after a restart, but not one that has lapsed', () => {
    const run = pay(1).reply(200, { sessionId: 5002, confirmCode: '0135' }).restart();
    expect(run.prompt).toMatchObject({ show: 'tellCode', code: '0135' });
    run.later(3_600_000).restart().reply(400, LAPSED);
    expect(run.outcome).toMatchObject({ kind: 'declined', code: 'codeNotEntered', say: { number: 'OPL-08' } });
  });

  it('does not take a session without a code', () => {
    const run = pay(1).reply(200, { sessionId: 5002 });
    expect(run.wake().path).toBe('/demandPayment');
  });
});

describe('mode 2', () => {
  it('shows the QR and asks every 3 s', () => {
    const run = pay(2);
    expect(run.body).toEqual({ paymentMode: 3 });
    run.reply(200, { sessionId: 5001, dynamicQR: QR });
    expect(run.prompt).toEqual({
      show: 'showQr',
      number: 'OPL-23',
      caption: 'Отсканируйте QR-код для оплаты',
      payload: QR,
      state: 'Ожидание покупателя',
      deadlineMs: 60_000,
      hint: 'Покупатель сканирует QR-код в мобильном приложении "О!плати".',
    });
    expect([run.sends.length, run.sleepMs]).toEqual([1, 3_000]);
    run.wake().reply(200, { isConsumerReady: false });
    expect(run.sleepMs).toBe(3_000);
    expect(run.wake().path).toBe('/consumerStatus?sessionId=5001');
  });

  it('shows the same QR after a restart, never a second one, with the time that is left (K9)', () => {
    const run = waitingForBuyer(2).later(10_000).restart();
    expect(run.prompt).toMatchObject({ show: 'showQr', payload: QR, deadlineMs: 47_000 });
    expect(run.countOf('/demandPayment')).toBe(1);
    expect(run.path).toBe('/consumerStatus?sessionId=5001');
  });

  it('opens the session anew when the answer was lost or the power went', () => {
    expect(pay(2).restart().countOf('/demandPayment')).toBe(2);
    const run = pay(2).fail('lost').wake();
    expect([run.countOf('/demandPayment'), run.outcome]).toEqual([2, undefined]);
  });

  it('asks 18 to 20 times in the life of a session', () => {
    const run = waitingForBuyer(2);
    let count = 0;
    for (const startedAtMs = run.nowMs - 3_000; run.nowMs - startedAtMs < 60_000; run.wake()) {
      count++;
      run.reply(200, { isConsumerReady: false });
    }
    expect(count).toBeGreaterThanOrEqual(18);
    expect(count).toBeLessThanOrEqual(20);
    expect(run.reply(400, LAPSED).outcome).toMatchObject({ code: 'notScanned', say: { number: 'OPL-09' } });
    expect(run.countOf('/payments')).toBe(0);
  });
});

describe('nobody is there', () => {
  it.each([0, 1, 2] as const)('mode %i: a request that did not leave ends at once with OPL-01', (mode) => {
    const run = pay(mode);
    if (mode === 0) run.feed({ answer: { code: 'c' } });
    expect(run.fail('notSent').outcome).toEqual({ kind: 'notSent', say: { number: 'OPL-01' } });
    expect(pay(mode, null).fail('notSent').outcome).toEqual({ kind: 'notSent', say: { number: 'OPL-01' } });
  });

  it.each([
    ['token', null],
    ['demand', 'token-1'],
  ])('%s without an answer is repeated twice, then OPL-01', (_step, token) => {
    const run = pay(2, token).reply(200, '<html>').wake().reply(503, 'busy').wake().fail('lost');
    expect(run.sends).toHaveLength(3);
    expect(run.outcome).toEqual({ kind: 'notSent', say: { number: 'OPL-01' } });
  });

  it.each([
    ['<html>', 200, 'Ответ сервера не распознан'],
    ['', 404, 'Сервер ответил ошибкой 404'],
    ['', 407, 'Прокси-сервер требует вход (407)'],
  ])('%s with status %i is an answer, and is not called "no link"', (body, status, text) => {
    for (const token of [null, 'token-1']) {
      const run = pay(2, token).fail('lost').wake().fail('lost').wake().reply(status, body);
      expect(run.outcome).toEqual({ kind: 'declined', code: 'rejected', say: { number: 'OPL-14', text } });
    }
    const large = pay(2, 'token-1').fail('tooLarge').wake().fail('tooLarge').wake().fail('tooLarge');
    expect(large.outcome).toMatchObject({ say: { number: 'OPL-14', text: 'Ответ сервера слишком велик' } });
  });

  it.each([0, 1, 2] as const)(
    'mode %i: lost answers about the buyer are asked again until the session lapsed',
    (mode) => {
      const run = waitingForBuyer(mode);
      for (let elapsedMs = 0; elapsedMs < 60_000 && run.outcome === undefined; elapsedMs += 3_000)
        run.fail('lost').wake();
      expect(run.outcome).toBeUndefined();
      while (run.outcome === undefined) {
        run.fail('lost');
        if (run.outcome === undefined) run.wake();
      }
      expect(run.outcome).toEqual({ kind: 'notSent', say: { number: 'OPL-01' } });
      expect(run.countOf('/payments')).toBe(0);
    },
  );

  it.each([
    [0, 'timeout', 'OPL-05', 'Клиент не подтвердил платеж в течение отведенного времени'],
    [1, 'codeNotEntered', 'OPL-08', 'Клиент не подтвердил платеж в течение отведенного времени'],
    [2, 'notScanned', 'OPL-09', 'Клиент не отсканировал QR-код либо не подтвердил платеж'],
  ] as const)('mode %i: a lapsed session and 66 s without the buyer are %s, %s', (mode, code, number, text) => {
    const expected = { kind: 'declined', code, say: { number, text } };
    expect(waitingForBuyer(mode).reply(400, LAPSED).outcome).toEqual(expected);
    const silent = waitingForBuyer(mode);
    for (let i = 0; i < 30 && silent.outcome === undefined; i++) {
      silent.reply(200, { isConsumerReady: false });
      if (silent.outcome === undefined) silent.wake();
    }
    expect(silent.outcome).toEqual(expected);
  });

  it('another refusal shows the words of the server without the register number', () => {
    expect(pay(2).reply(400, errorBody('400', '', 'Касса закрыта')).outcome).toEqual({
      kind: 'declined',
      code: 'rejected',
      say: { number: 'OPL-15', text: 'Касса закрыта' },
    });
    expect(pay(2).reply(400, errorBody('400', '', '', '\u001b[31mНельзя')).outcome).toMatchObject({
      say: { number: 'OPL-15', text: '[31mНельзя' },
    });
    expect(pay(2).reply(400, errorBody('400', '', '')).outcome).toMatchObject({ say: { number: 'OPL-14' } });
  });
});

describe('Esc before the sale', () => {
  it.each([
    ['token', () => pay(2, null)],
    ['code', () => pay(0)],
    ['demand', () => pay(1)],
    ['told code', () => pay(1).reply(200, { sessionId: 5002, confirmCode: '0135' })],
    ['buyer, mode 0', () => waitingForBuyer(0)],
    ['buyer, mode 1', () => waitingForBuyer(1)],
    ['buyer, mode 2', () => waitingForBuyer(2)],
  ])('while waiting for the %s: over without a word, and late answers change nothing', (_name, start) => {
    const run = start().cancel();
    expect(run.outcomes).toEqual([{ kind: 'declined', code: 'cancelled', say: null }]);
    const count = run.sends.length;
    if (count > 0) run.reply(200, { isConsumerReady: true });
    run.feed({ timer: true }).restart();
    expect([run.sends.length, run.outcomes.length]).toEqual([count, 1]);
  });
});

it('an answer to an older question is not taken for the present one', () => {
  const run = waitingForBuyer(2);
  const old = run.request.tag;
  run.reply(200, { isConsumerReady: false }).wake();
  run.reply(200, { isConsumerReady: true }, old);
  expect(run.countOf('/payments')).toBe(0);
  expect(oplatiDriver.phase(run.state as never)).toBe('intent');
});

describe('loyalty cards', () => {
  it('are read when the buyer is ready; no money request follows', () => {
    const run = new MachineRun(oplatiLoyalty, { mode: 2 }).reply(200, { sessionId: 5001, dynamicQR: QR }).wake();
    run.reply(200, {
      isConsumerReady: true,
      loyaltyCards: [{ cardNumber: '9900000000017', programName: 'Тест' }, '42', { other: 1 }, null],
    });
    expect(run.outcomes).toEqual([
      {
        kind: 'approved',
        providerPaymentId: null,
        cards: [
          { number: '9900000000017', programName: 'Тест' },
          { number: '42', programName: '' },
        ],
      },
    ]);
    expect(run.sends.every(({ moves }) => moves === 'nothing')).toBe(true);
  });

  it('that are not there are said with OPL-10', () => {
    const run = new MachineRun(oplatiLoyalty, { mode: 0 }).feed({ answer: { code: 'c' } }).reply(200, { sessionId: 1 });
    run.reply(200, { isConsumerReady: true, loyaltyCards: [] });
    expect(run.outcome).toMatchObject({ kind: 'approved', cards: [], say: { number: 'OPL-10' } });
  });

  it('show the dialog of the mode, and Esc ends without a word', () => {
    const run = new MachineRun(oplatiLoyalty, { mode: 1 }).reply(200, { sessionId: 1, confirmCode: '0007' }).restart();
    expect(run.prompt).toMatchObject({ show: 'tellCode', code: '0007' });
    expect(run.cancel().outcome).toEqual({ kind: 'declined', code: 'cancelled', say: null });
    expect(oplatiDriver.phase(run.state as never)).toBe('intent');
  });
});

/** Cash and СБП by the services of Assist's own till application (assist.md 14, 15), with answers as the paper has them. */
import { describe, expect, it } from 'vitest';
import { redactorOf } from '../../../../src/log/redaction.ts';
import type { HttpReply } from '../../../../src/payments/driver.ts';
import { assistDriver } from '../../../../src/payments/providers/assist/driver.ts';
import { assistFollow } from '../../../../src/payments/providers/assist/follow.ts';
import {
  CASH_MODE,
  paymentRequest,
  qrRequest,
  readMposCash,
  readMposCreated,
  readQrAgain,
  readRegistrationId,
  registrationRequest,
  SBP_MODE,
} from '../../../../src/payments/providers/assist/mpos.ts';
import { assistPay } from '../../../../src/payments/providers/assist/pay.ts';
import type { AssistSettings } from '../../../../src/payments/providers/assist/settings.ts';
import { elementsNamed, readXml } from '../../../../src/payments/providers/assist/soap.ts';
import { stateCheckValue } from '../../../../src/payments/providers/assist/wire.ts';
import { AssistRun, BILL, endOf, NUMBER, ORDER, order, PAID, QR, SETTINGS, said } from './assist-run.ts';
import { orderAnswer, paymentAnswer, registrationAnswer, SHOWN, soapFault } from './mpos-answers.ts';

const MPOS: Partial<AssistSettings> = { sbpMode: 'mpos', cashMode: 'mpos' };
const URL_OF_PAYMENT = 'https://assist.example/mpos/mobilepayment.cfm';
const ORDERED = { orderNumber: NUMBER, amountKopecks: 4830, email: '' };
const reply = (body: string, status = 200): HttpReply => ({ tag: 't', status, body });

/** Fields of the one request element. */
function fieldsOf(body: string | null, name: string): Record<string, string> {
  const root = readXml(body ?? '');
  const [request] = root === null ? [] : elementsNamed(root, name);
  return Object.fromEntries((request?.children ?? []).map((child) => [child.name, child.text]));
}

/** What the gateway of the tests needs of a run: SOAP comes back with 200 and 500. */
const mposSbp = (settings: Partial<AssistSettings> = {}) =>
  new AssistRun(assistPay, ORDER, { ...MPOS, ...settings }).choose(2);
const mposCash = (settings: Partial<AssistSettings> = {}) =>
  new AssistRun(assistPay, ORDER, { ...MPOS, ...settings }).choose(0).feed({ answer: { amountKopecks: 100 } });

const lastOf = (run: AssistRun) => run.paths.at(-1);
const shownQr = (run: AssistRun) => (run.prompt?.show === 'showQr' ? run.prompt.payload : null);
const postsIn = (run: AssistRun) => run.paths.filter((path) => path === 'mobilepayment').length;
/** Asks for the state, again and again, with no order in the answers. */
function absentFor(run: AssistRun, ms: number): AssistRun {
  const endMs = run.nowMs + ms;
  while (run.nowMs < endMs && lastOf(run) === 'orderresult') {
    run.result();
    if (lastOf(run) !== 'orderresult' || endOf(run) === 'notRegistered') break;
    run.wake();
  }
  return run;
}

describe('requests', () => {
  it.each([
    ['СБП', SBP_MODE, '30'],
    ['cash', CASH_MODE, '5'],
  ])('%s: the fields of the paper, text, the sum with two decimals, SOAPAction the URL itself', (_, mode, written) => {
    const request = paymentRequest('t', ORDERED, mode, SETTINGS);
    expect(request).toMatchObject({
      method: 'POST',
      url: URL_OF_PAYMENT,
      timeoutMs: 20_000,
      headers: { 'content-type': 'text/xml;charset=utf-8', SOAPAction: URL_OF_PAYMENT },
    });
    expect(fieldsOf(request.body, 'payment')).toEqual({
      applicationname: 'kassa',
      applicationversion: '1.0',
      merchant_id: '123456',
      login: 'demo_user',
      password: SETTINGS.password,
      ordernumber: NUMBER,
      orderamount: '48.30',
      ordercurrency: 'RUB',
      clientip: '0.0.0.0',
      language: 'RU',
      generatereceipt: '0',
      paymentmode: written,
    });
  });

  it('no request has a field of a card, and no two have a field twice', () => {
    const requests = [
      paymentRequest('t', { ...ORDERED, email: 'a@b.example' }, SBP_MODE, SETTINGS),
      registrationRequest('t', ORDER, SETTINGS),
      qrRequest('t', ORDER, { registrationId: 'R-1', sinceMs: 0 }, SETTINGS),
    ];
    const cards = /card|expire|emv|ksn|track|device_?tag|pin|signature/i;
    for (const { body } of requests) {
      const names = [...(body ?? '').matchAll(/<([\w:]+)[ >]/g)].map(([, name]) => name);
      expect(names.filter((name) => cards.test(name ?? ''))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('the registration names the shop and this register; the result names both', () => {
    expect(fieldsOf(registrationRequest('t', ORDER, SETTINGS).body, 'getregistration')).toEqual({
      applicationname: 'kassa',
      applicationversion: '1.0',
      deviceuniqueid: 'kassa-8',
      shop: '1',
      merchant_id: '123456',
    });
    const settings = { ...SETTINGS, mpos: { ...SETTINGS.mpos, deviceId: 'till-1' } };
    const sinceMs = Date.parse('2031-03-04T09:00:00Z');
    expect(fieldsOf(qrRequest('t', ORDER, { registrationId: 'R-1', sinceMs }, settings).body, 'orderresult')).toEqual({
      device_id: 'till-1',
      registration_id: 'R-1',
      ordernumber: NUMBER,
      merchant_id: '123456',
      date: '04.03.2031',
      language: 'RU',
    });
  });

  it('paths and names are those of the settings', () => {
    const moved = { ...SETTINGS, paths: { ...SETTINGS.paths, mposPayment: '/till/pay.cfm' } };
    const { url, headers } = paymentRequest('t', ORDERED, SBP_MODE, moved);
    expect([url, headers['SOAPAction']]).toEqual(Array(2).fill('https://assist.example/till/pay.cfm'));
  });

  it('a password of any characters is sent whole, and masked in the log however it is written', () => {
    const password = 'a&b<c>"ё';
    const { body } = paymentRequest('t', ORDERED, SBP_MODE, { ...SETTINGS, password });
    expect(fieldsOf(body, 'payment')).toMatchObject({ password, login: 'demo_user' });
    const masked = redactorOf(assistDriver.secrets({ ...SETTINGS, password }, 'REG-1'))(
      `${body} echo: a&#38;b&lt;c&gt;&quot;&#x451; REG-1`,
    );
    expect(masked).toContain('<password>***</password>');
    expect(masked).toMatch(/echo: \*\*\* \*\*\*$/);
    expect(masked).not.toMatch(/a&|c&gt;|REG-1/);
  });
});

describe('answers', () => {
  it('СБП: the QR of the paper, decoded once and otherwise as it came', () => {
    const link =
      'https://qr.nspk.ru/AD10000000000000000000000000AS25?type=02&bank=100000000000&sum=4830&cur=RUB&crc=E8BF';
    const answer =
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><payment><ordernumber>K7-000125</ordernumber><billnumber>5123456000000125.1</billnumber><orderamount>48.30</orderamount><ordercurrency>RUB</ordercurrency><orderstate>In Process</orderstate><responsecode>AS300</responsecode><qrcode><plain>https://qr.nspk.ru/AD10000000000000000000000000AS25?type=02&amp;bank=100000000000&amp;sum=4830&amp;cur=RUB&amp;crc=E8BF</plain></qrcode></payment></s:Body></s:Envelope>';
    expect(readMposCreated(reply(answer), SETTINGS)).toMatchObject({
      qr: link,
      expiresAtMs: null,
      order: { orderNumber: 'K7-000125', billNumber: '5123456000000125', amountKopecks: 4830, state: 'In Process' },
    });
    const twice = answer.replaceAll('&amp;', '&amp;amp;');
    expect(readMposCreated(reply(twice), SETTINGS)?.qr).toBe(link.replaceAll('&', '&amp;'));
  });

  it.each([
    ['no link', 'AD100'],
    ['another scheme', 'http://qr.nspk.ru/A'],
    ['blanks in it', 'https://qr.nspk.ru/A B'],
  ])('a QR that may not be shown is none: %s', (_, qr) => {
    expect(readMposCreated(reply(paymentAnswer('In Process', {}, qr)), SETTINGS)).toMatchObject({ qr: null });
  });

  it('cash: the order with its operation beside it', () => {
    const answer = paymentAnswer('Approved', { approvalcode: '123', mid: '7', meantypename: 'НАЛИЧНЫЕ' });
    expect(readMposCash(reply(answer), SETTINGS)).toMatchObject({
      state: 'Approved',
      billNumber: BILL,
      operations: [{ billNumber: `${BILL}.1`, responseCode: 'AS000', approvalCode: '123', meansName: 'НАЛИЧНЫЕ' }],
    });
  });

  it.each([
    ['a fault', soapFault('5', '108'), 500],
    ['a payment with an error of HTTP', SHOWN, 500],
    ['two payments', SHOWN.replace(/(<payment>.*<\/payment>)/, '$1$1'), 200],
    [
      'a sum that stands there twice',
      SHOWN.replace('<orderamount>', '<orderamount>9.00</orderamount><orderamount>'),
      200,
    ],
    ['no bill number', SHOWN.replace(`${BILL}.1`, ''), 200],
    ['JSON', '{"order":{}}', 200],
    ['a page', '<html><body>Sorry</body></html>', 200],
  ])('%s is no order', (_, body, status) => {
    expect(readMposCreated(reply(body, status), SETTINGS)).toBeNull();
    expect(readMposCash(reply(body, status), SETTINGS)).toBeNull();
  });

  it('a check value is looked at where there is one', () => {
    const secretWord = 'demo-word';
    const signed = { merchantId: '123456', orderNumber: NUMBER, amount: '1.00', currency: 'RUB', state: 'Approved' };
    const settings = { ...SETTINGS, secretWord };
    const genuine = (more: Record<string, string>) =>
      readMposCash(reply(paymentAnswer('Approved', more)), settings)?.isGenuine;
    expect(genuine({})).toBe(true);
    expect(genuine({ checkvalue: '' })).toBe(true);
    expect(genuine({ checkvalue: stateCheckValue(secretWord, signed) })).toBe(true);
    expect(genuine({ checkvalue: 'E131D1A3688001F6DECAFD18136A28D8' })).toBe(false);
  });

  it('the QR read again is that of our open order alone', () => {
    const ours = { orderNumber: NUMBER, amountKopecks: 100, billNumber: BILL };
    const read = (body: string) => readQrAgain(reply(body), ours, SETTINGS);
    expect(read(orderAnswer(QR))).toEqual({ qr: QR });
    for (const other of [{ ordernumber: 'X' }, { orderamount: '2.00' }, { ordercurrency: 'USD' }, { billnumber: '' }]) {
      expect([other, read(orderAnswer(QR, other))]).toEqual([other, null]);
    }
    expect(read(orderAnswer(QR, { billnumber: '5123456000000009' }))).toEqual({ qr: null });
    expect(read(orderAnswer(QR, { orderstate: 'Timeout' }))).toEqual({ qr: null });
    expect(read(orderAnswer(''))).toEqual({ qr: null });
    expect(read(SHOWN)).toBeNull();
  });

  it('a registration id becomes a line of a file: visible characters only', () => {
    expect(readRegistrationId(reply(registrationAnswer('R-00a1')))).toBe('R-00a1');
    for (const bad of ['', 'a b', 'ключ', 'x'.repeat(201)]) {
      expect([bad, readRegistrationId(reply(registrationAnswer(bad)))]).toEqual([bad, null]);
    }
  });
});

describe('СБП', () => {
  it('the QR of the answer is shown; then the documented result is asked for and decides', () => {
    const run = mposSbp();
    expect(run.paths).toEqual(['mobilepayment']);
    expect(run.sends[0]?.moves).toBe('money');
    run.reply(200, SHOWN);
    expect(shownQr(run)).toBe(QR);
    run.wake().result(PAID);
    expect([endOf(run), run.paths]).toEqual(['approved', ['mobilepayment', 'orderresult']]);
  });

  it.each([
    ['5/108 with 500', soapFault('5', '108'), 500, 'rejected'],
    ['5/108 with 200', soapFault('5', '108'), 200, 'rejected'],
    ['11/107: another till has the number', soapFault('11', '107'), 500, 'rejected'],
    ['401', soapFault('7', '141'), 401, 'notAuthorised'],
  ])('refused: %s', (_, body, status, code) => {
    const run = mposSbp().reply(status, body);
    expect([endOf(run), run.paths]).toEqual([code, ['mobilepayment']]);
  });

  it('the answer is lost: the state is read, the QR is read again by a new registration, and is shown', () => {
    const run = mposSbp().fail('lost');
    expect(lastOf(run)).toBe('orderresult');
    run.result(order('In Process'));
    expect(lastOf(run)).toBe('mobileregistration');
    run.reply(200, registrationAnswer('REG-77'));
    expect(run.token).toBe('REG-77');
    expect(lastOf(run)).toBe('mobileorderresult');
    expect(fieldsOf(run.request.body, 'orderresult')).toMatchObject({ registration_id: 'REG-77', ordernumber: NUMBER });
    run.reply(200, orderAnswer(QR));
    expect(shownQr(run)).toBe(QR);
    run.wake().result(PAID);
    expect(endOf(run)).toBe('approved');
    expect(postsIn(run)).toBe(1);
    // The id goes from one answer into one request and to the file of the register: into no state of the journal.
    expect(run.states.join()).not.toContain('REG-77');
  });

  it('a registration that is known is not asked for again', () => {
    const run = mposSbp();
    run.token = 'REG-1';
    run.fail('lost').result(order('In Process'));
    expect(lastOf(run)).toBe('mobileorderresult');
  });

  it('one that the server has forgotten is asked for anew, once', () => {
    const run = mposSbp();
    run.token = 'REG-1';
    run.fail('lost').result(order('In Process')).reply(500, soapFault('10', '221'));
    expect(lastOf(run)).toBe('mobileregistration');
    run.reply(200, registrationAnswer('REG-2')).reply(500, soapFault('10', '221'));
    expect(run.paths.slice(2)).toEqual(['mobileorderresult', 'mobileregistration', 'mobileorderresult', 'login']);
  });

  it.each([
    ['an answer without it', 200, orderAnswer('')],
    ['10/201', 500, soapFault('10', '201')],
    ['another order', 200, orderAnswer(QR, { billnumber: '5123456000000009' })],
  ])('only when it cannot be had is the order given up: %s', (_, status, body) => {
    const run = mposSbp();
    run.token = 'REG-1';
    run.fail('lost').result(order('In Process')).reply(status, body);
    expect(lastOf(run)).toBe('login');
    run.reply(200, { access_token: 'T', refresh_token: 'U' }).reply(200, { cancel: { orderstate: 'Canceled' } });
    run.result(order('Canceled'));
    expect(endOf(run)).toBe('cancelled');
    expect(postsIn(run)).toBe(1);
  });

  it.each(['registration', 'result'] as const)(
    'ten lost answers to the %s: asked for again after the state was read, then given up',
    (what) => {
      const run = mposSbp();
      if (what === 'result') run.token = 'REG-1';
      run.fail('lost').result(order('In Process'));
      let lost = 0;
      while (lastOf(run)?.startsWith('mobile') === true && lost < 10) {
        run.fail('lost').wake().result(order('In Process'));
        lost++;
      }
      expect(lost).toBe(3);
      expect(lastOf(run)).toBe('login');
      expect(postsIn(run)).toBe(1);
    },
  );

  it('the answer has no QR: it is read again at once', () => {
    const run = mposSbp();
    run.token = 'REG-1';
    run.reply(200, paymentAnswer('In Process'));
    expect(lastOf(run)).toBe('mobileorderresult');
    run.reply(200, orderAnswer(QR));
    expect(shownQr(run)).toBe(QR);
  });

  it('paid meanwhile: nothing is read again', () => {
    const run = mposSbp().fail('lost').result(PAID);
    expect([endOf(run), run.paths]).toEqual(['approved', ['mobilepayment', 'orderresult']]);
  });

  it('ten lost answers to the state: the order is neither made again nor given up', () => {
    const run = mposSbp().fail('lost');
    for (let lost = 0; lost < 10; lost++) run.fail('lost').wake();
    expect(new Set(run.paths)).toEqual(new Set(['mobilepayment', 'orderresult']));
    expect([postsIn(run), endOf(run)]).toEqual([1, 'unknown']);
    run.result(PAID);
    expect(endOf(run)).toBe('approved');
  });

  it('not there for 30 s of good answers: not made, and nothing was made again', () => {
    const run = absentFor(mposSbp().fail('lost'), 60_000);
    expect([endOf(run), postsIn(run)]).toEqual(['notRegistered', 1]);
  });

  it('Esc while the QR is read again: the cashier is free, and nobody sees it, so the order is given up', () => {
    const run = mposSbp();
    run.token = 'REG-1';
    run.fail('lost').result(order('In Process')).cancel();
    expect([endOf(run), said(run)]).toEqual(['unknown', 'AS-23']);
    run.reply(200, orderAnswer(QR));
    expect(lastOf(run)).toBe('login');
    expect(shownQr(run)).toBeNull();
  });

  it('Esc before the answer: the order that comes with a QR is given up', () => {
    const run = mposSbp().cancel().reply(200, SHOWN);
    expect(lastOf(run)).toBe('login');
    expect(shownQr(run)).toBeNull();
  });

  it.each(['orderresult', 'mobileregistration', 'mobileorderresult'])(
    'a restart after %s was asked begins with the state',
    (path) => {
      const run = mposSbp().fail('lost');
      if (path !== 'orderresult') run.result(order('In Process'));
      if (path === 'mobileorderresult') run.reply(200, registrationAnswer('REG-1'));
      expect(lastOf(run)).toBe(path);
      run.restart();
      expect(lastOf(run)).toBe('orderresult');
      run.result(order('In Process'));
      if (run.token === null) run.reply(200, registrationAnswer('REG-1'));
      run.reply(200, orderAnswer(QR));
      expect([shownQr(run), postsIn(run)]).toEqual([QR, 1]);
    },
  );

  it('chosen again while it is undecided: the QR is read again and shown', () => {
    const run = mposSbp();
    run.token = 'REG-1';
    run.fail('lost').fail('lost').wake().fail('lost').wake().fail('lost').wake();
    expect(said(run)).toBe('AS-23');
    run.again();
    while (lastOf(run) === 'orderresult') run.result(order('In Process'));
    run.reply(200, orderAnswer(QR));
    expect(shownQr(run)).toBe(QR);
  });
});

describe('cash', () => {
  it('is told at once', () => {
    const run = mposCash().reply(200, paymentAnswer('Approved'));
    expect([endOf(run), run.paths]).toEqual(['approved', ['mobilepayment']]);
    expect(fieldsOf(run.request.body, 'payment')).toMatchObject({ paymentmode: '5', orderamount: '1.00' });
    expect(run.outcome).toMatchObject({ isCash: true, providerPaymentId: BILL });
  });

  it('lost, never without the server: told again only after 30 s of good answers without the order', () => {
    const run = absentFor(mposCash({ cashOffline: false }).fail('lost'), 29_000);
    expect(postsIn(run)).toBe(1);
    absentFor(run, 10_000);
    expect(postsIn(run)).toBe(2);
  });

  it('lost answers to the state are no good answers', () => {
    const run = mposCash({ cashOffline: false }).fail('lost');
    for (let lost = 0; lost < 10; lost++) run.fail('lost').wake();
    expect(postsIn(run)).toBe(1);
    run.result(PAID);
    expect([endOf(run), postsIn(run)]).toEqual(['approved', 1]);
  });

  it('a restart while it is told: the state first, and 30 s from then', () => {
    const run = mposCash({ cashOffline: false }).restart();
    expect(run.paths).toEqual(['mobilepayment', 'orderresult']);
    absentFor(run, 29_000);
    expect(postsIn(run)).toBe(1);
    absentFor(run, 10_000);
    expect(postsIn(run)).toBe(2);
  });

  describe('told a second time, the server', () => {
    const twice = () => absentFor(mposCash({ cashOffline: false }).fail('lost'), 40_000);

    it('answers with the stored order: the state is read, and it counts once', () => {
      const run = twice().reply(200, paymentAnswer('Approved'));
      expect(lastOf(run)).toBe('orderresult');
      run.result(PAID);
      expect([endOf(run), postsIn(run), run.notices]).toEqual(['approved', 2, []]);
    });

    it('refuses the number with 11/107: the state is read, and its order counts', () => {
      const run = twice().reply(500, soapFault('11', '107')).result(PAID);
      expect([endOf(run), postsIn(run)]).toEqual(['approved', 2]);
    });

    it('refuses the number and does not show the order yet: the cash is not given up', () => {
      const run = twice().reply(500, soapFault('11', '107')).result();
      expect([endOf(run), postsIn(run)]).toEqual(['open', 2]);
      run.wake().result(PAID);
      expect(endOf(run)).toBe('approved');
    });

    it('makes a second order: one counts, and the surplus is named', () => {
      const second = { ...PAID, billnumber: '5123456000000002', orderdate: '15.01.2030 07:01:00' };
      const run = twice().reply(200, paymentAnswer('Approved', { billnumber: '5123456000000002.1' }));
      run.result(PAID, second);
      expect(endOf(run)).toBe('approved');
      expect(run.notices).toEqual([
        { number: 'AS-27', params: { номер: NUMBER, статус: expect.stringMatching(/несколько раз/) } },
      ]);
    });
  });

  it('the very first is refused with 11/107: another till has the number', () => {
    const run = mposCash().reply(500, soapFault('11', '107'));
    expect([endOf(run), run.paths]).toEqual(['rejected', ['mobilepayment']]);
  });

  it('lost, and counted without the server (AS-35)', () => {
    const run = mposCash().fail('lost');
    expect([endOf(run), said(run)]).toEqual(['approved', 'AS-35']);
    expect(run.outcome).toMatchObject({ follow: true });
  });
});

describe('cash that is told later', () => {
  const source = (mayBeTold: boolean) => ({
    orderNumber: NUMBER,
    providerPaymentId: null,
    amountKopecks: 100,
    shiftLabel: '15012030',
    recalled: {
      providerPaymentId: null,
      isReversal: false,
      email: '',
      means: 'cash' as const,
      offlineSinceMs: Date.parse('2030-01-15T07:00:00.007Z'),
      mayBeTold,
    },
  });
  const following = (mayBeTold: boolean, settings: Partial<AssistSettings> = {}) =>
    new AssistRun(assistFollow, { ...ORDER, source: source(mayBeTold) }, { ...MPOS, ...settings }).wake();

  it('goes by the same service, at once when no report of it can have left', () => {
    const run = following(false).result();
    expect(lastOf(run)).toBe('mobilepayment');
    expect(fieldsOf(run.request.body, 'payment')).toMatchObject({ paymentmode: '5', ordernumber: NUMBER });
    run.reply(200, paymentAnswer('Approved'));
    expect([endOf(run), run.notices.map(({ number }) => number)]).toEqual(['approved', ['AS-34', 'AS-26']]);
  });

  it('after a lost one only when good answers have been without it for 30 s', () => {
    const run = absentFor(following(true), 20_000);
    expect(postsIn(run)).toBe(0);
    absentFor(run, 20_000);
    expect(postsIn(run)).toBe(1);
    run.fail('lost').wake();
    absentFor(run, 20_000);
    expect(postsIn(run)).toBe(1);
    absentFor(run, 20_000);
    expect(postsIn(run)).toBe(2);
    run.reply(500, soapFault('11', '107')).wake().result(PAID);
    expect([endOf(run), run.alarms]).toEqual(['approved', []]);
  });

  it('a restart while it is told counts as a lost one', () => {
    const run = following(false).result();
    run.restart();
    absentFor(run, 25_000);
    expect(postsIn(run)).toBe(1);
    absentFor(run, 20_000);
    expect(postsIn(run)).toBe(2);
  });

  it('by the form it is told at once, as before', () => {
    expect(lastOf(following(true, { cashMode: 'form' }).result())).toBe('payment');
  });

  it('two orders of it: one counts, the surplus is named', () => {
    const run = absentFor(following(true), 40_000).reply(200, paymentAnswer('Approved'));
    run.wake().result(PAID, { ...PAID, billnumber: '5123456000000002' });
    expect(endOf(run)).toBe('approved');
    expect(run.notices.map(({ number }) => number)).toContain('AS-27');
  });
});

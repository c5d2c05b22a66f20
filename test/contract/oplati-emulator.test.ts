/** The О!плати emulator against the conformance vectors O-1..O-19 of its protocol paper, over real HTTP. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, H1, RECEIPT, SHIFT, startDesk } from '../unit/emulators/oplati/oplati-client.ts';

const H2 = { regNum: 'OPL000000002' };
const DYNAMIC_QR = /^o-plati:\/\/o-cashpay\/dyn\/[A-Za-z0-9_-]{27}=$/;

let desk: Desk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.emulator.close());

function refusal(status: number, regNum: string, text: string): { status: number; body: unknown } {
  return {
    status,
    body: {
      code: String(status),
      internalCode: '',
      devMessage: `RegNum ${regNum}: ${text}`,
      userMessage: { lang_en: '', lang_ru: text },
    },
  };
}

const NO_DEMAND = {
  status: 400,
  body: {
    code: '400',
    internalCode: '',
    devMessage: 'RegNum OPL000000001: Продавец не сформировал требование об оплате!',
    userMessage: { lang_en: '', lang_ru: '' },
  },
};
const LAPSED = {
  status: 400,
  body: {
    code: '400',
    internalCode: '166',
    devMessage: 'RegNum OPL000000001: Время выполнения платежа истекло!',
    userMessage: { lang_en: 'Timeout exceeded.', lang_ru: 'Превышено время ожидания клиента.' },
  },
};
const TOKEN_EXISTS = 'Токен уже существует или касса работает в режиме пароля';
const TOKEN_GONE =
  'Необходимо получить новый токен в кассовом ПО либо касса не зарегистрирована в личном кабинете юр. лица';

test.each(['смена 2', 'смена+2', '%D1%81%D0%BC%D0%B5%D0%BD%D0%B0%202'])(
  'a label is read as published clients write it into the address: %s',
  async (label) => {
    await desk.sale('T1-0001', { shift: 'смена 2' });
    const { hostname, port } = new URL(desk.emulator.url);
    const socket = connect(Number(port), hostname);
    const head = `Host: ${hostname}\r\nRegNum: ${H1.regNum}\r\nPassword: ${H1.password}\r\nConnection: close`;
    socket.write(`GET /ms-pay/pos/paymentReports?shift=${label} HTTP/1.1\r\n${head}\r\n\r\n`);
    const answer = await text(socket);
    expect(answer).toContain('HTTP/1.1 200');
    expect(answer).toContain('"orderNumber":"T1-0001"');
  },
);

describe('tokens', () => {
  test('O-1: a token is issued once, then used; the second request is refused', async () => {
    const issued = await desk.post('/tokens', {}, H2);
    expect(issued).toEqual({ status: 200, body: { token: expect.stringMatching(/^.{20,}$/) } });
    expect(await desk.post('/tokens', {}, H2)).toEqual(refusal(400, 'OPL000000002', TOKEN_EXISTS));
    const used = await desk.post('/demandPayment', { paymentMode: 3 }, { ...H2, token: issued.body.token });
    expect(used.status).toBe(200);
  });

  test('O-2: after a reset in the cabinet every call is refused until a new token is asked for', async () => {
    const { token } = (await desk.post('/tokens', {}, H2)).body;
    expect((await desk.control('reset-token', { regNum: 'OPL000000002' })).status).toBe(200);
    const gone = refusal(401, 'OPL000000002', TOKEN_GONE);
    expect(await desk.post('/demandPayment', { paymentMode: 3 }, { ...H2, token })).toEqual(gone);
    expect(await desk.get('/consumerStatus?sessionId=5001', { ...H2, token })).toEqual(gone);
    expect(await desk.get('/paymentReports?shift=x', { ...H2, token })).toEqual(gone);
    const fresh = (await desk.post('/tokens', {}, H2)).body.token;
    expect(fresh).not.toBe(token);
    expect((await desk.post('/demandPayment', { paymentMode: 3 }, { ...H2, token: fresh })).status).toBe(200);
  });

  test('a register in password mode gets no token, and its password may not change', async () => {
    await desk.post('/demandPayment', { paymentMode: 3 });
    expect(await desk.post('/tokens', {})).toEqual(refusal(400, 'OPL000000001', TOKEN_EXISTS));
    const wrong = await desk.post('/demandPayment', { paymentMode: 3 }, { ...H1, password: 'wrong' });
    expect(wrong).toEqual(refusal(401, 'OPL000000001', TOKEN_GONE));
    expect((await desk.post('/demandPayment', { paymentMode: 3 }, { regNum: H1.regNum })).status).toBe(401);
    expect((await desk.post('/demandPayment', { paymentMode: 3 }, {})).status).toBe(401);
  });
});

describe('sessions', () => {
  test('O-3: dynamic QR, not ready until the buyer scans, then paid at once', async () => {
    const demand = await desk.post('/demandPayment', { paymentMode: 3 });
    expect(demand).toEqual({ status: 200, body: { sessionId: 5001, dynamicQR: expect.stringMatching(DYNAMIC_QR) } });
    const ask = () => desk.get('/consumerStatus?sessionId=5001');
    expect(await ask()).toEqual({ status: 200, body: { isConsumerReady: false } });
    desk.clock.advance(3999);
    expect((await ask()).body.isConsumerReady).toBe(false);
    desk.clock.advance(1);
    const ready = { status: 200, body: { isConsumerReady: true, loyaltyCards: [] } };
    expect(await ask()).toEqual(ready);
    expect(await ask()).toEqual(ready);
    const money = { sum: 15.3, orderNumber: 'T1-0001', sessionId: 5001, shift: SHIFT, details: RECEIPT };
    expect(await desk.post('/payments', money)).toEqual({
      status: 200,
      body: {
        paymentId: 1000001,
        paymentType: 1,
        sum: 15.3,
        status: 1,
        createdDate: '2030-01-15T10:00:04.000+03:00',
        paidDate: '2030-01-15T10:00:04.000+03:00',
        orderNumber: 'T1-0001',
      },
    });
    expect((await desk.post('/demandPayment', { paymentMode: 3 })).body.sessionId).toBe(5002);
  });

  test('O-4: a spent session takes no second payment', async () => {
    await desk.sale('T1-0001');
    const again = { sum: 15.3, orderNumber: 'T1-0002', sessionId: 5001, shift: SHIFT, details: RECEIPT };
    expect(await desk.post('/payments', again)).toEqual(NO_DEMAND);
    expect(await desk.get('/consumerStatus?sessionId=5001')).toEqual(NO_DEMAND);
    expect(desk.emulator.ledger()).toHaveLength(1);
  });

  test('O-5: an abandoned session answers false for 60 s, then 166 for ever, to the money too', async () => {
    desk.emulator.setBuyer('silent');
    await desk.post('/demandPayment', { paymentMode: 3 });
    for (let poll = 0; poll < 20; poll++) {
      expect((await desk.get('/consumerStatus?sessionId=5001')).body).toEqual({ isConsumerReady: false });
      desk.clock.advance(poll === 19 ? 2999 : 3000);
    }
    expect((await desk.get('/consumerStatus?sessionId=5001')).status).toBe(200);
    desk.clock.advance(1);
    expect(await desk.get('/consumerStatus?sessionId=5001')).toEqual(LAPSED);
    desk.clock.advance(86_400_000);
    expect(await desk.get('/consumerStatus?sessionId=5001')).toEqual(LAPSED);
    const late = { sum: 15.3, orderNumber: 'T1-0002', sessionId: 5001, shift: SHIFT, details: RECEIPT };
    expect(await desk.post('/payments', late)).toEqual(LAPSED);
  });

  test('becoming ready starts the 60 seconds anew; money before that is refused', async () => {
    desk.emulator.setBuyer('pays', { delayMs: 59_000 });
    await desk.post('/demandPayment', { paymentMode: 3 });
    const money = { sum: 15.3, orderNumber: 'T1-0001', sessionId: 5001, shift: SHIFT, details: RECEIPT };
    expect(await desk.post('/payments', money)).toEqual(NO_DEMAND);
    desk.clock.advance(59_000 + 59_999);
    expect((await desk.get('/consumerStatus?sessionId=5001')).body.isConsumerReady).toBe(true);
    expect((await desk.post('/payments', money)).body.status).toBe(1);
    await desk.post('/demandPayment', { paymentMode: 3 });
    desk.clock.advance(59_000 + 60_000);
    expect(await desk.get('/consumerStatus?sessionId=5002')).toEqual(LAPSED);
  });

  test('O-8: the static QR gives a four-digit code, and the session waits for it to be typed', async () => {
    desk.emulator.setBuyer('silent');
    const demand = await desk.post('/demandPayment', { paymentMode: 2 });
    expect(demand.body).toEqual({ sessionId: 5001, confirmCode: expect.stringMatching(/^\d{4}$/) });
    expect((await desk.get('/consumerStatus?sessionId=5001')).body.isConsumerReady).toBe(false);
    expect((await desk.control('scan', { code: demand.body.confirmCode })).body).toEqual({ sessionId: 5001 });
    expect((await desk.get('/consumerStatus?sessionId=5001')).body.isConsumerReady).toBe(true);
    expect((await desk.control('scan', { code: demand.body.confirmCode })).status).toBe(409);
  });

  test('O-9: a fresh buyer code opens a session ready at once; spent, expired and foreign ones do not', async () => {
    const demand = (consumerQr: string) => desk.post('/demandPayment', { paymentMode: 1, consumerQr });
    const fresh = 'o-plati://o-buyer/one/FBUWFxgZGhscHR4fICEiIyQlJic=';
    const expired = refusal(400, 'OPL000000001', 'Действие ключа истекло!');
    expect(await demand(fresh)).toEqual({ status: 200, body: { sessionId: 5001 } });
    expect((await desk.get('/consumerStatus?sessionId=5001')).body.isConsumerReady).toBe(true);
    expect(await demand(fresh)).toEqual(expired);
    expect(await demand('o-plati://o-buyer/one/KCkqKywtLi8wMTIzNDU2Nzg5Ojs=')).toEqual(expired);
    expect(await demand('4810000000018')).toEqual(expired);
    const { code } = (await desk.control('buyer-code', {})).body;
    expect(code).toMatch(/^o-plati:\/\/o-buyer\/one\/.{28}$/);
    expect((await demand(`${code}\r\n`)).status).toBe(200);
    const stale = desk.emulator.issueBuyerCode();
    desk.clock.advance(60_000);
    expect(await demand(stale)).toEqual(expired);
    expect((await desk.post('/demandPayment', { paymentMode: 1 })).status).toBe(400);
  });

  test('O-10: loyalty cards come with ready, before any amount', async () => {
    await desk.control('cards', { cardNumber: '9900000000017', programName: 'Тест' });
    const sessionId = await desk.readySession();
    expect((await desk.get(`/consumerStatus?sessionId=${sessionId}`)).body).toEqual({
      isConsumerReady: true,
      loyaltyCards: [{ cardNumber: '9900000000017', programName: 'Тест' }],
    });
    expect(desk.emulator.ledger()).toEqual([]);
  });
});

describe('statuses', () => {
  test('O-6: a poor buyer gives status 3 in a 200 answer', async () => {
    desk.emulator.setBuyer('poor');
    expect(await desk.sale('T1-0003')).toMatchObject({ status: 200, body: { status: 3, sum: 15.3 } });
  });

  test('O-7: the PIN is asked, polls answer 0 until the buyer confirms; paidDate is that moment', async () => {
    desk.emulator.setBuyer('pays', { pinAfterMs: 11_000 });
    const { body } = await desk.sale('T1-0004');
    expect(body).toMatchObject({ status: 0, createdDate: body.paidDate });
    desk.clock.advance(5000);
    expect((await desk.get(`/payments/${body.paymentId}`)).body).toEqual(body);
    desk.clock.advance(10_000);
    const paid = { ...body, status: 1, paidDate: '2030-01-15T10:00:11.000+03:00' };
    expect((await desk.get(`/payments/${body.paymentId}`, { regNum: H1.regNum })).body).toEqual(paid);
  });

  test('O-7 variants: refused ends with 2, unanswered for 180 s with 4', async () => {
    desk.emulator.setBuyer('declines', { pinAfterMs: 5000 });
    const refused = (await desk.sale('T1-0004')).body.paymentId;
    desk.emulator.setBuyer('pays', { pinAfterMs: null });
    const silent = (await desk.sale('T1-0005')).body.paymentId;
    desk.clock.advance(179_999);
    expect((await desk.get(`/payments/${refused}`)).body.status).toBe(2);
    expect((await desk.get(`/payments/${silent}`)).body.status).toBe(0);
    desk.clock.advance(1);
    expect((await desk.get(`/payments/${silent}`)).body.status).toBe(4);
    desk.emulator.setBuyer('pays', { pinAfterMs: 180_000 });
    const late = (await desk.sale('T1-0006')).body.paymentId;
    desk.clock.advance(200_000);
    expect((await desk.get(`/payments/${late}`)).body.status).toBe(4);
  });

  test('an unknown payment, and one of another register, is 404', async () => {
    await desk.sale('T1-0001');
    expect(await desk.get('/payments/77')).toMatchObject({ status: 404, body: { code: '404', internalCode: '' } });
    expect((await desk.get('/payments/1000001', { regNum: 'OPL000000009' })).status).toBe(404);
  });
});

describe('reversals and reports', () => {
  test('O-11, O-12, O-16: partial reversals, the limit, the report, the reversal of a reversal', async () => {
    const sale = (await desk.sale('T1-0001')).body;
    desk.emulator.setBuyer('poor');
    const poor = (await desk.sale('T1-0003')).body;
    desk.clock.advance(60_000);
    const first = (await desk.reversal(sale.paymentId, 'T1-R001', 5)).body;
    expect(first).toMatchObject({ paymentType: 3, sum: 5, status: 1, createdDate: '2030-01-15T10:01:00.000+03:00' });
    const second = (await desk.reversal(sale.paymentId, 'T1-R002', 10.3)).body;
    expect(second).toMatchObject({ paymentType: 3, sum: 10.3, status: 1, orderNumber: 'T1-R002' });
    expect(await desk.reversal(sale.paymentId, 'T1-R003', 0.01)).toEqual(
      refusal(400, 'OPL000000001', 'Сумма возвратов превышает сумму платежа'),
    );
    expect((await desk.get(`/paymentReports?shift=${SHIFT}`)).body).toEqual([sale, poor, first, second]);
    expect((await desk.get('/paymentReports?shift=16012030')).body).toEqual([]);

    expect((await desk.reversal(first.paymentId, 'T1-R005', 4)).status).toBe(400);
    const takenBack = await desk.reversal(first.paymentId, 'T1-R005', 5);
    expect(takenBack).toMatchObject({ status: 200, body: { paymentType: 1, sum: 5, status: 1 } });
    expect((await desk.reversal(first.paymentId, 'T1-R006', 5)).status).toBe(400);
    expect((await desk.reversal(takenBack.body.paymentId, 'T1-R006', 5)).status).toBe(400);
    expect((await desk.reversal(sale.paymentId, 'T1-R007', 5.01)).status).toBe(400);
    expect((await desk.reversal(sale.paymentId, 'T1-R008', 5)).body).toMatchObject({ paymentType: 3, status: 1 });

    const row = desk.emulator.ledger().find(({ paymentId }) => paymentId === sale.paymentId);
    expect(row?.reversals.map(({ orderNumber, sumKopecks }) => [orderNumber, sumKopecks])).toEqual([
      ['T1-R001', 500],
      ['T1-R002', 1030],
      ['T1-R008', 500],
    ]);
  });

  test('the report can be narrowed to days, and knows only its own register', async () => {
    await desk.sale('T1-0001');
    const report = (more: string, headers = H1) => desk.get(`/paymentReports?shift=${SHIFT}${more}`, headers);
    expect((await report('&shiftStart=2030-01-15&shiftEnd=2030-01-15')).body).toHaveLength(1);
    expect((await report('&shiftStart=2030-01-16&shiftEnd=2030-01-17')).body).toEqual([]);
    expect((await report('&shiftStart=soon')).status).toBe(400);
    expect((await report('', { regNum: 'OPL000000009', password: 'x' })).body).toEqual([]);
    expect((await desk.get('/paymentReports')).status).toBe(400);
  });

  test('a declined sale and a sale older than 30 days are not given back', async () => {
    const sale = (await desk.sale('T1-0001')).body;
    desk.emulator.setBuyer('declines');
    const declined = (await desk.sale('T1-0002')).body;
    expect((await desk.reversal(declined.paymentId, 'T1-R001', 15.3)).status).toBe(400);
    desk.clock.advance(30 * 86_400_000);
    expect((await desk.reversal(sale.paymentId, 'T1-R002', 1)).status).toBe(200);
    desk.clock.advance(1);
    expect((await desk.reversal(sale.paymentId, 'T1-R003', 1)).status).toBe(400);
  });

  test('O-15: a cancel of status 0 answers with the original as 5 and adds no row', async () => {
    desk.emulator.setBuyer('pays', { pinAfterMs: 60_000 });
    const sale = (await desk.sale('T1-0006')).body;
    expect((await desk.reversal(sale.paymentId, 'T1-R004', 5)).status).toBe(400);
    expect((await desk.reversal(sale.paymentId, 'T1-R004', 15.3)).body).toEqual({ ...sale, status: 5 });
    desk.clock.advance(60_000);
    expect(desk.emulator.ledger().map(({ status }) => status)).toEqual([5]);
  });

  test('O-15 race: the buyer confirmed first, so the same request gives the money back in a new row', async () => {
    desk.emulator.setBuyer('pays', { pinAfterMs: 60_000 });
    const sale = (await desk.sale('T1-0006')).body;
    desk.clock.advance(60_000);
    const reversal = await desk.reversal(sale.paymentId, 'T1-R004', 15.3);
    expect(reversal.body).toMatchObject({ paymentType: 3, status: 1 });
    expect(reversal.body.paymentId).not.toBe(sale.paymentId);
    expect((await desk.get(`/payments/${sale.paymentId}`)).body.status).toBe(1);
  });
});

describe('recovery', () => {
  test('O-13: the answer was lost after the payment was stored; the report finds it', async () => {
    await desk.control('fault', { kind: 'drop-reply', path: '/pos/payments' });
    await expect(desk.sale('T1-0005')).rejects.toThrow();
    expect((await desk.get(`/paymentReports?shift=${SHIFT}`)).body).toMatchObject([
      { orderNumber: 'T1-0005', status: 1 },
    ]);
    const posts = desk.emulator.requests().filter(({ path }) => path === '/pos/payments');
    expect(posts).toMatchObject([{ method: 'POST', status: 200, fault: 'drop-reply' }]);
  });

  test('O-14: the connection was cut before the request was read; nothing was charged', async () => {
    await desk.control('fault', { kind: 'drop-request', path: '/pos/payments' });
    await expect(desk.sale('T1-0005')).rejects.toThrow();
    desk.clock.advance(75_000);
    expect((await desk.get(`/paymentReports?shift=${SHIFT}`)).body).toEqual([]);
  });

  test('O-19: the echo is wrong once, the book is right', async () => {
    await desk.control('fault', { kind: 'wrong-sum' });
    expect((await desk.sale('T1-0001')).body).toMatchObject({ sum: 16.3, orderNumber: 'T1-0001' });
    await desk.control('fault', { kind: 'wrong-order' });
    expect((await desk.sale('T1-0002')).body).toMatchObject({ sum: 15.3, orderNumber: 'T1-0002-X' });
    expect((await desk.get('/payments/1000001')).body.sum).toBe(15.3);
    expect((await desk.get('/payments/1000002')).body.orderNumber).toBe('T1-0002');
  });
});

describe('requests', () => {
  test('O-17: texts for numbers, a number for the order, headers in any case', async () => {
    const sessionId = String(await desk.readySession());
    const money = { sum: '15.30', orderNumber: 17, sessionId, shift: SHIFT, details: RECEIPT };
    // node:http keeps the case of the names on the wire; fetch would lower it.
    const send = request(`${desk.emulator.url}/pos/payments`, {
      method: 'POST',
      headers: { Regnum: 'OPL000000001', PASSWORD: H1.password },
    });
    send.end(JSON.stringify(money));
    const [reply] = (await once(send, 'response')) as [IncomingMessage];
    expect(await json(reply)).toMatchObject({ status: 1, sum: 15.3, orderNumber: '17' });
  });

  test.each([
    ['no sum', { sum: undefined }],
    ['a zero sum', { sum: 0 }],
    ['a negative sum', { sum: -1 }],
    ['three decimals', { sum: 15.301 }],
    ['a sum in words', { sum: 'много' }],
    ['no order number', { orderNumber: undefined }],
    ['no receipt', { details: undefined }],
    ['a receipt without lines', { details: { items: [] } }],
    ['a line of no known type', { details: { items: [{ type: 3, name: 'Товар 1', cost: 1 }] } }],
    ['a line without a cost', { details: { items: [{ type: 1, name: 'Товар 1' }] } }],
    ['no session number', { sessionId: undefined }],
  ])('400 for %s, and the session stays usable', async (_, wrong) => {
    expect(await desk.sale('T1-0001', wrong)).toMatchObject({ status: 400, body: { code: '400', internalCode: '' } });
    const right = { sum: 15.3, orderNumber: 'T1-0001', sessionId: 5001, shift: SHIFT, details: RECEIPT };
    expect((await desk.post('/payments', right)).body.status).toBe(1);
  });

  test('bodies that are broken, of another shape or endless are refused in JSON', async () => {
    for (const body of ['{"paymentMode":', '[]', '"3"', 'null']) {
      expect(await desk.post('/demandPayment', body)).toMatchObject({ status: 400, body: { code: '400' } });
    }
    expect((await desk.post('/demandPayment', { paymentMode: 9 })).status).toBe(400);
    const large = JSON.stringify({ paymentMode: 3, filler: 'x'.repeat(2_000_000) });
    expect(await desk.post('/demandPayment', large)).toMatchObject({ status: 413, body: { code: '413' } });
  });

  test('unknown fields are ignored, unknown paths are 404, the prefix may be left out', async () => {
    expect((await desk.post('/demandPayment', { paymentMode: 3, colour: 'red' })).status).toBe(200);
    expect((await desk.get('/nothing')).status).toBe(404);
    const bare = await fetch(`${new URL(desk.emulator.url).origin}/pos/paymentReports?shift=1`, { headers: H1 });
    expect(await bare.json()).toEqual([]);
  });

  test('the log of requests holds paths and bodies and no secret', async () => {
    await desk.sale('T1-0001');
    expect(desk.emulator.requests()).toMatchObject([
      { method: 'POST', path: '/pos/demandPayment', body: { paymentMode: 3 }, status: 200, fault: null },
      { method: 'POST', path: '/pos/payments', body: { orderNumber: 'T1-0001' }, status: 200, fault: null },
    ]);
    expect(JSON.stringify((await desk.control('requests')).body)).not.toContain(H1.password);
  });
});

/** The Assist emulator against the conformance vectors B-1..B-22 that concern a server, over real HTTP. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AssistEmulator,
  type AssistEmulatorOptions,
  startAssistEmulator,
} from '../../src/emulators/assist/server.ts';
import { checkValue } from '../../src/emulators/assist/wire.ts';
import { VirtualClock } from '../../src/emulators/clock.ts';
import { removeFolder } from '../remove-folder.ts';

/** 15.01.2030 10:00 by the till, GMT+3. */
const TEN_O_CLOCK = Date.parse('2030-01-15T07:00:00Z');
const PASSWORD = 'CANARY-password-91';
const CRED = { Merchant_ID: '123456', Login: 'demo_user', Password: PASSWORD, Format: '5' };
const ORDER = '20300115_100000_007';
const RESULT = '/orderresult/orderresult.cfm';
const CANCEL = '/cancel/wscancel.cfm';

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are asserted member by member
  body: any;
}

let clock: VirtualClock;
let emulator: AssistEmulator;
const folders: string[] = [];

/** The vectors are written with texts for sums and kinds; the forms that are published have tests of their own. */
const VECTOR_FORMS: AssistEmulatorOptions = { amountForm: 'text', operationTypeForm: 'text', absentOrder: 'emptyList' };

async function restart(options: AssistEmulatorOptions = {}): Promise<void> {
  await emulator?.close();
  clock = new VirtualClock(TEN_O_CLOCK);
  emulator = await startAssistEmulator({ clock, password: PASSWORD, ...VECTOR_FORMS, ...options });
}
beforeEach(() => restart());
afterEach(async () => {
  await emulator.close();
  for (const folder of folders.splice(0)) removeFolder(folder);
});

async function call(url: string, init: RequestInit): Promise<Answer> {
  const reply = await fetch(url, { ...init, keepalive: false });
  const text = await reply.text();
  try {
    return { status: reply.status, body: JSON.parse(text) };
  } catch {
    return { status: reply.status, body: text };
  }
}

function post(path: string, fields: Record<string, string>, credentials: Record<string, string> = CRED) {
  return call(emulator.url + path, { method: 'POST', body: new URLSearchParams({ ...credentials, ...fields }) });
}

function postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  };
  return call(emulator.url + path, init);
}

function control(path: string, body?: unknown): Promise<Answer> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return call(`${emulator.controlUrl}/${path}`, init);
}

function money(orderNumber: string, amount: string): Record<string, string> {
  return { OrderNumber: orderNumber, OrderAmount: amount, OrderCurrency: 'RUB' };
}

const askQr = (orderNumber = ORDER, amount = '1.00', more = {}) =>
  post('/pay/fastpay.cfm', { ...money(orderNumber, amount), ...more });
const askResult = (orderNumber = ORDER, more = {}) =>
  post(RESULT, { Ordernumber: orderNumber, Language: 'RU', ...more });
const ordersOf = async (orderNumber = ORDER, more = {}) => (await askResult(orderNumber, more)).body.orderresult.orders;
const stateOf = async (orderNumber = ORDER) => (await ordersOf(orderNumber)).at(-1)?.orderstate;
const takeCard = (orderNumber: string, amount: string, more = {}) =>
  post('/xpos/payment.cfm', { ...money(orderNumber, amount), PaymentMode: '11', Device: 'QPOS-1', ...more });
const takeCash = (orderNumber: string, amount: string, more = {}) =>
  post('/xpos/payment.cfm', {
    ...money(orderNumber, amount),
    PaymentMode: 'CASH',
    OrderDate: '15.01.2030 07:03:00',
    ...more,
  });
const giveBack = (billNumber: string, externalRefundId: string, amount?: string, more = {}) =>
  post(CANCEL, {
    Billnumber: billNumber,
    CancelReason: '2',
    ExternalRefundID: externalRefundId,
    ...(amount === undefined ? {} : { Amount: amount, Currency: 'RUB' }),
    ...more,
  });

/** The object of a buyer who has not named himself. */
const NOBODY = { lastname: '', firstname: '', middlename: '', email: '' };

function fault(status: number, first: string, second: string, message: unknown = expect.any(String)): Answer {
  return {
    status,
    body: { fault: { faultcode: first, faultstring: second, detail: { message, recomendation: '' } } },
  };
}

async function paid(orderNumber: string, amount: string): Promise<string> {
  const { body } = await askQr(orderNumber, amount);
  expect(emulator.pay(orderNumber)).toBe(orderNumber);
  return body.order.billnumber;
}

async function abort(orderNumber: string): Promise<Answer> {
  const { login, password } = { login: 'demo_user', password: PASSWORD };
  const tokens = await postJson('/api/v1/auth/login.cfm', {
    login,
    password,
    audience: 'POS',
    components: 'ws/cancelbynumber',
  });
  expect(tokens).toEqual({
    status: 200,
    body: { access_token: expect.any(String), refresh_token: expect.any(String) },
  });
  const headers = { Authorization: `Bearer ${tokens.body.access_token}` };
  const fields = { ordernumber: orderNumber, merchant_id: '123456', login, password };
  return postJson('/api/v1/order/cancel.cfm', fields, headers);
}

test('B-1: check values', () => {
  expect(checkValue('demo-word', '123456;ORD-1;100.50;RUB')).toBe('163569DB064948EC0DA42A6073C324D6');
  expect(checkValue('demo-word', '123456ORD-1100.50RUBApproved')).toBe('E131D1A3688001F6DECAFD18136A28D8');
  expect(checkValue('demo-word', '123456;20300115_100000_007;1.00;RUB')).toBe('E035AF6A1FC4CE1412135808B8E6ABC1');
});

describe('СБП', () => {
  const order = {
    billnumber: '5123456000000001',
    ordernumber: ORDER,
    testmode: 0,
    ordercomment: '',
    orderamount: '1.00',
    ordercurrency: 'RUB',
    orderdate: '15.01.2030 07:00:00',
    customer: NOBODY,
  };

  test('B-3: created with its link, pending, paid two seconds later', async () => {
    const { testmode, ordercomment, customer, ...brief } = order;
    expect(await askQr()).toEqual({
      status: 200,
      body: {
        order: { ...brief, orderstate: 'In Process' },
        qrcode: expect.stringMatching(
          /^https:\/\/qr\.nspk\.ru\/AD10[0-9A-V]{28}\?type=02&bank=100000000000&sum=100&cur=RUB&crc=[0-9A-F]{4}$/,
        ),
        expirationtime: '15.01.2030 07:15:00',
      },
    });
    clock.advance(1999);
    expect(await askResult()).toEqual({
      status: 200,
      body: {
        orderresult: {
          orders: [
            { ...order, orderstate: 'In Process', checkdata: { packetdate: '15.01.2030 07:00:01' }, operations: [] },
          ],
        },
      },
    });
    clock.advance(3001);
    const operation = {
      ...NOTHING_KNOWN,
      billnumber: '5123456000000001.1',
      operationtype: '100',
      operationstate: 'Success',
      amount: '1.00',
      currency: 'RUB',
      meantypename: 'СБП',
      responsecode: 'AS000',
      message: '',
      customermessage: '',
      recommendation: '',
      approvalcode: '',
      operationdate: '15.01.2030 07:00:02',
    };
    expect(await ordersOf()).toEqual([
      {
        ...order,
        orderstate: 'Approved',
        checkdata: { packetdate: '15.01.2030 07:00:05' },
        operations: [operation],
      },
    ]);
    expect(await post('/orderstate/orderstate.cfm', { OrderNumber: ORDER })).toEqual({
      status: 200,
      body: { orderstate: { ...brief, orderdate: undefined, orderstate: 'Approved', checkdata: expect.anything() } },
    });
  });

  test.each([
    ['pays', 2, 'Approved', 'AS000', ''],
    ['no-card', 2, 'Approved', 'AS000', ''],
    ['declines', 2, 'Declined', 'AS100', 'Отказ в авторизации'],
    ['poor', 2, 'Declined', 'AS102', 'Недостаточно средств'],
    ['slow', 20, 'Approved', 'AS000', ''],
    ['silent', 900, 'Timeout', undefined, undefined],
    ['expired', 1, 'Timeout', undefined, undefined],
  ])('B-4, B-5: the buyer %s: after %i s %s', async (name, seconds, state, responsecode, customermessage) => {
    await control('buyer', { name });
    await askQr();
    clock.advance(seconds * 1000 - 1);
    expect(await stateOf()).toBe('In Process');
    clock.advance(1);
    const [last] = await ordersOf();
    expect(last.orderstate).toBe(state);
    const operations = responsecode === undefined ? [] : [{ responsecode, customermessage }];
    expect(last.operations).toMatchObject(operations);
    expect(last.operations).toHaveLength(operations.length);
  });

  test('a changed buyer stands before the open order; a payment at the last instant is too late', async () => {
    emulator.setBuyer('silent');
    await askQr();
    clock.advance(100_000);
    emulator.setBuyer('declines');
    clock.advance(2000);
    expect(await stateOf()).toBe('Declined');
    emulator.setBuyer('pays', { delayMs: 900_000 });
    await askQr('T-2');
    clock.advance(900_000);
    expect(await stateOf('T-2')).toBe('Timeout');
    expect(emulator.pay()).toBeNull();
  });

  test('B-6, B-7: an unpaid order is aborted by its number, a paid or aborted one is not', async () => {
    await askQr();
    expect(await abort(ORDER)).toEqual({ status: 200, body: { cancel: { orderstate: 'Canceled' } } });
    clock.advance(60_000);
    expect(await stateOf()).toBe('Canceled');
    expect(await abort(ORDER)).toEqual(fault(400, '15', '308', 'Order is final'));

    await askQr('T-2');
    clock.advance(2000);
    expect(await abort('T-2')).toEqual(fault(400, '15', '308', 'Order is final'));
    expect(await stateOf('T-2')).toBe('Approved');
    expect(await abort('T-3')).toEqual(fault(400, '10', '201'));
  });

  test('the abort needs a token of the server and the credentials besides', async () => {
    await askQr();
    const fields = { ordernumber: ORDER, merchant_id: '123456', login: 'demo_user', password: PASSWORD };
    const cancel = '/api/v1/order/cancel.cfm';
    const denied = fault(401, '7', '141', 'Access denied');
    expect(await postJson(cancel, fields)).toEqual(denied);
    expect(await postJson(cancel, fields, { Authorization: 'Bearer made-up' })).toEqual(denied);
    const login = { login: 'demo_user', password: 'wrong', audience: 'POS', components: 'ws/cancelbynumber' };
    expect(await postJson('/api/v1/auth/login.cfm', login)).toEqual(denied);
    expect(await postJson('/api/v1/auth/login.cfm', { ...login, password: PASSWORD, components: 'ws/other' })).toEqual(
      fault(400, '5', '0'),
    );
    expect(await stateOf()).toBe('In Process');
  });

  test('B-8: an order that never came is an empty list', async () => {
    expect(await askResult()).toEqual({ status: 200, body: { orderresult: { orders: [] } } });
    expect(await post('/orderstate/orderstate.cfm', { OrderNumber: ORDER })).toEqual(fault(400, '10', '201'));
  });

  test('B-9: a number is refused while in process, and used again once its order has ended', async () => {
    emulator.setBuyer('declines');
    await askQr();
    expect(await askQr()).toEqual(fault(400, '11', '107'));
    clock.advance(2000);
    emulator.setBuyer('pays');
    expect((await askQr()).status).toBe(200);
    clock.advance(2000);
    const orders = await ordersOf();
    expect(orders.map((one: { orderstate: string }) => one.orderstate)).toEqual(['Declined', 'Approved']);
    expect(orders[0].billnumber).not.toBe(orders[1].billnumber);
  });

  test('B-10: Russian words, and any word put in place of a state', async () => {
    await control('dialect', { russianStates: true });
    expect((await askQr()).body.order.orderstate).toBe('В процессе');
    emulator.pay();
    expect(await stateOf()).toBe('Оплачен');
    const { billnumber } = (await ordersOf())[0];
    expect((await giveBack(billnumber, 'T1-R0000001', '0.40')).body.wscancel.order.orderstate).toBe('Отменён частично');
    expect((await giveBack(billnumber, 'T1-R0000002')).body.wscancel.order.orderstate).toBe('Отменён');
    await control('state', { orderNumber: ORDER, state: 'Отменен' });
    expect(await stateOf()).toBe('Отменен');
    await control('state', { orderNumber: ORDER, state: null });
    expect(await stateOf()).toBe('Отменён');
    expect((await control('state', { orderNumber: 'none', state: 'x' })).status).toBe(409);
  });

  test('B-22: a page instead of a link', async () => {
    const fields = { ...money(ORDER, '1.00'), FastPayPayment: '1', CardPayment: '0' };
    expect(await post('/pay/payrequest.cfm', fields)).toEqual({
      status: 200,
      body: {
        URL: expect.stringMatching(/^https:\/\/assist\.example\/pay\/pay\.cfm\?CFSID=\w+$/),
        orderstate: 'In Process',
        expirationtime: '15.01.2030 07:15:00',
      },
    });
    clock.advance(2000);
    expect(await stateOf()).toBe('Approved');
    expect(emulator.ledger()).toMatchObject([{ orderNumber: ORDER, means: 'sbp', state: 'Approved' }]);
  });

  test.each([
    ['OrderNumber', { OrderNumber: '' }, '107'],
    ['OrderNumber', { OrderNumber: 'x'.repeat(129) }, '107'],
    ['OrderAmount', { OrderAmount: '1.5' }, '108'],
    ['OrderAmount', { OrderAmount: '1 000.00' }, '108'],
    ['OrderAmount', { OrderAmount: '-1.00' }, '108'],
    ['OrderAmount', { OrderAmount: '0.00' }, '108'],
    ['a sum below the limit of СБП', { OrderAmount: '0.99' }, '108'],
    ['a sum above the limit of СБП', { OrderAmount: '1000000.01' }, '108'],
    ['OrderCurrency', { OrderCurrency: 'USD' }, '108'],
    ['Merchant_ID', { Merchant_ID: '654321' }, '100', '10'],
  ])('a wrong %s is refused and nothing is stored: %o', async (_, wrong, code, first = '5') => {
    expect(await askQr(ORDER, '1.00', wrong)).toEqual(fault(400, first, code));
    expect(emulator.ledger()).toEqual([]);
  });
});

/** Fields without which the official PHP client fails, where nothing is known. */
const NOTHING_KNOWN = {
  meantype_id: 0,
  clientip: '0.0.0.0',
  ipaddress: '0.0.0.0',
  meansubtype: '',
  meannumber: '',
  cardholder: '',
  cardexpirationdate: '',
  issuebank: '',
  bankcountry: '',
  message: '',
  customermessage: '',
  recommendation: '',
  approvalcode: '',
  protocoltypename: 'NET',
  processingname: '',
};

describe('as public clients ask', () => {
  test.each([
    ['100', '100.00'],
    ['10,50', '10.50'],
  ])('a sum %s is %s', async (sent, shown) => {
    expect((await askQr(ORDER, sent)).body.order.orderamount).toBe(shown);
  });

  test('the result by the bill alone, by one of its operations, and never of another order', async () => {
    const bill = await paid(ORDER, '1.00');
    const ask = (fields: Record<string, string>) => post(RESULT, fields);
    for (const fields of [{ Billnumber: bill }, { billnumber: `${bill}.1`, ordernumber: ORDER }]) {
      expect((await ask(fields)).body.orderresult.orders).toMatchObject([
        { ordernumber: ORDER, orderstate: 'Approved' },
      ]);
    }
    expect((await ask({ Billnumber: bill, OrderNumber: 'another' })).body.orderresult.orders).toEqual([]);
  });

  test('in the other published forms', async () => {
    await paid(ORDER, '48.30');
    await control('dialect', { answerForm: 'flat', amountForm: 'number', operationTypeForm: 'number' });
    const [order] = (await post(RESULT, { OrderNumber: ORDER })).body.orderresult.orders;
    expect(order).toMatchObject({
      orderamount: 48.3,
      packetdate: expect.any(String),
      operations: [{ operationtype: 100 }],
    });
    expect(order).not.toHaveProperty('checkdata');
    await control('dialect', { absentOrder: 'fault', faultForm: 'codes' });
    expect(await post(RESULT, { OrderNumber: 'none' })).toEqual({
      status: 400,
      body: { fault: { firstcode: 10, secondcode: 201, detail: 'No such order' } },
    });
    expect((await control('dialect', { amountForm: 'roubles' })).body.error).toContain('"number","text","comma"');
  });
});

describe('by default as published, stricter than any known server', () => {
  const published: AssistEmulatorOptions = {
    amountForm: 'number',
    operationTypeForm: 'number',
    absentOrder: 'fault',
  };
  beforeEach(() => restart(published));

  test('sums and kinds are numbers, what is missing is there and empty, no such order is 10/201', async () => {
    expect(await askResult()).toEqual(fault(400, '10', '201'));
    await paid(ORDER, '48.30');
    const [order] = await ordersOf();
    expect(order).toMatchObject({ orderamount: 48.3, testmode: 0, customer: NOBODY });
    expect(order.operations).toMatchObject([{ operationtype: 100, amount: 48.3, clientip: '0.0.0.0', cardholder: '' }]);
    await paid('T-100', '100.00');
    expect((await ordersOf('T-100'))[0].orderamount).toBe(100);
  });

  test('the codes are those of the tables; the old ones are a dialect', async () => {
    await control('dialect', { refusals: 'old' });
    await askQr();
    expect(await askQr()).toEqual(fault(400, '5', '107'));
    expect(await askQr('T-2', '1.00', { Password: 'wrong' })).toEqual(fault(401, '10', '100'));
    expect(await takeCard('T-2', '1.00', { EMV: '5f2a' })).toEqual(fault(400, '10', '100'));
  });

  test('an operation may tell what decides and no more', async () => {
    await control('dialect', { operationFields: 'minimal' });
    await paid(ORDER, '1.00');
    const [order] = await ordersOf();
    expect(Object.keys(order.operations[0]).sort()).toEqual(
      ['amount', 'billnumber', 'currency', 'meantypename', 'operationtype', 'responsecode'].sort(),
    );
    expect(order.customer).toBeUndefined();
  });

  test('the flat form: time to the minute, blanks for missing words', async () => {
    await control('dialect', { answerForm: 'flat' });
    await paid(ORDER, '1.00');
    const [order] = await ordersOf();
    expect(order.packetdate).toBe('15.01.2030 07:00');
    expect(order.operations[0]).toMatchObject({ message: ' ', customermessage: ' ' });
  });
});

describe('other forms of request and answer', () => {
  const merchant = { merchant_id: '123456', login: 'demo_user', password: PASSWORD };

  test('a JSON object with the merchant in it, by number or by bill; XML where it asks for it', async () => {
    const bill = await paid(ORDER, '10.00');
    const byBill = { merchant, billnumber: bill, startyear: 2030, startmonth: 1, startday: '1', format: 5 };
    expect((await postJson(RESULT, byBill)).body.orderresult.orders[0].orderstate).toBe('Approved');
    const xml = (await postJson(RESULT, { merchant, ordernumber: ORDER, format: 3 })).body;
    expect(xml).toContain(`<order><billnumber>${bill}</billnumber><ordernumber>${ORDER}</ordernumber>`);
    const back = { merchant, billnumber: bill, amount: '4.00', currency: 'RUB' };
    expect((await postJson(CANCEL, back)).body.wscancel.order.orderstate).toBe('PartialCanceled');
    expect(await postJson(RESULT, { merchant: { ...merchant, password: 'x' }, ordernumber: ORDER })).toEqual(
      fault(401, '7', '141'),
    );
    expect(JSON.stringify(emulator.requests())).not.toContain(PASSWORD);
  });

  test('Format=3: the codes are attributes, HTTP is always 200, the order stands in the result or in orders', async () => {
    const bill = await paid(ORDER, '10.00');
    const state = await post('/orderstate/orderstate.cfm', { OrderNumber: ORDER, Format: '3' });
    expect(state.body).toMatch(
      /^<\?xml .*<!DOCTYPE result \[.*\]><result firstcode='0' secondcode='0' count='1'><order>/,
    );
    expect(state.body).toContain('<orderamount>10.00</orderamount>');
    const none = await post('/orderstate/orderstate.cfm', { OrderNumber: 'T-9', Format: '3' });
    expect(none).toEqual({ status: 200, body: expect.stringContaining("firstcode='10' secondcode='201' count='0'") });
    const flat = await post('/cancel/cancel.cfm', { Billnumber: bill, Amount: '4.00', Currency: 'RUB', Format: '3' });
    expect(flat.body).toContain('<orders><order>');
    expect(flat.body).toContain('<orderstate>PartialCanceled</orderstate>');
    expect(flat.body).toContain('<responsecode>AS000</responsecode>');
    expect(emulator.ledger()[0]?.reversals).toMatchObject([{ sumKopecks: 400 }]);
  });

  test('a form of the answer that a service does not know is refused before anything is done', async () => {
    const bill = await paid(ORDER, '10.00');
    const page = { ...money('T-2', '1.00'), FastPayPayment: '1', Format: '3' };
    expect((await post('/pay/payrequest.cfm', page)).body).toContain("firstcode='5' secondcode='103'");
    expect((await post(CANCEL, { Billnumber: bill, Format: '3' })).body).toContain("firstcode='5' secondcode='103'");
    expect(emulator.ledger()).toMatchObject([{ orderNumber: ORDER, orderState: 'Approved', reversals: [] }]);
  });

  test('a form that names no format is answered in SOAP', async () => {
    await paid(ORDER, '10.00');
    const { Format, ...credentials } = CRED;
    const { body } = await post(RESULT, { Ordernumber: ORDER }, credentials);
    expect(body).toContain('<ws:orderresultResponse><orderresult><order>');
    const refused = await post(CANCEL, { Billnumber: '5123456000000009' }, credentials);
    expect(refused.body).toContain('<WSException><firstcode>5</firstcode><secondcode>143</secondcode></WSException>');
  });
});

describe('the services of the till application', () => {
  const REGISTRATION = '/registration/mobileregistration.cfm';
  const PAYMENT = '/mpos/mobilepayment.cfm';
  const RESULT_OF_APPLICATION = '/orderresult/mobileorderresult.cfm';
  const LOGIN = { merchant_id: '123456', login: 'demo_user', password: PASSWORD };

  async function soap(path: string, element: string, fields: Record<string, string>): Promise<Answer> {
    const content = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
    const body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><${element}>${content.join('')}</${element}></s:Body></s:Envelope>`;
    const headers = { 'Content-Type': 'text/xml;charset=utf-8', SOAPAction: emulator.url + path };
    return call(emulator.url + path, { method: 'POST', body, headers });
  }
  const pay = (orderNumber: string, amount: string, mode: '5' | '30', more: Record<string, string> = {}) =>
    soap(PAYMENT, 'payment', {
      ...LOGIN,
      ordernumber: orderNumber,
      orderamount: amount,
      ordercurrency: 'RUB',
      paymentmode: mode,
      ...more,
    });
  const register = async (device = 'till-8') => {
    const fields = { ApplicationName: 'kassa', ApplicationVersion: '1', DeviceUniqueId: device, Shop: '1' };
    const { body } = await soap(REGISTRATION, 'ws:getRegistration', { ...fields, Merchant_ID: '123456' });
    return field(body, 'registration_id');
  };
  const ask = (orderNumber: string, registration: string, more: Record<string, string> = {}) =>
    soap(RESULT_OF_APPLICATION, 'ws:orderresult', {
      device_id: 'till-8',
      registration_id: registration,
      ordernumber: orderNumber,
      merchant_id: '123456',
      date: '15.01.2030',
      ...more,
    });
  const field = (body: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '';
  const refusal = (first: string, second: string) =>
    expect.stringContaining(`<faultcode>${first}</faultcode><faultstring>${second}</faultstring>`);

  test('cash is paid at once, with its operation beside it; the ledger knows by which way', async () => {
    const { status, body } = await pay(ORDER, '48.30', '5');
    expect(status).toBe(200);
    expect(body).toContain('<payment>');
    expect([field(body, 'orderstate'), field(body, 'orderamount'), field(body, 'responsecode')]).toEqual([
      'Approved',
      '48.30',
      'AS000',
    ]);
    expect(field(body, 'billnumber')).toBe('5123456000000001.1');
    expect(body).not.toContain('qrcode');
    for (const name of ['orderdate', 'testmode', 'currency', 'operationtype', 'meantypename', 'mid', 'packetdate']) {
      expect(body.split(`<${name}>`)).toHaveLength(2);
    }
    expect(body).not.toContain('<customer>');
    expect(emulator.ledger()).toMatchObject([{ means: 'cash', way: 'mpos', sumKopecks: 4830, state: 'Approved' }]);
  });

  test('СБП: the QR, escaped once; read again with the registration while nobody has paid', async () => {
    const { body } = await pay(ORDER, '48.30', '30');
    expect(field(body, 'orderstate')).toBe('In Process');
    expect(field(body, 'responsecode')).toBe('AS300');
    const plain = field(body, 'plain');
    expect(plain).toMatch(
      /^https:\/\/qr\.nspk\.ru\/AD10[0-9A-V]{28}\?type=02&amp;bank=\d+&amp;sum=4830&amp;cur=RUB&amp;crc=[0-9A-F]{4}$/,
    );
    const registration = await register();
    expect(field((await ask(ORDER, registration)).body, 'plain')).toBe(plain);
    clock.advance(2_000);
    const after = (await ask(ORDER, registration)).body;
    expect([field(after, 'orderstate'), field(after, 'plain')]).toEqual(['Approved', '']);
    expect(await stateOf()).toBe('Approved');
  });

  test('a registration that was not given, or was given anew, is 10/221; a server may demand none, or repeat no QR', async () => {
    await pay(ORDER, '48.30', '30');
    expect((await ask(ORDER, 'made-up')).body).toEqual(refusal('10', '221'));
    const first = await register();
    await register();
    expect((await ask(ORDER, first)).body).toEqual(refusal('10', '221'));
    await control('dialect', {
      registration: 'free',
      hasQrOnRead: false,
      soapFaultStatus: 500,
      absentOrder: 'fault',
    });
    expect(field((await ask(ORDER, '')).body, 'plain')).toBe('');
    expect(await ask('T-9', '')).toEqual({ status: 500, body: refusal('10', '201') });
  });

  test.each([
    ['stored', '4.00', ['Approved'], 1],
    ['refuse', '4.00', [], 1],
    ['second', '4.00', ['Approved'], 2],
    ['stored', '5.00', [], 1],
  ] as const)('a number that was used, %s, %s', async (usedNumber, amount, states, count) => {
    await control('dialect', { usedNumber });
    await pay(ORDER, '4.00', '5');
    const again = await pay(ORDER, amount, '5');
    expect([field(again.body, 'orderstate')].filter(Boolean)).toEqual(states);
    if (states.length === 0) expect(again.body).toEqual(refusal('11', '107'));
    expect(emulator.ledger()).toHaveLength(count);
  });

  test.each(['emv', 'track2data', 'cardnumber', 'ksn'])('%s is 15/306 and nothing is stored or shown', async (name) => {
    const { body } = await pay(ORDER, '4.00', '5', { [name]: 'CANARY-4111' });
    expect(body).toEqual(refusal('15', '306'));
    expect((await soap('/xpos/emvresult.cfm', 'emvresult', { ...LOGIN, emvdata: 'CANARY-4111' })).body).toEqual(
      refusal('15', '306'),
    );
    expect(emulator.ledger()).toEqual([]);
    expect(JSON.stringify(emulator.requests())).not.toContain('CANARY');
  });

  test('refusals: password, merchant, mode, sum, another element, no envelope', async () => {
    expect((await pay(ORDER, '4.00', '5', { password: 'wrong' })).body).toEqual(refusal('7', '141'));
    expect((await pay(ORDER, '4.00', '5', { merchant_id: '654321' })).body).toEqual(refusal('10', '100'));
    expect((await pay(ORDER, '4.00', '5', { paymentmode: '11' })).body).toEqual(refusal('5', '177'));
    expect((await pay(ORDER, '4.0.0', '5')).body).toEqual(refusal('5', '108'));
    expect((await soap(PAYMENT, 'orderresult', LOGIN)).body).toEqual(refusal('5', '0'));
    const headers = { 'Content-Type': 'text/xml' };
    const broken = await call(emulator.url + PAYMENT, { method: 'POST', body: '<s:Envelope><s:Body>', headers });
    expect(broken).toEqual({ status: 200, body: refusal('5', '0') });
    expect(emulator.ledger()).toEqual([]);
  });

  test('what refuses a SOAP request refuses it in SOAP: no such service, a fault that is scripted, its status', async () => {
    expect((await soap('/mpos/other.cfm', 'payment', LOGIN)).body).toEqual(refusal('5', '350'));
    await control('refusal', { firstCode: 1, secondCode: 0, path: '/mpos/' });
    expect(await pay(ORDER, '4.00', '5')).toEqual({ status: 200, body: refusal('1', '0') });
    await control('refusal', { firstCode: 1, secondCode: 0, path: '/mpos/', status: 503 });
    expect(await pay(ORDER, '4.00', '5')).toEqual({ status: 503, body: refusal('1', '0') });
    await control('refusal', { firstCode: 5, secondCode: 108, path: '/mpos/mobilecancel.cfm' });
    const { body } = await soap('/mpos/mobilecancel.cfm', 'ws:WSCancelRequestParams', LOGIN);
    expect(body).toContain('<WSException><firstcode>5</firstcode><secondcode>108</secondcode></WSException>');
    expect(emulator.ledger()).toEqual([]);
  });

  test('the sum of a line is not the sum of the request; card data are seen wherever they stand', async () => {
    const bill = field((await pay(ORDER, '10.00', '5')).body, 'billnumber');
    const line = '<name>Хлеб</name><amount>9.00</amount>';
    const fields = { ...LOGIN, billnumber: bill, amount: '4.00', currency: 'RUB', chequeitem: line };
    const path = '/mpos/mobilecancel.cfm';
    expect(field((await soap(path, 'ws:WSCancelRequestParams', fields)).body, 'orderstate')).toBe('PartialCanceled');
    expect(emulator.ledger()[0]?.reversals).toMatchObject([{ sumKopecks: 400 }]);
    const card = { card: '<emv>CANARY-5f2a</emv>' };
    expect((await pay('T-2', '4.00', '5', card)).body).toEqual(refusal('15', '306'));
    expect(emulator.ledger().filter(({ orderNumber }) => orderNumber === 'T-2')).toEqual([]);
    expect(JSON.stringify(emulator.requests())).not.toContain('CANARY');
  });

  test('asked in another form they refuse it before anything is done', async () => {
    const fields = { OrderNumber: ORDER, OrderAmount: '4.00', OrderCurrency: 'RUB', paymentmode: '5' };
    expect(await post(PAYMENT, fields)).toEqual(fault(400, '5', '103'));
    expect(emulator.ledger()).toEqual([]);
  });

  test('money back has the pair of a refusal in an exception', async () => {
    const { body } = await pay(ORDER, '10.00', '5');
    const back = (amount: string) =>
      soap('/mpos/mobilecancel.cfm', 'ws:WSCancelRequestParams', {
        ...LOGIN,
        billnumber: field(body, 'billnumber'),
        amount,
        currency: 'RUB',
        cancelreason: '2',
      });
    expect((await back('10.01')).body).toContain('<firstcode>5</firstcode><secondcode>108</secondcode>');
    const done = (await back('4.00')).body;
    expect(field(done, 'orderstate')).toBe('PartialCanceled');
    expect(done).toContain('</order><packetdate>15.01.2030 07:00</packetdate><signature></signature>');
    expect(done.split('<packetdate>')).toHaveLength(2);
    expect(emulator.ledger()[0]?.reversals).toMatchObject([{ sumKopecks: 400 }]);
  });

  test('faults strike these services too: an answer lost, another sum or number in it', async () => {
    await control('fault', { kind: 'drop-reply', path: PAYMENT });
    await expect(pay(ORDER, '4.00', '5')).rejects.toThrow();
    await control('fault', { kind: 'wrong-sum', path: PAYMENT });
    expect(field((await pay(ORDER, '4.00', '5')).body, 'orderamount')).toBe('5.00');
    await control('fault', { kind: 'wrong-order', path: PAYMENT });
    expect(field((await pay(ORDER, '4.00', '5')).body, 'ordernumber')).toBe(`${ORDER}-X`);
    expect(emulator.ledger()).toMatchObject([{ orderNumber: ORDER, sumKopecks: 400 }]);
  });

  test('the check value is that of the text in the answer', async () => {
    await restart({ secretWord: 'demo-word' });
    const { body } = await pay(ORDER, '48.30', '5');
    expect(field(body, 'checkvalue')).toBe(checkValue('demo-word', `123456${ORDER}48.30RUBApproved`));
  });
});

describe('the result by window', () => {
  test('the last 3 days by default, older orders by the window parameters', async () => {
    await paid(ORDER, '1.00');
    clock.advance(3 * 86_400_000);
    expect(await ordersOf()).toHaveLength(1);
    clock.advance(1);
    expect(await ordersOf()).toEqual([]);
    const day = (dayOfMonth: string) => ({
      StartYear: '2030',
      StartMonth: '1',
      StartDay: dayOfMonth,
      EndYear: '2030',
      EndMonth: '01',
      EndDay: dayOfMonth,
    });
    expect(await ordersOf(ORDER, day('15'))).toHaveLength(1);
    expect(await ordersOf(ORDER, day('14'))).toEqual([]);
    expect(await ordersOf(ORDER, { ...day('15'), StartHour: '7', EndHour: '7', EndMin: '0' })).toHaveLength(1);
    expect(await ordersOf(ORDER, { ...day('15'), StartHour: '7', StartMin: '1' })).toEqual([]);
    expect(await askResult(ORDER, { StartYear: '2030' })).toEqual(fault(400, '5', '0'));
  });

  test('B-21: an order left in process is found approved two days later', async () => {
    await askQr();
    await control('clock', { advanceMs: 2 * 86_400_000 });
    expect(await stateOf()).toBe('Approved');
  });
});

describe('refunds', () => {
  test('B-11: in parts up to the whole, and not a kopeck more', async () => {
    const bill = await paid('20300115_100200_000', '10.00');
    clock.advance(3_600_000);
    expect(await giveBack(bill, 'T1-R0000001', '4.00')).toEqual({
      status: 200,
      body: {
        wscancel: {
          order: {
            billnumber: bill,
            ordernumber: '20300115_100200_000',
            testmode: 0,
            ordercomment: '',
            orderamount: '10.00',
            ordercurrency: 'RUB',
            orderdate: '15.01.2030 07:00:00',
            customer: NOBODY,
            orderstate: 'PartialCanceled',
            operations: [
              {
                ...NOTHING_KNOWN,
                meantypename: 'СБП',
                billnumber: `${bill}.2`,
                operationtype: '300',
                operationstate: 'Success',
                amount: '4.00',
                currency: 'RUB',
                responsecode: 'AS000',
                message: '',
                operationdate: '15.01.2030 08:00:00',
              },
            ],
          },
          checkdata: { packetdate: '15.01.2030 08:00:00' },
        },
      },
    });
    expect(await giveBack(bill, 'T1-R0000009', '6.01')).toEqual(fault(400, '5', '108', 'Amount exceeds the rest'));
    expect((await giveBack(`${bill}.1`, 'T1-R0000002', '6.00')).body.wscancel.order.orderstate).toBe('Canceled');
    expect(await giveBack(bill, 'T1-R0000003', '0.01')).toEqual(fault(400, '5', '108', 'Amount exceeds the rest'));
    const [order] = await ordersOf('20300115_100200_000');
    expect(order.orderstate).toBe('Canceled');
    expect(order.operations.map((one: { amount: string }) => one.amount)).toEqual(['10.00', '4.00', '6.00']);
  });

  test('B-12: the sum goes with its currency; neither means all that is left', async () => {
    const bill = await paid(ORDER, '10.00');
    expect(await giveBack(bill, 'T1-R0000001', '4.00', { Currency: '' })).toEqual(fault(400, '5', '108'));
    await giveBack(bill, 'T1-R0000002', '4.00');
    const rest = await giveBack(bill, 'T1-R0000003');
    expect(rest.body.wscancel.order).toMatchObject({ orderstate: 'Canceled', operations: [{ amount: '6.00' }] });
    expect(await giveBack(bill, 'T1-R0000004')).toEqual(fault(400, '5', '108'));
  });

  test('B-13: the same id again is the stored answer; with another sum it is refused', async () => {
    const bill = await paid(ORDER, '10.00');
    await control('fault', { kind: 'drop-reply', path: CANCEL });
    await expect(giveBack(bill, 'T1-R0000001', '4.00')).rejects.toThrow();
    clock.advance(30_000);
    const again = await giveBack(bill, 'T1-R0000001', '4.00');
    expect(again.body.wscancel.order.operations).toMatchObject([{ billnumber: `${bill}.2`, amount: '4.00' }]);
    await giveBack(bill, 'T1-R0000002');
    expect(await giveBack(bill, 'T1-R0000001', '4.00')).toEqual(again);
    expect(await giveBack(bill, 'T1-R0000001', '5.00')).toEqual(fault(400, '5', '108'));
    expect((await giveBack(bill, 'T1-R0000002')).status).toBe(200);
    expect(emulator.ledger().filter(({ kind }) => kind === 'refund')).toHaveLength(2);
  });

  test('what is unpaid, unknown or badly named is not given back', async () => {
    const { body } = await askQr();
    const bill = body.order.billnumber;
    expect(await giveBack(bill, 'T1-R0000001')).toEqual(fault(400, '15', '301', 'Order is not paid'));
    emulator.decline('AS105');
    expect(await giveBack(bill, 'T1-R0000001')).toEqual(fault(400, '15', '301', 'Order is not paid'));
    expect(await giveBack('5123456999999999', 'T1-R0000001')).toEqual(fault(400, '5', '143'));
    const good = await paid('T-2', '1.00');
    expect(await giveBack(`${good}.2`, 'T1-R0000001')).toEqual(fault(400, '5', '143'));
    expect(await giveBack(good, 'short')).toEqual(fault(400, '5', '0'));
    expect(await giveBack(good, 'Ж'.repeat(10))).toEqual(fault(400, '5', '0'));
    expect(emulator.ledger().map(({ kind, state }) => [kind, state])).toEqual([
      ['payment', 'Declined'],
      ['payment', 'Approved'],
    ]);
  });
});

describe('who may call', () => {
  test('B-14: a wrong password', async () => {
    const denied = fault(401, '7', '141', 'Access denied');
    expect(await post(RESULT, { Ordernumber: ORDER }, { ...CRED, Password: 'wrong' })).toEqual(denied);
    expect(await post(RESULT, { Ordernumber: ORDER }, { ...CRED, Login: 'stranger' })).toEqual(denied);
  });

  test('B-15: check values are asked for and given once a secret word is set; the fault in both forms', async () => {
    await restart({ secretWord: 'demo-word' });
    const wrong = { Checkvalue: 'A'.repeat(32) };
    expect(await askQr(ORDER, '1.00', wrong)).toEqual(fault(400, '5', '158'));
    expect(await askQr()).toEqual(fault(400, '5', '158'));
    await control('dialect', { faultForm: 'root' });
    expect((await askQr(ORDER, '1.00', wrong)).body).toMatchObject({ faultcode: '5', faultstring: '158' });
    expect(emulator.ledger()).toEqual([]);
    const right = { Checkvalue: 'E035AF6A1FC4CE1412135808B8E6ABC1' };
    const more = { Prepayment: '1.00', CustomerNumber: 'C-1' };
    expect((await askQr('T-2', '1.00', { ...right, ...more })).body).toMatchObject({ faultstring: '158' });
    const ofMore = checkValue('demo-word', '123456;T-2;1.00;RUB;C-1;1.00');
    expect((await askQr('T-2', '1.00', { Checkvalue: ofMore, ...more })).status).toBe(200);
    expect((await askQr(ORDER, '1.00', right)).status).toBe(200);
    const [order] = await ordersOf();
    expect(order.checkdata.checkvalue).toBe(checkValue('demo-word', `123456${ORDER}1.00RUBIn Process`));
  });

  test('names in any case; another format, another type of body or method and unknown services are refused', async () => {
    const lower = Object.fromEntries(Object.entries(CRED).map(([name, value]) => [name.toLowerCase(), value]));
    expect((await post(RESULT, { ORDERNUMBER: ORDER }, lower)).status).toBe(200);
    expect(await post(RESULT, { Ordernumber: ORDER, Format: '2' })).toEqual(fault(400, '5', '103'));
    expect(await call(emulator.url + RESULT, { method: 'POST', body: 'Ordernumber=1' })).toEqual(fault(400, '5', '0'));
    expect((await post('/pay/nothing.cfm', {})).status).toBe(404);
    expect((await call(emulator.url + RESULT, {})).status).toBe(404);
    const huge = await askQr(ORDER, '1.00', { OrderComment: 'x'.repeat(2_000_000) });
    expect(huge).toEqual(fault(400, '5', '0'));
  });

  test('forbidden means are answered with 403 and create nothing; the test mode is told', async () => {
    await control('dialect', { forbiddenMeans: ['sbp', 'cash'], testMode: 1 });
    const forbidden = fault(403, '8', '111', 'Payment method is not allowed');
    expect(await askQr()).toEqual(forbidden);
    expect(await takeCash('T-1', '1.00')).toEqual(forbidden);
    expect(emulator.ledger()).toEqual([]);
    expect((await takeCard('T-2', '1.00')).status).toBe(200);
    expect((await ordersOf('T-2'))[0].testmode).toBe(1);
    expect((await control('dialect', { colour: 'red' })).status).toBe(400);
  });
});

describe('at the till', () => {
  test('B-16: cash is approved at once; the same number again is the same order, another sum is refused', async () => {
    clock.advance(20 * 60_000);
    const registered = await takeCash('20300115_100300_000', '8.08');
    expect(registered).toEqual({
      status: 200,
      body: {
        order: {
          ordernumber: '20300115_100300_000',
          billnumber: '5123456000000001',
          orderstate: 'Approved',
          orderamount: '8.08',
          ordercurrency: 'RUB',
          orderdate: '15.01.2030 07:20:00',
        },
      },
    });
    clock.advance(1000);
    expect(await takeCash('20300115_100300_000', '8.08')).toEqual(registered);
    expect(await takeCash('20300115_100300_000', '8.09')).toEqual(fault(400, '11', '107'));
    expect(await takeCash('T-2', '8.08', { OrderDate: '31.02.2030 07:00:00' })).toEqual(fault(400, '5', '0'));
    expect((await ordersOf('20300115_100300_000'))[0].operations).toMatchObject([{ meantypename: 'НАЛИЧНЫЕ' }]);
    expect((await control('ledger')).body).toMatchObject([
      {
        orderNumber: '20300115_100300_000',
        kind: 'payment',
        means: 'cash',
        sum: 8.08,
        sumKopecks: 808,
        state: 'Approved',
        tillDate: '2030-01-15T07:03:00.000Z',
        createdDate: '2030-01-15T07:20:00.000Z',
      },
    ]);
    expect((await giveBack('5123456000000001', 'T1-R0000001')).status).toBe(200);
  });

  test.each([
    ['approved', 'Approved', 'AS000'],
    ['AS000', 'Approved', 'AS000'],
    ['declined', 'Declined', 'AS100'],
    ['poor', 'Declined', 'AS102'],
    ['wrong-pin', 'Declined', 'AS106'],
    ['wrongPin', 'Declined', 'AS106'],
    ['AS108', 'Declined', 'AS108'],
  ])('B-17: the reader posts %s: %s with %s', async (CardScenario, state, responsecode) => {
    // The scenario of the reader goes before the buyer.
    emulator.setBuyer('silent');
    const { status, body } = await takeCard(ORDER, '15.30', { CardScenario });
    expect(status).toBe(200);
    const isPaid = state === 'Approved';
    const operation = {
      operationtype: '100',
      operationstate: isPaid ? 'Success' : 'Declined',
      amount: '15.30',
      meantypename: 'КАРТА',
      meannumber: '4111****1111',
      responsecode,
      approvalcode: expect.stringMatching(isPaid ? /^\d{6}$/ : /^$/),
      rrn: expect.stringMatching(/^\d{12}$/),
      tid: expect.any(String),
      slipno: expect.any(String),
    };
    expect(body.order).toMatchObject({ orderstate: state, operations: [operation] });
    const [order] = await ordersOf();
    expect(order).toMatchObject({ orderstate: state, operations: body.order.operations });
  });

  test('a slow card is in process for 20 s; without a scenario the buyer decides', async () => {
    expect((await takeCard(ORDER, '1.00', { CardScenario: 'slow' })).body.order).toMatchObject({
      orderstate: 'In Process',
      operations: [],
    });
    expect(await takeCard(ORDER, '1.00')).toEqual(fault(400, '11', '107'));
    emulator.setBuyer('poor');
    clock.advance(19_999);
    expect(await stateOf()).toBe('In Process');
    clock.advance(1);
    expect(await stateOf()).toBe('Approved');
    expect((await takeCard('T-2', '1.00')).body.order.operations).toMatchObject([{ responsecode: 'AS102' }]);
    emulator.setBuyer('silent');
    expect((await takeCard('T-3', '1.00')).body.order.orderstate).toBe('In Process');
    clock.advance(900_000);
    expect(await stateOf('T-3')).toBe('Timeout');
  });

  test('B-18: SoftPOS pays under our number; a reader must name itself, a mode must exist', async () => {
    const softPos = { PaymentMode: '12', Device: '' };
    expect((await takeCard(ORDER, '1.00', softPos)).body.order.orderstate).toBe('Approved');
    expect(emulator.ledger()).toMatchObject([{ means: 'softPos', state: 'Approved' }]);
    expect(await takeCard('T-2', '1.00', { Device: '' })).toEqual(fault(400, '5', '0'));
    expect(await takeCard('T-2', '1.00', { PaymentMode: '13' })).toEqual(fault(400, '5', '0'));
    expect(await takeCard('T-2', '1.00', { CardScenario: 'stolen' })).toEqual(fault(400, '5', '0'));
    expect(emulator.ledger()).toHaveLength(1);
  });

  test.each(['CardNumber', 'Track2Data', 'PinBlock', 'EMV', 'KSN', 'cardnumber'])(
    'B-19: a post with %s is refused; nothing of it is stored or shown',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'assist-'));
      folders.push(folder);
      const stateFile = join(folder, 'assist.json');
      await restart({ stateFile });
      const refused = fault(400, '15', '306', 'Card data are not accepted');
      expect(await takeCard(ORDER, '1.00', { [name]: '4111111111111111' })).toEqual(refused);
      expect(await askQr(ORDER, '1.00', { [name]: '4111111111111111' })).toEqual(refused);
      await postJson('/xpos/payment.cfm', { [name]: '4111111111111111' });
      await call(`${emulator.url}/xpos/payment.cfm?${name}=4111111111111111`, {
        method: 'POST',
        body: `{"${name}":"4111111111111111`,
      });
      const log = await control('requests');
      expect(log.body).toHaveLength(4);
      expect(log.body[0]).toMatchObject({ path: '/xpos/payment.cfm', body: { OrderNumber: ORDER, [name]: '***' } });
      expect(emulator.ledger()).toEqual([]);
      await paid('T-2', '1.00');
      expect(JSON.stringify([log, emulator.requests()])).not.toMatch(/4111111111111111|CANARY/);
      expect(readFileSync(stateFile, 'utf8')).not.toMatch(/4111111111111111|CANARY/);
    },
  );
});

describe('faults', () => {
  test('cut before it was read: nothing is stored; cut after: the order is there without its link', async () => {
    await control('fault', { kind: 'drop-request', path: '/pay/fastpay.cfm' });
    await expect(askQr()).rejects.toThrow();
    expect(await ordersOf()).toEqual([]);
    await control('fault', { kind: 'drop-reply', path: '/pay/fastpay.cfm' });
    await expect(askQr()).rejects.toThrow();
    expect(await stateOf()).toBe('In Process');
    const posts = emulator.requests().filter(({ path }) => path === '/pay/fastpay.cfm');
    expect(posts.map(({ status, fault: kind }) => [status, kind])).toEqual([
      [null, 'drop-request'],
      [200, 'drop-reply'],
    ]);
  });

  test('http-500, garbage and a closed port', async () => {
    await emulator.fault('http-500');
    expect((await askQr()).status).toBe(500);
    await emulator.fault('garbage', 1, { processed: false });
    expect((await askQr()).body).toContain('<html>');
    expect(emulator.ledger()).toEqual([]);
    await emulator.fault('refuse');
    await expect(askQr()).rejects.toThrow();
    await emulator.fault('none');
    expect((await askQr()).status).toBe(200);
    expect((await control('fault', { kind: 'flood' })).status).toBe(400);
  });

  test('a scripted refusal of the server: as often as asked, nothing is processed', async () => {
    await control('refusal', { firstCode: 1, secondCode: 0, status: 500, times: 2, path: '/pay/', message: 'Broken' });
    expect(await ordersOf()).toEqual([]);
    expect(await askQr()).toEqual(fault(500, '1', '0', 'Broken'));
    expect(await askQr()).toEqual(fault(500, '1', '0', 'Broken'));
    expect(emulator.ledger()).toEqual([]);
    expect((await askQr()).status).toBe(200);
  });

  test('a wrong echo of sum or number in every answer that holds an order; the books stay right', async () => {
    // Answers that hold none do not use it up.
    await emulator.fault('wrong-sum');
    expect(await ordersOf()).toEqual([]);
    expect((await askQr()).body.order.orderamount).toBe('2.00');
    await emulator.fault('wrong-order');
    expect((await ordersOf())[0].ordernumber).toBe(`${ORDER}-X`);
    await emulator.fault('wrong-sum');
    expect((await post('/orderstate/orderstate.cfm', { OrderNumber: ORDER })).body.orderstate.orderamount).toBe('2.00');
    emulator.pay();
    const { billnumber } = (await ordersOf())[0];
    await emulator.fault('wrong-sum');
    const back = await giveBack(billnumber, 'T1-R0000001', '0.40');
    expect(back.body.wscancel.order).toMatchObject({ orderamount: '2.00', operations: [{ amount: '1.40' }] });
    expect(emulator.ledger()).toMatchObject([{ sumKopecks: 100, orderNumber: ORDER }, { sumKopecks: 40 }]);
  });
});

describe('a wrong echo in the other forms', () => {
  test.each([
    ['number', 8.2],
    ['comma', '8,20'],
  ] as const)('%s: a rouble more, to the kopeck', async (amountForm, told) => {
    await paid(ORDER, '7.20');
    emulator.setDialect({ amountForm });
    await emulator.fault('wrong-sum');
    expect((await ordersOf())[0].orderamount).toBe(told);
  });
});

describe('the control plane', () => {
  test('the ledger tells payments and refunds apart and joins them', async () => {
    const bill = await paid(ORDER, '10.00');
    clock.advance(60_000);
    await giveBack(bill, 'T1-R0000001', '4.00');
    await askQr('T-2', '3.00');
    expect((await control('decline', { code: 'AS102' })).body).toEqual({ orderNumber: 'T-2' });
    expect((await control('pay', {})).status).toBe(409);
    await askQr('T-3', '3.00');
    await abort('T-3');
    const refund = { paymentId: `${bill}.2`, orderNumber: 'T1-R0000001', sum: 4, sumKopecks: 400, state: 'Approved' };
    expect((await control('ledger')).body).toEqual([
      expect.objectContaining({
        paymentId: bill,
        orderNumber: ORDER,
        kind: 'payment',
        sumKopecks: 1000,
        means: 'sbp',
        state: 'Approved',
        orderState: 'PartialCanceled',
        paidDate: '2030-01-15T07:00:00.000Z',
        reversals: [refund],
      }),
      expect.objectContaining({
        ...refund,
        kind: 'refund',
        means: 'sbp',
        externalRefundId: 'T1-R0000001',
        sourceOrderNumber: ORDER,
        sourcePaymentId: bill,
        createdDate: '2030-01-15T07:01:00.000Z',
      }),
      expect.objectContaining({ orderNumber: 'T-2', state: 'Declined', responseCode: 'AS102', paidDate: null }),
      expect.objectContaining({ orderNumber: 'T-3', state: 'Canceled', responseCode: null, paidDate: null }),
    ]);
  });

  test('books, tokens and the moved clock survive a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assist-'));
    folders.push(folder);
    const stateFile = join(folder, 'assist.json');
    await restart({ stateFile });
    await askQr();
    emulator.advanceClock(1000);
    await restart({ stateFile });
    expect(await stateOf()).toBe('In Process');
    clock.advance(1000);
    expect(await stateOf()).toBe('Approved');
    expect((await askQr('T-2')).body.order.billnumber).toBe('5123456000000002');
  });

  test('an unknown buyer or control is refused', async () => {
    expect((await control('buyer', { name: 'rich' })).status).toBe(400);
    expect((await control('nothing', {})).status).toBe(404);
  });
});

import { afterEach, expect, test } from 'vitest';
import type { OplatiEmulatorOptions } from '../../../../src/emulators/oplati/server.ts';
import { type Desk, H1, RECEIPT, startDesk } from './oplati-client.ts';

let desk: Desk;
afterEach(() => desk.emulator.close());

async function start(options: OplatiEmulatorOptions): Promise<Desk> {
  desk = await startDesk(options);
  return desk;
}

test('with a list of registers a stranger is refused everywhere and a token register needs its token', async () => {
  await start({
    registers: [H1, { regNum: 'OPL000000002' }, { regNum: 'OPL000000003' }],
    tokens: { OPL000000003: 'token of three' },
  });
  const stranger = { regNum: 'OPL000000009', password: 'x' };
  expect((await desk.post('/tokens', {}, stranger)).status).toBe(401);
  expect((await desk.post('/demandPayment', { paymentMode: 3 }, stranger)).status).toBe(401);
  expect((await desk.get('/payments/1', { regNum: 'OPL000000009' })).status).toBe(401);
  expect((await desk.post('/demandPayment', { paymentMode: 3 })).status).toBe(200);
  expect((await desk.post('/demandPayment', { paymentMode: 3 }, { ...H1, password: 'wrong' })).status).toBe(401);
  const two = { regNum: 'OPL000000002' };
  expect((await desk.post('/demandPayment', { paymentMode: 3 }, { ...two, password: 'x' })).status).toBe(401);
  expect((await desk.post('/tokens', {}, two)).status).toBe(200);
  const three = { regNum: 'OPL000000003', token: 'token of three' };
  expect((await desk.post('/tokens', {}, three)).status).toBe(400);
  expect((await desk.post('/demandPayment', { paymentMode: 3 }, three)).status).toBe(200);
});

test('a password register has no token to reset', async () => {
  await start({ registers: [H1] });
  expect((await desk.control('reset-token', { regNum: H1.regNum })).status).toBe(409);
  expect((await desk.post('/demandPayment', { paymentMode: 3 })).status).toBe(200);
});

test('requireSecretOnGet: a GET by regNum alone is refused only then', async () => {
  await start({ requireSecretOnGet: true });
  await desk.sale('T1-0001');
  expect((await desk.get('/payments/1000001', { regNum: H1.regNum })).status).toBe(401);
  expect((await desk.get('/payments/1000001')).status).toBe(200);
});

test('a wrong secret on a GET is refused although none is needed', async () => {
  await start({});
  await desk.sale('T1-0001');
  expect((await desk.get('/payments/1000001', { regNum: H1.regNum })).status).toBe(200);
  expect((await desk.get('/payments/1000001', { ...H1, password: 'wrong' })).status).toBe(401);
});

test('parallelSessions: a new demand leaves the older session alone, or ends it', async () => {
  await start({});
  const kept = await desk.readySession();
  await desk.readySession();
  expect((await desk.get(`/consumerStatus?sessionId=${kept}`)).status).toBe(200);
  await desk.emulator.close();
  await start({ parallelSessions: false });
  const ended = await desk.readySession();
  await desk.readySession();
  expect((await desk.get(`/consumerStatus?sessionId=${ended}`)).body.internalCode).toBe('166');
});

test('strictReceiptTotals: a total that is not the sum of the lines is refused only then', async () => {
  const details = { ...RECEIPT, amountTotal: 20 };
  await start({});
  expect((await desk.sale('T1-0001', { details })).status).toBe(200);
  await desk.emulator.close();
  await start({ strictReceiptTotals: true });
  expect((await desk.sale('T1-0001', { details })).status).toBe(400);
  expect((await desk.sale('T1-0002', { sum: 5 })).status).toBe(200);
});

test('names: other', async () => {
  await start({ names: 'other', tokens: { OPL000000002: 'secret' }, buyerDelayMs: 10 });
  const two = { regNum: 'OPL000000002', 'X-Pos-Token': 'secret' };
  expect((await desk.post('/tokens', {}, { regNum: 'OPL000000003' })).status).toBe(404);
  const issued = await desk.post('/registers/token', {}, { regNum: 'OPL000000003' });
  expect(issued.body).toEqual({ value: expect.stringMatching(/^.{20,}$/) });
  expect((await desk.post('/demandPayment', { paymentMode: 1 }, { ...two, 'X-Pos-Token': 'x' })).status).toBe(401);
  const { body } = await desk.post('/demandPayment', { paymentMode: 1 }, two);
  expect(body).toEqual({ sessionId: 5001, code: expect.any(Number) });
  await desk.control('dialect', { names: 'assumed' });
  expect((await desk.post('/tokens', {}, { regNum: 'OPL000000004' })).body).toEqual({ token: expect.any(String) });
});

test('another token of life: session and PIN times, modes and field names are settings', async () => {
  await start({
    sessionTtlMs: 5000,
    paymentModes: { buyerQr: 7, staticQr: 8, dynamicQr: 9 },
    confirmCodeField: 'code',
    loyaltyCardNumberField: 'number',
    loyaltyCards: [{ cardNumber: '42', programName: 'Тест' }],
    buyerDelayMs: 10,
  });
  expect((await desk.post('/demandPayment', { paymentMode: 3 })).status).toBe(400);
  const { body } = await desk.post('/demandPayment', { paymentMode: 8 });
  expect(body.code).toMatch(/^\d{4}$/);
  desk.clock.advance(10);
  const ready = await desk.get(`/consumerStatus?sessionId=${body.sessionId}`);
  expect(ready.body.loyaltyCards).toEqual([{ number: '42', programName: 'Тест' }]);
  desk.clock.advance(5000);
  expect((await desk.get(`/consumerStatus?sessionId=${body.sessionId}`)).body.internalCode).toBe('166');
});

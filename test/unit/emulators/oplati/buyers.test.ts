import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, startDesk } from './oplati-client.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.emulator.close());

/** Demands, waits so long on the clock, and asks. */
async function isReadyAfter(waitMs: number, paymentMode = 3): Promise<boolean> {
  const { body } = await desk.post('/demandPayment', { paymentMode });
  desk.clock.advance(waitMs);
  return (await desk.get(`/consumerStatus?sessionId=${body.sessionId}`)).body.isConsumerReady;
}

function demandByCode(): ReturnType<Desk['post']> {
  return desk.post('/demandPayment', { paymentMode: 1, consumerQr: desk.emulator.issueBuyerCode() });
}

describe('buyers', () => {
  test.each([
    ['pays', 1],
    ['declines', 2],
    ['poor', 3],
    ['no-card', 1],
  ])('%s scans after 4 s and the sale ends with status %i', async (name, status) => {
    expect((await desk.control('buyer', { name })).status).toBe(200);
    expect(await isReadyAfter(3999)).toBe(false);
    expect(await isReadyAfter(4000)).toBe(true);
    expect((await desk.sale('T1-0001')).body.status).toBe(status);
    expect(desk.emulator.ledger()).toMatchObject([{ orderNumber: 'T1-0001', sum: 15.3, sumKopecks: 1530, status }]);
  });

  test('slow is ready after 20 s and confirms by PIN 15 s after the sale', async () => {
    desk.emulator.setBuyer('slow');
    expect(await isReadyAfter(19_999, 2)).toBe(false);
    expect(await isReadyAfter(20_000, 2)).toBe(true);
    const { body } = await desk.sale('T1-0001');
    desk.clock.advance(14_999);
    expect((await desk.get(`/payments/${body.paymentId}`)).body.status).toBe(0);
    desk.clock.advance(1);
    expect((await desk.get(`/payments/${body.paymentId}`)).body.status).toBe(1);
  });

  test.each(['silent', 'expired'] as const)(
    '%s never becomes ready by a merchant QR: the session lapses',
    async (name) => {
      desk.emulator.setBuyer(name);
      for (const paymentMode of [2, 3]) {
        const { body } = await desk.post('/demandPayment', { paymentMode });
        desk.clock.advance(59_999);
        expect((await desk.get(`/consumerStatus?sessionId=${body.sessionId}`)).body.isConsumerReady).toBe(false);
        desk.clock.advance(1);
        const lapsed = await desk.get(`/consumerStatus?sessionId=${body.sessionId}`);
        expect(lapsed).toMatchObject({ status: 400, body: { internalCode: '166' } });
      }
    },
  );

  test('expired shows a code that is refused, silent shows one and does nothing more', async () => {
    desk.emulator.setBuyer('expired');
    expect(await demandByCode()).toMatchObject({ status: 400, body: { internalCode: '' } });
    desk.emulator.setBuyer('silent');
    const { sessionId } = (await demandByCode()).body;
    expect((await desk.get(`/consumerStatus?sessionId=${sessionId}`)).body.isConsumerReady).toBe(false);
  });

  test('no-card hides the cards that pays shows', async () => {
    const cards = [{ cardNumber: '9900000000017', programName: 'Тест' }];
    await desk.control('cards', { cards });
    const sessionId = await desk.readySession();
    const ask = async () => (await desk.get(`/consumerStatus?sessionId=${sessionId}`)).body.loyaltyCards;
    expect(await ask()).toEqual(cards);
    desk.emulator.setBuyer('no-card');
    expect(await ask()).toEqual([]);
  });

  test('a changed buyer also serves the session that is already open', async () => {
    desk.emulator.setBuyer('silent');
    await desk.post('/demandPayment', { paymentMode: 3 });
    desk.clock.advance(10_000);
    desk.emulator.setBuyer('pays');
    desk.clock.advance(4000);
    expect((await desk.get('/consumerStatus?sessionId=5001')).body.isConsumerReady).toBe(true);
  });
});

describe('the wallet', () => {
  test('pays while the balance lasts; a reversal fills it again', async () => {
    await desk.control('balance', { kopecks: 2000 });
    const first = (await desk.sale('T1-0001')).body;
    expect(first.status).toBe(1);
    expect((await desk.sale('T1-0002')).body.status).toBe(3);
    await desk.reversal(first.paymentId, 'T1-R001', 15.3);
    expect((await desk.sale('T1-0003')).body.status).toBe(1);
    await desk.control('balance', { kopecks: null });
    expect((await desk.sale('T1-0004')).body.status).toBe(1);
  });

  test('an empty wallet is not asked for the PIN', async () => {
    desk.emulator.setBalance(0);
    desk.emulator.setBuyer('pays', { pinAfterMs: 1000 });
    expect((await desk.sale('T1-0001')).body.status).toBe(3);
  });
});

test('the PIN question is answered by hand', async () => {
  await desk.control('buyer', { name: 'pays', pinAfterMs: null });
  const first = (await desk.sale('T1-0001')).body.paymentId;
  const second = (await desk.sale('T1-0002')).body.paymentId;
  expect((await desk.control('refuse', { paymentId: first })).body).toEqual({ paymentId: first });
  expect((await desk.control('confirm', {})).body).toEqual({ paymentId: second });
  expect((await desk.control('confirm', {})).status).toBe(409);
  expect(desk.emulator.ledger().map(({ status }) => status)).toEqual([2, 1]);
});

test('the clock is moved by hand through the control plane', async () => {
  await desk.post('/demandPayment', { paymentMode: 3 });
  await desk.control('clock', { advanceMs: 4000 });
  expect((await desk.get('/consumerStatus?sessionId=5001')).body.isConsumerReady).toBe(true);
});

test.each([
  ['buyer', { name: 'rich' }, 400],
  ['buyer', {}, 400],
  ['fault', { kind: 'meteor' }, 400],
  ['fault', { kind: 'delay', times: -1 }, 400],
  ['clock', { advanceMs: 'tomorrow' }, 400],
  ['reset-token', { regNum: '' }, 400],
  ['scan', {}, 409],
  ['nothing', {}, 404],
])('control refuses %s %j with %i and says why', async (path, body, status) => {
  const answer = await desk.control(path, body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatch(/\w/);
});

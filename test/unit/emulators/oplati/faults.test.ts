import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventually } from '../../../eventually.ts';
import { type Desk, SHIFT, startDesk } from './oplati-client.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.emulator.close());

const demand = () => desk.post('/demandPayment', { paymentMode: 3 });
const sessionsOpened = () => desk.emulator.requests().filter(({ status }) => status === 200).length;

/** The code of the network failure that fetch hides in its cause. */
async function failureCode(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('it was answered'),
    (reason: Error) => reason,
  );
  return String((error.cause as { code?: string } | undefined)?.code ?? error.message);
}

describe('faults', () => {
  test('refuse: the API port is closed until none, the control plane stays', async () => {
    await demand();
    await desk.control('fault', { kind: 'refuse' });
    expect(await failureCode(demand())).toBe('ECONNREFUSED');
    expect(await failureCode(demand())).toBe('ECONNREFUSED');
    expect((await desk.control('ledger')).status).toBe(200);
    await desk.control('fault', { kind: 'none' });
    expect((await demand()).body.sessionId).toBe(5002);
  });

  test('refuse for a while: the port opens by itself', async () => {
    await desk.control('fault', { kind: 'refuse', ms: 20_000 });
    expect(await failureCode(demand())).toBe('ECONNREFUSED');
    desk.clock.advance(20_000);
    await eventually(async () => expect((await demand()).status).toBe(200));
  });

  test('drop-request: the connection is cut and nothing was processed', async () => {
    await desk.emulator.fault('drop-request');
    expect(await failureCode(demand())).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(sessionsOpened()).toBe(0);
    expect((await demand()).body.sessionId).toBe(5001);
  });

  test('drop-reply: processed, stored, never answered', async () => {
    await desk.emulator.fault('drop-reply', 2);
    expect(await failureCode(demand())).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(await failureCode(demand())).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(sessionsOpened()).toBe(2);
    expect((await demand()).body.sessionId).toBe(5003);
  });

  test('delay: processed at once, answered after 15 s', async () => {
    await desk.emulator.fault('delay');
    const isAnswered = vi.fn();
    const answer = demand().finally(isAnswered);
    await eventually(() => expect(sessionsOpened()).toBe(1));
    desk.clock.advance(14_999);
    expect(desk.clock.waitingMs).toEqual([1]);
    expect(isAnswered).not.toHaveBeenCalled();
    desk.clock.advance(1);
    expect((await answer).body.sessionId).toBe(5001);
  });

  test('http-500: HTML and no effect; with processed it took effect', async () => {
    await desk.control('fault', { kind: 'http-500' });
    expect(await demand()).toMatchObject({ status: 500, body: expect.stringContaining('<html>') });
    expect(sessionsOpened()).toBe(0);
    await desk.control('fault', { kind: 'http-500', path: '/payments', processed: true });
    expect((await desk.sale('T1-0001')).status).toBe(500);
    expect(desk.emulator.ledger()).toMatchObject([{ orderNumber: 'T1-0001', status: 1 }]);
  });

  test('garbage: 200 with HTML, though the payment was taken', async () => {
    await desk.control('fault', { kind: 'garbage', path: '/payments' });
    expect(await desk.sale('T1-0001')).toMatchObject({ status: 200, body: expect.stringContaining('<html>') });
    expect(desk.emulator.ledger()).toHaveLength(1);
  });

  test('slow-drip: one byte a second, whole in the end', async () => {
    await desk.emulator.fault('slow-drip');
    let text = '';
    const ended = new Promise<void>((resolve) => {
      request(`${desk.emulator.url}/pos/nothing`, (reply) => {
        reply.setEncoding('latin1').on('data', (bytes: string) => {
          text += bytes;
        });
        reply.on('end', resolve);
      }).end();
    });
    for (const length of [1, 2, 3]) {
      await eventually(() => expect(desk.clock.waitingMs).toEqual([1000]));
      desk.clock.advance(1000);
      await eventually(() => expect(text).toHaveLength(length));
    }
    desk.clock.advance(1_000_000);
    await ended;
    expect(JSON.parse(text).code).toBe('404');
  });

  test('wrong-sum waits for the next payment info and can be aimed at the report', async () => {
    await desk.emulator.fault('wrong-sum', 1, { path: 'paymentReports' });
    expect((await desk.sale('T1-0001')).body.sum).toBe(15.3);
    expect((await desk.get(`/paymentReports?shift=${SHIFT}`)).body[0].sum).toBe(16.3);
    expect((await desk.get(`/paymentReports?shift=${SHIFT}`)).body[0].sum).toBe(15.3);
  });
});

describe('the plan of faults', () => {
  test('hits as often as told, in the order planned, only the paths and methods named', async () => {
    await desk.emulator.fault('http-500', 2, { path: 'demandPayment' });
    await desk.emulator.fault('garbage', 1, { method: 'GET' });
    expect((await demand()).status).toBe(500);
    expect((await desk.get('/payments/1')).body).toContain('<html>');
    expect((await desk.get('/payments/1')).status).toBe(404);
    expect((await demand()).status).toBe(500);
    expect((await demand()).status).toBe(200);
  });

  test('none takes back what is still planned', async () => {
    await desk.emulator.fault('http-500', 5);
    await desk.emulator.fault('none');
    expect((await demand()).status).toBe(200);
  });
});

import { createPublicKey, verify } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../../eventually.ts';
import { type Desk, RECEIPT, startDesk } from './oplati-client.ts';

let desk: Desk;
let shop: Server;
let shopUrl: string;
let shopStatus: number;
const told: { url: string; signature: string; body: string }[] = [];

beforeEach(async () => {
  told.length = 0;
  shopStatus = 200;
  desk = await startDesk();
  shop = createServer(async (request, response) => {
    const signature = String(request.headers['server-sign']);
    told.push({ url: request.url ?? '', signature, body: await text(request) });
    response.writeHead(shopStatus, { Connection: 'close' }).end();
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/paid?order=7`;
});
afterEach(async () => {
  await desk.emulator.close();
  await new Promise((resolve) => shop.close(resolve));
});

const order = (more = {}) => ({
  sum: 15.3,
  orderNumber: 'W-1',
  details: RECEIPT,
  successUrl: 'https://shop.by/',
  ...more,
});

describe('v1', () => {
  test('answers status 0 with a web QR; polls see the buyer pay', async () => {
    const { status, body } = await desk.post('/webPayments', order({ shift: '1' }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ paymentId: 1000001, paymentType: 1, status: 0, sum: 15.3, orderNumber: 'W-1' });
    expect(body.dynamicQR).toMatch(/^o-plati:\/\/o-webpay\/dyn\/.{28}$/);
    desk.clock.advance(4000);
    const paid = (await desk.get('/payments/1000001')).body;
    expect(paid).toMatchObject({ status: 1, paidDate: '2030-01-15T10:00:04.000+03:00' });
    expect(paid).not.toHaveProperty('dynamicQR');
    expect((await desk.post('/webPayments', order())).body.paymentId).toBe(1000002);
  });

  test('a QR that nobody scans for five minutes ends with status 4', async () => {
    desk.emulator.setBuyer('silent');
    await desk.post('/webPayments', order());
    desk.clock.advance(299_999);
    expect((await desk.get('/payments/1000001')).body.status).toBe(0);
    desk.clock.advance(1);
    expect((await desk.get('/payments/1000001')).body.status).toBe(4);
  });
});

describe('v2', () => {
  const signed = (entry: (typeof told)[number], publicKey: string): boolean => {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return verify('RSA-SHA256', Buffer.from(entry.body), key, Buffer.from(entry.signature, 'base64'));
  };

  test('answers with a page, then tells the shop in a signed notification', async () => {
    const { body } = await desk.post('/webPayments/v2', order({ notificationUrl: shopUrl }));
    expect(body).toEqual({ paymentId: 1000001, redirectUrl: expect.stringMatching(/^https:\/\//) });
    desk.clock.advance(4000);
    await eventually(() => expect(told).toHaveLength(1));
    const [entry] = told;
    if (entry === undefined) throw new Error('nothing was told');
    expect(entry.url).toBe('/paid?order=7');
    expect(JSON.parse(entry.body)).toEqual((await desk.get('/payments/1000001')).body);
    const { publicKey } = (await desk.control('public-key')).body;
    expect(signed(entry, publicKey)).toBe(true);
    expect(signed({ ...entry, body: entry.body.replace('15.3', '15.4') }, publicKey)).toBe(false);
  });

  test('a shop that does not answer 200 is told again after 10 s, 60 s and 600 s, then no more', async () => {
    shopStatus = 500;
    await desk.post('/webPayments/v2', order({ notificationUrl: shopUrl }));
    desk.clock.advance(4000);
    for (const [index, pauseMs] of [10_000, 60_000, 600_000].entries()) {
      await eventually(() => expect([told.length, ...desk.clock.waitingMs]).toEqual([index + 1, pauseMs]));
      desk.clock.advance(pauseMs - 1);
      expect(told).toHaveLength(index + 1);
      desk.clock.advance(1);
    }
    await eventually(() => expect([told.length, ...desk.clock.waitingMs]).toEqual([4]));
  });

  test('a refusal and a cancel are told as well', async () => {
    desk.emulator.setBuyer('declines');
    await desk.post('/webPayments/v2', order({ notificationUrl: shopUrl }));
    desk.clock.advance(4000);
    await eventually(() => expect(told).toHaveLength(1));
    await desk.post('/webPayments/v2', order({ notificationUrl: shopUrl }));
    await desk.reversal(1000002, 'W-R1', 15.3);
    await eventually(() => expect(told).toHaveLength(2));
    expect(told.map(({ body }) => JSON.parse(body).status)).toEqual([2, 5]);
  });

  // Incident: it was refused.
  test('an empty address, as the official clients send it, is a shop that only polls', async () => {
    const { status, body } = await desk.post('/webPayments/v2', order({ notificationUrl: '', successUrl: '' }));
    expect({ status, body }).toMatchObject({ status: 200, body: { paymentId: 1000001 } });
    desk.clock.advance(4000);
    expect((await desk.get('/payments/1000001')).body.status).toBe(1);
    expect(told).toEqual([]);
  });

  test('an address that is none is refused', async () => {
    for (const notificationUrl of [undefined, 'soon', 'file:///etc/passwd']) {
      expect((await desk.post('/webPayments/v2', order({ notificationUrl }))).status).toBe(400);
    }
    expect(desk.emulator.ledger()).toEqual([]);
  });
});

/** The PayMaster emulator: lost answers, refunds, the control plane (P-6, P-11..P-13, P-16..P-20). Real HTTP. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaymasterEmulatorOptions } from '../../src/emulators/paymaster/server.ts';
import { serveEmulator } from '../../src/emulators/serve.ts';
import { removeFolder } from '../remove-folder.ts';
import { M, PaymasterDesk, refused, SEVEN_O_CLOCK, STICKER, STICKER_LINK, TOKEN } from './paymaster-client.ts';

let desk: PaymasterDesk;
const desks: PaymasterDesk[] = [];

async function start(options: PaymasterEmulatorOptions = {}): Promise<void> {
  desk = await PaymasterDesk.start(options);
  desks.push(desk);
}
beforeEach(() => start());
afterEach(async () => {
  await Promise.all(desks.splice(0).map(({ emulator }) => emulator.close()));
});

describe('recovery', () => {
  test('P-11: the answer was lost after the payment was stored; the list finds it, its own object has the link', async () => {
    await desk.control('fault', { kind: 'drop-reply', path: '/payments' });
    await expect(desk.pay('T1-0005')).rejects.toThrow();
    const { items, cursor } = (await desk.list()).body;
    expect(items).toMatchObject([{ id: '900000001', status: 'Confirmation', invoice: { orderNo: 'T1-0005' } }]);
    expect(items[0]).not.toHaveProperty('confirmation');
    expect(Object.keys(items[0])).toEqual([
      'id',
      'status',
      'created',
      'merchantId',
      'amount',
      'invoice',
      'paymentData',
    ]);
    expect(cursor).toBeUndefined();
    const { confirmation } = (await desk.get('/payments/900000001')).body;
    expect(confirmation).toMatchObject({ type: 'External', paymentUrl: expect.stringMatching(/^https:.*\/AD10/) });
    await desk.control('dialect', { listRows: 'full', confirmationType: 'ExternalPayment' });
    expect((await desk.list()).body.items[0].confirmation.type).toBe('ExternalPayment');
    await desk.control('dialect', { hasLinkOnRead: false });
    expect((await desk.list()).body.items[0]).not.toHaveProperty('confirmation');
    await desk.control('dialect', { listRows: 'unnamed' });
    expect((await desk.list()).body.items[0].invoice).not.toHaveProperty('orderNo');
  });

  test('the link may come with the second reading, or never; until then nobody can pay', async () => {
    await start({ linkAt: 'read' });
    const created = (await desk.pay('T1-0005')).body;
    expect(created).toMatchObject({ status: 'Pending' });
    desk.clock.advance(60_000);
    const [first, second] = [await desk.get('/payments/900000001'), await desk.get('/payments/900000001')];
    expect([first.body.status, first.body.confirmation]).toEqual(['Pending', undefined]);
    expect(second.body).toMatchObject({ status: 'Confirmation', confirmation: { type: 'External' } });
    desk.clock.advance(2000);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Settled');
    await start({ linkAt: 'never' });
    await desk.pay('T1-0006');
    desk.clock.advance(60_000);
    for (let reads = 0; reads < 5; reads += 1) {
      expect((await desk.get('/payments/900000001')).body.status).toBe('Pending');
    }
  });

  test('the list shows its window, both ends included, page by page', async () => {
    await start({ pageSize: 2, buyer: 'silent' });
    for (const number of [1, 2, 3, 4, 5]) {
      await desk.pay(`T1-000${number}`);
      desk.clock.advance(1000);
    }
    const numbers: string[] = [];
    let more = '';
    for (let pages = 1; ; pages += 1) {
      const { items, cursor } = (await desk.list(SEVEN_O_CLOCK, SEVEN_O_CLOCK + 4000, more)).body;
      numbers.push(...items.map((item: { invoice: { orderNo: string } }) => item.invoice.orderNo));
      if (cursor === undefined) {
        expect(pages).toBe(3);
        break;
      }
      more = `&cursor=${cursor}`;
    }
    expect(numbers).toEqual(['T1-0001', 'T1-0002', 'T1-0003', 'T1-0004', 'T1-0005']);
    expect((await desk.list(SEVEN_O_CLOCK + 1000, SEVEN_O_CLOCK + 1000)).body.items).toHaveLength(1);
    expect((await desk.list(SEVEN_O_CLOCK, desk.clock.now(), '&cursor=eA')).body.errors).toEqual(['cursor is wrong']);
    expect((await desk.get(`/payments?merchantId=${M}`)).body.errors).toEqual(['start is required', 'end is required']);
  });

  test('P-12: the request never arrived; the same key and bytes again make one payment', async () => {
    await desk.control('fault', { kind: 'drop-request', path: '/payments' });
    await expect(desk.pay('T1-0007')).rejects.toThrow();
    expect((await desk.list()).body.items).toEqual([]);
    const sent = desk.bill('T1-0007');
    desk.clock.advance(15_000);
    const post = () => desk.call('POST', '/payments', sent, { 'Idempotency-Key': 'T1-0007-a' });
    const first = await post();
    expect(await post()).toEqual(first);
    desk.clock.advance(2000);
    expect((await post()).body).toMatchObject({ id: '900000001', status: 'Settled' });
    expect(desk.emulator.ledger()).toMatchObject([{ orderNumber: 'T1-0007', status: 'Settled' }]);
  });

  test('P-13: the same key with other bytes is a violation; with "violation" any repeat is', async () => {
    const duplicate = refused(409, 'idempotency_key_violation', 'Duplicate request');
    await desk.pay('T1-0008');
    expect(await desk.pay('T1-0008', null, 200_000)).toMatchObject(duplicate);
    await start({ idempotency: 'violation' });
    await desk.pay('T1-0008');
    expect(await desk.pay('T1-0008')).toMatchObject(duplicate);
    expect(desk.emulator.ledger()).toHaveLength(1);
  });

  // Incident: a till on the wire could not be tried against it.
  test('a running server is told to answer in another way', async () => {
    await desk.pay('T1-0013');
    expect((await desk.pay('T1-0013')).status).toBe(200);
    expect((await desk.control('dialect', { idempotency: 'violation', amountForm: 'text' })).status).toBe(200);
    expect((await desk.pay('T1-0013')).status).toBe(409);
    expect((await desk.get('/payments/900000001')).body.amount.value).toBe('15.3000');
    for (const wrong of [{}, { colour: 'red' }, { idempotency: true }, { toString: 'x' }]) {
      expect((await desk.control('dialect', wrong)).status).toBe(400);
    }
    expect((await desk.pay('T1-0013')).status).toBe(409);
  });

  test('a refused request leaves its key free; without keys each POST is a payment', async () => {
    expect((await desk.pay('T1-0009', 'stk-none')).status).toBe(400);
    expect((await desk.pay('T1-0009')).status).toBe(200);
    await desk.call('POST', '/payments', desk.bill('T1-0010'));
    await desk.call('POST', '/payments', desk.bill('T1-0010'));
    expect(desk.emulator.ledger()).toHaveLength(3);
  });

  test('P-6: the port is closed for a time while the payer pays', async () => {
    desk.emulator.setBuyer('slow');
    await desk.pay('T1-0011');
    await desk.control('fault', { kind: 'refuse', ms: 144_000 });
    await expect(desk.get('/payments/900000001')).rejects.toThrow();
    desk.clock.advance(144_000);
    await expect
      .poll(() => desk.get('/payments/900000001').catch(() => null))
      .toMatchObject({ body: { status: 'Settled' } });
  });

  test('P-18: amounts as text; a wrong echo once, the book is right', async () => {
    await start({ amountForm: 'text', buyer: 'silent' });
    expect((await desk.pay('T1-0012')).body.amount).toEqual({ value: '15.3000', currency: 'RUB' });
    await desk.control('fault', { kind: 'wrong-sum' });
    expect((await desk.get('/payments/900000001')).body.amount.value).toBe('15.3100');
    await desk.control('fault', { kind: 'wrong-order' });
    expect((await desk.list()).body.items[0].invoice.orderNo).toBe('T1-0012-X');
    expect((await desk.get('/payments/900000001')).body).toMatchObject({
      amount: { value: '15.3000' },
      invoice: { orderNo: 'T1-0012' },
    });
  });

  test('P-20: HTML instead of JSON; the payment exists all the same', async () => {
    await desk.control('fault', { kind: 'garbage', method: 'POST' });
    const page = await desk.pay('T1-0013');
    expect([page.status, page.body]).toEqual([200, null]);
    expect(page.text).toContain('<html>');
    await desk.control('fault', { kind: 'http-500' });
    expect((await desk.get('/payments/900000001')).status).toBe(500);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Confirmation');
  });
});

describe('refunds', () => {
  beforeEach(async () => {
    await desk.pay('T1-0001');
    desk.clock.advance(2000);
  });

  test('P-16: partial, the rest, and a kopeck too much', async () => {
    const first = await desk.refund('900000001', 5, 'T1-R001');
    expect(first.text).toBe(
      '{"id":"700000001","created":"2030-01-15T07:00:02.000Z","paymentId":"900000001",' +
        '"amount":{"value":5.0000,"currency":"RUB"},"status":"Pending"}',
    );
    desk.clock.advance(3000);
    expect((await desk.get('/refunds/700000001')).body.status).toBe('Success');
    expect((await desk.refund('900000001', 10.3, 'T1-R002')).status).toBe(200);
    const tooMuch = refused(400, 'invalid_operation', 'Amount exceeds the payment');
    expect(await desk.refund('900000001', 0.01, 'T1-R003')).toMatchObject(tooMuch);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Settled');
  });

  test('P-17: the answer was lost; the key finds the same refund, or the list does', async () => {
    await desk.control('fault', { kind: 'drop-reply', path: '/refunds' });
    await expect(desk.refund('900000001', 5, 'T1-R001')).rejects.toThrow();
    expect((await desk.refund('900000001', 5, 'T1-R001')).body.id).toBe('700000001');
    expect((await desk.refund('900000001', 6, 'T1-R001')).body.code).toBe('idempotency_key_violation');
    const window = 'start=2030-01-15T06:59:00Z&end=2030-01-15T07:01:00%2B00:00';
    const listed = [
      { id: '700000001', paymentId: '900000001', amount: { value: 5 }, created: '2030-01-15T07:00:02.000Z' },
    ];
    // A published client writes a slash before the query.
    expect((await desk.get(`/refunds/?merchantId=${M}&${window}`)).body.items).toMatchObject(listed);
    expect((await desk.get(`/refunds?merchantId=${M}`)).body).toEqual({
      code: 'validation_error',
      message: 'Request has errors',
      errors: ['start is required', 'end is required'],
    });
    await desk.control('dialect', { refundList: 'merchantOnly' });
    expect((await desk.get(`/refunds?merchantId=${M}`)).body.items).toMatchObject(listed);
  });

  test('pending until told otherwise; a rejected one gives its sum free again', async () => {
    await desk.control('refunds', { endsAfterMs: null });
    await desk.refund('900000001', 15.3, 'T1-R001');
    desk.clock.advance(86_400_000);
    expect((await desk.get('/refunds/700000001')).body.status).toBe('Pending');
    expect((await desk.refund('900000001', 15.3, 'T1-R002')).status).toBe(400);
    await desk.control('refunds', { endsAfterMs: 1000, resultCode: 'OperationNotAllowed' });
    desk.clock.advance(1000);
    expect((await desk.get('/refunds/700000001')).body).toMatchObject({
      status: 'Rejected',
      resultCode: 'OperationNotAllowed',
    });
    expect((await desk.refund('900000001', 15.3, 'T1-R002')).status).toBe(200);
  });

  test('an unpaid or unknown payment is not refunded; a wrong echo names another payment', async () => {
    desk.emulator.setBuyer('silent');
    await desk.pay('T1-0002');
    expect((await desk.refund('900000002', 5, 'T1-R001')).body.message).toBe('Payment is not settled');
    expect((await desk.refund('9', 5, 'T1-R001')).status).toBe(404);
    await desk.control('fault', { kind: 'wrong-order' });
    expect((await desk.refund('900000001', 5, 'T1-R001')).body.paymentId).toBe('9000000019');
  });
});

describe('the control plane', () => {
  test('the ledger holds every operation by our numbers', async () => {
    await desk.pay('T1-0001');
    await desk.call('POST', `${desk.emulator.controlUrl}/clock`, { advanceMs: 2000 });
    await desk.refund('900000001', 5, 'T1-R001');
    desk.emulator.setBuyer('poor');
    await desk.pay('T1-0002');
    desk.emulator.advanceClock(2000);
    const given = { paymentId: '700000001', orderNumber: 'T1-R001', sum: 5, sumKopecks: 500, status: 'Success' };
    expect((await desk.control('ledger')).body).toMatchObject([
      {
        ...{ kind: 'payment', paymentId: '900000001', orderNumber: 'T1-0001', sum: 15.3, sumKopecks: 1530 },
        ...{ status: 'Settled', createdDate: '2030-01-15T07:00:00.000Z', endedDate: '2030-01-15T07:00:02.000Z' },
        reversals: [given],
      },
      { kind: 'refund', ...given, sourcePaymentId: '900000001', sourceOrderNumber: 'T1-0001' },
      { kind: 'payment', orderNumber: 'T1-0002', status: 'Rejected', resultCode: 'InsufficientFunds', reversals: [] },
    ]);
  });

  test('requests are logged without the token; unknown names are refused', async () => {
    await desk.pay('T1-0001');
    const { body, text: log } = await desk.control('requests');
    expect(body).toMatchObject([
      { method: 'POST', path: '/payments', body: { invoice: { orderNo: 'T1-0001' } }, status: 200, fault: null },
    ]);
    expect(log).not.toContain(TOKEN);
    expect((await desk.control('buyer', { name: 'rich' })).status).toBe(400);
    expect((await desk.control('fault', { kind: 'flood' })).status).toBe(400);
    expect((await desk.control('confirm', { orderNumber: 'T1-0099' })).status).toBe(409);
  });

  test('after a kill the server still knows its books and its keys', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymaster-state-'));
    try {
      const stateFile = join(folder, 'paymaster.json');
      await start({ stateFile });
      const sent = await desk.pay('T1-0001');
      desk.emulator.advanceClock(2000);
      await desk.refund('900000001', 5, 'T1-R001');
      const before = desk.emulator.ledger();
      // No close: a killed process says goodbye to nobody.
      await start({ stateFile });
      expect(desk.emulator.ledger()).toEqual(before);
      expect((await desk.refund('900000001', 5, 'T1-R001')).body.id).toBe('700000001');
      expect((await desk.pay('T1-0002')).body.id).toBe(String(Number(sent.body.id) + 1));
      expect(readFileSync(stateFile, 'utf8')).not.toContain(TOKEN);
    } finally {
      removeFolder(folder);
    }
  });

  test('P-19: the end is notified once, with a BOM when asked for, though nobody polls', async () => {
    const shop = createServer().listen(0, '127.0.0.1');
    await once(shop, 'listening');
    try {
      await start({ callbackBom: true });
      const callbackUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/told`;
      await desk.call('POST', '/payments', { ...desk.bill('T1-0001'), protocol: { callbackUrl } });
      const told = once(shop, 'request');
      desk.clock.advance(2000);
      const [request, response] = await told;
      // The consumer of streams would strip the BOM, so it is looked for among the bytes.
      const bytes = Buffer.concat(await request.toArray());
      response.end();
      expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
      expect(JSON.parse(bytes.subarray(3).toString('utf8'))).toMatchObject({ id: '900000001', status: 'Settled' });
    } finally {
      shop.closeAllConnections();
      shop.close();
    }
  });

  test('it is served by its name, with the demo’s shop and token', async () => {
    const served = await serveEmulator('paymaster', { port: 0, buyer: 'silent' });
    try {
      expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2$/);
      const headers = { Authorization: 'Bearer paymaster-demo-token' };
      const stickers = await desk.call('GET', `${served.url}/stickers?merchantId=${M}`, undefined, headers);
      expect(stickers.body.items).toMatchObject([{ id: STICKER, status: 'Active', payload: STICKER_LINK }]);
      expect((await desk.call('GET', `${served.control}/ledger`)).body).toEqual([]);
    } finally {
      await served.close();
    }
  });
});

/** The PayMaster emulator: payments, cancels, cash links, refusals (P-1..P-10, P-14, P-15, S-11..S-14). Real HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaymasterEmulatorOptions } from '../../src/emulators/paymaster/server.ts';
import { M, PaymasterDesk, refused, STICKER, STICKER_LINK, TOKEN } from './paymaster-client.ts';

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

describe('a dynamic QR', () => {
  test('P-1: created with its link, waits, is paid', async () => {
    const created = await desk.pay('T1-0001');
    const common =
      '"merchantId":"00000000-0000-4000-8000-000000000001","amount":{"value":15.3000,"currency":"RUB"},' +
      '"invoice":{"description":"Оплата, магазин 1, касса 1","orderNo":"T1-0001"';
    const head = '{"id":"900000001","created":"2030-01-15T07:00:00Z","testMode":false,';
    expect(created).toMatchObject({ status: 200 });
    expect(created.text).toBe(
      `${head}"status":"Confirmation","resultCode":"Success",${common},"expires":"2030-01-15T07:05:00Z"},` +
        '"paymentData":{"paymentMethod":"SBP"},"confirmation":{"type":"External",' +
        '"paymentUrl":"https://qr.nspk.ru/AD100000000000000000000900000001?type=02&bank=100000000000' +
        '&sum=1530&cur=RUB&crc=771B","universalLink":true,"instruction":""}}',
    );
    desk.clock.advance(1999);
    const waiting = await desk.get('/payments/900000001');
    expect(waiting.text).toBe(
      `${head}"status":"Confirmation",${common}},"paymentData":{"paymentMethod":"SBP"},"confirmation":{"type":"External",` +
        '"paymentUrl":"https://qr.nspk.ru/AD100000000000000000000900000001?type=02&bank=100000000000' +
        '&sum=1530&cur=RUB&crc=771B","universalLink":true,"instruction":""}}',
    );
    desk.clock.advance(1);
    const paid = await desk.get('/payments/900000001');
    expect(paid.text).toBe(
      `${head}"status":"Settled","resultCode":"Success",${common}},"paymentData":{"paymentMethod":"SBP"}}`,
    );
  });

  test('a token for tests: every payment is a test one, asked for or not', async () => {
    await start({ isTestToken: true });
    expect((await desk.pay('T1-0001')).body).toMatchObject({ testMode: true });
    expect((await desk.get('/payments/900000001')).body).toMatchObject({ testMode: true });
  });

  test.each([
    ['declines', 'CancelledByUser', 'Платеж отклонен пользователем'],
    ['poor', 'InsufficientFunds', 'Недостаточно средств'],
  ])('P-4: %s ends as Rejected, %s', async (name, resultCode, message) => {
    await desk.control('buyer', { name });
    await desk.pay('T1-0002');
    desk.clock.advance(2000);
    expect((await desk.get('/payments/900000001')).body).toMatchObject({ status: 'Rejected', resultCode, message });
  });

  test('P-4: any code of the bank can be asked for', async () => {
    await desk.control('buyer', { name: 'pays', delayMs: 5000, payingMs: 1000, resultCode: 'IssuerUnavailable' });
    await desk.pay('T1-0002');
    desk.clock.advance(5999);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Confirmation');
    desk.clock.advance(1);
    expect((await desk.get('/payments/900000001')).body).toMatchObject({
      status: 'Rejected',
      resultCode: 'IssuerUnavailable',
      message: 'Эмитент недоступен',
    });
  });

  test('P-5: nobody pays, the bill expires; nobody can pay it later', async () => {
    desk.emulator.setBuyer('silent');
    await desk.pay('T1-0003');
    desk.clock.advance(299_999);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Confirmation');
    desk.clock.advance(1);
    expect((await desk.get('/payments/900000001')).body).toMatchObject({
      status: 'Rejected',
      resultCode: 'PaymentExpired',
      message: 'Истек срок',
    });
    expect((await desk.control('confirm', {})).status).toBe(409);
  });

  test('the bill of `expired` is over at once; `slow` opens after 20 s and then cannot be stopped', async () => {
    desk.emulator.setBuyer('expired');
    await desk.pay('T1-0004');
    desk.clock.advance(1000);
    expect((await desk.get('/payments/900000001')).body.resultCode).toBe('PaymentExpired');
    desk.emulator.setBuyer('slow');
    await desk.pay('T1-0005');
    desk.clock.advance(19_999);
    expect(desk.emulator.ledger()[1]?.isPaying).toBe(false);
    desk.clock.advance(1);
    expect(desk.emulator.ledger()[1]?.isPaying).toBe(true);
    expect((await desk.cancel('900000002')).status).toBe(400);
    // His bank is at work: whoever comes next cannot change this payment.
    desk.emulator.setBuyer('declines');
    desk.clock.advance(14_999);
    expect((await desk.get('/payments/900000002')).body.status).toBe('Confirmation');
    desk.clock.advance(1);
    expect((await desk.get('/payments/900000002')).body.status).toBe('Settled');
  });

  test('who opens the link after the bill’s end comes too late, though nobody looked in between', async () => {
    desk.emulator.setBuyer('slow');
    await desk.pay('T1-0007', null, 10_000);
    desk.clock.advance(60_000);
    expect((await desk.get('/payments/900000001')).body.resultCode).toBe('PaymentExpired');
    expect(desk.emulator.ledger()[0]?.endedDate).toBe('2030-01-15T07:00:10.000Z');
  });

  test('a changed buyer stands before the open link at once', async () => {
    desk.emulator.setBuyer('silent');
    await desk.pay('T1-0006');
    desk.clock.advance(100_000);
    await desk.control('buyer', { name: 'no-card' });
    desk.clock.advance(2000);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Settled');
  });
});

describe('cancel', () => {
  beforeEach(() => desk.emulator.setBuyer('silent'));

  test('P-7: an unpaid payment is cancelled', async () => {
    await desk.pay('T1-0003');
    expect(await desk.cancel('900000001')).toMatchObject({ status: 200, text: '' });
    const seen = (await desk.get('/payments/900000001')).body;
    expect(seen.status).toBe('Cancelled');
    expect(seen).not.toHaveProperty('resultCode');
    expect(await desk.cancel('900000001')).toMatchObject(refused(400, 'invalid_operation', 'Payment is final'));
  });

  test('P-8: a paid one stays paid', async () => {
    await desk.pay('T1-0004');
    await desk.control('confirm', { orderNumber: 'T1-0004' });
    expect(await desk.cancel('900000001')).toMatchObject(refused(400, 'invalid_operation', 'Payment is final'));
    expect((await desk.get('/payments/900000001')).body.status).toBe('Settled');
  });

  test.each([
    ['confirm', 'Settled', 'Success'],
    ['refuse', 'Rejected', 'TransactionDeclined'],
  ])('P-9: refused while the bank is at work, also past the bill; then %s decides', async (act, status, resultCode) => {
    await desk.pay('T1-0004');
    await desk.control('open', {});
    expect(await desk.cancel('900000001')).toMatchObject(refused(400, 'invalid_operation', 'Payment is in progress'));
    desk.clock.advance(400_000);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Confirmation');
    await desk.control(act, { resultCode: 'TransactionDeclined' });
    expect((await desk.get('/payments/900000001')).body).toMatchObject({ status, resultCode });
  });

  test('P-10: the answer is lost, the payment is cancelled all the same', async () => {
    await desk.pay('T1-0004');
    await desk.control('fault', { kind: 'drop-reply', method: 'PUT' });
    await expect(desk.cancel('900000001')).rejects.toThrow();
    expect((await desk.get('/payments/900000001')).body.status).toBe('Cancelled');
  });
});

describe('the cash link', () => {
  beforeEach(() => desk.emulator.setBuyer('silent'));

  test('P-2: the answer carries the link of the plate, with no sum in it', async () => {
    expect((await desk.pay('T1-0001', STICKER)).body).toMatchObject({
      paymentData: { stickerId: STICKER },
      confirmation: { paymentUrl: STICKER_LINK },
    });
    await start({ hasLinkOfSticker: false });
    expect((await desk.pay('T1-0001', STICKER)).body.confirmation).not.toHaveProperty('paymentUrl');
    expect((await desk.get(`/stickers/${STICKER}`)).body).toMatchObject({ payload: STICKER_LINK, cashlink: true });
  });

  test('P-3, S-11: one unpaid amount at a time; after a cancel the next is accepted', async () => {
    await desk.pay('T1-0001', STICKER);
    expect(await desk.pay('T1-0002', STICKER)).toMatchObject(refused(400, 'invalid_operation', 'Sticker is busy'));
    expect((await desk.get('/payments/900000001')).body.status).toBe('Confirmation');
    expect((await desk.pay('T1-0003')).status).toBe(200);
    await desk.cancel('900000001');
    expect((await desk.pay('T1-0002', STICKER)).status).toBe(200);
  });

  test('S-12: opened, it cannot be cancelled or loaded again; paid, the plate is idle', async () => {
    await desk.pay('T1-0001', STICKER);
    await desk.control('open', {});
    expect((await desk.cancel('900000001')).status).toBe(400);
    expect((await desk.pay('T1-0002', STICKER)).body.message).toBe('Sticker is busy');
    await desk.control('confirm', {});
    expect(await desk.control('open', {})).toMatchObject({ status: 409, body: { error: 'no active payment' } });
    expect((await desk.pay('T1-0002', STICKER)).status).toBe(200);
  });

  test('S-13: it expires and the plate is idle', async () => {
    await desk.pay('T1-0001', STICKER);
    desk.clock.advance(300_000);
    expect((await desk.pay('T1-0002', STICKER)).status).toBe(200);
    expect(desk.emulator.ledger()).toMatchObject([{ resultCode: 'PaymentExpired' }, { status: 'Confirmation' }]);
  });

  test.each([
    [59_999, 400],
    [60_000, 200],
    [1_200_000, 200],
    [1_200_001, 400],
  ])('S-14: a life of %i ms gives %i', async (lifeMs, status) => {
    expect((await desk.pay('T1-0001', STICKER, lifeMs)).status).toBe(status);
    expect(desk.emulator.ledger()).toHaveLength(status === 200 ? 1 : 0);
  });

  test('with "replace" the old amount is cancelled by force, but not under a payer’s hands', async () => {
    await start({ busySticker: 'replace', buyer: 'silent' });
    await desk.pay('T1-0001', STICKER);
    expect((await desk.pay('T1-0002', STICKER)).status).toBe(200);
    expect((await desk.get('/payments/900000001')).body.status).toBe('Cancelled');
    await desk.control('open', {});
    expect((await desk.pay('T1-0003', STICKER)).body.message).toBe('Sticker is busy');
  });

  test('stickers are registered, listed and switched off', async () => {
    const plate = { merchantId: M, stickerType: 'Sbp', paymentPurpose: 'Касса 2', cashlink: true };
    const { id, payload } = (await desk.call('POST', '/stickers', plate)).body;
    expect(payload).toMatch(/^https:\/\/qr\.nspk\.ru\/AS1R0{27}2\?type=01&bank=100000000000&crc=[0-9A-F]{4}$/);
    expect((await desk.call('PUT', `/stickers/${id}`, { active: false })).body.status).toBe('Inactive');
    expect(await desk.pay('T1-0001', id)).toMatchObject(refused(400, 'invalid_operation', 'Sticker is not active'));
    const fixed = { ...plate, cashlink: false, amount: { value: 100, currency: 'RUB' } };
    const ordinary = (await desk.call('POST', '/stickers', fixed)).body;
    expect(ordinary).toMatchObject({ amount: { value: 100 }, payload: expect.stringContaining('&sum=10000&cur=RUB') });
    expect((await desk.pay('T1-0001', ordinary.id)).body.message).toBe('Sticker is not a cash link');
    expect((await desk.pay('T1-0001', 'stk-none')).body.message).toBe('Unknown sticker');
    const items: { id: string }[] = (await desk.get(`/stickers?merchantId=${M}`)).body.items;
    expect(items.map((item) => item.id)).toEqual([STICKER, id, ordinary.id]);
  });
});

describe('refusals', () => {
  test.each([undefined, 'Bearer wrong', TOKEN])('P-14: not with %s for authorization', async (authorization) => {
    const headers = { Authorization: authorization ?? '' };
    const answer = await desk.call('POST', '/payments', desk.bill('T1-0001'), headers);
    expect(answer).toMatchObject({ status: 401, body: { code: 'not_authorized', message: 'Not authorized' } });
    expect(desk.emulator.ledger()).toEqual([]);
  });

  test('P-15: everything wrong with a body is told at once', async () => {
    const { merchantId, ...rest } = desk.bill('T1-0001');
    expect(await desk.call('POST', '/payments', rest)).toMatchObject({
      status: 400,
      body: {
        code: 'validation_error',
        message: 'Request has errors',
        errors: ['merchantId is required'],
      },
    });
    expect((await desk.call('POST', '/payments', { merchantId })).body.errors).toEqual([
      'invoice.description is required',
      'amount.value is required',
      'amount.currency must be RUB',
      'paymentData.paymentMethod is required',
    ]);
  });

  test.each([
    ['a sum as text', { amount: { value: '15.30', currency: 'RUB' } }],
    ['three decimals', { amount: { value: 15.301, currency: 'RUB' } }],
    ['less than a rouble', { amount: { value: 0.99, currency: 'RUB' } }],
    ['more than a million', { amount: { value: 1_000_000.01, currency: 'RUB' } }],
    ['another currency', { amount: { value: 15.3, currency: 'BYN' } }],
    ['a card', { paymentData: { paymentMethod: 'BankCard' } }],
    ['two stages', { dualMode: true }],
    ['a bill that is over', { invoice: { description: 'x', expires: '2030-01-15T07:00:00Z' } }],
    ['a local time', { invoice: { description: 'x', expires: '2030-01-15T07:05:00' } }],
    ['params that are no texts', { invoice: { description: 'x', params: { a: 1 } } }],
  ])('a validation error for %s', async (_, wrong) => {
    const answer = await desk.call('POST', '/payments', { ...desk.bill('T1-0001'), ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error' } });
    expect(desk.emulator.ledger()).toEqual([]);
  });

  test('unknown ids and paths, a foreign shop, a body that is no object', async () => {
    for (const path of ['/payments/1', '/refunds/1', '/stickers/1', '/invoices/1']) {
      expect(await desk.get(path)).toMatchObject({ status: 404, body: { code: 'invalid_operation' } });
    }
    const foreign = await desk.call('POST', '/payments', { ...desk.bill('T1-0001'), merchantId: M.replace('1', '2') });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'not_authorized' } });
    for (const body of ['{"merchantId":', '[]', 'null', '']) {
      expect((await desk.call('POST', '/payments', body)).body.code).toBe('validation_error');
    }
  });
});

import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFolder } from '../../../remove-folder.ts';
import { type Desk, H1, startDesk } from './oplati-client.ts';

let folder: string;
let stateFile: string;
const desks: Desk[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oplati-state-'));
  stateFile = join(folder, 'deep', 'oplati.json');
});
afterEach(async () => {
  await Promise.all(desks.splice(0).map(({ emulator }) => emulator.close()));
  removeFolder(folder);
});

async function start(): Promise<Desk> {
  const desk = await startDesk({ stateFile });
  desks.push(desk);
  return desk;
}

test('after a kill the server still knows its payments, sessions, tokens and spent codes', async () => {
  const before = await start();
  const H2 = { regNum: 'OPL000000002' };
  const { token } = (await before.post('/tokens', {}, H2)).body;
  const consumerQr = before.emulator.issueBuyerCode();
  await before.post('/demandPayment', { paymentMode: 1, consumerQr });
  const sale = (await before.sale('T1-0001')).body;
  const { sessionId } = (await before.post('/demandPayment', { paymentMode: 3 })).body;

  // No close: a killed process says goodbye to nobody.
  const after = await start();
  expect(after.emulator.ledger()).toEqual(before.emulator.ledger());
  expect((await after.get(`/payments/${sale.paymentId}`)).body).toEqual(sale);
  expect((await after.get(`/consumerStatus?sessionId=${sessionId}`)).body).toEqual({ isConsumerReady: false });
  expect((await after.post('/demandPayment', { paymentMode: 1, consumerQr })).status).toBe(400);
  expect((await after.post('/demandPayment', { paymentMode: 3 }, { ...H2, token })).status).toBe(200);
  expect((await after.post('/demandPayment', { paymentMode: 3 }, { ...H1, password: 'wrong' })).status).toBe(401);
  expect((await after.sale('T1-0002')).body.paymentId).toBe(sale.paymentId + 1);
});

test('a payment is on disk even when its answer was lost', async () => {
  const before = await start();
  await before.emulator.fault('drop-reply', 1, { path: '/payments' });
  await expect(before.sale('T1-0001')).rejects.toThrow();
  expect((await start()).emulator.ledger()).toMatchObject([{ orderNumber: 'T1-0001', status: 1 }]);
});

test('a clock moved by hand does not go back at a restart', async () => {
  const before = await start();
  await before.control('clock', { advanceMs: 3_600_000 });
  await before.sale('T1-0001');
  await (await start()).sale('T1-0002');
  expect(desks[1]?.emulator.ledger().map(({ createdDate }) => createdDate.slice(11, 13))).toEqual(['11', '11']);
});

test('the file gives no secret away and is for its owner only', async () => {
  const desk = await start();
  const { token } = (await desk.post('/tokens', {}, { regNum: 'OPL000000002' })).body;
  await desk.sale('T1-0001');
  const text = readFileSync(stateFile, 'utf8');
  expect(text).toContain('T1-0001');
  expect(text).not.toContain(token);
  expect(text).not.toContain(H1.password);
  expect(statSync(stateFile).mode & 0o077).toBe(0);
});

test('a damaged file is an error at the start, not an empty book', async () => {
  stateFile = join(folder, 'broken.json');
  writeFileSync(stateFile, '{"payments":[');
  await expect(start()).rejects.toThrow();
});

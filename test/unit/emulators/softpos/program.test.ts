import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AssistEmulator, startAssistEmulator } from '../../../../src/emulators/assist/server.ts';
import { runSoftPos } from '../../../../src/emulators/softpos/program.ts';

const ORDER = '20230914_121849_446';
const LINE = `${JSON.stringify({ pay: { orderNumber: ORDER, amountKopecks: 100, currency: 'RUB' } })}\n`;

let assist: AssistEmulator;
beforeEach(async () => {
  assist = await startAssistEmulator({});
});
afterEach(() => assist.close());

async function states(): Promise<unknown[]> {
  const rows = (await (await fetch(`${assist.controlUrl}/ledger`)).json()) as Record<string, unknown>[];
  return rows.map(({ orderNumber, sumKopecks, state }) => [orderNumber, sumKopecks, state]);
}

function run(buyer: string, line = LINE, signal = AbortSignal.timeout(60_000)) {
  return runSoftPos(Readable.from([line]), { assist: { url: assist.url }, buyer, stepMs: 0, signal });
}

test.each([
  ['pays', 'done', [[ORDER, 100, 'Approved']]],
  ['declines', 'refused', [[ORDER, 100, 'Declined']]],
  ['poor', 'refused', [[ORDER, 100, 'Declined']]],
  ['expired', 'closed', []],
])('with the buyer %s the program says %s', async (buyer, result, ledger) => {
  expect(await run(buyer)).toBe(`{"result":"${result}"}\n`);
  expect(await states()).toEqual(ledger);
});

test('nobody comes: the program stands there until it is ended, and says nothing', async () => {
  const ending = new AbortController();
  const running = run('silent', LINE, ending.signal);
  ending.abort();
  expect(await running).toBeNull();
  expect(await states()).toEqual([]);
});

test('an order it does not understand is not paid', async () => {
  for (const line of ['', 'pay\n', '{"pay":{"orderNumber":"A","amountKopecks":1.5,"currency":"RUB"}}\n', '{}\n']) {
    expect(await run('pays', line)).toBeNull();
  }
  expect(await states()).toEqual([]);
});

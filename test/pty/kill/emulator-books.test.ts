/** `bin/kassa emulator NAME --state FILE`: the server is killed and started again, and has its books. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removeFolder } from '../../remove-folder.ts';
import { buildProgram } from './register-process.ts';

interface Server {
  url: string;
  control: string;
}

const ORDER = '20300115_100000_007';
let program: ReturnType<typeof buildProgram>;
let folder: string;
let running: ChildProcess | null = null;

beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kassa-books-'));
});
afterEach(async () => {
  await kill();
  removeFolder(folder);
});

async function start(name: string): Promise<Server> {
  const words = ['emulator', name, '--buyer', 'silent', '--state', join(folder, 'books', `${name}.json`)];
  const child = spawn(program.bin, words, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  running = child;
  const [line] = await new Promise<[string]>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve([text]));
  });
  return JSON.parse(line);
}

/** The launcher and the program behind it. */
async function kill(): Promise<void> {
  const child = running;
  running = null;
  if (child?.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const isForm = body instanceof URLSearchParams;
  const reply = await fetch(url, {
    method: 'POST',
    headers: { ...(isForm ? {} : { 'content-type': 'application/json' }), ...headers },
    body: isForm ? body : JSON.stringify(body),
  });
  expect(reply.status, await reply.clone().text()).toBeLessThan(300);
  return (await reply.json()) as Record<string, unknown>;
}

async function ledger({ control }: Server): Promise<unknown[]> {
  return (await (await fetch(`${control}/ledger`)).json()) as unknown[];
}

/** One operation at each server. */
const SELL: Record<string, (server: Server) => Promise<unknown>> = {
  async oplati({ url, control }) {
    const regNum = 'OPL000000002';
    const { token } = await post(`${url}/pos/tokens`, {}, { regNum });
    const headers = { regNum, token: String(token) };
    const { sessionId } = await post(`${url}/pos/demandPayment`, { paymentMode: 3 }, headers);
    await post(`${control}/scan`, {});
    const item = { type: 1, name: 'x', cost: 15.3 };
    const details = { receiptNumber: '1', regNum, items: [item], amountTotal: 15.3 };
    await post(
      `${url}/pos/payments`,
      { sum: 15.3, orderNumber: ORDER, sessionId, shift: '15012030', details },
      headers,
    );
  },
  async paymaster({ url }) {
    const body = {
      merchantId: '00000000-0000-4000-8000-000000000001',
      amount: { value: 15.3, currency: 'RUB' },
      invoice: { description: 'x', orderNo: ORDER },
      paymentData: { paymentMethod: 'SBP' },
    };
    await post(`${url}/payments`, body, { authorization: 'Bearer paymaster-demo-token', 'idempotency-key': ORDER });
  },
  async assist({ url }) {
    const form = {
      Merchant_ID: '123456',
      Login: 'demo_user',
      Password: 'assist-demo-password',
      Format: '5',
      OrderNumber: ORDER,
      OrderAmount: '15.30',
      OrderCurrency: 'RUB',
    };
    await post(`${url}/pay/fastpay.cfm`, new URLSearchParams(form));
  },
};

describe.each(Object.keys(SELL))('%s', (name) => {
  it('kill -9, the same command again: the operation is in its books', async () => {
    const first = await start(name);
    await SELL[name]?.(first);
    const before = await ledger(first);
    expect(JSON.stringify(before)).toContain(ORDER);
    await kill();
    expect(await ledger(await start(name))).toEqual(before);
  });

  it('books that cannot be read are told, and are not overwritten', async () => {
    const file = join(folder, 'torn.json');
    for (const text of ['{"clockOffsetMs":', '{"clockOffsetMs":0}']) {
      writeFileSync(file, text);
      const { status, stderr } = spawnSync(program.bin, ['emulator', name, '--state', file], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([2, `Это не книги этого сервера или файл поврежден: ${file}\n`]);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
    const { status, stderr } = spawnSync(program.bin, ['emulator', name, '--state', folder], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, `Файл книг недоступен (EISDIR): ${folder}\n`]);
  });
});

it('what has no books is refused', () => {
  for (const words of [['printer'], ['softpos', '--assist-url', 'http://127.0.0.1:1']]) {
    const { status, stderr } = spawnSync(program.bin, ['emulator', ...words, '--state', 'x'], { encoding: 'utf8' });
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'Ключ --state есть только у серверов платежных систем']);
  }
});

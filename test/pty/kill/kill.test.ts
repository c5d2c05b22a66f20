/** kill -9 of the built program on a real terminal, in front of a payment server that lives on. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OplatiEmulator, startOplatiEmulator } from '../../../src/emulators/oplati/server.ts';
import { removeFolder } from '../../remove-folder.ts';
import { buildProgram, documents, RegisterProcess } from './register-process.ts';

/** Pictures before a kill: about as many as a receipt has from its first item to the change. */
const MOST_LOOKS = 10;
const LONGEST_WAIT_MS = 500;
const HAND_PAUSE_MS = 1500;
/** A key that has come with its picture presses nothing: it is pressed again. */
const LONGEST_LOOK_MS = 2_000;
const LONGEST_SALE_MS = 120_000;

let program: ReturnType<typeof buildProgram>;
let oplati: OplatiEmulator;
let root: string;
let register: RegisterProcess;

beforeAll(() => {
  program = buildProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  oplati = await startOplatiEmulator({ buyerDelayMs: 200 });
  root = mkdtempSync(join(tmpdir(), 'kassa-kill-'));
});
afterEach(async () => {
  await register.dispose();
  await oplati.close();
  removeFolder(root);
});

function start(...parameters: string[]): RegisterProcess {
  register = new RegisterProcess(program.bin, root, '--oplati-url', oplati.url, ...parameters);
  return register;
}

async function startOplatiSale(): Promise<void> {
  start();
  await register.shows('ПРОДАЖА № 1');
  register.press('2', 'enter');
  await register.shows('БМК БИФИЛЮКС');
  register.press('f6');
  await register.shows('К оплате: 15.30');
  register.press('f7');
  await register.shows('Выбор валюты');
  register.press('7', 'enter');
  await register.shows('OPL-23');
}

async function restartAndClose(): Promise<void> {
  start();
  await register.shows('SYS-09');
  expect(register.screen).toContain('ПРОДАЖА № 1, позиций: 1, сумма 15.30');
  register.press('enter');
  await register.shows('Нажмите "Итого", чтобы закрыть чек');
  expect(register.screen).toContain('Получено: 15.30');
  await closeSeen();
}

/** A hand that looks first: a key that comes with the picture is taken for one that was meant for the picture before. */
async function closeSeen(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, HAND_PAUSE_MS));
  register.press('f8');
  await register.shows('Чек закрыт');
}

function expectOnePaidSale(): void {
  expect(documents(program.bin, root)).toMatchObject([
    {
      number: 1,
      status: 'closed',
      totalKopecks: 1530,
      receivedKopecks: 1530,
      payments: [{ provider: 'oplati', state: 'approved', sumKopecks: 1530, attempts: [{ state: 'approved' }] }],
    },
  ]);
  expect(oplati.ledger()).toMatchObject([{ paymentType: 1, status: 1, sumKopecks: 1530, reversals: [] }]);
  const sales = oplati.requests().filter(({ method, path }) => method === 'POST' && path === '/pos/payments');
  expect(sales).toHaveLength(1);
}

describe('kill -9', () => {
  it('K10 while the QR stands, and the buyer pays during the restart: the receipt is paid', async () => {
    oplati.setBuyer('silent');
    await startOplatiSale();
    await register.kill();
    expect(documents(program.bin, root)).toMatchObject([{ status: 'open', payments: [{ state: 'waiting' }] }]);
    oplati.scan();
    await restartAndClose();
    expectOnePaidSale();
  });

  it('K5, K6 after the buyer paid and before the register heard of it: found, not asked for again', async () => {
    await oplati.fault('delay', 1, { path: '/pos/payments', method: 'POST', ms: 8_000 });
    await startOplatiSale();
    await until(() => oplati.ledger().length === 1);
    await register.kill();
    await restartAndClose();
    expectOnePaidSale();
  });

  it('gives the terminal back, says what happened, and the code tells the signal', async () => {
    await startOplatiSale();
    await register.kill();
    expect(await register.exitCode()).toBe(137);
    await until(() => register.screen.includes('Чек сохранен, запустите программу снова'));
    expect(register.screen).not.toContain('OPL-23');
  });

  it('about 20 times in the middle of sales: every receipt whole, every charge in a receipt', {
    // 100 s alone, and three times that beside the other layers on two cores.
    timeout: 600_000,
  }, async () => {
    const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
    // Without it nobody could play a run again that was cut by its time limit.
    process.stderr.write(`KILL_SEED=${seed}\n`);
    let random = seed;
    const next = () => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
      return random / 0x7fffffff;
    };
    let isNoteworthy = 0;
    for (let round = 0; round < 20; round++) {
      start();
      await register.until('the first picture', (screen) => /ПРОДАЖА №|SYS-09|Чек закрыт/.test(screen));
      // Some moment is what is being tried: after so many pictures, and a part of a second in which it works on by itself.
      let looks = Math.floor(next() * MOST_LOOKS);
      await sell(next, () => looks-- === 0);
      await new Promise((resolve) => setTimeout(resolve, next() * LONGEST_WAIT_MS));
      if (/OPL-|К оплате|Получено/.test(register.screen)) isNoteworthy++;
      await register.kill();
    }
    expect(isNoteworthy, 'kills in the middle of a payment').toBeGreaterThan(3);

    // The last start: everything is brought to its end.
    start();
    await register.until('the first picture', (screen) => /ПРОДАЖА №|SYS-09|Чек закрыт/.test(screen));
    await sell(next, () => register.screen.includes('Чек закрыт'));
    await until(() => !register.screen.includes('Отмен в очереди'));
    const found = documents(program.bin, root);
    const story = `KILL_SEED=${seed}\n${JSON.stringify(found, null, 1)}\n${JSON.stringify(oplati.ledger(), null, 1)}`;
    expect(
      found.map(({ number }) => number),
      story,
    ).toEqual(found.map((_, index) => index + 1));
    const paid = oplati.ledger().filter(({ paymentType, status }) => paymentType === 1 && status === 1);
    const counted = found
      .flatMap(({ payments }) => payments)
      .filter((p) => p.provider === 'oplati' && p.state === 'approved');
    const held = paid.filter(({ reversals }) => reversals.length === 0);
    expect(held.map(({ orderNumber }) => orderNumber).sort(), story).toEqual(counted.map((p) => p.orderNumber).sort());
    // Keys pressed ahead may have begun one more receipt behind the one that was closed: no money is in it yet.
    const begun = found.at(-1)?.status === 'open' ? found.pop() : undefined;
    expect(begun?.payments ?? [], story).toEqual([]);
    for (const document of found) {
      expect(document.status, story).toBe('closed');
      expect(document.receivedKopecks, story).toBeGreaterThanOrEqual(document.totalKopecks);
    }
    const asked = oplati.requests().filter(({ method, path }) => method === 'POST' && path === '/pos/payments');
    const numbers = asked.map(({ body }) => (body as { orderNumber: string }).orderNumber);
    expect(new Set(numbers).size, story).toBe(numbers.length);
    expect(counted.length, 'some of them were paid by О!плати').toBeGreaterThan(0);
  });
});

describe('K33 two programs on one root', () => {
  it('the second ends with code 4 and SYS-06, and the first one does not notice', async () => {
    start();
    const first = register;
    await first.shows('ПРОДАЖА № 1');
    const second = new RegisterProcess(program.bin, root);
    expect(await second.exitCode()).toBe(4);
    expect(second.screen).toContain('SYS-06 Программа уже запущена');
    first.press('2', 'enter');
    await first.shows('БМК БИФИЛЮКС');
    first.press('f6', 'f8');
    await first.shows('Чек закрыт');
    expect(documents(program.bin, root)).toMatchObject([{ number: 1, status: 'closed' }]);
    expect(existsSync(join(root, 'emulators.json'))).toBe(true);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/**
 * By its keys and not by its hint: once a key was refused there, row 24 reads `Клавиша недоступна: ...`, and a hand that only knew the hint
 * scanned goods against a paid receipt for ever (CI of 01.12.2026, KILL_SEED=357972).
 */
function isPaid(screen: string): boolean {
  return screen.includes('Отмена оплаты  F8 Итого');
}

/** A cashier who presses what the screen asks for and looks what it did, until it is over or the program is gone. */
async function sell(next: () => number, isOver: () => boolean): Promise<void> {
  const givesUpAtMs = Date.now() + LONGEST_SALE_MS;
  while (!isOver() && !register.isEnded) {
    const { screen } = register;
    if (Date.now() > givesUpAtMs) throw new Error(`never sold\n${screen}`);
    if (screen.includes('Выбор валюты')) register.press('7', 'enter');
    else if (/OK \(Enter\)|SYS-09/.test(screen)) register.press('enter');
    else if (isPaid(screen)) register.press('f8');
    else if (screen.includes('OPL-')) register.press();
    else if (screen.includes('Выберите валюту')) register.press(next() < 0.85 ? 'f7' : 'f8');
    else if (/^ .*15\.30$/m.test(screen) && screen.includes('Подытог')) register.press('f6');
    else if (/ПРОДАЖА №|Чек закрыт/.test(screen)) register.press('2', 'enter');
    await Promise.race([
      register.until('another picture', (shown) => shown !== screen).catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, LONGEST_LOOK_MS)),
    ]);
  }
}

/** SoftPOS: a real program of the shop's choice is started, and the state of the order decides (AS-31, AS-43). */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { removeFolder } from '../../../remove-folder.ts';
import type { Story } from '../../story.ts';
import { expectDialog, expectSubtotal, journalRows } from '../oplati/shop.ts';
import {
  beginShop,
  chooseMeans,
  closeResult,
  expectBooks,
  payCash,
  really,
  resultOf,
  serverOf,
  untilSettled,
} from './shop.ts';

let story: Story;
let folder = '';
afterEach(async () => {
  await story.end();
  removeFolder(folder);
});

const SILENT = 'Программа SoftPOS не отвечает. Состояние заказа будет запрошено';

/** What every program begins with: its order, a payment under the order's number, and its word to the register. */
const PROGRAM = `
  import { readFileSync, writeFileSync } from 'node:fs';
  let text = '';
  for await (const part of process.stdin) text += part;
  const order = JSON.parse(text).pay;
  const say = (result) => process.stdout.write(JSON.stringify({ result }) + '\\n');
  const pay = (code) => fetch(readFileSync(new URL('server', import.meta.url), 'utf8') + '/xpos/payment.cfm', {
    method: 'POST',
    body: new URLSearchParams({
      Merchant_ID: '123456', Login: 'demo_user', Password: 'assist-demo-password', Format: '5', PaymentMode: '12',
      OrderNumber: order.orderNumber, OrderAmount: (order.amountKopecks / 100).toFixed(2), OrderCurrency: order.currency,
      CardScenario: code,
    }),
  });
  const wait = () => setTimeout(() => undefined, 60_000);
`;

/** A shop whose program does this, at the subtotal with 15.30. */
async function begin(work: string, command?: string): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'kassa-softpos-'));
  const program = join(folder, 'soft pos.mjs');
  writeFileSync(program, PROGRAM + work);
  const softPosProgram = command ?? `"${process.execPath}" "${program}"`;
  story = await beginShop({ assist: { settings: { softPosProgram } } });
  writeFileSync(join(folder, 'server'), serverOf(story).url);
}

/** The program has come to its end; the shop's clock stands still until then. */
const heard = (word: string) => really(word, () => story.log().includes(`Программа оплаты: ${word}`));

it('AS-31 stands while it works; done and paid: AS-04', async () => {
  await begin(`await pay('approved'); say('done');`);
  await chooseMeans(story, 'SoftPOS');
  await story.until('AS-31', () => story.dialog === 'AS-31' || story.dialog === 'AS-04');
  await heard('done');
  await story.untilDialog('AS-04');
  expect(resultOf(story, 'Способ оплаты:')).toBe('SoftPOS');
  await closeResult(story, 'AS-04', 'Оплачен');
  expect(journalRows(story)).toEqual(['Ассист, SoftPOS | 15.30']);
  story.press('f8');
  expect(story.otherChargedKopecks()).toBe(1530);
  expectBooks(story);
});

it('AS-31 says what to do; paid before the program says so, the order is enough', async () => {
  await begin(`await pay('approved'); wait();`);
  await chooseMeans(story, 'SoftPOS');
  expectDialog(story, 'AS-31', 'SoftPOS', 'Выполните оплату в приложении SoftPOS  /');
  await really('paid', () => serverOf(story).ledger().length === 1);
  await closeResult(story, 'AS-04', 'Оплачен');
  expectBooks(story);
});

it('refused: AS-21 with the reason of the server', async () => {
  await begin(`await pay('poor'); say('refused');`);
  await chooseMeans(story, 'SoftPOS');
  await heard('refused');
  await story.untilDialog('AS-21');
  expect(resultOf(story, 'Информация:')).toBe('Недостаточно средств');
  await closeResult(story, 'AS-21', 'Отклонён');
  expectSubtotal(story, '15.30');
  expectBooks(story);
});

describe('it says one thing, the order another', () => {
  it('refused, but paid: AS-04', async () => {
    await begin(`await pay('approved'); say('refused');`);
    await chooseMeans(story, 'SoftPOS');
    await heard('refused');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('done, but no order: not paid after 60 s', async () => {
    await begin(`say('done');`);
    await chooseMeans(story, 'SoftPOS');
    await heard('done');
    await closeResult(story, 'AS-21', 'Не существует');
    expectSubtotal(story, '15.30');
    expectBooks(story);
  });
});

describe('AS-43', () => {
  it('no such program: nothing was begun, another means at once', async () => {
    await begin('', '/nowhere/soft-pos');
    await chooseMeans(story, 'SoftPOS');
    await untilSettled(story);
    expectDialog(story, 'AS-43', 'Предупреждение', 'Программа SoftPOS не отвечает. Оплата не начата.');
    story.press('enter');
    expectSubtotal(story, '15.30');
    await payCash(story);
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it.each([
    ['dies without a word', `process.exit(3);`],
    ['was closed by its user', `say('closed');`],
    ['says rubbish', `process.stdout.write('<html>\\n');`],
  ])('%s: asked for, not paid', async (_name, work) => {
    await begin(work);
    await chooseMeans(story, 'SoftPOS');
    await heard(work.includes('closed') ? 'closed' : 'lost');
    await story.untilDialog('AS-43');
    expectDialog(story, 'AS-43', 'Предупреждение', SILENT);
    story.press('enter');
    expect(story.dialog, story.picture()).toBe('AS-05');
    await closeResult(story, 'AS-21', 'Не существует');
    expectSubtotal(story, '15.30');
    expectBooks(story);
  });

  it('dies after it has paid: AS-04', async () => {
    await begin(`await pay('approved'); process.exit(1);`);
    await chooseMeans(story, 'SoftPOS');
    await heard('lost');
    await closeResult(story, 'AS-04', 'Оплачен');
    expectBooks(story);
  });

  it('is silent for two minutes: ended, asked for', async () => {
    await begin(`wait();`);
    await chooseMeans(story, 'SoftPOS');
    await story.untilDialog('AS-43');
    story.press('enter');
    await closeResult(story, 'AS-21', 'Не существует');
    expectBooks(story);
  });
});

it('Esc ends the program; what it has paid all the same counts', async () => {
  await begin(
    `process.on('SIGTERM', async () => { await pay('approved'); process.exit(0); }); writeFileSync(new URL('ready', import.meta.url), ''); wait();`,
  );
  await chooseMeans(story, 'SoftPOS');
  await really('started', () => existsSync(join(folder, 'ready')));
  story.press('escape');
  await really('paid', () => serverOf(story).ledger().length === 1);
  await closeResult(story, 'AS-04', 'Оплачен');
  expectBooks(story);
});

it('Esc, and nothing was paid: back to the subtotal without a word', async () => {
  await begin(`wait();`);
  await chooseMeans(story, 'SoftPOS');
  story.press('escape');
  await untilSettled(story);
  expectSubtotal(story, '15.30');
  expectBooks(story);
});

describe('the register ends like by kill -9, its program lives on', () => {
  /** What the program of the earlier life does when the buyer taps his card at last. */
  async function tap(orderNumber: string): Promise<void> {
    const body = new URLSearchParams({
      ...{ Merchant_ID: '123456', Login: 'demo_user', Password: 'assist-demo-password', Format: '5' },
      ...{ PaymentMode: '12', OrderNumber: orderNumber, OrderAmount: '15.30', OrderCurrency: 'RUB' },
      CardScenario: 'approved',
    });
    expect((await fetch(`${serverOf(story).url}/xpos/payment.cfm`, { method: 'POST', body })).status).toBe(200);
  }

  async function beginOrphan(): Promise<string> {
    await begin(`wait();`);
    await chooseMeans(story, 'SoftPOS');
    await story.restart();
    story.press('enter');
    await story.untilDialog('AS-43');
    expectDialog(story, 'AS-43', 'Предупреждение', SILENT);
    story.press('enter');
    expect(journalRows(story)).toEqual(['Ассист, SoftPOS (неизвестно) | 15.30']);
    return story.document?.payments[0]?.orderNumber ?? '';
  }

  it('the buyer taps minutes later: found within a minute, no cash was taken meanwhile', async () => {
    const orderNumber = await beginOrphan();
    await story.pass(5 * 60_000);
    expect(journalRows(story), story.picture()).toEqual(['Ассист, SoftPOS (неизвестно) | 15.30']);
    await tap(orderNumber);
    await story.pass(61_000);
    expect(journalRows(story), story.picture()).toEqual(['Ассист, SoftPOS | 15.30']);
    story.press('f8');
    expect(story.otherChargedKopecks()).toBe(1530);
    expectBooks(story);
  });

  it('nobody taps: not paid once its order could not live any more', async () => {
    await beginOrphan();
    await story.pass(14 * 60_000);
    expect(journalRows(story)).toEqual(['Ассист, SoftPOS (неизвестно) | 15.30']);
    await untilSettled(story);
    expect(journalRows(story)).toEqual([]);
    expectBooks(story);
  });
});

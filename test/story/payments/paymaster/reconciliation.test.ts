/** `Сверка итогов по безналу` with PayMaster (SCR-30): by the lists of the shop, in which other registers stand as well. */
import { afterEach, describe, expect, it } from 'vitest';
import { closeReturn, returnWhole } from '../../returns/counter.ts';
import type { Story } from '../../story.ts';
import { begin, paySbp, seen, server, startSbp, untilSettled } from './shop.ts';

let story: Story;
afterEach(() => story.end());

const EQUAL = 'Сверка: расхождений нет';
const DIFFERENT = 'Сверка: есть расхождения';
const TOKEN = 'paymaster-demo-token';
const MERCHANT = '00000000-0000-4000-8000-000000000001';

/** The demo's shop has О!плати as well: the second line is PayMaster's. */
async function reconcile(): Promise<void> {
  story.press('f10', 'type:12', 'enter', 'type:7', 'enter');
  expect(story.row(4), story.picture()).toBe(' Сверка итогов по безналу');
  expect(story.shows('PayMaster: не сверялась'), story.picture()).toBe(true);
  story.press('down', 'enter');
  await untilAnswered();
}

function untilAnswered(): Promise<Story> {
  return story.until('the answer', () => !story.shows('сверяется'));
}

function figures(what: string): string {
  const row = story.screen.find((text) => text.includes(`PayMaster: ${what}`)) ?? '';
  return row
    .replace(/^[> ]+/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

async function sell(): Promise<void> {
  story.goods('2').press('f6');
  await paySbp(story);
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const reply = await fetch(`${server(story).url}${path}`, init);
  expect(reply.status, await reply.clone().text()).toBe(200);
  return (await reply.json()) as Record<string, unknown>;
}

/** A bill that this register has not made, paid at once. */
async function sellElsewhere(orderNo: string, description: string, more: object = {}): Promise<string> {
  const { id } = await call('POST', '/payments', {
    merchantId: MERCHANT,
    invoice: {
      description,
      orderNo,
      expires: new Date(story.clock.now() + 300_000).toISOString().replace(/\.\d+/, ''),
    },
    amount: { value: 121.9, currency: 'RUB' },
    paymentData: { paymentMethod: 'sbp' },
    ...more,
  });
  if (server(story).payer('confirm', orderNo) === null) throw new Error('nobody waits for it');
  return String(id);
}

function giveBackElsewhere(paymentId: string, value = 121.9): Promise<unknown> {
  return call('POST', '/refunds', { paymentId, amount: { value, currency: 'RUB' } });
}

/** What this very register writes on its bills. */
function purpose(): string {
  const bill = server(story)
    .requests()
    .find(({ method, path }) => method === 'POST' && path === '/payments');
  return (bill as unknown as { body: { invoice: { description: string } } }).body.invoice.description;
}

/** The numbers of this register in this shift begin so. */
function ownPrefix(): string {
  const { registerNumber, lastShiftNumber } = story.till.state.register;
  return `${registerNumber}-${lastShiftNumber}-`;
}

describe('the reconciliation with PayMaster', () => {
  it('equal: sales, a refused one, a whole return; other registers are counted and nothing more', async () => {
    story = await begin();
    await sell();
    await sell();
    returnWhole(story, 1);
    await closeReturn(story);
    await untilSettled(story);
    const others = await sellElsewhere('9-1-1-1-abcdef', 'Оплата, магазин Ромашка, касса 9');
    await giveBackElsewhere(others);
    const readsBefore = seen(story, 'GET', '/payments/');
    await reconcile();
    expect(story.shows(EQUAL), story.picture()).toBe(true);
    expect(figures('оплаты')).toBe('PayMaster: оплаты 2 30.60 2 30.60 0.00');
    expect(figures('отмены, возвраты')).toBe('PayMaster: отмены, возвраты 1 15.30 1 15.30 0.00');
    expect(story.shows('Не этой кассы или смены: 2'), story.picture()).toBe(true);
    // Of short rows only the payment of the strange refund was read.
    expect(seen(story, 'GET', '/payments/') - readsBefore).toBe(1);
    story.press('f8');
    await story.until('on paper', () => story.paper().includes('сверены не все системы'));
    expect(story.paper()).toContain('PayMaster: Не этой кассы или смены: 2');
  });

  it.each(['short', 'unnamed', 'full'] as const)('a payment that only the server has, rows %s', async (listRows) => {
    story = await begin({ emulator: { listRows, pageSize: 2 } });
    await sell();
    const shop = purpose();
    await sellElsewhere(`${ownPrefix()}77-9-abcdef`, shop);
    // Another shop of the account has a register of this number; a test payment is nobody's money.
    await sellElsewhere(`${ownPrefix()}78-9-abcdef`, 'Оплата, другой магазин, касса 8');
    await sellElsewhere(`${ownPrefix()}79-9-abcdef`, shop, { testMode: true });
    await reconcile();
    expect(story.shows(DIFFERENT), story.picture()).toBe(true);
    expect(figures('оплаты')).toBe('PayMaster: оплаты 1 15.30 2 137.20 -121.90');
    expect(story.shows(`${ownPrefix()}77-9-abcdef   121.90   на кассе: нет данных   на сервере: проведена`)).toBe(true);
    expect(story.shows('Не этой кассы или смены: 1'), story.picture()).toBe(true);
  });

  it('money given back in the cabinet is a difference', async () => {
    story = await begin();
    await sell();
    const [payment] = server(story).ledger();
    await giveBackElsewhere(payment?.paymentId ?? '', 5.3);
    story.clock.advance(10_000);
    await reconcile();
    expect(story.shows(DIFFERENT), story.picture()).toBe(true);
    expect(figures('отмены, возвраты')).toBe('PayMaster: отмены, возвраты 0 0.00 1 5.30 -5.30');
  });

  it('a payment that is not decided here and paid there; Ввод asks', async () => {
    story = await begin({ emulator: { listRows: 'full' } });
    story.goods('2').press('f6');
    server(story).setBuyer('silent');
    await startSbp(story);
    // Neither the bill is read nor its cancel heard; the lists are.
    await server(story).fault('http-500', 1000, { path: '/payments/' });
    story.press('escape');
    await story.untilDialog('PM-04');
    story.clock.advance(3_000);
    story.press('escape');
    await story.untilDialog('PM-06');
    story.press('enter');
    expect(server(story).payer('confirm')).not.toBeNull();
    story.press('escape', 'escape');
    await reconcile();
    expect(story.shows('разное состояние: ожидание / проведена'), story.picture()).toBe(true);
    await server(story).fault('none');
    story.press('enter');
    await untilAnswered();
    await untilSettled(story);
    expect(story.till.state.register.document?.payments.map(({ state }) => state)).toEqual(['approved']);
  });

  it.each([
    ['http-500', 'Сверка не выполнена', 'Причина: сервер ответил ошибкой 500'],
    ['garbage', 'Сверка не выполнена', 'Причина: ответ сервера не распознан'],
    ['refuse', 'Сверка: нет связи', 'PayMaster: не сверена, нет связи'],
  ] as const)('a page that is lost (%s) never looks like no operations', async (kind, status, why) => {
    story = await begin({ emulator: { pageSize: 2 } });
    for (let sale = 0; sale < 3; sale++) await sell();
    if (kind === 'refuse') await server(story).fault(kind);
    else await server(story).fault(kind, 100, { path: '/refunds', method: 'GET' });
    await reconcile();
    expect(story.dialog, story.picture()).toBe('DOM-119');
    story.press('enter');
    expect(story.shows(status), story.picture()).toBe(true);
    expect(story.shows(why), story.picture()).toBe(true);
    expect(figures('оплаты')).toBe('');
    await server(story).fault('none');
    story.press('enter');
    await untilAnswered();
    expect(story.shows(EQUAL), story.picture()).toBe(true);
    expect(figures('оплаты')).toBe('PayMaster: оплаты 3 45.90 3 45.90 0.00');
  });

  it('Esc stops it, and nothing is compared', async () => {
    story = await begin();
    await sell();
    await server(story).fault('delay', 1, { path: '/payments', method: 'GET', ms: 9_000 });
    story.press('f10', 'type:12', 'enter', 'type:7', 'enter', 'down', 'enter');
    expect(story.row(24), story.picture()).toContain('PayMaster: прочитано операций: 0');
    story.press('escape');
    expect(story.shows('PayMaster: сверка остановлена'), story.picture()).toBe(true);
    expect(story.shows('Сверка остановлена')).toBe(true);
  });
});

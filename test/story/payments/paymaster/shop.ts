/** What the PayMaster stories have in common: the shop with its account, the buyer's phone, and the books that must agree. */
import { expect } from 'vitest';
import type { PaymasterEmulator, PaymasterEmulatorOptions } from '../../../../src/emulators/paymaster/server.ts';
import type { Payment } from '../../../../src/register/model.ts';
import { isCounted } from '../../../../src/register/totals.ts';
import { Story, type StoryOptions } from '../../story.ts';
import { documentsOf, expectDialog, journalRows, payWith } from '../oplati/shop.ts';

const SBP = 8;
export const TITLE = 'Оплата по QR-коду/NFC СБП';
export const WAIT = 'Пожалуйста, подождите';
export const USE_LINK = 'Для оплаты используйте NFC или отсканируйте QR-код';
export const NO_LINK = 'Оплата не завершена, нет связи с процессингом';
export const NOT_CANCELLED = 'Отмена оплаты не выполнена. Обратитесь в платежную систему';
/** PM-06 where no cancel has reached the processing. */
export const UNKNOWN_RESULT = 'Результат оплаты неизвестен. Касса спросит о нем сама';
export const NO_PROCESSING = 'Нет связи с процессингом';
export const NOT_OURS = 'Сумма оплаты не совпадает с суммой чека. Обратитесь в службу технической поддержки';
export const NOT_THIS = 'Ответ процессинга не относится к этой операции. Обратитесь в службу технической поддержки';
export const ROW = `${TITLE} | 15.30`;
export const UNKNOWN_ROW = `${TITLE} (неизвестно) | 15.30`;

/** Which requests a fault hits. */
export const CREATE = { path: '/payments', method: 'POST' };
export const READ = { path: '/payments/', method: 'GET' };
/** The list as well: until the bill is found, nothing else is read. */
export const LIST = { path: '/payments', method: 'GET' };
export const CANCEL = { path: '/cancel', method: 'PUT' };
export const REFUND = { path: '/refunds', method: 'POST' };
export const REFUND_READ = { path: '/refunds', method: 'GET' };

export interface ShopOptions extends Omit<StoryOptions, 'paymaster' | 'emulator'> {
  emulator?: PaymasterEmulatorOptions;
  conf?: Record<string, unknown>;
}

/** A plate of the shop stands at the till; the guide's display 2. */
export const PLATE = { stickerId: 'stk-test-1', display: 2 };

export function begin({ emulator, conf, ...options }: ShopOptions = {}): Promise<Story> {
  return Story.begin({
    ...options,
    paymaster: { ...(emulator === undefined ? {} : { emulator }), ...(conf === undefined ? {} : { settings: conf }) },
  });
}

/** With the goods of 15.30, at the subtotal. */
export async function beginAtSubtotal(options: ShopOptions = {}): Promise<Story> {
  const story = await begin(options);
  story.goods('2').press('f6');
  return story;
}

export function server(story: Story): PaymasterEmulator {
  if (story.paymaster === null) throw new Error('no PayMaster in this story');
  return story.paymaster;
}

/** F7, the code of СБП, Enter; no screen asks for a sum. */
export function payBySbp(story: Story, sum?: string): void {
  payWith(story, SBP, sum);
}

/** The QR, or the message about the plate, waits for the buyer. */
export function isPanelUp(story: Story): boolean {
  return story.screen.some((row) => /\bPM-02(?: ─┘\s*)?\s*$/.test(row));
}

/** Up to the point where only the buyer is missing. */
export async function startSbp(story: Story, sum?: string): Promise<void> {
  payBySbp(story, sum);
  await story.until('the buyer may pay', () => isPanelUp(story));
}

/** PM-05: the payment types once more, for the same sum; Esc closes them. */
export async function expectCurrencies(story: Story): Promise<void> {
  await story.untilDialog('DOM-97');
  expect(story.row(24)).toContain('Оплата отменена');
  story.press('escape');
}

/** Up to the paid row. */
export async function paySbp(story: Story, sum?: string): Promise<void> {
  const before = countedRows(story);
  payBySbp(story, sum);
  await story.until('paid by СБП', () => countedRows(story) > before && story.dialog === null);
}

function countedRows(story: Story): number {
  return (story.document?.payments ?? []).filter(isCounted).length;
}

/** F8; the receipt is closed, its money is at PayMaster exactly once, nothing is left to be found out. */
export function expectClosed(story: Story, chargedKopecks = 1530): void {
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
  expect(story.otherChargedKopecks()).toBe(chargedKopecks);
  expect(story.till.state.attempts).toEqual([]);
  expectBooksAgree(story);
}

/** Paid without anybody's help; then closed. */
export async function expectPaid(story: Story): Promise<void> {
  await story.until('fully paid', () => story.dialog === null && /Сдача: 0\.00$/.test(story.row(23)));
  expect(journalRows(story)).toEqual([ROW]);
  expectBooksAgree(story);
  expectClosed(story);
}

/** Nobody owes anybody anything, and the cashier may choose again. */
export function expectNothingOwed(story: Story): void {
  expect(story.dialog, story.picture()).toBeNull();
  expect(journalRows(story), story.picture()).toEqual([]);
  expect(story.row(23)).toMatch(/К оплате: 15\.30$/);
  expect(story.otherChargedKopecks()).toBe(0);
  expect(story.till.state.attempts).toEqual([]);
  expectBooksAgree(story);
}

/** The error box, then a receipt without a payment. */
export async function expectRefused(story: Story, number: string, title: string, text: string): Promise<void> {
  await story.untilDialog(number);
  expectDialog(story, number, title, text);
  story.press('enter');
  expectNothingOwed(story);
}

/** Requests the server has seen: `POST /payments`, `PUT /payments/900000001/cancel`. */
export function seen(story: Story, method: string, part: string): number {
  return server(story)
    .requests()
    .filter((request) => request.method === method && request.path.includes(part)).length;
}

export function posts(story: Story): number {
  return server(story)
    .requests()
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/payments')).length;
}

/** Kind, sum and status of everything PayMaster has in its books. */
export function ledger(story: Story): string[] {
  return server(story)
    .ledger()
    .map(({ kind, sum, status }) => `${kind} ${sum.toFixed(2)} ${status}`);
}

export function untilSettled(story: Story): Promise<Story> {
  return story.until('everything is settled', () => story.till.state.attempts.length === 0);
}

export function untilFree(story: Story): Promise<Story> {
  return story.until('nobody waits', () => story.till.state.attempts.every(({ foreground }) => !foreground));
}

/** The network is gone and comes back at a time of the shop's clock. */
export function cutNetwork(story: Story): Promise<void> {
  return server(story).fault('refuse');
}

export function mendNetwork(story: Story): Promise<void> {
  return server(story).fault('none');
}

/**
 * The rule above all: what PayMaster holds of each order is counted in exactly one receipt, or stands in the list of
 * unfinished payments; what a receipt counts PayMaster holds; no order has two bills.
 */
export function expectBooksAgree(story: Story): void {
  const picture = story.picture();
  const documents = documentsOf(story);
  const counted = new Map<string, Payment>();
  let givenBack = 0;
  for (const document of documents) {
    for (const payment of document.payments) {
      if (payment.currency.provider !== 'paymaster' || !isCounted(payment)) continue;
      if (document.type !== 'sale') givenBack += payment.amountKopecks;
      else {
        expect(counted.has(payment.orderNumber), `${payment.orderNumber} stands twice`).toBe(false);
        counted.set(payment.orderNumber, payment);
      }
    }
  }
  const listed = new Set<string>();
  for (const { order } of story.till.state.attempts) {
    listed.add(order.orderNumber);
    if (order.source !== null) listed.add(order.source.orderNumber);
  }
  const rows = server(story).ledger();
  const payments = rows.filter(({ kind }) => kind === 'payment');
  expect(new Set(payments.map(({ orderNumber }) => orderNumber)).size, `two bills of one order\n${picture}`).toBe(
    payments.length,
  );
  const settled = payments.filter(({ status }) => status === 'Settled');
  let held = 0;
  for (const { orderNumber, sumKopecks, reversals } of settled) {
    const returned = reversals
      .filter(({ status }) => status === 'Success')
      .reduce((sum, row) => sum + row.sumKopecks, 0);
    expect(returned, `more given back than paid\n${picture}`).toBeLessThanOrEqual(sumKopecks);
    if (listed.has(orderNumber)) continue;
    held += sumKopecks - returned;
    const here = counted.get(orderNumber);
    if (returned === 0) expect(here?.amountKopecks, `${orderNumber} paid, not counted\n${picture}`).toBe(sumKopecks);
  }
  let here = 0;
  for (const [orderNumber, payment] of counted) {
    if (listed.has(orderNumber)) continue;
    here += payment.amountKopecks;
    if (payment.state === 'manualPaid') continue;
    expect(
      settled.some((row) => row.orderNumber === orderNumber),
      `${orderNumber} counted, not Settled\n${picture}`,
    ).toBe(true);
  }
  if (listed.size === 0) expect({ held }, picture).toEqual({ held: here - givenBack });
}

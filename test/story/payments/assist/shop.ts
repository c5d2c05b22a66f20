/** What the stories of Assist have in common: the way to an order, its four means, and the books that must always agree. */
import { expect } from 'vitest';
import { isCounted } from '../../../../src/register/totals.ts';
import { writeToken } from '../../../../src/settings/token-conf.ts';
import { oplatiFiles } from '../../../oplati-files.ts';
import { findQr } from '../../../unit/dialogs/qr-reader.ts';
import { Story, type StoryOptions } from '../../story.ts';
import { documentsOf, expectSubtotal, payWith } from '../oplati/shop.ts';
import { type MemoryReader, READER_URL, readerInMemory } from './reader-in-memory.ts';

/** Code of `Ассист` in the list of payment types. */
export const ASSIST = 9;
export const RESULT_PATH = { path: '/orderresult/orderresult.cfm' };
export const CREATE_PATH = { path: '/pay/fastpay.cfm' };
export const XPOS_PATH = { path: '/xpos/payment.cfm' };
export const CANCEL_PATH = { path: '/cancel/wscancel.cfm' };

/** The ways for cash and СБП (assist.md 14), each with the path at which an order of СБП is made. */
export const WAYS = {
  forms: { settings: { sbpMode: 'direct', cashMode: 'form' }, create: '/pay/fastpay.cfm' },
  page: { settings: { sbpMode: 'page', cashMode: 'form' }, create: '/pay/payrequest.cfm' },
  mpos: { settings: { sbpMode: 'mpos', cashMode: 'mpos' }, create: '/mpos/mobilepayment.cfm' },
} as const;

export type WayName = keyof typeof WAYS;

/** A shop whose server is asked by one of them. */
export function inWay(name: WayName, assist: NonNullable<StoryOptions['assist']> = {}): StoryOptions {
  const settings = { ...WAYS[name].settings, ...assist.settings };
  return { assist: { ...assist, settings } };
}

/** A shop with an account at Assist, the goods of 15.30 (or others) in the receipt, at the subtotal. */
export async function beginShop(options: StoryOptions = {}, ...goods: string[]): Promise<Story> {
  const story = await Story.begin({ assist: {}, ...options });
  story.goods(...(goods.length === 0 ? ['2'] : goods)).press('f6');
  return story;
}

/** The same with a card reader on its cable. */
export async function beginWithReader(
  options: StoryOptions = {},
  ...goods: string[]
): Promise<{ story: Story; reader: MemoryReader }> {
  const begun: { story: Story | null } = { story: null };
  const reader = readerInMemory(() => begun.story?.assist?.url ?? '');
  const token = 'token-of-the-shop';
  const settings = { readerUrl: READER_URL, ...options.assist?.settings };
  const story = await Story.begin({
    ...options,
    clock: reader.clock,
    // О!плати has its token, so that a receipt may be paid by all systems together.
    emulator: { tokens: { OPL000000002: token } },
    prepare: (root) => {
      writeToken(oplatiFiles(root).token, token);
      options.prepare?.(root);
    },
    assist: { ...options.assist, settings },
    till: { ...options.till, openDevice: reader.openDevice },
  });
  begun.story = story;
  story.goods(...(goods.length === 0 ? ['2'] : goods)).press('f6');
  return { story, reader };
}

export function serverOf(story: Story): NonNullable<Story['assist']> {
  if (story.assist === null) throw new Error('a story without Assist');
  return story.assist;
}

/** F7, Ассист: the order form stands. */
export async function openOrder(story: Story, sum?: string): Promise<void> {
  payWith(story, ASSIST, sum);
  await story.untilDialog('AS-01');
}

/** The order form, and one of its means by the digit that stands before it. */
export async function chooseMeans(story: Story, name: string, sum?: string): Promise<void> {
  if (story.dialog !== 'AS-01') await openOrder(story, sum);
  const row = story.screen.find((line) => line.includes(`  ${name}`));
  const digit = /(\d) {2}/.exec(row ?? '')?.[1];
  expect(digit, story.picture()).toBeDefined();
  story.press(`type:${digit}`, 'enter');
}

/** Value of a row of РЕЗУЛЬТАТ. */
export function resultOf(story: Story, label: string): string {
  const row = story.screen.find((line) => line.includes(label)) ?? '';
  return row.slice(row.indexOf(label) + label.length).trim();
}

/** РЕЗУЛЬТАТ with this number and state; Ввод goes back to the receipt. */
export async function closeResult(story: Story, number: string, status: string): Promise<void> {
  // The card reader's screen has AS-21 in its frame as well.
  await story.until(`РЕЗУЛЬТАТ ${number}`, () => story.dialog === number && story.row(4) === ' РЕЗУЛЬТАТ');
  expect(resultOf(story, 'Статус заказа:'), story.picture()).toBe(status);
  story.press('enter');
}

/** "Оплата отменена" and the payment types for the same sum; Esc closes them. */
export async function expectGivenUp(story: Story): Promise<void> {
  await story.untilDialog('DOM-97');
  expect(story.row(24)).toContain('Оплата отменена');
  story.press('escape');
  expectSubtotal(story, '15.30');
}

/** Cash to the last kopeck, up to AS-04 (or AS-35). */
export async function payCash(story: Story, sum?: string): Promise<void> {
  await chooseMeans(story, 'Наличные', sum);
  await story.untilDialog('AS-02');
  story.press('enter');
}

/** Картридер, found, connected: the first time at this register. */
export async function connectReader(story: Story): Promise<void> {
  await chooseMeans(story, 'Картридер');
  await story.untilDialog('AS-09');
  story.press('enter');
}

/** What has happened so far by SCR-45, without the spinner. */
export function readerLog(story: Story): string[] {
  const rows = story.screen.filter((row) => row.startsWith('   > '));
  return rows.map((row) =>
    row
      .slice(5)
      .trim()
      .replace(/ {2}[|/\\-]$/, ''),
  );
}

/** The reader's own screen as SCR-45 shows it. */
export function readerDisplay(story: Story): string[] {
  const rows = story.screen.filter((row) => row.startsWith('   │'));
  return rows.map((row) => row.replaceAll('│', '').trim()).filter((row) => row !== '');
}

/** СБП up to the QR on the screen. */
export async function startSbp(story: Story, sum?: string): Promise<void> {
  await chooseMeans(story, 'СБП', sum);
  await story.until('QR', () => hasQr(story));
}

/** The link is gone: the QR stays, and says so; F2 of AS-32 leaves it to the register (AS-23). */
export async function leaveSbp(story: Story): Promise<void> {
  await story.untilShows('Нет связи с сервером');
  expect(hasQr(story), story.picture()).toBe(true);
  story.press('f7');
  expect(story.shows('Не ждать (F2)'), story.picture()).toBe(true);
  story.press('f2');
  await story.untilDialog('AS-23');
}

/** AS-05 with the QR: its number stands beside the picture. */
export function hasQr(story: Story): boolean {
  return story.shows('AS-05') && story.shows('СБП QR-код:') && story.shows('▀▀▀▀▀▀▀');
}

/** The link behind the QR. */
export function qrOf(story: Story): string {
  const prompt = story.till.state.attempts.find(({ foreground }) => foreground)?.prompt;
  return prompt?.show === 'showQr' ? prompt.payload : '';
}

/** What a telephone reads from the screen: light blocks are light modules, two a cell. */
export function scanned(story: Story): string {
  const picture = story.screen.flatMap((row) => {
    const cells = [...row.slice(0, 44)];
    return [cells.map((cell) => cell === '█' || cell === '▀'), cells.map((cell) => cell === '█' || cell === '▄')];
  });
  return findQr(picture, 1).payload;
}

/** F10 and these items, by what stands on the screen. */
export function openMenu(story: Story, ...items: string[]): void {
  story.press('f10');
  for (const item of items) {
    for (let row = 0; row < 20 && !story.screen.some((line) => line.includes('>') && line.includes(item)); row++) {
      story.press('down');
    }
    story.press('enter');
  }
}

/** SCR-49: the whole list as one text. */
export function readNotices(story: Story): string {
  openMenu(story, 'Уведомления');
  expect(story.row(4), story.picture()).toContain('Уведомления');
  const text = story.screen.slice(4, 22).join(' ').replace(/\s+/g, ' ');
  story.press('escape', 'escape');
  return text;
}

/** Waits in real time for what no clock of ours brings on: a program that starts and ends. */
export async function really(what: string, isSo: () => boolean): Promise<void> {
  const endsAt = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > endsAt) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Nothing runs any more but a second look at payments that were not made. */
export function untilSettled(story: Story): Promise<Story> {
  return story.until('everything is settled', () =>
    story.till.state.attempts.every(({ follows }) => follows === 'unmade'),
  );
}

/** Answers whatever stands until nothing is left to be found out; the receipt is closed, with cash where it is not paid. */
export async function bringToEnd(story: Story): Promise<void> {
  await story.until('the end', () => {
    const { attempts, ui } = story.till.state;
    const prompt = attempts.find(({ foreground }) => foreground)?.prompt;
    // A list that came by itself marks nothing.
    if (story.dialog === 'DOM-97') story.press('escape');
    else if (ui.stack.length > 0 || prompt?.show === 'confirm') story.press('enter');
    else if (prompt?.number === 'AS-01' || prompt?.number === 'AS-02' || prompt?.number === 'AS-28')
      story.press('escape');
    const after = story.till.state;
    return after.attempts.every(({ follows }) => follows === 'unmade') && after.ui.stack.length === 0;
  });
  if (story.document?.stage === 'goods') story.press('f6');
  if (story.document !== null) story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

/** Numbers of the orders this receipt and the closed ones have been paid with. */
export function ordersPaid(story: Story): string[] {
  return documentsOf(story).flatMap(({ payments }) =>
    payments
      .filter((payment) => payment.currency.provider === 'assist' && isCounted(payment))
      .map(({ orderNumber }) => orderNumber),
  );
}

/**
 * The rule above all: what the server holds of each order stands in exactly one receipt, or in the list of unfinished
 * payments; and nobody paid twice.
 */
export function expectBooks(story: Story): void {
  const picture = story.picture();
  const rows = serverOf(story).ledger();
  const numbers = rows
    .filter(({ kind, state }) => kind === 'payment' && state === 'Approved')
    .map((row) => row.orderNumber);
  expect(new Set(numbers).size, `charged twice\n${picture}`).toBe(numbers.length);
  const counted = new Map<string, number>();
  const numberOf = new Map<string, string>();
  for (const { type, payments } of documentsOf(story)) {
    for (const { attemptId, sourceAttemptId, orderNumber, currency, amountKopecks, ...payment } of payments) {
      if (
        currency.provider !== 'assist' ||
        !isCounted({ currency, attemptId, orderNumber, amountKopecks, ...payment } as never)
      )
        continue;
      const isSale = type === 'sale';
      const key = isSale ? orderNumber : (numberOf.get(sourceAttemptId ?? '') ?? '?');
      if (isSale) {
        expect(counted.has(orderNumber), `${orderNumber} stands twice`).toBe(false);
        numberOf.set(attemptId, orderNumber);
      }
      counted.set(key, (counted.get(key) ?? 0) + (isSale ? amountKopecks : -amountKopecks));
    }
  }
  const listed = new Set(
    story.till.state.attempts.flatMap(({ order, follows }) =>
      follows === 'unmade' ? [] : [order.orderNumber, order.source?.orderNumber ?? ''],
    ),
  );
  for (const orderNumber of new Set([...numbers, ...counted.keys()])) {
    if (listed.has(orderNumber)) continue;
    let held = 0;
    for (const row of rows) {
      if (row.state !== 'Approved') continue;
      if (row.kind === 'payment' && row.orderNumber === orderNumber) held += row.sumKopecks;
      if (row.kind === 'refund' && row.sourceOrderNumber === orderNumber) held -= row.sumKopecks;
    }
    expect({ orderNumber, held }, picture).toEqual({ orderNumber, held: counted.get(orderNumber) ?? 0 });
  }
}

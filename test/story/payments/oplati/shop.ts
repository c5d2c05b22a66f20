/** What the payment stories have in common: the cashier's hands, her eyes, and the books that must always agree. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { Journal } from '../../../../src/journal/journal.ts';
import { type Attempt, isUnfinished } from '../../../../src/payments/attempt.ts';
import type { ClosedDocument, Document, Payment } from '../../../../src/register/model.ts';
import { isCounted } from '../../../../src/register/totals.ts';
import { pathsOf } from '../../../../src/settings/paths.ts';
import { writeToken } from '../../../../src/settings/token-conf.ts';
import { oplatiFiles } from '../../../oplati-files.ts';
import { Story, type StoryOptions } from '../../story.ts';

/** Buyers show a code of this shape; any such code is fresh to the emulator. */
export function buyerCode(number: number): string {
  return `o-plati://o-buyer/one/${String(number).padStart(27, 'A')}=`;
}

/** A register that has its token already, with the goods of 15.30 in it, at the subtotal. */
export async function beginAtSubtotal(options: StoryOptions = {}, ...goods: string[]): Promise<Story> {
  const story = await begin(options);
  story.goods(...(goods.length === 0 ? ['2'] : goods)).press('f6');
  return story;
}

/** A register whose token is known to the server and stands in token.conf. */
export async function begin(options: StoryOptions = {}): Promise<Story> {
  const token = 'token-of-the-shop';
  return await Story.begin({
    ...options,
    emulator: { tokens: { OPL000000002: token }, ...options.emulator },
    prepare: (root) => {
      writeToken(oplatiFiles(root).token, token);
      options.prepare?.(root);
    },
  });
}

/** F7, code of the currency, Enter; a sum is typed before. */
export function payWith(story: Story, currencyCode: number, sum?: string): void {
  if (sum !== undefined) story.press(`type:${sum}`);
  story.press('f7', `type:${currencyCode}`, 'enter');
}

/** О!плати up to the point where only the buyer is missing: the code is scanned, told, or the QR stands. */
export async function startOplati(story: Story, mode: 0 | 1 | 2, sum?: string, code = buyerCode(1)): Promise<void> {
  payWith(story, 7, sum);
  if (mode === 0) {
    expectDialog(story, 'OPL-21', 'Ввод QR-кода О!плати', 'Отсканируйте QR-код О!плати');
    story.scan(code);
  } else if (mode === 1) {
    await story.untilDialog('OPL-22');
    story.press('enter');
  } else {
    await story.untilDialog('OPL-23');
  }
}

/** Title and whole text of the box on the screen; null when none stands. */
export function boxOf(story: Story): { title: string; text: string; field: string | null; buttons: string } | null {
  const rows = story.screen;
  const top = rows.findLastIndex((row) => row.includes('┌'));
  const bottom = rows.findIndex((row, index) => index > top && row.includes('└'));
  if (top === -1 || bottom === -1) return null;
  const title = /┌─*([^─┐]*)─*┐/.exec(rows[top] ?? '')?.[1]?.trim() ?? '';
  const lines = rows.slice(top + 1, bottom).map((row) => (/│(.*)│/.exec(row)?.[1] ?? '').trim());
  const isButtons = (line: string) => /\((?:Enter|ESC)\)/.test(line);
  return {
    title,
    text: lines.filter((line) => line !== '' && !line.startsWith('[') && !isButtons(line)).join(' '),
    field: lines.find((line) => line.startsWith('[')) ?? null,
    buttons: lines.find(isButtons)?.replace(/\s{2,}/g, '  ') ?? '',
  };
}

/** Number, title and exact text: a dialog is never answered unseen. The sum under a prompt's words, and the seconds, may be left out. */
export function expectDialog(story: Story, number: string, title: string, text: string): void {
  const shown = boxOf(story)?.text.replace(/ +Осталось: \d+ с$/, '');
  const isWithoutSum = shown?.replace(/ К (?:оплате|возврату): \d+\.\d\d$/, '') === text;
  const dialog = { number: story.dialog, title: boxOf(story)?.title, text: isWithoutSum ? text : shown };
  expect(dialog, story.picture()).toEqual({ number, title, text });
}

/** What is still to be found out; a look on the watch list for a payment that was not made is none (oplati.md 8.2). */
export function unfinished(story: Story): Attempt[] {
  return story.till.state.attempts.filter(isUnfinished);
}

/** Waits for a dialog, checks every word of it and closes it with Enter. */
export async function answerDialog(story: Story, number: string, title: string, text: string): Promise<void> {
  await story.untilDialog(number);
  expectDialog(story, number, title, text);
  expect(boxOf(story)?.buttons).toContain('(Enter)');
  story.press('enter');
}

/** Payment stage, nothing covers it, the rest is as before. */
export function expectSubtotal(story: Story, toPay: string): void {
  expect(story.dialog, story.picture()).toBeNull();
  expect(story.document?.stage).toBe('subtotal');
  expect(story.row(23), story.picture()).toMatch(new RegExp(`К оплате: ${toPay.replace('.', '\\.')}$`));
}

/** Texts of the journal rows (17-19), blanks squeezed. */
export function journalRows(story: Story): string[] {
  return [17, 18, 19]
    .map((row) =>
      story
        .row(row)
        .trim()
        .replace(/\s{2,}/g, ' | '),
    )
    .filter((row) => row !== '');
}

/** Everything the journal ever closed, and the open receipt. */
export function documentsOf(story: Story): (Document | ClosedDocument)[] {
  const journal = Journal.open(pathsOf(story.root).journal, { readonly: true });
  try {
    return [...journal.documents(), ...(story.document === null ? [] : [story.document])];
  } finally {
    journal.close();
  }
}

/** `POST /pos/payments` the server has seen, by order number, processed or not. */
export function salesSeen(story: Story): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { method, path, body } of story.oplati.requests()) {
    if (method !== 'POST' || path !== '/pos/payments') continue;
    const { orderNumber } = body as { orderNumber: string };
    seen.set(orderNumber, (seen.get(orderNumber) ?? 0) + 1);
  }
  return seen;
}

/**
 * The rule above all. What О!плати holds of each order is either counted in exactly one receipt or stands in the list of
 * unfinished payments; what a receipt counts О!плати holds; nobody was asked for the same money twice.
 */
export function expectBooksAgree(story: Story): void {
  const picture = story.picture();
  const counted = new Map<string, Payment>();
  for (const document of documentsOf(story)) {
    for (const payment of document.payments) {
      if (payment.currency.provider !== 'oplati' || !isCounted(payment)) continue;
      expect(counted.has(payment.orderNumber), `${payment.orderNumber} stands twice`).toBe(false);
      counted.set(payment.orderNumber, payment);
    }
  }
  const listed = new Set<string>();
  for (const attempt of story.till.state.attempts) {
    listed.add(attempt.order.orderNumber);
    if (attempt.order.source !== null) listed.add(attempt.order.source.orderNumber);
  }
  for (const [orderNumber, times] of salesSeen(story)) expect(times, `POST of ${orderNumber}\n${picture}`).toBe(1);
  const rows = story.oplati.ledger().filter(({ status }) => status === 1);
  const sales = rows.filter(({ paymentType, sourcePaymentId }) => paymentType === 1 && sourcePaymentId === undefined);
  expect(new Set(sales.map(({ orderNumber }) => orderNumber)).size, `charged twice\n${picture}`).toBe(sales.length);
  for (const sale of sales) {
    const returned = sale.reversals.filter(({ status }) => status === 1).reduce((sum, row) => sum + row.sumKopecks, 0);
    const held = sale.sumKopecks - returned;
    const here = counted.get(sale.orderNumber)?.amountKopecks ?? 0;
    if (listed.has(sale.orderNumber)) continue;
    expect({ order: sale.orderNumber, held }, picture).toEqual({ order: sale.orderNumber, held: here });
  }
  for (const [orderNumber, payment] of counted) {
    const isCharged = sales.some((sale) => sale.orderNumber === orderNumber);
    const byHand = payment.state === 'manualPaid';
    expect(isCharged || byHand || listed.has(orderNumber), `${orderNumber} counted, not charged\n${picture}`).toBe(
      true,
    );
  }
}

/** Breaks and mends the settings under a running register. */
export function writeConf(story: Story, text: string): void {
  const { conf: oplatiConf } = oplatiFiles(story.root);
  mkdirSync(dirname(oplatiConf), { recursive: true });
  writeFileSync(oplatiConf, text);
}

/** F10, `Смена`, `Незавершенные оплаты`: by what stands on the screen. */
export function openUnfinished(story: Story): void {
  story.press('f10');
  for (const item of ['Смена', 'Незавершенные оплаты']) {
    while (!story.screen.some((row) => row.includes('>') && row.includes(item))) story.press('down');
    story.press('enter');
  }
  expect(story.row(4)).toBe(' Незавершенные оплаты');
}

/** What the stories of returns, queues and cards share: whole sales in one call, the way into a return, and the books. */
import { expect } from 'vitest';
import { createApplier } from '../../../src/catalog/load/apply.ts';
import { emptyReport } from '../../../src/catalog/load/report.ts';
import { openStorage } from '../../../src/catalog/storage.ts';
import { startOplatiEmulator } from '../../../src/emulators/oplati/server.ts';
import type { ClosedDocument, Document } from '../../../src/register/model.ts';
import { isCounted } from '../../../src/register/totals.ts';
import { pathsOf } from '../../../src/settings/paths.ts';
import { documentsOf, expectDialog, journalRows, payWith } from '../payments/oplati/shop.ts';
import type { Story } from '../story.ts';

export const QUEUED =
  'Ошибка соединения с сервером. Операция отмены в очереди будет выполнена после восстановления связи с сервером';
export const UNAVAILABLE =
  'Возможность проведения операций с использованием платежной системы "О!плати" временно недоступна';
export const NO_CONNECTION = 'Ошибка соединения с сервером';
export const REVERSAL = { path: '/reversals', method: 'POST' };

/** Goods of the story's own, put into the catalogue before the register starts. */
export function withGoods(...goods: { code: string; name: string; priceKopecks: number }[]): (root: string) => void {
  return (root) => {
    const storage = openStorage(pathsOf(root).catalog);
    try {
      const applier = createApplier(storage, emptyReport('story'), null);
      storage.transaction(() => {
        for (const { code, name, priceKopecks } of goods) {
          applier.apply({ do: 'addGoods', goods: { code, name, priceKopecks, unit: '796' } });
        }
      })();
    } finally {
      storage.close();
    }
  };
}

/** Waits until nothing of the О!плати kind is under way in front of the cashier. */
export function untilFree(story: Story): Promise<Story> {
  return story.until('nothing runs', () => story.till.state.attempts.every(({ foreground }) => !foreground));
}

/** Waits until the register has nothing left to find out or to send. */
export function untilSettled(story: Story): Promise<Story> {
  return story.until('everything is settled', () => story.till.state.attempts.length === 0);
}

/** `oplati`, `oplati 5.30`, `cash 20`, `card 1`: pays in this order; what has no sum takes the rest. Then F8. */
export async function sell(story: Story, goods: readonly string[], ...payments: string[]): Promise<void> {
  story.goods(...goods).press('f6');
  await takePayments(story, payments);
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

export async function takePayments(story: Story, payments: readonly string[]): Promise<void> {
  for (const payment of payments) {
    const [kind, sum] = payment.split(' ');
    const before = countedRows(story);
    if (kind === 'cash') payWith(story, 1, sum);
    else if (kind === 'card') {
      payWith(story, 3, sum);
      expect(story.dialog, story.picture()).toBe('DOM-99');
      story.press('enter');
    } else payWith(story, 7, sum);
    await story.until(payment, () => countedRows(story) > before);
  }
}

function countedRows(story: Story): number {
  return (story.document?.payments ?? []).filter(isCounted).length;
}

/** F9, the number's digits, Ввод: the sale stands on the screen (SCR-18). */
export function viewSale(story: Story, number: number): void {
  story.press('f9');
  expect(story.row(4), story.picture()).toBe(' Выберите документ');
  story.press(`type:${number}`, 'enter');
  expect(story.row(4), story.picture()).toBe(' Просмотр документа');
  expect(story.row(6)).toContain(`ПРОДАЖА № ${number} `);
}

/** From the free screen to the question how everything that is left goes back (DOM-102). */
export function askWhole(story: Story, number: number): void {
  viewSale(story, number);
  story.press('enter');
}

/** From the free screen to SCR-19: everything that is left goes back, as DOM-102 proposes it. */
export function returnWhole(story: Story, number: number): void {
  askWhole(story, number);
  confirmRefund(story);
}

/** DOM-102, where it is asked: a sale that was paid in cash alone goes back without a question. */
export function confirmRefund(story: Story): void {
  if (story.dialog === 'DOM-102') story.press('enter');
}

/** Ввод in the payment stage of a return, and the question taken as it stands. */
export function giveBackAgain(story: Story): void {
  story.press('enter');
  confirmRefund(story);
}

/** From the free screen to SCR-20: quantities first. */
export function returnPart(story: Story, number: number): void {
  viewSale(story, number);
  story.press('f3');
  expect(story.row(6), story.picture()).toContain('К возврату');
}

/** SCR-20: puts so much of a row (1 = the first one) into the return. */
export function setReturned(story: Story, row: number, quantity: string): void {
  story.press('home', ...Array.from({ length: row - 1 }, () => 'down'), `type:${quantity}`, 'f3');
}

/** The receipt or return is paid: SCR-10, SCR-19. */
export function untilPaid(story: Story): Promise<Story> {
  return story.until('paid', () => story.shows('F8 Итого') && /Сдача: 0\.00$|Выдать наличными: /.test(story.row(23)));
}

/** The return is paid; F8 closes it. */
export async function closeReturn(story: Story): Promise<void> {
  await untilPaid(story);
  expect(story.dialog, story.picture()).toBeNull();
  story.press('f8');
  expect(story.document, story.picture()).toBeNull();
}

/** Esc, OPL-25, Да. */
export function cancelPayment(story: Story, question: string): void {
  story.press('escape');
  expectDialog(story, 'OPL-25', 'Выберите действие', question);
  story.press('enter');
}

export function closedDocuments(story: Story): ClosedDocument[] {
  return documentsOf(story).filter((document): document is ClosedDocument => 'status' in document);
}

export function lastClosed(story: Story): ClosedDocument {
  const last = closedDocuments(story).at(-1);
  if (last === undefined) throw new Error('no closed document');
  return last;
}

/** Cash that lies in the drawer by the documents: sales less change, less what was paid out. */
export function drawerKopecks(story: Story): number {
  let sum = 0;
  for (const document of closedDocuments(story)) {
    if (document.status !== 'closed') continue;
    const cash = cashOf(document);
    sum += document.type === 'sale' ? cash - document.changeKopecks : -cash;
  }
  return sum;
}

function cashOf(document: Document): number {
  return amountOf(document, 'cash');
}

function amountOf(document: Document, provider: string): number {
  return document.payments
    .filter((payment) => isCounted(payment) && payment.currency.provider === provider)
    .reduce((sum, { amountKopecks }) => sum + amountKopecks, 0);
}

/** What О!плати holds of the shop's buyers by the documents, the open one included. */
export function oplatiKopecksByJournal(story: Story): number {
  return documentsOf(story).reduce((sum, document) => {
    const amount = amountOf(document, 'oplati');
    return document.type === 'sale' ? sum + amount : sum - amount;
  }, 0);
}

/**
 * Three books that must say the same: what О!плати charged, what the journal counts, what the documents say of themselves.
 * Called when nothing is unsettled.
 */
export function expectBooks(story: Story): void {
  const picture = story.picture();
  expect(story.till.state.attempts, picture).toEqual([]);
  expect({ charged: story.chargedKopecks() }, picture).toEqual({ charged: oplatiKopecksByJournal(story) });
  const made = story.oplati.ledger().filter(({ status }) => status === 1);
  expect(new Set(made.map(({ orderNumber }) => orderNumber)).size, `a number twice\n${picture}`).toBe(made.length);
  const returned = new Map<string, number>();
  for (const document of closedDocuments(story)) {
    if (document.status !== 'closed') continue;
    const lines = document.lines.reduce((sum, { sumKopecks }) => sum + sumKopecks, 0);
    const received = document.payments.filter(isCounted).reduce((sum, { amountKopecks }) => sum + amountKopecks, 0);
    expect({ total: document.totalKopecks, received }, picture).toEqual({
      total: lines,
      received: lines + document.changeKopecks,
    });
    if (document.source === null) continue;
    const { documentId } = document.source;
    returned.set(documentId, (returned.get(documentId) ?? 0) + lines);
  }
  for (const sale of closedDocuments(story)) {
    const back = returned.get(sale.documentId);
    if (back !== undefined) expect(back, `returned more than № ${sale.number}`).toBeLessThanOrEqual(sale.totalKopecks);
  }
}

/** Sums and types of all operations at О!плати that were made, in order: `1 15.30`, `3 15.30`. */
export function operations(story: Story): string[] {
  return story.oplati
    .ledger()
    .filter(({ status }) => status === 1)
    .map(({ paymentType, sum }) => `${paymentType} ${sum.toFixed(2)}`);
}

export function stopServer(story: Story): Promise<void> {
  return story.oplati.close();
}

export async function startServer(story: Story, stateFile: string): Promise<void> {
  const port = Number(new URL(story.oplati.url).port);
  story.oplati = await startOplatiEmulator({ clock: story.clock, stateFile, port });
}

/** Everything the buyer holds in hand or reads on the screen of a return that is not paid. */
export function expectUnpaidReturn(story: Story, toPay: string): void {
  expect(story.dialog, story.picture()).toBeNull();
  expect(journalRows(story), story.picture()).toEqual([]);
  expect(story.row(22)).toMatch(/Получено: 0\.00$/);
  expect(story.row(23)).toMatch(new RegExp(`К оплате: ${toPay.replace('.', '\\.')}$`));
}

/** Waits until the printer has nothing left to do. */
export function untilPrinted(story: Story): Promise<Story> {
  return story.until('all printed', () => story.till.state.printJobs.length === 0);
}

/** What is on the roll, slip by slip, without the printer's own codes; blanks made one. */
export function slipsOf(story: Story): string[] {
  const text = story.paper().replace(/\x1b@|\x1c\.|\x1b[taEd].|\x1bp...|\x1d[!V]./gsu, ' ');
  return text
    .split('НЕФИСКАЛЬНЫЙ ДОКУМЕНТ')
    .slice(0, -1)
    .map((slip) => slip.replace(/\s+/g, ' '));
}

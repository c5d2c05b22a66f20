/** The frame every screen stands in (screens.md 1.2), and the parts of a receipt on it. Shared by the screens only. */

import type { Card, ClosedDocument, Document, DocumentType, Line, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { formatQuantity } from '../register/quantity.ts';
import { cutColumns } from '../register/safe-text.ts';
import { payOutKopecks } from '../register/tender.ts';
import { totalsOf, visiblePayments } from '../register/totals.ts';
import type { Canvas, Style } from '../ui/canvas.ts';
import type { Model } from '../ui/model.ts';
import { documentTitle, drawHeader, hasTwin, operationText, PAY_OUT, paymentName, quantityText } from '../ui/words.ts';

const FIRST_GOODS_ROW = 6;
const JOURNAL_ROWS = 3;

/** Rows that move with the height of the terminal; the rest stand where the paper puts them. */
export interface FrameRows {
  lastGoods: number;
  journal: number;
  modifiers: number;
  received: number;
  totals: number;
  hint: number;
}

/** 80x24 takes one row from the goods area, a taller terminal gives its rows to it. */
export function frameRows(model: Model): FrameRows {
  const more = model.rows - 25;
  return {
    lastGoods: 15 + more,
    journal: 17 + more,
    modifiers: 21 + more,
    received: 22 + more,
    totals: 23 + more,
    hint: 24 + more,
  };
}

/** How many goods are seen at once. */
export function goodsRowCount(model: Model): number {
  return frameRows(model).lastGoods - FIRST_GOODS_ROW + 1;
}

/** Rows 1-5: header, title, the running total in bold. */
function drawHead(canvas: Canvas, model: Model, title: string, totalKopecks: number | null): void {
  const { columns } = model;
  for (const row of [1, 2]) canvas.fill(row, 1, columns, ' ', 'header');
  drawHeader(canvas, model, 'header');
  drawRule(canvas, model, 3);
  canvas.put(4, 2, cutColumns(title, columns - 20));
  if (totalKopecks !== null) canvas.putRight(4, columns - 1, formatKopecks(totalKopecks), 'bold');
  drawRule(canvas, model, 5);
}

/** A receipt-like screen: head and the rules under goods and journal. */
export function drawFrame(canvas: Canvas, model: Model, title: string, totalKopecks: number | null): void {
  drawHead(canvas, model, title, totalKopecks);
  const rows = frameRows(model);
  drawRule(canvas, model, rows.lastGoods + 1);
  drawRule(canvas, model, rows.modifiers - 1);
}

/** A page: rows 6-22 are one area with a rule at row 23. */
export function drawPage(canvas: Canvas, model: Model, title: string): void {
  drawHead(canvas, model, title, null);
  drawRule(canvas, model, frameRows(model).totals);
}

export function drawRule(canvas: Canvas, model: Model, row: number): void {
  canvas.fill(row, 1, model.columns, '─');
}

/** @param selectedIndex row with the mark, null = none (frozen goods). The last row is kept in view. */
export function drawGoods(
  canvas: Canvas,
  model: Model,
  lines: readonly Line[],
  selectedIndex: number | null,
  style: Style,
): void {
  const { columns } = model;
  const count = goodsRowCount(model);
  const first = Math.max(0, Math.min(selectedIndex ?? lines.length, lines.length - count));
  lines.slice(first, first + count).forEach((line, index) => {
    const row = FIRST_GOODS_ROW + index;
    const isSelected = first + index === selectedIndex;
    const isFlashing = model.ui.flash?.positionNumber === line.positionNumber && model.now < model.ui.flash.untilMs;
    const rowStyle = isFlashing ? 'done' : isSelected ? 'selected' : style;
    if (isSelected) {
      canvas.fill(row, 1, columns, ' ', rowStyle);
      canvas.put(row, 1, '>', rowStyle);
    }
    canvas.put(row, 2, cutColumns(line.goods.name, columns - 26), rowStyle);
    canvas.putRight(row, columns - 14, quantityText(line), rowStyle);
    canvas.putRight(row, columns - 1, formatKopecks(line.sumKopecks), rowStyle);
  });
}

/** The card, then the last payments that fit under it; undecided ones say so. */
export function drawJournal(canvas: Canvas, model: Model, document: Document | null): void {
  const { journal } = frameRows(model);
  const card = currentCard(model, document);
  if (card !== null) canvas.put(journal, 2, cutColumns(cardText(card), model.columns - 2));
  if (document === null) return;
  // A payment of all that is left, in front of the cashier, is what `К оплате` says already (captures 1, 2); a part has its row.
  const inDialog = new Set(model.attempts.filter(({ foreground }) => foreground).map(({ attemptId }) => attemptId));
  const { restKopecks } = totalsOf(document);
  const payments = visiblePayments(document).filter(
    ({ attemptId, state, amountKopecks }) =>
      state !== 'waiting' || !inDialog.has(attemptId) || amountKopecks !== restKopecks,
  );
  const cardRows = card === null ? 0 : 1;
  const hidden = Math.max(0, payments.length - (JOURNAL_ROWS - cardRows));
  payments.slice(hidden).forEach((payment, index) => {
    const row = journal + cardRows + index;
    const more = index === 0 && hidden > 0 ? ` (еще ${hidden})` : '';
    const style = paymentStyle(payment);
    const twin = hasTwin(payment, payments) ? ` ${operationText(model, payment)}` : '';
    canvas.put(row, 2, cutColumns(`${paymentName(payment)}${stateText(payment)}${twin}${more}`, 60), style);
    canvas.putRight(row, model.columns - 1, formatKopecks(payment.amountKopecks), style);
  });
}

/** The document's card, or the one that waits for the first item of a sale. */
export function currentCard(model: Model, document = model.register.document): Card | null {
  if (document !== null) return document.card;
  return model.register.mode === 'sale' ? model.register.pendingCard : null;
}

/** `Карта О!плати 2900000000018  Лояльность О!плати 5%` */
export function cardText({ title, number, groupName, discountBasisPoints }: Card): string {
  const percent = formatKopecks(discountBasisPoints).replace(/\.?0+$/, '');
  return `${title} ${number}  ${groupName}${discountBasisPoints === 0 ? '' : ` ${percent}%`}`;
}

function stateText(payment: Payment): string {
  if (payment.state === 'waiting') return ' (ожидание)';
  if (payment.state === 'unknown') return ' (неизвестно)';
  return payment.state === 'cancelling' ? ' (отмена)' : '';
}

function paymentStyle(payment: Payment): Style {
  if (payment.state === 'unknown') return 'unknown';
  return payment.state === 'waiting' || payment.state === 'cancelling' ? 'waiting' : 'done';
}

/** Row 21: the mode, modifiers of the next item and the card at the left, typed text at the right. */
export function drawModifiers(canvas: Canvas, model: Model, text: string): void {
  const { pendingQuantityThousandths, pendingPriceKopecks } = model.ui;
  const card = currentCard(model);
  const modifiers = [
    currentType(model) === 'return' ? 'Режим возврата' : null,
    pendingQuantityThousandths === null ? null : `Кол-во: ${formatQuantity(pendingQuantityThousandths, false)}`,
    pendingPriceKopecks === null ? null : `Цена: ${formatKopecks(pendingPriceKopecks)}`,
    card === null ? null : `Карта: *${card.number.slice(-4)}`,
  ].filter((part) => part !== null);
  drawInput(canvas, model, modifiers.join('  '), text);
}

export function drawInput(canvas: Canvas, model: Model, left: string, text: string): void {
  const row = frameRows(model).modifiers;
  canvas.put(row, 2, left);
  if (text !== '') canvas.putRight(row, model.columns - 1, `Ввод: ${text.slice(-40)}_`);
}

interface ShownTotals {
  /** Instead of `Получено`. */
  receivedLabel?: string;
  receivedKopecks: number | null;
  discountKopecks: number | null;
  label: string;
  sumKopecks: number;
}

/** Of a document that owes nothing any more: the change, or what goes out of the drawer. */
export function settledTotals(document: Document | ClosedDocument): ShownTotals {
  const { receivedKopecks, changeKopecks } = totalsOf(document);
  const payOut = payOutKopecks(document);
  const shown = { receivedKopecks, discountKopecks: null };
  // A return without cash stands as the capture has it (SCR-19).
  if (document.type === 'sale' || payOut === 0) return { ...shown, label: 'Сдача', sumKopecks: changeKopecks };
  return { ...shown, receivedLabel: 'Возвращено', label: PAY_OUT, sumKopecks: payOut };
}

/** Rows 22-23. */
export function drawTotals(canvas: Canvas, model: Model, totals: ShownTotals): void {
  const rows = frameRows(model);
  if (totals.receivedKopecks !== null) {
    const label = totals.receivedLabel ?? model.settings.receivedLabel;
    canvas.put(rows.received, 2, `${label}: ${formatKopecks(totals.receivedKopecks)}`);
  }
  if (totals.discountKopecks !== null) canvas.put(rows.totals, 2, `Скидка: ${formatKopecks(totals.discountKopecks)}`);
  canvas.putRight(rows.totals, model.columns - 1, `${totals.label}: ${formatKopecks(totals.sumKopecks)}`, 'bold');
}

/** A box that belongs to a screen, not to the stack: closed receipt, lock, restored receipt. Bottom row is `bottom`. */
export function drawPanel(
  canvas: Canvas,
  model: Model,
  panel: { bottom: number; columns: number; lines: readonly string[]; title: string; number: string; style: Style },
): void {
  const { bottom, columns, lines, style } = panel;
  const inner = columns - 2;
  const left = Math.floor((model.columns - columns) / 2) + 1;
  const top = bottom - lines.length - 1;
  const before = Math.floor((inner - panel.title.length) / 2);
  const afterTitle = inner - panel.title.length - before;
  canvas.put(top, left, `┌${'─'.repeat(before)}${panel.title}${'─'.repeat(afterTitle)}┐`, style);
  lines.forEach((line, index) => {
    const shown = cutColumns(line, inner);
    const padded = `${' '.repeat(Math.floor((inner - shown.length) / 2))}${shown}`.padEnd(inner);
    canvas.put(top + 1 + index, left, `│${padded}│`, style);
  });
  const number = panel.number === '' ? '' : ` ${panel.number} ─`;
  canvas.put(bottom, left, `└${'─'.repeat(inner - number.length)}${number}┘`, style);
}

/** The open document's title, or that of the receipt the next item will open. */
export function currentTitle(model: Model): string {
  const { document, lastDocumentNumber } = model.register;
  return documentTitle({ type: currentType(model), number: document?.number ?? lastDocumentNumber + 1 });
}

/** What is open, or what the next item will open. */
export function currentType({ register }: Model): DocumentType {
  return register.document?.type ?? register.mode;
}

export function linesOf(document: Document | ClosedDocument | null): readonly Line[] {
  return document?.lines ?? [];
}

/** What of it is sold or returned: a line of a sale that is not returned is no part of its return (SCR-19). */
export function countedLines(document: Document | ClosedDocument | null): readonly Line[] {
  return linesOf(document).filter(({ quantityThousandths }) => quantityThousandths > 0);
}

/** `[МОЛ____]`; the tail of a long input stays in view. */
export function fieldText(text: string, columns: number): string {
  return `[${text.slice(-(columns - 1)).padEnd(columns, '_')}]`;
}

/** As many parts a line as fit; a part is never broken. */
export function partLines(parts: readonly string[], separator: string, columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''}${separator}${part}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(cutColumns(part, columns));
  }
  return lines;
}

/** Words into lines. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(cutColumns(word, columns));
  }
  return lines;
}

/** A list keeps its selected row in view. @returns index of the first row shown */
export function firstShown(selected: number, count: number, rows: number): number {
  return Math.max(0, Math.min(selected - Math.floor(rows / 2), count - rows));
}

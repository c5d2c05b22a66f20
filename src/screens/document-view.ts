/** SCR-18: a whole document on one page, before its return or just to be looked at. */

import { historyOf } from '../payments/money-move.ts';
import type { ClosedDocument, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { cutColumns } from '../register/safe-text.ts';
import { changeRows, handedKopecks } from '../register/tender.ts';
import { isCounted } from '../register/totals.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { DocumentViewLocal } from '../ui/pages.ts';
import type { Step } from '../ui/step.ts';
import { documentTitle, hasTwin, moved, operationText, paymentName, quantityText } from '../ui/words.ts';
import { helpBinding } from './help.ts';
import { cardText, countedLines, drawPage, frameRows, wrapped } from './layout.ts';
import { listLockBinding, OPEN_DOCUMENT } from './sale-actions.ts';
import { VIEW_ONLY } from './unavailable.ts';

type ViewAt = At<DocumentViewLocal>;

/** One row of the page: text at the left, and what stands in the columns at the right. */
interface Row {
  text: string;
  kind?: string;
  quantity?: string;
  sum?: string;
}

const FIRST_ROW = 6;
/** What happened to a payment stands under it. */
const HISTORY_INDENT = '    ';

export const documentView: Context<DocumentViewLocal> = {
  name: 'document-view',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'просмотр документа',
  view(canvas, at) {
    const { columns } = at.model;
    drawPage(canvas, at.model, 'Просмотр документа');
    const top = topOf(at);
    rowsOf(at)
      .slice(top, top + rowCount(at.model))
      .forEach(({ text, kind, quantity, sum }, index) => {
        const row = FIRST_ROW + index;
        canvas.put(row, 2, cutColumns(text, quantity === undefined ? columns - 2 : columns - 26));
        if (kind !== undefined) canvas.put(row, 30, cutColumns(kind, columns - 45));
        if (quantity !== undefined) canvas.putRight(row, columns - 14, quantity);
        if (sum !== undefined) canvas.putRight(row, columns - 1, sum);
      });
  },
  hint(at) {
    const below = rowsOf(at).length - topOf(at) - rowCount(at.model);
    const more = below > 0 ? ` (PgDn: еще ${below})` : '';
    return at.local.purpose === 'return'
      ? `Нажмите "Ввод" для продолжения возврата${more}`
      : `Нажмите "Ввод" для печати копии${more}`;
  },
  bindings: [
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: ({ model, local }) =>
        local.purpose === 'view' && model.register.document !== null ? OPEN_DOCUMENT : null,
      run: (at) => (at.local.purpose === 'return' ? returnSteps(at, false) : copySteps(at)),
    },
    {
      command: 'quantity',
      label: 'Частичный возврат',
      disabled: ({ local }) => (local.purpose === 'return' ? null : VIEW_ONLY),
      run: (at) => returnSteps(at, true),
    },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
    helpBinding(() => documentView),
    listLockBinding,
    { command: 'up', label: null, run: (at) => scroll(at, -1) },
    { command: 'down', label: null, run: (at) => scroll(at, 1) },
    { command: 'pageUp', label: null, run: (at) => scroll(at, -rowCount(at.model)) },
    { command: 'pageDown', label: null, run: (at) => scroll(at, rowCount(at.model)) },
    { command: 'home', label: null, run: (at) => scroll(at, -at.local.top) },
    { command: 'end', label: null, run: (at) => scroll(at, rowsOf(at).length) },
  ],
};

function returnSteps({ local }: ViewAt, partial: boolean): Step[] {
  return [{ do: 'beginReturn', documentId: local.document.documentId, partial }];
}

/** Back to the list as well: one key, one copy. */
function copySteps({ local }: ViewAt): Step[] {
  return [{ do: 'printCopy', documentId: local.document.documentId }, { do: 'close' }];
}

function scroll(at: ViewAt, by: number): Step[] {
  const last = Math.max(0, rowsOf(at).length - rowCount(at.model));
  return [{ do: 'local', local: { ...at.local, top: moved(topOf(at), by, last + 1) } }];
}

/** A terminal that grew shows the end of the document without blank rows under it. */
function topOf({ model, local }: ViewAt): number {
  return moved(local.top, 0, Math.max(0, rowsOf({ model, local }).length - rowCount(model)) + 1);
}

function rowCount(model: Model): number {
  return frameRows(model).totals - FIRST_ROW;
}

function rowsOf({ model, local: { document, attempts = [] } }: Pick<ViewAt, 'model' | 'local'>): Row[] {
  const { card, discountKopecks } = document;
  const annulled = document.status === 'annulled' ? ' (аннулирован)' : '';
  return [
    { text: `${documentTitle(document)} ${document.cashierName}${annulled}` },
    ...(document.source === null ? [] : [{ text: `Чек продажи № ${document.source.number}` }]),
    { text: '' },
    { text: 'Товарные позиции:' },
    { text: '  Наименование', quantity: 'Кол-во', sum: 'Сумма' },
    ...countedLines(document).flatMap((line): Row[] => {
      const quantity = quantityText(line);
      const goods = { text: `  ${line.goods.name}`, quantity, sum: formatKopecks(line.sumKopecks) };
      return line.discountKopecks === 0
        ? [goods]
        : [goods, { text: `    Скидка: ${formatKopecks(line.discountKopecks)}` }];
    }),
    { text: '' },
    ...(card === null ? [] : [{ text: cardText(card) }, { text: '' }]),
    { text: 'Оплаты:' },
    { text: '  Тип операции', kind: 'Тип оплаты', sum: 'Сумма оплаты' },
    ...document.payments.flatMap((payment): Row[] => {
      const history = historyOf(payment, attempts, model.utcOffsetMinutes);
      const operation = operationOf(document, payment) ?? (history.length === 0 ? null : notTaken(payment));
      if (operation === null) return [];
      const twin = hasTwin(payment, document.payments) ? [operationText(model, payment)] : [];
      const lines = history.flatMap((text) => wrapped(text, model.columns - HISTORY_INDENT.length - 2));
      return [
        paymentRow(operation, paymentName(payment), handedKopecks(payment)),
        ...[...twin, ...lines].map((text) => ({ text: `${HISTORY_INDENT}${text}` })),
      ];
    }),
    ...changeRows(document).map(({ payment, changeKopecks }) =>
      paymentRow('Сдача', paymentName(payment), changeKopecks),
    ),
    { text: '' },
    ...(discountKopecks === 0 ? [] : [{ text: `Скидка: ${formatKopecks(discountKopecks)}` }]),
    { text: `Сумма чека: ${formatKopecks(document.totalKopecks)}` },
  ];
}

/** What became of the money; null when there never was any. */
function operationOf({ type }: ClosedDocument, payment: Payment): string | null {
  if (isCounted(payment)) return type === 'sale' ? 'Получено' : 'Возвращено';
  if (payment.state === 'cancelled') return 'Отменено';
  if (payment.state === 'cancelRefused') return 'Не возвращено';
  return payment.state === 'cancelQueued' ? 'Отмена в очереди' : null;
}

/** A payment that counts for nothing, and still has something to tell. */
function notTaken({ state }: Payment): string {
  return state === 'manualReturned' ? 'Возвращено' : 'Не оплачено';
}

function paymentRow(operation: string, kind: string, amountKopecks: number): Row {
  return { text: `  ${operation}`, kind, sum: formatKopecks(amountKopecks) };
}

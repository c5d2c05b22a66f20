/** The closed receipt and its change, until the next one begins (SCR-11). Its keys are those of an empty receipt. */

import { givenBackWord } from '../receipts/given-back.ts';
import { wrapText } from '../receipts/lines.ts';
import type { ClosedDocument, Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import { givenBackBy, isGivenBackInCash, payOutKopecks } from '../register/tender.ts';
import type { Context } from '../ui/context.ts';
import { documentTitle, PAY_OUT, paymentName } from '../ui/words.ts';
import { cardBinding, cardNumberBinding, removeCardBinding } from './card-actions.ts';
import { helpBinding } from './help.ts';
import {
  countedLines,
  drawFrame,
  drawGoods,
  drawJournal,
  drawPanel,
  drawTotals,
  frameRows,
  settledTotals,
} from './layout.ts';
import {
  annulBinding,
  blocked,
  exitBinding,
  extraBindings,
  lockBinding,
  menuBinding,
  NO_LINES,
  returnBySaleBinding,
  searchBinding,
  unlabelled,
} from './sale-actions.ts';

const PANEL_COLUMNS = 42;

export const closed: Context<null> = {
  name: 'closed',
  kind: 'screen',
  area: 'receipt',
  scan: 'accept',
  field: { accepts: 'decimal', maxLength: 32 },
  modeName: 'чек закрыт',
  view(canvas, { model }) {
    const document = model.register.lastClosed;
    if (document === null) return;
    drawFrame(canvas, model, documentTitle(document), null);
    drawGoods(canvas, model, countedLines(document), null, 'normal');
    const lines = panelLines(document);
    const bottom = frameRows(model).lastGoods - 1;
    drawPanel(canvas, model, { bottom, columns: PANEL_COLUMNS, lines, title: '', number: '', style: 'question' });
    if (document.status === 'annulled') return;
    drawJournal(canvas, model, document);
    drawTotals(canvas, model, settledTotals(document));
  },
  hint: () => 'Отсканируйте товар следующего чека',
  bindings: [
    helpBinding(() => closed),
    searchBinding,
    { ...returnBySaleBinding, label: 'Возврат по чеку' },
    menuBinding,
    lockBinding,
    blocked('confirm', 'введите код или штрих-код'),
    blocked('quantity', NO_LINES),
    blocked('storno', NO_LINES),
    blocked('subtotal', NO_LINES),
    unlabelled(cardBinding),
    cardNumberBinding,
    removeCardBinding,
    blocked('currency', 'нажмите "Подытог"'),
    blocked('total', 'нажмите "Подытог"'),
    annulBinding,
    { command: 'cancel', label: null, run: () => [] },
    ...extraBindings,
    exitBinding,
  ],
};

/** What the cashier does with money now, and what is still owed. */
function panelLines(document: ClosedDocument): string[] {
  const payOut = payOutKopecks(document);
  const handedOut = payOut === 0 ? [] : [`${PAY_OUT}: ${formatKopecks(payOut)}`];
  if (document.status === 'annulled') {
    const others = givenBackBy(document)
      .filter((payment) => document.type !== 'sale' || !isGivenBackInCash(payment))
      .flatMap((payment) => wrapText(givenBackText(document, payment), PANEL_COLUMNS - 2));
    const money = [...handedOut, ...others];
    return ['Чек аннулирован', ...(money.length === 0 ? [] : ['', ...money])];
  }
  if (document.type === 'sale') return ['Чек закрыт', '', `С Д А Ч А :   ${formatKopecks(document.changeKopecks)}`];
  const elsewhere = document.receivedKopecks - payOut;
  const returned = elsewhere === 0 ? [] : [`Возвращено безналично: ${formatKopecks(elsewhere)}`];
  return ['Чек закрыт', '', ...handedOut, ...returned];
}

/** `О!плати: отмена в очереди, 95.90` */
function givenBackText(document: ClosedDocument, payment: Payment): string {
  const word = givenBackWord(document, payment);
  const amount = formatKopecks(payment.amountKopecks);
  return `${paymentName(payment)}: ${word.charAt(0).toLowerCase()}${word.slice(1)}, ${amount}`;
}

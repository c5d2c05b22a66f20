/** SCR-32 (SYS-09): what was restored after a restart, over an almost empty frame. */

import { wrapText } from '../receipts/lines.ts';
import { isCounted, isUndecided, totalsOf } from '../register/totals.ts';
import type { Context } from '../ui/context.ts';
import { paymentName, systemTitle } from '../ui/words.ts';
import { drawFrame, drawJournal, drawPanel, drawTotals, frameRows, settledTotals } from './layout.ts';

/** As it was restored: while this stands, its payment may be decided and change the receipt. */
export interface RestoredLocal {
  document: string;
  positions: number;
  total: string;
}

/** Of the 50 inside the frame (screens.md 1.3): a long name of a payment system takes a second line. */
const TEXT_COLUMNS = 48;

export const restored: Context<RestoredLocal> = {
  name: 'restored',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: null,
  modeName: 'восстановление чека',
  view(canvas, { model, local }) {
    const { document } = model.register;
    const totals = totalsOf(document);
    const undecided = document?.payments.find(isUndecided);
    const system = undecided && systemTitle(model, undecided.currency.provider, paymentName(undecided));
    const word = undecided?.state === 'unknown' ? 'неизвестно' : 'ожидание';
    drawFrame(canvas, model, 'Восстановление чека', null);
    drawPanel(canvas, model, {
      bottom: frameRows(model).lastGoods,
      columns: 52,
      title: ' Предупреждение ',
      number: 'SYS-09',
      style: 'warning',
      lines: [
        'Восстановлен незакрытый чек:',
        ...wrapText(`${local.document}, позиций: ${local.positions}, сумма ${local.total}`, TEXT_COLUMNS),
        ...(system === undefined ? [] : wrapText(`Есть оплата в состоянии "${word}": ${system}`, TEXT_COLUMNS)),
        '',
        'OK (Enter)',
      ],
    });
    // Of the payment that is not decided the panel speaks.
    if (document !== null) drawJournal(canvas, model, { ...document, payments: document.payments.filter(isCounted) });
    const { paidKopecks, discountKopecks, restKopecks, totalKopecks } = totals;
    if (document?.stage !== 'subtotal' || document === null) {
      drawTotals(canvas, model, {
        receivedKopecks: null,
        discountKopecks,
        label: 'Сумма чека',
        sumKopecks: totalKopecks,
      });
    } else if (totals.fullyPaid) {
      drawTotals(canvas, model, settledTotals(document));
    } else {
      drawTotals(canvas, model, {
        receivedKopecks: paidKopecks,
        discountKopecks,
        label: 'К оплате',
        sumKopecks: restKopecks,
      });
    }
  },
  hint: ({ model }) => (model.register.document?.payments.some(isUndecided) ? 'Запрос состояния оплаты...' : ''),
  bindings: [
    { command: 'confirm', label: 'Ввод', run: () => [{ do: 'close' }] },
    { command: 'cancel', label: null, run: () => [{ do: 'close' }] },
  ],
};

/** A device works and says so on its own screen (SCR-45). */
import { drawDisplay, drawPage, drawPageNumber } from './page.ts';
import { cancelBinding, leftText, type PromptLocal, promptOf } from './prompt-parts.ts';
import type { WordedContext } from './words.ts';

export const readerStatus: WordedContext<PromptLocal> = {
  name: 'prompt:readerStatus',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'оплата: картридер',
  view(canvas, at) {
    const { page, number, spins, deadlineMs } = promptOf(at, 'readerStatus');
    const left = leftText(at, deadlineMs);
    drawPage(canvas, at, page, { sumKopecks: at.local.attempt.order.amountKopecks, spins, left });
    if (page.display === undefined) drawPageNumber(canvas, at.model, number);
    else drawDisplay(canvas, at.model, page, number);
  },
  hint: (at) => promptOf(at, 'readerStatus').hint,
  bindings: [cancelBinding('Отмена')],
  words: (at) => ({ cancel: promptOf(at, 'readerStatus').cancellable ? 'Отмена' : null }),
};

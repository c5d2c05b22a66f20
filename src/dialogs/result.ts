/** РЕЗУЛЬТАТ (SCR-43, SCR-50): how an order ended, as a whole screen. */

import type { ResultPage } from '../payments/outcome.ts';
import type { Binding } from '../ui/context.ts';
import { keyName } from '../ui/keys.ts';
import type { ContextRef } from '../ui/model.ts';
import { drawPage, drawPageNumber } from './page.ts';
import type { WordedContext } from './words.ts';

export interface ResultLocal {
  number: string;
  result: ResultPage;
  attemptId: string;
  /** Only what was paid has a slip. */
  isPaid: boolean;
}

const close: Binding<ResultLocal>['run'] = () => [{ do: 'close' }];

export const result: WordedContext<ResultLocal> = {
  name: 'result',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: null,
  modeName: 'результат оплаты заказа',
  view(canvas, at) {
    const { number, result: page } = at.local;
    drawPage(canvas, at, { ...page, showsSum: false }, { sumKopecks: null, spins: false });
    drawPageNumber(canvas, at.model, number);
  },
  hint: ({ model, local }) =>
    local.result.repeats
      ? `Повторить оплату: ${keyName(model.keyMap, 'total')}`
      : 'Нажмите "Ввод", чтобы вернуться к чеку',
  bindings: [
    { command: 'confirm', label: 'Ввод', run: close },
    {
      command: 'total',
      label: 'Печать чека',
      run: ({ local: { attemptId, result } }) =>
        result.repeats
          ? [{ do: 'close' }, { do: 'repeatPayment', attemptId }]
          : [{ do: 'printPaymentSlip', attemptId }],
    },
    { command: 'cancel', label: 'Отмена', run: close },
  ],
  words: ({ local }) => ({ total: local.result.repeats ? 'Повторить' : local.isPaid ? 'Печать чека' : false }),
};

/** The screen of a `Say` with `result`. */
export function resultRef(number: string, result: ResultPage, attemptId: string, isPaid: boolean): ContextRef {
  const local: ResultLocal = { number, result, attemptId, isPaid };
  return { name: 'result', local, text: '' };
}

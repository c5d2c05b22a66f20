/** OPL-25 (SCR-16): which payment is given back. The last one first; Up and Down name another. */

import type { Payment } from '../register/model.ts';
import { formatKopecks } from '../register/money.ts';
import type { At, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { hasTwin, moved, operationText, paymentName } from '../ui/words.ts';
import { drawBox, NO, YES } from './box.ts';

export interface CancelPaymentLocal {
  /** Counted from the last payment: 0 = the last. */
  fromLast: number;
}

export const cancelPayment: Context<CancelPaymentLocal> = {
  name: 'cancel-payment',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const payment = chosen(at);
    const named = payment === null ? '' : `${paymentName(payment)} ${formatKopecks(payment.amountKopecks)}`;
    // Up and Down lead from one of two equal payments to the other: only this tells that.
    const twin = payment !== null && hasTwin(payment, cancellable(at)) ? [operationText(at.model, payment)] : [];
    drawBox(canvas, at, {
      title: 'Выберите действие',
      number: 'OPL-25',
      kind: 'question',
      lines: ['Отменить оплату?', named, ...twin],
      buttons: [YES, NO],
    });
  },
  hint: () => '',
  bindings: [
    {
      command: 'confirm',
      label: 'Да',
      run(at) {
        const payment = chosen(at);
        if (payment === null) return [{ do: 'close' }, { do: 'say', number: 'DOM-31' }];
        return [{ do: 'close' }, { do: 'cancelPayment', attemptId: payment.attemptId }];
      },
    },
    { command: 'cancel', label: 'Нет', run: () => [{ do: 'close' }] },
    { command: 'up', label: null, run: (at) => choose(at, 1) },
    { command: 'down', label: null, run: (at) => choose(at, -1) },
  ],
};

/** Only money we hold can be given back; an undecided payment is found out by the register itself. */
function cancellable(at: At): Payment[] {
  return (at.model.register.document?.payments ?? []).filter(({ state }) => state === 'approved').reverse();
}

function chosen(at: At<CancelPaymentLocal>): Payment | null {
  return cancellable(at)[at.local.fromLast] ?? null;
}

function choose(at: At<CancelPaymentLocal>, by: number): Step[] {
  return [{ do: 'local', local: { fromLast: moved(at.local.fromLast, by, cancellable(at).length) } }];
}

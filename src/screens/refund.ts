/** The payment stage of a return by receipt: what is still to be given back, by the means of the sale (SCR-19). */

import { totalsOf } from '../register/totals.ts';
import type { At } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { helpBinding } from './help.ts';
import { blocked } from './sale-actions.ts';
import {
  drawPayment,
  frozenBindings,
  type PaymentStage,
  payCancelBinding,
  payCurrencyBinding,
  payInMain,
  paymentHint,
  paymentWords,
  whileUndecided,
} from './subtotal.ts';
import { IN_RETURN } from './unavailable.ts';

export const refund: PaymentStage = {
  name: 'refund',
  kind: 'screen',
  area: 'receipt',
  scan: 'refuse',
  field: { accepts: 'decimal', maxLength: 12 },
  modeName: 'возврат по чеку продажи, оплата',
  view: drawPayment,
  hint: (at) => paymentHint(at, 'Нажмите "Ввод", чтобы вернуть оплату'),
  words: paymentWords,
  bindings: [
    {
      command: 'confirm',
      label: 'Ввод',
      disabled: (at) => (at.text === '' ? null : whileUndecided(at)),
      run: (at) => giveBack(at, false),
    },
    payCancelBinding,
    payCurrencyBinding,
    { command: 'total', label: 'Итого', run: (at) => giveBack(at, true) },
    helpBinding(() => refund),
    ...frozenBindings,
    blocked('card', IN_RETURN),
    blocked('cardNumber', IN_RETURN),
    blocked('removeCard', IN_RETURN),
  ],
};

/** A typed sum is paid out in the main currency, where the shop allows cash instead; else the sale's payments go back. */
function giveBack(at: At, thenClose: boolean): Step[] {
  if (at.text !== '') return payInMain(at, thenClose);
  if (totalsOf(at.model.register.document).restKopecks === 0) return [{ do: 'command', command: { do: 'close' } }];
  return [{ do: 'offerRefund' }];
}

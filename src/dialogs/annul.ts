/** DOM-41 (F11): with payments it names what will be given back. */

import { formatKopecks } from '../register/money.ts';
import { isCounted } from '../register/totals.ts';
import type { Context } from '../ui/context.ts';
import { paymentName } from '../ui/words.ts';
import { drawBox, NO, wrapText, YES } from './box.ts';
import { messageOf } from './messages/index.ts';

export const annul: Context<null> = {
  name: 'annul',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, kind, text } = messageOf('DOM-41');
    const payments = (at.model.register.document?.payments ?? [])
      .filter(isCounted)
      .map((payment) => `${paymentName(payment)} ${formatKopecks(payment.amountKopecks)}`);
    const lines = [text, ...(payments.length === 0 ? [] : wrapText(`Будут отменены оплаты: ${payments.join(', ')}`))];
    drawBox(canvas, at, { title, number, kind, lines, buttons: [YES, NO] });
  },
  hint: () => '',
  bindings: [
    { command: 'confirm', label: 'Да', run: () => [{ do: 'close' }, { do: 'annulDocument' }] },
    { command: 'cancel', label: 'Нет', run: () => [{ do: 'close' }] },
  ],
};

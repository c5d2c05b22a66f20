/** AS-02 (SCR-41): how much the buyer gave. The change is counted while the cashier types. */

import { formatKopecks, parseKopecks } from '../register/money.ts';
import type { At, Context } from '../ui/context.ts';
import { BOX_COLUMNS, CANCEL, drawFrame, fieldText } from './box.ts';
import { confirmBinding, messageRef } from './parts.ts';
import { answerSteps, cancelBinding, type PromptLocal, promptOf } from './prompt-parts.ts';

const CONTENT_ROWS = 5;
/** Columns inside the frame: the field and the mark end there, the change before the mark. */
const FIELD_COLUMNS = 13;
const RIGHT_EDGE = 47;
const CHANGE_EDGE = 38;
const TOO_LITTLE = 'DOM-32';

export const amount: Context<PromptLocal> = {
  name: 'prompt:amount',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'decimal', maxLength: 12 },
  modeName: 'оплата: подсчет сдачи',
  view(canvas, at) {
    const { title, number, dueKopecks, page } = promptOf(at, 'amount');
    const place = drawFrame(canvas, at, {
      title,
      number,
      kind: 'input',
      buttons: [{ label: 'Ввод', key: 'Enter' }, CANCEL],
      contentRows: CONTENT_ROWS,
      columns: BOX_COLUMNS,
      isAlone: page !== undefined,
    });
    const received = receivedKopecks(at);
    const isEnough = received !== null && received >= dueKopecks;
    const change = formatKopecks(isEnough ? received - dueKopecks : 0);
    const field = fieldText(at.text === '' ? formatKopecks(dueKopecks) : at.text, FIELD_COLUMNS);
    canvas.put(place.top + 2, place.left + 3, 'Получено:', 'question');
    canvas.putRight(place.top + 2, place.left + RIGHT_EDGE, field, 'question');
    canvas.put(place.top + 4, place.left + 3, 'Сдача:', 'question');
    canvas.putRight(place.top + 4, place.left + CHANGE_EDGE, change, 'question');
    canvas.putRight(place.top + 4, place.left + RIGHT_EDGE, isEnough ? 'OK' : 'мало', isEnough ? 'done' : 'warning');
  },
  hint: (at) => promptOf(at, 'amount').hint,
  bindings: [
    confirmBinding((at) => {
      const amountKopecks = receivedKopecks(at);
      if (amountKopecks === null) return [{ do: 'status', text: 'Неверная сумма' }];
      if (amountKopecks < promptOf(at, 'amount').dueKopecks) {
        // Opened, not said: what is said waits until the payment is over.
        return [{ do: 'open', context: messageRef(TOO_LITTLE) }];
      }
      return answerSteps(at, { amountKopecks });
    }),
    cancelBinding('Отмена'),
  ],
};

/** The field begins with the sum that is due, and what is typed takes its place. */
function receivedKopecks(at: At<PromptLocal>): number | null {
  return at.text === '' ? promptOf(at, 'amount').dueKopecks : parseKopecks(at.text);
}

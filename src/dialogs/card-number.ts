/** DOM-69 (SCR-22): an ordinary card by its number, its barcode or its owner's phone. */
import type { Context } from '../ui/context.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { messageOf } from './messages/index.ts';
import { closeBinding, confirmBinding, emptyInput } from './parts.ts';

/** Stays open while the card is looked up: a refusal stands over it, and the number can be corrected. */
export const cardNumber: Context<null> = {
  name: 'card-number',
  kind: 'dialog',
  scan: 'accept',
  field: { accepts: 'text', maxLength: 40 },
  view(canvas, at) {
    const { title, number, kind, text } = messageOf('DOM-69');
    const below = fieldText(at.text);
    drawBox(canvas, at, { title, number, kind, lines: wrapText(text), below, buttons: [OK, CANCEL] });
  },
  hint: () => 'Введите номер карты, отсканируйте карту или введите номер телефона',
  bindings: [
    confirmBinding(({ text }) => {
      const typed = text.trim();
      return [{ do: 'findCard', text: typed, method: isPhone(typed) ? 'phone' : 'keyboard' }];
    }, emptyInput),
    closeBinding,
  ],
  scanned: (_, code) => [{ do: 'findCard', text: code, method: 'scanner' }],
};

/** `+...`, or a number of Belarus (375 and 9 digits) or Russia (7 and 10 digits) without the plus. */
function isPhone(text: string): boolean {
  return text.startsWith('+') || /^(375\d{9}|7\d{10,11})$/.test(text);
}

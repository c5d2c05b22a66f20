/** OPL-37: the number О!плати knows this register by (SCR-35). */
import type { Context } from '../ui/context.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { messageOf } from './messages/index.ts';
import { closeBinding, confirmBinding, emptyInput } from './parts.ts';

export const registerNumber: Context<null> = {
  name: 'register-number',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'text', maxLength: 35 },
  view(canvas, at) {
    const { title, number, kind, text } = messageOf('OPL-37');
    const below = fieldText(at.text);
    drawBox(canvas, at, { title, number, kind, lines: wrapText(text), below, buttons: [OK, CANCEL] });
  },
  hint: () => '',
  bindings: [
    confirmBinding(
      ({ text }) => [{ do: 'close' }, { do: 'serviceOplati', change: { regNum: text.trim() } }],
      emptyInput,
    ),
    closeBinding,
  ],
};

/** A setting of a payment system that is typed (SCR-35); its message says what (OPL-37). */
import type { Context } from '../ui/context.ts';
import { CANCEL, drawBox, fieldText, OK, wrapText } from './box.ts';
import { messageOf } from './messages/index.ts';
import { closeBinding, confirmBinding, emptyInput } from './parts.ts';

interface SettingTextLocal {
  number: string;
  system: string;
  /** Index of its row in the system's page. */
  row: number;
}

export const settingText: Context<SettingTextLocal> = {
  name: 'setting-text',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'text', maxLength: 35 },
  view(canvas, at) {
    const { title, number, kind, text } = messageOf(at.local.number);
    const below = fieldText(at.text);
    drawBox(canvas, at, { title, number, kind, lines: wrapText(text), below, buttons: [OK, CANCEL] });
  },
  hint: () => '',
  bindings: [
    confirmBinding(
      ({ local: { system, row }, text }) => [{ do: 'close' }, { do: 'changeSystem', system, row, value: text.trim() }],
      emptyInput,
    ),
    closeBinding,
  ],
};

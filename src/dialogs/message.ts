/** Any dialog of the catalogue that only tells something (SCR-24, 24b, 25). */
import type { Binding, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { drawBox, OK, wrapMessage } from './box.ts';
import { messageOf, textOf } from './messages/index.ts';

export interface MessageLocal {
  number: string;
  params: Record<string, string>;
  /** Performed when it is closed. */
  then?: Step[];
}

const close: Binding<MessageLocal>['run'] = ({ local }) => [{ do: 'close' }, ...(local.then ?? [])];

export const message: Context<MessageLocal> = {
  name: 'message',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const entry = messageOf(at.local.number);
    drawBox(canvas, at, { ...entry, lines: wrapMessage(textOf(entry, at.local.params)), buttons: [OK] });
  },
  hint: () => '',
  bindings: [
    { command: 'confirm', label: 'Ввод', run: close },
    { command: 'cancel', label: null, run: close },
  ],
};

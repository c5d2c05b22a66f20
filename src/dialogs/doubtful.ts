/**
 * DOM-112 - DOM-114: is this number meant? Enter, which every scanner sends, leads back to it; only F2, which none sends,
 * takes it.
 */
import type { Context } from '../ui/context.ts';
import type { DoubtfulLocal } from '../ui/doubtful.ts';
import { drawBox, wrapMessage } from './box.ts';
import { messageOf, textOf } from './messages/index.ts';
import { keyButton } from './words.ts';

const CORRECT = { label: 'Исправить', key: 'Enter' };
const TAKE = 'Принять';

export const doubtful: Context<DoubtfulLocal> = {
  name: 'doubtful',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const entry = messageOf(at.local.number);
    const buttons = [CORRECT, keyButton(at, 'search', TAKE)];
    drawBox(canvas, at, { ...entry, lines: wrapMessage(textOf(entry, at.local.params)), buttons });
  },
  hint: () => 'Проверьте число',
  bindings: [
    { command: 'confirm', label: CORRECT.label, run: () => [{ do: 'close' }] },
    { command: 'search', label: TAKE, run: ({ local }) => [{ do: 'close' }, ...local.onTaken] },
    { command: 'cancel', label: 'Отмена', run: () => [{ do: 'close' }] },
  ],
};

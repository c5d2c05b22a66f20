/** Questions of the catalogue: `Да` / `Нет` (SCR-52), and those whose two buttons have names of their own (DEV-10). */
import type { ContextRef } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { drawBox, wrapMessage } from './box.ts';
import { messageOf, textOf } from './messages/index.ts';
import type { WordedContext } from './words.ts';

export interface QuestionLocal {
  number: string;
  params: Record<string, string>;
  onYes: Step[];
  onNo?: Step[];
}

function questionContext(name: string, yesLabel: string, noLabel: string): WordedContext<QuestionLocal> {
  return {
    name,
    kind: 'dialog',
    scan: 'refuse',
    field: null,
    view(canvas, at) {
      const entry = messageOf(at.local.number);
      drawBox(canvas, at, { ...entry, lines: wrapMessage(textOf(entry, at.local.params)) });
    },
    hint: () => '',
    bindings: [
      { command: 'confirm', label: yesLabel, run: ({ local }) => [{ do: 'close' }, ...local.onYes] },
      { command: 'cancel', label: noLabel, run: ({ local }) => [{ do: 'close' }, ...(local.onNo ?? [])] },
    ],
    // The footer names the keys as the box does, whatever its two buttons are called (DEV-10, SYS-02).
    words({ local }) {
      const [yes, no] = messageOf(local.number).buttons;
      return { confirm: yes?.label ?? yesLabel, cancel: no?.label ?? noLabel };
    },
  };
}

export const question = questionContext('question', 'Да', 'Нет');
/** `Повторить` / `Отложить печать` and the like. */
export const decision = questionContext('decision', 'Ввод', 'Отмена');

/** Opens the dialog that fits the buttons of this number. */
export function questionRef(
  number: string,
  params: Record<string, string>,
  onYes: Step[],
  onNo: Step[] = [],
): ContextRef {
  const isPlain = messageOf(number).buttons[0]?.label === 'Да';
  return { name: isPlain ? 'question' : 'decision', local: { number, params, onYes, onNo }, text: '' };
}

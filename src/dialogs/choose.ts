/** One of several (AS-28, SCR-46). */
import type { At, Context } from '../ui/context.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { BOX_COLUMNS, CANCEL, drawFrame, OK, roomRows, TEXT_COLUMNS, wrapText } from './box.ts';
import { confirmBinding } from './parts.ts';
import { answerSteps, cancelBinding, type PromptLocal, promptOf } from './prompt-parts.ts';
import { boxSum } from './prompts.ts';

/** Columns of air at the left, inside the frame. */
const INDENT = 2;

/**
 * A prompt has no state of its own in the screens, so the chosen number is the typed text: digits set it, Up and Down
 * rewrite it.
 */
export const choose: Context<PromptLocal> = {
  name: 'prompt:choose',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'digits', maxLength: 2 },
  view(canvas, at) {
    const { title, number, text, options, page } = promptOf(at, 'choose');
    const lines = [...wrapText(text, TEXT_COLUMNS), ...[boxSum(at) ?? []].flat()];
    // A blank row above and below the list.
    const room = Math.max(1, roomRows(at) - lines.length - 2);
    const shownRows = Math.min(options.length, room);
    const selected = chosenIndex(at);
    const first = Math.max(0, Math.min(selected - shownRows + 1, options.length - shownRows));
    const place = drawFrame(canvas, at, {
      title,
      number,
      kind: 'list',
      buttons: [OK, CANCEL],
      contentRows: lines.length + shownRows + 2,
      columns: BOX_COLUMNS,
      isAlone: page !== undefined,
    });
    const column = place.left + 1;
    const inner = BOX_COLUMNS - 2;
    lines.forEach((line, index) => {
      canvas.put(place.top + 1 + index, column + INDENT, line, 'question');
    });
    options.slice(first, first + shownRows).forEach((option, index) => {
      const isSelected = first + index === selected;
      const row = `${' '.repeat(INDENT)}${isSelected ? '>' : ' '} ${first + index + 1}  ${option}`;
      const style = isSelected ? 'selected' : 'question';
      canvas.put(place.top + lines.length + 2 + index, column, row.slice(0, inner).padEnd(inner), style);
    });
  },
  hint: (at) => promptOf(at, 'choose').title,
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => choice(at, -1) },
    { command: 'down', label: null, run: (at) => choice(at, 1) },
    confirmBinding((at) => answerSteps(at, { choice: chosenIndex(at) })),
    cancelBinding('Отмена'),
    {
      command: 'help',
      label: 'Клавиши',
      run: () => [
        { do: 'open', context: { name: 'help', local: { modeName: 'выбор из списка', unavailable: [] }, text: '' } },
      ],
    },
  ],
  typed: (at) => typedNumber(at.text, promptOf(at, 'choose').options.length),
};

function chosenIndex(at: At<PromptLocal>): number {
  return chosenBy(at.text, promptOf(at, 'choose').options.length, 0);
}

function choice(at: At<PromptLocal>, by: number): Step[] {
  const index = moved(chosenIndex(at), by, promptOf(at, 'choose').options.length);
  return [{ do: 'ui', patch: { input: String(index + 1) } }];
}

/** @returns index that the typed number names; `selected` while nothing is typed */
export function chosenBy(text: string, count: number, selected: number): number {
  return moved((Number.parseInt(text, 10) || selected + 1) - 1, 0, count);
}

/** A digit that makes no number of the list begins a new one, or nothing. */
export function typedNumber(text: string, count: number): Step[] {
  const isInList = (number: string) => Number(number) >= 1 && Number(number) <= count;
  const number = [text, text.slice(-1)].find(isInList) ?? '';
  return number === text ? [] : [{ do: 'ui', patch: { input: number } }];
}

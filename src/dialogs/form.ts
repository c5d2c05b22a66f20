/** An order as a whole screen (SCR-40), and the one field of it that the cashier may change. */

import type { Prompt, PromptPage } from '../payments/prompt.ts';
import { isEmail, LONGEST_EMAIL } from '../register/email.ts';
import { cutColumns } from '../register/safe-text.ts';
import type { Canvas } from '../ui/canvas.ts';
import type { At, Context } from '../ui/context.ts';
import type { Model } from '../ui/model.ts';
import type { Step } from '../ui/step.ts';
import { moved } from '../ui/words.ts';
import { fieldText } from './box.ts';
import { chosenBy, typedNumber } from './choose.ts';
import { drawPage, drawPageNumber, ruleRow, VALUE_COLUMN, valueRow } from './page.ts';
import { closeBinding, confirmBinding, messageRef } from './parts.ts';
import {
  answerSteps,
  cancelBinding,
  isWithoutLink,
  leftText,
  NO_LINK,
  type PromptLocal,
  promptOf,
} from './prompt-parts.ts';
import type { WordedContext } from './words.ts';

type FormPrompt = Extract<Prompt, { show: 'form' }>;

export const form: WordedContext<PromptLocal> = {
  name: 'prompt:form',
  kind: 'screen',
  area: 'page',
  scan: 'refuse',
  field: { accepts: 'digits', maxLength: 2 },
  modeName: 'оплата: заказ',
  view(canvas, at) {
    const prompt = promptOf(at, 'form');
    const sumKopecks = at.local.attempt.order.amountKopecks;
    const left = leftText(at, prompt.deadlineMs ?? null);
    const spins = prompt.spins ?? false;
    const page = spins && isWithoutLink(at) ? withoutLink(prompt.page) : prompt.page;
    const next = drawPage(canvas, at, page, { sumKopecks, spins, left });
    if (prompt.choice !== null) drawChoice(canvas, at.model, prompt.choice, next, chosen(at));
    drawPageNumber(canvas, at.model, prompt.number);
  },
  hint: (at) => promptOf(at, 'form').hint,
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => choose(at, -1) },
    { command: 'down', label: null, run: (at) => choose(at, 1) },
    { command: 'quantity', label: 'Изменить', run: editField },
    { command: 'currency', label: 'Другое', run: (at) => answerSteps(at, { other: true }) },
    confirmBinding((at) =>
      answerSteps(at, promptOf(at, 'form').choice === null ? { ok: true } : { choice: chosen(at) }),
    ),
    cancelBinding('Отмена'),
  ],
  words(at) {
    const { choice, field, other, enter } = promptOf(at, 'form');
    return {
      ...(enter === undefined ? {} : { confirm: enter ?? false }),
      ...(choice === null ? { up: false, down: false } : {}),
      quantity: field?.key ?? false,
      currency: other ?? false,
    };
  },
  typed: (at) => typedNumber(at.text, promptOf(at, 'form').choice?.options.length ?? 0),
};

/** The state is not known for as long as the server cannot be asked; the QR panel says the same. */
function withoutLink(page: PromptPage): PromptPage {
  const rows = page.rows.map((row, index) => (index === 0 ? { ...row, value: NO_LINK } : row));
  return { ...page, rows };
}

/** Blank rows around its heading as far as there is room for them; the list itself is never cut for them. */
function drawChoice(
  canvas: Canvas,
  model: Model,
  { heading, options }: NonNullable<FormPrompt['choice']>,
  next: number,
  selected: number,
): void {
  const spare = ruleRow(model) - next - options.length - 1;
  const headingRow = next + (spare >= 1 ? 1 : 0);
  const first = headingRow + (spare >= 2 ? 2 : 1);
  canvas.put(headingRow, 2, cutColumns(heading, model.columns - 2));
  options.forEach((option, index) => {
    const row = first + index;
    if (row >= ruleRow(model)) return;
    const isSelected = index === selected;
    const text = ` ${isSelected ? '>' : ' '} ${index + 1}  ${option}`;
    if (isSelected) canvas.put(row, 1, cutColumns(text, model.columns).padEnd(model.columns), 'selected');
    else canvas.put(row, 1, cutColumns(text, model.columns));
  });
}

function chosen(at: At<PromptLocal>): number {
  const { choice } = promptOf(at, 'form');
  return choice === null ? 0 : chosenBy(at.text, choice.options.length, choice.selected);
}

function choose(at: At<PromptLocal>, by: number): Step[] {
  const count = promptOf(at, 'form').choice?.options.length ?? 0;
  return [{ do: 'ui', patch: { input: String(moved(chosen(at), by, count) + 1) } }];
}

function editField(at: At<PromptLocal>): Step[] {
  const { field } = promptOf(at, 'form');
  if (field === null) return [];
  const local: FieldLocal = { attemptId: at.local.attempt.attemptId, isUntouched: true };
  return [{ do: 'open', context: { name: 'order-field', local, text: field.value } }];
}

/** Local state of the field while it is typed. The order itself stays a prompt under it. */
export interface FieldLocal {
  attemptId: string;
  /** The next key takes the place of the whole value. */
  isUntouched: boolean;
}

export const orderField: Context<FieldLocal> = {
  name: 'order-field',
  kind: 'dialog',
  scan: 'refuse',
  // The first key typed over the old value is for a moment in one text with it.
  field: { accepts: 'text', maxLength: 2 * LONGEST_EMAIL },
  modeName: 'оплата: поле заказа',
  view(canvas, at) {
    const edited = editedField(at);
    if (edited === null) return;
    const { columns } = at.model;
    const { page } = edited.prompt;
    const index = page.rows.findIndex(({ label }) => label === edited.field.label);
    const row = valueRow(page, Math.max(0, index), columns);
    const style = at.local.isUntouched ? 'selected' : 'bold';
    canvas.put(row, VALUE_COLUMN, fieldText(at.text, columns - VALUE_COLUMN - 2), style);
  },
  hint: (at) => (editedField(at) === null ? 'Заказ больше не изменяется' : 'Введите значение и нажмите "Ввод"'),
  bindings: [
    confirmBinding((at) => {
      const edited = editedField(at);
      if (edited === null) return [{ do: 'close' }];
      const { text } = at;
      if (text !== '' && !isEmail(text)) {
        // Opened, not said: what is said waits until the payment is over. The input stays under it.
        return [{ do: 'open', context: messageRef(edited.field.refusal) }];
      }
      return [{ do: 'close' }, { do: 'answer', attemptId: at.local.attemptId, answer: { text } }];
    }),
    closeBinding,
  ],
  typed(at) {
    if (!at.local.isUntouched) return [];
    const { field } = editedField(at) ?? { field: null };
    const value = field?.value ?? '';
    const isAdded = at.text.length > value.length && at.text.startsWith(value);
    const local: FieldLocal = { ...at.local, isUntouched: false };
    return [{ do: 'local', local, text: isAdded ? at.text.slice(value.length) : at.text }];
  },
};

/** Null when the order has gone on meanwhile. */
function editedField(at: At<FieldLocal>): {
  prompt: FormPrompt;
  field: NonNullable<FormPrompt['field']>;
} | null {
  const prompt = at.model.attempts.find(({ attemptId }) => attemptId === at.local.attemptId)?.prompt;
  return prompt?.show !== 'form' || prompt.field === null ? null : { prompt, field: prompt.field };
}

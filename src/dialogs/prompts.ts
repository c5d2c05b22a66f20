/** The prompts of the payment contract that are plain boxes (SCR-12, 13, 15, 38, 39, 44, 47): a driver says what, this how. */

import type { Attempt } from '../payments/attempt.ts';
import { formatKopecks } from '../register/money.ts';
import type { At, Context } from '../ui/context.ts';
import { CANCEL, drawBox, fieldText, NO, OK, wrapMessage, wrapText, YES } from './box.ts';
import { pageBehind, spinner } from './page.ts';
import { confirmBinding, emptyInput } from './parts.ts';
import { answerSteps, cancelBinding, leftText, PROMPT_COLUMNS, type PromptLocal, promptOf } from './prompt-parts.ts';
import { keyButton, type WordedContext } from './words.ts';

/** OPL-21. The code is a secret of the buyer: stars, whatever its length. */
export const scanBuyerCode: Context<PromptLocal> = {
  name: 'prompt:scanBuyerCode',
  kind: 'dialog',
  scan: 'accept',
  field: { accepts: 'password', maxLength: 512 },
  view(canvas, at) {
    const { title, number, text } = promptOf(at, 'scanBuyerCode');
    const below = fieldText(at.text === '' ? '' : '********');
    drawBox(canvas, at, { title, number, kind: 'input', lines: withSum(at, wrapText(text)), below, buttons: [CANCEL] });
  },
  hint: (at) => promptOf(at, 'scanBuyerCode').hint,
  bindings: [
    { command: 'confirm', label: null, disabled: emptyInput, run: (at) => answerSteps(at, { code: at.text }) },
    cancelBinding('Отмена'),
  ],
  scanned: (at, code) => answerSteps(at, { code }),
};

/** OPL-22. The captured window is narrower than ours and starts every sentence on a new line. */
export const tellCode: Context<PromptLocal> = {
  name: 'prompt:tellCode',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, code, deadlineMs } = promptOf(at, 'tellCode');
    const words = text.endsWith(code) ? text.slice(0, -code.length).trim() : text;
    const facts = `${sumText(at.local.attempt)}   ${leftText(at, deadlineMs)}`;
    const lines = [...wrapText(words.replaceAll('. ', '.\n'), 36), code, facts];
    drawBox(canvas, at, { title, number, kind: 'question', lines, buttons: [OK, CANCEL] });
  },
  hint: (at) => promptOf(at, 'tellCode').hint,
  bindings: [confirmBinding((at) => answerSteps(at, { ok: true })), cancelBinding('Отмена')],
};

export const wait: WordedContext<PromptLocal> = {
  name: 'prompt:wait',
  kind: 'wait',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, deadlineMs, cancellable, spins = false, second, page, code } = promptOf(at, 'wait');
    const words = [...wrapMessage(text, PROMPT_COLUMNS), ...(code === undefined ? [] : [`Код подтверждения: ${code}`])];
    const lines = spins ? withSpinner(at, words) : words;
    // Where no money moves it is said what is waited for (SCR-22).
    const sum = boxSum(at) ?? (spins || page !== undefined ? null : sumText(at.local.attempt));
    const facts = [sum, leftText(at, deadlineMs)].filter((part) => part !== null).join('   ');
    const buttons = [
      ...(second === undefined ? [] : [keyButton(at, 'search', second)]),
      ...(cancellable ? [CANCEL] : []),
    ];
    const isAlone = page !== undefined;
    drawBox(canvas, at, { title, number, kind: 'info', ...placed(lines, facts, spins), buttons, isAlone });
  },
  hint: (at) => promptOf(at, 'wait').hint ?? '',
  bindings: [
    { command: 'search', label: 'Другое', run: (at) => answerSteps(at, { other: true }) },
    cancelBinding('Отмена'),
  ],
  words(at) {
    const { second, cancellable } = promptOf(at, 'wait');
    return { search: second ?? false, cancel: cancellable ? 'Отмена' : null };
  },
};

/** The facts stand apart from one line of text and right under more (SCR-15, SCR-38) or under a spinner (SCR-36). */
function placed(lines: string[], facts: string, spins: boolean): { lines: string[]; below?: string } {
  if (facts === '') return { lines };
  if (lines.length === 1 && !spins) return { lines, below: facts };
  return { lines: lines.length === 1 ? ['', ...lines, facts] : [...lines, facts] };
}

/** OPL-16, PM-03 (SCR-39). */
export const retryOrCancel: WordedContext<PromptLocal> = {
  name: 'prompt:retryOrCancel',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, cancelLabel } = promptOf(at, 'retryOrCancel');
    const buttons = [
      { label: 'Повторить', key: 'Enter' },
      { label: cancelLabel, key: 'ESC' },
    ];
    const kind = title === 'Ошибка' ? 'error' : 'question';
    drawBox(canvas, at, { title, number, kind, lines: withSum(at, wrapText(text, PROMPT_COLUMNS)), buttons });
  },
  hint: () => '',
  bindings: [
    { command: 'confirm', label: 'Повторить', run: (at) => answerSteps(at, { retry: true }) },
    cancelBinding('Отмена'),
  ],
  words: (at) => ({ cancel: promptOf(at, 'retryOrCancel').cancelLabel }),
};

/**
 * A question of a driver. With a second choice (F2) there is no room for a third button: Esc then stands in the footer
 * only (SCR-44).
 */
export const confirm: WordedContext<PromptLocal> = {
  name: 'prompt:confirm',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, kind = 'question', second, page } = promptOf(at, 'confirm');
    const { yes, no } = labelsOf(at);
    const buttons = [
      { label: yes, key: 'Enter' },
      ...(second === undefined ? [] : [keyButton(at, 'search', second)]),
      ...(second !== undefined || no === null ? [] : [{ label: no, key: 'ESC' }]),
    ];
    const lines = withSum(at, wrapMessage(text));
    drawBox(canvas, at, { title, number, kind, lines, buttons, isAlone: page !== undefined });
  },
  hint: (at) => promptOf(at, 'confirm').hint ?? '',
  bindings: [
    { command: 'confirm', label: 'Да', run: (at) => answerSteps(at, { ok: true }) },
    { command: 'search', label: 'Другое', run: (at) => answerSteps(at, { other: true }) },
    {
      command: 'cancel',
      label: 'Нет',
      run: (at) =>
        labelsOf(at).no === null
          ? answerSteps(at, { ok: true })
          : [{ do: 'cancelAttempt', attemptId: at.local.attempt.attemptId }],
    },
  ],
  words(at) {
    const { yes, no } = labelsOf(at);
    return {
      confirm: yes === OK.label ? 'Ввод' : yes,
      search: promptOf(at, 'confirm').second ?? false,
      // What is called off is the payment (SCR-47).
      cancel: no === 'Отменить' ? 'Отменить оплату' : no,
    };
  },
};

/** `no` null: one button, and Esc answers as it does. With a second choice Esc always leads back. */
function labelsOf(at: At<PromptLocal>): { yes: string; no: string | null } {
  const { yes, no, second } = promptOf(at, 'confirm');
  const isAlone = no === null && second === undefined;
  return {
    yes: yes ?? (isAlone ? OK.label : YES.label),
    no: isAlone ? null : (no ?? (second === undefined ? NO.label : CANCEL.label)),
  };
}

/** Behind the last line. */
export function withSpinner(at: At, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === lines.length - 1 ? `${line}  ${spinner(at)}` : line));
}

const MOVES_MONEY: readonly Attempt['operation'][] = ['pay', 'cancel', 'refund', 'follow'];

/**
 * The sum a box is about: whoever answers a prompt of money sees the money. Null where none moves, and where the page behind the
 * box or the driver's own words name it.
 */
export function boxSum({ local: { attempt } }: At<PromptLocal>): string | null {
  const { prompt, operation, order } = attempt;
  const text = prompt !== null && 'text' in prompt ? (prompt.text ?? '') : '';
  const isNamed = (prompt !== null && pageBehind(prompt) !== null) || text.includes(formatKopecks(order.amountKopecks));
  return MOVES_MONEY.includes(operation) && !isNamed ? sumText(attempt) : null;
}

/** The words of a box, and under them its sum. */
function withSum(at: At<PromptLocal>, lines: readonly string[]): string[] {
  const sum = boxSum(at);
  return sum === null ? [...lines] : [...lines, sum];
}

/** What it is about: a sum, or what is done where no money moves (SCR-22). */
export function sumText({ operation, order }: Attempt): string {
  const sum = formatKopecks(order.amountKopecks);
  switch (operation) {
    case 'pay':
    case 'found':
    case 'follow':
      return `К оплате: ${sum}`;
    case 'cancel':
    case 'refund':
      return `К возврату: ${sum}`;
    case 'loyalty':
      return 'Добавление карты';
    case 'lookBack':
    case 'reconcile':
      return 'Сверка итогов по безналу';
    case 'token':
      return 'Получить токен';
    case 'check':
      return 'Проверить связь';
  }
}

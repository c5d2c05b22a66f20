/** The prompts of the payment contract that are boxes (SCR-12, 13, 15; OPL-16): a driver says what, this says how. */
import type { At, Binding, Context, Step } from '../app/context.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { Prompt } from '../payments/driver.ts';
import { formatKopecks } from '../register/money.ts';
import { CANCEL, drawBox, fieldText, NO, OK, wrapText, YES } from './box.ts';
import { confirmBinding, emptyInput, moved } from './parts.ts';

export interface PromptLocal {
  attempt: Attempt;
}

/** The prompt drawn by this context; another kind standing there is a fault of the caller. */
export function promptOf<Show extends Prompt['show']>(
  at: At<PromptLocal>,
  show: Show,
): Extract<Prompt, { show: Show }> {
  const { prompt } = at.local.attempt;
  if (prompt?.show !== show) throw new Error(`prompt ${show} is not the one that stands`);
  return prompt as Extract<Prompt, { show: Show }>;
}

export function cancelBinding(label: string): Binding<PromptLocal> {
  return {
    command: 'cancel',
    label,
    disabled: ({ local }) => (isCancellable(local.attempt.prompt) ? null : 'дождитесь результата'),
    run: ({ local }) => [{ do: 'cancelAttempt', attemptId: local.attempt.attemptId }],
  };
}

function isCancellable(prompt: Prompt | null): boolean {
  return prompt === null || !('cancellable' in prompt) || prompt.cancellable;
}

function answer(at: At<PromptLocal>, given: Extract<Step, { do: 'answer' }>['answer']): Step[] {
  return [
    { do: 'ui', patch: { input: '' } },
    { do: 'answer', attemptId: at.local.attempt.attemptId, answer: given },
  ];
}

/** OPL-21. The code is a secret of the buyer: stars, whatever its length. */
export const scanBuyerCode: Context<PromptLocal> = {
  name: 'prompt:scanBuyerCode',
  kind: 'dialog',
  scan: 'accept',
  field: { accepts: 'password', maxLength: 512 },
  view(canvas, at) {
    const { title, number, text } = promptOf(at, 'scanBuyerCode');
    const below = fieldText(at.text === '' ? '' : '********');
    drawBox(canvas, at, { title, number, kind: 'input', lines: wrapText(text), below, buttons: [CANCEL] });
  },
  hint: (at) => promptOf(at, 'scanBuyerCode').hint,
  bindings: [
    { command: 'confirm', label: null, disabled: emptyInput, run: (at) => answer(at, { code: at.text }) },
    cancelBinding('Отмена'),
  ],
  scanned: (at, code) => answer(at, { code }),
};

/** OPL-22. The captured window is narrower than ours and starts every sentence on a new line. */
export const tellCode: Context<PromptLocal> = {
  name: 'prompt:tellCode',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, code } = promptOf(at, 'tellCode');
    const words = text.endsWith(code) ? text.slice(0, -code.length).trim() : text;
    const lines = [...wrapText(words.replaceAll('. ', '.\n'), 36), code];
    drawBox(canvas, at, { title, number, kind: 'question', lines, buttons: [OK, CANCEL] });
  },
  hint: (at) => promptOf(at, 'tellCode').hint,
  bindings: [confirmBinding((at) => answer(at, { ok: true })), cancelBinding('Отмена')],
};

export const wait: Context<PromptLocal> = {
  name: 'prompt:wait',
  kind: 'wait',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, deadlineMs, cancellable } = promptOf(at, 'wait');
    const left = deadlineMs === null ? '' : `   Осталось: ${secondsLeft(at, deadlineMs)} с`;
    const below = `${sumText(at.local.attempt)}${left}`;
    const buttons = cancellable ? [CANCEL] : [];
    drawBox(canvas, at, { title, number, kind: 'info', lines: wrapText(text), below, buttons });
  },
  hint: (at) => promptOf(at, 'wait').hint ?? '',
  bindings: [cancelBinding('Отмена')],
};

export const readerStatus: Context<PromptLocal> = {
  name: 'prompt:readerStatus',
  kind: 'wait',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text, reader, cancellable } = promptOf(at, 'readerStatus');
    const buttons = cancellable ? [CANCEL] : [];
    drawBox(canvas, at, { title, number, kind: 'info', lines: wrapText(text), below: reader, buttons });
  },
  hint: () => '',
  bindings: [cancelBinding('Отмена')],
};

/** OPL-16, PM-03. */
export const retryOrCancel: Context<PromptLocal> = {
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
    drawBox(canvas, at, { title, number, kind, lines: wrapText(text), buttons });
  },
  hint: () => '',
  bindings: [
    { command: 'confirm', label: 'Повторить', run: (at) => answer(at, { retry: true }) },
    cancelBinding('Отмена'),
  ],
};

export const confirm: Context<PromptLocal> = {
  name: 'prompt:confirm',
  kind: 'dialog',
  scan: 'refuse',
  field: null,
  view(canvas, at) {
    const { title, number, text } = promptOf(at, 'confirm');
    drawBox(canvas, at, { title, number, kind: 'question', lines: wrapText(text), buttons: [YES, NO] });
  },
  hint: () => '',
  bindings: [{ command: 'confirm', label: 'Да', run: (at) => answer(at, { ok: true }) }, cancelBinding('Нет')],
};

/**
 * One of several. A prompt has no state of its own in the screens, so the chosen number is the typed text: digits set it,
 * Up and Down rewrite it.
 */
export const choose: Context<PromptLocal> = {
  name: 'prompt:choose',
  kind: 'dialog',
  scan: 'refuse',
  field: { accepts: 'digits', maxLength: 2 },
  view(canvas, at) {
    const { title, number, text, options } = promptOf(at, 'choose');
    const rows = options.map((option, index) => `${index === chosenIndex(at) ? '>' : ' '} ${index + 1}  ${option}`);
    const widest = Math.max(0, ...rows.map((row) => row.length));
    const lines = [...wrapText(text), ...rows.map((row) => row.padEnd(widest))];
    drawBox(canvas, at, { title, number, kind: 'list', lines, buttons: [OK, CANCEL] });
  },
  hint: () => '',
  bindings: [
    { command: 'up', label: 'Выбор', run: (at) => choice(at, -1) },
    { command: 'down', label: null, run: (at) => choice(at, 1) },
    confirmBinding((at) => answer(at, { choice: chosenIndex(at) })),
    cancelBinding('Отмена'),
  ],
};

function chosenIndex(at: At<PromptLocal>): number {
  return moved((Number.parseInt(at.text, 10) || 1) - 1, 0, promptOf(at, 'choose').options.length);
}

function choice(at: At<PromptLocal>, by: number): Step[] {
  const index = moved(chosenIndex(at), by, promptOf(at, 'choose').options.length);
  return [{ do: 'ui', patch: { input: String(index + 1) } }];
}

/** Counts down to the end of the provider's session; at 0 the driver asks, the screen decides nothing. */
export function secondsLeft(at: At<PromptLocal>, deadlineMs: number): number {
  return Math.max(0, Math.ceil((at.local.attempt.promptIssuedAtMs + deadlineMs - at.model.now) / 1000));
}

/** What it is about: a sum, or what is done where no money moves (SCR-22). */
export function sumText({ operation, order }: Attempt): string {
  const sum = formatKopecks(order.amountKopecks);
  switch (operation) {
    case 'pay':
      return `К оплате: ${sum}`;
    case 'cancel':
    case 'refund':
      return `К возврату: ${sum}`;
    case 'loyalty':
      return 'Добавление карты';
    case 'reconcile':
      return 'Сверка итогов по безналу';
    case 'token':
      return 'Получить токен';
  }
}

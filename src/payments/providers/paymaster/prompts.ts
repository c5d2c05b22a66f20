/** Prompts of PayMaster, texts by dialogs.md 2 and screens.md SCR-36..SCR-39. */
import { ESC_SETTLES_MS } from '../../kernel/undecided.ts';
import type { Prompt } from '../../prompt.ts';

const TITLE = 'Оплата по QR-коду/NFC СБП';
const WAIT = 'Пожалуйста, подождите';
const USE_LINK = 'Для оплаты используйте NFC или отсканируйте QR-код';
const ON_PAPER = 'QR-код напечатан на чеке';
const BUYER_PAYS = 'Покупатель оплачивает по QR-коду или NFC-метке';

/** PM-01 while the bill is being made, looked for, or paid by a buyer who has started. */
export function waitPrompt(cancellable: boolean, deadlineMs: number, hint?: string): Prompt {
  return {
    show: 'wait',
    number: 'PM-01',
    title: TITLE,
    text: WAIT,
    deadlineMs,
    cancellable,
    spins: true,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** SCR-36: the slip goes out, the screen waits. */
export function paperPrompt(payload: string, deadlineMs: number): Prompt {
  return {
    show: 'showQr',
    where: 'paper',
    number: 'PM-01',
    caption: USE_LINK,
    payload,
    state: TITLE,
    deadlineMs,
    hint: ON_PAPER,
    text: WAIT,
  };
}

/** SCR-36 once more, the slip being out. */
export function printedPrompt(deadlineMs: number): Prompt {
  return waitPrompt(true, deadlineMs, ON_PAPER);
}

/** SCR-37 */
export function screenPrompt(payload: string, deadlineMs: number): Prompt {
  return { show: 'showQr', number: 'PM-02', caption: USE_LINK, payload, state: TITLE, deadlineMs, hint: BUYER_PAYS };
}

/** SCR-38 */
export function platePrompt(deadlineMs: number): Prompt {
  return {
    show: 'wait',
    number: 'PM-02',
    title: TITLE,
    text: USE_LINK,
    deadlineMs,
    cancellable: true,
    hint: BUYER_PAYS,
  };
}

/** SCR-39. @param why the processing answers, and this is wrong with it; null = it does not */
export function noLinkPrompt(why: string | null): Prompt {
  return {
    show: 'retryOrCancel',
    number: 'PM-03',
    title: 'Ошибка',
    text: why === null ? 'Оплата не завершена, нет связи с процессингом' : `Оплата не завершена\n${why}`,
    cancelLabel: 'Отменить',
  };
}

/** PM-04. Esc leaves it to the register: the cancel goes on behind the cashier's back. */
export function cancellingPrompt(deadlineMs: number): Prompt {
  return closing('Отмена оплаты. Пожалуйста, подождите', deadlineMs, 'Esc - не ждать: касса доведет отмену сама');
}

/** PM-04 as well, and it is not this payment that is cancelled: the plate has an older unpaid amount. */
export function clearingPrompt(deadlineMs: number): Prompt {
  return closing('Отмена прежнего счета. Пожалуйста, подождите', deadlineMs, 'Esc - не ждать: оплата не начата');
}

function closing(text: string, deadlineMs: number, hint: string): Prompt {
  const settlesMs = ESC_SETTLES_MS;
  return {
    show: 'wait',
    number: 'PM-04',
    title: TITLE,
    text,
    deadlineMs,
    cancellable: true,
    spins: true,
    settlesMs,
    hint,
  };
}

/** PM-10 */
export function onScreenPrompt(): Prompt {
  return {
    show: 'confirm',
    number: 'PM-10',
    title: 'Выберите действие',
    text: 'Печать QR-кода невозможна. Показать QR-код на экране?',
    kind: 'question',
  };
}

/** PM-12 */
export function buyerPaysPrompt(): Prompt {
  return {
    show: 'confirm',
    number: 'PM-12',
    title: 'Предупреждение',
    text: 'Покупатель уже начал оплату. Дождитесь результата',
    yes: 'OK',
    no: null,
    kind: 'warning',
  };
}

/** PM-19. Esc leaves it to the register, too. */
export function refundPrompt(deadlineMs: number): Prompt {
  return {
    show: 'wait',
    number: 'PM-19',
    title: TITLE,
    text: 'Возврат выполняется. Пожалуйста, подождите',
    deadlineMs,
    cancellable: true,
    spins: true,
    hint: 'Esc - не ждать: касса доведет возврат сама',
  };
}

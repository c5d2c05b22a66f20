/**
 * What the cashier sees. The numbers are borrowed from О!плати; a system that goes to a shop gets a catalogue of its own
 * (docs/adding-a-payment-provider.md, "Messages").
 */
import type { Prompt } from '../../prompt.ts';

const TITLE = 'Toybank';

/** @param deadlineMs how long it is waited at most; no wait is without an end */
export function payPrompt(deadlineMs: number): Prompt {
  return wait('OPL-24', 'Покупатель подтверждает платеж. Пожалуйста, подождите', deadlineMs, true);
}

/** @param cancellable false while a cancel is under way: there is nothing more to press */
export function checkPrompt(deadlineMs: number, cancellable: boolean): Prompt {
  return wait('OPL-29', 'Проверка результата оплаты. Пожалуйста, подождите', deadlineMs, cancellable);
}

export function refundPrompt(deadlineMs: number): Prompt {
  return wait('OPL-26', 'Возврат выполняется. Пожалуйста, подождите', deadlineMs, false);
}

/** @param why the server answers, and this is wrong with it; null = it does not */
export function unknownPrompt(why: string | null): Prompt {
  return {
    show: 'retryOrCancel',
    number: 'OPL-16',
    title: 'Выберите действие',
    text: [`Результат оплаты ${TITLE} неизвестен. Повторить запрос?`, ...(why === null ? [] : [why])].join('\n'),
    cancelLabel: 'Отмена',
  };
}

function wait(number: string, text: string, deadlineMs: number, cancellable: boolean): Prompt {
  return { show: 'wait', number, title: TITLE, text, deadlineMs, cancellable, spins: true };
}

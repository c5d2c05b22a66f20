/**
 * What the cashier sees. The numbers are borrowed from О!плати; a system that goes to a shop gets a catalogue of its own
 * (docs/adding-a-payment-provider.md, "Messages").
 */
import type { Prompt } from '../../prompt.ts';

const TITLE = 'Toybank';

export function payPrompt(): Prompt {
  return wait('OPL-24', 'Покупатель подтверждает платеж. Пожалуйста, подождите', true);
}

/** @param cancellable false while a cancel is under way: there is nothing more to press */
export function checkPrompt(cancellable: boolean): Prompt {
  return wait('OPL-29', 'Проверка результата оплаты. Пожалуйста, подождите', cancellable);
}

export function refundPrompt(): Prompt {
  return wait('OPL-26', 'Возврат выполняется. Пожалуйста, подождите', false);
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

function wait(number: string, text: string, cancellable: boolean): Prompt {
  return { show: 'wait', number, title: TITLE, text, deadlineMs: null, cancellable, spins: true };
}

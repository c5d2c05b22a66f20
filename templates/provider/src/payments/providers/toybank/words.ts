/**
 * What the cashier sees, and what the server's words mean. The numbers are borrowed from О!плати; a system that goes to a
 * shop gets a catalogue of its own (docs/adding-a-payment-provider.md, "Messages").
 */

import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';

const TITLE = 'Toybank';

export const NO_CONNECTION: Outcome = { kind: 'notSent', say: error('нет связи с сервером') };
/** Esc, and it is proven that nothing was paid: back to the subtotal without a word. */
export const CANCELLED_BY_CASHIER: Outcome = { kind: 'declined', code: 'cancelled', say: null };
export const NOT_REGISTERED = declined('notRegistered', 'платеж не зарегистрирован');
export const NOT_AUTHORISED = declined('notAuthorised', 'сервер не принимает токен');
export const REJECTED = declined('rejected', 'сервер отклонил запрос');
/** The payment was faster than Esc. */
export const ALREADY_PAID: Say = { number: 'OPL-19' };
export const NOT_OURS: Say = { number: 'OPL-27' };
export const QUEUED: Say = error('нет связи, отмена будет выполнена позже');
export const REFUND_UNDECIDED: Say = error('результат возврата неизвестен');

/** What a status means (toybank.md 4); an unlisted one decides nothing. */
export function paymentStatus(status: string): 'paid' | 'waiting' | Outcome {
  switch (status) {
    case 'paid':
      return 'paid';
    case 'refused':
      return declined('refused', 'покупатель отказался');
    case 'noFunds':
      return declined('noFunds', 'недостаточно средств');
    case 'expired':
      return declined('timeout', 'покупатель не подтвердил платеж');
    case 'cancelled':
      return CANCELLED_BY_CASHIER;
    default:
      return 'waiting';
  }
}

export function payPrompt(cancellable: boolean): Prompt {
  return wait('OPL-24', 'Покупатель подтверждает платеж. Пожалуйста, подождите', cancellable);
}

export function checkPrompt(cancellable: boolean): Prompt {
  return wait('OPL-29', 'Проверка результата оплаты. Пожалуйста, подождите', cancellable);
}

export function refundPrompt(): Prompt {
  return wait('OPL-26', 'Возврат выполняется. Пожалуйста, подождите', false);
}

export function unknownPrompt(): Prompt {
  return {
    show: 'retryOrCancel',
    number: 'OPL-16',
    title: 'Выберите действие',
    text: `Результат оплаты ${TITLE} неизвестен. Повторить запрос?`,
    cancelLabel: 'Отмена',
  };
}

function wait(number: string, text: string, cancellable: boolean): Prompt {
  return { show: 'wait', number, title: TITLE, text, deadlineMs: null, cancellable, spins: true };
}

function declined(code: DeclineCode, text: string): Outcome {
  return { kind: 'declined', code, say: error(text) };
}

function error(text: string): Say {
  return { number: 'OPL-15', text: `${TITLE}: ${text}` };
}

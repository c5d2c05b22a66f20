/** What the server's words mean (toybank.md 4, 6), and the outcomes made of them. */
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';

export const NO_CONNECTION: Outcome = { kind: 'notSent', say: error('нет связи с сервером') };
/** Esc, and it is proven that nothing was paid: back to the subtotal without a word. */
export const CANCELLED_BY_CASHIER: Outcome = { kind: 'declined', code: 'cancelled', say: null };
export const NOT_REGISTERED = declined('notRegistered', 'платеж не зарегистрирован');
const NOT_AUTHORISED = declined('notAuthorised', 'сервер не принимает токен');
export const REJECTED = declined('rejected', 'сервер отклонил запрос');
/** The payment was faster than Esc. */
export const ALREADY_PAID: Say = { number: 'OPL-19' };
export const NOT_OURS: Say = { number: 'OPL-27' };
export const QUEUED: Say = error('нет связи, отмена будет выполнена позже');
export const STILL_UNKNOWN: Say = error('результат оплаты неизвестен, касса узнает его сама');
export const REFUND_UNDECIDED: Say = error('результат возврата неизвестен');

/** An unlisted status decides nothing. */
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

/** A request that would have made something. */
export function refusedWith(status: number): Outcome {
  return status === 401 ? NOT_AUTHORISED : REJECTED;
}

function declined(code: DeclineCode, text: string): Outcome {
  return { kind: 'declined', code, say: error(text) };
}

function error(text: string): Say {
  return { number: 'OPL-15', text: `Toybank: ${text}` };
}

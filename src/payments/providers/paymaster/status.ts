/** Tables of paymaster.md 5, 7 and dialogs.md 2: what the server said -> how it ended and what the cashier is told. */
import { wrongAnswer } from '../../answer-words.ts';
import type { Action } from '../../driver.ts';
import type { Answer } from '../../kernel/answer.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import type { Payment, Problem, Refund } from './wire.ts';

/** Nothing left the register, so nothing is owed. */
export const NO_CONNECTION: Outcome = { kind: 'notSent', say: { number: 'PM-09' } };
/** Nothing was asked for that moves money, and no usable answer came: "no link" only where there was none. */
export function noUse(answer: Answer): Outcome {
  const text = wrongAnswer(answer);
  return text === null ? NO_CONNECTION : { kind: 'declined', code: 'rejected', say: { number: 'PM-18', text } };
}

/** Esc, and it is proven that nothing was paid: back to the payment types, a word in the status line and no box. */
export const CANCELLED: Say = { number: 'PM-05' };
export const CANCELLED_BY_CASHIER: Outcome = { kind: 'declined', code: 'cancelled', say: CANCELLED };
/** The answer to the bill was lost, and the processing has none: the cashier simply chooses again. */
export const NOT_REGISTERED: Outcome = notMade('Счет у процессинга не найден');
/** A bill that could be shown to nobody, and is cancelled. */
export const NOT_SHOWN: Outcome = notMade('QR-код не получен');
/** What has become of the amount that kept our plate busy (PM-11). */
export const STICKER_BUSY: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'PM-11' } };
export const STICKER_CLEARED: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: { number: 'PM-11', text: 'Прежний счет по кассовой ссылке отменен. Повторите оплату' },
};
export const STICKER_PAID: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: { number: 'PM-11', text: 'По кассовой ссылке оплачен прежний счет. Обратитесь в службу технической поддержки' },
};
export const NOT_AUTHORISED: Outcome = { kind: 'declined', code: 'notAuthorised', say: { number: 'PM-13' } };
export const BAD_AMOUNT: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'PM-15' } };
/** Display 2 without a plate: the bill could be shown to nobody. */
export const NO_PLATE: Outcome = {
  kind: 'notSent',
  say: { number: 'SYS-08', params: { файл: 'paymaster.conf', параметр: 'stickerId' } },
};
export const NO_PARTS: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'PM-16' } };
export const REFUND_IMPOSSIBLE: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'PM-18' } };
export const TOO_MUCH: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: { number: 'PM-18', text: 'Сумма возврата больше суммы оплаты' },
};

/**
 * Nobody knows: asked on in the background. PM-06 says of a cancel only what is known of it.
 * @param cancel `open`: it was sent, and the bill was read open after it; `unknown`: it was sent
 */
export function undecided(cancel: 'open' | 'unknown' | 'notSent'): Say {
  switch (cancel) {
    case 'open':
      return { number: 'PM-06' };
    case 'unknown':
      return { number: 'PM-06', text: 'Отмена оплаты не подтверждена. Обратитесь в платежную систему' };
    case 'notSent':
      return { number: 'PM-06', text: 'Результат оплаты неизвестен. Касса спросит о нем сама' };
  }
}

/** The refund was made and stands: PM-18 would have the cashier hand out cash as well. */
export const NO_WAY_BACK: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: { number: 'PM-06', text: 'Возврат отменить нельзя. Обратитесь в платежную систему' },
};

/** The cashier is set free, the refund goes on. @param answer the last one; null = a good one that does not decide */
export function refundUndecided(mayHaveLeft: boolean, answer: Answer | null): Say {
  const wrong = answer === null ? null : wrongAnswer(answer);
  const text = mayHaveLeft
    ? `${wrong ?? 'Результат возврата неизвестен'}. Касса спросит о нем сама`
    : `${wrong ?? 'Нет связи с процессингом'}. Возврат в очереди, касса выполнит его сама`;
  return { number: 'PM-19', text };
}
export const REFUND_GOES_ON: Say = { number: 'PM-19', text: 'Возврат выполняется. Касса спросит о нем сама' };

/** What is not as it was asked for. */
export function notOurs(what: 'sum' | 'testPayment' | 'other'): Say {
  const support = 'Обратитесь в службу технической поддержки';
  switch (what) {
    case 'sum':
      return { number: 'PM-20' };
    case 'testPayment':
      return { number: 'PM-20', text: `Процессинг провел тестовую оплату, денег по ней нет. ${support}` };
    case 'other':
      return { number: 'PM-20', text: `Ответ процессинга не относится к этой операции. ${support}` };
  }
}
/** The bill was paid before the cancel took effect. */
export const ALREADY_PAID: Say = { number: 'PM-22' };

/** dialogs.md 2, reasons of PM-07 and PM-18. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['TransactionDeclined', 'Авторизация отклонена'],
  ['IssuerUnavailable', 'Эмитент недоступен'],
  ['RejectedByFraud', 'Отклонено фрод-мониторингом'],
  ['InvalidAmount', 'Недопустимая сумма'],
  ['BlockedAccount', 'Карта заблокирована'],
  ['OperationNotAllowed', 'Операция недоступна'],
  ['InsufficientFunds', 'Недостаточно средств'],
  ['PaymentLimitExceeded', 'Превышен лимит на сумму'],
  ['PaymentCountExceeded', 'Превышено кол-во попыток'],
  ['CancelledByUser', 'Платеж отклонен пользователем'],
  ['PaymentExpired', 'Истек срок'],
]);

/** paymaster.md 7: error codes with which nothing was made. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['validation_error', 'Некорректный запрос (неверный формат)'],
  ['invalid_operation', 'Запрос отклонен'],
  ['payment_token_revoked', ''],
  ['payment_token_blocked', ''],
]);

export const INVALID_OPERATION = 'invalid_operation';
export const KEY_VIOLATION = 'idempotency_key_violation';
/** PM-21 is a line of the log and nothing else: support looks for the words of the catalogue. */
export const KEY_USED: Action = { do: 'alarm', text: 'PM-21 PayMaster: повтор ключа, состояние запрошено' };

/** Words of the wire that mean: not decided, and nothing to wonder about. */
const OPEN_STATUSES = new Set(['Pending', 'Confirmation']);

/**
 * What a status of a payment means (paymaster.md 5). `resultCode` decides nothing.
 * @returns `strange` = undecided as well, but somebody should look
 */
export function paymentStatus(payment: Payment): 'paid' | 'open' | 'strange' | Outcome {
  switch (payment.status) {
    case 'Settled':
      return 'paid';
    case 'Cancelled':
      return declined('cancelled', 'PM-07', payment);
    case 'Rejected':
      return payment.resultCode === 'PaymentExpired'
        ? { kind: 'declined', code: 'timeout', say: { number: 'PM-08' } }
        : declined(payment.resultCode === 'InsufficientFunds' ? 'noFunds' : 'refused', 'PM-07', payment);
    default:
      return OPEN_STATUSES.has(payment.status) ? 'open' : 'strange';
  }
}

export function refundStatus(refund: Refund): 'returned' | 'open' | 'strange' | Outcome {
  switch (refund.status) {
    case 'Success':
      return 'returned';
    case 'Rejected':
      return declined('refused', 'PM-18', refund);
    default:
      return refund.status === 'Pending' ? 'open' : 'strange';
  }
}

/**
 * An error body to a request that would have made something.
 * @param number PM-07 for a payment, PM-18 for a return
 * @returns null for a code that proves nothing
 */
export function refusalOf({ code, message }: Problem, number: 'PM-07' | 'PM-18'): Outcome | null {
  if (code === 'not_authorized') return NOT_AUTHORISED;
  const reason = REFUSALS.get(code);
  return reason === undefined ? null : { kind: 'declined', code: 'rejected', say: because(number, reason, message) };
}

/** Why a question is refused, for who has asked whether the link works. */
export function wordsOf({ code, message }: Problem): string {
  return message || REFUSALS.get(code) || code;
}

function declined(code: DeclineCode, number: string, from: { resultCode: string; message: string }): Outcome {
  // A cancelled or unfinished operation may still carry `Success`: that is no reason.
  const reason = REASONS.get(from.resultCode) ?? '';
  return { kind: 'declined', code, say: because(number, reason, from.message) };
}

function notMade(text: string): Outcome {
  return { kind: 'declined', code: 'notRegistered', say: { number: 'PM-07', text } };
}

/** The catalogue's reason, and the server's own words where they say more. */
function because(number: string, reason: string, message: string): Say {
  const isSame = message.toLocaleLowerCase('ru') === reason.toLocaleLowerCase('ru');
  const text = [reason, isSame ? '' : message].filter((part) => part !== '').join('. ');
  return text === '' ? { number } : { number, text };
}

/** What the words and codes of the server mean, and what is said of an end (assist.md 5, 6, 10). */
import { safeText } from '../../../register/safe-text.ts';
import { wrongAnswer } from '../../answer-words.ts';
import type { Answer } from '../../kernel/answer.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';

// Order states (assist.md 5)

export type OrderState =
  | 'In Process'
  | 'Delayed'
  | 'Approved'
  | 'PartialApproved'
  | 'PartialDelayed'
  | 'Canceled'
  | 'PartialCanceled'
  | 'Declined'
  | 'Timeout'
  /** It tells nothing of the order, and is asked for again. */
  | 'Unknown'
  /** A word for: there is no such order. */
  | 'None';

/** As the cashier reads them (SCR-43). */
export const STATE_NAMES: Record<OrderState, string> = {
  'In Process': 'В процессе',
  Delayed: 'Ожидает подтверждения оплаты',
  Approved: 'Оплачен',
  PartialApproved: 'Оплачен частично',
  PartialDelayed: 'Подтверждён частично',
  Canceled: 'Отменён',
  PartialCanceled: 'Отменён частично',
  Declined: 'Отклонён',
  Timeout: 'Закрыт по истечении времени',
  Unknown: 'Неизвестно',
  None: 'Не найден',
};

const BY_WORD = new Map<string, OrderState>([
  ...(Object.keys(STATE_NAMES) as OrderState[]).flatMap((state): [string, OrderState][] => [
    [folded(state), state],
    [folded(STATE_NAMES[state]), state],
  ]),
  [folded('PROCESS'), 'In Process'],
  [folded('Decline'), 'Declined'],
  [folded('Подтвержден'), 'PartialDelayed'],
  // Of the cancel, not of the order: what the order is must be read again.
  [folded('Cancel error'), 'Unknown'],
  [folded('Ошибка отмены'), 'Unknown'],
  [folded('Non-existent'), 'None'],
  [folded('Не существует'), 'None'],
  [folded('Not found'), 'None'],
]);

/** `Отменен` and `Отменён` are one word, in any letter case. */
function folded(word: string): string {
  return word.trim().replace(/\s+/g, ' ').toLowerCase().replaceAll('ё', 'е');
}

/** @returns null for a word nobody has told us of */
export function readState(word: string): OrderState | null {
  return BY_WORD.get(folded(word)) ?? null;
}

// Response codes (assist.md 6)

export const NO_SUCH_ORDER = 'Платежа с такими параметрами не существует';

/** Reasons by response code, older published wording (assist.md 6). */
const REASONS: Readonly<Record<string, string>> = {
  AS000: 'Авторизация успешно завершена',
  AS001: 'Авторизация успешно завершена',
  AS100: 'Отказ в авторизации',
  AS101: 'Ошибочный номер платежного средства',
  AS102: 'Недостаточно средств',
  AS104: 'Неверный срок действия карты',
  AS105: 'Превышен лимит',
  AS106: 'Неверный PIN',
  AS107: 'Ошибка приема данных',
  AS108: 'Подозрение на мошенничество',
  AS109: 'Превышен лимит операций Assist',
  AS200: 'Повторите авторизацию',
  AS300: 'Авторизация в процессе. Ждите',
  AS400: NO_SUCH_ORDER,
  AS998: 'Ошибка системы. Свяжитесь с ASSIST',
};

/** Reason for the buyer: the server's own words win when it has any (assist.md 6). */
export function reasonOf(responseCode: string, customerMessage: string): string {
  return safeText(customerMessage).trim() || (REASONS[responseCode] ?? safeText(responseCode));
}

export function declineCodeOf(responseCode: string): DeclineCode {
  return responseCode === 'AS102' ? 'noFunds' : 'refused';
}

/** AS000 and AS001 are success (assist.md 6). */
export function isSuccess(responseCode: string): boolean {
  return responseCode === 'AS000' || responseCode === 'AS001';
}

/** AS100..AS109 are final refusals. */
export function isRefusal(responseCode: string): boolean {
  return /^AS10\d$/.test(responseCode);
}

// What is said of an end

/** Esc, and it is certain that nothing was paid: back to the subtotal without a word. */
export const CANCELLED = { kind: 'declined', code: 'cancelled', say: null } satisfies Outcome;
/**
 * AS-32: the order of СБП is given up, and that is proven: "Оплата отменена", and the payment types for the same sum. Its
 * number is used up at the server, so that AS-01 comes with a new one when Assist is chosen there.
 */
export const SBP_GIVEN_UP = { kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } } satisfies Outcome;
const ASKED_AGAIN = 'Статус заказа будет запрошен повторно.';

export const MEANS_FORBIDDEN: Outcome = { kind: 'declined', code: 'blocked', say: { number: 'AS-39' } };
export const NOT_AUTHORISED = {
  kind: 'declined',
  code: 'notAuthorised',
  say: { number: 'AS-38' },
} as const satisfies Outcome;
/** AS-23 promises a question; here nothing has left that could be asked after. */
export const NO_LINK: Outcome = {
  kind: 'notSent',
  say: { number: 'AS-23', text: 'Нет соединения с сервером. Оплата не начата.' },
};
/**
 * Another till of the merchant had the same millisecond (assist.md 2, 12.2): the order there is its buyer's. No word of the
 * link: the server has answered. The next press takes the next number.
 */
export const NUMBER_TAKEN: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: { number: 'AS-41', text: 'номер заказа занят другой кассой, повторите оплату' },
};
/** A refund that did not leave is begun anew by the cashier. @param answer to what was asked before it */
export function notRefunded(answer: Answer): Outcome {
  const why = wrongAnswer(answer);
  if (why !== null) return notReturned(why, true);
  const say = { number: 'AS-37', text: 'Нет соединения с сервером', params: { 'о чем': NOT_GIVEN_BACK } };
  return { kind: 'notSent', say };
}

/** Undecided, and the cashier goes: what is not known is not called "no link". */
export const LEFT: Say = { number: 'AS-23', text: `Результат неизвестен. ${ASKED_AGAIN}` };
/** No usable answer: "no link" only where there was none. */
export function unanswered(answer: Answer): Say {
  const why = wrongAnswer(answer);
  return { number: 'AS-23', ...(why === null ? {} : { text: `${why}. ${ASKED_AGAIN}` }) };
}
export const ALREADY_PAID: Say = { number: 'AS-24' };
export const STILL_PROCESSED: Say = { number: 'AS-25' };
export const NOT_ABORTED: Say = { number: 'AS-33' };
/** A cancel is owed: the order was read as open as before, and is given up once more after a pause. */
export const TRIED_AGAIN: Say = { number: 'AS-33', text: 'Отмена заказа не выполнена. Она будет повторена' };
/**
 * AS-41: why an answer is not believed, for the cashier.
 * @param why as the alarm log has it (`verdict.ts`)
 */
export function notOurs(why: string): Say {
  const state = /^state (.+)$/.exec(why)?.[1];
  const name = state === undefined ? undefined : STATE_NAMES[state as OrderState];
  if (state !== undefined) return { number: 'AS-41', text: `заказ в состоянии "${name ?? 'неизвестно'}"` };
  return { number: 'AS-41', text: DOUBTS[why] ?? 'ответ сервера не относится к заказу' };
}

const DOUBTS: Readonly<Record<string, string>> = {
  'another sum': 'сумма заказа на сервере другая',
  'another currency': 'валюта заказа на сервере другая',
  'an order of a test shop': 'заказ тестового магазина, денег по нему нет',
  'a wrong check value': 'подпись ответа сервера неверна',
  'the server has no such order': 'заказ на сервере не найден',
};
/** Chosen again, or left, while the server has no such order and nothing is proven yet. */
export const NOT_SEEN: Say = { number: 'AS-25', text: `Заказ на сервере пока не найден. ${ASKED_AGAIN}` };
export const PROGRAM_SILENT: Say = { number: 'AS-43' };
export const PROGRAM_MISSING: Say = { number: 'AS-43', text: 'Программа SoftPOS не отвечает. Оплата не начата.' };
/** Cash that was taken before cannot be reported, for a reason that does not go away by itself. */
export function cashUnfit(fault: string): Extract<Outcome, { kind: 'declined' }> {
  const text = `Наличные Ассист сейчас не принимаются: ${fault}. Примите оплату другой валютой, обратитесь к инженеру`;
  return { kind: 'declined', code: 'blocked', say: { number: 'AS-39', text } };
}

/** AS-35. @param answer to the report of the cash */
export function offlineText(answer: Answer): string {
  const why = wrongAnswer(answer);
  return why === null
    ? 'Нет связи. Данные будут переданы в Ассист после подключения'
    : `${why}. Данные будут переданы в Ассист позже`;
}

/** AS-37 with the reason: nothing was given back. The catalogue's line speaks of the cancel of a payment. */
export function notReturned(text: string, isRefund = false): Outcome {
  const about = isRefund ? { params: { 'о чем': NOT_GIVEN_BACK } } : {};
  return { kind: 'declined', code: 'rejected', say: { number: 'AS-37', text, ...about } };
}

const NOT_GIVEN_BACK = 'Возврат не выполнен';

/** Why nothing can be given back of an order that the server does not have. */
export function notDelivered({ offlineSinceMs }: { offlineSinceMs: number | null }): string {
  return offlineSinceMs === null ? NO_SUCH_ORDER : 'Заказ ещё не передан в Ассист';
}

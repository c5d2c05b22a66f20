/** Tables of oplati.md 6-7 and dialogs.md 1.1: what the server said -> how it ended and what the cashier is told. */
import { safeText } from '../../../register/safe-text.ts';
import { wrongAnswer } from '../../answer-words.ts';
import type { Action } from '../../driver.ts';
import type { Answer } from '../../kernel/answer.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import type { Purpose } from './prompts.ts';
import type { OplatiMode } from './settings.ts';
import type { ErrorBody, PaymentInfo } from './wire.ts';

const NOT_CONFIRMED_IN_TIME = 'Клиент не подтвердил платеж в течение отведенного времени';
const NOT_SCANNED = 'Клиент не отсканировал QR-код либо не подтвердил платеж';
const NO_STATUS = 'Операция отменена: не получена информация о статусе платежа';
const REFUSED = 'Отказ от платежа. Клиент не подтвердил платеж';

/** OPL-05, 08 and 09 are the same event in modes 0, 1 and 2. */
const NUMBER_BY_MODE: Record<OplatiMode, string> = { 0: 'OPL-05', 1: 'OPL-08', 2: 'OPL-09' };

export const NO_CONNECTION: Outcome = { kind: 'notSent', say: { number: 'OPL-01' } };
/** No usable answer to what moves no money. "No link" is said only where there is no answer. */
export function noUse(answer: Answer): Outcome {
  const text = wrongAnswer(answer);
  return text === null ? NO_CONNECTION : { kind: 'declined', code: 'rejected', say: { number: 'OPL-14', text } };
}

/** OPL-21 has stood as long as it may; nothing was begun. */
export const NOBODY_SCANNED: Outcome = { kind: 'declined', code: 'notScanned', say: { number: 'OPL-39' } };
/** Esc, and it is proven that nothing was paid: back to the subtotal without a word. */
export const CANCELLED_BY_CASHIER: Outcome = { kind: 'declined', code: 'cancelled', say: null };
/** Proven by its absence (oplati.md 8.2). A payment is still looked for on the watch list: `follow.ts`. */
export const NOT_REGISTERED = {
  kind: 'declined',
  code: 'notRegistered',
  say: { number: 'OPL-14' },
  linkLost: true,
} as const satisfies Outcome;
/** Esc came too late: the payment stands (OPL-19). */
export const ALREADY_PAID: Say = { number: 'OPL-19' };
/** @param isAnotherSum false = it is something else that is not as it was asked for */
export function notOurs(isAnotherSum: boolean): Say {
  if (isAnotherSum) return { number: 'OPL-27' };
  const text = 'Ответ сервера не относится к этой операции. Обратитесь в службу технической поддержки';
  return { number: 'OPL-27', text };
}
/**
 * The cancel is in the queue: for want of a link (OPL-12 in its own words), or because what the server answers does not decide.
 * @param answer null = a good one
 */
export function queued(answer: Answer | null): Say {
  const why = answer === null ? 'Результат отмены пока неизвестен' : wrongAnswer(answer);
  return { number: 'OPL-12', ...(why === null ? {} : { text: `${why}. ${GOES_ON}` }) };
}
const GOES_ON = 'Операция отмены в очереди, касса завершит ее сама';
/** Nobody waits any more for what nobody knows; the register finds it out. */
export const STILL_UNKNOWN: Say = { number: 'OPL-38' };

/** The box OPL-16 that nobody answers, and a server that does not either. */
export function leftAfter({ unreachableAfter }: { unreachableAfter: number }): { leavesAfter: number; left: Say } {
  return { leavesAfter: 4 * unreachableAfter, left: STILL_UNKNOWN };
}

/** A return for which the server has no payment: nothing is sent. */
export const REFUND_IMPOSSIBLE: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: refundRefused('Оплата на сервере не найдена'),
};
/** More than is left of the payment. */
export const OVER_REFUND: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'OPL-20' } };
export const TOKEN_RECEIVED: Outcome = { kind: 'approved', providerPaymentId: null, say: { number: 'OPL-31' } };
/** The request for a token may have arrived: the server may hold a token that nobody has (oplati.md 2). */
export function tokenUnanswered(answer: Answer): Outcome {
  const text = wrongAnswer(answer);
  return { kind: 'declined', code: 'notAuthorised', say: { number: 'OPL-14', ...(text === null ? {} : { text }) } };
}

/**
 * What a status of a sale means.
 * @param wantsCancel the cashier pressed Esc: a technical cancel is then no news
 * @returns `paid`, `pending` (0 and every unlisted number), or the decline
 */
export function saleStatus(status: number, mode: OplatiMode, wantsCancel: boolean): 'paid' | 'pending' | Outcome {
  switch (status) {
    case 1:
      return 'paid';
    case 2:
      return declined('refused', { number: 'OPL-05', text: REFUSED });
    case 3:
      return declined('noFunds', { number: 'OPL-06' });
    case 4:
      return declined('timeout', { number: NUMBER_BY_MODE[mode], text: NOT_CONFIRMED_IN_TIME });
    case 5:
      return wantsCancel
        ? CANCELLED_BY_CASHIER
        : declined('cancelled', { number: NUMBER_BY_MODE[mode], text: NO_STATUS });
    default:
      return 'pending';
  }
}

/** What a status of a reversal row means; only 1 gives the money back (oplati.md 6). */
export function reversalStatus(
  status: number,
  say: (text: string) => Say = reversalRefused,
): 'returned' | 'pending' | Outcome {
  switch (status) {
    case 1:
      return 'returned';
    case 2:
      return declined('refused', say('Отказ от возврата'));
    case 3:
      return declined('noFunds', say('Недостаточно средств'));
    case 4:
      return declined('timeout', say('Клиент не подтвердил возврат'));
    case 5:
      return declined('cancelled', say('Операция была отменена системой'));
    default:
      return 'pending';
  }
}

/** A final status without money: there is nothing to give back. */
export function isNeverPaid(info: PaymentInfo): boolean {
  return typeof saleStatus(info.status, 0, false) === 'object';
}

/** Should the report name a number twice, the row with the money is the truth, then the one that may still get it. */
export function bestOf(rows: readonly PaymentInfo[]): PaymentInfo | null {
  const isPending = ({ status }: PaymentInfo) => saleStatus(status, 0, false) === 'pending';
  return rows.find(({ status }) => status === 1) ?? rows.find(isPending) ?? rows.at(-1) ?? null;
}

/** A repeated order number is accepted as a new operation (8.2). @returns the ids of paid rows but the first, which counts */
export function surplusOf(rows: readonly PaymentInfo[]): string[] {
  return rows.filter(({ status }) => status === 1).flatMap(({ paymentId }, index) => (index === 0 ? [] : paymentId));
}

/** Money that went back more than once cannot be taken again: somebody has to settle it. */
export function surplusAlarm(rows: readonly PaymentInfo[]): Action[] {
  const made = rows.filter(({ status }) => status === 1);
  const [first] = made;
  if (first === undefined || made.length < 2) return [];
  const ids = made.map(({ paymentId }) => paymentId).join(', ');
  const text = `oplati: ${first.orderNumber} was made ${made.length} times: ${ids}; ${first.paymentId} is taken, the rest is to be settled by hand`;
  return [{ do: 'alarm', text }];
}

/** The session ended before the buyer was ready. Mode 1: he did not type the code; mode 2: he did not scan. */
export function sessionLapsed(mode: OplatiMode, purpose: Purpose): Outcome {
  const code: Record<OplatiMode, DeclineCode> = { 0: 'timeout', 1: 'codeNotEntered', 2: 'notScanned' };
  return declined(code[mode], purpose === 'payment' ? lapseSay(mode) : cardLapseSay(mode));
}

/** `POST /pos/tokens` answered 400: a token exists, or password mode. */
export function tokenRefused(error: ErrorBody): Outcome {
  return declined('notAuthorised', numbered('OPL-03', error));
}

/** 401 at any endpoint. */
export function notAuthorised(error: ErrorBody): Outcome {
  return declined('notAuthorised', numbered('OPL-04', error));
}

/** 400 at demandPayment. With a buyer's QR in it the QR is what was refused; why, only the server can say (OPL-02). */
export function demandRefused(mode: OplatiMode, purpose: Purpose, error: ErrorBody): Outcome {
  if (error.internalCode === LAPSED_CODE) return sessionLapsed(mode, purpose);
  const isOfCode = mode === 0 && safeText(error.russianText).trim() !== '';
  return isOfCode ? declined('buyerCodeRejected', numbered('OPL-02', error)) : rejected(mode, error);
}

/** 400 without a number of its own: the server's words under OPL-15, OPL-14 when it had none. */
export function rejected(mode: OplatiMode, error: ErrorBody): Outcome {
  if (error.internalCode === LAPSED_CODE) return declined('rejected', lapseSay(mode));
  const text = serverText(error);
  return declined('rejected', text === '' ? { number: 'OPL-14' } : { number: 'OPL-15', text });
}

/** Error body of a reversal. */
export function reversalRejected(error: ErrorBody): Outcome {
  return declined('rejected', reversalRefused(serverText(error)));
}

/**
 * Error body of a return. oplati.md 7 gives a sum over the rest of the payment no code of its own and leaves the words
 * open: they decide nothing but the number the cashier sees, refused it is in both cases.
 */
export function refundRejected(error: ErrorBody): Outcome {
  return /превышает/i.test(`${error.russianText} ${error.developerText}`)
    ? OVER_REFUND
    : declined('rejected', refundRefused(serverText(error)));
}

/** `internalCode` of a lapsed session (oplati.md 7). */
export const LAPSED_CODE = '166';

function declined(code: DeclineCode, say: Say): Outcome {
  return { kind: 'declined', code, say };
}

function lapseSay(mode: OplatiMode): Say {
  return { number: NUMBER_BY_MODE[mode], text: mode === 2 ? NOT_SCANNED : NOT_CONFIRMED_IN_TIME };
}

function cardLapseSay(mode: OplatiMode): Say {
  const text = mode === 2 ? 'Покупатель не отсканировал QR-код' : 'Покупатель не ответил в течение отведенного времени';
  return { number: NUMBER_BY_MODE[mode], text };
}

function reversalRefused(text: string): Say {
  return text === '' ? { number: 'OPL-18' } : { number: 'OPL-18', text, params: { text } };
}

/** Of a return: the catalogue's line speaks of the cancel of a payment. */
export function refundRefused(text: string): Say {
  const { number, params = {} } = reversalRefused(text);
  return { number, params: { ...params, 'о чем': 'Возврат О!плати не выполнен' } };
}

/** The catalogue's number; its own text unless the server has a Russian one (dialogs.md). */
function numbered(number: string, error: ErrorBody): Say {
  const text = safeText(error.russianText).trim();
  return text === '' ? { number } : { number, text };
}

function serverText(error: ErrorBody): string {
  return safeText(error.russianText).trim() || safeText(error.developerText.replace(/^\s*RegNum [^:]*:\s*/, '')).trim();
}

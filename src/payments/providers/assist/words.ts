/** Tables of assist.md 5 and messages.md AS-40: what the words and codes of the server mean. */
import { safeText } from '../../../register/safe-text.ts';
import type { DeclineCode } from '../../outcome.ts';

export type OrderState =
  | 'In Process'
  | 'Delayed'
  | 'Approved'
  | 'PartialApproved'
  | 'PartialDelayed'
  | 'Canceled'
  | 'PartialCanceled'
  | 'Declined'
  | 'Timeout';

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
};

const BY_WORD = new Map<string, OrderState>([
  ...(Object.keys(STATE_NAMES) as OrderState[]).flatMap((state): [string, OrderState][] => [
    [folded(state), state],
    [folded(STATE_NAMES[state]), state],
  ]),
  [folded('PROCESS'), 'In Process'],
  [folded('Decline'), 'Declined'],
]);

/** `Отменен` and `Отменён` are one word, in any letter case. */
function folded(word: string): string {
  return word.trim().replace(/\s+/g, ' ').toLowerCase().replaceAll('ё', 'е');
}

/** @returns null for a word nobody has told us of */
export function readState(word: string): OrderState | null {
  return BY_WORD.get(folded(word)) ?? null;
}

/** AS-40, older published wording. */
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
  AS400: 'Платежа с такими параметрами не существует',
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

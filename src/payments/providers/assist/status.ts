/** What the server says, and what it proves of an order: only one with our number, sum and currency is believed (R5). */
import { safeText } from '../../../register/safe-text.ts';
import type { Action } from '../../driver.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import type { AssistSettings, Means } from './settings.ts';
import { CANCEL_OPERATION, CURRENCY, type Fault, type OrderRecord, type OrderState, plain } from './wire.ts';

// What is said of an end

/** Esc, and it is certain that nothing was paid: back to the subtotal without a word. */
export const CANCELLED = { kind: 'declined', code: 'cancelled', say: null } satisfies Outcome;
/**
 * AS-32: the order of СБП is given up, and that is proven: "Оплата отменена", and the payment types for the same sum. Its
 * number is used up at the server, so that AS-01 comes with a new one when Assist is chosen there.
 */
export const SBP_GIVEN_UP = { kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } } satisfies Outcome;
export const MEANS_FORBIDDEN: Outcome = { kind: 'declined', code: 'blocked', say: { number: 'AS-39' } };
export const NOT_AUTHORISED: Outcome = { kind: 'declined', code: 'notAuthorised', say: { number: 'AS-38' } };
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
export const LINK_LOST: Say = { number: 'AS-23' };
export const ALREADY_PAID: Say = { number: 'AS-24' };
export const STILL_PROCESSED: Say = { number: 'AS-25' };
export const NOT_ABORTED: Say = { number: 'AS-33' };
export const NOT_OURS: Say = { number: 'AS-41', text: 'ответ сервера не относится к заказу' };
export const PROGRAM_SILENT: Say = { number: 'AS-43' };
export const PROGRAM_MISSING: Say = { number: 'AS-43', text: 'Программа SoftPOS не отвечает. Оплата не начата.' };
export const OFFLINE_TEXT = 'Нет связи. Данные будут переданы в Ассист после подключения';

export function serverFault({ first, second, text }: Fault): Outcome {
  const words = text === '' ? `${first}/${second}` : text;
  return { kind: 'declined', code: 'rejected', say: { number: 'AS-41', text: words } };
}

// What an answer about an order proves

/** `meantypename` (assist.md 12.20); everything else is a card, by a reader or by SoftPOS. */
const MEANS_WORDS: Readonly<Record<string, Means>> = { СБП: 'sbp', НАЛИЧНЫЕ: 'cash' };

export type Verdict =
  /** A good answer without the order. */
  | { is: 'none' }
  /** The server speaks of our number in other figures, or in a state that must not be. */
  | { is: 'strange'; why: string }
  /** Created, no result. `oddity`: nothing the till ever asks for, somebody has to look. */
  | { is: 'pending'; order: OrderRecord; oddity: string | null }
  /** `oddity`: paid more than once (`surplus`: the bill numbers), or not the whole of it any more. */
  | { is: 'paid'; order: OrderRecord; oddity: string | null; surplus: string[] }
  /** Final, and not paid. */
  | { is: 'over'; order: OrderRecord };

interface Ours {
  orderNumber: string;
  amountKopecks: number;
  /** Null = our create was not answered, or nobody but us has created anything. */
  ownBill?: string | null;
}

export function verdictOn(listed: OrderRecord[], ours: Ours, settings: AssistSettings): Verdict {
  if (listed.some(({ orderNumber }) => orderNumber !== ours.orderNumber)) {
    return { is: 'strange', why: 'the number of another order' };
  }
  const orders = sinceOurs(listed, ours.ownBill ?? null);
  if (orders === null) return { is: 'strange', why: 'the order we have made is not there, another one is' };
  // The last order counts (3.3). An earlier one that holds the buyer's money, or still may, is never overlooked for it.
  const paid = orders.filter(holdsMoney);
  const order = paid.at(-1) ?? orders.findLast(({ state }) => !isOver(state)) ?? orders.at(-1);
  if (order === undefined) return { is: 'none' };
  const why = whyNotOurs(order, ours.amountKopecks, settings);
  if (why !== null) return { is: 'strange', why };
  switch (order.state) {
    case 'Approved': {
      const surplus = paid.length > 1 ? paid.map(({ billNumber }) => billNumber) : [];
      const oddity = surplus.length > 0 ? `paid ${paid.length} times: ${surplus.join(', ')}` : null;
      return { is: 'paid', order, oddity, surplus };
    }
    case 'PartialCanceled':
      return { is: 'paid', order, oddity: 'partly returned by somebody else', surplus: [] };
    case 'Canceled':
    case 'Declined':
    case 'Timeout':
      return { is: 'over', order };
    case 'PartialApproved':
    case 'PartialDelayed':
      return { is: 'strange', why: `state ${order.state}` };
    case 'Delayed':
      return { is: 'pending', order, oddity: 'state Delayed' };
    case 'In Process':
      return { is: 'pending', order, oddity: null };
    case null:
      return { is: 'pending', order, oddity: 'a state nobody knows' };
  }
}

/**
 * Order numbers have no till part (assist.md 12.2): what stands before the order of our own create is another till's.
 * @returns null when ours is not among them
 */
function sinceOurs(orders: OrderRecord[], ownBill: string | null): OrderRecord[] | null {
  if (ownBill === null || orders.length === 0) return orders;
  const from = orders.findIndex(({ billNumber }) => plain(billNumber) === plain(ownBill));
  return from < 0 ? null : orders.slice(from);
}

/** AS-27 with both bill numbers. Whose the second payment is only a human can tell: nothing is given back by itself. */
export function surplusNotice(orderNumber: string, surplus: string[]): Action[] {
  if (surplus.length === 0) return [];
  const params = { номер: orderNumber, статус: `Оплачен несколько раз: ${surplus.join(', ')}` };
  return [{ do: 'notify', number: 'AS-27', params }];
}

/** @returns null for an order that was paid by nothing yet */
export function paidBy(order: OrderRecord | null): Means | null {
  const operation = order?.operations.findLast(({ type }) => type !== CANCEL_OPERATION);
  return operation === undefined ? null : (MEANS_WORDS[operation.meansName.toUpperCase()] ?? 'reader');
}

function holdsMoney({ state }: OrderRecord): boolean {
  return state === 'Approved' || state === 'PartialCanceled';
}

/** Ended without money. */
function isOver(state: OrderState | null): boolean {
  return state === 'Canceled' || state === 'Declined' || state === 'Timeout';
}

/** @returns null for an order that may be believed */
function whyNotOurs(order: OrderRecord, amountKopecks: number, settings: AssistSettings): string | null {
  if (order.amountKopecks !== amountKopecks) return 'another sum';
  return whyDoubtful(order, settings);
}

/** What is wrong with an order whatever its sum. */
export function whyDoubtful(order: OrderRecord, settings: AssistSettings): string | null {
  if (order.currency !== CURRENCY) return 'another currency';
  if (order.isTest && !settings.acceptsTestOrders) return 'an order of a test shop';
  return order.isGenuine ? null : 'a wrong check value';
}

// Response codes (assist.md 6)

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

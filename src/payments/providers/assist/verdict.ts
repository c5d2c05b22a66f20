/** What an answer proves: of an order only one with our number, sum and currency is believed (R5), and of a refusal. */
import { NOT_ACCEPTED, wrongAnswer } from '../../answer-words.ts';
import type { Action, HttpReply } from '../../driver.ts';
import type { Answer } from '../../kernel/answer.ts';
import type { Outcome } from '../../outcome.ts';
import { type Fault, lastPayment, type OrderRecord, plain, readFault } from './answers.ts';
import type { AssistSettings, Means } from './settings.ts';
import { isXml } from './soap.ts';
import { MEANS_FORBIDDEN, NOT_AUTHORISED, notReturned, type OrderState } from './status.ts';
import { CURRENCY } from './wire.ts';

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
    case 'Unknown':
    case 'None':
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
  const operation = lastPayment(order);
  return operation === null ? null : (MEANS_WORDS[operation.meansName.toUpperCase()] ?? 'reader');
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

// Refusals

/** @property is what it proves: nothing was created; the number stands there already; nothing, until the order is asked for */
export interface Refusal {
  is: 'clear' | 'taken' | 'unclear';
  outcome: Outcome;
}

/**
 * assist.md 6, "outcome of a create", and of a report of cash.
 * @returns null for what is no refusal: it may have come after the order was stored (1/0), or from somebody else
 */
export function refusalIn(reply: HttpReply): Refusal | null {
  const fault = readFault(reply);
  // In SOAP every fault comes with 500 (assist.md 15).
  if (fault === null || (reply.status >= 500 && !isXml(reply.body))) return null;
  const outcome: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'AS-41', text: wordsOf(fault) } };
  if (isTaken(fault)) return { is: 'taken', outcome };
  // Both promise that nothing was created: one refuses us, the other what we asked for.
  if (reply.status === 403 || fault.first === '8') return { is: 'clear', outcome: MEANS_FORBIDDEN };
  if (reply.status === 401 || isOurOwnFault(fault) || isNoSuchShop(fault))
    return { is: 'clear', outcome: NOT_AUTHORISED };
  if (isWrongParameter(fault)) return { is: 'clear', outcome };
  return fault.first === '10' ? { is: 'unclear', outcome } : null;
}

/** Who we are is not accepted: authentication, access, the login or the password (assist.md 6). */
function isOurOwnFault({ first, second }: Fault): boolean {
  return first === '7' || first === '19' || ['101', '102', '141'].includes(second);
}

function isNoSuchShop({ first, second }: Fault): boolean {
  return first === '10' && (second === '100' || second === '200');
}

/** A parameter is missing, has a wrong form or value, or the version is not known. */
function isWrongParameter({ first, second }: Fault): boolean {
  // x/3: too many requests.
  return ['3', '4', '5', '6'].includes(first) && second !== '3';
}

/** Who we are, or what we may do, is refused, whatever was asked for: the settings have to be mended. */
export function isSettingsFault(reply: HttpReply, fault: Fault): boolean {
  return isWithoutRights(reply, fault) || isNoSuchShop(fault);
}

/** The same, but for 10/100: to a cancel it is an old server's word for any refusal (assist.md 12.14). */
export function isWithoutRights({ status }: HttpReply, fault: Fault): boolean {
  return status === 401 || status === 403 || fault.first === '8' || isOurOwnFault(fault);
}

/** What is wrong with the answer to a question about an order; null = there was none. */
export function wrongWith(answer: Answer): string | null {
  const fault = typeof answer === 'object' && answer.status < 500 ? readFault(answer) : null;
  const isOurs = typeof answer === 'object' && fault !== null && isSettingsFault(answer, fault);
  return isOurs ? `${NOT_ACCEPTED} (${fault.first}/${fault.second})` : wrongAnswer(answer);
}

/** An order stands under the number already. */
export function isTaken({ first, second }: Fault): boolean {
  return first === '11' || second === '107';
}

/** A refund or cancel is refused. @returns null for what is no refusal: it may have been done */
export function reversalRefusalIn(reply: HttpReply, isRefund: boolean): Outcome | null {
  const fault = readFault(reply);
  if (fault === null || reply.status >= 500) return null;
  if (isWithoutRights(reply, fault)) return NOT_AUTHORISED;
  // 15/308 and 4/106: the cancel itself is refused; 10/x: there is no such order. A duplicate may be ours.
  const isRefused = isWrongParameter(fault) || ['10', '14', '15', '21'].includes(fault.first);
  return isRefused ? notReturned(wordsOf(fault), isRefund) : null;
}

/** A fault in the server's words, or by its numbers. */
export function wordsOf(fault: Fault): string {
  const { first, second, text } = fault;
  if (text !== '') return text;
  return isNoSuchShop(fault) ? `Ассист не знает этого предприятия (${first}/${second})` : `${first}/${second}`;
}

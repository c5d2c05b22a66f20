/** How a payment ends, or is left to the background (messages.md AS-04, AS-21..AS-25, AS-33, AS-35..AS-41). */
import type { Action } from '../../driver.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import { backOffMs } from './pauses.ts';
import {
  type Always,
  alarm,
  always,
  type Ended,
  type Facts,
  inStage,
  pause,
  type Result,
  type SentState,
  stay,
} from './pay-state.ts';
import { changeText, resultPage, slipRows } from './prompts.ts';
import { declineCodeOf, isSuccess, reasonOf } from './status.ts';
import { type Fault, type OrderRecord, type OrderState, STATE_NAMES } from './wire.ts';

/** Esc, and it is certain that nothing was paid: back to the subtotal without a word. */
export const CANCELLED = { kind: 'declined', code: 'cancelled', say: null } satisfies Outcome;
/**
 * AS-32: the order of СБП is given up, and that is proven: "Оплата отменена", and the payment types for the same sum. Its
 * number is used up at the server, so that AS-01 comes with a new one when Assist is chosen there.
 */
const SBP_GIVEN_UP = { kind: 'declined', code: 'cancelled', say: { number: 'PM-05' } } satisfies Outcome;
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
const PROGRAM_MISSING: Say = { number: 'AS-43', text: 'Программа SoftPOS не отвечает. Оплата не начата.' };
const OFFLINE_TEXT = 'Нет связи. Данные будут переданы в Ассист после подключения';

const NOTHING_ENDED: Ended = { paymentId: null, means: null, offlineSinceMs: null, mayBeTold: true };

export function finish(
  state: Always | SentState,
  outcome: Outcome,
  ended: Partial<Omit<Ended, 'means'>> = {},
  before: Action[] = [],
): Result {
  const means = 'sent' in state ? state.sent.means : null;
  return {
    state: { ...always(state), at: 'finished', ...NOTHING_ENDED, means, ...ended },
    actions: [...before, { do: 'finish', outcome }],
  };
}

export function serverFault({ first, second, text }: Fault): Outcome {
  const words = text === '' ? `${first}/${second}` : text;
  return { kind: 'declined', code: 'rejected', say: { number: 'AS-41', text: words } };
}

/** AS-04, or AS-24 for a cashier who wanted to pay once more. */
export function approve(state: SentState, record: OrderRecord, facts: Facts, before: Action[] = []): Result {
  const { sent } = state;
  const { receivedKopecks } = sent;
  const isPart = record.state === 'PartialCanceled';
  const information = sentences(informationOf(record), changeText(receivedKopecks, state.order.amountKopecks));
  const shown = factsOf(state, record, STATE_NAMES[isPart ? 'PartialCanceled' : 'Approved'], information);
  const readerRows = sent.readerRows ?? sent.walk?.slipRows ?? null;
  const { merchantId } = facts.settings;
  const say: Say = sent.isAskedAgain
    ? ALREADY_PAID
    : { number: 'AS-04', result: resultPage(shown, facts.utcOffsetMinutes, false) };
  const outcome: Outcome = {
    kind: 'approved',
    providerPaymentId: record.billNumber,
    say,
    slip: slipRows(shown, { merchantId, record, readerRows, receivedKopecks }, facts.utcOffsetMinutes),
    ...(sent.means === 'cash' ? { isCash: true } : {}),
  };
  return finish(state, outcome, { paymentId: record.billNumber }, [...before, ...changed(state, 'Approved')]);
}

/**
 * AS-35: the cash is in the drawer, the server hears of it later (assist.md 12.8).
 * @param mayBeTold false = no report of it can have arrived: an order under its number is another till's
 */
export function approveOffline(state: SentState, facts: Facts, mayBeTold: boolean): Result {
  const { sent, order } = state;
  const { receivedKopecks } = sent;
  const shown = {
    order,
    means: sent.means,
    status: STATE_NAMES.Approved,
    dateMs: sent.sentAtMs,
    billNumber: null,
    information: sentences(OFFLINE_TEXT, changeText(receivedKopecks, order.amountKopecks)),
    prepaidKopecks: order.receipt.paidKopecks ?? 0,
  };
  const { merchantId } = facts.settings;
  const outcome: Outcome = {
    kind: 'approved',
    providerPaymentId: null,
    say: { number: 'AS-35', result: resultPage(shown, facts.utcOffsetMinutes, false) },
    slip: slipRows(shown, { merchantId, record: null, readerRows: null, receivedKopecks }, facts.utcOffsetMinutes),
    isCash: true,
    follow: true,
  };
  return finish(state, outcome, { offlineSinceMs: sent.sentAtMs, mayBeTold });
}

/** A final state without money: AS-21, AS-22, or a word in the status line when the cashier wanted it so. */
export function endUnpaid(state: SentState, record: OrderRecord, facts: Facts): Result {
  const { sent } = state;
  const { state: final } = record;
  const operation = record.operations.at(-1) ?? null;
  const { code, number } = endOf(final, operation?.responseCode ?? '');
  if (final === 'Canceled' && sent.cancelWanted) return finish(state, givenUp(state), {}, changed(state, final));
  const shown = factsOf(state, record, STATE_NAMES[final ?? 'Declined'], unpaidReason(state, record));
  const page = resultPage(shown, facts.utcOffsetMinutes, true);
  const say: Say = { number, params: { причина: shown.information }, result: page };
  return finish(state, { kind: 'declined', code, say }, {}, final === null ? [] : changed(state, final));
}

function givenUp({ sent }: SentState) {
  return sent.means === 'sbp' ? SBP_GIVEN_UP : CANCELLED;
}

function endOf(state: OrderState | null, responseCode: string): { code: DeclineCode; number: string } {
  if (state === 'Timeout') return { code: 'timeout', number: 'AS-22' };
  if (state === 'Canceled') return { code: 'cancelled', number: 'AS-21' };
  return { code: declineCodeOf(responseCode), number: 'AS-21' };
}

/** The buyer's text, and after it the cashier's (assist.md 3.3). */
function unpaidReason({ sent }: SentState, record: OrderRecord): string {
  if (record.state === 'Canceled' && sent.means === 'sbp' && sent.qr === null) return 'QR-код не получен';
  return record.state === 'Timeout' ? '' : informationOf(record);
}

function informationOf(record: OrderRecord): string {
  const operation = record.operations.at(-1);
  if (operation === undefined || (isSuccess(operation.responseCode) && operation.customerMessage === '')) return '';
  const reason = reasonOf(operation.responseCode, operation.customerMessage);
  return sentences(reason, operation.recommendation);
}

function sentences(...texts: string[]): string {
  return texts.filter((text) => text !== '').join('. ');
}

/** Proven as far as anybody can tell; the watch list looks for a late success (assist.md 7). */
export function endAbsent(state: SentState, facts: Facts): Result {
  const { sent } = state;
  if (sent.doubt?.provenAfterMs === 0) {
    return finish(state, { kind: 'declined', code: 'notRegistered', say: PROGRAM_MISSING });
  }
  const follow = true as const;
  if (sent.cancelWanted) return finish(state, { ...givenUp(state), follow });
  const information = reasonOf('AS400', '');
  const shown = factsOf(state, null, 'Не существует', information);
  const page = resultPage(shown, facts.utcOffsetMinutes, true);
  const say: Say = { number: 'AS-21', params: { причина: information }, result: page };
  return finish(state, { kind: 'declined', code: 'notRegistered', say, follow });
}

export function factsOf(state: SentState, record: OrderRecord | null, status: string, information: string) {
  const { order, sent } = state;
  return {
    order,
    means: sent.means,
    status,
    dateMs: record?.dateMs ?? sent.dateMs,
    billNumber: record?.billNumber ?? sent.billNumber,
    information,
    prepaidKopecks: order.receipt.paidKopecks ?? 0,
  };
}

/** AS-27: the cashier has long gone on when it becomes known. */
function changed({ order, sent }: SentState, word: OrderState): Action[] {
  if (!sent.isBackground) return [];
  return [{ do: 'notify', number: 'AS-27', params: { номер: order.orderNumber, статус: word } }];
}

/** Sets the cashier free; the machine goes on. */
export function release(from: SentState, say: Say | null, ...actions: Action[]): Result {
  const state = inStage(from, from.at, { ...from.sent, isBackground: true, isAskedAgain: false, view: 'main' });
  if (from.sent.isBackground) return stay(state, ...actions);
  return stay(state, { do: 'prompt', prompt: null }, { do: 'finish', outcome: { kind: 'unknown', say } }, ...actions);
}

/** Other figures under our number (K12, K20): never approved; an exact answer is asked for, for ever. */
export function dispute(from: SentState, why: string, facts: Facts): Result {
  const { sent, order } = from;
  const failures = sent.failures + 1;
  const next = inStage(from, 'polling', { ...sent, awaiting: null, failures, isDisputed: true });
  const result = release(next, NOT_OURS, pause(backOffMs(failures, facts.settings, order.attemptId)));
  return sent.isDisputed ? result : { ...result, actions: [alarm(from, why), ...result.actions] };
}

/** How a payment ends, or is left to the background (AS-04, AS-21..AS-25, AS-33, AS-35..AS-41). */
import type { Action } from '../../driver.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import { backOffMs } from './pauses.ts';
import { MEANS } from './pay-means.ts';
import {
  type Always,
  alarm,
  always,
  type Ended,
  type Facts,
  factsOf,
  inStage,
  meansOf,
  pause,
  type Result,
  type SentState,
  stay,
} from './pay-state.ts';
import { changeText, resultPage, slipRows } from './prompts.ts';
import { ALREADY_PAID, declineCodeOf, isSuccess, NOT_OURS, OFFLINE_TEXT, PROGRAM_MISSING, reasonOf } from './status.ts';
import { type OrderRecord, type OrderState, STATE_NAMES } from './wire.ts';

const NOTHING_ENDED: Ended = { paymentId: null, means: null, offlineSinceMs: null, mayBeTold: true };

export function finish(
  state: Always | SentState,
  outcome: Outcome,
  ended: Partial<Ended> = {},
  before: Action[] = [],
): Result {
  const means = 'sent' in state ? meansOf(state.sent, null) : null;
  return {
    state: { ...always(state), at: 'finished', ...NOTHING_ENDED, means, ...ended },
    actions: [...before, { do: 'finish', outcome }],
  };
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
    ...(meansOf(sent, record) === 'cash' ? { isCash: true } : {}),
  };
  return finish(state, outcome, { paymentId: record.billNumber, means: meansOf(sent, record) }, [
    ...before,
    ...changed(state, 'Approved'),
  ]);
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
    means: 'cash' as const,
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
  if (final === 'Canceled' && sent.cancelWanted)
    return finish(state, MEANS[sent.means].givenUp, {}, changed(state, final));
  const shown = factsOf(state, record, STATE_NAMES[final ?? 'Declined'], unpaidReason(state, record));
  const page = resultPage(shown, facts.utcOffsetMinutes, true);
  const say: Say = { number, params: { причина: shown.information }, result: page };
  return finish(state, { kind: 'declined', code, say }, {}, final === null ? [] : changed(state, final));
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
  if (sent.cancelWanted) return finish(state, { ...MEANS[sent.means].givenUp, follow });
  const information = reasonOf('AS400', '');
  const shown = factsOf(state, null, 'Не существует', information);
  const page = resultPage(shown, facts.utcOffsetMinutes, true);
  const say: Say = { number: 'AS-21', params: { причина: information }, result: page };
  return finish(state, { kind: 'declined', code: 'notRegistered', say, follow });
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

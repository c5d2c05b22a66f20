/** How a payment ends, or is left to the background (AS-04, AS-21..AS-25, AS-33, AS-35..AS-41). */
import type { Action } from '../../driver.ts';
import type { Answer } from '../../kernel/answer.ts';
import { disputed, freed, inStage, knowing, stay } from '../../kernel/undecided.ts';
import type { DeclineCode, Outcome, Say } from '../../outcome.ts';
import { lastPayment, type OrderRecord } from './answers.ts';
import { MEANS } from './pay-means.ts';
import {
  alarmText,
  type Draft,
  type Ended,
  type Facts,
  factsOf,
  meansOf,
  type Result,
  type Work,
  type Working,
} from './pay-state.ts';
import { changeText, resultPage, slipRows } from './prompts.ts';
import { pausesOf } from './settings.ts';
import {
  ALREADY_PAID,
  declineCodeOf,
  isSuccess,
  notOurs,
  type OrderState,
  offlineText,
  PROGRAM_MISSING,
  reasonOf,
  STATE_NAMES,
} from './status.ts';

/** The proven end. @param of the work, or what was known before anything was sent */
export function finish(of: Draft | Work, outcome: Outcome, more: Partial<Ended> = {}, before: Action[] = []): Result {
  const means = 'means' in of ? meansOf(of, null) : null;
  const ended = { providerPaymentId: null, email: of.email, means, offlineSinceMs: null, mayBeTold: true };
  return {
    state: { kind: 'pay', at: 'finished', ...ended, ...more },
    actions: [...before, { do: 'finish', outcome }],
  };
}

/** AS-04, or AS-24 for a cashier who wanted to pay once more. */
export function approve({ work }: Working, record: OrderRecord, facts: Facts, before: Action[] = []): Result {
  const { receivedKopecks, order } = work;
  const isPart = record.state === 'PartialCanceled';
  const information = sentences(informationOf(record), changeText(receivedKopecks, order.amountKopecks));
  const shown = factsOf(work, record, STATE_NAMES[isPart ? 'PartialCanceled' : 'Approved'], information);
  const readerRows = work.readerRows ?? work.walk?.slipRows ?? null;
  const { merchantId } = facts.settings;
  const { billNumber: providerPaymentId } = record;
  const outcome: Outcome = {
    kind: 'approved',
    providerPaymentId,
    say: work.isAskedAgain
      ? ALREADY_PAID
      : { number: 'AS-04', result: resultPage(shown, facts.utcOffsetMinutes, false) },
    slip: slipRows(shown, { merchantId, record, readerRows, receivedKopecks }, facts.utcOffsetMinutes),
    ...(shown.means === 'cash' ? inCash(work) : {}),
  };
  const news = [...before, ...changed(work, 'Approved')];
  return finish(work, outcome, { providerPaymentId, means: shown.means }, news);
}

/** What AS-02 has counted, in the words of an outcome. */
function inCash({ receivedKopecks, order }: Work): { isCash: true; changeKopecks?: number } {
  const changeKopecks = (receivedKopecks ?? 0) - order.amountKopecks;
  return { isCash: true, ...(changeKopecks > 0 ? { changeKopecks } : {}) };
}

/**
 * AS-35: the cash is in the drawer, the server hears of it later (assist.md 12.8).
 * @param answer to the report of it, or to the question about it
 * @param mayBeTold false = no report of it can have arrived: an order under its number is another till's
 */
export function approveOffline({ work }: Working, answer: Answer, facts: Facts, mayBeTold: boolean): Result {
  const { receivedKopecks, sentAtMs, order } = work;
  const information = sentences(offlineText(answer), changeText(receivedKopecks, order.amountKopecks));
  const shown = { ...factsOf(work, null, STATE_NAMES.Approved, information), dateMs: sentAtMs, billNumber: null };
  const { merchantId } = facts.settings;
  const outcome: Outcome = {
    kind: 'approved',
    providerPaymentId: null,
    say: { number: 'AS-35', result: resultPage(shown, facts.utcOffsetMinutes, false) },
    slip: slipRows(shown, { merchantId, record: null, readerRows: null, receivedKopecks }, facts.utcOffsetMinutes),
    ...inCash(work),
    follow: true,
  };
  return finish(work, outcome, { offlineSinceMs: sentAtMs, mayBeTold });
}

/** A final state without money: AS-21, AS-22, or a word in the status line when the cashier wanted it so. */
export function endUnpaid({ work }: Working, record: OrderRecord, facts: Facts): Result {
  const { state: final } = record;
  const news = final === null ? [] : changed(work, final);
  if (final === 'Canceled' && work.wantsCancel) return finish(work, MEANS[work.means].givenUp, {}, news);
  const { code, number } = endOf(final, lastPayment(record)?.responseCode ?? '');
  const shown = factsOf(work, record, STATE_NAMES[final ?? 'Declined'], unpaidReason(work, record));
  const page = resultPage(shown, facts.utcOffsetMinutes, true);
  const say: Say = { number, params: { причина: shown.information }, result: page };
  return finish(work, { kind: 'declined', code, say }, {}, news);
}

function endOf(state: OrderState | null, responseCode: string): { code: DeclineCode; number: string } {
  if (state === 'Timeout') return { code: 'timeout', number: 'AS-22' };
  if (state === 'Canceled') return { code: 'cancelled', number: 'AS-21' };
  return { code: declineCodeOf(responseCode), number: 'AS-21' };
}

/** The buyer's text, and after it the cashier's (assist.md 3.3). */
function unpaidReason({ means, qr }: Work, record: OrderRecord): string {
  if (record.state === 'Canceled' && means === 'sbp' && qr === null) return 'QR-код не получен';
  return record.state === 'Timeout' ? '' : informationOf(record);
}

function informationOf(record: OrderRecord): string {
  const operation = lastPayment(record);
  if (operation === null || (isSuccess(operation.responseCode) && operation.customerMessage === '')) return '';
  const reason = reasonOf(operation.responseCode, operation.customerMessage);
  return sentences(reason, operation.recommendation);
}

function sentences(...texts: string[]): string {
  return texts.filter((text) => text !== '').join('. ');
}

/** Proven as far as anybody can tell; the watch list looks for a late success (assist.md 7). */
export function endAbsent({ work }: Working, facts: Facts): Result {
  if (work.doubt?.provenAfterMs === 0) {
    return finish(work, { kind: 'declined', code: 'notRegistered', say: PROGRAM_MISSING });
  }
  const follow = true as const;
  if (work.wantsCancel) return finish(work, { ...MEANS[work.means].givenUp, follow });
  const information = reasonOf('AS400', '');
  const page = resultPage(factsOf(work, null, 'Не существует', information), facts.utcOffsetMinutes, true);
  const say: Say = { number: 'AS-21', params: { причина: information }, result: page };
  return finish(work, { kind: 'declined', code: 'notRegistered', say, follow });
}

/** AS-27: the cashier has long gone on when it becomes known. */
function changed({ order, isBackground }: Work, word: OrderState): Action[] {
  if (!isBackground) return [];
  return [{ do: 'notify', number: 'AS-27', params: { номер: order.orderNumber, статус: word } }];
}

/** Sets the cashier free; the machine goes on. */
export function release(from: Working, say: Say | null, ...actions: Action[]): Result {
  const { state, actions: freeing } = freed(unasked(from), say);
  return stay(state, ...freeing, ...actions);
}

/** Other figures under our number (K12, K20): never approved; an exact answer is asked for, for ever. */
export function dispute(from: Working, why: string, { settings }: Facts): Result {
  const alarm = alarmText(from.work, why);
  return disputed(inStage(unasked(from), 'polling'), { say: notOurs(why), alarm, pauses: pausesOf(settings) });
}

/** Whoever chose Assist again has got the answer. */
function unasked(state: Working): Working {
  return knowing(state, { isAskedAgain: false, view: 'main' });
}

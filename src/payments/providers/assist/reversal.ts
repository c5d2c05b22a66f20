/**
 * What cancel and refund have in common: taking a payment back, all or a part of it (assist.md 3.4, 7). The order is read
 * first: its state tells what can be done, and its cancel operations are remembered, so that ours is recognised when its
 * answer was lost.
 */
import type { Action, Input, Machine, Order, Restart, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, missedInMs, send } from '../../kernel/asking.ts';
import {
  askNow,
  beginUndecided,
  disputed,
  type Finished,
  freed,
  heard,
  inStage,
  isHopeless,
  knowing,
  later as laterWith,
  leftBecause,
  pause,
  restFor,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { Outcome, Say } from '../../outcome.ts';
import { CANCEL_OPERATION, type Operation, type OrderRecord, plain, readResult } from './answers.ts';
import { waitPrompt } from './prompts.ts';
import { type AssistRecalled, type Source, sourceOf } from './recall.ts';
import { type AssistSettings, pausesOf } from './settings.ts';
import { isSuccess, LEFT, NO_SUCH_ORDER, notOurs, notRefunded, notReturned, unanswered } from './status.ts';
import { whyDoubtful } from './verdict.ts';
import { CURRENCY, resultRequest } from './wire.ts';

export type Facts = StepFacts<AssistSettings>;

interface Work extends Undecided {
  source: Source;
  /** Owed to the buyer: it goes on by itself until it is done. Else the cashier waits, and may begin it anew. */
  isOwed: boolean;
  startedAtMs: number;
  /** Cancel operations that were there before ours: whatever else appears is ours. Null = not read yet. */
  known: string[] | null;
  /** Since when nobody knows what became of the latest request; null = none was sent that may have arrived. */
  postedAtMs: number | null;
  /** It was refused: the outcome when the order shows no operation of ours. */
  refusal: Outcome | null;
  /** The order was given up, and is read to see what came of it. */
  hasAborted: boolean;
}

export interface Working {
  kind: 'reversal';
  /**
   * - `reading` the order is read: what stands there, and did ours arrive?
   * - `posting` the request is in flight
   * - `loggingIn`, `aborting` the order was never paid and is given up (assist.md 3.5)
   */
  at: 'reading' | 'posting' | 'loggingIn' | 'aborting';
  work: Work;
}

export type ReversalState = Working | (Finished<'reversal'> & { wasPosted: boolean });
export type Result = StepResult<ReversalState>;

/** Where cancel and refund differ, and the request that is the refund's own (`refund.ts`). */
export interface Rules {
  isOwed: boolean;
  post(state: Working, billNumber: string, facts: Facts): Result;
  judgePost(state: Working, answer: Answer, facts: Facts): Result;
  /** The order holds no money: `In Process`, `Canceled`, `Declined` or `Timeout`. */
  judgeUnpaid(state: Working, order: OrderRecord, facts: Facts): Result;
  /** A good answer without the order. */
  judgeMissing(state: Working, facts: Facts): Result;
  /** The answers to `loggingIn` and `aborting`. */
  judgeAbort(state: Working, answer: Answer, facts: Facts): Result;
}

export function reversalBy(rules: Rules): Machine<AssistSettings, ReversalState, AssistRecalled> {
  const { isOwed } = rules;
  return {
    version: 1,
    begin: (order, facts) => begin(order, facts, { isOwed }),
    step: (state, input, facts) => (state.at === 'finished' ? stay(state) : step(rules, state, input, facts)),

    /**
     * As after a lost answer, sent just now. What stood in the order before ours is gone with the state: known are the operations
     * of this register's other refunds (`givenBackIds`), and a repeat has the same `ExternalRefundID`.
     */
    resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
      const sent = mayHaveMoved ? { known: [], postedAtMs: facts.nowMs } : {};
      return begin(order, facts, { isOwed, startedAtMs, isBackground: !foreground, ...sent });
    },
  };
}

function begin(order: Order<AssistRecalled>, facts: Facts, more: Partial<Work> & Pick<Work, 'isOwed'>): Result {
  const source = sourceOf(order);
  if (source === null) {
    const alarm: Action = { do: 'alarm', text: `assist: reversal ${order.orderNumber}: it names no payment` };
    return ended(notReturned(NO_SUCH_ORDER, !more.isOwed), false, [alarm]);
  }
  if (source.isReversal) return ended(notReturned('Возврат отменить нельзя'), false);
  if (order.amountKopecks > source.amountKopecks)
    return ended(notReturned('Сумма больше остатка оплаты', !more.isOwed), false);
  const work: Work = {
    ...beginUndecided(order),
    source,
    startedAtMs: facts.nowMs,
    known: null,
    postedAtMs: null,
    refusal: null,
    hasAborted: false,
    ...more,
  };
  return read({ kind: 'reversal', at: 'reading', work }, facts);
}

function step(rules: Rules, state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  // A request of which nobody knows whether it left is first looked for (K17, K28).
  if ('restarted' in input) return read(afterRestart(state, input.restarted, facts), facts);
  if ('askNow' in input) {
    return askNow(state, (from) => read(from, facts), facts.nowMs, facts.settings.settlePollMs);
  }
  if ('timer' in input) {
    const leftMs = missedInMs(work, facts.nowMs, facts.settings.timeoutMs);
    return leftMs === 0 ? read(afterPost(state, facts), facts) : stay(state, pause(leftMs));
  }
  // Esc: a refund that may have arrived goes on behind the cashier's back.
  if ('cashier' in input) return !work.isOwed && work.postedAtMs !== null ? freed(state, LEFT) : stay(state);
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const heard = knowing(state, { awaiting: null });
  switch (heard.at) {
    case 'reading':
      return judgeOrders(rules, heard, answer, facts);
    case 'posting':
      return rules.judgePost(heard, answer, facts);
    case 'loggingIn':
    case 'aborting':
      return rules.judgeAbort(heard, answer, facts);
  }
}

/** A request in flight may arrive from now on. */
export function afterPost(state: Working, { nowMs }: Facts): Working {
  return state.at === 'posting' ? inStage(state, 'reading', { postedAtMs: nowMs }) : state;
}

/** What is not there yet is waited for with the time that has surely passed. */
function afterRestart(from: Working, { clockShiftMs }: Restart, facts: Facts): Working {
  const { askedAtMs, postedAtMs } = from.work;
  const { nowMs, settings } = facts;
  // Lost now, or when its limit was over.
  const lostAtMs = Math.min(nowMs, askedAtMs + clockShiftMs + settings.timeoutMs);
  const known = postedAtMs === null ? null : postedAtMs + clockShiftMs;
  return knowing(from, { postedAtMs: from.at === 'posting' ? lostAtMs : known });
}

// The order

/** Reads the order: what stands there, and did ours arrive? */
export function read(from: Working, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const { source, startedAtMs } = from.work;
  const asking = askAs(from.work, 'result', nowMs);
  const sinceMs = source.offlineSinceMs ?? dayOf(source.orderNumber) ?? startedAtMs;
  const request = resultRequest(asking.awaiting, source.orderNumber, { sinceMs, nowMs }, settings);
  return waiting(inStage(from, 'reading', asking), facts, send(request));
}

/** Our numbers begin with the day of the sale: an old one is out of the server's own window (assist.md 3.3). */
export function dayOf(orderNumber: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})_/.exec(orderNumber);
  const dayMs = match === null ? Number.NaN : Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  return Number.isNaN(dayMs) ? null : dayMs;
}

/** The cashier waits for a cancel as long as it goes well; a refund she may leave once it may have arrived. */
export function waiting(state: Working, facts: Facts, ...actions: Action[]): Result {
  const { isBackground, isOwed, postedAtMs } = state.work;
  if (isBackground) return stay(state, ...actions);
  const deadlineMs = facts.settings.timeoutMs;
  const prompt = waitPrompt('Ассист', { cancellable: !isOwed && postedAtMs !== null, deadlineMs });
  return stay(state, { do: 'prompt', prompt }, ...actions);
}

function judgeOrders(rules: Rules, from: Working, answer: Answer, facts: Facts): Result {
  const { work } = from;
  const meaning = meaningOf(answer, (reply) => readResult(reply, facts.settings));
  if (meaning.is !== 'understood') return unread(from, answer, facts);
  const state = heard(from, null);
  const { told: orders } = meaning;
  if (orders.some(({ orderNumber }) => orderNumber !== work.source.orderNumber)) {
    return dispute(state, 'the number of another order', facts);
  }
  const order = orderAmong(orders, work.source);
  if (order === null) {
    return orders.length > 0 ? dispute(state, 'another bill number', facts) : rules.judgeMissing(state, facts);
  }
  const doubt = whyDoubtful(order, facts.settings) ?? (isBigEnough(order, work) ? null : 'another sum');
  if (doubt !== null) return dispute(state, doubt, facts);
  const ours = newOperation(order, work, facts);
  if (ours !== null) return finish(state, returned(ours.billNumber));
  // A word that tells nothing of the order is no better than no answer.
  return order.state === 'Unknown' ? unread(state, answer, facts) : judgeState(rules, state, order, facts);
}

/** Its bill number is known, or it is the one with the money. */
function orderAmong(orders: OrderRecord[], { billNumber }: Source): OrderRecord | null {
  if (billNumber !== null) return orders.findLast((order) => plain(order.billNumber) === billNumber) ?? null;
  const holdsMoney = ({ state }: OrderRecord) => state === 'Approved' || state === 'PartialCanceled';
  return orders.findLast(holdsMoney) ?? orders.at(-1) ?? null;
}

/** Parts may have been given back before: the order is no smaller than what is left of it. */
export function isBigEnough(order: OrderRecord, { source }: Work): boolean {
  return order.amountKopecks >= source.amountKopecks;
}

/**
 * A cancel operation of our sum that was not there before ours was sent (assist.md 7), and that is not another attempt's:
 * while this one was undecided, a person may have had the money given back once more.
 */
export function newOperation(order: OrderRecord, work: Work, facts: Facts): Operation | null {
  if (work.known === null || work.postedAtMs === null) return null;
  const taken = [...work.known, ...(facts.givenBackIds ?? [])];
  const fresh = order.operations.filter((one) => isDone(one) && !taken.includes(one.billNumber));
  const whole = fresh.find(({ amountKopecks }) => amountKopecks === work.order.amountKopecks);
  // What a card and points have paid together goes back by an operation each (3.3).
  const sumKopecks = fresh.reduce((sum, { amountKopecks }) => sum + (amountKopecks ?? 0), 0);
  return whole ?? (sumKopecks === work.order.amountKopecks ? (fresh.at(-1) ?? null) : null);
}

/** A part of the order, or the whole, has gone back by it. */
export function isDone(one: Operation): boolean {
  return one.type === CANCEL_OPERATION && isSuccess(one.responseCode) && one.currency === CURRENCY;
}

function judgeState(rules: Rules, state: Working, order: OrderRecord, facts: Facts): Result {
  switch (order.state) {
    case 'Approved':
    case 'PartialCanceled':
      return postOrWait(rules, state, order, facts);
    case 'In Process':
    case 'Canceled':
    case 'Declined':
    case 'Timeout':
      return rules.judgeUnpaid(state, order, facts);
    case 'Delayed':
    case 'PartialApproved':
    case 'PartialDelayed':
    case 'Unknown':
    case 'None':
    case null:
      return dispute(state, `state ${order.state ?? 'nobody knows'}`, facts);
  }
}

function postOrWait(rules: Rules, state: Working, order: OrderRecord, facts: Facts): Result {
  const billNumber = plain(order.billNumber);
  if (state.work.postedAtMs !== null) return notThere(state, facts) ?? rules.post(state, billNumber, facts);
  const known = order.operations.filter(({ type }) => type === CANCEL_OPERATION).map((one) => one.billNumber);
  return rules.post(knowing(state, { known }), billNumber, facts);
}

/**
 * Sent, and the order shows nothing of it.
 * @returns null = it was not refused, and would be there by now: it may be sent again under the same id
 */
export function notThere(state: Working, facts: Facts): Result | null {
  const { refusal, postedAtMs, askedAtMs } = state.work;
  if (refusal !== null) return finish(state, refusal);
  return postedAtMs !== null && askedAtMs - postedAtMs < facts.settings.settleMs ? soon(state, 0, facts) : null;
}

function unread(from: Working, answer: Answer, facts: Facts): Result {
  const { isOwed, isBackground, postedAtMs } = from.work;
  const state = heard(from, answer);
  if (isOwed || isBackground) return later(state, facts, unanswered(answer));
  if (isHopeless(state.work) && postedAtMs !== null) {
    return later(state, facts, leftBecause(state.work, unanswered(answer), 'refund'));
  }
  const failures = state.work.failures + 1;
  if (failures < facts.settings.unreachableAfter && answer !== 'notSent') return soon(state, failures, facts);
  return postedAtMs === null ? finish(state, notRefunded(answer)) : later(state, facts, unanswered(answer));
}

// How it goes on, and how it ends

/** Does not decide yet. */
function soon(state: Working, failures: number, { settings }: Facts): Result {
  return stay(inStage(state, 'reading', { awaiting: null, failures }), restFor(state, settings.settlePollMs));
}

/** No link, or nothing to be done yet: the cashier is set free once, the rest is done with growing pauses. */
export function later(from: Working, { settings }: Facts, say: Say): Result {
  return laterWith(inStage(from, 'reading', { hasAborted: false }), say, pausesOf(settings));
}

/** Somebody has to look. Nothing of what was said is believed. */
export function dispute(from: Working, why: string, { settings }: Facts): Result {
  const { order, source } = from.work;
  const alarm = `assist: reversal ${order.orderNumber} of ${source.orderNumber}: ${why}`;
  const state = inStage(from, 'reading', { hasAborted: false });
  return disputed(state, { say: notOurs(why), alarm, pauses: pausesOf(settings) });
}

/** @param providerPaymentId of the operation that proves it; null when there was nothing to give back */
export function returned(providerPaymentId: string | null): Outcome {
  return { kind: 'approved', providerPaymentId };
}

export function finish({ work }: Working, outcome: Outcome): Result {
  return ended(outcome, work.postedAtMs !== null);
}

function ended(outcome: Outcome, wasPosted: boolean, before: Action[] = []): Result {
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  return stay({ kind: 'reversal', at: 'finished', providerPaymentId, wasPosted }, ...before, {
    do: 'finish',
    outcome,
  });
}

/**
 * Giving money back (paymaster.md 8.4): the same request for a cancel in an open receipt and for a return by receipt, because
 * a paid bill has no cancel of its own. One key for life: a lost answer is answered by the same POST again. A cancel never
 * gives up and sets the cashier free at once; a return is played in front of him.
 */
import type { Action, HttpReply, Input, Machine, Order, Restart, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, missedInMs, send } from '../../kernel/asking.ts';
import {
  askNow,
  beginUndecided,
  disputed,
  type Finished,
  finished,
  freed,
  heard,
  inStage,
  isHopeless,
  knowing,
  later as laterWith,
  leftBecause,
  pause,
  preceded,
  restFor,
  show,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import { refundPrompt } from './prompts.ts';
import { findPaid, type PaymasterRecalled, paidSinceMs, paymentIdOf } from './recall.ts';
import { type PaymasterSettings, pausesOf } from './settings.ts';
import {
  KEY_USED,
  KEY_VIOLATION,
  NO_CONNECTION,
  NO_WAY_BACK,
  notOurs,
  noUse,
  REFUND_GOES_ON,
  REFUND_IMPOSSIBLE,
  refundStatus,
  refundUndecided,
  refusalOf,
  TOO_MUCH,
} from './status.ts';
import {
  CURRENCY,
  listRequest,
  MOST_PAGES,
  type Problem,
  type Refund,
  readPaymentPage,
  readProblem,
  readRefund,
  readRefundPage,
  refundBody,
  refundListRequest,
  refundRequest,
  refundStateRequest,
} from './wire.ts';

type Facts = StepFacts<PaymasterSettings>;
type Kind = 'cancel' | 'refund';

interface Work extends Undecided {
  order: Order<PaymasterRecalled>;
  /** The payment that is given back; null = still looked for. */
  paymentId: string | null;
  /** Whose lists have them, whatever has become of the settings. */
  merchantId: string;
  startedAtMs: number;
  /** A POST may have arrived without an answer: a refusal of the next one then proves nothing. */
  mayHaveLeft: boolean;
  /** What the server refused with: the outcome when whole lists have no refund of ours. */
  refusal: Outcome | null;
  /** When that was, on today's clock (`Restart`), and whole lists since then without a refund of ours. */
  refusedAtMs: number;
  emptyLists: number;
  /** The server says that the key was used: the refund exists, whatever a list says. */
  isKeyUsed: boolean;
  /** Of this refund. */
  providerPaymentId: string | null;
  /** A list that is being read page by page, and the best row of it so far. */
  cursor: string | null;
  pages: number;
  /** Its end, the same on every page; absent in a state of an older version. */
  listEndMs?: number;
  found: Refund | null;
  /** Since when the server says "in work". */
  pendingSinceMs: number | null;
  /** The server said a word that nobody knows; told to the log once. */
  isAlarmed: boolean;
}

interface Working {
  kind: Kind;
  /**
   * - `seeking`  the id of the payment was never learned (a person decided it): the list of payments has it by its number
   * - `posting`  the POST is in flight, or waits for its repeat
   * - `finding`  the list of refunds tells
   * - `polling`  the server has it
   */
  at: 'seeking' | 'posting' | 'finding' | 'polling';
  work: Work;
}

export type RefundState = Working | (Finished<Kind> & { wasPosted: boolean });
type Result = StepResult<RefundState>;

export const paymasterCancel = machineOf('cancel');
export const paymasterRefund = machineOf('refund');

function machineOf(kind: Kind): Machine<PaymasterSettings, RefundState, PaymasterRecalled> {
  return {
    version: 2,

    begin: (order, facts) => begin(kind, order, facts),

    /** As after a lost answer: the same POST under the same key is the question (8.4). */
    resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
      const left = { mayHaveLeft: mayHaveMoved, isBackground: !foreground, startedAtMs };
      // A return that was never sent, and that nobody waits for, is simply not made; a cancel is owed.
      if (kind === 'refund' && !mayHaveMoved && !foreground) return ended(kind, NO_CONNECTION);
      return begin(kind, order, facts, left);
    },

    step(state, input, facts) {
      if (state.at === 'finished') return stay(state);
      if ('restarted' in input) return goOn(afterRestart(state, input.restarted), facts);
      if ('askNow' in input) {
        return askNow(state, (from) => ask(from, facts), facts.nowMs, facts.settings.pollMs);
      }
      if ('timer' in input) return wake(state, facts);
      if ('cashier' in input) return input.cashier === 'cancel' ? leave(state) : stay(state);
      return stepAnswer(state, input, facts);
    },
  };
}

function begin(kind: Kind, order: Order<PaymasterRecalled>, facts: Facts, left: Partial<Work> = {}): Result {
  if (order.source?.recalled.isReversal === true) return ended(kind, NO_WAY_BACK);
  if (order.source === null) {
    const text = `paymaster: ${kind} ${order.orderNumber} names no payment`;
    return preceded([{ do: 'alarm', text }], ended(kind, REFUND_IMPOSSIBLE));
  }
  if (order.amountKopecks > order.source.amountKopecks) return ended(kind, TOO_MUCH);
  const work: Work = {
    ...beginUndecided(order),
    order,
    paymentId: paymentIdOf(order),
    merchantId: facts.settings.merchantId,
    startedAtMs: facts.nowMs,
    mayHaveLeft: false,
    refusal: null,
    refusedAtMs: 0,
    emptyLists: 0,
    isKeyUsed: false,
    providerPaymentId: null,
    cursor: null,
    pages: 0,
    found: null,
    pendingSinceMs: null,
    isAlarmed: false,
    ...left,
  };
  const state: Working = { kind, at: work.paymentId === null ? 'seeking' : 'posting', work };
  return preceded(showWaiting(state, facts), ask(state, facts));
}

/** In front of the cashier: a few tries, or so long as the server has it in work. */
function showWaiting(state: Working, { settings, nowMs }: Facts): Action[] {
  const { pendingSinceMs } = state.work;
  const { httpTimeoutMs, pollMs, unreachableAfter, waitMs } = settings;
  const tries = state.kind === 'cancel' ? 1 : unreachableAfter;
  const leftMs = pendingSinceMs === null ? tries * (httpTimeoutMs + pollMs) : pendingSinceMs + waitMs - nowMs;
  return show(state, refundPrompt(Math.max(0, leftMs)));
}

/** Esc: what may have been sent is asked after behind the cashier's back, what was not is not made; a cancel is owed. */
function leave(state: Working): Result {
  const { isBackground, awaiting } = state.work;
  if (isBackground) return stay(state);
  const mayHaveLeft = state.work.mayHaveLeft || (state.at === 'posting' && awaiting !== null);
  const isUnsent = state.kind === 'refund' && state.at === 'seeking' && !mayHaveLeft;
  if (isUnsent) return finish(state, { kind: 'declined', code: 'cancelled', say: null });
  return freed(state, refundUndecided(mayHaveLeft, null));
}

function ended(kind: Kind, outcome: Outcome): Result {
  const { state, actions } = finished(kind, outcome);
  return stay({ ...state, wasPosted: false }, ...actions);
}

function finish({ kind, work }: Working, outcome: Outcome, refundId: string | null = work.providerPaymentId): Result {
  const { state, actions } = finished(kind, outcome, refundId);
  return stay({ ...state, wasPosted: work.mayHaveLeft || refundId !== null }, ...actions);
}

function alarm({ kind, work }: Working, why: string): Action {
  return { do: 'alarm', text: `paymaster: ${kind} ${work.order.orderNumber} ${why}` };
}

function afterRestart(state: Working, { clockShiftMs }: Restart): Working {
  const { refusedAtMs, pendingSinceMs } = state.work;
  return knowing(state, {
    refusedAtMs: refusedAtMs + clockShiftMs,
    pendingSinceMs: pendingSinceMs === null ? null : pendingSinceMs + clockShiftMs,
  });
}

/** Whether the POST of the last run left is unknown; its repeat is the question (8.4). */
function goOn(from: Working, facts: Facts): Result {
  const { awaiting, mayHaveLeft } = from.work;
  const inFlight = from.at === 'posting' && awaiting !== null;
  const next = knowing(from, { awaiting: null, mayHaveLeft: mayHaveLeft || inFlight });
  return preceded(showWaiting(next, facts), ask(next, facts));
}

/** An answer that was missed is asked for again: a step for a return decided by hand may be thrown away (DOM-90). */
function wake(state: Working, facts: Facts): Result {
  if (state.work.awaiting === null) return ask(state, facts);
  const leftMs = missedInMs(state.work, facts.nowMs, facts.settings.httpTimeoutMs);
  return leftMs > 0 ? stay(state, pause(leftMs)) : goOn(state, facts);
}

// Requests

function ask(state: Working, facts: Facts): Result {
  const { paymentId, providerPaymentId } = state.work;
  if (state.at === 'seeking' || paymentId === null) return askPayments(state, facts, { cursor: null, pages: 0 });
  if (state.at === 'posting') return post(state, paymentId, facts);
  if (state.at === 'finding' || providerPaymentId === null) {
    return askList(state, facts, { cursor: null, pages: 0, found: null });
  }
  const asking = askAs(state.work, 'state', facts.nowMs);
  const request = refundStateRequest(asking.awaiting, facts.settings, providerPaymentId);
  return stay(knowing(state, asking), send(request));
}

/** The same key and the same bytes, however often. */
function post(from: Working, paymentId: string, { settings, nowMs }: Facts): Result {
  const { order } = from.work;
  const asking = askAs(from.work, 'refund', nowMs);
  const state = inStage(from, 'posting', { ...asking, paymentId });
  const request = refundRequest(asking.awaiting, settings, order.orderNumber, refundBody(order, paymentId));
  return stay(state, send(request, 'money'));
}

function askList(from: Working, facts: Facts, page: Pick<Work, 'cursor' | 'pages' | 'found'>): Result {
  const { startedAtMs } = from.work;
  const { listSlackMs } = facts.settings;
  const asking = askAs(from.work, 'list', facts.nowMs);
  // Set back over a restart, the clock must not hide a refund that was made before.
  const newEndMs = Math.max(facts.nowMs, startedAtMs) + listSlackMs;
  const listEndMs = page.cursor === null ? newEndMs : (from.work.listEndMs ?? newEndMs);
  const state = inStage(from, 'finding', { ...asking, ...page, listEndMs });
  const window = { startMs: startedAtMs - listSlackMs, endMs: listEndMs };
  return stay(state, send(refundListRequest(asking.awaiting, shopOf(state, facts), window, page.cursor)));
}

/** The same window on every page: a cursor belongs to its query. */
function askPayments(from: Working, facts: Facts, page: Pick<Work, 'cursor' | 'pages'>): Result {
  const { order, startedAtMs } = from.work;
  const { settings } = facts;
  const asking = askAs(from.work, 'list', facts.nowMs);
  const state = inStage(from, 'seeking', { ...asking, ...page });
  const window = { startMs: paidSinceMs(order, settings), endMs: startedAtMs + settings.listSlackMs };
  return stay(state, send(listRequest(asking.awaiting, shopOf(state, facts), window, page.cursor)));
}

/** A list of another shop would prove that there is nothing of ours. */
function shopOf({ work }: Working, { settings }: Facts): PaymasterSettings {
  return { ...settings, merchantId: work.merchantId };
}

// Answers

function stepAnswer(state: Working, input: Input, facts: Facts): Result {
  const answer = answerTo(state.work.awaiting, input);
  if (answer === null) return stay(state);
  const next = knowing(state, { awaiting: null });
  switch (state.at) {
    case 'seeking':
      return typeof answer === 'object' ? judgePayments(next, answer, facts) : unsought(next, answer, facts);
    case 'posting':
      return judgePost(next, answer, facts);
    case 'finding':
      return typeof answer === 'object' ? judgePage(next, answer, facts) : later(next, answer, facts);
    case 'polling':
      return typeof answer === 'object' ? judgeState(next, answer, facts) : later(next, answer, facts);
  }
}

function judgePayments(state: Working, reply: HttpReply, facts: Facts): Result {
  const { order, pages, mayHaveLeft } = state.work;
  const page = readPaymentPage(reply);
  const found = page === null ? 'undecided' : findPaid(page.rows, order, facts.settings);
  if (page === null || found === 'undecided' || pages >= MOST_PAGES) return unsought(state, reply, facts);
  if (found !== null) return post(knowing(state, { cursor: null, pages: 0, failures: 0 }), found.id, facts);
  if (page.cursor !== null) return askPayments(state, facts, { cursor: page.cursor, pages: pages + 1 });
  // Another version has found it, and posted.
  if (mayHaveLeft) return later(state, null, facts);
  return preceded([alarm(state, 'is of a payment that the server has not')], finish(state, REFUND_IMPOSSIBLE));
}

/** Nothing was asked for yet: a return is then simply not made, a cancel is owed. */
function unsought(state: Working, answer: Answer, facts: Facts): Result {
  const { failures, mayHaveLeft } = state.work;
  const isOver = state.kind === 'refund' && !mayHaveLeft && failures + 1 >= facts.settings.unreachableAfter;
  return isOver ? finish(state, noUse(answer)) : later(state, answer, facts);
}

function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const meaning = meaningOf<Refund, Problem>(answer, readRefund, readProblem);
  const left = knowing(state, { mayHaveLeft: true });
  switch (meaning.is) {
    case 'understood':
      return isOurs(state.work, meaning.told) ? settle(left, meaning.told, facts) : dispute(left, facts);
    case 'refused':
      return judgeRefusal(state, left, meaning.refusal, facts);
    case 'notSent':
      // A return that never left is simply not made; a cancel waits for the link.
      if (state.kind === 'refund' && !state.work.mayHaveLeft) return finish(state, NO_CONNECTION);
      return later(state, answer, facts);
    case 'notUnderstood':
    case 'tooLarge':
    case 'lost':
      return later(left, answer, facts);
  }
}

/** @param left the same, this POST having arrived */
function judgeRefusal(state: Working, left: Working, problem: Problem, facts: Facts): Result {
  const { mayHaveLeft, isBackground } = state.work;
  if (problem.code === KEY_VIOLATION) {
    return preceded([KEY_USED], ask(inStage(left, 'finding', { isKeyUsed: true }), facts));
  }
  const refusal = refusalOf(problem, 'PM-18');
  if (refusal === null) return later(left, null, facts);
  const isRight = refusal.kind === 'declined' && refusal.code === 'notAuthorised';
  // A token that is refused says nothing about the lost one; an older refund of the same sum must not stand in for it.
  if (isRight && mayHaveLeft) return later(left, null, facts);
  // After a lost one "more than was paid" may only mean that the lost one arrived.
  if (mayHaveLeft) return ask(inStage(left, 'finding', { refusal, refusedAtMs: facts.nowMs, emptyLists: 0 }), facts);
  // In the queue the money is owed: the token will be put right.
  return isRight && isBackground ? later(state, null, facts) : finish(state, refusal);
}

/** Everything the answer must repeat before it is believed (R5). */
function isOurs({ order, paymentId, providerPaymentId }: Work, refund: Refund): boolean {
  return (
    refund.paymentId === paymentId &&
    refund.amountKopecks === order.amountKopecks &&
    refund.currency === CURRENCY &&
    (providerPaymentId === null || refund.id === providerPaymentId)
  );
}

/**
 * 8.4: there is no number of ours in the list. The refund of the latest date is ours, unless it was there before we began
 * or is known to be another one's: while this was undecided, a person may have had the money given back once more.
 */
function judgePage(state: Working, reply: HttpReply, facts: Facts): Result {
  const { work } = state;
  const page = readRefundPage(reply);
  if (page === null) return later(state, reply, facts);
  const oldestMs = work.startedAtMs - facts.settings.listSlackMs;
  const otherIds = facts.givenBackIds ?? [];
  let { found } = work;
  for (const { object } of page.rows) {
    if (object === null || !isOurs(work, object) || otherIds.includes(object.id)) continue;
    if (object.createdMs === null || object.createdMs < oldestMs) continue;
    if (found === null || object.createdMs >= (found.createdMs ?? 0)) found = object;
  }
  if (page.cursor !== null) {
    if (work.pages >= MOST_PAGES) return later(state, null, facts);
    return askList(state, facts, { found, cursor: page.cursor, pages: work.pages + 1 });
  }
  if (found !== null) return settle(state, found, facts);
  // A row of this payment that is not understood may be ours.
  const isUnclear = page.rows.some(({ owner, object }) => owner === work.paymentId && object === null);
  if (isUnclear || work.isKeyUsed || work.isDisputed) return later(state, null, facts);
  return work.refusal === null ? later(inStage(state, 'posting'), null, facts) : judgeNone(state, work.refusal, facts);
}

/** Refused, and a whole list has none: the lost one may be on its way into it (8.2.3), so one look is no proof. */
function judgeNone(state: Working, refusal: Outcome, { settings: { pollMs, settleMs } }: Facts): Result {
  const { askedAtMs, refusedAtMs } = state.work;
  const emptyLists = state.work.emptyLists + 1;
  const isProven = emptyLists >= 2 && askedAtMs - refusedAtMs >= settleMs;
  return isProven ? finish(state, refusal) : stay(knowing(state, { emptyLists }), pause(pollMs));
}

function judgeState(state: Working, reply: HttpReply, facts: Facts): Result {
  const refund = readRefund(reply);
  if (refund === null) return later(state, reply, facts);
  return isOurs(state.work, refund) ? settle(state, refund, facts) : dispute(state, facts);
}

/** The status of a refund that was proven ours decides. */
function settle(from: Working, refund: Refund, { settings, nowMs }: Facts): Result {
  const { work } = from;
  const status = refundStatus(refund);
  if (status === 'returned') return finish(from, { kind: 'approved', providerPaymentId: refund.id }, refund.id);
  if (typeof status === 'object') return finish(from, status, refund.id);
  const isNewWord = status === 'strange' && !work.isAlarmed;
  const pendingSinceMs = work.pendingSinceMs ?? nowMs;
  const state = inStage(from, 'polling', {
    providerPaymentId: refund.id,
    failures: 0,
    wrong: null,
    found: null,
    pendingSinceMs,
    isAlarmed: work.isAlarmed || isNewWord,
  });
  const words = isNewWord ? [alarm(from, `has the status "${refund.status}"`)] : [];
  // The server ends it by itself; should it not, the cashier is not held for ever.
  const isOverdue = nowMs - pendingSinceMs >= settings.waitMs;
  const held = isOverdue ? freed(state, REFUND_GOES_ON) : stay(state);
  return stay(held.state, ...words, ...held.actions, pause(settings.pollMs));
}

/** The server names our refund with other figures: nothing is believed, somebody has to look. */
function dispute(from: Working, { settings }: Facts): Result {
  // Without an id only the list can tell; the POST is not repeated to a server that answers like this.
  return disputed(inStage(from, from.work.providerPaymentId === null ? 'finding' : 'polling'), {
    say: notOurs('other'),
    alarm: `paymaster: ${from.kind} ${from.work.order.orderNumber} was answered with other figures`,
    pauses: pausesOf(settings),
  });
}

/** Not decided. @param answer null = a good one. PM-19, once: a cancel is owed and sets the cashier free, a return is tried a few times in front of him. */
function later(from: Working, answer: Answer | null, { settings }: Facts): Result {
  const { kind, work } = from;
  const state = heard(from, answer);
  const failures = work.failures + 1;
  const isFree =
    work.isBackground || kind === 'cancel' || failures >= settings.unreachableAfter || isHopeless(state.work);
  if (!isFree) return stay(knowing(state, { failures }), restFor(state, settings.pollMs));
  const told = refundUndecided(work.mayHaveLeft, answer);
  const isLost = kind === 'refund' && work.mayHaveLeft && isHopeless(state.work);
  return laterWith(state, isLost ? leftBecause(state.work, told, 'refund') : told, pausesOf(settings));
}

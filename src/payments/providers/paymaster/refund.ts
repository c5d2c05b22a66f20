/**
 * Giving money back (paymaster.md 8.4): the same request for a cancel in an open receipt and for a return by receipt, because
 * a paid bill has no cancel of its own. One key for life: a lost answer is answered by the same POST again. A cancel never
 * gives up and sets the cashier free at once; a return is played in front of him.
 */

import type { Action, HttpReply, Input, Machine, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome } from '../../outcome.ts';
import { backOffMs } from './pauses.ts';
import { refundPrompt } from './prompts.ts';
import type { PaymasterRecalled } from './recall.ts';
import { type BackOrder, findPaid, paidSinceMs, paymentIdOf } from './refund-source.ts';
import type { PaymasterSettings } from './settings.ts';
import {
  KEY_USED,
  KEY_VIOLATION,
  NO_CONNECTION,
  NOT_OURS,
  REFUND_UNDECIDED,
  refundStatus,
  refusalOf,
  UNDECIDED,
} from './status.ts';
import {
  CURRENCY,
  listRequest,
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

interface Work extends Asking {
  order: BackOrder;
  /** The payment that is given back; '' = still looked for. */
  paymentId: string;
  /** The bytes of the POST: every repeat is the same. */
  body: string;
  /** Whose lists have them, whatever has become of the settings. */
  merchantId: string;
  startedAtMs: number;
  /** A POST may have arrived without an answer: a refusal of the next one then proves nothing. */
  mayHaveLeft: boolean;
  /** What the server refused with: the outcome when whole lists have no refund of ours. */
  refusal: Outcome | null;
  /** Whole lists without a refund of ours since it was refused. */
  emptyLists: number;
  /** The server says that the key was used: the refund exists, whatever a list says. */
  isKeyUsed: boolean;
  refundId: string | null;
  /** A list that is being read page by page, and the best row of it so far. */
  cursor: string | null;
  pages: number;
  found: Refund | null;
  /** Since when the server says "in work". */
  pendingSinceMs: number | null;
  /** Questions without a decision, in a row. */
  failures: number;
  isBackground: boolean;
  isDisputed: boolean;
  isStrange: boolean;
}

/**
 * - `seeking`  the id of the payment was never learned (a person decided it): the list of payments has it by its number
 * - `posting`  the POST is in flight, or waits for its repeat
 * - `finding`  the list of refunds tells
 * - `polling`  the server has it
 */
type Stage = 'seeking' | 'posting' | 'finding' | 'polling';

export type RefundState = { kind: 'cancel' | 'refund' } & (
  | { at: Stage; work: Work }
  | { at: 'finished'; refundId: string | null; mayHaveMoved: boolean }
);

type Working = Extract<RefundState, { work: Work }>;
type Result = StepResult<RefundState>;

const IMPOSSIBLE: Outcome = { kind: 'declined', code: 'rejected', say: { number: 'PM-18' } };
/** The refund was made and stands: PM-18 would have the cashier hand out cash as well. */
const NO_WAY_BACK: Outcome = { kind: 'declined', code: 'rejected', say: UNDECIDED };
const TOO_MUCH: Outcome = {
  kind: 'declined',
  code: 'rejected',
  say: { number: 'PM-18', text: 'Сумма возврата больше суммы оплаты' },
};
const MOST_PAGES = 200;

export const paymasterCancel = machineOf('cancel');
export const paymasterRefund = machineOf('refund');

function machineOf(kind: RefundState['kind']): Machine<PaymasterSettings, RefundState, PaymasterRecalled> {
  return {
    begin(order, facts) {
      const paymentId = paymentIdOf(order);
      const state: Working = {
        kind,
        at: 'posting',
        work: {
          ...NEVER_ASKED,
          order,
          paymentId: paymentId ?? '',
          body: refundBody(order, paymentId ?? ''),
          merchantId: facts.settings.merchantId,
          startedAtMs: facts.nowMs,
          mayHaveLeft: false,
          refusal: null,
          emptyLists: 0,
          isKeyUsed: false,
          refundId: null,
          cursor: null,
          pages: 0,
          found: null,
          pendingSinceMs: null,
          failures: 0,
          isBackground: false,
          isDisputed: false,
          isStrange: false,
        },
      };
      if (order.source?.recalled.isReversal === true) return finish(state, NO_WAY_BACK);
      if (order.source === null) {
        const result = finish(state, IMPOSSIBLE);
        return { state: result.state, actions: [alarm(state, 'names no payment'), ...result.actions] };
      }
      if (order.amountKopecks > order.source.amountKopecks) return finish(state, TOO_MUCH);
      const shown: Action = { do: 'prompt', prompt: refundPrompt() };
      if (paymentId !== null) return post(state, facts, [shown]);
      const sought = askPayments(withWork(state, 'seeking', {}), facts);
      return stay(sought.state, shown, ...sought.actions);
    },

    step(state, input, facts) {
      if (state.at === 'finished') return stay(state);
      if ('restarted' in input) return goOn(state, facts);
      if ('timer' in input) return wake(state, facts);
      return stepAnswer(state, input, facts);
    },
  };
}

function stay(state: RefundState, ...actions: Action[]): Result {
  return { state, actions };
}

function withWork(state: Working, at: Stage, change: Partial<Work>): Working {
  return { kind: state.kind, at, work: { ...state.work, ...change } };
}

function finish({ kind, work }: Working, outcome: Outcome, refundId: string | null = work.refundId): Result {
  const mayHaveMoved = work.mayHaveLeft || refundId !== null;
  return { state: { kind, at: 'finished', refundId, mayHaveMoved }, actions: [{ do: 'finish', outcome }] };
}

function alarm({ kind, work }: Working, why: string): Action {
  return { do: 'alarm', text: `paymaster: ${kind} ${work.order.orderNumber} ${why}` };
}

/** Whether the POST of the last run left is unknown; its repeat is the question (8.4). */
function goOn(from: Working, facts: Facts): Result {
  const inFlight = from.at === 'posting' && from.work.awaiting !== null;
  const mayHaveLeft = from.work.mayHaveLeft || inFlight;
  // What was in flight may come into the list from now on: the empty ones are counted anew.
  const next = withWork(from, from.at, { awaiting: null, mayHaveLeft, emptyLists: 0 });
  const asked = ask(next, facts);
  const shown: Action[] = from.work.isBackground ? [] : [{ do: 'prompt', prompt: refundPrompt() }];
  return stay(asked.state, ...shown, ...asked.actions);
}

/**
 * A step that would have moved money for a return decided by hand is thrown away (DOM-90), and the answer it was made of
 * with it: what does not come is asked for again.
 */
function wake(state: Working, facts: Facts): Result {
  const { awaiting, askedAtMs } = state.work;
  if (awaiting === null) return ask(state, facts);
  const leftMs = askedAtMs + 2 * facts.settings.httpTimeoutMs - facts.nowMs;
  return leftMs > 0 ? stay(state, { do: 'sleep', ms: leftMs }) : goOn(state, facts);
}

function ask(state: Working, facts: Facts): Result {
  const { work } = state;
  if (state.at === 'seeking') return askPayments(withWork(state, 'seeking', { cursor: null, pages: 0 }), facts);
  if (state.at === 'posting') return post(state, facts);
  if (state.at === 'polling' && work.refundId !== null) {
    const asking = askAs(work, 'state', facts.nowMs);
    const request = refundStateRequest(asking.awaiting, facts.settings, work.refundId);
    return stay(withWork(state, 'polling', asking), send(request));
  }
  return askList(withWork(state, 'finding', { cursor: null, pages: 0, found: null }), facts);
}

function askList(state: Working, facts: Facts): Result {
  const asking = askAs(state.work, 'list', facts.nowMs);
  const request = refundListRequest(asking.awaiting, shopOf(state.work, facts), state.work.cursor);
  return stay(withWork(state, 'finding', asking), send(request));
}

/** A list of another shop would prove that there is nothing of ours. */
function shopOf({ merchantId }: Work, { settings }: Facts): PaymasterSettings {
  return { ...settings, merchantId };
}

/** The same window on every page: a cursor belongs to its query. */
function askPayments(state: Working, facts: Facts): Result {
  const { work } = state;
  const { settings } = facts;
  const asking = askAs(work, 'list', facts.nowMs);
  const window = { startMs: paidSinceMs(work.order, settings), endMs: work.startedAtMs + settings.listSlackMs };
  const request = listRequest(asking.awaiting, shopOf(work, facts), window, work.cursor);
  return stay(withWork(state, 'seeking', asking), send(request));
}

/** The same key and the same bytes, however often. */
function post(state: Working, facts: Facts, before: Action[] = []): Result {
  const { work } = state;
  const asking = askAs(work, 'refund', facts.nowMs);
  const request = refundRequest(asking.awaiting, facts.settings, work.order.orderNumber, work.body);
  return stay(withWork(state, 'posting', asking), ...before, send(request, 'money'));
}

function stepAnswer(state: Working, input: Input, facts: Facts): Result {
  const answer = answerTo(state.work.awaiting, input);
  if (answer === null) return stay(state);
  const heard = withWork(state, state.at, { awaiting: null });
  switch (state.at) {
    case 'seeking':
      return typeof answer === 'object' ? judgePayments(heard, answer, facts) : unsought(heard, facts);
    case 'posting':
      return judgePost(heard, answer, facts);
    case 'finding':
      return typeof answer === 'object' ? judgePage(heard, answer, facts) : later(heard, facts);
    case 'polling':
      return typeof answer === 'object' ? judgeState(heard, answer, facts) : later(heard, facts);
  }
}

function judgePayments(state: Working, reply: HttpReply, facts: Facts): Result {
  const { work } = state;
  const page = readPaymentPage(reply);
  const found = page === null ? 'undecided' : findPaid(page.rows, work.order, facts.settings);
  if (page === null || found === 'undecided' || work.pages >= MOST_PAGES) return unsought(state, facts);
  if (found !== null) {
    const body = refundBody(work.order, found.id);
    return post(withWork(state, 'posting', { paymentId: found.id, body, cursor: null, pages: 0, failures: 0 }), facts);
  }
  if (page.cursor !== null) {
    return askPayments(withWork(state, 'seeking', { cursor: page.cursor, pages: work.pages + 1 }), facts);
  }
  const result = finish(state, IMPOSSIBLE);
  return stay(result.state, alarm(state, 'is of a payment that the server has not'), ...result.actions);
}

/** Nothing was asked for yet: a return is then simply not made, a cancel is owed. */
function unsought(state: Working, facts: Facts): Result {
  const isOver = state.kind === 'refund' && state.work.failures + 1 >= facts.settings.unreachableAfter;
  return isOver ? finish(state, NO_CONNECTION) : later(state, facts);
}

function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const { work, kind } = state;
  if (answer === 'notSent') {
    // A return that never left is simply not made; a cancel waits for the link.
    return kind === 'refund' && !work.mayHaveLeft ? finish(state, NO_CONNECTION) : later(state, facts);
  }
  const left = withWork(state, 'posting', { mayHaveLeft: true });
  if (answer === 'lost') return later(left, facts);
  const refund = readRefund(answer);
  if (refund !== null) return isOurs(work, refund) ? settle(left, refund, facts) : dispute(left, facts);
  const problem = readProblem(answer);
  if (problem === null) return later(left, facts);
  if (problem.code === KEY_VIOLATION) {
    const asked = ask(withWork(left, 'finding', { isKeyUsed: true }), facts);
    return stay(asked.state, KEY_USED, ...asked.actions);
  }
  const refusal = refusalOf(problem, 'PM-18');
  if (refusal === null) return later(left, facts);
  const isRight = refusal.kind === 'declined' && refusal.code === 'notAuthorised';
  // A token that is refused says nothing about the lost one; an older refund of the same sum must not stand in for it.
  if (isRight && work.mayHaveLeft) return later(left, facts);
  // After a lost one "more than was paid" may only mean that the lost one arrived.
  if (work.mayHaveLeft) return ask(withWork(left, 'finding', { refusal, emptyLists: 0 }), facts);
  // In the queue the money is owed: the token will be put right.
  return isRight && work.isBackground ? later(state, facts) : finish(state, refusal);
}

/** Everything the answer must repeat before it is believed (R5). */
function isOurs({ order, paymentId, refundId }: Work, refund: Refund): boolean {
  return (
    refund.paymentId === paymentId &&
    refund.amountKopecks === order.amountKopecks &&
    refund.currency === CURRENCY &&
    (refundId === null || refund.id === refundId)
  );
}

/**
 * 8.4: there is no number of ours in the list. The refund of the latest date is ours, unless it was there before we began
 * or is known to be another one's: while this was undecided, a person may have had the money given back once more.
 */
function judgePage(state: Working, reply: HttpReply, facts: Facts): Result {
  const { work } = state;
  const page = readRefundPage(reply);
  if (page === null) return later(state, facts);
  const oldestMs = work.startedAtMs - facts.settings.listSlackMs;
  const otherIds = facts.givenBackIds ?? [];
  let { found } = work;
  for (const { object } of page.rows) {
    if (object === null || !isOurs(work, object) || otherIds.includes(object.id)) continue;
    if (object.createdMs === null || object.createdMs < oldestMs) continue;
    if (found === null || object.createdMs >= (found.createdMs ?? 0)) found = object;
  }
  if (page.cursor !== null) {
    if (work.pages >= MOST_PAGES) return later(state, facts);
    return askList(withWork(state, 'finding', { found, cursor: page.cursor, pages: work.pages + 1 }), facts);
  }
  if (found !== null) return settle(state, found, facts);
  // A row of this payment that is not understood may be ours.
  const isUnclear = page.rows.some(({ owner, object }) => owner === work.paymentId && object === null);
  if (isUnclear || work.isKeyUsed || work.isDisputed) return later(state, facts);
  if (work.refusal !== null) {
    // The lost one may be on its way into the list, as a lost bill may (8.2.3): one look is no proof.
    const emptyLists = work.emptyLists + 1;
    const { pollMs, settleMs } = facts.settings;
    if (emptyLists >= 2 && (emptyLists - 1) * pollMs >= settleMs) return finish(state, work.refusal);
    return stay(withWork(state, 'finding', { emptyLists }), { do: 'sleep', ms: pollMs });
  }
  return later(withWork(state, 'posting', {}), facts);
}

function judgeState(state: Working, reply: HttpReply, facts: Facts): Result {
  const refund = readRefund(reply);
  if (refund === null) return later(state, facts);
  return isOurs(state.work, refund) ? settle(state, refund, facts) : dispute(state, facts);
}

/** The status of a refund that was proven ours decides. */
function settle(from: Working, refund: Refund, facts: Facts): Result {
  const { work } = from;
  const status = refundStatus(refund);
  if (status === 'returned') return finish(from, { kind: 'approved', providerPaymentId: refund.id }, refund.id);
  if (typeof status === 'object') return finish(from, status, refund.id);
  const isNewWord = status === 'strange' && !work.isStrange;
  const pendingSinceMs = work.pendingSinceMs ?? facts.nowMs;
  const state = withWork(from, 'polling', {
    refundId: refund.id,
    failures: 0,
    found: null,
    pendingSinceMs,
    isStrange: work.isStrange || isNewWord,
  });
  const words = isNewWord ? [alarm(from, `has the status "${refund.status}"`)] : [];
  // The server ends it by itself; should it not, the cashier is not held for ever.
  const isOverdue = facts.nowMs - pendingSinceMs >= facts.settings.waitMs;
  const freed = isOverdue ? free(state) : { state, actions: [] };
  return stay(freed.state, ...words, ...freed.actions, { do: 'sleep', ms: facts.settings.pollMs });
}

/** The server names our refund with other figures: nothing is believed, somebody has to look. */
function dispute(from: Working, facts: Facts): Result {
  const { work } = from;
  const failures = work.failures + 1;
  // Without an id only the list can tell; the POST is not repeated to a server that answers like this.
  const at = work.refundId === null ? 'finding' : 'polling';
  const state = withWork(from, at, { failures, isBackground: true, isDisputed: true });
  const freeing: Action[] = work.isBackground ? [] : outOf({ kind: 'unknown', say: NOT_OURS });
  return stay(state, ...(work.isDisputed ? [] : [alarm(from, 'was answered with other figures')]), ...freeing, {
    do: 'sleep',
    ms: backOffMs(failures, facts.settings, work.order.attemptId),
  });
}

/** Not decided. A cancel is owed and sets the cashier free; a return is tried a few times in front of him. */
function later(from: Working, facts: Facts): Result {
  const { work, kind } = from;
  const failures = work.failures + 1;
  const next = withWork(from, from.at, { failures });
  const isFree = kind === 'cancel' || failures >= facts.settings.unreachableAfter;
  const { state, actions } = isFree ? free(next) : { state: next, actions: [] };
  const pauseMs = state.work.isBackground
    ? backOffMs(failures, facts.settings, work.order.attemptId)
    : facts.settings.pollMs;
  return stay(state, ...actions, { do: 'sleep', ms: pauseMs });
}

/** PM-19, once: the cashier goes on, the machine too. */
function free(from: Working): { state: Working; actions: Action[] } {
  if (from.work.isBackground) return { state: from, actions: [] };
  return {
    state: withWork(from, from.at, { isBackground: true }),
    actions: outOf({ kind: 'unknown', say: REFUND_UNDECIDED }),
  };
}

function outOf(outcome: Outcome): Action[] {
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome },
  ];
}

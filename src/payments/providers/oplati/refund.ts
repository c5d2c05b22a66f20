/**
 * Return by receipt (oplati.md 3.5, 8.2, 8.3): the request of a cancel, but in front of the cashier and never queued.
 * It is sent once in the life of an attempt: a partial refund that is repeated blindly could pay twice. What did not
 * leave, and what is proven absent, is repeated by the cashier under a new order number.
 */

import type { Action, HttpReply, Input, Machine, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { backOffMs } from './pauses.ts';
import { checkPrompt, returnPrompt, unknownPrompt } from './prompts.ts';
import { isNeverPaid, isOurRow, type Reversal, returned, sourceOf } from './reversal.ts';
import { bestOf, surplusAlarm } from './rows.ts';
import type { OplatiSettings } from './settings.ts';
import {
  NO_CONNECTION,
  NOT_OURS,
  NOT_REGISTERED,
  notAuthorised,
  OVER_REFUND,
  REFUND_IMPOSSIBLE,
  refundRejected,
  reversalStatus,
} from './status.ts';
import {
  type PaymentInfo,
  readError,
  readPaymentInfo,
  readReport,
  reportRequest,
  reversalRequest,
  stateRequest,
} from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

interface Work extends Asking, Reversal {
  /** What its absence is counted from: the POST, or a later start of the program. Null = nothing was sent yet. */
  postedAtMs: number | null;
  /** The POST is not answered yet; its late answer is worth as much as a report. */
  isPostOpen: boolean;
  /** Id of our own row: the server has the refund. */
  reversalId: string | null;
  /** Since when the cashier waits for status 0 to end. */
  pendingSinceMs: number;
  /** Look-ups of the payment's id that failed. */
  tries: number;
  /** Questions without an answer, in a row. */
  failures: number;
  /** OPL-16 is on the screen. */
  asksCashier: boolean;
  /** `unknown` was reported: the cashier is free, no prompts any more. */
  isBackground: boolean;
  /** The server named our number in other figures: from now on only an exact row is believed. */
  isDisputed: boolean;
}

/**
 * - `finding`   the payment's id is looked up in the report
 * - `reversing` the POST is in flight
 * - `checking`  it may have arrived; the report tells
 * - `polling`   the server has it, status 0
 */
type Stage = 'finding' | 'reversing' | 'checking' | 'polling';

export type RefundState = { kind: 'refund' } & (
  | { at: Stage; work: Work }
  | { at: 'finished'; reversalId: string | null }
);

type Working = Extract<RefundState, { work: Work }>;
type Result = StepResult<RefundState>;

/** The tag of the POST: there is exactly one in the life of an attempt. */
const POST_TAG = 'refund';

export const oplatiRefund: Machine<OplatiSettings, RefundState> = {
  begin(order, facts) {
    const source = sourceOf(order);
    const state = inStage('finding', {
      ...NEVER_ASKED,
      order,
      source,
      postedAtMs: null,
      isPostOpen: false,
      reversalId: null,
      pendingSinceMs: 0,
      tries: 0,
      failures: 0,
      asksCashier: false,
      isBackground: false,
      isDisputed: false,
    });
    if (order.source === null) return refuse(state, REFUND_IMPOSSIBLE, 'names no payment');
    if (order.amountKopecks > source.amountKopecks) return finish(state, OVER_REFUND);
    return source.paymentId === null ? find(state, facts) : post(state, source.paymentId, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const posted = state.work.isPostOpen ? answerTo(POST_TAG, input) : null;
    if (posted !== null) return judgePost(state, posted, facts);
    if ('restarted' in input) return goOn(state, facts);
    switch (state.at) {
      case 'finding':
        return stepFinding(state, input, facts);
      case 'reversing':
        // OPL-26 has no Esc: the request cannot be called back.
        return stay(state);
      case 'checking':
      case 'polling':
        return stepQuestion(state, input, facts);
    }
  },
};

function inStage(stage: Stage, work: Work): Working {
  return { kind: 'refund', at: stage, work };
}

function stay(state: RefundState, ...actions: Action[]): Result {
  return { state, actions };
}

/** A background attempt draws nothing. */
function show({ work }: Working, prompt: Prompt): Action[] {
  return work.isBackground ? [] : [{ do: 'prompt', prompt }];
}

function finish(state: Working, outcome: Outcome, reversalId: string | null = null): Result {
  return {
    state: { kind: 'refund', at: 'finished', reversalId: reversalId ?? state.work.reversalId },
    actions: [{ do: 'finish', outcome }],
  };
}

/** Nothing was sent, and somebody has to look why. */
function refuse(state: Working, outcome: Outcome, why: string): Result {
  const result = finish(state, outcome);
  return { state: result.state, actions: [alarm(state, why), ...result.actions] };
}

function alarm({ work }: Working, why: string): Action {
  return { do: 'alarm', text: `oplati: refund ${work.order.orderNumber} ${why}` };
}

/** A POST of which nobody knows whether it left is looked for, never sent again (K28). */
function goOn(from: Working, facts: Facts): Result {
  // The clock may have been put forward while the program was down: 75 s are counted anew.
  const postedAtMs = from.work.postedAtMs === null ? null : facts.nowMs;
  const state = inStage(from.at, { ...from.work, postedAtMs, asksCashier: false });
  switch (state.at) {
    case 'finding':
      return find(state, facts);
    case 'reversing':
      return startChecking(state, facts);
    case 'checking':
    case 'polling':
      return askAloud(state, facts);
  }
}

// Which payment is it?

function find(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'find', facts.nowMs);
  const state = inStage('finding', { ...from.work, ...asking });
  const request = reportRequest(asking.awaiting, facts, state.work.source.shiftLabel);
  return stay(state, ...show(state, returnPrompt()), send(request));
}

function stepFinding(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  if ('timer' in input && work.awaiting === null) return find(state, facts);
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const error = typeof answer === 'object' ? readError(answer) : null;
  if (typeof answer === 'object' && answer.status === 401 && error !== null) return finish(state, notAuthorised(error));
  const report = typeof answer === 'object' ? readReport(answer) : null;
  if (report !== null) {
    const { rows, unreadable } = report.rowsOf(work.source.orderNumber);
    const paid = rows.filter((row) => isSource(work, row)).find((row) => !isNeverPaid(row));
    if (paid !== undefined) return post(state, paid.paymentId, facts);
    const isStrange = unreadable > 0 || rows.some((row) => !isSource(work, row));
    if (isStrange) {
      const outcome: Outcome = { kind: 'declined', code: 'rejected', say: NOT_OURS };
      return refuse(state, outcome, `: the row of payment ${work.source.orderNumber} is not ours`);
    }
    return refuse(state, REFUND_IMPOSSIBLE, `: payment ${work.source.orderNumber} was never made`);
  }
  // No money can move here, so it may simply be asked again.
  const tries = work.tries + 1;
  if (answer === 'notSent' || tries >= facts.settings.harmlessTries) return finish(state, NO_CONNECTION);
  return stay(inStage('finding', { ...work, tries, awaiting: null }), pause(facts.settings.retryPauseMs));
}

/** The payment's own row. Its sum is no less than what may still be given back of it. */
function isSource({ source }: Work, info: PaymentInfo): boolean {
  return (
    info.paymentType === source.paymentType &&
    info.orderNumber === source.orderNumber &&
    info.sumKopecks >= source.amountKopecks &&
    (source.paymentId === null || info.paymentId === source.paymentId)
  );
}

// The POST

function post(from: Working, paymentId: string, facts: Facts): Result {
  const { order, source } = from.work;
  const state = inStage('reversing', {
    ...from.work,
    awaiting: null,
    source: { ...source, paymentId },
    postedAtMs: facts.nowMs,
    isPostOpen: true,
  });
  const request = reversalRequest(POST_TAG, facts, paymentId, order, order.orderNumber);
  return stay(state, ...show(state, returnPrompt()), send(request, 'money'));
}

/** The answer to the POST, in time or (after the cashier asked for the state) late. */
function judgePost(from: Working, answer: Answer, facts: Facts): Result {
  const state = inStage(from.at, { ...from.work, isPostOpen: false });
  // The report was faster: the server has it.
  if (state.work.reversalId !== null) return stay(state);
  if (answer === 'notSent') return finish(state, NO_CONNECTION);
  if (typeof answer === 'object') {
    const info = readPaymentInfo(answer);
    if (info !== null) {
      if (isOurRow(state.work, info)) return settle(state, info, facts);
      if (isUndone(state.work, info)) return finish(state, returned(info.paymentId));
      return dispute(state, facts);
    }
    const error = readError(answer);
    if (error !== null && answer.status === 401) return finish(state, notAuthorised(error));
    if (error !== null && [400, 404].includes(answer.status)) return finish(state, refundRejected(error));
  }
  return state.at === 'reversing' ? startChecking(state, facts) : stay(state);
}

/** A payment in status 0 is not reversed but cancelled as a whole: no row of ours, nothing was paid (13.7). */
function isUndone(work: Work, info: PaymentInfo): boolean {
  return isSource(work, info) && isNeverPaid(info) && info.sumKopecks === work.order.amountKopecks;
}

// What really happened?

function startChecking(from: Working, facts: Facts): Result {
  return askAloud(inStage('checking', { ...from.work, failures: 0, asksCashier: false }), facts);
}

/** `checking` and `polling`: a question that is repeated until it is answered, with the way out for the cashier. */
function stepQuestion(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  if ('timer' in input) return work.awaiting === null ? ask(state, facts) : stay(state);
  if ('cashier' in input) return leave(state);
  if ('answer' in input) {
    if (!work.asksCashier || !('retry' in input.answer)) return stay(state);
    const next = inStage(state.at, { ...work, asksCashier: false, pendingSinceMs: facts.nowMs });
    return work.awaiting === null ? askAloud(next, facts) : stay(next, ...show(next, waitPrompt(next)));
  }
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const heard = inStage(state.at, { ...work, awaiting: null });
  if (typeof answer !== 'object') return unanswered(heard, facts);
  const judged = heard.at === 'polling' ? judgeState(heard, answer, facts) : judgeReport(heard, answer, facts);
  return judged ?? unanswered(heard, facts);
}

function ask(from: Working, facts: Facts): Result {
  const { work } = from;
  if (from.at === 'polling' && work.reversalId !== null) {
    const asking = askAs(work, 'state', facts.nowMs);
    return stay(
      inStage('polling', { ...work, ...asking }),
      send(stateRequest(asking.awaiting, facts, work.reversalId)),
    );
  }
  const asking = askAs(work, 'report', facts.nowMs);
  const request = reportRequest(asking.awaiting, facts, work.order.shiftLabel);
  return stay(inStage('checking', { ...work, ...asking }), send(request));
}

/** Asks, and says what is waited for. */
function askAloud(state: Working, facts: Facts): Result {
  const next = ask(state, facts);
  return { state: next.state, actions: [...show(state, waitPrompt(state)), ...next.actions] };
}

/** OPL-26 while the server has it, OPL-29 while nobody knows. */
function waitPrompt(state: Working): Prompt {
  return state.at === 'polling' ? returnPrompt() : checkPrompt(true);
}

/** Esc: from OPL-29 to OPL-16, from OPL-16 to freedom; the asking goes on. */
function leave(state: Working): Result {
  const { work } = state;
  if (work.isBackground) return stay(state);
  if (work.asksCashier) {
    return stay(inStage(state.at, { ...work, asksCashier: false, isBackground: true }), ...release(null));
  }
  if (state.at === 'polling') return stay(state);
  return stay(inStage(state.at, { ...work, asksCashier: true }), ...show(state, unknownPrompt()));
}

function unanswered(state: Working, facts: Facts): Result {
  const { work } = state;
  const failures = work.failures + 1;
  const next = inStage(state.at, { ...work, failures });
  const pauseMs = backOffMs(failures, facts.settings, work.order.attemptId);
  return failures >= facts.settings.unreachableAfter ? offerWayOut(next, pauseMs) : stay(next, pause(pauseMs));
}

/** OPL-16, once. */
function offerWayOut(state: Working, pauseMs: number): Result {
  const { work } = state;
  if (work.asksCashier || work.isBackground) return stay(state, pause(pauseMs));
  const next = inStage(state.at, { ...work, asksCashier: true });
  return stay(next, ...show(next, unknownPrompt()), pause(pauseMs));
}

/** `checking`: did the refund arrive? Null = the reply cannot be used. */
function judgeReport(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const { work } = state;
  const report = readReport(reply);
  if (report === null) return null;
  const { rows, unreadable } = report.rowsOf(work.order.orderNumber);
  const ours = rows.filter((row) => isOurRow(work, row));
  const row = bestOf(ours);
  if (row !== null) {
    const settled = settle(state, row, facts);
    return { state: settled.state, actions: [...surplusAlarm(ours), ...settled.actions] };
  }
  if (rows.length + unreadable > 0) return dispute(state, facts);
  if (work.isDisputed) return unanswered(state, facts);
  const undone = report.rowsOf(work.source.orderNumber).rows.find((info) => isUndone(work, info));
  if (undone !== undefined) return finish(state, returned(undone.paymentId));
  const isProven = work.postedAtMs !== null && work.askedAtMs - work.postedAtMs >= facts.settings.absenceProofMs;
  if (isProven) return finish(state, NOT_REGISTERED);
  return stay(inStage('checking', { ...work, failures: 0 }), pause(facts.settings.paymentPollMs));
}

/** `polling`: status 0 until the server decides. */
function judgeState(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const { work } = state;
  const info = readPaymentInfo(reply);
  if (info === null) return null;
  const isOurs = isOurRow(work, info) && info.paymentId === work.reversalId;
  return isOurs ? settle(state, info, facts) : dispute(state, facts);
}

/** The status of a row that was proven ours decides. */
function settle(state: Working, info: PaymentInfo, facts: Facts): Result {
  const { work } = state;
  const { paymentPollMs, pinWaitMs } = facts.settings;
  const status = reversalStatus(info.status);
  if (status === 'returned') return finish(state, returned(info.paymentId), info.paymentId);
  if (status !== 'pending') return finish(state, status, info.paymentId);
  const known: Work = { ...work, awaiting: null, failures: 0, reversalId: info.paymentId };
  if (state.at !== 'polling') {
    const next = inStage('polling', { ...known, asksCashier: false, pendingSinceMs: facts.nowMs });
    return stay(next, ...show(next, returnPrompt()), pause(paymentPollMs));
  }
  const next = inStage('polling', known);
  // The server ends status 0 by itself; should it not, the cashier is not held for ever.
  const isOverdue = facts.nowMs - work.pendingSinceMs >= pinWaitMs;
  return isOverdue ? offerWayOut(next, paymentPollMs) : stay(next, pause(paymentPollMs));
}

/** The server names our number with other figures: nothing is believed, somebody has to look (R5). */
function dispute(from: Working, facts: Facts): Result {
  const { work } = from;
  const failures = work.failures + 1;
  const state = inStage('checking', {
    ...work,
    awaiting: null,
    failures,
    asksCashier: false,
    isBackground: true,
    isDisputed: true,
  });
  return stay(
    state,
    ...(work.isDisputed ? [] : [alarm(from, "does not match the server's row")]),
    ...(work.isBackground ? [] : release(NOT_OURS)),
    pause(backOffMs(failures, facts.settings, work.order.attemptId)),
  );
}

/** Sets the cashier free; the machine goes on until it is decided. */
function release(say: Say | null): Action[] {
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome: { kind: 'unknown', say } },
  ];
}

function pause(ms: number): Action {
  return { do: 'sleep', ms };
}

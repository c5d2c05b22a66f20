/**
 * Taking a payment back while its receipt is open (oplati.md 3.5, 8.2, 8.3). The cashier is set free as soon as the link
 * is in doubt; the machine goes on for ever, because the buyer's money is owed to him. A return by receipt sends the same
 * request but never queues: `refund.ts`.
 */

import type { Action, Machine, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import { backOffMs } from './pauses.ts';
import { returnPrompt } from './prompts.ts';
import { isNeverPaid, isOurRow, isSourceRow, type Reversal, returned, sourceOf } from './reversal.ts';
import { bestOf, surplusAlarm } from './rows.ts';
import type { OplatiSettings } from './settings.ts';
import { NOT_OURS, notAuthorised, reversalRejected, reversalStatus } from './status.ts';
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
  /** What the absence of a payment without an id is counted from: the begin, or a later start of the program. */
  startedAtMs: number;
  /** When the POST in flight was handed out. */
  sendingAtMs: number;
  /** The latest POST that may have arrived without an answer, or a start of the program after it; null = none did. */
  leftAtMs: number | null;
  /** Id of our own row. */
  reversalId: string | null;
  /** An id the server did not know (404). */
  unknownId: string | null;
  /** A repeat was refused: the outcome when the report has no row of ours. */
  refusal: Outcome | null;
  failures: number;
  isBackground: boolean;
  isDisputed: boolean;
  /** The alarm log has it that the server does not know a payment whose id it gave us. */
  isMissed: boolean;
}

/**
 * - `finding`   the payment's id is looked up in the report
 * - `reversing` the POST is in flight
 * - `queued`    it did not leave; it is sent when the link is back
 * - `checking`  it may have arrived; the report tells
 * - `polling`   the server has it, status 0
 */
type Stage = 'finding' | 'reversing' | 'queued' | 'checking' | 'polling';

export type ReversalState = { kind: 'reversal' } & (
  | { at: Stage; work: Work }
  | { at: 'finished'; reversalId: string | null; mayHaveMoved: boolean }
);

type Working = Extract<ReversalState, { work: Work }>;
type Result = StepResult<ReversalState>;

/** OPL-12: the cancel is in the queue. */
const QUEUED: Say = { number: 'OPL-12' };

export const oplatiReversal: Machine<OplatiSettings, ReversalState> = {
  begin(order, facts) {
    const source = sourceOf(order);
    const work: Work = {
      ...NEVER_ASKED,
      order,
      source,
      startedAtMs: facts.nowMs,
      sendingAtMs: 0,
      leftAtMs: null,
      reversalId: null,
      unknownId: null,
      refusal: null,
      failures: 0,
      isBackground: false,
      isDisputed: false,
      isMissed: false,
    };
    const state = inStage('finding', work);
    if (order.source === null) {
      const alarm: Action = { do: 'alarm', text: `oplati: reversal ${order.orderNumber} names no payment` };
      return withActions(finish(state, { kind: 'declined', code: 'rejected', say: { number: 'OPL-18' } }), [alarm]);
    }
    return source.paymentId === null ? find(state, facts) : reverse(state, source.paymentId, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return { state, actions: [] };
    // Asked to go on now. A POST of which nobody knows whether it left is first looked for (K17, K28).
    if ('restarted' in input) return goOn(afterRestart(state, facts), facts);
    if ('timer' in input) return state.work.awaiting === null ? goOn(state, facts) : { state, actions: [] };
    const answer = answerTo(state.work.awaiting, input);
    if (answer === null) return { state, actions: [] };
    const heard = inStage(state.at, { ...state.work, awaiting: null });
    switch (heard.at) {
      case 'reversing':
        return stepReversing(heard, answer, facts);
      case 'finding':
        return judgeSource(heard, answer, facts);
      case 'checking':
        return judgeReport(heard, answer, facts);
      case 'polling':
        return judgeState(heard, answer, facts);
      case 'queued':
        return { state, actions: [] };
    }
  },
};

/** True when the machine has handed out a request that may have given money back. */
export function mayHaveReversed(state: ReversalState): boolean {
  return state.at === 'finished' ? state.mayHaveMoved : state.work.leftAtMs !== null;
}

function inStage(stage: Stage, work: Work): Working {
  return { kind: 'reversal', at: stage, work };
}

/** The clock may have been put forward while the program was down: what is counted in 75 s begins anew. */
function afterRestart({ at, work }: Working, { nowMs }: Facts): Working {
  const leftAtMs = work.leftAtMs === null ? null : nowMs;
  return inStage(at, { ...work, startedAtMs: nowMs, sendingAtMs: nowMs, leftAtMs });
}

function goOn(state: Working, facts: Facts): Result {
  const { work } = state;
  switch (state.at) {
    case 'reversing':
      return check(inStage('checking', { ...work, leftAtMs: work.sendingAtMs }), facts);
    case 'queued':
      if (work.leftAtMs !== null) return check(state, facts);
      return work.source.paymentId === null ? find(state, facts) : reverse(state, work.source.paymentId, facts);
    case 'checking':
      return check(state, facts);
    case 'finding':
      return find(state, facts);
    case 'polling':
      return work.reversalId === null ? check(state, facts) : poll(state, work.reversalId, facts);
  }
}

function find(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'find', facts.nowMs);
  const request = reportRequest(asking.awaiting, facts, from.work.source.shiftLabel);
  return working(inStage('finding', { ...from.work, ...asking }), send(request));
}

function reverse(from: Working, paymentId: string, facts: Facts): Result {
  const { work } = from;
  const asking = askAs(work, 'reverse', facts.nowMs);
  const source = { ...work.source, paymentId };
  const request = reversalRequest(asking.awaiting, facts, paymentId, work.order, work.order.orderNumber);
  return working(
    inStage('reversing', { ...work, ...asking, source, sendingAtMs: facts.nowMs, refusal: null }),
    send(request, 'money'),
  );
}

function check(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'report', facts.nowMs);
  const request = reportRequest(asking.awaiting, facts, from.work.order.shiftLabel);
  return working(inStage('checking', { ...from.work, ...asking }), send(request));
}

function poll(from: Working, reversalId: string, facts: Facts): Result {
  const asking = askAs(from.work, 'state', facts.nowMs);
  return working(
    inStage('polling', { ...from.work, ...asking }),
    send(stateRequest(asking.awaiting, facts, reversalId)),
  );
}

/** OPL-26 stands while the cashier waits. */
function working(state: Working, ...actions: Action[]): Result {
  return { state, actions: state.work.isBackground ? actions : [{ do: 'prompt', prompt: returnPrompt() }, ...actions] };
}

function stepReversing(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  // It did not leave; an earlier one may have (leftAtMs stays as it was).
  if (answer === 'notSent') return later('queued', state, facts);
  const left = inStage('checking', { ...work, leftAtMs: work.sendingAtMs });
  if (answer === 'lost') return check(left, facts);
  const info = readPaymentInfo(answer);
  if (info !== null) {
    if (isOurRow(work, info)) return settle(left, info, facts);
    // A payment in status 0 is not reversed but cancelled: the answer is the payment itself (13.7).
    if (isSource(work, info)) return isNeverPaid(info) ? finish(left, returned(info.paymentId)) : check(left, facts);
    return dispute(left, facts);
  }
  const error = readError(answer);
  if (error === null) return check(left, facts);
  switch (answer.status) {
    case 400: {
      const refusal = reversalRejected(error);
      // After a lost one "more than was paid" may only mean that the lost one arrived.
      return work.leftAtMs === null ? finish(state, refusal) : check(inStage('checking', { ...work, refusal }), facts);
    }
    case 401:
      // In the queue the money is owed and the cashier has gone: a new token will come.
      return work.isBackground ? later('queued', state, facts) : finish(state, notAuthorised(error));
    case 404:
      return find(
        inStage('finding', { ...work, unknownId: work.source.paymentId, refusal: reversalRejected(error) }),
        facts,
      );
    default:
      return check(left, facts);
  }
}

/** `finding`: which payment is it, and is there anything to give back? */
function judgeSource(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  const report = typeof answer === 'object' ? readReport(answer) : null;
  if (report === null) return later('finding', state, facts);
  const { rows, unreadable } = report.rowsOf(work.source.orderNumber);
  const ours = rows.filter((row) => isSourceRow(work.source, row));
  const paid = ours.find((row) => !isNeverPaid(row));
  if (paid !== undefined) {
    // The report knows the very id that the reversal did not: the server will not have it.
    const refusal = paid.paymentId === work.unknownId ? work.refusal : null;
    return refusal !== null ? finish(state, refusal) : reverse(state, paid.paymentId, facts);
  }
  if (ours.length === 0 && rows.length + unreadable > 0) return dispute(state, facts);
  const knownId = work.source.paymentId ?? work.order.source?.providerPaymentId ?? null;
  // The server named it once: only its own row can say that it was not paid, never a report without it (K29).
  if (knownId !== null && !ours.some(({ paymentId }) => paymentId === knownId)) return missing(state, knownId, facts);
  const isProven = ours.length > 0 || work.askedAtMs - work.startedAtMs >= facts.settings.absenceProofMs;
  if (!isProven) return later('finding', state, facts);
  const text = `oplati: nothing to give back, payment ${work.source.orderNumber} was never made`;
  return withActions(finish(state, returned(null)), [{ do: 'alarm', text }]);
}

/** The money is owed all the same. Should the server know it again, its 404 of today refuses nothing any more. */
function missing({ work }: Working, paymentId: string, facts: Facts): Result {
  const next = inStage('finding', { ...work, unknownId: null, refusal: null, isMissed: true });
  const text = `oplati: payment ${paymentId} is missing at the server, reversal ${work.order.orderNumber} waits for it`;
  const result = later('finding', next, facts);
  return work.isMissed ? result : withActions(result, [{ do: 'alarm', text }]);
}

/** `checking`: did our reversal arrive? */
function judgeReport(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  const report = typeof answer === 'object' ? readReport(answer) : null;
  if (report === null) return later('checking', state, facts);
  const { rows, unreadable } = report.rowsOf(work.order.orderNumber);
  const ours = rows.filter((row) => isOurRow(work, row));
  const row = bestOf(ours);
  if (row !== null) return withActions(settle(state, row, facts), surplusAlarm(ours));
  if (rows.length + unreadable > 0) return dispute(state, facts);
  const source = report.rowsOf(work.source.orderNumber).rows.find((info) => isSource(work, info));
  if (source !== undefined && isNeverPaid(source)) return finish(state, returned(source.paymentId));
  if (work.refusal !== null) return finish(state, work.refusal);
  const isAbsent = work.leftAtMs === null || work.askedAtMs - work.leftAtMs >= facts.settings.absenceProofMs;
  // Proven absent: the same number again (8.2); the server refuses more than was paid.
  if (isAbsent && work.source.paymentId !== null) return reverse(state, work.source.paymentId, facts);
  return later('checking', inStage('checking', { ...work, failures: 0 }), facts);
}

/** `polling`: status 0 until the server decides. */
function judgeState(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  const info = typeof answer === 'object' ? readPaymentInfo(answer) : null;
  if (info !== null) {
    const isOurs = isOurRow(work, info) && info.paymentId === work.reversalId;
    return isOurs ? settle(state, info, facts) : dispute(state, facts);
  }
  const failures = work.failures + 1;
  if (failures >= facts.settings.unreachableAfter) return later('polling', state, facts);
  const next = inStage('polling', { ...work, failures });
  return { state: next, actions: [{ do: 'sleep', ms: facts.settings.paymentPollMs }] };
}

function settle(state: Working, info: PaymentInfo, facts: Facts): Result {
  const status = reversalStatus(info.status);
  if (status === 'returned') return finish(state, returned(info.paymentId), info.paymentId);
  if (status !== 'pending') return finish(state, status, info.paymentId);
  const next = inStage('polling', { ...state.work, reversalId: info.paymentId, failures: 0 });
  return working(next, { do: 'sleep', ms: facts.settings.paymentPollMs });
}

/** Not decided: the cashier is set free once (OPL-12), the rest is done behind his back with growing pauses. */
function later(stage: Stage, from: Working, facts: Facts): Result {
  return inBackground(stage, from, QUEUED, facts);
}

/** The server names our number with other figures: nothing is believed, somebody has to look (R5). */
function dispute(from: Working, facts: Facts): Result {
  const { work } = from;
  const stage = from.at === 'finding' ? 'finding' : 'checking';
  const result = inBackground(stage, inStage(stage, { ...work, isDisputed: true }), NOT_OURS, facts);
  const text = `oplati: the server's row does not match reversal ${work.order.orderNumber}`;
  return work.isDisputed ? result : withActions(result, [{ do: 'alarm', text }]);
}

function inBackground(stage: Stage, from: Working, say: Say, facts: Facts): Result {
  const { work } = from;
  const failures = work.failures + 1;
  const release: Action[] = work.isBackground
    ? []
    : [
        { do: 'prompt', prompt: null },
        { do: 'finish', outcome: { kind: 'unknown', say } },
      ];
  return {
    state: inStage(stage, { ...work, failures, isBackground: true }),
    actions: [...release, { do: 'sleep', ms: backOffMs(failures, facts.settings, work.order.attemptId) }],
  };
}

function finish(state: Working, outcome: Outcome, reversalId: string | null = null): Result {
  const mayHaveMoved = state.work.leftAtMs !== null;
  return {
    state: { kind: 'reversal', at: 'finished', reversalId, mayHaveMoved },
    actions: [{ do: 'finish', outcome }],
  };
}

function withActions(result: Result, before: Action[]): Result {
  return { state: result.state, actions: [...before, ...result.actions] };
}

function isSource({ source }: Work, info: PaymentInfo): boolean {
  return isSourceRow(source, info) && info.paymentId === source.paymentId;
}

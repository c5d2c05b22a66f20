/**
 * Taking a payment back while its receipt is open (oplati.md 3.5, 8.2, 8.3). The cashier is set free as soon as the link
 * is in doubt; the machine goes on for ever, because the buyer's money is owed to him. A return by receipt sends the same
 * request but never queues: `refund.ts`.
 */
import type { Action, Machine, Order, Restart, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import {
  askNow,
  disputed,
  type Finished,
  finished,
  heard,
  inStage,
  isHopeless,
  knowing,
  later,
  pause,
  preceded,
  restFor,
  show,
  stay,
} from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import { returnPrompt } from './prompts.ts';
import {
  beginReversal,
  isOurRow,
  isSourceRow,
  type ReversalWork,
  returned,
  reversalIn,
  sentNumber,
} from './reversal.ts';
import { type OplatiSettings, pausesOf } from './settings.ts';
import {
  bestOf,
  isNeverPaid,
  notAuthorised,
  notOurs,
  queued,
  REFUND_IMPOSSIBLE,
  reversalRejected,
  reversalStatus,
  STILL_UNKNOWN,
  surplusAlarm,
} from './status.ts';
import {
  type PaymentInfo,
  type Refusal,
  readPaymentInfo,
  readRefusal,
  readReport,
  reportRequest,
  reversalRequest,
  stateRequest,
} from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

interface Work extends ReversalWork {
  /** What the absence of a payment without an id is counted from: the begin. */
  startedAtMs: number;
  /** When the POST in flight was handed out. */
  postedAtMs: number;
  /** The latest POST that may have arrived without an answer; null = none did. */
  leftAtMs: number | null;
  /** Since when the server has it in work; null = it has not. */
  pendingSinceMs: number | null;
  /** An id the server did not know (404). */
  unknownId: string | null;
  /** A repeat was refused: the outcome when the report has no row of ours. */
  refusal: Outcome | null;
  /** The alarm log has it that the server does not know a payment whose id it gave us. */
  isMissed: boolean;
}

/**
 * - `finding`  the payment's id is looked up in the report
 * - `posting`  the POST is in flight
 * - `queued`   it did not leave; it is sent when the link is back
 * - `checking` it may have arrived; the report tells
 * - `polling`  the server has it, status 0
 */
type Stage = 'finding' | 'posting' | 'queued' | 'checking' | 'polling';
type Working = { kind: 'cancel'; at: Stage; work: Work };
export type CancelState = Working | Finished<'cancel'>;
type Result = StepResult<CancelState>;

export const oplatiCancel: Machine<OplatiSettings, CancelState> = {
  version: 2,

  begin(order, facts) {
    if (order.source !== null) return findOrPost(nothingSent(order, facts), facts);
    const alarm: Action = { do: 'alarm', text: `oplati: reversal ${order.orderNumber} names no payment` };
    return preceded([alarm], finished('cancel', REFUND_IMPOSSIBLE));
  },

  /** As after a lost answer: the report is read first. */
  resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
    const state = knowing(nothingSent(order, facts), { isBackground: !foreground, bornAtMs: startedAtMs });
    return mayHaveMoved ? check(knowing(state, { leftAtMs: facts.nowMs }), facts) : findOrPost(state, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    // A POST of which nobody knows whether it left is first looked for (K17, K28).
    if ('restarted' in input) return goOn(afterRestart(state, input.restarted), facts);
    if ('askNow' in input) {
      return askNow(state, (from) => goOn(from, facts), facts.nowMs, facts.settings.paymentPollMs);
    }
    if ('timer' in input) return state.work.awaiting === null ? goOn(state, facts) : stay(state);
    const answer = answerTo(state.work.awaiting, input);
    if (answer === null) return stay(state);
    const heard = knowing(state, { awaiting: null });
    switch (heard.at) {
      case 'posting':
        return judgePost(heard, answer, facts);
      case 'finding':
        return judgeSource(heard, answer, facts);
      case 'checking':
        return judgeReport(heard, answer, facts);
      case 'polling':
        return judgeState(heard, answer, facts);
      case 'queued':
        return stay(state);
    }
  },
};

export function cancelPhase(state: CancelState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.at) {
    case 'posting':
      return 'sent';
    case 'polling':
      return 'pending';
    case 'checking':
      return 'unknown';
    case 'finding':
    case 'queued':
      return state.work.leftAtMs === null ? 'intent' : 'unknown';
    case 'finished':
      return state.providerPaymentId === null ? 'intent' : 'sent';
  }
}

function nothingSent(order: Order, { nowMs }: Facts): Working {
  const nothing = { leftAtMs: null, pendingSinceMs: null, unknownId: null, refusal: null, isMissed: false };
  const work = { ...beginReversal(order, nowMs), startedAtMs: nowMs, postedAtMs: 0, ...nothing };
  return { kind: 'cancel', at: 'finding', work };
}

function afterRestart(state: Working, { clockShiftMs }: Restart): Working {
  const { startedAtMs, postedAtMs, leftAtMs } = state.work;
  return knowing(state, {
    startedAtMs: startedAtMs + clockShiftMs,
    postedAtMs: postedAtMs + clockShiftMs,
    leftAtMs: leftAtMs === null ? null : leftAtMs + clockShiftMs,
  });
}

function goOn(state: Working, facts: Facts): Result {
  const { leftAtMs, postedAtMs, providerPaymentId } = state.work;
  switch (state.at) {
    case 'posting':
      return check(knowing(state, { leftAtMs: postedAtMs }), facts);
    case 'queued':
      return leftAtMs === null ? findOrPost(state, facts) : check(state, facts);
    case 'checking':
      return check(state, facts);
    case 'finding':
      return find(state, facts);
    case 'polling':
      return providerPaymentId === null ? check(state, facts) : poll(state, providerPaymentId, facts);
  }
}

function findOrPost(state: Working, facts: Facts): Result {
  const { paymentId } = state.work.source;
  return paymentId === null ? find(state, facts) : post(state, paymentId, facts);
}

function find(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'find', facts.nowMs);
  const { shiftLabel, orderNumber } = from.work.source;
  const request = reportRequest(asking.awaiting, facts, shiftLabel, [orderNumber]);
  return waiting(inStage(from, 'finding', asking), facts, send(request));
}

/** The one request that gives the money back. */
function post(from: Working, paymentId: string, facts: Facts): Result {
  const { order, source } = from.work;
  const asking = askAs(from.work, 'reverse', facts.nowMs);
  const request = reversalRequest(
    asking.awaiting,
    facts,
    paymentId,
    order,
    sentNumber(order.orderNumber, source.orderNumber, facts.settings),
  );
  const more = { ...asking, source: { ...source, paymentId }, postedAtMs: facts.nowMs, refusal: null };
  return waiting(inStage(from, 'posting', more), facts, send(request, 'money'));
}

function check(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'report', facts.nowMs);
  const { order, source } = from.work;
  const orderNumbers = [order.orderNumber, source.orderNumber];
  const request = reportRequest(asking.awaiting, facts, order.shiftLabel, orderNumbers);
  return waiting(inStage(from, 'checking', asking), facts, send(request));
}

function poll(from: Working, paymentId: string, facts: Facts): Result {
  const asking = askAs(from.work, 'state', facts.nowMs);
  return waiting(inStage(from, 'polling', asking), facts, send(stateRequest(asking.awaiting, facts, paymentId)));
}

/** OPL-26 stands while the cashier waits: for one answer, or until the server has ended it by itself. */
function waiting(state: Working, { settings, nowMs }: Facts, ...actions: Action[]): Result {
  const { pendingSinceMs } = state.work;
  const leftMs = pendingSinceMs === null ? settings.timeoutMs : pendingSinceMs + settings.pinWaitMs - nowMs;
  return stay(state, ...show(state, returnPrompt(Math.max(0, leftMs))), ...actions);
}

function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const left = knowing(state, { leftAtMs: state.work.postedAtMs });
  const meaning = meaningOf(answer, readPaymentInfo, readRefusal);
  switch (meaning.is) {
    case 'notSent':
      // An earlier one may have left (leftAtMs stays as it was).
      return notDecided(inStage(state, 'queued'), answer, facts);
    case 'lost':
    case 'notUnderstood':
    case 'tooLarge':
      return check(left, facts);
    case 'refused':
      return judgeRefusal(state, meaning.refusal, facts);
    case 'understood': {
      const info = meaning.told;
      if (isOurRow(state.work, info, facts.givenBackIds)) return settle(left, info, facts);
      // A payment in status 0 is not reversed but cancelled: the answer is the payment itself (13.7).
      if (!isSource(state.work, info)) return dispute(left, facts);
      return isNeverPaid(info) ? finished('cancel', returned(info.paymentId)) : check(left, facts);
    }
  }
}

function judgeRefusal(state: Working, refusal: Refusal, facts: Facts): Result {
  const { leftAtMs, isBackground, source } = state.work;
  switch (refusal.status) {
    case 400: {
      // After a lost one "more than was paid" may only mean that the lost one arrived.
      const outcome = reversalRejected(refusal);
      return leftAtMs === null ? finished('cancel', outcome) : check(knowing(state, { refusal: outcome }), facts);
    }
    case 401:
      // In the queue the money is owed and the cashier has gone: a new token will come.
      return isBackground
        ? notDecided(inStage(state, 'queued'), null, facts)
        : finished('cancel', notAuthorised(refusal));
    case 404:
      return find(knowing(state, { unknownId: source.paymentId, refusal: reversalRejected(refusal) }), facts);
  }
}

/** `finding`: which payment is it, and is there anything to give back? */
function judgeSource(from: Working, answer: Answer, facts: Facts): Result {
  const { order, source, unknownId, refusal, askedAtMs, startedAtMs } = from.work;
  const meaning = meaningOf(answer, readReport);
  if (meaning.is !== 'understood') return notDecided(from, answer, facts);
  const state = heard(from, null);
  const { rows, unreadable } = meaning.told.rowsOf(source.orderNumber);
  const ours = rows.filter((row) => isSourceRow(source, row));
  const paid = ours.find((row) => !isNeverPaid(row));
  if (paid !== undefined) {
    // The report knows the very id that the reversal did not: the server will not have it.
    const isRefused = refusal !== null && paid.paymentId === unknownId;
    return isRefused ? finished('cancel', refusal) : post(state, paid.paymentId, facts);
  }
  if (ours.length === 0 && rows.length + unreadable > 0) return dispute(state, facts);
  const knownId = source.paymentId ?? order.source?.providerPaymentId ?? null;
  // The server named it once: only its own row can say that it was not paid, never a report without it (K29).
  if (knownId !== null && !ours.some(({ paymentId }) => paymentId === knownId)) return missing(state, knownId, facts);
  const isProven = ours.length > 0 || askedAtMs - startedAtMs >= facts.settings.absenceProofMs;
  if (!isProven) return notDecided(state, null, facts);
  const text = `oplati: nothing to give back, payment ${source.orderNumber} was never made`;
  return preceded([{ do: 'alarm', text }], finished('cancel', returned(null)));
}

/** The money is owed all the same. Should the server know it again, its 404 of today refuses nothing any more. */
function missing(from: Working, paymentId: string, facts: Facts): Result {
  const { isMissed, order } = from.work;
  const state = knowing(from, { unknownId: null, refusal: null, isMissed: true });
  const text = `oplati: payment ${paymentId} is missing at the server, reversal ${order.orderNumber} waits for it`;
  return preceded(isMissed ? [] : [{ do: 'alarm', text }], notDecided(state, null, facts));
}

/** `checking`: did our reversal arrive? */
function judgeReport(from: Working, answer: Answer, facts: Facts): Result {
  const { work } = from;
  const meaning = meaningOf(answer, readReport);
  if (meaning.is !== 'understood') return notDecided(from, answer, facts);
  const state = heard(from, null);
  const ours = reversalIn(meaning.told, work, facts.givenBackIds);
  if (ours === 'strange') return dispute(state, facts);
  const row = bestOf(ours);
  if (row !== null) return preceded(surplusAlarm(ours), settle(state, row, facts));
  const source = meaning.told.rowsOf(work.source.orderNumber).rows.find((info) => isSource(work, info));
  if (source !== undefined && isNeverPaid(source)) return finished('cancel', returned(source.paymentId));
  if (work.refusal !== null) return finished('cancel', work.refusal);
  const isAbsent = work.leftAtMs === null || work.askedAtMs - work.leftAtMs >= facts.settings.absenceProofMs;
  // Proven absent: the same number again (8.2); the server refuses more than was paid.
  return isAbsent ? findOrPost(state, facts) : notDecided(knowing(state, { failures: 0 }), null, facts);
}

/** `polling`: status 0 until the server decides. */
function judgeState(state: Working, answer: Answer, facts: Facts): Result {
  const { providerPaymentId, failures } = state.work;
  const meaning = meaningOf(answer, readPaymentInfo);
  if (meaning.is === 'understood') {
    const isOurs = isOurRow(state.work, meaning.told) && meaning.told.paymentId === providerPaymentId;
    const good = heard(state, null);
    return isOurs ? settle(good, meaning.told, facts) : dispute(good, facts);
  }
  if (failures + 1 >= facts.settings.unreachableAfter) return notDecided(state, answer, facts);
  const next = heard(knowing(state, { failures: failures + 1 }), answer);
  return isHopeless(next.work)
    ? notDecided(state, answer, facts)
    : stay(next, restFor(next, facts.settings.paymentPollMs));
}

function settle(state: Working, info: PaymentInfo, facts: Facts): Result {
  const status = reversalStatus(info.status);
  if (status === 'pending') {
    const pendingSinceMs = state.work.pendingSinceMs ?? facts.nowMs;
    const next = inStage(state, 'polling', { providerPaymentId: info.paymentId, failures: 0, pendingSinceMs });
    // The server ends status 0 by itself; should it not, the cashier is not held for ever.
    const isOverdue = facts.nowMs - pendingSinceMs >= facts.settings.pinWaitMs;
    if (isOverdue) return later(next, STILL_UNKNOWN, pausesOf(facts.settings));
    return waiting(next, facts, pause(facts.settings.paymentPollMs));
  }
  return finished('cancel', status === 'returned' ? returned(info.paymentId) : status, info.paymentId);
}

/** The cashier is set free once (OPL-12), the rest is done behind his back with growing pauses. @param answer null = a good one */
function notDecided(state: Working, answer: Answer | null, facts: Facts): Result {
  return later(heard(state, answer), queued(answer), pausesOf(facts.settings));
}

/** The server names our number with other figures: nothing is believed, somebody has to look (R5). */
function dispute(from: Working, facts: Facts): Result {
  const alarm = `oplati: the server's row does not match reversal ${from.work.order.orderNumber}`;
  const state = inStage(from, from.at === 'finding' ? 'finding' : 'checking');
  return disputed(state, { say: notOurs(false), alarm, pauses: pausesOf(facts.settings) });
}

function isSource({ source }: Work, info: PaymentInfo): boolean {
  return isSourceRow(source, info) && info.paymentId === source.paymentId;
}

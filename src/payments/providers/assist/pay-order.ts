/**
 * The order at the server, whatever the means: what is sent for it, what the answers tell, and the heart of it all: its state
 * decides, and nothing else (assist.md 1, 6, 7).
 */

import type { Action, Input } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome } from '../../outcome.ts';
import { backOffMs, missedInMs, pollPauseMs } from './pauses.ts';
import { approve, approveOffline, dispute, endAbsent, endUnpaid, finish, release } from './pay-ends.ts';
import { MEANS, showView } from './pay-means.ts';
import {
  type Always,
  alarm,
  beginSent,
  type Facts,
  inStage,
  knowing,
  pause,
  type Result,
  type Sent,
  type SentState,
  stay,
} from './pay-state.ts';
import {
  LINK_LOST,
  MEANS_FORBIDDEN,
  NO_LINK,
  NOT_ABORTED,
  NOT_AUTHORISED,
  NUMBER_TAKEN,
  PROGRAM_SILENT,
  STILL_PROCESSED,
  serverFault,
  surplusNotice,
  type Verdict,
  verdictOn,
} from './status.ts';
import {
  abortRequest,
  cashRequest,
  createRequest,
  type Fault,
  loginRequest,
  readAccessToken,
  readCreated,
  readFault,
  readRegistered,
  readResult,
  resultRequest,
} from './wire.ts';

// The moves that hand out a request. They judge nothing.

/** СБП: the one request that creates the order. */
export function create(from: Always, facts: Facts): Result {
  const asking = askAs(NEVER_ASKED, 'create', facts.nowMs);
  const state = inStage(from, 'creating', beginSent('sbp', facts, asking));
  const request = createRequest(asking.awaiting, { ...from.order, email: from.email }, facts.settings);
  return stay(state, ...showView(state, facts), send(request, 'money'));
}

/** Cash: the buyer has paid, the server is told. */
export function register(from: Always, receivedKopecks: number, facts: Facts): Result {
  return sendCash(inStage(from, 'registering', beginSent('cash', facts, { receivedKopecks })), facts);
}

/** The result has been read and has no order: the same number may be told once more (assist.md 12.7). */
function registerAgain(from: SentState, facts: Facts): Result {
  return sendCash(inStage(from, 'registering', { ...from.sent, doubt: null }), facts);
}

function sendCash(from: SentState, facts: Facts): Result {
  const { sent, order, email } = from;
  const asking = askAs(sent, 'cash', facts.nowMs);
  const state = inStage(from, 'registering', { ...sent, ...asking });
  const request = cashRequest(asking.awaiting, { ...order, email }, sent.sentAtMs, facts.settings);
  return stay(state, ...showView(state, facts), send(request, 'money'));
}

/** The one question about an order, in `polling` and `rereading`. */
export function ask(from: SentState, facts: Facts, before: Action[] = []): Result {
  const { sent, order } = from;
  const asking = askAs(sent, 'result', facts.nowMs);
  const { settings, nowMs } = facts;
  const request = resultRequest(asking.awaiting, order.orderNumber, { sinceMs: sent.sentAtMs, nowMs }, settings);
  return stay(inStage(from, from.at, { ...sent, ...asking }), ...before, send(request));
}

/** First step of giving an unpaid order up (assist.md 3.5). Cancelled is only what the server says is cancelled. */
export function startAbort(from: SentState, facts: Facts): Result {
  const asking = askAs(from.sent, 'login', facts.nowMs);
  const state = inStage(from, 'loggingIn', { ...from.sent, ...asking, view: 'main', abortedAtMs: facts.nowMs });
  return stay(state, ...showView(state, facts), send(loginRequest(asking.awaiting, facts.settings)));
}

/** Second step. The token goes from one answer into one request, and into no state. */
function abort(from: SentState, token: string, facts: Facts): Result {
  const asking = askAs(from.sent, 'abort', facts.nowMs);
  const state = inStage(from, 'aborting', { ...from.sent, ...asking });
  return stay(state, send(abortRequest(asking.awaiting, from.order.orderNumber, token, facts.settings)));
}

// The answer to a create, and to a report of cash

export function stepCreating(state: SentState, input: Input, facts: Facts): Result {
  if ('cashier' in input && input.cashier === 'cancel') return giveUp(state, facts);
  const answer = answerTo(state.sent.awaiting, input);
  if (answer === null) return stay(state);
  if (answer === 'notSent') return finish(state, NO_LINK);
  const created = typeof answer === 'object' ? readCreated(answer, facts.settings) : null;
  if (created === null) return afterFault(state, answer, facts) ?? startDoubting(state, facts);
  const { order, qr, expiresAtMs } = created;
  const verdict = order === null ? null : verdictOn([order], state.order, facts.settings);
  if (verdict?.is === 'strange') return dispute(state, verdict.why, facts);
  const ownBill = order?.billNumber ?? null;
  // Final already, or a state nobody knows: the result tells what to think of it.
  if (verdict !== null && verdict.is !== 'pending') return startDoubting(state, facts, { isSeen: true, ownBill });
  const dateMs = order?.dateMs ?? facts.nowMs;
  const known = knowing(state, {
    awaiting: null,
    isSeen: true,
    billNumber: ownBill,
    ownBill,
    dateMs,
    qr,
    expiresAtMs: expiryOf(order?.dateMs ?? null, expiresAtMs, facts),
  });
  if (known.sent.cancelWanted) return startAbort(known, facts);
  const shown = inStage(known, 'polling', known.sent);
  return stay(shown, ...showView(shown, facts), pause(facts.settings.pollMs));
}

/** The request cannot be called back; its answer tells whether there is anything to give up. */
function giveUp(from: SentState, facts: Facts): Result {
  if (from.sent.cancelWanted) return stay(from);
  const state = knowing(from, { cancelWanted: true });
  return stay(state, ...showView(state, facts));
}

/** The life the server grants, on our own clock: the two may differ by hours. */
function expiryOf(createdAtMs: number | null, expiresAtMs: number | null, { nowMs, settings }: Facts): number {
  const lifeMs = expiresAtMs === null ? 0 : expiresAtMs - (createdAtMs ?? nowMs);
  return nowMs + (lifeMs > 0 ? lifeMs : settings.orderLifeMs);
}

export function stepRegistering(state: SentState, input: Input, facts: Facts): Result {
  const answer = answerTo(state.sent.awaiting, input);
  if (answer === null) return stay(state);
  const record = typeof answer === 'object' ? readRegistered(answer, facts.settings) : null;
  if (record !== null) {
    const heard = inStage(state, 'polling', { ...state.sent, awaiting: null });
    return settle(heard, verdictOn([record], state.order, facts.settings), facts);
  }
  const refused = afterFault(state, answer, facts);
  if (refused !== null) return refused;
  // An earlier report may still be on its way when a later one has not left.
  const isUntold = answer === 'notSent' && isFirst(state);
  if (facts.settings.cashOffline) return approveOffline(state, facts, !isUntold);
  return isUntold ? finish(state, NO_LINK) : startDoubting(state, facts);
}

/** Nothing has left for this order but the request that is answered now. */
function isFirst({ sent }: SentState): boolean {
  return sent.asked === 1;
}

/**
 * assist.md 6, "outcome of a create". A fault whose meaning is not clear is followed by the result call; one good answer
 * without the order then makes it a refusal.
 * @returns null when the answer is no refusal: nobody knows
 */
function afterFault(state: SentState, answer: Answer, facts: Facts): Result | null {
  const fault = typeof answer === 'object' ? readFault(answer) : null;
  if (typeof answer !== 'object' || fault === null) return null;
  // Both promise that nothing was created (assist.md 6): one refuses us, the other what we asked for.
  if (answer.status === 401) return finish(state, NOT_AUTHORISED);
  if (answer.status === 403) return finish(state, MEANS_FORBIDDEN);
  if (answer.status >= 500) return null;
  const isTaken = fault.first === '5' && fault.second === '107';
  // Never adopted, given up or asked about: it may be paid by another till's buyer.
  if (isTaken && isFirst(state)) return finish(state, NUMBER_TAKEN);
  const refusal = refusalOf(fault);
  if (refusal === null) return null;
  const isClear = fault.first === '5' && !isTaken;
  return isClear ? finish(state, refusal) : startDoubting(state, facts, { refusal });
}

/** @returns null for a fault that may have come after the order was stored (1/0) */
function refusalOf(fault: Fault): Outcome | null {
  if (fault.first === '10') return fault.second === '100' ? MEANS_FORBIDDEN : serverFault(fault);
  return fault.first === '5' ? serverFault(fault) : null;
}

// An unpaid order is given up

export function stepLoggingIn(state: SentState, input: Input, facts: Facts): Result {
  const answer = answerTo(state.sent.awaiting, input);
  if (answer === null) return stay(state);
  const token = typeof answer === 'object' ? readAccessToken(answer) : null;
  return token === null ? notAborted(state, facts) : abort(state, token, facts);
}

/** Whatever it says, and if it says nothing: the order decides (assist.md 7). */
export function stepAborting(state: SentState, input: Input, facts: Facts): Result {
  const answer = answerTo(state.sent.awaiting, input);
  return answer === null ? stay(state) : reread(state, facts);
}

function reread(from: SentState, facts: Facts): Result {
  const state = inStage(from, 'rereading', { ...from.sent, awaiting: null });
  return ask(state, facts, showView(state, facts));
}

/** From here on only the order's state decides. */
export function startPolling(from: SentState, facts: Facts, more: Partial<Sent> = {}): Result {
  const state = inStage(from, 'polling', { ...from.sent, awaiting: null, ...more });
  return ask(state, facts, showView(state, facts));
}

/** Nobody knows whether the request arrived: without an order for so long, it did not. */
export function startDoubting(from: SentState, facts: Facts, more: Partial<Sent> = {}): Result {
  const { nowMs, settings } = facts;
  return startPolling(from, facts, { doubt: { sinceMs: nowMs, provenAfterMs: settings.settleMs }, ...more });
}

/** The reader or the program will tell no more. */
export function startDoubtingDevice(from: SentState, facts: Facts, more: Partial<Sent> = {}): Result {
  const doubt = from.sent.doubt ?? { sinceMs: facts.nowMs, provenAfterMs: facts.settings.deviceSettleMs };
  return startPolling(from, facts, { doubt, ...more });
}

/** `polling` and `rereading`. Keys and devices are dealt with elsewhere. */
export function stepPolling(state: SentState, input: Input, facts: Facts): Result {
  const { sent } = state;
  if ('timer' in input) {
    const leftMs = missedInMs(sent, facts);
    return leftMs === 0 ? ask(state, facts) : stay(state, pause(leftMs));
  }
  const answer = answerTo(sent.awaiting, input);
  if (answer === null) return stay(state);
  const heard = knowing(state, { awaiting: null });
  // A result call that fails in any way leaves everything as it was (assist.md 6).
  const orders = typeof answer === 'object' ? readResult(answer, facts.settings) : null;
  if (orders === null) return unanswered(heard, facts);
  const { orderNumber, amountKopecks } = state.order;
  const ours = { orderNumber, amountKopecks, ownBill: sent.ownBill };
  return settle(knowing(heard, { failures: 0 }), verdictOn(orders, ours, facts.settings), facts);
}

function settle(from: SentState, verdict: Verdict, facts: Facts): Result {
  switch (verdict.is) {
    case 'none':
      return absent(from, facts);
    case 'strange':
      return dispute(from, verdict.why, facts);
    case 'over':
      return endUnpaid(from, verdict.order, facts);
    case 'paid':
      return approve(from, verdict.order, facts, [
        ...(verdict.oddity === null ? [] : [alarm(from, verdict.oddity)]),
        ...surplusNotice(from.order.orderNumber, verdict.surplus),
      ]);
    case 'pending': {
      const state = knowing(from, {
        isSeen: true,
        billNumber: verdict.order.billNumber,
        dateMs: verdict.order.dateMs ?? from.sent.dateMs,
        isAlarmed: from.sent.isAlarmed || verdict.oddity !== null,
      });
      const result = pending(state, facts);
      if (verdict.oddity === null || from.sent.isAlarmed) return result;
      return { ...result, actions: [alarm(from, verdict.oddity), ...result.actions] };
    }
  }
}

function absent(state: SentState, facts: Facts): Result {
  const { sent } = state;
  const { settings, nowMs } = facts;
  if (sent.isSeen || sent.isDisputed) return later(state, facts);
  if (sent.refusal !== null) return finish(state, sent.refusal);
  const { doubt } = sent;
  if (MEANS[sent.means].isInHand) {
    // The cashier has the money in her hand: it is told again, not given up; but never without a pause between.
    const isFresh = doubt !== null && sent.askedAtMs - doubt.sinceMs < settings.settlePollMs;
    if (!isFresh) return registerAgain(state, facts);
    const rest = pause(settings.settlePollMs);
    return sent.isAskedAgain ? release(state, STILL_PROCESSED, rest) : stay(state, rest);
  }
  if (doubt !== null && sent.askedAtMs - doubt.sinceMs >= doubt.provenAfterMs) return endAbsent(state, facts);
  // The program lives on without us: nobody is kept waiting for it, and it is looked at every minute (AS-43).
  const isOrphan = doubt !== null && doubt.provenAfterMs > settings.deviceSettleMs;
  if (isOrphan) {
    const isTold = sent.means === 'softpos' && !sent.isAskedAgain;
    return release(state, isTold ? PROGRAM_SILENT : STILL_PROCESSED, pause(settings.backOffMaxMs));
  }
  const isSilent = doubt === null && nowMs - sent.heardAtMs >= settings.deviceSilenceMs;
  const next = isSilent ? knowing(state, { doubt: { sinceMs: nowMs, provenAfterMs: settings.deviceSettleMs } }) : state;
  if (sent.isAskedAgain) return release(next, STILL_PROCESSED, pause(settings.settlePollMs));
  return stay(next, pause(doubt === null ? pauseMs(next, facts) : settings.settlePollMs));
}

function pending(state: SentState, facts: Facts): Result {
  const { sent } = state;
  if (sent.isAskedAgain) return release(state, STILL_PROCESSED, pause(pauseMs(state, facts)));
  if (state.at === 'rereading') return notAborted(state, facts);
  if (wantsAbort(state, facts)) return startAbort(state, facts);
  return later(state, facts);
}

/** A second abort only after a pause: the one before it was read to have done nothing. */
function wantsAbort({ sent }: SentState, { nowMs, settings }: Facts): boolean {
  return (
    MEANS[sent.means].isUnwanted(sent) &&
    (sent.abortedAtMs === null || nowMs - sent.abortedAtMs >= settings.backOffMaxMs)
  );
}

/** AS-33: the order is as open as before. */
function notAborted(from: SentState, facts: Facts): Result {
  const { sent } = from;
  const isQrThere = sent.qr !== null;
  const state = inStage(from, 'polling', { ...sent, awaiting: null, cancelWanted: !isQrThere && sent.cancelWanted });
  const rest = pause(pauseMs(state, facts));
  if (sent.isBackground) return stay(state, rest);
  // Without a QR there is nothing to go back to.
  if (!isQrThere) return release(state, NOT_ABORTED, rest);
  const told = knowing(state, { view: 'notAborted' });
  return stay(told, ...showView(told, facts), rest);
}

/** Not decided. Long after its end an order that is still open is left to the background. */
function later(state: SentState, facts: Facts): Result {
  const { sent } = state;
  const rest = pause(pauseMs(state, facts));
  const isOverdue = facts.nowMs > sent.expiresAtMs + facts.settings.expiredForMs;
  if (sent.isAskedAgain || (isOverdue && !sent.isBackground)) return release(state, STILL_PROCESSED, rest);
  return stay(state, rest);
}

/** AS-23 after some, and the question goes on behind the cashier's back. */
function unanswered(from: SentState, facts: Facts): Result {
  const { sent } = from;
  const isLoose = MEANS[sent.means].isInHand && !sent.isSeen && !sent.isDisputed && sent.refusal === null;
  if (isLoose && facts.settings.cashOffline) return approveOffline(from, facts, true);
  const failures = sent.failures + 1;
  const state = knowing(from, { failures });
  const rest = pause(backOffMs(failures, facts.settings, from.order.attemptId));
  const tells = sent.isAskedAgain || failures >= facts.settings.unreachableAfter;
  return tells && !sent.isBackground ? release(state, LINK_LOST, rest) : stay(state, rest);
}

function pauseMs({ sent }: SentState, { nowMs, settings }: Facts): number {
  return pollPauseMs({ sinceMs: sent.sentAtMs, expiresAtMs: sent.expiresAtMs }, nowMs, settings);
}

/** The power went in the middle, or the cashier wants to know now (SCR-53). */
export function goOn(from: SentState, facts: Facts): Result {
  const state = knowing(from, { view: 'main', failures: 0 });
  switch (state.at) {
    // Handed out before the power went: nobody knows whether it left. First ask (K4..K7).
    case 'creating':
      return startDoubting(state, facts);
    case 'registering':
    case 'reader':
    case 'polling':
      return startPolling(state, facts);
    case 'loggingIn':
    case 'aborting':
    case 'rereading':
      return reread(state, facts);
  }
}

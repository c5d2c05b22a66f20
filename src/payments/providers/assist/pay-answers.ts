/** The answers to everything but the result call: to a create, to a report of cash, and to the two steps of an abort. */

import type { Input } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/asking.ts';
import type { Outcome } from '../../outcome.ts';
import {
  approveOffline,
  dispute,
  finish,
  MEANS_FORBIDDEN,
  NO_LINK,
  NOT_AUTHORISED,
  NUMBER_TAKEN,
  serverFault,
} from './pay-ends.ts';
import { notAborted, settle, startDoubting, startPolling } from './pay-polling.ts';
import { abort, ask, startAbort } from './pay-requests.ts';
import { type Facts, inStage, knowing, pause, type Result, type SentState, stay } from './pay-state.ts';
import { showView } from './pay-view.ts';
import { verdictOn } from './status.ts';
import { type Fault, readAccessToken, readCreated, readFault, readRegistered } from './wire.ts';

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

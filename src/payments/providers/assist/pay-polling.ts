/** The heart of every means: the order's state at the server decides, and nothing else (assist.md 1, 7). */

import type { Input } from '../../driver.ts';
import { answerTo } from '../../kernel/asking.ts';
import { backOffMs, missedInMs, pollPauseMs } from './pauses.ts';
import {
  approve,
  approveOffline,
  dispute,
  endAbsent,
  endUnpaid,
  finish,
  LINK_LOST,
  NOT_ABORTED,
  PROGRAM_SILENT,
  release,
  STILL_PROCESSED,
} from './pay-ends.ts';
import { ask, registerAgain, startAbort } from './pay-requests.ts';
import {
  alarm,
  type Facts,
  inStage,
  knowing,
  pause,
  type Result,
  type Sent,
  type SentState,
  stay,
} from './pay-state.ts';
import { showView } from './pay-view.ts';
import { surplusNotice, type Verdict, verdictOn } from './status.ts';
import { readResult } from './wire.ts';

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

export function settle(from: SentState, verdict: Verdict, facts: Facts): Result {
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
  if (sent.means === 'cash') {
    // A cashier has the money in her hand: it is told again, not given up; but never without a pause between.
    const isFresh = doubt !== null && sent.askedAtMs - doubt.sinceMs < settings.settlePollMs;
    if (!isFresh) return registerAgain(state, facts);
    const rest = pause(settings.settlePollMs);
    return sent.isAskedAgain ? release(state, STILL_PROCESSED, rest) : stay(state, rest);
  }
  if (doubt !== null && sent.askedAtMs - doubt.sinceMs >= doubt.provenAfterMs) return endAbsent(state, facts);
  // The program lives on without us: nobody is kept waiting for it, and it is looked at every minute (AS-43).
  const isOrphan = doubt !== null && doubt.provenAfterMs > settings.deviceSettleMs;
  if (isOrphan) {
    return release(state, sent.isAskedAgain ? STILL_PROCESSED : PROGRAM_SILENT, pause(settings.backOffMaxMs));
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

/**
 * An order nobody can pay, or that the cashier gave up. A second abort only after a pause: the one before it was read to
 * have done nothing.
 */
function wantsAbort({ sent }: SentState, { nowMs, settings }: Facts): boolean {
  const isUnwanted =
    (sent.means === 'sbp' && (sent.qr === null || sent.cancelWanted)) ||
    (sent.means === 'softpos' && sent.cancelWanted && sent.doubt !== null);
  return isUnwanted && (sent.abortedAtMs === null || nowMs - sent.abortedAtMs >= settings.backOffMaxMs);
}

/** AS-33: the order is as open as before. */
export function notAborted(from: SentState, facts: Facts): Result {
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
  const isLoose = sent.means === 'cash' && !sent.isSeen && !sent.isDisputed && sent.refusal === null;
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

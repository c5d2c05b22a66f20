/**
 * The order at the server, whatever the means: what is sent for it, what the answers tell, and the heart of it all: its state
 * decides, and nothing else (assist.md 1, 6, 7).
 */
import type { Action, Input } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, missedInMs, send } from '../../kernel/asking.ts';
import {
  backOff,
  heard,
  inStage,
  isHopeless,
  knowing,
  leftBecause,
  pause,
  preceded,
  restFor,
  stay,
} from '../../kernel/undecided.ts';
import { type Created, readAccessToken, readResult } from './answers.ts';
import { approve, approveOffline, dispute, endAbsent, endUnpaid, finish, release } from './pay-ends.ts';
import { MEANS, showView } from './pay-means.ts';
import { hearQr, readQr, wantsQr } from './pay-qr.ts';
import { alarmText, begunWith, type Draft, type Facts, type Result, type Work, type Working } from './pay-state.ts';
import { pausesOf } from './settings.ts';
import {
  cashUnfit,
  LEFT,
  NO_LINK,
  NOT_ABORTED,
  NOT_SEEN,
  NUMBER_TAKEN,
  PROGRAM_SILENT,
  STILL_PROCESSED,
  unanswered,
} from './status.ts';
import { type Refusal, refusalIn, surplusNotice, type Verdict, verdictOn, wrongWith } from './verdict.ts';
import { mayDouble, readSbp, readToldCash, sbpRequest, toldCashRequest, untoldAfterMs } from './ways.ts';
import { abortRequest, loginRequest, resultRequest } from './wire.ts';

// The moves that hand out a request. They judge nothing.

/** СБП: the one request that creates the order. */
export function create(draft: Draft, facts: Facts): Result {
  const from = begunWith('creating', draft, 'sbp', facts);
  const asking = askAs(from.work, 'create', facts.nowMs);
  const state = knowing(from, asking);
  const { order, email } = draft;
  const request = sbpRequest(asking.awaiting, { ...order, email }, facts.settings);
  return stay(state, ...showView(state, facts), send(request, 'money'));
}

/**
 * Cash: the buyer has paid, the server is told. One that has just not answered is not waited for anew with every sale: the
 * cash counts without it (12.8), and the report goes out behind the cashier's back.
 */
export function register(draft: Draft, receivedKopecks: number, facts: Facts): Result {
  const state = begunWith('registering', draft, 'cash', facts, { receivedKopecks });
  const isSilent = facts.isSilent === true && facts.settings.cashOffline;
  return isSilent ? approveOffline(state, 'lost', facts, false) : sendCash(state, facts);
}

/** Esc while the server has the report of the cash, or has not: nobody waits for it any more. */
export function leaveCash(state: Working, facts: Facts): Result {
  return facts.settings.cashOffline ? approveOffline(state, 'lost', facts, true) : release(state, LEFT);
}

/** The result has been read and has no order: the same number may be told once more (assist.md 12.7). */
function registerAgain(from: Working, facts: Facts): Result {
  return sendCash(knowing(from, { doubt: null }), facts);
}

function sendCash(from: Working, facts: Facts): Result {
  const { order, email, sentAtMs } = from.work;
  const asking = askAs(from.work, 'cash', facts.nowMs);
  const state = inStage(from, 'registering', asking);
  const request = toldCashRequest(asking.awaiting, { ...order, email }, sentAtMs, facts.settings);
  return stay(state, ...showView(state, facts), send(request, 'money'));
}

/** The one question about an order, in `polling` and `rereading`. */
export function ask(from: Working, { settings, nowMs }: Facts): Result {
  const { order, sentAtMs } = from.work;
  const asking = askAs(from.work, 'result', nowMs);
  const request = resultRequest(asking.awaiting, order.orderNumber, { sinceMs: sentAtMs, nowMs }, settings);
  return stay(knowing(from, asking), send(request));
}

/** It is asked, and the cashier sees what is waited for. */
function askAloud(state: Working, facts: Facts): Result {
  return preceded(showView(state, facts), ask(state, facts));
}

/** First step of giving an unpaid order up (assist.md 3.5). Cancelled is only what the server says is cancelled. */
export function startAbort(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'login', facts.nowMs);
  const state = inStage(from, 'loggingIn', { ...asking, view: 'main', abortedAtMs: facts.nowMs });
  return stay(state, ...showView(state, facts), send(loginRequest(asking.awaiting, facts.settings)));
}

/** Second step. The token goes from one answer into one request, and into no state. */
function abort(from: Working, token: string, facts: Facts): Result {
  const asking = askAs(from.work, 'abort', facts.nowMs);
  const request = abortRequest(asking.awaiting, from.work.order.orderNumber, token, facts.settings);
  return stay(inStage(from, 'aborting', asking), send(request));
}

// The answer to a create, and to a report of cash

export function stepCreating(state: Working, input: Input, facts: Facts): Result {
  if ('cashier' in input && input.cashier === 'cancel') return giveUp(state, facts);
  const answer = answerTo(state.work.awaiting, input);
  if (answer === null) return stay(state);
  const meaning = meaningOf(answer, (reply) => readSbp(reply, facts.settings), refusalIn);
  switch (meaning.is) {
    case 'understood':
      return judgeCreated(state, meaning.told, facts);
    case 'refused':
      return refused(state, meaning.refusal, facts);
    case 'notSent':
      return finish(state.work, NO_LINK);
    case 'notUnderstood':
    case 'tooLarge':
    case 'lost':
      return startDoubting(state, facts);
  }
}

/** The request cannot be called back; its answer tells whether there is anything to give up. */
function giveUp(from: Working, facts: Facts): Result {
  if (from.work.wantsCancel) return release(from, LEFT);
  const state = knowing(from, { wantsCancel: true });
  return stay(state, ...showView(state, facts));
}

function judgeCreated(state: Working, { order, qr, expiresAtMs }: Created, facts: Facts): Result {
  const verdict = order === null ? null : verdictOn([order], state.work.order, facts.settings);
  if (verdict?.is === 'strange') return dispute(state, verdict.why, facts);
  const ownBill = order?.billNumber ?? null;
  // Final already, or a state nobody knows: the result tells what to think of it.
  if (verdict !== null && verdict.is !== 'pending') return startDoubting(state, facts, { isSeen: true, ownBill });
  const known = knowing(state, {
    awaiting: null,
    isSeen: true,
    providerPaymentId: ownBill,
    ownBill,
    dateMs: order?.dateMs ?? facts.nowMs,
    qr,
    expiresAtMs: expiryOf(order?.dateMs ?? null, expiresAtMs, facts),
  });
  if (known.work.wantsCancel) return startAbort(known, facts);
  if (qr === null) return wantsQr(known, facts) ? readQr(known, facts) : startAbort(known, facts);
  return showQr(known, qr, facts);
}

function showQr(from: Working, qr: string, facts: Facts): Result {
  const state = inStage(from, 'polling', { awaiting: null, failures: 0, view: 'main', isAskedAgain: false, qr });
  return stay(state, ...showView(state, facts), pause(facts.settings.pollMs));
}

/** The QR that a lost answer had, or that was not in it. Without one the order is given up, as nobody can pay it. */
export function stepQr(state: Working, input: Input, facts: Facts): Result {
  const heard = hearQr(state, input, facts);
  if (heard === null) return stay(state);
  switch (heard.is) {
    case 'asked':
      return heard.result;
    case 'read':
      // Nobody waits for it, and nobody has seen it.
      return state.work.isBackground ? startAbort(state, facts) : showQr(state, heard.qr, facts);
    case 'none':
      return startAbort(knowing(state, { qrTriesLeft: 0 }), facts);
    case 'unread': {
      const { qrTriesLeft } = state.work;
      const next = inStage(state, 'polling', { awaiting: null, qrTriesLeft: qrTriesLeft - 1 });
      return stay(next, ...showView(next, facts), pause(facts.settings.settlePollMs));
    }
  }
}

/** The life the server grants, on our own clock: the two may differ by hours. */
function expiryOf(createdAtMs: number | null, expiresAtMs: number | null, { nowMs, settings }: Facts): number {
  const lifeMs = expiresAtMs === null ? 0 : expiresAtMs - (createdAtMs ?? nowMs);
  return nowMs + (lifeMs > 0 ? lifeMs : settings.orderLifeMs);
}

export function stepRegistering(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  const { settings } = facts;
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const meaning = meaningOf(answer, (reply) => readToldCash(reply, settings), refusalIn);
  if (meaning.is === 'understood') {
    const verdict = verdictOn([meaning.told], work.order, settings);
    // The earlier report may have made an order as well.
    const isOneOfTwo = mayDouble(settings) && !isFirst(state) && verdict.is === 'paid';
    if (isOneOfTwo) return startDoubting(state, facts);
    return settle(inStage(state, 'polling', { awaiting: null }), verdict, facts);
  }
  if (meaning.is === 'refused') return refused(state, meaning.refusal, facts);
  // An earlier report may still be on its way when a later one has not left.
  const isUntold = meaning.is === 'notSent' && isFirst(state);
  if (settings.cashOffline) return approveOffline(state, answer, facts, !isUntold);
  return isUntold ? finish(work, NO_LINK) : startDoubting(state, facts);
}

/** Nothing has left for this order but the request that is answered now. */
function isFirst({ work }: Working): boolean {
  return work.asked === 1;
}

/** Where it is not clear that nothing was created, one good answer without the order makes it a refusal. */
function refused(state: Working, { is, outcome }: Refusal, facts: Facts): Result {
  if (is === 'clear') return finish(state.work, outcome);
  // Never adopted, given up or asked about: it may be paid by another till's buyer.
  if (is === 'taken' && isFirst(state)) return finish(state.work, NUMBER_TAKEN);
  // Told before, and there: its order will be found. In good answers without it the number is tried once more.
  if (is === 'taken' && MEANS[state.work.means].isInHand) return startDoubting(state, facts);
  return startDoubting(state, facts, { refusal: outcome });
}

// An unpaid order is given up

export function stepLoggingIn(state: Working, input: Input, facts: Facts): Result {
  const answer = answerTo(state.work.awaiting, input);
  if (answer === null) return stay(state);
  const meaning = meaningOf(answer, readAccessToken);
  return meaning.is === 'understood' ? abort(state, meaning.told, facts) : notAborted(state, facts);
}

/** Whatever it says, and if it says nothing: the order decides (assist.md 7). */
export function stepAborting(state: Working, input: Input, facts: Facts): Result {
  const answer = answerTo(state.work.awaiting, input);
  return answer === null ? stay(state) : reread(state, facts);
}

function reread(from: Working, facts: Facts): Result {
  return askAloud(inStage(from, 'rereading', { awaiting: null }), facts);
}

/** AS-33: the order is as open as before. */
function notAborted(from: Working, facts: Facts): Result {
  const { work } = from;
  const isQrThere = work.qr !== null;
  const state = inStage(from, 'polling', { awaiting: null, wantsCancel: !isQrThere && work.wantsCancel });
  const rest = pauseOf(state, facts);
  if (work.isBackground) return stay(state, rest);
  // Without a QR there is nothing to go back to.
  if (!isQrThere) return release(state, NOT_ABORTED, rest);
  const told = knowing(state, { view: 'notAborted' });
  return stay(told, ...showView(told, facts), rest);
}

// The state of the order

/** From here on only the order's state decides. */
export function startPolling(from: Working, facts: Facts, more: Partial<Work> = {}): Result {
  return askAloud(inStage(from, 'polling', { awaiting: null, ...more }), facts);
}

/** Nobody knows whether the request arrived: without an order for so long, it did not. */
function startDoubting(from: Working, facts: Facts, more: Partial<Work> = {}, sinceMs: number = facts.nowMs): Result {
  return startPolling(from, facts, { doubt: { sinceMs, provenAfterMs: facts.settings.settleMs }, ...more });
}

/** The request in flight would have counted as lost by then, and did so now at the latest. */
function whenLost({ work }: Working, { nowMs, settings }: Facts): number {
  return Math.min(nowMs, work.askedAtMs + settings.timeoutMs);
}

/** The program was started again. */
export function goOn(from: Working, facts: Facts): Result {
  const state = knowing(from, { view: 'main', failures: 0 });
  switch (state.at) {
    // Handed out before the power went: nobody knows whether it left. First ask (K4..K7).
    case 'creating':
      return startDoubting(state, facts, {}, whenLost(state, facts));
    case 'registering':
      if (mayDouble(facts.settings)) return startDoubting(state, facts, {}, whenLost(state, facts));
      return startPolling(state, facts);
    case 'reader':
    case 'polling':
    case 'enrolling':
    case 'readingQr':
      return startPolling(state, facts);
    case 'loggingIn':
    case 'aborting':
    case 'rereading':
      return reread(state, facts);
  }
}

/** `polling` and `rereading`. Keys and devices are dealt with elsewhere. */
export function stepPolling(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  const { settings, nowMs } = facts;
  if ('timer' in input) {
    const leftMs = missedInMs(work, nowMs, settings.timeoutMs);
    return leftMs === 0 ? ask(state, facts) : stay(state, pause(leftMs));
  }
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const meaning = meaningOf(answer, (reply) => readResult(reply, settings));
  // A result call that fails in any way leaves everything as it was (assist.md 6).
  if (meaning.is !== 'understood')
    return unusable(heard(knowing(state, { awaiting: null }), answer, wrongWith(answer)), answer, facts);
  const { orderNumber, amountKopecks } = work.order;
  const verdict = verdictOn(meaning.told, { orderNumber, amountKopecks, ownBill: work.ownBill }, settings);
  return settle(knowing(state, { awaiting: null, failures: 0, wrong: null }), verdict, facts);
}

function settle(from: Working, verdict: Verdict, facts: Facts): Result {
  const { work } = from;
  switch (verdict.is) {
    case 'none':
      return absent(from, facts);
    case 'strange':
      return dispute(from, verdict.why, facts);
    case 'over':
      return endUnpaid(from, verdict.order, facts);
    case 'paid':
      return approve(from, verdict.order, facts, [
        ...oddityAlarm(work, verdict.oddity),
        ...surplusNotice(work.order.orderNumber, verdict.surplus),
      ]);
    case 'pending': {
      const state = knowing(from, {
        isSeen: true,
        providerPaymentId: verdict.order.billNumber,
        dateMs: verdict.order.dateMs ?? work.dateMs,
        isAlarmed: work.isAlarmed || verdict.oddity !== null,
      });
      return preceded(work.isAlarmed ? [] : oddityAlarm(work, verdict.oddity), pending(state, facts));
    }
  }
}

function oddityAlarm(work: Work, oddity: string | null): Action[] {
  return oddity === null ? [] : [{ do: 'alarm', text: alarmText(work, oddity) }];
}

function absent(state: Working, facts: Facts): Result {
  const { work } = state;
  const { settings, nowMs } = facts;
  if (work.isSeen || work.isDisputed) return later(state, facts);
  if (work.refusal !== null) return finish(work, work.refusal);
  const { doubt } = work;
  if (MEANS[work.means].isInHand) {
    // The cashier has the money in her hand: it is told again, not given up; but never without a pause between.
    const isFresh =
      doubt !== null && work.askedAtMs - doubt.sinceMs < Math.max(settings.settlePollMs, untoldAfterMs(settings));
    const unfit = facts.answerFaults?.cash;
    // A report that is answered like that is told for ever; good answers without the order prove that none has been taken.
    const isHopeless = doubt !== null && unfit !== undefined && work.askedAtMs - doubt.sinceMs >= settings.settleMs;
    if (isHopeless) return finish(work, { ...cashUnfit(unfit), follow: true });
    if (!isFresh && unfit === undefined) return registerAgain(state, facts);
    const rest = pause(settings.settlePollMs);
    return work.isAskedAgain ? release(state, NOT_SEEN, rest) : stay(state, rest);
  }
  if (doubt !== null && work.askedAtMs - doubt.sinceMs >= doubt.provenAfterMs) return endAbsent(state, facts);
  // The program lives on without us: nobody is kept waiting for it, and it is looked at every minute (AS-43).
  const isOrphan = doubt !== null && doubt.provenAfterMs > settings.deviceSettleMs;
  if (isOrphan) {
    const isTold = work.means === 'softpos' && !work.isAskedAgain;
    const leftMs = doubt.sinceMs + doubt.provenAfterMs - nowMs;
    const rest = Math.min(settings.backOffMaxMs, Math.max(settings.settlePollMs, leftMs));
    return release(state, isTold ? PROGRAM_SILENT : NOT_SEEN, pause(rest));
  }
  const isSilent = doubt === null && nowMs - work.heardAtMs >= settings.deviceSilenceMs;
  const next = isSilent ? knowing(state, { doubt: { sinceMs: nowMs, provenAfterMs: settings.deviceSettleMs } }) : state;
  if (work.isAskedAgain) return release(next, NOT_SEEN, pause(settings.settlePollMs));
  return stay(next, doubt === null ? pauseOf(next, facts) : pause(settings.settlePollMs));
}

function pending(state: Working, facts: Facts): Result {
  if (state.work.isAskedAgain) {
    const shown = backInView(state, facts);
    if (shown !== null) return shown;
    if (wantsQr(state, facts)) return readQr(knowing(state, { isAskedAgain: false, view: 'main' }), facts);
    return release(state, STILL_PROCESSED, pauseOf(state, facts));
  }
  if (state.at === 'rereading') return notAborted(state, facts);
  if (wantsQr(state, facts)) return readQr(state, facts);
  return wantsAbort(state, facts) ? startAbort(state, facts) : later(state, facts);
}

/** Chosen again, and its QR can still be paid: then that is what she has chosen. Null = it cannot. */
function backInView(from: Working, facts: Facts): Result | null {
  if (!isPayable(from, facts)) return null;
  const state = inStage(from, 'polling', { isAskedAgain: false, view: 'main' });
  return stay(state, ...showView(state, facts), pauseOf(state, facts));
}

function isPayable({ work }: Working, { nowMs }: Facts): boolean {
  return work.qr !== null && !work.wantsCancel && nowMs < work.expiresAtMs;
}

/** A second abort only after a pause: the one before it was read to have done nothing. */
function wantsAbort({ work }: Working, { nowMs, settings }: Facts): boolean {
  const { abortedAtMs } = work;
  const isFirstOrRested = abortedAtMs === null || nowMs - abortedAtMs >= settings.backOffMaxMs;
  return isFirstOrRested && MEANS[work.means].isUnwanted(work);
}

/** Not decided. Long after its end an order that is still open is left to the background. */
function later(state: Working, facts: Facts): Result {
  const { isAskedAgain, isBackground, expiresAtMs } = state.work;
  const rest = pauseOf(state, facts);
  const isOverdue = facts.nowMs > expiresAtMs + facts.settings.expiredForMs;
  return isAskedAgain || (isOverdue && !isBackground) ? release(state, STILL_PROCESSED, rest) : stay(state, rest);
}

/** AS-23 after some, and the question goes on behind the cashier's back. */
function unusable(from: Working, answer: Answer, facts: Facts): Result {
  const { work } = from;
  const { settings } = facts;
  const isLoose = MEANS[work.means].isInHand && !work.isSeen && !work.isDisputed && work.refusal === null;
  if (isLoose && settings.cashOffline) return approveOffline(from, answer, facts, true);
  const state = knowing(from, { failures: work.failures + 1 });
  const sleep = backOff(state, pausesOf(settings));
  if (work.isBackground) return stay(state, sleep);
  // A QR can be paid without our link: it stays in view, the panel says that the link is gone, and it is asked for soon.
  if (isPayable(state, facts) && !isHopeless(work, true)) {
    const shown = work.isAskedAgain ? backInView(state, facts) : null;
    const soon = restFor(state, Math.min(settings.pollSlowMs, work.expiresAtMs - facts.nowMs));
    return stay(shown?.state ?? state, ...(shown?.actions ?? []), soon);
  }
  if (isHopeless(work)) return release(state, leftBecause(work, unanswered(answer), 'payment'), sleep);
  const isTold = work.isAskedAgain || state.work.failures >= settings.unreachableAfter;
  return isTold ? release(state, unanswered(answer), sleep) : stay(state, sleep);
}

/**
 * Every 3 s for 2 minutes, then every 10 s; once the order must long have been closed by the server only as often as the
 * watch list is checked (assist.md 7).
 */
function pauseOf({ work }: Working, { nowMs, settings }: Facts): Action {
  if (nowMs > work.expiresAtMs + settings.expiredForMs) return pause(settings.recheckMs);
  return pause(nowMs - work.sentAtMs < settings.pollFastForMs ? settings.pollMs : settings.pollSlowMs);
}

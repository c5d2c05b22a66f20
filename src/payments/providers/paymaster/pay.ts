/**
 * A payment by СБП (paymaster.md 3, 8, 11): make the bill once, show its link, poll until it is final, cancel it at most
 * once while the cashier waits.
 */
import type { Action, Input, Machine, Order, Restart } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askNow, freeing, inStage, knowing, pause, preceded, stay, takenBack } from '../../kernel/undecided.ts';
import { adopt, post, startFinding, stepAsking, stepCancelling, stepCashier } from './pay-bill.ts';
import { beginClearing, clearAgain, stepClearing } from './pay-busy.ts';
import {
  begunWith,
  cancelOf,
  dispute,
  type Facts,
  finish,
  isOurs,
  type PayState,
  type Result,
  settle,
  shown,
  type Working,
} from './pay-state.ts';
import { waitPrompt } from './prompts.ts';
import { lifeMsOf, type PaymasterSettings } from './settings.ts';
import {
  BAD_AMOUNT,
  CANCELLED_BY_CASHIER,
  INVALID_OPERATION,
  KEY_USED,
  KEY_VIOLATION,
  NO_CONNECTION,
  NO_PARTS,
  NO_PLATE,
  notOurs,
  refusalOf,
  undecided,
} from './status.ts';
import { type Payment, type Problem, paymentBody, readPayment, readProblem } from './wire.ts';

export const paymasterPay: Machine<PaymasterSettings, PayState> = {
  version: 1,

  begin(order, { settings }) {
    const { amountKopecks } = order;
    if (settings.display === 2 && settings.stickerId === null) return finish(NO_PLATE);
    if (amountKopecks < settings.minimumKopecks || amountKopecks > settings.maximumKopecks) return finish(BAD_AMOUNT);
    const isPart = amountKopecks < order.receipt.totalKopecks;
    if (isPart && settings.partOnlyOnScreen && settings.display !== 1) return finish(NO_PARTS);
    // The intent stands by itself: a till that dies here has asked nobody for anything (K2, K15).
    const prompt = waitPrompt(true, lifeMsOf(settings) + settings.graceMs);
    return stay({ kind: 'pay', at: 'starting', order }, { do: 'prompt', prompt }, pause(0));
  },

  /**
   * As after a lost answer, sent just now. Its bytes are gone: it is not sent again. The link of a bill that is found open is read
   * again.
   */
  resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
    if (!mayHaveMoved) return foreground ? paymasterPay.begin(order, facts) : finish(CANCELLED_BY_CASHIER);
    const left = { startedAtMs, posts: 1, isBackground: !foreground, wantsCancel: !foreground };
    return startFinding(begunWith('finding', order, facts, left), facts);
  },

  step(state, input, facts) {
    switch (state.at) {
      case 'finished':
        return stay(state);
      case 'starting':
        if ('cashier' in input && input.cashier === 'cancel') return finish(CANCELLED_BY_CASHIER);
        return 'timer' in input || 'restarted' in input ? create(state.order, facts) : stay(state);
      default:
        return stepWorking(state, input, facts);
    }
  },
};

function create(order: Order, facts: Facts): Result {
  const state = begunWith('creating', order, facts);
  return post(state, paymentBody(order, facts.settings, state.work.expiresAtMs), facts);
}

function stepWorking(state: Working, input: Input, facts: Facts): Result {
  const { postTag, isAskedAgain, awaiting } = state.work;
  const posted = answerTo(postTag, input);
  if (posted !== null) return judgePost(knowing(state, { postTag: null }), posted, facts);
  if ('cashier' in input) {
    if (input.cashier === 'again') return askAgain(state, facts);
    if (input.cashier === 'show') return showAgain(state, facts);
    if (isAskedAgain) return stay(knowing(state, { isAskedAgain: false }), ...freeing(undecided(cancelOf(state.work))));
  }
  if ('restarted' in input) return goOn(state, input.restarted, facts);
  if ('askNow' in input) {
    // The answer to the POST is on its way.
    if (state.at === 'creating') return stay(state);
    return askNow(state, (from) => stepStage(from, { timer: true }, facts), facts.nowMs, facts.settings.pollMs);
  }
  // A PUT is not the reading that was promised, the GET after it is; one that did not leave has none after it.
  const isPut = state.at === 'cancelling' && !('noReply' in input && input.noReply.kind === 'notSent');
  const isAnswered = isAskedAgain && !isPut && answerTo(awaiting, input) !== null;
  const result = stepStage(state, input, facts);
  if (!isAnswered || !('work' in result.state)) return result;
  const { work } = result.state;
  const say = work.isDisputed ? notOurs('other') : undecided(cancelOf(work));
  return preceded(result.actions, stay(knowing(result.state, { isAskedAgain: false }), ...freeing(say)));
}

function stepStage(state: Working, input: Input, facts: Facts): Result {
  switch (state.at) {
    case 'creating':
      // Esc: the request cannot be called back; its answer tells whether there is anything to cancel.
      return stepCashier(state, input, facts);
    case 'cancelling':
      return stepCancelling(state, input, facts);
    case 'clearing':
      return stepClearing(state, input, facts);
    default:
      return stepAsking(state, input, facts);
  }
}

/** The cashier chose PayMaster again: one reading in front of him. A PUT in flight is followed by one anyway. */
function askAgain(state: Working, facts: Facts): Result {
  if (!state.work.isBackground) return stay(state);
  const prompt: Action = { do: 'prompt', prompt: waitPrompt(true, facts.settings.httpTimeoutMs) };
  const next = knowing(state, { isAskedAgain: true, listing: null });
  if (next.at === 'cancelling') return stay(next, prompt);
  return preceded([prompt], stepStage(knowing(next, { awaiting: null }), { timer: true }, facts));
}

/** It was left while its cancel was under way, or the bill's life is over: that is what can be shown and waited for. */
function showAgain(state: Working, facts: Facts): Result {
  if (!state.work.isBackground) return stay(state);
  const next = knowing(takenBack(state), { isAskedAgain: false, listing: null });
  if (next.at === 'cancelling') return shown(next, facts);
  return shown(knowing(next, { awaiting: null }), facts, (from) => stepStage(from, { timer: true }, facts));
}

/** A POST or PUT of which nobody knows whether it left is not sent again; the list or the bill tells (K4..K7). */
function goOn(before: Working, { clockShiftMs }: Restart, facts: Facts): Result {
  const { lifeSinceMs, postedAtMs, oldBill, linklessSinceMs = null } = before.work;
  // The answer to a PUT of the last run never comes.
  const stage = before.at === 'cancelling' ? 'ending' : before.at;
  const from = knowing(before, {
    lifeSinceMs: lifeSinceMs + clockShiftMs,
    postedAtMs: postedAtMs + clockShiftMs,
    linklessSinceMs: linklessSinceMs === null ? null : linklessSinceMs + clockShiftMs,
    failures: 0,
    oldBill: oldBill && { ...oldBill, untilMs: oldBill.untilMs + clockShiftMs },
  });
  if (from.work.isAskedAgain) return askAgain(inStage(from, stage), facts);
  if (from.at === 'creating') return startFinding(from, facts);
  if (from.at === 'clearing') return clearAgain(from, facts);
  const qr = from.work.qr === 'printed' ? 'paper' : from.work.qr;
  const next = inStage(from, stage, { qr, awaiting: null, listing: null });
  return shown(next, facts, (state) => stepStage(state, { timer: true }, facts));
}

/** The answer to the POST, in time or (after a restart) late. */
function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const { posts, providerPaymentId } = state.work;
  const isOpen = state.at === 'creating' || state.at === 'finding';
  // The list was faster.
  if (!isOpen || providerPaymentId !== null) return stay(state);
  const meaning = meaningOf<Payment, Problem>(answer, readPayment, readProblem);
  switch (meaning.is) {
    case 'understood':
      return isOurs(state, meaning.told, facts)
        ? settle(state, meaning.told, facts, adopt)
        : dispute(state, facts, [meaning.told]);
    case 'refused':
      return judgeRefusal(state, meaning.refusal, facts);
    case 'notSent':
      // Only the very first one proves anything about the bill: a repeat follows one that may have arrived.
      return posts === 1 ? finish(NO_CONNECTION) : unclear(state, facts);
    case 'notUnderstood':
    case 'tooLarge':
    case 'lost':
      return unclear(state, facts);
  }
}

/** It may have arrived. */
function unclear(state: Working, facts: Facts): Result {
  return state.at === 'creating' ? startFinding(state, facts) : stay(state);
}

function judgeRefusal(state: Working, problem: Problem, facts: Facts): Result {
  if (problem.code === KEY_VIOLATION) return preceded([KEY_USED], unclear(state, facts));
  const refusal = refusalOf(problem, 'PM-07');
  if (refusal === null) return unclear(state, facts);
  if (state.work.posts > 1) return startFinding(knowing(state, { refusal }), facts);
  const isBusy = problem.code === INVALID_OPERATION && state.work.stickerId !== null;
  return isBusy ? beginClearing(knowing(state, { refusal }), facts) : finish(refusal);
}

/**
 * A payment by СБП (paymaster.md 3, 8, 11): make the bill once, show its link, poll until it is final, cancel it at most
 * once while the cashier waits.
 */

import type { Action, Input, Machine, Order } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { NEVER_ASKED } from '../../kernel/asking.ts';
import { beginClearing, stepClearing } from './pay-busy.ts';
import { post, startFinding, stepFinding } from './pay-finding.ts';
import {
  type Bill,
  type BillState,
  dispute,
  type Facts,
  finish,
  freeing,
  inStage,
  isOurs,
  type PayState,
  type Result,
  settle,
  shown,
  sleep,
  stay,
  withBill,
} from './pay-moves.ts';
import { adopt, stepAsking, stepCancelling, stepCashier } from './pay-waiting.ts';
import { waitPrompt } from './prompts.ts';
import type { PaymasterSettings } from './settings.ts';
import {
  BAD_AMOUNT,
  CANCELLED_BY_CASHIER,
  INVALID_OPERATION,
  KEY_USED,
  KEY_VIOLATION,
  NO_CONNECTION,
  NO_PARTS,
  NO_PLATE,
  NOT_OURS,
  refusalOf,
  UNDECIDED,
} from './status.ts';
import { paymentBody, readPayment, readProblem } from './wire.ts';

export const paymasterPay: Machine<PaymasterSettings, PayState> = {
  begin(order, { settings }) {
    const always = { kind: 'pay', order } as const;
    const { amountKopecks } = order;
    if (settings.display === 2 && settings.stickerId === null) return finish(always, NO_PLATE);
    if (amountKopecks < settings.minimumKopecks || amountKopecks > settings.maximumKopecks) {
      return finish(always, BAD_AMOUNT);
    }
    const isPart = amountKopecks < order.receipt.totalKopecks;
    if (isPart && settings.partOnlyOnScreen && settings.display !== 1) return finish(always, NO_PARTS);
    // The intent stands by itself: a till that dies here has asked nobody for anything (K2, K15).
    return stay({ ...always, at: 'starting' }, { do: 'prompt', prompt: waitPrompt(true) }, sleep(0));
  },

  step(state, input, facts) {
    switch (state.at) {
      case 'finished':
        return stay(state);
      case 'starting':
        if ('cashier' in input && input.cashier === 'cancel') return finish(state, CANCELLED_BY_CASHIER);
        return 'timer' in input || 'restarted' in input ? create(state.order, facts) : stay(state);
      default:
        return stepBill(state, input, facts);
    }
  },
};

/** sbp-qr.md 5, rule 4: an amount on a plate lives at least so long. */
const SHORTEST_ON_PLATE_MS = 60_000;
/** The server counts the life on its own clock and from the arrival: at the very limits it would refuse every bill. */
const CLOCKS_DIFFER_MS = 5_000;

function lifeMs({ billTtlMs, stickerId, stickerLifeMs }: PaymasterSettings): number {
  if (stickerId === null) return billTtlMs;
  return Math.min(Math.max(billTtlMs, SHORTEST_ON_PLATE_MS + CLOCKS_DIFFER_MS), stickerLifeMs - CLOCKS_DIFFER_MS);
}

function create(order: Order, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const expiresAtMs = nowMs + lifeMs(settings);
  const bill: Bill = {
    ...NEVER_ASKED,
    body: paymentBody(order, settings, expiresAtMs),
    merchantId: settings.merchantId,
    stickerId: settings.stickerId,
    startedAtMs: nowMs,
    expiresAtMs,
    postedAtMs: nowMs,
    lifeSinceMs: nowMs,
    doubtSinceMs: nowMs,
    posts: 0,
    postTag: null,
    refusal: null,
    paymentId: null,
    link: null,
    qr: settings.display === 0 ? 'paper' : settings.display === 1 ? 'screen' : 'plate',
    listing: null,
    goodLists: 0,
    failures: 0,
    rounds: 0,
    box: null,
    wasWarned: false,
    cancel: null,
    hasCancelLeft: true,
    isCancelRefused: false,
    isReadOpen: false,
    oldBill: null,
    isStrange: false,
    isBackground: false,
    isAskedAgain: false,
    isDisputed: false,
  };
  return post(inStage({ kind: 'pay', order }, 'creating', bill), facts);
}

function stepBill(state: BillState, input: Input, facts: Facts): Result {
  const posted = answerTo(state.bill.postTag, input);
  if (posted !== null) return judgePost(withBill(state, { postTag: null }), posted, facts);
  if ('cashier' in input && input.cashier === 'again') return askAgain(state, facts);
  if ('restarted' in input) return goOn(state, facts);
  // A PUT is not the reading that was promised, the GET after it is; one that did not leave has none after it.
  const isPut = state.at === 'cancelling' && !('noReply' in input && input.noReply.kind === 'notSent');
  const isReading = state.bill.isAskedAgain && !isPut;
  const isAnswered = isReading && answerTo(state.bill.awaiting, input) !== null;
  const result = stepStage(state, input, facts);
  if (!isAnswered || !('bill' in result.state)) return result;
  const say = result.state.bill.isDisputed ? NOT_OURS : UNDECIDED;
  return stay(withBill(result.state, { isAskedAgain: false }), ...result.actions, ...freeing(say));
}

function stepStage(state: BillState, input: Input, facts: Facts): Result {
  switch (state.at) {
    case 'creating':
      // Esc: the request cannot be called back; its answer tells whether there is anything to cancel.
      return stepCashier(state, input, facts);
    case 'finding':
      return stepFinding(state, input, facts);
    case 'linking':
    case 'waiting':
    case 'ending':
      return stepAsking(state, input, facts);
    case 'cancelling':
      return stepCancelling(state, input, facts);
    case 'clearing':
      return stepClearing(state, input, facts);
  }
}

/** The cashier chose PayMaster again: one reading in front of him. A PUT in flight is followed by one anyway. */
function askAgain(state: BillState, facts: Facts): Result {
  if (!state.bill.isBackground) return stay(state);
  const prompt: Action = { do: 'prompt', prompt: waitPrompt(false) };
  const next = withBill(state, { isAskedAgain: true, listing: null });
  if (next.at === 'cancelling') return stay(next, prompt);
  const asked = stepStage(withBill(next, { awaiting: null }), { timer: true }, facts);
  return stay(asked.state, prompt, ...asked.actions);
}

/** A POST or PUT of which nobody knows whether it left is not sent again; the list or the bill tells (K4..K7). */
function goOn(before: BillState, facts: Facts): Result {
  const { nowMs } = facts;
  const from = withBill(before, { lifeSinceMs: nowMs, doubtSinceMs: nowMs, goodLists: 0 });
  const { bill } = from;
  // The answer to a PUT of the last run never comes.
  const stage = from.at === 'cancelling' ? 'ending' : from.at;
  if (bill.isAskedAgain) return askAgain(inStage(from, stage, bill), facts);
  if (from.at === 'creating') return startFinding(from, facts);
  if (from.at === 'clearing') return stepClearing(from, { restarted: true }, facts);
  const qr = bill.qr === 'printed' ? 'paper' : bill.qr;
  const next = inStage(from, stage, { ...bill, qr, awaiting: null, listing: null });
  return shown(next, facts, (state) => stepStage(state, { timer: true }, facts));
}

/** The answer to the POST, in time or (after a restart) late. */
function judgePost(state: BillState, answer: Answer, facts: Facts): Result {
  const { bill } = state;
  const isOpen = state.at === 'creating' || state.at === 'finding';
  // The list was faster.
  if (!isOpen || bill.paymentId !== null) return stay(state);
  const unclear = () => (state.at === 'creating' ? startFinding(state, facts) : stay(state));
  if (typeof answer !== 'object') {
    // Only the very first one proves anything about the bill: a repeat follows one that may have arrived.
    return answer === 'notSent' && bill.posts === 1 ? finish(state, NO_CONNECTION) : unclear();
  }
  const payment = readPayment(answer);
  if (payment !== null) {
    return isOurs(state, payment, facts)
      ? settle(state, payment, facts, (known) => adopt(known, facts))
      : dispute(state, facts, payment);
  }
  const problem = readProblem(answer);
  if (problem === null) return unclear();
  if (problem.code === KEY_VIOLATION) {
    const looked = unclear();
    return stay(looked.state, KEY_USED, ...looked.actions);
  }
  const refusal = refusalOf(problem, 'PM-07');
  if (refusal === null) return unclear();
  if (bill.posts > 1) {
    return startFinding(withBill(state, { refusal }), facts);
  }
  const isBusy = problem.code === INVALID_OPERATION && bill.stickerId !== null;
  return isBusy ? beginClearing(withBill(state, { refusal }), facts) : finish(state, refusal);
}

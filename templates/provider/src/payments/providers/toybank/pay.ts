/**
 * A payment (toybank.md 3, 7): the POST is handed out once, afterwards only its state is asked, until it
 * is proven either way.
 */
import type { HttpReply, Input, Machine, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { askAloud, leave, type Question, type Questioned, stepQuestion } from '../../kernel/question.ts';
import {
  beginUndecided,
  disputed,
  type Finished,
  finished,
  inStage,
  knowing,
  pause,
  preceded,
  show,
  stay,
} from '../../kernel/undecided.ts';
import { checkPrompt, payPrompt, unknownPrompt } from './prompts.ts';
import { pausesOf, type ToybankSettings } from './settings.ts';
import {
  ALREADY_PAID,
  NO_CONNECTION,
  NOT_OURS,
  NOT_REGISTERED,
  paymentStatus,
  refusedWith,
  STILL_UNKNOWN,
} from './status.ts';
import {
  cancelRequest,
  createRequest,
  isOf,
  type Operation,
  readOperation,
  readRefusal,
  stateRequest,
} from './wire.ts';

type Facts = StepFacts<ToybankSettings>;

interface Work extends Questioned {
  postedAtMs: number;
  /** The server's id, once it has named the payment; null before. */
  providerPaymentId: string | null;
  /** Esc was pressed and what it did is not known yet. */
  wantsCancel: boolean;
}

/**
 * - `creating`   the POST is in flight
 * - `asking`     the state is asked, again and again
 * - `cancelling` the cancel is in flight
 */
type Working = { kind: 'pay'; at: 'creating' | 'asking' | 'cancelling'; work: Work };
export type PayState = Working | Finished<'pay'>;
type Result = StepResult<PayState>;

export const toybankPay: Machine<ToybankSettings, PayState> = {
  version: 1,

  begin(order, facts) {
    const begun = nothingSent(order, facts);
    const asking = askAs(begun.work, 'create', facts.nowMs);
    const state = knowing(begun, asking);
    const request = createRequest(asking.awaiting, facts.settings, order);
    return stay(state, ...show(state, payPrompt(facts.settings.timeoutMs)), send(request, 'money'));
  },

  /** As after a lost answer. */
  resume(order, facts, { mayHaveMoved, foreground }) {
    if (!mayHaveMoved) return toybankPay.begin(order, facts);
    return askAloud(inStage(nothingSent(order, facts), 'asking', { isBackground: !foreground }), question(facts));
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    if ('cashier' in input) return input.cashier === 'cancel' ? stepEsc(state, facts) : stay(state);
    // Handed out before the power went: nobody knows whether it left. Never again, only ask.
    if ('restarted' in input) {
      const postedAtMs = state.work.postedAtMs + input.restarted.clockShiftMs;
      return askAloud(inStage(state, 'asking', { postedAtMs }), question(facts));
    }
    if (state.at === 'asking') return stepQuestion(withoutWish(state, input), input, question(facts));
    const answer = answerTo(state.work.awaiting, input);
    if (answer === null) return stay(state);
    const heard = knowing(state, { awaiting: null });
    return state.at === 'creating' ? judgePost(heard, answer, facts) : judgeCancel(heard, answer, facts);
  },
};

export function payPhase(state: PayState): 'intent' | 'sent' | 'pending' | 'unknown' {
  if (state.at === 'finished') return state.providerPaymentId === null ? 'intent' : 'sent';
  if (state.at === 'creating') return 'sent';
  return state.work.providerPaymentId === null ? 'unknown' : 'pending';
}

function nothingSent(order: Order, { nowMs }: Facts): Working {
  const work = { asksCashier: false, postedAtMs: nowMs, providerPaymentId: null, wantsCancel: false };
  return { kind: 'pay', at: 'creating', work: { ...beginUndecided(order), ...work } };
}

function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const meaning = meaningOf(answer, readOperation, readRefusal);
  switch (meaning.is) {
    case 'understood':
      return judge(state, meaning.told, facts);
    case 'refused':
      return finished('pay', refusedWith(meaning.refusal.status));
    case 'notSent':
      return finished('pay', NO_CONNECTION);
    case 'lost':
    case 'notUnderstood':
    case 'tooLarge':
      return askAloud(inStage(state, 'asking'), question(facts));
  }
}

/** Whatever it says, the state decides. */
function judgeCancel(state: Working, answer: Answer, facts: Facts): Result {
  const meaning = meaningOf(answer, readOperation);
  return meaning.is === 'understood'
    ? judge(state, meaning.told, facts)
    : askAloud(inStage(state, 'asking'), question(facts));
}

function question(facts: Facts): Question<Working, Finished<'pay'>> {
  return {
    ask: (state) => {
      const asking = askAs(state.work, 'state', facts.nowMs);
      const request = stateRequest(asking.awaiting, facts.settings, state.work.order.orderNumber);
      return stay(inStage(state, 'asking', asking), send(request));
    },
    judge: (state, reply) => judgeState(state, reply, facts),
    wait: () => checkPrompt(facts.settings.absenceProofMs, true),
    wayOut: {
      box: unknownPrompt,
      unreachableAfter: facts.settings.unreachableAfter,
      // A box that nobody answers is no wait without an end.
      leavesAfter: 4 * facts.settings.unreachableAfter,
      left: STILL_UNKNOWN,
      money: 'payment',
      pauses: pausesOf(facts.settings),
    },
    nowMs: facts.nowMs,
  };
}

/** @returns null = the reply cannot be used */
function judgeState(state: Working, reply: HttpReply, facts: Facts): StepResult<Working | Finished<'pay'>> | null {
  const { work } = state;
  const operation = readOperation(reply);
  if (operation !== null) return judge(state, operation, facts);
  // A payment the server has named once cannot be absent.
  const isAbsent = readRefusal(reply)?.status === 404 && work.providerPaymentId === null && !work.isDisputed;
  if (!isAbsent) return null;
  const isProven = work.askedAtMs - work.postedAtMs >= facts.settings.absenceProofMs;
  if (isProven) return finished('pay', NOT_REGISTERED);
  return stay(knowing(state, { failures: 0 }), pause(facts.settings.pollMs));
}

/** Only what repeats our number, sum and currency is believed. */
function judge(state: Working, operation: Operation, facts: Facts): StepResult<Working | Finished<'pay'>> {
  if (isOf(state.work.order, operation)) return settle(state, operation, facts);
  return disputed(inStage(state, 'asking', { asksCashier: false }), {
    say: NOT_OURS,
    alarm: `toybank: the answer does not match order ${state.work.order.orderNumber}`,
    pauses: pausesOf(facts.settings),
  });
}

/** The server speaks of our payment: its status decides. */
function settle(state: Working, { id, status }: Operation, facts: Facts): StepResult<Working | Finished<'pay'>> {
  const { work, at } = state;
  const end = paymentStatus(status);
  if (end === 'paid') {
    const say = work.wantsCancel ? { say: ALREADY_PAID } : {};
    return finished('pay', { kind: 'approved', providerPaymentId: id, ...say }, id);
  }
  if (end !== 'waiting') return finished('pay', end, id);
  const known = inStage(state, 'asking', { providerPaymentId: id, failures: 0, asksCashier: false });
  if (work.wantsCancel && at !== 'cancelling') return cancel(known, facts);
  const isNews = at !== 'asking' || work.providerPaymentId === null || work.asksCashier;
  const next = knowing(known, { wantsCancel: false });
  return stay(next, ...(isNews ? show(next, payPrompt(facts.settings.buyerMs)) : []), pause(facts.settings.pollMs));
}

/** Esc: a payment the server has named is cancelled there; in doubt the cashier is first told what leaving means. */
function stepEsc(state: Working, facts: Facts): Result {
  const { work } = state;
  if (work.isBackground || state.at === 'cancelling') return stay(state);
  const next = knowing(state, { wantsCancel: true });
  // The request cannot be called back; its answer tells whether there is anything to cancel.
  if (state.at === 'creating')
    return work.wantsCancel ? stay(state) : stay(next, ...show(next, checkPrompt(facts.settings.timeoutMs, false)));
  return work.providerPaymentId !== null && !work.asksCashier
    ? cancel(next, facts)
    : leave(next, question(facts).wayOut);
}

/** Whoever asks on does not want to leave any more. */
function withoutWish(state: Working, input: Input): Working {
  return 'answer' in input && 'retry' in input.answer ? knowing(state, { wantsCancel: false }) : state;
}

function cancel(from: Working, facts: Facts): StepResult<Working> {
  const asking = askAs(from.work, 'cancel', facts.nowMs);
  const state = inStage(from, 'cancelling', { ...asking, asksCashier: false });
  const request = cancelRequest(asking.awaiting, facts.settings, from.work.order.orderNumber);
  return preceded(show(state, checkPrompt(facts.settings.timeoutMs, false)), stay(state, send(request)));
}

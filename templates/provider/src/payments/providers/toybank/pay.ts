/**
 * A payment (toybank.md 3, 7): the POST is handed out once, afterwards only its state is asked, until it
 * is proven either way.
 */

import type { Action, HttpReply, Input, Machine, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Asking, answerTo, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { backOffMs, type ToybankSettings } from './settings.ts';
import { cancelRequest, createRequest, isOf, type Operation, readError, readOperation, stateRequest } from './wire.ts';
import * as words from './words.ts';

type Facts = StepFacts<ToybankSettings>;

interface Work extends Asking {
  order: Order;
  createdAtMs: number;
  /** The server's id, once it has named the payment; null before. */
  paymentId: string | null;
  /** Esc was pressed and what it did is not known yet. */
  wantsCancel: boolean;
  /** Questions without an answer, in a row. */
  failures: number;
  /** "Unknown, ask again?" is on the screen. */
  asksCashier: boolean;
  /** `unknown` was reported: the cashier is free, no prompts any more. */
  isBackground: boolean;
  /** The server named our payment with another sum or number: from now on only an exact answer is believed. */
  isDisputed: boolean;
}

/**
 * - `creating`   the POST is in flight
 * - `asking`     the state is asked, again and again
 * - `cancelling` the cancel is in flight
 */
type Stage = 'creating' | 'asking' | 'cancelling';
export type PayState = { kind: 'pay' } & ({ at: Stage; work: Work } | { at: 'finished'; paymentId: string | null });
type Working = Extract<PayState, { work: Work }>;
type Result = StepResult<PayState>;

export const toybankPay: Machine<ToybankSettings, PayState> = {
  version: 1,
  begin,

  // The absence of the payment counts from now: nothing of it can have left later.
  resume(order, facts, { mayHaveMoved, foreground }) {
    if (!mayHaveMoved) return begin(order, facts);
    return askAloud(inStage('asking', { ...newWork(order, facts), isBackground: !foreground }), facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    // Handed out before the power went: nobody knows whether it left. Never again, only ask.
    if ('restarted' in input) return askAloud(state, facts);
    if ('cashier' in input) return input.cashier === 'cancel' ? stepEsc(state, facts) : stay(state);
    if ('timer' in input) return state.work.awaiting === null ? ask(state, facts) : stay(state);
    if ('answer' in input) return stepCashierAnswer(state, input, facts);
    const answer = answerTo(state.work.awaiting, input);
    if (answer === null) return stay(state);
    const heard = inStage(state.at, { ...state.work, awaiting: null });
    if (answer === 'notSent' && state.at === 'creating') return finish(null, words.NO_CONNECTION);
    if (typeof answer !== 'object') return undecided(heard, facts);
    const operation = readOperation(answer);
    if (operation === null) return judgeError(heard, answer, facts);
    return isOf(state.work.order, operation) ? settle(heard, operation, facts) : dispute(heard, facts);
  },
};

function newWork(order: Order, { nowMs }: Facts): Work {
  return {
    ...NEVER_ASKED,
    order,
    createdAtMs: nowMs,
    paymentId: null,
    wantsCancel: false,
    failures: 0,
    asksCashier: false,
    isBackground: false,
    isDisputed: false,
  };
}

function begin(order: Order, facts: Facts): Result {
  const asking = askAs(NEVER_ASKED, 'create', facts.nowMs);
  const state = inStage('creating', { ...newWork(order, facts), ...asking });
  const request = createRequest(asking.awaiting, facts.settings, order);
  return stay(state, ...show(state, words.payPrompt(true)), send(request, 'money'));
}

export function payPhase(state: PayState): 'intent' | 'sent' | 'pending' | 'unknown' {
  if (state.at === 'finished') return state.paymentId === null ? 'intent' : 'sent';
  if (state.at === 'creating') return 'sent';
  return state.work.paymentId === null ? 'unknown' : 'pending';
}

/** The server speaks of our payment: its status decides. */
function settle(state: Working, { id, status }: Operation, facts: Facts): Result {
  const { work, at } = state;
  const end = words.paymentStatus(status);
  if (end === 'paid') {
    const say = work.wantsCancel ? { say: words.ALREADY_PAID } : {};
    return finish(id, { kind: 'approved', providerPaymentId: id, ...say });
  }
  if (end !== 'waiting') return finish(id, end);
  const known = inStage('asking', { ...work, paymentId: id, failures: 0, asksCashier: false });
  if (work.wantsCancel && at !== 'cancelling') return cancel(known, facts);
  const next = inStage('asking', { ...known.work, wantsCancel: false });
  const isNews = at !== 'asking' || work.paymentId === null || work.asksCashier;
  return stay(next, ...(isNews ? show(next, words.payPrompt(true)) : []), pause(facts.settings.pollMs));
}

function judgeError(state: Working, reply: HttpReply, facts: Facts): Result {
  const { work } = state;
  const error = readError(reply);
  if (error === null) return undecided(state, facts);
  if (state.at === 'creating') return finish(null, reply.status === 401 ? words.NOT_AUTHORISED : words.REJECTED);
  // A payment the server has named once cannot be absent.
  const isAbsent = reply.status === 404 && work.paymentId === null && !work.isDisputed;
  if (!isAbsent) return undecided(state, facts);
  const isProven = work.askedAtMs - work.createdAtMs >= facts.settings.absenceProofMs;
  if (isProven) return finish(null, words.NOT_REGISTERED);
  return stay(inStage('asking', { ...work, failures: 0 }), pause(facts.settings.pollMs));
}

/** Esc: a payment the server has named is cancelled there; in doubt the cashier is first told what leaving means. */
function stepEsc(state: Working, facts: Facts): Result {
  const { work } = state;
  if (work.isBackground || state.at === 'cancelling') return stay(state);
  if (state.at === 'creating') {
    // The request cannot be called back; its answer tells whether there is anything to cancel.
    const next = inStage('creating', { ...work, wantsCancel: true });
    return work.wantsCancel ? stay(state) : stay(next, ...show(next, words.checkPrompt(false)));
  }
  if (work.asksCashier) {
    return stay(inStage('asking', { ...work, asksCashier: false, isBackground: true }), ...release(null));
  }
  const next = inStage('asking', { ...work, wantsCancel: true });
  if (work.paymentId !== null) return cancel(next, facts);
  return stay(inStage('asking', { ...next.work, asksCashier: true }), ...show(next, words.unknownPrompt()));
}

function stepCashierAnswer(state: Working, input: Extract<Input, { answer: unknown }>, facts: Facts): Result {
  if (!state.work.asksCashier || !('retry' in input.answer)) return stay(state);
  return askAloud(inStage('asking', { ...state.work, wantsCancel: false }), facts);
}

function ask(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'state', facts.nowMs);
  const request = stateRequest(asking.awaiting, facts.settings, from.work.order.orderNumber);
  return stay(inStage('asking', { ...from.work, ...asking }), send(request));
}

/** Asks, and says what is waited for. */
function askAloud(from: Working, facts: Facts): Result {
  const asked = ask(inStage('asking', { ...from.work, asksCashier: false }), facts);
  return { ...asked, actions: [...show(from, words.checkPrompt(true)), ...asked.actions] };
}

function cancel(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'cancel', facts.nowMs);
  const state = inStage('cancelling', { ...from.work, ...asking, asksCashier: false });
  const request = cancelRequest(asking.awaiting, facts.settings, from.work.order.orderNumber);
  return stay(state, ...show(state, words.checkPrompt(false)), send(request));
}

/** No usable answer. After the POST the state is asked at once, then with growing pauses. */
function undecided(state: Working, facts: Facts): Result {
  const { work } = state;
  if (state.at === 'creating') return askAloud(state, facts);
  const failures = work.failures + 1;
  const tellsCashier = failures >= facts.settings.unreachableAfter && !work.asksCashier && !work.isBackground;
  const next = inStage('asking', { ...work, failures, asksCashier: work.asksCashier || tellsCashier });
  const pauseMs = backOffMs(failures, facts.settings, work.order.attemptId);
  const prompt = tellsCashier ? words.unknownPrompt() : words.checkPrompt(true);
  const isNews = tellsCashier || state.at === 'cancelling';
  return stay(next, ...(isNews ? show(next, prompt) : []), pause(pauseMs));
}

/** Never approved: the cashier is told once, and an exact answer is asked for without end. */
function dispute(from: Working, facts: Facts): Result {
  const { work } = from;
  const failures = work.failures + 1;
  const state = inStage('asking', { ...work, failures, asksCashier: false, isBackground: true, isDisputed: true });
  const alarm: Action = { do: 'alarm', text: `toybank: the answer does not match order ${work.order.orderNumber}` };
  return stay(
    state,
    ...(work.isDisputed ? [] : [alarm]),
    ...(work.isBackground ? [] : release(words.NOT_OURS)),
    pause(backOffMs(failures, facts.settings, work.order.attemptId)),
  );
}

/** Sets the cashier free; the machine goes on. */
function release(say: Say | null): Action[] {
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome: { kind: 'unknown', say } },
  ];
}

function inStage(at: Stage, work: Work): Working {
  return { kind: 'pay', at, work };
}

/** A background attempt draws nothing. */
function show(state: Working, prompt: Prompt): Action[] {
  return state.work.isBackground ? [] : [{ do: 'prompt', prompt }];
}

function stay(state: PayState, ...actions: Action[]): Result {
  return { state, actions };
}

function finish(paymentId: string | null, outcome: Outcome): Result {
  return { state: { kind: 'pay', at: 'finished', paymentId }, actions: [{ do: 'finish', outcome }] };
}

function pause(ms: number): Action {
  return { do: 'sleep', ms };
}

/** What every machine does while its server has not decided: what it keeps, what is drawn, and how the cashier is set free. */
import { wrongAnswer } from '../answer-words.ts';
import type { Action, Order, StepResult } from '../driver.ts';
import type { Outcome, Say } from '../outcome.ts';
import type { Prompt } from '../prompt.ts';
import { type Answer, isWrongForGood } from './answer.ts';
import { type Asking, growingPauseMs, NEVER_ASKED, type Pauses } from './asking.ts';

/** Every provider's `Work` begins with it. */
export interface Undecided extends Asking {
  order: Order;
  /** Questions in a row that decided nothing. */
  failures: number;
  /** `unknown` was reported: the cashier is free, nothing is drawn any more. */
  isBackground: boolean;
  /** The server spoke of this operation in other figures: from now on only an exact answer is believed. */
  isDisputed: boolean;
  /** The latest answer was of no use, as were those before it in the same way; null or absent = there was none, or it was good. */
  wrong?: Wrong | null;
}

interface Wrong {
  words: string;
  times: number;
  isForGood: boolean;
  /** So long the server wants to be left alone. */
  restMs: number;
}

/** `settlesMs` of a wait that Esc has opened and that Esc leaves. */
export const ESC_SETTLES_MS = 2_000;

/** A state with work; `at` is its stage. */
export interface Working {
  at: string;
  work: Undecided;
}

/** A machine that has ended. */
export interface Finished<Kind extends string> {
  kind: Kind;
  at: 'finished';
  /** The provider's id of this very operation; null = it never named one. */
  providerPaymentId: string | null;
}

export function beginUndecided(order: Order): Undecided {
  return { ...NEVER_ASKED, order, failures: 0, isBackground: false, isDisputed: false };
}

/** The same stage with other facts. */
export function knowing<State extends Working>(state: State, more: Partial<State['work']>): State {
  return { ...state, work: { ...state.work, ...more } };
}

export function inStage<State extends Working>(
  state: State,
  at: State['at'],
  more: Partial<State['work']> = {},
): State {
  return { ...state, at, work: { ...state.work, ...more } };
}

export function stay<State>(state: State, ...actions: Action[]): StepResult<State> {
  return { state, actions };
}

/** A step with actions that come before its own. */
export function preceded<State>(actions: readonly Action[], result: StepResult<State>): StepResult<State> {
  return { state: result.state, actions: [...actions, ...result.actions] };
}

export function finished<Kind extends string>(
  kind: Kind,
  outcome: Outcome,
  providerPaymentId: string | null = null,
): StepResult<Finished<Kind>> {
  return { state: { kind, at: 'finished', providerPaymentId }, actions: [{ do: 'finish', outcome }] };
}

/** Draws, unless the cashier is free. */
export function show({ work }: Working, prompt: Prompt): Action[] {
  return work.isBackground ? [] : [{ do: 'prompt', prompt }];
}

export function pause(ms: number): Action {
  return { do: 'sleep', ms };
}

/** The pause before the next question; it grows with the questions that decided nothing, longest where asking does not help. */
export function backOff({ work }: Working, pauses: Pauses): Action {
  const mostMs = isHopeless(work) ? Math.max(pauses.mostMs, HOPELESS_MOST_MS) : pauses.mostMs;
  return restFor({ work }, growingPauseMs(work.failures, { ...pauses, mostMs }, work.order.attemptId));
}

/** A pause, but the server is left alone for as long as it has asked for. */
export function restFor({ work }: Pick<Working, 'work'>, ms: number): Action {
  return pause(Math.max(ms, work.wrong?.restMs ?? 0));
}

// Answers of no use

const HOPELESS_TIMES = { waiting: 2, payable: 10 };
const HOPELESS_MOST_MS = 10 * 60_000;
/** The bounds of `Retry-After`. */
const REST_MS = { least: 1_000, most: 10 * 60_000 };
/** Nobody is kept waiting for a server that wants to be left alone for longer. */
const LONGEST_REST_IN_FRONT_MS = 60_000;

/**
 * Called with every answer to a question.
 * @param answer null = it was of use
 * @param words what is wrong with it; null = there was none
 */
export function heard<State extends Working>(
  state: State,
  answer: Answer | null,
  words = answer === null ? null : wrongAnswer(answer),
): State {
  return { ...state, work: { ...state.work, wrong: wrongOf(state.work, answer, words) } };
}

function wrongOf({ wrong: before }: Undecided, answer: Answer | null, words: string | null): Wrong | null {
  if (answer === null || words === null) return null;
  const times = before?.words === words ? before.times + 1 : 1;
  return { words, times, isForGood: isWrongForGood(answer), restMs: restOf(answer) };
}

function restOf(answer: Answer): number {
  const askedMs = typeof answer === 'object' ? answer.retryAfterMs : undefined;
  return askedMs === undefined ? 0 : Math.min(REST_MS.most, Math.max(REST_MS.least, askedMs));
}

/**
 * The question itself is answered like that for good: once may be a slip, twice is a fault of the settings or of the system. The cashier
 * is not kept waiting for it (`leftBecause`), and it is asked for ever more rarely; only a good answer decides.
 * @param isPayable the buyer has what he pays by before his eyes: he is given longer
 */
export function isHopeless({ wrong }: Undecided, isPayable = false): boolean {
  if (wrong == null) return false;
  const isLasting = wrong.times >= (isPayable ? HOPELESS_TIMES.payable : HOPELESS_TIMES.waiting);
  return (wrong.isForGood && isLasting) || wrong.restMs > LONGEST_REST_IN_FRONT_MS;
}

/** What the cashier is told then: what is wrong, what it means for the buyer's money, and what to do. */
export function leftBecause({ wrong }: Undecided, left: Say, money: 'payment' | 'refund'): Say {
  if (wrong == null) return left;
  return { ...left, text: `${wrong.words}. ${WHAT_TO_DO[money]}` };
}

const WHAT_TO_DO = {
  payment: 'Прошла ли оплата, неизвестно: не берите деньги снова. Касса узнает результат сама. Сообщите инженеру',
  refund: 'Прошел ли возврат, неизвестно: не отдавайте деньги снова. Касса узнает результат сама. Сообщите инженеру',
} as const;

/** The two actions that set the cashier free. @param say null = he knows already */
export function freeing(say: Say | null): Action[] {
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome: { kind: 'unknown', say } },
  ];
}

/** Sets the cashier free, once; the machine goes on until it is decided. */
export function freed<State extends Working>(state: State, say: Say | null): StepResult<State> {
  if (state.work.isBackground) return stay(state);
  return stay<State>({ ...state, work: { ...state.work, isBackground: true } }, ...freeing(say));
}

/**
 * `askNow`: a pause ends and the pauses grow anew; nothing that a proof counts from is touched. A question that is on its way will
 * be answered, and the server's own pause is kept, however often the key is pressed.
 * @param leastMs between two questions
 */
export function askNow<State extends Working, Next>(
  state: State,
  ask: (state: State) => StepResult<Next>,
  nowMs: number,
  leastMs: number,
): StepResult<State | Next> {
  const { awaiting, askedAtMs, wrong } = state.work;
  if (awaiting !== null) return stay(state);
  const restMs = Math.max(leastMs, wrong?.restMs ?? 0);
  const leftMs = Math.min(restMs, askedAtMs + restMs - nowMs);
  const eager = { ...state, work: { ...state.work, failures: 0 } };
  return leftMs > 0 ? stay(eager, pause(leftMs)) : ask(eager);
}

/** The cashier waits for it again, as for a payment that she has just begun. */
export function takenBack<State extends Working>(state: State): State {
  return { ...state, work: { ...state.work, isBackground: false, failures: 0 } };
}

/** Decided nothing: the cashier is set free with these words (null = he goes on waiting), and it is asked again later. */
export function later<State extends Working>(from: State, say: Say | null, pauses: Pauses): StepResult<State> {
  const counted: State = { ...from, work: { ...from.work, awaiting: null, failures: from.work.failures + 1 } };
  const { state, actions } = say === null ? stay(counted) : freed(counted, say);
  return stay(state, ...actions, backOff(state, pauses));
}

/**
 * The server speaks of this operation in other figures (R5): nothing of it is believed. The cashier and the log are told once,
 * and an exact answer is asked for until it comes.
 */
export function disputed<State extends Working>(
  from: State,
  { say, alarm, pauses }: { say: Say; alarm: string; pauses: Pauses },
): StepResult<State> {
  const result = later<State>({ ...from, work: { ...from.work, isDisputed: true } }, say, pauses);
  return from.work.isDisputed ? result : preceded([{ do: 'alarm', text: alarm }], result);
}

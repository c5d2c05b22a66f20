/**
 * A question that is asked until its answer decides, with the way out for the cashier: she is told what is waited for; when
 * nobody answers, or she presses Esc, a box asks whether to go on; Esc once more sets her free, and the asking goes on.
 */
import type { HttpReply, Input, StepResult } from '../driver.ts';
import type { Say } from '../outcome.ts';
import type { Prompt } from '../prompt.ts';
import { answerTo } from './answer.ts';
import type { Pauses } from './asking.ts';
import {
  askNow,
  backOff,
  freed,
  heard,
  isHopeless,
  leftBecause,
  preceded,
  show,
  stay,
  type Undecided,
  type Working,
} from './undecided.ts';

export interface Questioned extends Undecided {
  /** The box is on the screen. */
  asksCashier: boolean;
}

interface Asked extends Working {
  work: Questioned;
}

/** @typeParam End what an answer may lead to besides another step of the same work */
export interface Question<State extends Asked, End> {
  ask(state: State): StepResult<State | End>;
  /** @returns null = the reply cannot be used */
  judge(state: State, reply: HttpReply): StepResult<State | End> | null;
  /** Said while it is asked. */
  wait(state: State): Prompt;
  wayOut: WayOut;
  nowMs: number;
}

export interface WayOut {
  /** @param why the answer that is of no use, in words; null = there is none */
  box(why: string | null): Prompt;
  /** So many questions in a row without an answer open the box. */
  unreachableAfter: number;
  /** So many, and the cashier is set free with these words: a box that nobody answers is no wait without an end. */
  leavesAfter: number;
  left: Say;
  /** What is at stake. */
  money: 'payment' | 'refund';
  pauses: Pauses;
}

export function stepQuestion<State extends Asked, End>(
  state: State,
  input: Input,
  question: Question<State, End>,
): StepResult<State | End> {
  const { work } = state;
  if ('timer' in input) return work.awaiting === null ? question.ask(state) : stay(state);
  if ('askNow' in input) return askNow(state, question.ask, question.nowMs, question.wayOut.pauses.firstMs);
  if ('restarted' in input) return askAloud(state, question);
  if ('cashier' in input) return leave(state, question.wayOut);
  if ('answer' in input) {
    if (!work.asksCashier || !('retry' in input.answer)) return stay(state);
    if (work.awaiting === null) return askAloud(state, question);
    const next = withBox(state, false);
    return stay(next, ...show(next, question.wait(next)));
  }
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const next: State = { ...state, work: { ...work, awaiting: null } };
  const judged = typeof answer === 'object' ? question.judge(heard(next, null), answer) : null;
  return judged ?? unanswered(heard(next, answer), question.wayOut);
}

/** Asks, and says what is waited for. */
export function askAloud<State extends Asked, End>(
  from: State,
  { ask, wait }: Pick<Question<State, End>, 'ask' | 'wait'>,
): StepResult<State | End> {
  const state = withBox(from, false);
  return preceded(show(state, wait(state)), ask(state));
}

/**
 * Esc: first the box explains what leaving means, then the cashier is free.
 * @public used by the template of a new payment system
 */
export function leave<State extends Asked>(state: State, { box }: WayOut): StepResult<State> {
  const { asksCashier, isBackground } = state.work;
  if (isBackground) return stay(state);
  return asksCashier ? freed(withBox(state, false), null) : stay(withBox(state, true), ...show(state, box(null)));
}

/** No usable answer: asked again with growing pauses. @param from has heard it (`heard`) */
export function unanswered<State extends Asked>(from: State, wayOut: WayOut): StepResult<State> {
  const state: State = { ...from, work: { ...from.work, failures: from.work.failures + 1 } };
  const opened = isLeft(state, wayOut)
    ? freed(withBox(state, false), leftBecause(state.work, wayOut.left, wayOut.money))
    : state.work.failures >= wayOut.unreachableAfter
      ? openBox(state, wayOut, state.work.wrong?.words ?? null)
      : stay(state);
  return stay(opened.state, ...opened.actions, backOff(state, wayOut.pauses));
}

function isLeft({ work }: Asked, { leavesAfter }: WayOut): boolean {
  return isHopeless(work) || (work.asksCashier && work.failures >= leavesAfter);
}

/** The box, once. */
export function openBox<State extends Asked>(state: State, { box }: WayOut, why: string | null): StepResult<State> {
  const { asksCashier, isBackground } = state.work;
  if (asksCashier || isBackground) return stay(state);
  return stay(withBox(state, true), ...show(state, box(why)));
}

function withBox<State extends Asked>(state: State, asksCashier: boolean): State {
  return { ...state, work: { ...state.work, asksCashier } };
}

/**
 * Cancel and refund (toybank.md 8, 9): the same request. Its order number is its idempotency key, so a
 * lost answer is simply asked for again. A cancel is owed to the buyer and is queued; a refund that did not leave ends.
 */

import type { Action, Machine, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Asking, answerTo, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import { backOffMs, type ToybankSettings } from './settings.ts';
import { isOf, readError, readOperation, refundRequest } from './wire.ts';
import * as words from './words.ts';

type Facts = StepFacts<ToybankSettings>;

interface Work extends Asking {
  order: Order;
  /** A POST may have arrived without its answer. */
  mayHaveArrived: boolean;
  failures: number;
  isBackground: boolean;
  isDisputed: boolean;
}

export type GiveBackState = { kind: 'giveBack' } & (
  | { at: 'working'; work: Work }
  | { at: 'finished'; refundId: string | null }
);
type Result = StepResult<GiveBackState>;

/** @param isQueued a cancel: sets the cashier free at the first doubt and goes on for ever */
function giveBack(isQueued: boolean): Machine<ToybankSettings, GiveBackState> {
  return {
    version: 1,

    begin(order, facts) {
      const work = newWork(order, { mayHaveArrived: false, isBackground: false });
      return order.source === null ? finish(null, words.REJECTED) : post(work, facts);
    },

    // The same key asks for the same refund again: the repeat is the question (toybank.md 5).
    resume: (order, facts, { mayHaveMoved, foreground }) =>
      post(newWork(order, { mayHaveArrived: mayHaveMoved, isBackground: !foreground }), facts),

    step(state, input, facts) {
      if (state.at === 'finished') return { state, actions: [] };
      const { work } = state;
      const isInFlight = work.awaiting !== null;
      if ('restarted' in input) return post({ ...work, mayHaveArrived: work.mayHaveArrived || isInFlight }, facts);
      if ('timer' in input) return isInFlight ? { state, actions: [] } : post(work, facts);
      const answer = answerTo(work.awaiting, input);
      if (answer === null) return { state, actions: [] };
      const heard: Work = { ...work, awaiting: null };
      if (answer === 'notSent') {
        const isNothingOut = !isQueued && !work.mayHaveArrived && !work.isBackground;
        return isNothingOut ? finish(null, words.NO_CONNECTION) : later(heard, facts);
      }
      const arrived = { ...heard, mayHaveArrived: true };
      if (answer === 'lost') return later(arrived, facts);
      const operation = readOperation(answer);
      if (operation !== null && !isOf(work.order, operation)) return dispute(arrived, facts);
      if (operation?.status === 'returned') {
        return finish(operation.id, { kind: 'approved', providerPaymentId: operation.id });
      }
      const error = operation === null ? readError(answer) : null;
      if (error === null) return later(arrived, facts);
      if (answer.status !== 401) return finish(null, words.REJECTED);
      // In the queue the money is owed: a new token will come.
      return work.isBackground || work.mayHaveArrived ? later(heard, facts) : finish(null, words.NOT_AUTHORISED);
    },
  };

  function post(from: Work, facts: Facts): Result {
    const asking = askAs(from, 'refund', facts.nowMs);
    const request = refundRequest(asking.awaiting, facts.settings, from.order);
    const prompt: Action[] = from.isBackground ? [] : [{ do: 'prompt', prompt: words.refundPrompt() }];
    return working({ ...from, ...asking }, ...prompt, send(request, 'money'));
  }

  /** Not decided: again after a pause, and sooner or later behind the cashier's back. */
  function later(from: Work, facts: Facts): Result {
    const failures = from.failures + 1;
    const isLongEnough = isQueued || failures >= facts.settings.unreachableAfter;
    const say = isQueued ? words.QUEUED : words.REFUND_UNDECIDED;
    return pauseThen({ ...from, failures }, isLongEnough ? say : null, facts);
  }

  /** The server names our number with other figures: nothing is believed, somebody has to look. */
  function dispute(from: Work, facts: Facts): Result {
    const result = pauseThen({ ...from, failures: from.failures + 1, isDisputed: true }, words.NOT_OURS, facts);
    const text = `toybank: the answer does not match refund ${from.order.orderNumber}`;
    return from.isDisputed ? result : { ...result, actions: [{ do: 'alarm', text }, ...result.actions] };
  }

  /** @param say sets the cashier free with these words; null = he goes on waiting */
  function pauseThen(from: Work, say: Say | null, facts: Facts): Result {
    const isReleased = say !== null && !from.isBackground;
    const release: Action[] = isReleased
      ? [
          { do: 'prompt', prompt: null },
          { do: 'finish', outcome: { kind: 'unknown', say } },
        ]
      : [];
    const ms = backOffMs(from.failures, facts.settings, from.order.attemptId);
    return working({ ...from, isBackground: from.isBackground || isReleased }, ...release, { do: 'sleep', ms });
  }
}

function newWork(order: Order, known: Pick<Work, 'mayHaveArrived' | 'isBackground'>): Work {
  return { ...NEVER_ASKED, order, failures: 0, isDisputed: false, ...known };
}

export const toybankCancel = giveBack(true);
export const toybankRefund = giveBack(false);

export function giveBackPhase(state: GiveBackState): 'intent' | 'sent' | 'pending' | 'unknown' {
  if (state.at === 'finished') return state.refundId === null ? 'intent' : 'sent';
  if (state.work.awaiting !== null) return 'sent';
  return state.work.mayHaveArrived ? 'unknown' : 'intent';
}

function working(work: Work, ...actions: Action[]): Result {
  return { state: { kind: 'giveBack', at: 'working', work }, actions };
}

function finish(refundId: string | null, outcome: Outcome): Result {
  return { state: { kind: 'giveBack', at: 'finished', refundId }, actions: [{ do: 'finish', outcome }] };
}

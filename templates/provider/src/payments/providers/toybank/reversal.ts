/**
 * Cancel and refund (toybank.md 8, 9): the same request. Its order number is its idempotency key, so a
 * lost answer is simply asked for again. A cancel is owed to the buyer and is queued; a refund that did not leave ends.
 */
import type { Machine, Order, StepFacts, StepResult } from '../../driver.ts';
import { answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import {
  askNow,
  beginUndecided,
  disputed,
  type Finished,
  finished,
  knowing,
  later,
  preceded,
  show,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import { refundPrompt } from './prompts.ts';
import { pausesOf, type ToybankSettings } from './settings.ts';
import { NO_CONNECTION, NOT_OURS, QUEUED, REFUND_UNDECIDED, REJECTED, refusedWith } from './status.ts';
import { isOf, readOperation, readRefusal, refundRequest } from './wire.ts';

type Facts = StepFacts<ToybankSettings>;

interface Work extends Undecided {
  /** A POST may have arrived without its answer. */
  mayHaveArrived: boolean;
}

type Working = { kind: 'reversal'; at: 'posting'; work: Work };
export type ReversalState = Working | Finished<'reversal'>;
type Result = StepResult<ReversalState>;

/** @param isQueued a cancel: sets the cashier free at the first doubt and goes on for ever */
function reversal(isQueued: boolean): Machine<ToybankSettings, ReversalState> {
  return {
    version: 1,

    begin: (order, facts) => (order.source === null ? finished('reversal', REJECTED) : post(nothingSent(order), facts)),

    /** The repeat is the question: its key makes it harmless. */
    resume(order, facts, { mayHaveMoved, foreground }) {
      return post(knowing(nothingSent(order), { mayHaveArrived: mayHaveMoved, isBackground: !foreground }), facts);
    },

    step(state, input, facts) {
      if (state.at === 'finished') return stay(state);
      const { work } = state;
      const isInFlight = work.awaiting !== null;
      if ('restarted' in input) {
        return post(knowing(state, { mayHaveArrived: work.mayHaveArrived || isInFlight }), facts);
      }
      if ('askNow' in input) {
        return askNow(state, (from) => post(from, facts), facts.nowMs, pausesOf(facts.settings).firstMs);
      }
      if ('timer' in input) return isInFlight ? stay(state) : post(state, facts);
      const answer = answerTo(work.awaiting, input);
      if (answer === null) return stay(state);
      const meaning = meaningOf(answer, readOperation, readRefusal);
      const isNothingOut = !work.mayHaveArrived && !work.isBackground;
      switch (meaning.is) {
        case 'notSent':
          return !isQueued && isNothingOut ? finished('reversal', NO_CONNECTION) : again(state, facts);
        case 'refused':
          // In the queue the money is owed: a new token will come.
          if (meaning.refusal.status === 401 && !isNothingOut) return again(state, facts);
          return finished('reversal', refusedWith(meaning.refusal.status));
        case 'understood': {
          const { id, status } = meaning.told;
          if (!isOf(work.order, meaning.told)) return dispute(state, facts);
          if (status !== 'returned') return again(arrived(state), facts);
          return finished('reversal', { kind: 'approved', providerPaymentId: id }, id);
        }
        case 'lost':
        case 'tooLarge':
        case 'notUnderstood':
          return again(arrived(state), facts);
      }
    },
  };

  /** The cashier of a cancel is set free at once, that of a refund after some tries. */
  function again(state: Working, facts: Facts): Result {
    const isLongEnough = isQueued || state.work.failures + 1 >= facts.settings.unreachableAfter;
    const say = isQueued ? QUEUED : REFUND_UNDECIDED;
    return later(state, isLongEnough ? say : null, pausesOf(facts.settings));
  }
}

export const toybankCancel = reversal(true);
export const toybankRefund = reversal(false);

export function reversalPhase(state: ReversalState): 'intent' | 'sent' | 'pending' | 'unknown' {
  if (state.at === 'finished') return state.providerPaymentId === null ? 'intent' : 'sent';
  if (state.work.awaiting !== null) return 'sent';
  return state.work.mayHaveArrived ? 'unknown' : 'intent';
}

function nothingSent(order: Order): Working {
  return { kind: 'reversal', at: 'posting', work: { ...beginUndecided(order), mayHaveArrived: false } };
}

function arrived(state: Working): Working {
  return knowing(state, { mayHaveArrived: true });
}

/** The one request that gives money back; the same key and the same body, however often. */
function post(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'refund', facts.nowMs);
  const state = knowing(from, asking);
  const request = refundRequest(asking.awaiting, facts.settings, from.work.order);
  return preceded(show(state, refundPrompt(facts.settings.timeoutMs)), stay(state, send(request, 'money')));
}

/** The server names our number with other figures: nothing is believed, somebody has to look. */
function dispute(from: Working, facts: Facts): Result {
  const alarm = `toybank: the answer does not match refund ${from.work.order.orderNumber}`;
  return disputed(arrived(from), { say: NOT_OURS, alarm, pauses: pausesOf(facts.settings) });
}

/**
 * A payment in the three modes (oplati.md 3, 6-8): open a session, wait for the buyer, send the sale once, find out how
 * it ended.
 */
import type { Input, Machine, Order } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askNow, freed, heard, knowing, preceded, show, stay, takenBack } from '../../kernel/undecided.ts';
import { judgeCancel, startChecking, stepChecking, stepCheckingCancel } from './pay-doubt.ts';
import {
  afterRestart,
  askState,
  cancelOrderNumber,
  checkCancel,
  dispute,
  type Facts,
  finish,
  isOurs,
  keepPolling,
  newWork,
  type PayState,
  post,
  type Result,
  SALE_TAG,
  settle,
  showPending,
  startCancel,
  type Working,
} from './pay-state.ts';
import { checkPrompt } from './prompts.ts';
import { beginOpening, type OpeningResult, stepOpening } from './session.ts';
import type { OplatiMode, OplatiSettings } from './settings.ts';
import { CANCELLED_BY_CASHIER, NO_CONNECTION, notAuthorised, rejected, STILL_UNKNOWN } from './status.ts';
import { readPaymentInfo, readRefusal } from './wire.ts';

/** So many cancels of one payment (`C1-…`) are looked for after another version of the program. */
const MOST_CANCELS = 9;

export const oplatiPay: Machine<OplatiSettings, PayState> = {
  version: 2,

  begin: (order, facts) =>
    afterOpening(order, facts.settings.mode, beginOpening({ ...facts, purpose: 'payment' }), facts),

  /** As after a lost answer to the sale, and to every cancel that Esc may have sent. */
  resume(order, facts, { mayHaveMoved, foreground }) {
    if (!mayHaveMoved) return foreground ? oplatiPay.begin(order, facts) : finish(CANCELLED_BY_CASHIER);
    const orderNumbers = Array.from({ length: MOST_CANCELS }, (_, index) =>
      cancelOrderNumber(order.orderNumber, index + 1),
    );
    const state = knowing(newWork(order, facts.settings.mode, null, facts), {
      isPostOpen: false,
      isBackground: !foreground,
      cancels: MOST_CANCELS,
      reversal: { orderNumbers, sentAtMs: facts.nowMs },
    });
    return startChecking(state, facts);
  },

  step(state, input, facts) {
    switch (state.at) {
      case 'opening':
        return afterOpening(
          state.order,
          state.opening.mode,
          stepOpening(state.opening, input, { ...facts, purpose: 'payment' }),
          facts,
        );
      case 'finished':
        return stay(state);
      default:
        if ('cashier' in input && input.cashier !== 'cancel') return showAgain(state, facts);
        return stepWorking('restarted' in input ? afterRestart(state, input.restarted) : state, input, facts);
    }
  },
};

export function payPhase(state: PayState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.at) {
    case 'opening':
      return 'intent';
    case 'charging':
      return 'sent';
    case 'polling':
    case 'cancelling':
      return 'pending';
    case 'checking':
    case 'checkingCancel':
      return 'unknown';
    case 'finished':
      return state.providerPaymentId === null ? 'intent' : 'sent';
  }
}

function afterOpening(order: Order, mode: OplatiMode, result: OpeningResult, facts: Facts): Result {
  switch (result.go) {
    case 'on':
      return stay({ kind: 'pay', at: 'opening', order, opening: result.opening }, ...result.actions);
    case 'ready':
      return post(order, mode, result.session, facts);
    case 'end':
      return finish(result.outcome);
  }
}

/** SCR-53: what is waited for is said again, and asked at once. */
function showAgain(from: Working, facts: Facts): Result {
  if (!from.work.isBackground) return stay(from);
  const state = takenBack(from);
  const { awaiting, providerPaymentId } = state.work;
  switch (state.at) {
    case 'charging':
    case 'cancelling':
      return stay(state, ...show(state, checkPrompt('оплаты', facts.settings.timeoutMs, true)));
    case 'polling': {
      const canAsk = awaiting === null && providerPaymentId !== null;
      return preceded(showPending(state, facts), canAsk ? askState(state, providerPaymentId, facts) : stay(state));
    }
    case 'checking':
      return startChecking(state, facts);
    case 'checkingCancel':
      return checkCancel(state, facts);
  }
}

function stepWorking(state: Working, input: Input, facts: Facts): Result {
  const posted = state.work.isPostOpen ? answerTo(SALE_TAG, input) : null;
  if (posted !== null) return judgePost(state, posted, facts);
  switch (state.at) {
    case 'charging':
      return stepCharging(state, input, facts);
    case 'polling':
      return stepPolling(state, input, facts);
    case 'checking':
      return stepChecking(state, input, facts);
    case 'cancelling': {
      const answer = answerTo(state.work.awaiting, input);
      if ('restarted' in input) return checkCancel(state, facts);
      if ('cashier' in input) return freed(state, STILL_UNKNOWN);
      return answer === null ? stay(state) : judgeCancel(state, answer, facts);
    }
    case 'checkingCancel':
      return stepCheckingCancel(state, input, facts);
  }
}

function stepCharging(state: Working, input: Input, facts: Facts): Result {
  // Handed out before the power went: nobody knows whether it left. Never again, only ask (K4..K7).
  if ('restarted' in input) return startChecking(state, facts);
  if (!('cashier' in input)) return stay(state);
  // The request cannot be called back; its answer tells whether there is anything to cancel. Esc once more leaves it at that.
  if (state.work.wantsCancel) return freed(state, STILL_UNKNOWN);
  const next = knowing(state, { wantsCancel: true });
  return stay(next, ...show(next, checkPrompt('оплаты', facts.settings.timeoutMs, true)));
}

/** The answer to the sale, in time or (after the cashier asked for the state) late. */
function judgePost(from: Working, answer: Answer, facts: Facts): Result {
  const state = knowing(from, { isPostOpen: false });
  const isDecided = state.work.providerPaymentId !== null;
  if (isDecided) return stay(state);
  const meaning = meaningOf(answer, readPaymentInfo, readRefusal);
  switch (meaning.is) {
    case 'understood':
      return isOurs(state, meaning.told, null)
        ? settle(state, meaning.told, facts)
        : dispute(state, 'the answer to the sale', [meaning.told], facts);
    case 'refused': {
      const { refusal } = meaning;
      if (refusal.status === 401) return finish(notAuthorised(refusal));
      if (refusal.status === 400) {
        return startChecking(knowing(state, { refusal: rejected(state.work.mode, refusal) }), facts);
      }
      break;
    }
    case 'notSent':
      return finish(NO_CONNECTION);
    case 'lost':
    case 'notUnderstood':
    case 'tooLarge':
      break;
  }
  return state.at === 'charging' ? startChecking(state, facts) : stay(state);
}

function stepPolling(state: Working, input: Input, facts: Facts): Result {
  const { providerPaymentId, awaiting, isBackground } = state.work;
  if (providerPaymentId === null) return startChecking(state, facts);
  const ask = (from: Working) => askState(from, providerPaymentId, facts);
  if ('timer' in input) return awaiting === null ? ask(state) : stay(state);
  if ('askNow' in input) return askNow(state, ask, facts.nowMs, facts.settings.paymentPollMs);
  if ('restarted' in input) return preceded(showPending(state, facts), ask(state));
  if ('cashier' in input) return isBackground ? stay(state) : startCancel(state, providerPaymentId, facts);
  const answer = answerTo(awaiting, input);
  if (answer === null) return stay(state);
  const meaning = meaningOf(answer, readPaymentInfo);
  // oplati.md 7: whatever goes wrong with this question, the payment stays pending.
  if (meaning.is !== 'understood') return keepPolling(heard(state, answer), facts, true);
  const good = knowing(heard(state, null), { failures: 0 });
  return isOurs(good, meaning.told, providerPaymentId)
    ? settle(good, meaning.told, facts)
    : dispute(good, 'the state of the payment', [meaning.told], facts);
}

/**
 * A payment in the three modes (oplati.md 3, 6-8): open a session, wait for the buyer, send the sale once, find out how
 * it ended.
 */

import type { Input, Machine, Order, StepResult } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { stepCancelling, stepChecking, stepCheckingCancel } from './pay-doubt.ts';
import {
  afterRestart,
  askState,
  CHARGE_TAG,
  type ChargedState,
  charge,
  dispute,
  type Facts,
  finish,
  inStage,
  isOurs,
  keepPolling,
  type PayState,
  settle,
  show,
  showPending,
  startCancel,
  startChecking,
  stay,
} from './pay-moves.ts';
import { checkPrompt } from './prompts.ts';
import { beginOpening, type OpeningResult, stepOpening } from './session.ts';
import type { OplatiMode, OplatiSettings } from './settings.ts';
import { NO_CONNECTION, notAuthorised, rejected } from './status.ts';
import { readError, readPaymentInfo } from './wire.ts';

type Result = StepResult<PayState>;

export const oplatiPay: Machine<OplatiSettings, PayState> = {
  begin: (order, facts) => afterOpening(order, facts.settings.mode, beginOpening(facts), facts),

  step(state, input, facts) {
    switch (state.at) {
      case 'opening':
        return afterOpening(state.order, state.mode, stepOpening(state.opening, input, facts), facts);
      case 'finished':
        return stay(state);
      default:
        return stepCharged(state, input, facts);
    }
  },
};

function afterOpening(order: Order, mode: OplatiMode, result: OpeningResult, facts: Facts): Result {
  const always = { kind: 'pay', order, mode } as const;
  switch (result.go) {
    case 'on':
      return { state: { ...always, at: 'opening', opening: result.opening }, actions: result.actions };
    case 'ready':
      return charge(always, result.session, facts);
    case 'end':
      return finish(always, null, result.outcome);
  }
}

function stepCharged(from: ChargedState, input: Input, facts: Facts): Result {
  const state = 'restarted' in input ? afterRestart(from, facts) : from;
  const answer = state.charged.isChargeOpen ? answerTo(CHARGE_TAG, input) : null;
  if (answer !== null) return stepChargeAnswer(state, answer, facts);
  switch (state.at) {
    case 'charging':
      return stepCharging(state, input, facts);
    case 'polling':
      return stepPolling(state, input, facts);
    case 'checking':
      return stepChecking(state, input, facts);
    case 'cancelling':
      return stepCancelling(state, input, facts);
    case 'checkingCancel':
      return stepCheckingCancel(state, input, facts);
  }
}

function stepCharging(state: ChargedState, input: Input, facts: Facts): Result {
  // Handed out before the power went: nobody knows whether it left. Never again, only ask (K4..K7).
  if ('restarted' in input) return startChecking(state, facts);
  if ('cashier' in input && !state.charged.cancelWanted) {
    // The request cannot be called back; its answer tells whether there is anything to cancel.
    const next = inStage(state, 'charging', { ...state.charged, cancelWanted: true });
    return stay(next, ...show(next, checkPrompt(false)));
  }
  return stay(state);
}

/** The answer to the sale, in time or (after the cashier asked for the state) late. */
function stepChargeAnswer(from: ChargedState, answer: Answer, facts: Facts): Result {
  const state = inStage(from, from.at, { ...from.charged, isChargeOpen: false });
  const isDecided = state.charged.paymentId !== null;
  if (isDecided) return stay(state);
  if (answer === 'notSent') return finish(state, null, NO_CONNECTION);
  if (typeof answer === 'object') {
    const info = readPaymentInfo(answer);
    if (info !== null) {
      return isOurs(state, info, null) ? settle(state, info, facts) : dispute(state, 'the answer to the sale', facts);
    }
    const error = readError(answer);
    if (answer.status === 401 && error !== null) return finish(state, null, notAuthorised(error));
    if (answer.status === 400 && error !== null) {
      const refusal = rejected(state.mode, error);
      return startChecking(inStage(state, state.at, { ...state.charged, refusal }), facts);
    }
  }
  return state.at === 'charging' ? startChecking(state, facts) : stay(state);
}

function stepPolling(state: ChargedState, input: Input, facts: Facts): Result {
  const { paymentId, awaiting, isBackground } = state.charged;
  if (paymentId === null) return startChecking(state, facts);
  if ('timer' in input) return awaiting === null ? askState(state, paymentId, facts) : stay(state);
  if ('restarted' in input) return askState(state, paymentId, facts, showPending(state, facts));
  if ('cashier' in input) return isBackground ? stay(state) : startCancel(state, paymentId, facts);
  const answer = answerTo(awaiting, input);
  if (answer === null) return stay(state);
  const info = typeof answer === 'object' ? readPaymentInfo(answer) : null;
  // oplati.md 7: whatever goes wrong with this question, the payment stays pending.
  if (info === null) return keepPolling(state, facts);
  return isOurs(state, info, paymentId)
    ? settle(state, info, facts)
    : dispute(state, 'the state of the payment', facts);
}

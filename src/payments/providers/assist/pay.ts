/** Payment by Assist: an order, the means it is paid with, and the state of the order at the server (SCR-40..50). */

import { isEmail } from '../../../register/email.ts';
import type { Input, Machine, Order } from '../../driver.ts';
import type { PromptAnswer } from '../../prompt.ts';
import { hearProgram, startProgram, stepReader, stopProgram } from './pay-devices.ts';
import { finish, release } from './pay-ends.ts';
import { MEANS, showView } from './pay-means.ts';
import {
  ask,
  create,
  goOn,
  register,
  startAbort,
  startPolling,
  stepAborting,
  stepCreating,
  stepLoggingIn,
  stepPolling,
  stepRegistering,
} from './pay-order.ts';
import {
  type Always,
  always,
  beginSent,
  type Choosing,
  type Facts,
  inStage,
  knowing,
  type PayState,
  pause,
  type Result,
  type SentState,
  stay,
} from './pay-state.ts';
import { cashPrompt, orderForm, orderPage } from './prompts.ts';
import { beginWalk, stepWalk, type WalkResult } from './reader-walk.ts';
import type { AssistRecalled } from './recall.ts';
import { ALL_MEANS, type AssistSettings, type Means, offeredMeans } from './settings.ts';
import { CANCELLED, LINK_LOST, MEANS_FORBIDDEN, STILL_PROCESSED } from './status.ts';

export const assistPay: Machine<AssistSettings, PayState, AssistRecalled> = {
  version: 1,
  begin,

  step(state, input, facts) {
    switch (state.at) {
      case 'form':
        return stepForm(state, input, facts);
      case 'cash':
        return stepCash(state, input, facts);
      case 'walk':
        return walked(state, state.selected, stepWalk(state.walk, input), facts);
      case 'finished':
        return stay(state);
      default:
        return stepSent(state, input, facts);
    }
  },

  /**
   * As after a lost answer. Which means it was only a payment type of its own says (`order.option`); the QR, the walk and what was
   * given in cash are gone.
   */
  resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
    const { repeats: _, ...own } = order;
    const begun: Always = { kind: 'pay', order: own, email: '' };
    if (!mayHaveMoved) return foreground ? begin(order, facts) : finish(begun, CANCELLED);
    const means = ALL_MEANS.find((one) => one === order.option) ?? 'unknown';
    const { nowMs, settings } = facts;
    const doubt = { sinceMs: nowMs, provenAfterMs: MEANS[means].deviceLifeMs(settings) ?? settings.settleMs };
    const known = { sentAtMs: startedAtMs, dateMs: startedAtMs, doubt, isBackground: !foreground };
    return startPolling(inStage(begun, 'polling', beginSent(means, facts, known)), facts);
  },
};

function begin(order: Order<AssistRecalled>, facts: Facts): Result {
  const { repeats, ...own } = order;
  const begun: Always = { kind: 'pay', order: own, email: repeats?.email ?? '' };
  const offered = offeredMeans(facts.settings);
  if (order.option === null) {
    // On the means that was refused: with the cursor on the first one F8 Enter Enter counted an unpaid card as cash.
    const means = repeats?.means ?? null;
    const selected = means === null ? 0 : Math.max(0, offered.indexOf(means));
    return offered.length === 0 ? finish(begun, MEANS_FORBIDDEN) : showForm(begun, selected, facts);
  }
  const index = (offered as readonly string[]).indexOf(order.option);
  return index < 0 ? finish(begun, MEANS_FORBIDDEN) : choose(begun, index, facts);
}

// Nothing has been sent: the cashier may go back to the list of means as often as she likes.

function showForm(from: Always, selected: number, facts: Facts): Result {
  const state: Choosing = { ...always(from), at: 'form', selected };
  const prompt = orderForm(state.order, state.email, offeredMeans(facts.settings), selected);
  return stay(state, { do: 'prompt', prompt });
}

/** Back to AS-01; where the payment type was the means itself, back to the payment types. */
function goBack(from: Always, selected: number, facts: Facts): Result {
  return from.order.option === null ? showForm(from, selected, facts) : finish(from, CANCELLED);
}

function stepForm(state: Choosing, input: Input, facts: Facts): Result {
  if ('restarted' in input) return showForm(state, state.selected, facts);
  if ('cashier' in input) return input.cashier === 'cancel' ? finish(state, CANCELLED) : stay(state);
  if (!('answer' in input)) return stay(state);
  const { answer } = input;
  if ('text' in answer) {
    // '' takes the address away.
    const email = answer.text.trim();
    const isTaken = email === '' || isEmail(email);
    return showForm({ ...state, email: isTaken ? email : state.email }, state.selected, facts);
  }
  return 'choice' in answer ? choose(state, answer.choice, facts) : stay(state);
}

/** How a payment by each of the means begins. @param selected its place in the list of AS-01 */
const BEGIN: Record<Means, (from: Always, selected: number, facts: Facts) => Result> = {
  cash: (from, selected) => showCash(from, selected),
  reader(from, selected, facts) {
    const { orderNumber, amountKopecks } = from.order;
    const page = orderPage(from.order, from.email);
    return walked(from, selected, beginWalk({ orderNumber, amountKopecks, page }), facts);
  },
  sbp: (from, _, facts) => create(from, facts),
  softpos: (from, _, facts) => startProgram(from, facts),
};

function choose(from: Always, index: number, facts: Facts): Result {
  const means = offeredMeans(facts.settings)[index];
  return means === undefined ? showForm(from, 0, facts) : BEGIN[means](from, index, facts);
}

function showCash(from: Always, selected: number): Result {
  const state: Choosing = { ...always(from), at: 'cash', selected };
  return stay(state, { do: 'prompt', prompt: cashPrompt(state.order, state.email) });
}

function stepCash(state: Choosing, input: Input, facts: Facts): Result {
  if ('restarted' in input) return showCash(state, state.selected);
  if ('cashier' in input) return input.cashier === 'cancel' ? goBack(state, state.selected, facts) : stay(state);
  if (!('answer' in input) || !('amountKopecks' in input.answer)) return stay(state);
  const { amountKopecks: receivedKopecks } = input.answer;
  return receivedKopecks >= state.order.amountKopecks ? register(state, receivedKopecks, facts) : stay(state);
}

/** A step of the reader's walk; with the pay command the order may come to be. */
function walked(from: Always, selected: number, { walk, actions, go }: WalkResult, facts: Facts): Result {
  switch (go) {
    case 'on':
      return stay({ ...always(from), at: 'walk', selected, walk }, ...actions);
    case 'left': {
      const back = goBack(from, selected, facts);
      return { state: back.state, actions: [...actions, ...back.actions] };
    }
    case 'asked':
    case 'ended': {
      const state = inStage(from, 'reader', beginSent('reader', facts, { walk }));
      return stay(state, ...actions, pause(facts.settings.deviceSilenceMs));
    }
  }
}

// Something was sent

function stepSent(state: SentState, input: Input, facts: Facts): Result {
  if ('restarted' in input) return restart(state, facts);
  if ('cashier' in input && input.cashier === 'again') return askAgain(state, facts);
  if ('cashier' in input && state.sent.isAskedAgain) return release(state, null);
  switch (state.at) {
    case 'creating':
      return stepCreating(state, input, facts);
    case 'registering':
      return stepRegistering(state, input, facts);
    case 'reader':
      return stepReader(state, input, facts, (result) => walked(state, readerIndex(facts), result, facts));
    case 'loggingIn':
      return stepLoggingIn(state, input, facts);
    case 'aborting':
      return stepAborting(state, input, facts);
    case 'rereading':
      // What became of the order is asked on behind her back.
      return 'cashier' in input && !state.sent.isBackground
        ? release(state, LINK_LOST)
        : stepPolling(state, input, facts);
    case 'polling':
      break;
  }
  if ('device' in input) {
    return input.device === 'program' && state.sent.means === 'softpos'
      ? hearProgram(state, input.event, facts)
      : stay(state);
  }
  if ('cashier' in input) return leave(state, facts);
  return 'answer' in input ? answered(state, input.answer, facts) : stepPolling(state, input, facts);
}

function readerIndex({ settings }: Facts): number {
  return Math.max(0, offeredMeans(settings).indexOf('reader'));
}

/**
 * Whatever the reader or the program goes on doing, it can tell us no more. The clock may have been set while we were away:
 * an absence is counted from now.
 */
function restart(state: SentState, facts: Facts): Result {
  const { means, doubt } = state.sent;
  const provenAfterMs = doubt?.provenAfterMs ?? MEANS[means].deviceLifeMs(facts.settings);
  if (provenAfterMs === null) return goOn(state, facts);
  return goOn(knowing(state, { doubt: { sinceMs: facts.nowMs, provenAfterMs } }), facts);
}

/** Assist was chosen once more while this is undecided: first the state is read (assist.md 7). */
function askAgain(from: SentState, facts: Facts): Result {
  if (!from.sent.isBackground) return stay(from);
  const state = knowing(from, { isBackground: false, isAskedAgain: true });
  const prompt = showView(state, facts);
  const canAsk = state.sent.awaiting === null && (state.at === 'polling' || state.at === 'rereading');
  return canAsk ? ask(state, facts, prompt) : stay(state, ...prompt);
}

/** Esc while the order is open: a box is left, or what the table of the means says. */
function leave(state: SentState, facts: Facts): Result {
  const { sent } = state;
  if (sent.isBackground) return stay(state);
  if (sent.view !== 'main' && sent.view !== 'status') return look(state, 'main', facts);
  switch (MEANS[sent.means].onEsc(sent)) {
    case 'askToGiveUp':
      return look(state, 'abortQuestion', facts);
    case 'stopProgram':
      return stopProgram(state, facts);
    case 'linkLost':
      return release(state, LINK_LOST);
    case 'stillProcessed':
      return release(state, STILL_PROCESSED);
  }
}

function answered(state: SentState, answer: PromptAnswer, facts: Facts): Result {
  const { view, qr, isBackground } = state.sent;
  if (isBackground) return stay(state);
  const isOk = 'ok' in answer;
  switch (view) {
    case 'abortQuestion':
      return isOk ? startAbort(knowing(state, { cancelWanted: true }), facts) : stay(state);
    case 'notAborted':
    case 'programSilent':
      return isOk ? look(state, 'main', facts) : stay(state);
    case 'main':
    case 'status':
      if (qr === null) return stay(state);
      if ('other' in answer) return look(state, 'abortQuestion', facts);
      return isOk ? look(state, view === 'main' ? 'status' : 'main', facts) : stay(state);
  }
}

function look(from: SentState, view: SentState['sent']['view'], facts: Facts): Result {
  const state = knowing(from, { view });
  return stay(state, ...showView(state, facts));
}

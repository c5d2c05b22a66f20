/** Payment by Assist: an order, the means it is paid with, and the state of the order at the server (SCR-40..50). */
import { isEmail } from '../../../register/email.ts';
import type { Action, Input, Machine, Order, Restart } from '../../driver.ts';
import { askNow, knowing, pause, preceded, stay, takenBack } from '../../kernel/undecided.ts';
import type { PromptAnswer } from '../../prompt.ts';
import { hearProgram, startProgram, stepReader, stopProgram } from './pay-devices.ts';
import { finish, release } from './pay-ends.ts';
import { MEANS, showView } from './pay-means.ts';
import {
  ask,
  create,
  goOn,
  leaveCash,
  register,
  startAbort,
  startPolling,
  stepAborting,
  stepCreating,
  stepLoggingIn,
  stepPolling,
  stepQr,
  stepRegistering,
} from './pay-order.ts';
import {
  begunWith,
  type Choosing,
  type Draft,
  type Facts,
  type PayState,
  type Result,
  type View,
  type Work,
  type Working,
  waitLimitMs,
} from './pay-state.ts';
import { cashPrompt, orderForm, orderPage } from './prompts.ts';
import { beginWalk, endWaiting, stepWalk, type WalkResult } from './reader-walk.ts';
import type { AssistRecalled } from './recall.ts';
import { ALL_MEANS, type AssistSettings, type Means, offeredMeans } from './settings.ts';
import { CANCELLED, cashUnfit, LEFT, MEANS_FORBIDDEN, STILL_PROCESSED } from './status.ts';

export const assistPay: Machine<AssistSettings, PayState, AssistRecalled> = {
  version: 3,
  begin,

  step(state, input, facts) {
    switch (state.at) {
      case 'form':
        return stepForm(state, input, facts);
      case 'cash':
        return stepCash(state, input, facts);
      case 'walk':
        return walked(
          state,
          state.selected,
          'timer' in input ? endWaiting(state.walk) : stepWalk(state.walk, input),
          facts,
        );
      case 'finished':
        return stay(state);
      default:
        return stepWorking(state, input, facts);
    }
  },

  /**
   * As after a lost answer. Which means it was only a payment type of its own says (`order.option`); the QR, the walk and what was
   * given in cash are gone.
   */
  resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
    const { repeats: _, ...own } = order;
    const draft: Draft = { order: own, email: '' };
    if (!mayHaveMoved) return foreground ? begin(order, facts) : finish(draft, CANCELLED);
    const means = ALL_MEANS.find((one) => one === order.option) ?? 'unknown';
    const { nowMs, settings } = facts;
    const doubt = { sinceMs: nowMs, provenAfterMs: MEANS[means].deviceLifeMs(settings) ?? settings.settleMs };
    const known = { sentAtMs: startedAtMs, dateMs: startedAtMs, doubt, isBackground: !foreground };
    return startPolling(begunWith('polling', draft, means, facts, known), facts);
  },
};

function begin(order: Order<AssistRecalled>, facts: Facts): Result {
  const { repeats, ...own } = order;
  const draft: Draft = { order: own, email: repeats?.email ?? '' };
  const offered = offeredMeans(facts.settings);
  if (order.option === null) {
    // On the means that was refused: with the cursor on the first one F8 Enter Enter counted an unpaid card as cash.
    const means = repeats?.means ?? null;
    const selected = means === null ? 0 : Math.max(0, offered.indexOf(means));
    return offered.length === 0 ? finish(draft, MEANS_FORBIDDEN) : showForm(draft, selected, facts);
  }
  const index = (offered as readonly string[]).indexOf(order.option);
  return index < 0 ? finish(draft, MEANS_FORBIDDEN) : choose(draft, index, facts);
}

// Nothing has been sent: the cashier may go back to the list of means as often as she likes.

function showForm({ order, email }: Draft, selected: number, facts: Facts): Result {
  const prompt = orderForm(order, email, offeredMeans(facts.settings), selected);
  return stay({ kind: 'pay', at: 'form', order, email, selected }, { do: 'prompt', prompt }, endOfChoosing(facts));
}

/** Nothing has been sent: an order that nobody goes on with is left, as by Esc. */
function endOfChoosing({ settings }: Facts): Action {
  return pause(settings.cashierWaitMs);
}

/** Back to AS-01; where the payment type was the means itself, back to the payment types. */
function goBack(draft: Draft, selected: number, facts: Facts): Result {
  return draft.order.option === null ? showForm(draft, selected, facts) : finish(draft, CANCELLED);
}

function stepForm(state: Choosing, input: Input, facts: Facts): Result {
  if ('restarted' in input) return showForm(state, state.selected, facts);
  if ('timer' in input) return finish(state, CANCELLED);
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
const BEGIN: Record<Means, (draft: Draft, selected: number, facts: Facts) => Result> = {
  cash: (draft, selected, facts) => showCash(draft, selected, facts),
  reader(draft, selected, facts) {
    const { orderNumber, amountKopecks } = draft.order;
    const page = orderPage(draft.order, draft.email);
    const { readerLinkMs, deviceSilenceMs, cashierWaitMs, slipPrintMs } = facts.settings;
    const limits = { linkMs: readerLinkMs, deviceMs: deviceSilenceMs, cashierMs: cashierWaitMs, slipMs: slipPrintMs };
    const { email } = draft;
    return walked(draft, selected, beginWalk({ orderNumber, amountKopecks, email, page, limits }), facts);
  },
  sbp: (draft, _, facts) => create(draft, facts),
  softpos: (draft, _, facts) => startProgram(draft, facts),
};

function choose(draft: Draft, index: number, facts: Facts): Result {
  const means = offeredMeans(facts.settings)[index];
  return means === undefined ? showForm(draft, 0, facts) : BEGIN[means](draft, index, facts);
}

/** What no server will ever hear of is not taken as cash that it hears of later. */
function showCash({ order, email }: Draft, selected: number, facts: Facts): Result {
  const fault = facts.answerFaults?.cash;
  if (fault !== undefined) return finish({ order, email }, cashUnfit(fault));
  const prompt = cashPrompt(order, email);
  return stay({ kind: 'pay', at: 'cash', order, email, selected }, { do: 'prompt', prompt }, endOfChoosing(facts));
}

function stepCash(state: Choosing, input: Input, facts: Facts): Result {
  if ('restarted' in input) return showCash(state, state.selected, facts);
  if ('timer' in input) return finish(state, CANCELLED);
  if ('cashier' in input) return input.cashier === 'cancel' ? goBack(state, state.selected, facts) : stay(state);
  if (!('answer' in input) || !('amountKopecks' in input.answer)) return stay(state);
  const { amountKopecks: receivedKopecks } = input.answer;
  return receivedKopecks >= state.order.amountKopecks ? register(state, receivedKopecks, facts) : stay(state);
}

/** A step of the reader's walk; with the pay command the order may come to be. */
function walked(draft: Draft, selected: number, { walk, actions, go }: WalkResult, facts: Facts): Result {
  const { order, email } = draft;
  switch (go) {
    case 'on':
      return stay({ kind: 'pay', at: 'walk', order, email, selected, walk }, ...actions, pause(waitLimitMs(walk)));
    case 'left':
      return preceded(actions, goBack(draft, selected, facts));
    case 'asked':
    case 'ended': {
      const state = begunWith('reader', draft, 'reader', facts, { walk });
      return stay(state, ...actions, pause(waitLimitMs(walk)));
    }
  }
}

// Something was sent

function stepWorking(state: Working, input: Input, facts: Facts): Result {
  if ('restarted' in input) return restart(state, input.restarted, facts);
  if ('askNow' in input) {
    const canAsk = state.at === 'polling' || state.at === 'rereading';
    return canAsk ? askNow(state, (from) => ask(from, facts), facts.nowMs, facts.settings.pollMs) : stay(state);
  }
  if ('cashier' in input) {
    if (input.cashier === 'again') return askAgain(state, facts);
    if (input.cashier === 'show') return showAgain(state, facts);
    if (state.work.isAskedAgain) return release(state, null);
  }
  switch (state.at) {
    case 'creating':
      return stepCreating(state, input, facts);
    case 'registering':
      if ('cashier' in input) return leaveCash(state, facts);
      return stepRegistering(state, input, facts);
    case 'reader':
      return stepReader(state, input, facts, (result) => walked(state.work, readerIndex(facts), result, facts));
    // What becomes of the order is found out behind her back.
    case 'enrolling':
    case 'readingQr':
      return 'cashier' in input ? release(state, LEFT) : stepQr(state, input, facts);
    case 'loggingIn':
      return 'cashier' in input ? release(state, LEFT) : stepLoggingIn(state, input, facts);
    case 'aborting':
      return 'cashier' in input ? release(state, LEFT) : stepAborting(state, input, facts);
    case 'rereading':
      return 'cashier' in input ? release(state, LEFT) : stepPolling(state, input, facts);
    case 'polling':
      break;
  }
  if ('device' in input) {
    return input.device === 'program' && state.work.means === 'softpos'
      ? hearProgram(state, input.event, facts)
      : stay(state);
  }
  if ('cashier' in input) return leave(state, facts);
  return 'answer' in input ? answered(state, input.answer, facts) : stepPolling(state, input, facts);
}

function readerIndex({ settings }: Facts): number {
  return Math.max(0, offeredMeans(settings).indexOf('reader'));
}

/** Whatever the reader or the program goes on doing, it can tell us no more. */
function restart(from: Working, restarted: Restart, facts: Facts): Result {
  const { abortedAtMs, askedAtMs, heardAtMs } = from.work;
  const { clockShiftMs } = restarted;
  const state = knowing(from, {
    doubt: doubtAfter(from.work, restarted, facts),
    abortedAtMs: abortedAtMs === null ? null : abortedAtMs + clockShiftMs,
    askedAtMs: askedAtMs + clockShiftMs,
    heardAtMs: heardAtMs + clockShiftMs,
  });
  return goOn(state, facts);
}

/** A doubt goes on with the time that has surely passed; whose device works by itself is doubted from now on at the latest. */
function doubtAfter({ means, doubt }: Work, { clockShiftMs, isNewBoot }: Restart, facts: Facts): Work['doubt'] {
  const { nowMs: sinceMs, settings } = facts;
  const earlier = doubt && { ...doubt, sinceMs: doubt.sinceMs + clockShiftMs };
  const lifeMs = MEANS[means].deviceLifeMs(settings);
  if (lifeMs === null) return earlier;
  // A program ends with the computer: only what it has asked the server for may still become known.
  const anew = { sinceMs, provenAfterMs: isNewBoot ? Math.min(lifeMs, settings.deviceSettleMs) : lifeMs };
  return earlier !== null && endOf(earlier) <= endOf(anew) ? earlier : anew;
}

function endOf({ sinceMs, provenAfterMs }: NonNullable<Work['doubt']>): number {
  return sinceMs + provenAfterMs;
}

/** SCR-53: the QR is in view again while the order can be paid; of any other order its state is. */
function showAgain(from: Working, facts: Facts): Result {
  if (!from.work.isBackground) return stay(from);
  const state = knowing(takenBack(from), { view: 'main', isAskedAgain: false });
  const canAsk = state.work.awaiting === null && (state.at === 'polling' || state.at === 'rereading');
  return preceded(showView(state, facts), canAsk ? ask(state, facts) : stay(state));
}

/** Assist was chosen once more while this is undecided: first the state is read (assist.md 7). */
function askAgain(from: Working, facts: Facts): Result {
  if (!from.work.isBackground) return stay(from);
  const state = knowing(from, { isBackground: false, isAskedAgain: true });
  const prompt = showView(state, facts);
  const canAsk = state.work.awaiting === null && (state.at === 'polling' || state.at === 'rereading');
  return preceded(prompt, canAsk ? ask(state, facts) : stay(state));
}

/** Esc while the order is open: a box is left, or what the table of the means says. */
function leave(state: Working, facts: Facts): Result {
  const { work } = state;
  if (work.isBackground) return stay(state);
  if (work.view !== 'main' && work.view !== 'status') return look(state, 'main', facts);
  switch (MEANS[work.means].onEsc(work)) {
    case 'askToGiveUp':
      return look(state, 'abortQuestion', facts);
    case 'stopProgram':
      return stopProgram(state, facts);
    case 'left':
      return release(state, LEFT);
    case 'stillProcessed':
      return release(state, STILL_PROCESSED);
  }
}

function answered(state: Working, answer: PromptAnswer, facts: Facts): Result {
  const { view, qr, isBackground } = state.work;
  if (isBackground) return stay(state);
  const isOk = 'ok' in answer;
  switch (view) {
    case 'abortQuestion':
      if ('other' in answer) return release(state, LEFT);
      return isOk ? startAbort(knowing(state, { wantsCancel: true }), facts) : stay(state);
    case 'notAborted':
      if ('other' in answer) return release(state, LEFT);
      return isOk ? look(state, 'main', facts) : stay(state);
    case 'programSilent':
      return isOk ? look(state, 'main', facts) : stay(state);
    case 'main':
    case 'status':
      if (qr === null) return stay(state);
      if ('other' in answer) return look(state, 'abortQuestion', facts);
      return isOk ? look(state, view === 'main' ? 'status' : 'main', facts) : stay(state);
  }
}

function look(from: Working, view: View, facts: Facts): Result {
  const state = knowing(from, { view });
  return stay(state, ...showView(state, facts));
}

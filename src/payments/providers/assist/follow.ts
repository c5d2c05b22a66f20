/**
 * What is left to do for a payment that has ended: cash that was taken without a link is reported until the server has it
 * (assist.md 12.8), and an order that was not found is looked for on the watch list (7). Always in the background.
 */

import type { Action, Input, Machine, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import { backOffMs, missedInMs } from './pauses.ts';
import { type OrderFacts, resultPage } from './prompts.ts';
import type { AssistRecalled } from './recall.ts';
import type { AssistSettings } from './settings.ts';
import { type Source, sourceOf } from './source.ts';
import { surplusNotice, type Verdict, verdictOn } from './status.ts';
import {
  cashRequest,
  type OrderRecord,
  type OrderState,
  readFault,
  readRegistered,
  readResult,
  resultRequest,
  STATE_NAMES,
} from './wire.ts';

type Facts = StepFacts<AssistSettings>;

const TAKEN = 'another order stands under the number of its cash';

interface Work extends Asking {
  attemptId: string;
  source: Source;
  startedAtMs: number;
  /** The program was started again: the watch list ends not before an order of that moment would have. */
  notBeforeMs: number;
  /** Cash: a report of it may have arrived. Until then an order under its number is another till's. */
  mayBeTold: boolean;
  failures: number;
  isAlarmed: boolean;
}

export type FollowState = { kind: 'follow' } & (
  | { at: 'reading' | 'reporting'; work: Work }
  | { at: 'finished'; paymentId: string | null }
);

type Working = Extract<FollowState, { work: Work }>;
type Result = StepResult<FollowState>;

export const assistFollow: Machine<AssistSettings, FollowState, AssistRecalled> = {
  version: 1,

  begin(order, facts) {
    const source = sourceOf(order);
    if (source === null) return finish(NO_PAYMENT, null, []);
    const state = inStage('reading', newWork(order, source, facts.nowMs));
    // The link was lost a moment ago, and the order was missing a moment ago.
    const { settings } = facts;
    return rest(state, isDelivery(state) ? backOffMs(1, settings, order.attemptId) : settings.recheckMs);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return { state, actions: [] };
    // A report of which nobody knows whether it left is first looked for.
    if ('restarted' in input) return read(startedAgain(state, facts), facts);
    return stepWorking(state, input, facts);
  },

  resume(order, facts, { mayHaveMoved, startedAtMs }) {
    const source = sourceOf(order);
    if (source === null) return finish(NO_PAYMENT, null, []);
    const work = newWork(order, source, startedAtMs);
    const state = inStage('reading', { ...work, mayBeTold: work.mayBeTold || mayHaveMoved });
    return read(startedAgain(state, facts), facts);
  },
};

const NO_PAYMENT: Outcome = { kind: 'declined', code: 'notRegistered', say: null };

function newWork({ attemptId }: Order, source: Source, startedAtMs: number): Work {
  return {
    ...NEVER_ASKED,
    attemptId,
    source,
    startedAtMs,
    notBeforeMs: startedAtMs,
    mayBeTold: source.mayBeTold,
    failures: 0,
    isAlarmed: false,
  };
}

function inStage(at: Working['at'], work: Work): Working {
  return { kind: 'follow', at, work };
}

function stepWorking(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  if ('timer' in input) {
    const leftMs = missedInMs(work, facts);
    return leftMs === 0 ? read(state, facts) : { state, actions: [{ do: 'sleep', ms: leftMs }] };
  }
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return { state, actions: [] };
  const heard: Working = { ...state, work: { ...work, awaiting: null } };
  return state.at === 'reporting' ? judgeReport(heard, answer, facts) : judgeResult(heard, answer, facts);
}

/** The clock may have been put forward meanwhile: three days of it are no proof. */
function startedAgain(state: Working, { nowMs, settings }: Facts): Working {
  const mayBeTold = state.work.mayBeTold || state.at === 'reporting';
  return { ...state, work: { ...state.work, mayBeTold, notBeforeMs: nowMs + settings.orderLifeMs } };
}

function isDelivery({ work }: Working): boolean {
  return work.source.offlineSinceMs !== null;
}

/** Before every repeat the result of the earlier attempt is read (assist.md 7). */
function read({ work }: Working, facts: Facts): Result {
  const asking = askAs(work, 'result', facts.nowMs);
  const sinceMs = work.source.offlineSinceMs ?? work.startedAtMs;
  const { settings, nowMs } = facts;
  const request = resultRequest(asking.awaiting, work.source.orderNumber, { sinceMs, nowMs }, settings);
  return { state: { kind: 'follow', at: 'reading', work: { ...work, ...asking } }, actions: [send(request)] };
}

function judgeResult(state: Working, answer: Answer, facts: Facts): Result {
  const orders = typeof answer === 'object' ? readResult(answer, facts.settings) : null;
  if (orders === null) return unanswered(state, facts);
  return settle(state, verdictOn(orders, state.work.source, facts.settings), facts);
}

function judgeReport(from: Working, answer: Answer, facts: Facts): Result {
  const state: Working = { ...from, work: { ...from.work, mayBeTold: from.work.mayBeTold || answer !== 'notSent' } };
  const record = typeof answer === 'object' ? readRegistered(answer, facts.settings) : null;
  if (record !== null) return settle(state, verdictOn([record], state.work.source, facts.settings), facts);
  const fault = typeof answer === 'object' ? readFault(answer) : null;
  if (fault === null) return unanswered(state, facts);
  // The very first report: our cash is not there, something else is.
  const isTaken = fault.first === '5' && fault.second === '107';
  if (isTaken && !from.work.mayBeTold) return odd(from, TAKEN, facts);
  return odd(state, `its cash is refused: ${fault.first}/${fault.second}`, facts);
}

function settle(from: Working, verdict: Verdict, facts: Facts): Result {
  const { work } = from;
  const state: Working = { ...from, work: { ...work, failures: 0 } };
  // Another till's order is no delivery of our cash, and cash is never open: it stays in the queue, somebody has to look.
  const isForeign = verdict.is !== 'none' && (work.mayBeTold === false || verdict.is === 'pending');
  if (isDelivery(state) && isForeign) return odd({ ...state, work: { ...state.work, mayBeTold: false } }, TAKEN, facts);
  switch (verdict.is) {
    case 'paid': {
      const { billNumber: paymentId } = verdict.order;
      const say = paidPage(work, verdict.order, facts);
      const news = isDelivery(state) ? delivered(work.source) : [changed(work.source, 'Approved')];
      const odd = verdict.oddity === null ? [] : [alarm(work, verdict.oddity)];
      const surplus = surplusNotice(work.source.orderNumber, verdict.surplus);
      return finish({ kind: 'approved', providerPaymentId: paymentId, ...say }, paymentId, [
        ...odd,
        ...surplus,
        ...news,
      ]);
    }
    case 'none':
      return isDelivery(state) && state.at === 'reading' ? report(state, facts) : missing(state, facts);
    case 'over': {
      const word = verdict.order.state;
      const news = isDelivery(state) ? [alarm(work, `its cash stands as ${word}`)] : [];
      return finish({ kind: 'declined', code: 'cancelled', say: null }, null, news);
    }
    case 'strange':
      return odd(state, verdict.why, facts);
    case 'pending':
      return rest(state, facts.settings.recheckMs);
  }
}

function report({ work }: Working, facts: Facts): Result {
  const { source } = work;
  const asking = askAs(work, 'cash', facts.nowMs);
  const paidAtMs = source.offlineSinceMs ?? work.startedAtMs;
  const request = cashRequest(asking.awaiting, source, paidAtMs, facts.settings);
  return {
    state: { kind: 'follow', at: 'reporting', work: { ...work, ...asking } },
    actions: [send(request, 'money')],
  };
}

/** Three days without it, and nobody will ever see it (assist.md 7). */
function missing(state: Working, { nowMs, settings }: Facts): Result {
  const { startedAtMs, notBeforeMs } = state.work;
  const isWatched = nowMs - startedAtMs < settings.watchForMs || nowMs < notBeforeMs;
  if (isDelivery(state) || isWatched) return rest(state, settings.recheckMs);
  return finish(NO_PAYMENT, null, []);
}

function unanswered(from: Working, { settings }: Facts): Result {
  const failures = from.work.failures + 1;
  const state: Working = { ...from, work: { ...from.work, failures } };
  const pauseMs = isDelivery(state) ? backOffMs(failures, settings, state.work.attemptId) : settings.recheckMs;
  return rest(state, pauseMs);
}

/** Somebody has to look; the asking goes on, slowly. */
function odd(from: Working, what: string, facts: Facts): Result {
  const { work } = from;
  const result = rest({ ...from, work: { ...work, isAlarmed: true } }, facts.settings.recheckMs);
  return work.isAlarmed ? result : { ...result, actions: [alarm(work, what), ...result.actions] };
}

function rest({ work }: Working, ms: number): Result {
  return {
    state: { kind: 'follow', at: 'reading', work: { ...work, awaiting: null } },
    actions: [{ do: 'sleep', ms }],
  };
}

function finish(outcome: Outcome, paymentId: string | null, before: Action[]): Result {
  return { state: { kind: 'follow', at: 'finished', paymentId }, actions: [...before, { do: 'finish', outcome }] };
}

/** РЕЗУЛЬТАТ as it stands now, for who opens the notification: the page of the payment itself says what was known then. */
function paidPage({ source }: Work, record: OrderRecord, { utcOffsetMinutes, nowMs }: Facts): { say?: Say } {
  const { means, offlineSinceMs } = source;
  if (means === null) return {};
  const facts: OrderFacts = {
    order: source,
    means,
    status: STATE_NAMES.Approved,
    dateMs: record.dateMs ?? offlineSinceMs ?? nowMs,
    billNumber: record.billNumber,
    information: '',
    prepaidKopecks: source.prepaidKopecks,
  };
  return { say: { number: 'AS-04', result: resultPage(facts, utcOffsetMinutes, false) } };
}

/** AS-34 and AS-26. */
function delivered({ orderNumber }: Source): Action[] {
  const params = { номер: orderNumber };
  return [
    { do: 'notify', number: 'AS-34', params },
    { do: 'notify', number: 'AS-26', params },
  ];
}

/** AS-27 */
function changed({ orderNumber }: Source, word: OrderState): Action {
  return { do: 'notify', number: 'AS-27', params: { номер: orderNumber, статус: word } };
}

function alarm({ source }: Work, what: string): Action {
  return { do: 'alarm', text: `assist: order ${source.orderNumber}: ${what}` };
}

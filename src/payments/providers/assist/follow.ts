/**
 * What is left to do for a payment that has ended: cash that was taken without a link is reported until the server has it
 * (assist.md 12.8), and an order that was not found is looked for on the watch list (7). Always in the background.
 */

import type { Action, Input, Machine, Order, Restart, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, missedInMs, send } from '../../kernel/asking.ts';
import {
  askNow,
  backOff,
  beginUndecided,
  type Finished,
  heard,
  inStage,
  knowing,
  pause,
  preceded,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { Outcome, Say } from '../../outcome.ts';
import { type OrderRecord, readFault, readResult } from './answers.ts';
import { type OrderFacts, resultPage } from './prompts.ts';
import { type AssistRecalled, type Source, sourceOf } from './recall.ts';
import { type AssistSettings, pausesOf } from './settings.ts';
import { type OrderState, STATE_NAMES } from './status.ts';
import { isSettingsFault, isTaken, surplusNotice, type Verdict, verdictOn } from './verdict.ts';
import { mayDouble, readToldCash, toldCashRequest, untoldAfterMs } from './ways.ts';
import { resultRequest } from './wire.ts';

type Facts = StepFacts<AssistSettings>;

const TAKEN = 'another order stands under the number of its cash';
const NOT_FOUND: Outcome = { kind: 'declined', code: 'notRegistered', say: null };

interface Work extends Undecided {
  source: Source;
  startedAtMs: number;
  /** The end of the watch list, on today's clock (`Restart`). */
  watchUntilMs: number;
  /** Cash: a report of it may have arrived. Until then an order under its number is another till's. */
  mayBeTold: boolean;
  /** Nothing of its reports arrives later than that; null = none can have left. On today's clock. */
  toldAtMs: number | null;
}

interface Working {
  kind: 'follow';
  at: 'reading' | 'reporting';
  work: Work;
}

export type FollowState = Working | Finished<'follow'>;
type Result = StepResult<FollowState>;

export const assistFollow: Machine<AssistSettings, FollowState, AssistRecalled> = {
  version: 3,

  begin(order, facts) {
    const source = sourceOf(order);
    if (source === null) return finish(NOT_FOUND);
    const state = beginWith(order, source, facts);
    // The link was lost a moment ago, and the order was missing a moment ago.
    const lost = knowing(state, { failures: 1 });
    const { settings } = facts;
    return rest(state, isDelivery(state) ? backOff(lost, pausesOf(settings)) : pause(settings.recheckMs));
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    // A report of which nobody knows whether it left is first looked for.
    if ('restarted' in input) return read(startedAgain(state, input.restarted, facts), facts);
    if ('askNow' in input) {
      return askNow(state, (from) => read(from, facts), facts.nowMs, facts.settings.settlePollMs);
    }
    return stepWorking(state, input, facts);
  },

  resume(order, facts, { mayHaveMoved, startedAtMs }) {
    const source = sourceOf(order);
    if (source === null) return finish(NOT_FOUND);
    const mayBeTold = source.mayBeTold || mayHaveMoved;
    // The days it was watched are forgotten with the state.
    const toldAtMs = mayBeTold ? facts.nowMs : null;
    return read(knowing(beginWith(order, source, facts), { startedAtMs, mayBeTold, toldAtMs }), facts);
  },
};

function beginWith(order: Order, source: Source, { nowMs, settings }: Facts): Working {
  const { mayBeTold } = source;
  const undecided = { ...beginUndecided(order), isBackground: true };
  return {
    kind: 'follow',
    at: 'reading',
    work: {
      ...undecided,
      source,
      startedAtMs: nowMs,
      watchUntilMs: nowMs + settings.watchForMs,
      mayBeTold,
      toldAtMs: mayBeTold ? nowMs : null,
    },
  };
}

function stepWorking(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  if ('timer' in input) {
    const leftMs = missedInMs(work, facts.nowMs, facts.settings.timeoutMs);
    return leftMs === 0 ? read(state, facts) : stay(state, pause(leftMs));
  }
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const heard = knowing(state, { awaiting: null });
  return state.at === 'reporting' ? judgeReport(heard, answer, facts) : judgeResult(heard, answer, facts);
}

function startedAgain(state: Working, { clockShiftMs }: Restart, { nowMs, settings }: Facts): Working {
  const { work, at } = state;
  const isUnderway = at === 'reporting';
  const earlier = work.toldAtMs === null ? null : work.toldAtMs + clockShiftMs;
  return knowing(state, {
    mayBeTold: work.mayBeTold || isUnderway,
    // A report on its way counts as lost now, or when its limit was over.
    toldAtMs: isUnderway ? Math.min(nowMs, work.askedAtMs + clockShiftMs + settings.timeoutMs) : earlier,
    watchUntilMs: work.watchUntilMs + clockShiftMs,
  });
}

function isDelivery({ work }: Working): boolean {
  return work.source.offlineSinceMs !== null;
}

/** Before every repeat the result of the earlier attempt is read (assist.md 7). */
function read(from: Working, { settings, nowMs }: Facts): Result {
  const { source, startedAtMs } = from.work;
  const asking = askAs(from.work, 'result', nowMs);
  const sinceMs = source.offlineSinceMs ?? startedAtMs;
  const request = resultRequest(asking.awaiting, source.orderNumber, { sinceMs, nowMs }, settings);
  return stay(inStage(from, 'reading', asking), send(request));
}

function report(from: Working, { settings, nowMs }: Facts): Result {
  const { source, startedAtMs } = from.work;
  const asking = askAs(from.work, 'cash', nowMs);
  const request = toldCashRequest(asking.awaiting, source, source.offlineSinceMs ?? startedAtMs, settings);
  return stay(inStage(from, 'reporting', asking), send(request, 'money'));
}

function judgeResult(state: Working, answer: Answer, facts: Facts): Result {
  const meaning = meaningOf(answer, (reply) => readResult(reply, facts.settings));
  if (meaning.is !== 'understood') return unanswered(state, answer, facts);
  return settle(state, verdictOn(meaning.told, state.work.source, facts.settings), facts);
}

function judgeReport(from: Working, answer: Answer, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const { mayBeTold, source } = from.work;
  const state = answer === 'notSent' ? from : knowing(from, { mayBeTold: true, toldAtMs: nowMs });
  const meaning = meaningOf(answer, (reply) => readToldCash(reply, settings), readFault);
  switch (meaning.is) {
    case 'understood': {
      const verdict = verdictOn([meaning.told], source, settings);
      // The earlier report may have made an order as well: the state tells of both.
      const isOneOfTwo = mayDouble(settings) && mayBeTold && verdict.is === 'paid';
      return isOneOfTwo ? rest(state, pause(settings.settlePollMs)) : settle(state, verdict, facts);
    }
    case 'refused': {
      const { first, second } = meaning.refusal;
      if (!isTaken(meaning.refusal)) {
        const { isDisputed } = state.work;
        const told = {
          система: 'Ассист',
          причина: `наличные по заказу ${source.orderNumber} не приняты (${first}/${second})`,
        };
        // What is wrong with the settings is told by whoever hears it (DOM-117).
        const isTold = isDisputed || (typeof answer === 'object' && isSettingsFault(answer, meaning.refusal));
        const notice: Action[] = isTold ? [] : [{ do: 'notify', number: 'DOM-117', params: told }];
        return preceded(notice, odd(state, `its cash is refused: ${first}/${second}`, facts));
      }
      // The very first report: our cash is not there, something else is. Told before, it will be found.
      return mayBeTold ? rest(state, pause(settings.settlePollMs)) : odd(from, TAKEN, facts);
    }
    case 'notUnderstood':
    case 'tooLarge':
    case 'notSent':
    case 'lost':
      return unanswered(state, answer, facts);
  }
}

function settle(from: Working, verdict: Verdict, facts: Facts): Result {
  const { source, mayBeTold } = from.work;
  // A good answer to the question does not yet mean that the report is taken.
  const state = isDelivery(from) && verdict.is === 'none' ? from : knowing(from, { failures: 0, wrong: null });
  // Another till's order is no delivery of our cash, and cash is never open: it stays in the queue, somebody has to look.
  const isForeign = verdict.is !== 'none' && (!mayBeTold || verdict.is === 'pending');
  if (isDelivery(state) && isForeign) return odd(knowing(state, { mayBeTold: false }), TAKEN, facts);
  switch (verdict.is) {
    case 'paid': {
      const { billNumber: providerPaymentId } = verdict.order;
      const say = paidPage(source, verdict.order, facts);
      return finish({ kind: 'approved', providerPaymentId, ...say }, [
        ...(verdict.oddity === null ? [] : [alarm(source, verdict.oddity)]),
        ...surplusNotice(source.orderNumber, verdict.surplus),
        ...(isDelivery(state) ? delivered(source) : [changed(source, 'Approved')]),
      ]);
    }
    case 'none':
      if (!isDelivery(state) || state.at !== 'reading') return missing(state, facts);
      if (!isUntold(state, facts)) return rest(state, pause(facts.settings.settlePollMs));
      return (facts.ahead ?? 0) === 0 ? report(state, facts) : waitInLine(state, facts);
    case 'over': {
      const news = isDelivery(state) ? [alarm(source, `its cash stands as ${verdict.order.state}`)] : [];
      return finish({ kind: 'declined', code: 'cancelled', say: null }, news);
    }
    case 'strange':
      return odd(state, verdict.why, facts);
    case 'pending':
      return rest(state, pause(facts.settings.recheckMs));
  }
}

/** In the order it was taken. Whoever is told before wakes it; should nobody, it looks for itself, ever more rarely. */
function waitInLine(from: Working, { settings }: Facts): Result {
  const state = knowing(from, { failures: from.work.failures + 1 });
  return rest(state, backOff(state, pausesOf(settings)));
}

/** No report of it has arrived: none has left, or good answers have been without it so long. */
function isUntold({ work }: Working, { settings }: Facts): boolean {
  const { toldAtMs, askedAtMs } = work;
  return toldAtMs === null || askedAtMs - toldAtMs >= untoldAfterMs(settings);
}

/** Three days without it, and nobody will ever see it (assist.md 7). */
function missing(state: Working, { nowMs, settings }: Facts): Result {
  const isWatched = nowMs < state.work.watchUntilMs;
  return isDelivery(state) || isWatched ? rest(state, pause(settings.recheckMs)) : finish(NOT_FOUND);
}

/** A lost link comes back soon; an answer of no use does not get better by asking often. */
function unanswered(from: Working, answer: Answer, { settings }: Facts): Result {
  const state = heard(knowing(from, { failures: from.work.failures + 1 }), answer);
  return rest(state, isDelivery(state) ? backOff(state, pausesOf(settings)) : pause(settings.recheckMs));
}

/** Somebody has to look; the asking goes on, slowly. */
function odd(from: Working, what: string, { settings }: Facts): Result {
  const { isDisputed, source } = from.work;
  const result = rest(knowing(from, { isDisputed: true }), pause(settings.recheckMs));
  return preceded(isDisputed ? [] : [alarm(source, what)], result);
}

function rest(from: Working, sleep: Action): Result {
  return stay(inStage(from, 'reading', { awaiting: null }), sleep);
}

function finish(outcome: Outcome, before: Action[] = []): Result {
  const providerPaymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  return stay({ kind: 'follow', at: 'finished', providerPaymentId }, ...before, { do: 'finish', outcome });
}

/** РЕЗУЛЬТАТ as it stands now, for who opens the notification: the page of the payment itself says what was known then. */
function paidPage(source: Source, record: OrderRecord, { utcOffsetMinutes, nowMs }: Facts): { say?: Say } {
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

function alarm({ orderNumber }: Source, what: string): Action {
  return { do: 'alarm', text: `assist: order ${orderNumber}: ${what}` };
}

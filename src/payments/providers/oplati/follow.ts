/**
 * The watch list (oplati.md 8.2): a sale that was sent, and that 75 s of reports did not have, is looked for again. Found
 * paid, it is given back by the cancel machine. Only asks; always in the background.
 */

import type { Action, Machine, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome } from '../../outcome.ts';
import { watchPauseMs } from './pauses.ts';
import { isSourceRow, type Source, sourceOf } from './reversal.ts';
import { bestOf, surplusAlarm } from './rows.ts';
import type { OplatiSettings } from './settings.ts';
import { saleStatus } from './status.ts';
import { readReport, reportRequest } from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

interface Work extends Asking {
  attemptId: string;
  source: Source;
  looks: number;
  /** The pause before the next look. */
  pauseMs: number;
  /** The pauses that have passed: a clock that was put forward shortens nothing. */
  watchedMs: number;
  isAlarmed: boolean;
}

export type FollowState = { kind: 'follow' } & (
  | { at: 'watching'; work: Work }
  | { at: 'finished'; paymentId: string | null }
);

type Result = StepResult<FollowState>;

const GONE: Outcome = { kind: 'declined', code: 'notRegistered', say: null };

export const oplatiFollow: Machine<OplatiSettings, FollowState> = {
  begin(order, facts) {
    if (order.source === null) return finish(GONE, null);
    const { attemptId } = order;
    const always = { attemptId, source: sourceOf(order), isAlarmed: false };
    return rest({ ...NEVER_ASKED, ...always, looks: 0, pauseMs: 0, watchedMs: 0 }, facts);
  },

  step(state, input, facts) {
    if (state.at === 'finished') return { state, actions: [] };
    const { work } = state;
    if ('restarted' in input) return look(work, facts);
    if ('timer' in input) {
      return work.awaiting === null
        ? look({ ...work, watchedMs: work.watchedMs + work.pauseMs }, facts)
        : { state, actions: [] };
    }
    const answer = answerTo(work.awaiting, input);
    return answer === null ? { state, actions: [] } : judge({ ...work, awaiting: null }, answer, facts);
  },
};

/** The report of the shift in which the sale was sent. */
function look(work: Work, facts: Facts): Result {
  const asking = askAs(work, 'watch', facts.nowMs);
  const request = reportRequest(asking.awaiting, facts, work.source.shiftLabel);
  return watching({ ...work, ...asking, looks: work.looks + 1 }, send(request));
}

function judge(work: Work, answer: Answer, facts: Facts): Result {
  const report = typeof answer === 'object' ? readReport(answer) : null;
  if (report === null) return rest(work, facts);
  const { rows, unreadable } = report.rowsOf(work.source.orderNumber);
  const ours = rows.filter((row) => isSourceRow(work.source, row));
  const found = bestOf(ours);
  if (found === null) return rows.length + unreadable > 0 ? odd(work, facts) : missing(work, facts);
  const status = saleStatus(found.status, 0, false);
  if (status === 'pending') return rest(work, facts);
  if (status !== 'paid') return finish(GONE, null);
  const { paymentId } = found;
  return finish({ kind: 'approved', providerPaymentId: paymentId }, paymentId, surplusAlarm(ours));
}

function missing(work: Work, facts: Facts): Result {
  return work.watchedMs < facts.settings.watchForMs ? rest(work, facts) : finish(GONE, null);
}

/** Our number in other figures: somebody has to look (R5); an exact row is still waited for. */
function odd(work: Work, facts: Facts): Result {
  const result = rest({ ...work, isAlarmed: true }, facts);
  if (work.isAlarmed) return result;
  const text = `oplati: a late row of the report does not match order ${work.source.orderNumber}`;
  return { state: result.state, actions: [{ do: 'alarm', text }, ...result.actions] };
}

function rest(work: Work, { settings }: Facts): Result {
  const pauseMs = watchPauseMs(work.looks, settings, work.attemptId);
  return watching({ ...work, awaiting: null, pauseMs }, { do: 'sleep', ms: pauseMs });
}

function watching(work: Work, action: Action): Result {
  return { state: { kind: 'follow', at: 'watching', work }, actions: [action] };
}

function finish(outcome: Outcome, paymentId: string | null, before: Action[] = []): Result {
  return { state: { kind: 'follow', at: 'finished', paymentId }, actions: [...before, { do: 'finish', outcome }] };
}

/**
 * The watch list (oplati.md 8.2): a sale that was sent, and that 75 s of reports did not have, is looked for again. Found
 * paid, it is given back by the cancel machine. Only asks; always in the background.
 */
import type { Action, Machine, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { type Asking, askAs, growingPauseMs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import { withSurplus } from '../../kernel/surplus.ts';
import { type Finished, finished, pause, preceded, stay } from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import { isSourceRow, type Source, sourceOf } from './reversal.ts';
import { type OplatiSettings, watchPausesOf } from './settings.ts';
import { bestOf, saleStatus, surplusOf } from './status.ts';
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

export type FollowState = { kind: 'follow'; at: 'watching'; work: Work } | Finished<'follow'>;
type Result = StepResult<FollowState>;

const GONE: Outcome = { kind: 'declined', code: 'notRegistered', say: null };

export const oplatiFollow: Machine<OplatiSettings, FollowState> = {
  version: 1,

  begin: (order, facts) => (order.source === null ? finished('follow', GONE) : rest(neverLooked(order, facts), facts)),

  /** The days it was watched are forgotten with the state: it is watched for three more. */
  resume: (order, facts) => look(neverLooked(order, facts), facts),

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const { work } = state;
    if ('restarted' in input) {
      const rest = { ...work, askedAtMs: work.askedAtMs + input.restarted.clockShiftMs };
      return lookAgain(work.awaiting === null ? rest : { ...rest, pauseMs: 0 }, facts);
    }
    const isRested = work.awaiting === null;
    if ('timer' in input) return isRested ? lookAgain(work, facts) : stay(state);
    if ('askNow' in input) {
      const isSoon = facts.nowMs - work.askedAtMs < facts.settings.paymentPollMs;
      // The pauses grow anew.
      return isRested && !isSoon ? lookAgain({ ...work, looks: 0 }, facts) : stay(state);
    }
    const answer = answerTo(work.awaiting, input);
    return answer === null ? stay(state) : judge({ ...work, awaiting: null }, answer, facts);
  },
};

function neverLooked(order: Order, { nowMs }: Facts): Work {
  const { attemptId } = order;
  const never = { looks: 0, pauseMs: 0, watchedMs: 0, isAlarmed: false };
  return { ...NEVER_ASKED, askedAtMs: nowMs, attemptId, source: sourceOf(order), ...never };
}

/** The report of the shift in which the sale was sent. */
function look(work: Work, facts: Facts): Result {
  const asking = askAs(work, 'watch', facts.nowMs);
  const { shiftLabel, orderNumber } = work.source;
  const request = reportRequest(asking.awaiting, facts, shiftLabel, [orderNumber]);
  return watching({ ...work, ...asking, looks: work.looks + 1 }, send(request));
}

/** The pause is over, or was cut short: only what has passed of it counts. */
function lookAgain(work: Work, facts: Facts): Result {
  const passedMs = Math.min(work.pauseMs, Math.max(0, facts.nowMs - work.askedAtMs));
  return look({ ...work, watchedMs: work.watchedMs + passedMs }, facts);
}

function judge(work: Work, answer: Answer, facts: Facts): Result {
  const meaning = meaningOf(answer, readReport);
  if (meaning.is !== 'understood') return rest(work, facts);
  const { rows, unreadable } = meaning.told.rowsOf(work.source.orderNumber);
  const ours = rows.filter((row) => isSourceRow(work.source, row));
  const found = bestOf(ours);
  if (found === null) return rows.length + unreadable > 0 ? odd(work, facts) : missing(work, facts);
  const status = saleStatus(found.status, 0, false);
  if (status === 'pending') return rest(work, facts);
  if (status !== 'paid') return finished('follow', GONE);
  const { paymentId } = found;
  const approved: Outcome = { kind: 'approved', providerPaymentId: paymentId };
  return withSurplus(finished('follow', approved, paymentId), surplusOf(ours));
}

function missing(work: Work, facts: Facts): Result {
  return work.watchedMs < facts.settings.watchForMs ? rest(work, facts) : finished('follow', GONE);
}

/** Our number in other figures: somebody has to look (R5); an exact row is still waited for. */
function odd(work: Work, facts: Facts): Result {
  const text = `oplati: a late row of the report does not match order ${work.source.orderNumber}`;
  return preceded(work.isAlarmed ? [] : [{ do: 'alarm', text }], rest({ ...work, isAlarmed: true }, facts));
}

function rest(work: Work, { settings }: Facts): Result {
  const pauseMs = growingPauseMs(work.looks + 1, watchPausesOf(settings), work.attemptId);
  return watching({ ...work, awaiting: null, pauseMs }, pause(pauseMs));
}

function watching(work: Work, action: Action): Result {
  return stay({ kind: 'follow', at: 'watching', work }, action);
}

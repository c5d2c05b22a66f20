/**
 * Return by receipt (oplati.md 3.5, 8.2, 8.3): the request of a cancel, but in front of the cashier and never queued.
 * It is sent once in the life of an attempt: a partial refund that is repeated blindly could pay twice. What did not
 * leave, and what is proven absent, is repeated by the cashier under a new order number.
 */
import type { HttpReply, Input, Machine, Order, Restart, StepFacts, StepResult } from '../../driver.ts';
import { type Answer, answerTo, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { askAloud, openBox, type Question, type Questioned, stepQuestion, unanswered } from '../../kernel/question.ts';
import {
  disputed,
  type Finished,
  finished,
  freed,
  inStage,
  knowing,
  pause,
  preceded,
  show,
  stay,
} from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { checkPrompt, returnPrompt, unknownPrompt } from './prompts.ts';
import { beginReversal, isOurRow, type ReversalWork, returned, reversalIn, sentNumber } from './reversal.ts';
import { type OplatiSettings, pausesOf } from './settings.ts';
import {
  bestOf,
  isNeverPaid,
  leftAfter,
  NO_CONNECTION,
  NOT_REGISTERED,
  notAuthorised,
  notOurs,
  noUse,
  OVER_REFUND,
  REFUND_IMPOSSIBLE,
  refundRefused,
  refundRejected,
  reversalStatus,
  STILL_UNKNOWN,
  surplusAlarm,
} from './status.ts';
import {
  type PaymentInfo,
  readPaymentInfo,
  readRefusal,
  readReport,
  reportRequest,
  reversalRequest,
  stateRequest,
} from './wire.ts';

type Facts = StepFacts<OplatiSettings>;

interface Work extends ReversalWork, Questioned {
  /** What its absence is counted from: the POST. Null = nothing was sent yet. */
  postedAtMs: number | null;
  /** The POST is not answered yet; its late answer is worth as much as a report. */
  isPostOpen: boolean;
  /** Since when the cashier waits for status 0 to end. */
  pendingSinceMs: number;
  /** Look-ups of the payment's id that failed. */
  tries: number;
}

/**
 * - `finding`  the payment's id is looked up in the report
 * - `posting`  the POST is in flight
 * - `checking` it may have arrived; the report tells
 * - `polling`  the server has it, status 0
 */
type Working = { kind: 'refund'; at: 'finding' | 'posting' | 'checking' | 'polling'; work: Work };
export type RefundState = Working | Finished<'refund'>;
type Result = StepResult<RefundState>;

/** The tag of the POST: there is exactly one in the life of an attempt. */
const POST_TAG = 'refund';

export const oplatiRefund: Machine<OplatiSettings, RefundState> = {
  version: 1,

  begin(order, facts) {
    const state = nothingSent(order, facts.nowMs);
    const { source } = state.work;
    if (order.source === null) return refuse(state, REFUND_IMPOSSIBLE, 'names no payment');
    if (order.amountKopecks > source.amountKopecks) return finished('refund', OVER_REFUND);
    return source.paymentId === null ? find(state, facts) : post(state, source.paymentId, facts);
  },

  /** As after a lost answer. What was never sent is begun anew where somebody waits for it, and else not made. */
  resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
    if (!mayHaveMoved) return foreground ? oplatiRefund.begin(order, facts) : finished('refund', NO_CONNECTION);
    return startChecking(
      knowing(nothingSent(order, startedAtMs), { postedAtMs: facts.nowMs, isBackground: !foreground }),
      facts,
    );
  },

  step(state, input, facts) {
    if (state.at === 'finished') return stay(state);
    const posted = state.work.isPostOpen ? answerTo(POST_TAG, input) : null;
    if (posted !== null) return judgePost(state, posted, facts);
    if ('restarted' in input) return goOn(afterRestart(state, input.restarted), facts);
    switch (state.at) {
      case 'finding':
        return stepFinding(state, input, facts);
      case 'posting':
        // OPL-26 has no Esc: the request cannot be called back.
        return stay(state);
      case 'checking':
      case 'polling':
        return stepAsking(state, input, facts);
    }
  },
};

export function refundPhase(state: RefundState): 'intent' | 'sent' | 'pending' | 'unknown' {
  switch (state.at) {
    case 'finding':
      return 'intent';
    case 'posting':
      return 'sent';
    case 'polling':
      return 'pending';
    case 'checking':
      return 'unknown';
    case 'finished':
      return state.providerPaymentId === null ? 'intent' : 'sent';
  }
}

function nothingSent(order: Order, bornAtMs: number): Working {
  const nothing = { asksCashier: false, postedAtMs: null, isPostOpen: false, pendingSinceMs: 0, tries: 0 };
  return { kind: 'refund', at: 'finding', work: { ...beginReversal(order, bornAtMs), ...nothing } };
}

/** Nothing was sent, and somebody has to look why. */
function refuse({ work }: Working, outcome: Outcome, why: string): Result {
  return preceded([{ do: 'alarm', text: alarmOf(work, why) }], finished('refund', outcome));
}

function alarmOf({ order }: Work, why: string): string {
  return `oplati: refund ${order.orderNumber} ${why}`;
}

function afterRestart(state: Working, { clockShiftMs }: Restart): Working {
  const { postedAtMs, pendingSinceMs } = state.work;
  return knowing(state, {
    postedAtMs: postedAtMs === null ? null : postedAtMs + clockShiftMs,
    pendingSinceMs: pendingSinceMs + clockShiftMs,
  });
}

/** A POST of which nobody knows whether it left is looked for, never sent again (K28). */
function goOn(from: Working, facts: Facts): Result {
  const state = knowing(from, { asksCashier: false });
  switch (state.at) {
    case 'finding':
      return find(state, facts);
    case 'posting':
      return startChecking(state, facts);
    case 'checking':
    case 'polling':
      return askAloud(state, question(facts));
  }
}

// Which payment is it?

function find(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'find', facts.nowMs);
  const state = inStage(from, 'finding', asking);
  const { shiftLabel, orderNumber } = state.work.source;
  const request = reportRequest(asking.awaiting, facts, shiftLabel, [orderNumber]);
  return stay(state, ...show(state, returnPrompt(facts.settings.timeoutMs)), send(request));
}

function stepFinding(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  if ('timer' in input && work.awaiting === null) return find(state, facts);
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return stay(state);
  const meaning = meaningOf(answer, readReport, readRefusal);
  if (meaning.is === 'refused' && meaning.refusal.status === 401) {
    return finished('refund', notAuthorised(meaning.refusal));
  }
  if (meaning.is === 'understood') {
    const { rows, unreadable } = meaning.told.rowsOf(work.source.orderNumber);
    const paid = rows.filter((row) => isSource(work, row)).find((row) => !isNeverPaid(row));
    if (paid !== undefined) return post(state, paid.paymentId, facts);
    const isStrange = unreadable > 0 || rows.some((row) => !isSource(work, row));
    if (isStrange) {
      const outcome: Outcome = { kind: 'declined', code: 'rejected', say: notOurs(false) };
      return refuse(state, outcome, `: the row of payment ${work.source.orderNumber} is not ours`);
    }
    return refuse(state, REFUND_IMPOSSIBLE, `: payment ${work.source.orderNumber} was never made`);
  }
  // No money can move here, so it may simply be asked again.
  const tries = work.tries + 1;
  if (meaning.is === 'notSent' || tries >= facts.settings.harmlessTries) return finished('refund', noUse(answer));
  return stay(knowing(state, { tries, awaiting: null }), pause(facts.settings.retryPauseMs));
}

/** The payment's own row. Its sum is no less than what may still be given back of it. */
function isSource({ source }: Work, info: PaymentInfo): boolean {
  return (
    info.paymentType === source.paymentType &&
    info.orderNumber === source.orderNumber &&
    info.sumKopecks >= source.amountKopecks &&
    (source.paymentId === null || info.paymentId === source.paymentId)
  );
}

// The POST

/** The one request that gives money back: handed out here, once, and nowhere else. */
function post(from: Working, paymentId: string, facts: Facts): Result {
  const { order, source } = from.work;
  const sent = { awaiting: null, source: { ...source, paymentId }, postedAtMs: facts.nowMs, isPostOpen: true };
  const state = inStage(from, 'posting', sent);
  const request = reversalRequest(
    POST_TAG,
    facts,
    paymentId,
    order,
    sentNumber(order.orderNumber, source.orderNumber, facts.settings),
  );
  return stay(state, ...show(state, returnPrompt(facts.settings.timeoutMs)), send(request, 'money'));
}

/** The answer to the POST, in time or (after the cashier asked for the state) late. */
function judgePost(from: Working, answer: Answer, facts: Facts): Result {
  const state = knowing(from, { isPostOpen: false });
  // The report was faster: the server has it.
  if (state.work.providerPaymentId !== null) return stay(state);
  const meaning = meaningOf(answer, readPaymentInfo, readRefusal);
  switch (meaning.is) {
    case 'understood': {
      const info = meaning.told;
      if (isOurRow(state.work, info, facts.givenBackIds)) return settle(state, info, facts);
      return isUndone(state.work, info) ? finished('refund', returned(info.paymentId)) : dispute(state, facts);
    }
    case 'refused': {
      const { refusal } = meaning;
      return finished('refund', refusal.status === 401 ? notAuthorised(refusal) : refundRejected(refusal));
    }
    case 'notSent':
      return finished('refund', NO_CONNECTION);
    case 'lost':
    case 'notUnderstood':
    case 'tooLarge':
      return state.at === 'posting' ? startChecking(state, facts) : stay(state);
  }
}

/** A payment in status 0 is not reversed but cancelled as a whole: no row of ours, nothing was paid (13.7). */
function isUndone(work: Work, info: PaymentInfo): boolean {
  return isSource(work, info) && isNeverPaid(info) && info.sumKopecks === work.order.amountKopecks;
}

// What really happened?

function startChecking(from: Working, facts: Facts): Result {
  return askAloud(inStage(from, 'checking', { failures: 0 }), question(facts));
}

/** `checking` and `polling`: asked until it is decided. */
function stepAsking(state: Working, input: Input, facts: Facts): Result {
  const { asksCashier } = state.work;
  const isWaitingAnew = 'answer' in input && 'retry' in input.answer && asksCashier;
  const asked = isWaitingAnew ? knowing(state, { pendingSinceMs: facts.nowMs }) : state;
  return stepQuestion(asked, input, question(facts));
}

function question(facts: Facts): Question<Working, RefundState> {
  const { unreachableAfter } = facts.settings;
  return {
    ask: (state) => ask(state, facts),
    judge: (state, reply) =>
      state.at === 'polling' ? judgeState(state, reply, facts) : judgeReport(state, reply, facts),
    // OPL-26 while the server has it, OPL-29 while nobody knows.
    wait: (state) => waitFor(state, facts),
    wayOut: {
      box: (why) => unknownPrompt('возврата', why),
      unreachableAfter,
      ...leftAfter(facts.settings),
      money: 'refund',
      pauses: pausesOf(facts.settings),
    },
    nowMs: facts.nowMs,
  };
}

/** OPL-26 until the server ends it by itself, OPL-29 until its absence is proven. */
function waitFor({ at, work }: Working, { settings, nowMs }: Facts): Prompt {
  if (at === 'polling') return returnPrompt(Math.max(0, work.pendingSinceMs + settings.pinWaitMs - nowMs), true);
  const provenAtMs = (work.postedAtMs ?? nowMs) + settings.absenceProofMs + settings.paymentPollMs;
  return checkPrompt('возврата', Math.max(settings.timeoutMs, provenAtMs - nowMs));
}

function ask(from: Working, facts: Facts): Result {
  const { providerPaymentId, order, source } = from.work;
  if (from.at === 'polling' && providerPaymentId !== null) {
    const asking = askAs(from.work, 'state', facts.nowMs);
    return stay(knowing(from, asking), send(stateRequest(asking.awaiting, facts, providerPaymentId)));
  }
  const asking = askAs(from.work, 'report', facts.nowMs);
  const orderNumbers = [order.orderNumber, source.orderNumber];
  const request = reportRequest(asking.awaiting, facts, order.shiftLabel, orderNumbers);
  return stay(inStage(from, 'checking', asking), send(request));
}

/** `checking`: did the refund arrive? Null = the reply cannot be used. */
function judgeReport(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const { work } = state;
  const report = readReport(reply);
  if (report === null) return null;
  const ours = reversalIn(report, work, facts.givenBackIds);
  if (ours === 'strange') return dispute(state, facts);
  const row = bestOf(ours);
  if (row !== null) return preceded(surplusAlarm(ours), settle(state, row, facts));
  if (work.isDisputed) return unanswered(state, question(facts).wayOut);
  const undone = report.rowsOf(work.source.orderNumber).rows.find((info) => isUndone(work, info));
  if (undone !== undefined) return finished('refund', returned(undone.paymentId));
  const isProven = work.postedAtMs !== null && work.askedAtMs - work.postedAtMs >= facts.settings.absenceProofMs;
  if (isProven) return finished('refund', NOT_REGISTERED);
  return stay(knowing(state, { failures: 0 }), pause(facts.settings.paymentPollMs));
}

/** `polling`: status 0 until the server decides. */
function judgeState(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const info = readPaymentInfo(reply);
  if (info === null) return null;
  const isOurs = isOurRow(state.work, info) && info.paymentId === state.work.providerPaymentId;
  return isOurs ? settle(state, info, facts) : dispute(state, facts);
}

/** The status of a row that was proven ours decides. */
function settle(from: Working, info: PaymentInfo, facts: Facts): Result {
  const { paymentPollMs, pinWaitMs } = facts.settings;
  const status = reversalStatus(info.status, refundRefused);
  if (status !== 'pending') {
    return finished('refund', status === 'returned' ? returned(info.paymentId) : status, info.paymentId);
  }
  const state = inStage(from, 'polling', { awaiting: null, failures: 0, providerPaymentId: info.paymentId });
  if (from.at !== 'polling') {
    const next = knowing(state, { asksCashier: false, pendingSinceMs: facts.nowMs });
    return stay(next, ...show(next, waitFor(next, facts)), pause(paymentPollMs));
  }
  // The server ends status 0 by itself; should it not, the cashier is not held for ever.
  const waitedMs = facts.nowMs - from.work.pendingSinceMs;
  const opened =
    waitedMs >= 2 * pinWaitMs
      ? freed(state, STILL_UNKNOWN)
      : waitedMs >= pinWaitMs
        ? openBox(state, question(facts).wayOut, null)
        : stay(state);
  return stay(opened.state, ...opened.actions, pause(paymentPollMs));
}

/** The server names our number with other figures: nothing is believed, somebody has to look (R5). */
function dispute(from: Working, facts: Facts): Result {
  return disputed(inStage(from, 'checking', { asksCashier: false }), {
    say: notOurs(false),
    alarm: alarmOf(from.work, "does not match the server's row"),
    pauses: pausesOf(facts.settings),
  });
}

/** What really happened: the stages of a payment in which an answer was lost (oplati.md 8.2) or a cancel was sent (8.3). */

import type { HttpReply, Input, StepResult } from '../../driver.ts';
import { answerTo } from '../../kernel/answer.ts';
import { backOffMs } from './pauses.ts';
import {
  approve,
  askReport,
  askState,
  type ChargedState,
  dispute,
  type Facts,
  finish,
  inStage,
  isOurs,
  type PayState,
  pause,
  release,
  settle,
  show,
  startPolling,
  stay,
} from './pay-moves.ts';
import { checkPrompt, unknownPrompt } from './prompts.ts';
import { bestOf, surplusAlarm } from './rows.ts';
import { ALREADY_PAID, CANCELLED_BY_CASHIER, NOT_REGISTERED, reversalStatus, saleStatus } from './status.ts';
import { type PaymentInfo, REVERSAL_TYPE, readError, readPaymentInfo, readReport } from './wire.ts';

type Result = StepResult<PayState>;

/** `checking`: was the sale registered? Asked of the report until it is proven either way. */
export function stepChecking(state: ChargedState, input: Input, facts: Facts): Result {
  return stepQuestion(state, input, facts, askReport, judgeReport);
}

/** `checkingCancel`: what did the cancel do? Asked of the payment, then of the report for the reversal's own row. */
export function stepCheckingCancel(state: ChargedState, input: Input, facts: Facts): Result {
  return stepQuestion(state, input, facts, askAboutCancel, (from, reply) =>
    state.charged.awaiting?.startsWith('report') === true
      ? judgeReversalRow(from, reply, facts)
      : judgePayment(from, reply, facts),
  );
}

/**
 * A question that is repeated until it is answered, with the way out for the cashier: OPL-29 while it is asked, OPL-16
 * when nobody answers or Esc was pressed, then the background.
 * @param judge null = the reply cannot be used
 */
function stepQuestion(
  state: ChargedState,
  input: Input,
  facts: Facts,
  ask: (state: ChargedState, facts: Facts) => Result,
  judge: (state: ChargedState, reply: HttpReply, facts: Facts) => Result | null,
): Result {
  const { charged } = state;
  if ('timer' in input) return charged.awaiting === null ? ask(state, facts) : stay(state);
  if ('restarted' in input)
    return withCheckPrompt(ask(inStage(state, state.at, { ...charged, asksCashier: false }), facts));
  if ('cashier' in input) return leave(state);
  if ('answer' in input) {
    if (!charged.asksCashier || !('retry' in input.answer)) return stay(state);
    const next = inStage(state, state.at, { ...charged, asksCashier: false });
    return withCheckPrompt(charged.awaiting === null ? ask(next, facts) : stay(next));
  }
  const answer = answerTo(charged.awaiting, input);
  if (answer === null) return stay(state);
  const heard = inStage(state, state.at, { ...charged, awaiting: null });
  const judged = typeof answer === 'object' ? judge(heard, answer, facts) : null;
  return judged ?? unanswered(heard, facts);
}

function withCheckPrompt(result: Result): Result {
  if (!('charged' in result.state)) return result;
  return { state: result.state, actions: [...show(result.state, checkPrompt(true)), ...result.actions] };
}

/** Esc: first OPL-16 explains what leaving means, then the cashier is free and the asking goes on. */
function leave(state: ChargedState): Result {
  const { charged } = state;
  if (charged.isBackground) return stay(state);
  if (!charged.asksCashier) {
    return stay(inStage(state, state.at, { ...charged, asksCashier: true }), ...show(state, unknownPrompt()));
  }
  return stay(inStage(state, state.at, { ...charged, asksCashier: false, isBackground: true }), ...release(null));
}

function unanswered(state: ChargedState, facts: Facts): Result {
  const { charged, order } = state;
  const failures = charged.failures + 1;
  const tellsCashier = failures >= facts.settings.unreachableAfter && !charged.asksCashier && !charged.isBackground;
  const next = inStage(state, state.at, { ...charged, failures, asksCashier: charged.asksCashier || tellsCashier });
  return stay(
    next,
    ...(tellsCashier ? show(next, unknownPrompt()) : []),
    pause(backOffMs(failures, facts.settings, order.attemptId)),
  );
}

/** A good answer that does not decide yet. */
function askLater(state: ChargedState, facts: Facts): Result {
  return stay(inStage(state, state.at, { ...state.charged, failures: 0 }), pause(facts.settings.paymentPollMs));
}

function judgeReport(state: ChargedState, reply: HttpReply, facts: Facts): Result | null {
  const { charged, order } = state;
  const report = readReport(reply);
  if (report === null) return null;
  const { rows, unreadable } = report.rowsOf(order.orderNumber);
  const ours = bestOf(rows.filter((row) => isOurs(state, row, charged.paymentId)));
  if (ours !== null) {
    const settled = settle(state, ours, facts);
    const surplus = surplusAlarm(rows.filter((row) => isOurs(state, row, null)));
    return { state: settled.state, actions: [...surplus, ...settled.actions] };
  }
  if (rows.length + unreadable > 0) {
    return dispute(state, 'a row of the report', facts);
  }
  if (charged.isDisputed) return unanswered(state, facts);
  // A payment the server has named once cannot be absent; only its report can be late.
  if (charged.paymentId !== null) return askLater(state, facts);
  if (charged.refusal !== null) return finish(state, null, charged.refusal);
  const isProven = charged.askedAtMs - charged.chargedAtMs >= facts.settings.absenceProofMs;
  return isProven ? finish(state, null, { ...NOT_REGISTERED, follow: true }) : askLater(state, facts);
}

/** The answer to the cancel itself. */
export function stepCancelling(state: ChargedState, input: Input, facts: Facts): Result {
  const { charged } = state;
  if ('restarted' in input) return checkCancel(state, facts);
  const answer = answerTo(charged.awaiting, input);
  if (answer === null) return stay(state);
  // Not sent, or refused with an error body: the cancel was certainly not made.
  const isNotMade =
    answer === 'notSent' ||
    (typeof answer === 'object' && [400, 401, 404].includes(answer.status) && readError(answer) !== null);
  if (isNotMade) return checkCancel(inStage(state, state.at, { ...charged, reversal: null }), facts);
  const info = typeof answer === 'object' ? readPaymentInfo(answer) : null;
  if (info === null) return checkCancel(state, facts);
  const isOriginal = isOurs(state, info, charged.paymentId);
  if (isOriginal && saleStatus(info.status, state.mode, true) === CANCELLED_BY_CASHIER) {
    return finish(state, charged.paymentId, CANCELLED_BY_CASHIER);
  }
  if (isReversal(state, info)) {
    // The buyer was faster, and has his money back (O-15, race).
    if (reversalStatus(info.status) === 'returned') return finish(state, charged.paymentId, CANCELLED_BY_CASHIER);
  } else if (!isOriginal) {
    const next = checkCancel(state, facts);
    const text = `oplati: the answer to cancel ${charged.reversal?.orderNumber} is not ours`;
    return { state: next.state, actions: [{ do: 'alarm', text }, ...next.actions] };
  }
  return checkCancel(state, facts);
}

function isReversal({ order, charged }: ChargedState, info: PaymentInfo): boolean {
  return (
    info.paymentType === REVERSAL_TYPE &&
    info.orderNumber === charged.reversal?.orderNumber &&
    info.sumKopecks === order.amountKopecks &&
    info.paymentId !== charged.paymentId
  );
}

function checkCancel(from: ChargedState, facts: Facts): Result {
  return withCheckPrompt(
    askAboutCancel(inStage(from, 'checkingCancel', { ...from.charged, failures: 0, asksCashier: false }), facts),
  );
}

function askAboutCancel(state: ChargedState, facts: Facts): Result {
  const { paymentId } = state.charged;
  return paymentId === null ? askReport(state, facts) : askState(state, paymentId, facts);
}

function judgePayment(state: ChargedState, reply: HttpReply, facts: Facts): Result | null {
  const { charged, mode } = state;
  const info = readPaymentInfo(reply);
  if (info === null) return null;
  if (!isOurs(state, info, charged.paymentId)) return dispute(state, 'the state of the payment', facts);
  const status = saleStatus(info.status, mode, true);
  if (status === 'paid') {
    // Paid; whether it was also given back stands in the reversal's own row.
    return charged.reversal === null ? approve(state, info.paymentId, ALREADY_PAID) : askReport(state, facts);
  }
  if (status !== 'pending') return finish(state, info.paymentId, status);
  return isCancelSettled(state, facts) ? startPolling(state, facts) : askLater(state, facts);
}

function judgeReversalRow(state: ChargedState, reply: HttpReply, facts: Facts): Result | null {
  const { charged } = state;
  const report = readReport(reply);
  if (report === null || charged.paymentId === null || charged.reversal === null) return null;
  const { rows, unreadable } = report.rowsOf(charged.reversal.orderNumber);
  const row = bestOf(rows.filter((info) => isReversal(state, info)));
  if (row === null) {
    if (rows.length + unreadable > 0) return dispute(state, 'the row of the cancel', facts);
    return isCancelSettled(state, facts) ? approve(state, charged.paymentId, ALREADY_PAID) : askLater(state, facts);
  }
  switch (reversalStatus(row.status)) {
    case 'returned':
      return finish(state, charged.paymentId, CANCELLED_BY_CASHIER);
    case 'pending':
      return askLater(state, facts);
    default:
      return approve(state, charged.paymentId, ALREADY_PAID);
  }
}

/** True when a cancel whose answer was lost cannot arrive any more. */
function isCancelSettled({ charged }: ChargedState, { settings }: Facts): boolean {
  return charged.reversal === null || charged.askedAtMs - charged.reversal.sentAtMs >= settings.absenceProofMs;
}

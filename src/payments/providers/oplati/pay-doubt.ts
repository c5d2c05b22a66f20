/** What really happened: the stages of a payment in which an answer was lost (oplati.md 8.2) or a cancel was sent (8.3). */
import type { HttpReply, Input } from '../../driver.ts';
import { type Answer, meaningOf } from '../../kernel/answer.ts';
import { askAloud, type Question, stepQuestion, unanswered } from '../../kernel/question.ts';
import { withSurplus } from '../../kernel/surplus.ts';
import { inStage, knowing, pause, preceded, stay } from '../../kernel/undecided.ts';
import {
  approve,
  askAboutCancel,
  askReport,
  checkCancel,
  dispute,
  type Facts,
  finish,
  isOurs,
  type PayState,
  type Result,
  settle,
  startPolling,
  type Working,
  waitOf,
  wayOutOf,
} from './pay-state.ts';
import {
  ALREADY_PAID,
  bestOf,
  CANCELLED_BY_CASHIER,
  NOT_REGISTERED,
  reversalStatus,
  saleStatus,
  surplusOf,
} from './status.ts';
import { type PaymentInfo, REVERSAL_TYPE, readPaymentInfo, readRefusal, readReport } from './wire.ts';

/** No usable answer to the sale: the report is read at once (oplati.md 8.2). */
export function startChecking(from: Working, facts: Facts): Result {
  return askAloud(inStage(from, 'checking', { failures: 0 }), registered(facts));
}

/** `checking`: was the sale registered? Asked of the report until it is proven either way. */
export function stepChecking(state: Working, input: Input, facts: Facts): Result {
  return stepQuestion(state, input, registered(facts));
}

function registered(facts: Facts): Question<Working, PayState> {
  return {
    ...waitOf(facts),
    ask: (state) => askReport(state, facts),
    judge: (state, reply) => judgeReport(state, reply, facts),
    wayOut: wayOutOf(facts),
    nowMs: facts.nowMs,
  };
}

/** `checkingCancel`: what did the cancel do? */
export function stepCheckingCancel(state: Working, input: Input, facts: Facts): Result {
  const isReport = state.work.awaiting?.startsWith('report') === true;
  return stepQuestion<Working, PayState>(state, input, {
    ...waitOf(facts),
    ask: (from) => askAboutCancel(from, facts),
    judge: (from, reply) => (isReport ? judgeReversalRow(from, reply, facts) : judgePayment(from, reply, facts)),
    wayOut: wayOutOf(facts),
    nowMs: facts.nowMs,
  });
}

/** A good answer that does not decide yet. */
function askLater(state: Working, facts: Facts): Result {
  return stay(knowing(state, { failures: 0 }), pause(facts.settings.paymentPollMs));
}

function judgeReport(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const { work } = state;
  const report = readReport(reply);
  if (report === null) return null;
  const { rows, unreadable } = report.rowsOf(work.order.orderNumber);
  const ours = bestOf(rows.filter((row) => isOurs(state, row, work.providerPaymentId)));
  if (ours !== null) {
    return withSurplus(settle(state, ours, facts), surplusOf(rows.filter((row) => isOurs(state, row, null))));
  }
  if (rows.length + unreadable > 0) return dispute(state, 'a row of the report', rows, facts);
  if (work.isDisputed) return unanswered(state, wayOutOf(facts));
  // A payment the server has named once cannot be absent; only its report can be late.
  if (work.providerPaymentId !== null) return askLater(state, facts);
  if (work.refusal !== null) return finish(work.refusal);
  const isProven = work.askedAtMs - work.postedAtMs >= facts.settings.absenceProofMs;
  return isProven ? finish({ ...NOT_REGISTERED, follow: true }) : askLater(state, facts);
}

/** The answer to the cancel itself: but for a proof either way, the payment and the report tell. */
export function judgeCancel(from: Working, answer: Answer, facts: Facts): Result {
  const { providerPaymentId, reversal, mode } = from.work;
  const state = knowing(from, { awaiting: null });
  const meaning = meaningOf(answer, readPaymentInfo, readRefusal);
  switch (meaning.is) {
    case 'notSent':
    case 'refused':
      // It was certainly not made.
      return checkCancel(knowing(state, { reversal: null }), facts);
    case 'lost':
    case 'notUnderstood':
    case 'tooLarge':
      return checkCancel(state, facts);
    case 'understood':
      break;
  }
  const info = meaning.told;
  const isOriginal = isOurs(state, info, providerPaymentId);
  // The buyer was not there yet, or was faster and has his money back (O-15, race).
  const isCancelled = isReversal(state, info)
    ? reversalStatus(info.status) === 'returned'
    : isOriginal && saleStatus(info.status, mode, true) === CANCELLED_BY_CASHIER;
  if (isCancelled) return finish(CANCELLED_BY_CASHIER, providerPaymentId);
  const text = `oplati: the answer to cancel ${reversal?.orderNumbers[0]} is not ours`;
  const isStrange = !isOriginal && !isReversal(state, info);
  return preceded(isStrange ? [{ do: 'alarm', text }] : [], checkCancel(state, facts));
}

function isReversal({ work }: Working, info: PaymentInfo): boolean {
  return (
    info.paymentType === REVERSAL_TYPE &&
    work.reversal !== null &&
    // Which of the two numbers the server repeats is not published (oplati.md 3.5).
    [...work.reversal.orderNumbers, work.order.orderNumber].includes(info.orderNumber) &&
    info.sumKopecks === work.order.amountKopecks &&
    info.paymentId !== work.providerPaymentId
  );
}

function judgePayment(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const { mode, providerPaymentId, reversal } = state.work;
  const info = readPaymentInfo(reply);
  if (info === null) return null;
  if (!isOurs(state, info, providerPaymentId)) return dispute(state, 'the state of the payment', [info], facts);
  const status = saleStatus(info.status, mode, true);
  if (status === 'paid') {
    // Paid; whether it was also given back stands in the reversal's own row.
    return reversal === null ? stands(state, info.paymentId) : askReport(state, facts);
  }
  if (status !== 'pending') return finish(status, info.paymentId);
  return isCancelSettled(state, facts) ? startPolling(state, facts) : askLater(state, facts);
}

function judgeReversalRow(state: Working, reply: HttpReply, facts: Facts): Result | null {
  const { providerPaymentId, reversal } = state.work;
  const report = readReport(reply);
  if (report === null || providerPaymentId === null || reversal === null) return null;
  const named = reversal.orderNumbers.map((orderNumber) => report.rowsOf(orderNumber));
  const ofSale = report.rowsOf(state.work.order.orderNumber);
  const listed = [...named, ofSale].flatMap(({ rows }) => rows);
  const row = bestOf(listed.filter((info) => isReversal(state, info)));
  if (row === null) {
    const isStrange = named.some(({ rows, unreadable }) => rows.length + unreadable > 0);
    if (isStrange) return dispute(state, 'the row of the cancel', [], facts);
    return isCancelSettled(state, facts) ? stands(state, providerPaymentId) : askLater(state, facts);
  }
  switch (reversalStatus(row.status)) {
    case 'returned':
      return finish(CANCELLED_BY_CASHIER, providerPaymentId);
    case 'pending':
      return askLater(state, facts);
    default:
      return stands(state, providerPaymentId);
  }
}

/** The payment, whatever was cancelled. */
function stands({ work }: Working, paymentId: string): Result {
  return approve(paymentId, work.wantsCancel ? ALREADY_PAID : null);
}

/** True when a cancel whose answer was lost cannot arrive any more. */
function isCancelSettled({ work }: Working, { settings }: Facts): boolean {
  return work.reversal === null || work.askedAtMs - work.reversal.sentAtMs >= settings.absenceProofMs;
}

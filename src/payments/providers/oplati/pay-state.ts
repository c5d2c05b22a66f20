/** State of a payment from the moment money may have moved, and the moves between its stages. */
import type { Action, Order, Restart, StepFacts, StepResult } from '../../driver.ts';
import { askAs, send } from '../../kernel/asking.ts';
import type { Question, Questioned, WayOut } from '../../kernel/question.ts';
import {
  backOff,
  beginUndecided,
  disputed,
  type Finished,
  finished,
  freed,
  inStage,
  isHopeless,
  knowing,
  leftBecause,
  pause,
  preceded,
  show,
  stay,
} from '../../kernel/undecided.ts';
import type { Outcome, Say } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { checkPrompt, pendingPrompt, type QrState, qrPrompt, unknownPrompt } from './prompts.ts';
import { sentNumber } from './reversal.ts';
import { type Opening, type Session, sessionLeftMs } from './session.ts';
import { type OplatiMode, type OplatiSettings, pausesOf } from './settings.ts';
import { ALREADY_PAID, leftAfter, notOurs, STILL_UNKNOWN, saleStatus } from './status.ts';
import { type PaymentInfo, reportRequest, reversalRequest, SALE_TYPE, saleRequest, stateRequest } from './wire.ts';

export type Facts = StepFacts<OplatiSettings>;

/** What is known since `POST /pos/payments` was handed out. */
export interface Work extends Questioned {
  mode: OplatiMode;
  /** Null = it was opened by another version of the program. */
  session: Session | null;
  /** What its absence is counted from: the POST. */
  postedAtMs: number;
  /** The POST is not answered yet; its late answer is worth as much as a report. */
  isPostOpen: boolean;
  providerPaymentId: string | null;
  /** Since when the server says "in progress"; null = it never did. */
  pendingSinceMs: number | null;
  isEscOffered: boolean;
  /** Esc was pressed and its cancel is not settled. */
  wantsCancel: boolean;
  /** Cancels tried; each has an order number of its own. */
  cancels: number;
  /** A cancel that may still arrive; null = none, or proven not to have been made. `sentAtMs` as `postedAtMs`. */
  reversal: { orderNumbers: string[]; sentAtMs: number } | null;
  /** The server refused the sale (400): a good report without our row makes this the outcome. */
  refusal: Outcome | null;
}

/**
 * - `charging`       the POST is in flight
 * - `polling`        the server has it, status 0
 * - `checking`       it may have arrived; the report tells
 * - `cancelling`     the cancel is in flight
 * - `checkingCancel` it may have arrived; the payment, then the report tell
 */
type Stage = 'charging' | 'polling' | 'checking' | 'cancelling' | 'checkingCancel';

export type Working = { kind: 'pay'; at: Stage; work: Work };
export type PayState = { kind: 'pay'; at: 'opening'; order: Order; opening: Opening } | Working | Finished<'pay'>;
export type Result = StepResult<PayState>;

/** The tag of the sale: there is exactly one in the life of an attempt. */
export const SALE_TAG = 'charge';

/** The buyer is ready: the one request that takes his money. */
export function post(order: Order, mode: OplatiMode, session: Session, facts: Facts): Result {
  const state = newWork(order, mode, session, facts);
  return stay(
    state,
    ...show(state, buyerPrompt(state, 'QR-код отсканирован', facts)),
    send(saleRequest(SALE_TAG, facts, order, session.sessionId), 'money'),
  );
}

export function newWork(order: Order, mode: OplatiMode, session: Session | null, { nowMs }: Facts): Working {
  return {
    kind: 'pay',
    at: 'charging',
    work: {
      ...beginUndecided(order),
      asksCashier: false,
      mode,
      session,
      postedAtMs: nowMs,
      isPostOpen: true,
      providerPaymentId: null,
      pendingSinceMs: null,
      isEscOffered: false,
      wantsCancel: false,
      cancels: 0,
      reversal: null,
      refusal: null,
    },
  };
}

/** What is counted in 75 s (8.2) goes on with the time that has surely passed, whatever the clock was set to. */
export function afterRestart(state: Working, { clockShiftMs }: Restart): Working {
  const { postedAtMs, pendingSinceMs, reversal } = state.work;
  return knowing(state, {
    postedAtMs: postedAtMs + clockShiftMs,
    pendingSinceMs: pendingSinceMs === null ? null : pendingSinceMs + clockShiftMs,
    reversal: reversal === null ? null : { ...reversal, sentAtMs: reversal.sentAtMs + clockShiftMs },
  });
}

export function finish(outcome: Outcome, providerPaymentId: string | null = null): StepResult<Finished<'pay'>> {
  return finished('pay', outcome, providerPaymentId);
}

export function approve(paymentId: string, say: Say | null): StepResult<Finished<'pay'>> {
  return finish({ kind: 'approved', providerPaymentId: paymentId, ...(say === null ? {} : { say }) }, paymentId);
}

/** Everything the answer must repeat before it is believed (oplati.md 4; R5). */
export function isOurs({ work: { order } }: Working, info: PaymentInfo, paymentId: string | null): boolean {
  return (
    info.paymentType === SALE_TYPE &&
    info.sumKopecks === order.amountKopecks &&
    info.orderNumber === order.orderNumber &&
    (paymentId === null || info.paymentId === paymentId)
  );
}

/** The status of a row that was proven ours decides. */
export function settle(state: Working, info: PaymentInfo, facts: Facts): Result {
  const { wantsCancel, mode, reversal } = state.work;
  const known = knowing(state, { providerPaymentId: info.paymentId });
  const status = saleStatus(info.status, mode, wantsCancel);
  if (typeof status === 'object') return finish(status, info.paymentId);
  // Of what another version has cancelled nothing is known yet.
  if (reversal !== null) return checkCancel(known, facts);
  if (status === 'paid') return approve(info.paymentId, wantsCancel ? ALREADY_PAID : null);
  if (wantsCancel) return startCancel(known, info.paymentId, facts);
  return known.at === 'polling' ? keepPolling(known, facts) : startPolling(known, facts);
}

/** Status 0: the buyer is asked for his PIN; the server ends this by itself (oplati.md 8.1). */
export function startPolling(from: Working, facts: Facts): Result {
  const state = inStage(from, 'polling', {
    awaiting: null,
    failures: 0,
    asksCashier: false,
    wantsCancel: false,
    reversal: null,
    pendingSinceMs: from.work.pendingSinceMs ?? facts.nowMs,
  });
  return stay(state, ...showPending(state, facts), pause(facts.settings.paymentPollMs));
}

/** Still no final status: once the buyer had all the server's time, the hint offers Esc. @param isUnheard the question got no answer that is of use */
export function keepPolling(from: Working, facts: Facts, isUnheard = false): Result {
  const { pendingSinceMs, isEscOffered: wasOffered } = from.work;
  const isEscOffered = facts.nowMs - (pendingSinceMs ?? facts.nowMs) >= facts.settings.pinWaitMs;
  const { isBackground, failures } = from.work;
  // While the cashier waits it is asked for steadily: the server ends it soon.
  const isRare = isHopeless(from.work, !isBackground);
  const isSlower = isRare || (isUnheard && isBackground);
  const state = inStage(from, 'polling', { awaiting: null, isEscOffered, failures: isSlower ? failures + 1 : 0 });
  const news = isEscOffered && !wasOffered ? showPending(state, facts) : [];
  const sleep = backOff(state, pausesOf(facts.settings));
  // The server ends status 0 by itself; should it not, or not be heard, the cashier is not held for ever.
  const isOver = facts.nowMs - (pendingSinceMs ?? facts.nowMs) >= 2 * facts.settings.pinWaitMs;
  if ((!isOver && !isRare) || isBackground) return stay(state, ...news, sleep);
  const left = freed(state, leftBecause(state.work, STILL_UNKNOWN, 'payment'));
  return stay(left.state, ...left.actions, sleep);
}

export function showPending(state: Working, facts: Facts): Action[] {
  return show(state, buyerPrompt(state, 'Платеж ожидает подтверждения', facts));
}

/** Mode 2 keeps the panel to the end; the other modes wait in OPL-24. */
function buyerPrompt({ work }: Working, qrState: QrState, facts: Facts): Prompt {
  const { mode, session, pendingSinceMs, isEscOffered } = work;
  const { confirmTtlMs, timeoutMs } = facts.settings;
  const sessionMs = session === null ? timeoutMs : sessionLeftMs(session, facts);
  const leftMs = pendingSinceMs === null ? sessionMs : Math.max(0, pendingSinceMs + confirmTtlMs - facts.nowMs);
  return mode === 2 && session?.qr != null
    ? qrPrompt('payment', session.qr, qrState, leftMs, isEscOffered)
    : pendingPrompt('payment', leftMs, isEscOffered);
}

export function waitOf(facts: Facts): Pick<Question<Working, PayState>, 'wait'> {
  return { wait: (state) => checkingPrompt(state, facts) };
}

/** OPL-29: as long as it takes to prove that the sale, or its cancel, was not made. */
function checkingPrompt({ work: { postedAtMs, reversal } }: Working, { settings, nowMs }: Facts): Prompt {
  const provenAtMs = (reversal?.sentAtMs ?? postedAtMs) + settings.absenceProofMs + settings.paymentPollMs;
  return checkPrompt('оплаты', Math.max(settings.timeoutMs, provenAtMs - nowMs));
}

export function wayOutOf({ settings }: Facts): WayOut {
  return {
    box: (why) => unknownPrompt('оплаты', why),
    unreachableAfter: settings.unreachableAfter,
    ...leftAfter(settings),
    money: 'payment',
    pauses: pausesOf(settings),
  };
}

/** The report of the shift the attempt was made in. */
export function askReport(state: Working, facts: Facts): StepResult<Working> {
  const asking = askAs(state.work, 'report', facts.nowMs);
  const { order, reversal } = state.work;
  const orderNumbers = [order.orderNumber, ...(reversal?.orderNumbers ?? [])];
  return stay(knowing(state, asking), send(reportRequest(asking.awaiting, facts, order.shiftLabel, orderNumbers)));
}

/** State of the payment by the provider's id (3.4). */
export function askState(state: Working, paymentId: string, facts: Facts): StepResult<Working> {
  const asking = askAs(state.work, 'state', facts.nowMs);
  return stay(knowing(state, asking), send(stateRequest(asking.awaiting, facts, paymentId)));
}

/** Esc in status 0: a reversal of the full sum; what it did is read afterwards, payment wins (oplati.md 8.3, 13.7). */
export function startCancel(from: Working, paymentId: string, facts: Facts): Result {
  const cancels = from.work.cancels + 1;
  const { order } = from.work;
  const ownNumber = cancelOrderNumber(order.orderNumber, cancels);
  const orderNumber = sentNumber(ownNumber, order.orderNumber, facts.settings);
  const asking = askAs(from.work, 'cancel', facts.nowMs);
  const state = inStage(from, 'cancelling', {
    ...asking,
    providerPaymentId: paymentId,
    cancels,
    wantsCancel: true,
    reversal: { orderNumbers: [ownNumber], sentAtMs: facts.nowMs },
  });
  return stay(
    state,
    ...show(state, checkPrompt('оплаты', facts.settings.timeoutMs, true)),
    send(reversalRequest(asking.awaiting, facts, paymentId, order, orderNumber), 'money'),
  );
}

/** What did the cancel do? Asked of the payment, then of the report for the reversal's own row. */
export function checkCancel(from: Working, facts: Facts): StepResult<Working> {
  const state = inStage(from, 'checkingCancel', { failures: 0, asksCashier: false });
  return preceded(show(state, checkingPrompt(state, facts)), askAboutCancel(state, facts));
}

export function askAboutCancel(state: Working, facts: Facts): StepResult<Working> {
  const { providerPaymentId } = state.work;
  return providerPaymentId === null ? askReport(state, facts) : askState(state, providerPaymentId, facts);
}

/** oplati.md 13.11-12: every reversal has its own number, at most 36 characters. */
export function cancelOrderNumber(orderNumber: string, cancels: number): string {
  const prefix = `C${cancels}-`;
  return prefix + orderNumber.slice(-(36 - prefix.length));
}

/** Never approved; the report is asked for an exact row for ever (R5, K12, K20). */
export function dispute(from: Working, what: string, told: readonly PaymentInfo[], { settings }: Facts): Result {
  const { reversal, providerPaymentId, order } = from.work;
  // Of a cancel nothing can be told while the payment has no id: an exact row of it is waited for first.
  const stage = reversal === null || providerPaymentId === null ? 'checking' : 'checkingCancel';
  return disputed(inStage(from, stage, { asksCashier: false }), {
    say: notOurs(told.some(({ sumKopecks }) => sumKopecks !== order.amountKopecks)),
    alarm: `oplati: ${what} does not match order ${order.orderNumber}`,
    pauses: pausesOf(settings),
  });
}

/** State of a payment from the moment money may have moved, and the moves between its stages. */

import type { Action, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Asking, askAs, NEVER_ASKED, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { backOffMs } from './pauses.ts';
import { checkPrompt, pendingPrompt, type QrState, qrPrompt } from './prompts.ts';
import { type Opening, type Session, sessionLeftMs } from './session.ts';
import type { OplatiMode, OplatiSettings } from './settings.ts';
import { ALREADY_PAID, NOT_OURS, saleStatus } from './status.ts';
import { type PaymentInfo, reportRequest, reversalRequest, SALE_TYPE, saleRequest, stateRequest } from './wire.ts';

export type Facts = StepFacts<OplatiSettings>;

/** What is known since `POST /pos/payments` was handed out. */
export interface Charged extends Asking {
  session: Session;
  /** What its absence is counted from: the POST, or a start of the program after it. */
  chargedAtMs: number;
  /** The POST is not answered yet; its late answer is worth as much as a report. */
  isChargeOpen: boolean;
  paymentId: string | null;
  /** Since when the server says "in progress"; null = it never did. */
  pendingSinceMs: number | null;
  isEscOffered: boolean;
  /** Esc was pressed and its cancel is not settled. */
  cancelWanted: boolean;
  /** Cancels tried; each has an order number of its own. */
  cancels: number;
  /** A cancel that may still arrive; null = none, or proven not to have been made. `sentAtMs` as `chargedAtMs`. */
  reversal: { orderNumber: string; sentAtMs: number } | null;
  /** The server refused the sale (400): a good report without our row makes this the outcome. */
  refusal: Outcome | null;
  /** Questions without an answer, in a row. */
  failures: number;
  /** OPL-16 is on the screen. */
  asksCashier: boolean;
  /** `unknown` was reported: the cashier is free, no prompts any more. */
  isBackground: boolean;
  /** The server named our payment with another sum, type or number: from now on only an exact row is believed. */
  isDisputed: boolean;
}

export type ChargedStage = 'charging' | 'polling' | 'checking' | 'cancelling' | 'checkingCancel';

interface Always {
  kind: 'pay';
  order: Order;
  mode: OplatiMode;
}

export type PayState = Always &
  (
    | { at: 'opening'; opening: Opening }
    | { at: ChargedStage; charged: Charged }
    | { at: 'finished'; paymentId: string | null }
  );

export type ChargedState = Extract<PayState, { charged: Charged }>;
type Result = StepResult<PayState>;

/** The tag of the sale: there is exactly one in the life of an attempt. */
export const CHARGE_TAG = 'charge';

/** The buyer is ready: the one request that takes his money. */
export function charge(state: Always, session: Session, facts: Facts): Result {
  const charged: Charged = {
    ...NEVER_ASKED,
    session,
    chargedAtMs: facts.nowMs,
    isChargeOpen: true,
    paymentId: null,
    pendingSinceMs: null,
    isEscOffered: false,
    cancelWanted: false,
    cancels: 0,
    reversal: null,
    refusal: null,
    failures: 0,
    asksCashier: false,
    isBackground: false,
    isDisputed: false,
  };
  const next = inStage(state, 'charging', charged);
  return {
    state: next,
    actions: [
      ...show(next, buyerPrompt(next, 'QR-код отсканирован', facts)),
      send(saleRequest(CHARGE_TAG, facts, state.order, session.sessionId), 'money'),
    ],
  };
}

export function inStage(state: Always, stage: ChargedStage, charged: Charged): ChargedState {
  return { kind: 'pay', order: state.order, mode: state.mode, at: stage, charged };
}

/**
 * The clock may have been put forward while the program was down, so a difference of times from two of its lives proves
 * no absence (8.2): what is counted in 75 s begins anew.
 */
export function afterRestart(state: ChargedState, { nowMs }: Facts): ChargedState {
  const { reversal } = state.charged;
  return inStage(state, state.at, {
    ...state.charged,
    chargedAtMs: nowMs,
    reversal: reversal === null ? null : { ...reversal, sentAtMs: nowMs },
  });
}

/** A background attempt draws nothing. */
export function show(state: ChargedState, prompt: Prompt): Action[] {
  return state.charged.isBackground ? [] : [{ do: 'prompt', prompt }];
}

export function stay(state: PayState, ...actions: Action[]): Result {
  return { state, actions };
}

export function finish(state: Always, paymentId: string | null, outcome: Outcome): Result {
  const { kind, order, mode } = state;
  return { state: { kind, order, mode, at: 'finished', paymentId }, actions: [{ do: 'finish', outcome }] };
}

export function approve(state: Always, paymentId: string, say: Say | null): Result {
  return finish(state, paymentId, { kind: 'approved', providerPaymentId: paymentId, ...(say === null ? {} : { say }) });
}

/** Everything the answer must repeat before it is believed (oplati.md 4; R5). */
export function isOurs({ order }: Always, info: PaymentInfo, paymentId: string | null): boolean {
  return (
    info.paymentType === SALE_TYPE &&
    info.sumKopecks === order.amountKopecks &&
    info.orderNumber === order.orderNumber &&
    (paymentId === null || info.paymentId === paymentId)
  );
}

/** The status of a row that was proven ours decides. */
export function settle(state: ChargedState, info: PaymentInfo, facts: Facts): Result {
  const { charged } = state;
  const status = saleStatus(info.status, state.mode, charged.cancelWanted);
  if (status === 'paid') return approve(state, info.paymentId, charged.cancelWanted ? ALREADY_PAID : null);
  if (status !== 'pending') return finish(state, info.paymentId, status);
  const known = inStage(state, state.at, { ...charged, paymentId: info.paymentId });
  if (charged.cancelWanted) return startCancel(known, info.paymentId, facts);
  return known.at === 'polling' ? keepPolling(known, facts) : startPolling(known, facts);
}

/** Status 0: the buyer is asked for his PIN; the server ends this by itself (oplati.md 8.1). */
export function startPolling(from: ChargedState, facts: Facts): Result {
  const state = inStage(from, 'polling', {
    ...from.charged,
    awaiting: null,
    failures: 0,
    asksCashier: false,
    cancelWanted: false,
    reversal: null,
    pendingSinceMs: from.charged.pendingSinceMs ?? facts.nowMs,
  });
  return stay(state, ...showPending(state, facts), pause(facts.settings.paymentPollMs));
}

/** Still no final status: once the buyer had all the server's time, the hint offers Esc. */
export function keepPolling(from: ChargedState, facts: Facts): Result {
  const { charged } = from;
  const offersEsc = facts.nowMs - (charged.pendingSinceMs ?? facts.nowMs) >= facts.settings.pinWaitMs;
  const state = inStage(from, 'polling', { ...charged, awaiting: null, isEscOffered: offersEsc });
  const news = offersEsc && !charged.isEscOffered ? showPending(state, facts) : [];
  return stay(state, ...news, pause(facts.settings.paymentPollMs));
}

export function showPending(state: ChargedState, facts: Facts): Action[] {
  return show(state, buyerPrompt(state, 'Платеж ожидает подтверждения', facts));
}

/** Mode 2 keeps the panel to the end; the other modes wait in OPL-24. */
function buyerPrompt({ mode, charged }: ChargedState, qrState: QrState, facts: Facts): Prompt {
  const { session, pendingSinceMs, isEscOffered } = charged;
  const leftMs =
    pendingSinceMs === null
      ? sessionLeftMs(session, facts)
      : Math.max(0, pendingSinceMs + facts.settings.confirmTtlMs - facts.nowMs);
  return mode === 2 && session.qr !== null
    ? qrPrompt(session.qr, qrState, leftMs, isEscOffered)
    : pendingPrompt(leftMs, isEscOffered);
}

/** No usable answer to the sale: the report is read at once (oplati.md 8.2). */
export function startChecking(from: ChargedState, facts: Facts): Result {
  return askReport(
    inStage(from, 'checking', { ...from.charged, failures: 0, asksCashier: false }),
    facts,
    show(from, checkPrompt(true)),
  );
}

/** The report of the shift the attempt was made in. */
export function askReport(state: ChargedState, facts: Facts, before: Action[] = []): Result {
  const asking = askAs(state.charged, 'report', facts.nowMs);
  return stay(
    inStage(state, state.at, { ...state.charged, ...asking }),
    ...before,
    send(reportRequest(asking.awaiting, facts, state.order.shiftLabel)),
  );
}

/** State of the payment by the provider's id (3.4). */
export function askState(state: ChargedState, paymentId: string, facts: Facts, before: Action[] = []): Result {
  const asking = askAs(state.charged, 'state', facts.nowMs);
  return stay(
    inStage(state, state.at, { ...state.charged, ...asking }),
    ...before,
    send(stateRequest(asking.awaiting, facts, paymentId)),
  );
}

/** Esc in status 0: a reversal of the full sum; what it did is read afterwards, payment wins (oplati.md 8.3, 13.7). */
export function startCancel(from: ChargedState, paymentId: string, facts: Facts): Result {
  const cancels = from.charged.cancels + 1;
  const orderNumber = cancelOrderNumber(from.order.orderNumber, cancels);
  const asking = askAs(from.charged, 'cancel', facts.nowMs);
  const state = inStage(from, 'cancelling', {
    ...from.charged,
    ...asking,
    paymentId,
    cancels,
    cancelWanted: true,
    reversal: { orderNumber, sentAtMs: facts.nowMs },
  });
  return stay(
    state,
    ...show(state, checkPrompt(false)),
    send(reversalRequest(asking.awaiting, facts, paymentId, from.order, orderNumber), 'money'),
  );
}

/** oplati.md 13.11-12: every reversal has its own number, at most 36 characters. */
function cancelOrderNumber(orderNumber: string, cancels: number): string {
  const prefix = `C${cancels}-`;
  return prefix + orderNumber.slice(-(36 - prefix.length));
}

/**
 * The server speaks of our payment in other figures (R5, K12, K20): never approved, the cashier is told once, and the
 * report is asked for an exact row for ever.
 */
export function dispute(from: ChargedState, what: string, facts: Facts): Result {
  const { charged, order } = from;
  const failures = charged.failures + 1;
  const state = inStage(from, charged.reversal === null ? 'checking' : 'checkingCancel', {
    ...charged,
    awaiting: null,
    failures,
    asksCashier: false,
    isBackground: true,
    isDisputed: true,
  });
  const alarm: Action = { do: 'alarm', text: `oplati: ${what} does not match order ${order.orderNumber}` };
  return stay(
    state,
    ...(charged.isDisputed ? [] : [alarm]),
    ...(charged.isBackground ? [] : release(NOT_OURS)),
    pause(backOffMs(failures, facts.settings, order.attemptId)),
  );
}

/** Sets the cashier free; the machine goes on. */
export function release(say: Say | null): Action[] {
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome: { kind: 'unknown', say } },
  ];
}

export function pause(ms: number): Action {
  return { do: 'sleep', ms };
}

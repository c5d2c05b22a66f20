/** State of a cancel or refund, and how it ends or goes on behind the cashier's back. */

import type { Action, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Asking, askAs, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import { backOffMs } from './pauses.ts';
import { waitPrompt } from './prompts.ts';
import type { AssistSettings } from './settings.ts';
import type { Source } from './source.ts';
import { abortRequest, cancelRequest, externalRefundIdOf, type Fault, loginRequest, resultRequest } from './wire.ts';

export type Facts = StepFacts<AssistSettings>;

export interface Work extends Asking {
  operation: 'cancel' | 'refund';
  order: Order;
  source: Source;
  startedAtMs: number;
  /** Cancel operations that were there before ours: whatever else appears is ours. Null = not read yet. */
  known: string[] | null;
  /** Since when nobody knows what became of the latest request; null = none was sent that may have arrived. */
  postedAtMs: number | null;
  /** It was refused: the outcome when the order shows no operation of ours. */
  refusal: Outcome | null;
  /** The order was given up, and is read to see what came of it. */
  hasAborted: boolean;
  failures: number;
  isBackground: boolean;
  isAlarmed: boolean;
}

/**
 * - `reading`   the order is read: what stands there, and did ours arrive?
 * - `posting`   the cancel is in flight
 * - `loggingIn`, `aborting` the order was never paid and is given up (assist.md 3.5)
 */
export type Stage = 'reading' | 'posting' | 'loggingIn' | 'aborting';

export type ReversalState = { kind: 'reversal' } & (
  | { at: Stage; work: Work }
  | { at: 'finished'; paymentId: string | null; wasPosted: boolean }
);

export type Working = Extract<ReversalState, { work: Work }>;
export type Result = StepResult<ReversalState>;

const LINK_LOST: Say = { number: 'AS-23' };

export function inStage(at: Stage, work: Work): Working {
  return { kind: 'reversal', at, work };
}

/** AS-37 with the reason. */
export function refused(text: string): Outcome {
  return { kind: 'declined', code: 'rejected', say: { number: 'AS-37', text } };
}

export function refusedBy({ first, second, text }: Fault): Outcome {
  return refused(text === '' ? `${first}/${second}` : text);
}

export const NOT_SENT: Outcome = { kind: 'notSent', say: { number: 'AS-37', text: 'Нет соединения с сервером' } };
export const NOT_AUTHORISED: Outcome = { kind: 'declined', code: 'notAuthorised', say: { number: 'AS-38' } };

/** @param paymentId of the operation that proves it; null when there was nothing to give back */
export function returned(paymentId: string | null): Outcome {
  return { kind: 'approved', providerPaymentId: paymentId };
}

export function read(from: Working, facts: Facts): Result {
  const { work } = from;
  const asking = askAs(work, 'result', facts.nowMs);
  const { source, startedAtMs } = work;
  const sinceMs = source.offlineSinceMs ?? dayOf(source.orderNumber) ?? startedAtMs;
  const { settings, nowMs } = facts;
  const request = resultRequest(asking.awaiting, source.orderNumber, { sinceMs, nowMs }, settings);
  return waiting(inStage('reading', { ...work, ...asking }), send(request));
}

/** Our numbers begin with the day of the sale: an old one is out of the server's own window (assist.md 3.3). */
function dayOf(orderNumber: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})_/.exec(orderNumber);
  const dayMs = match === null ? Number.NaN : Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  return Number.isNaN(dayMs) ? null : dayMs;
}

/** The same id however often it is asked for: the server answers a repeat with what it has done already (3.4). */
export function post(from: Working, billNumber: string, facts: Facts): Result {
  const { work } = from;
  const asking = askAs(work, 'cancel', facts.nowMs);
  const { amountKopecks, orderNumber } = work.order;
  const source = { ...work.source, billNumber };
  const reversal = { billNumber, amountKopecks, externalRefundId: externalRefundIdOf(orderNumber) };
  const request = cancelRequest(asking.awaiting, reversal, facts.settings);
  return waiting(inStage('posting', { ...work, ...asking, source, refusal: null }), send(request, 'money'));
}

export function login(from: Working, facts: Facts): Result {
  const asking = askAs(from.work, 'login', facts.nowMs);
  const state = inStage('loggingIn', { ...from.work, ...asking });
  return waiting(state, send(loginRequest(asking.awaiting, facts.settings)));
}

/** The token goes from one answer into one request, and into no state. */
export function abort(from: Working, token: string, facts: Facts): Result {
  const asking = askAs(from.work, 'abort', facts.nowMs);
  const { orderNumber } = from.work.source;
  const state = inStage('aborting', { ...from.work, ...asking });
  return waiting(state, send(abortRequest(asking.awaiting, orderNumber, token, facts.settings)));
}

/** The cashier waits for a cancel as long as it goes well; a refund she may leave once it may have arrived. */
function waiting(state: Working, ...actions: Action[]): Result {
  const { isBackground, operation, postedAtMs } = state.work;
  if (isBackground) return { state, actions };
  const cancellable = operation === 'refund' && postedAtMs !== null;
  return { state, actions: [{ do: 'prompt', prompt: waitPrompt('Ассист', cancellable) }, ...actions] };
}

export function finish(state: Working, outcome: Outcome, before: Action[] = []): Result {
  const paymentId = outcome.kind === 'approved' ? outcome.providerPaymentId : null;
  return {
    state: { kind: 'reversal', at: 'finished', paymentId, wasPosted: state.work.postedAtMs !== null },
    actions: [...before, { do: 'finish', outcome }],
  };
}

/** A good answer that does not decide yet. */
export function soon({ work }: Working, facts: Facts): Result {
  const state = inStage('reading', { ...work, awaiting: null, failures: 0 });
  return { state, actions: [{ do: 'sleep', ms: facts.settings.settlePollMs }] };
}

/** No link, or nothing to be done yet: the cashier is set free once, the rest is done with growing pauses. */
export function later(from: Working, facts: Facts, say: Say = LINK_LOST): Result {
  const failures = from.work.failures + 1;
  const state = inStage('reading', { ...from.work, awaiting: null, failures, hasAborted: false, isBackground: true });
  const pauseMs = backOffMs(failures, facts.settings, from.work.order.attemptId);
  return { state, actions: [...release(from, say), { do: 'sleep', ms: pauseMs }] };
}

export function release({ work }: Working, say: Say | null): Action[] {
  if (work.isBackground) return [];
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome: { kind: 'unknown', say } },
  ];
}

/** Somebody has to look. Nothing of what was said is believed. */
export function dispute({ work }: Working, why: string, facts: Facts): Result {
  const result = later(inStage('reading', { ...work, isAlarmed: true }), facts, {
    number: 'AS-41',
    text: 'ответ сервера не относится к заказу',
  });
  return work.isAlarmed ? result : { ...result, actions: [alarm(work, why), ...result.actions] };
}

export function alarm({ order, source }: Work, why: string): Action {
  return { do: 'alarm', text: `assist: reversal ${order.orderNumber} of ${source.orderNumber}: ${why}` };
}

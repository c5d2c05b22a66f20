/** The moves of a payment that hand out a request. They judge nothing. */

import type { Action } from '../../driver.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { type Always, beginSent, type Facts, inStage, type Result, type SentState, stay } from './pay-state.ts';
import { showView } from './pay-view.ts';
import { abortRequest, cashRequest, createRequest, loginRequest, resultRequest } from './wire.ts';

/** СБП: the one request that creates the order. */
export function create(from: Always, facts: Facts): Result {
  const asking = askAs({ asked: 0, awaiting: null, askedAtMs: 0 }, 'create', facts.nowMs);
  const state = inStage(from, 'creating', beginSent('sbp', facts, asking));
  const request = createRequest(asking.awaiting, { ...from.order, email: from.email }, facts.settings);
  return stay(state, ...showView(state, facts), send(request, 'money'));
}

/** Cash: the buyer has paid, the server is told. */
export function register(from: Always, receivedKopecks: number, facts: Facts): Result {
  return sendCash(inStage(from, 'registering', beginSent('cash', facts, { receivedKopecks })), facts);
}

/** The result has been read and has no order: the same number may be told once more (assist.md 12.7). */
export function registerAgain(from: SentState, facts: Facts): Result {
  return sendCash(inStage(from, 'registering', { ...from.sent, doubt: null }), facts);
}

function sendCash(from: SentState, facts: Facts): Result {
  const { sent, order, email } = from;
  const asking = askAs(sent, 'cash', facts.nowMs);
  const state = inStage(from, 'registering', { ...sent, ...asking });
  const request = cashRequest(asking.awaiting, { ...order, email }, sent.sentAtMs, facts.settings);
  return stay(state, ...showView(state, facts), send(request, 'money'));
}

/** The one question about an order, in `polling` and `rereading`. */
export function ask(from: SentState, facts: Facts, before: Action[] = []): Result {
  const { sent, order } = from;
  const asking = askAs(sent, 'result', facts.nowMs);
  const { settings, nowMs } = facts;
  const request = resultRequest(asking.awaiting, order.orderNumber, { sinceMs: sent.sentAtMs, nowMs }, settings);
  return stay(inStage(from, from.at, { ...sent, ...asking }), ...before, send(request));
}

/** First step of giving an unpaid order up (assist.md 3.5). Cancelled is only what the server says is cancelled. */
export function startAbort(from: SentState, facts: Facts): Result {
  const asking = askAs(from.sent, 'login', facts.nowMs);
  const state = inStage(from, 'loggingIn', { ...from.sent, ...asking, view: 'main', abortedAtMs: facts.nowMs });
  return stay(state, ...showView(state, facts), send(loginRequest(asking.awaiting, facts.settings)));
}

/** Second step. The token goes from one answer into one request, and into no state. */
export function abort(from: SentState, token: string, facts: Facts): Result {
  const asking = askAs(from.sent, 'abort', facts.nowMs);
  const state = inStage(from, 'aborting', { ...from.sent, ...asking });
  return stay(state, send(abortRequest(asking.awaiting, from.order.orderNumber, token, facts.settings)));
}

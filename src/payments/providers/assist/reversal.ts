/**
 * Taking a payment back, all or a part of it (assist.md 3.4, 7). The order is read first: its state tells what can be
 * done, and its cancel operations are remembered, so that ours is recognised when its answer was lost.
 */

import type { Input, Machine, Order } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { NEVER_ASKED } from '../../kernel/asking.ts';
import { missedInMs } from './pauses.ts';
import type { AssistRecalled } from './recall.ts';
import {
  abort,
  alarm,
  dispute,
  type Facts,
  finish,
  inStage,
  later,
  login,
  NOT_AUTHORISED,
  NOT_SENT,
  post,
  type Result,
  type ReversalState,
  read,
  refused,
  refusedBy,
  release,
  returned,
  soon,
  type Work,
  type Working,
} from './reversal-state.ts';
import type { AssistSettings } from './settings.ts';
import { type Source, sourceOf } from './source.ts';
import { isRefusal, isSuccess, reasonOf, whyDoubtful } from './status.ts';
import {
  CANCEL_OPERATION,
  CURRENCY,
  type Operation,
  type OrderRecord,
  plain,
  readAccessToken,
  readCancelled,
  readFault,
  readResult,
} from './wire.ts';

const NO_SOURCE: Source = {
  orderNumber: '',
  amountKopecks: 0,
  billNumber: null,
  email: '',
  prepaidKopecks: 0,
  means: null,
  offlineSinceMs: null,
  mayBeTold: true,
  isReversal: false,
};
const NO_SUCH_ORDER = 'Платежа с такими параметрами не существует';
const NOT_DELIVERED = 'Заказ ещё не передан в Ассист';

function machineOf(operation: Work['operation']): Machine<AssistSettings, ReversalState, AssistRecalled> {
  return {
    version: 1,
    begin: (order, facts) => beginWith(newWork(operation, order, facts), facts),
    step: (state, input, facts) => (state.at === 'finished' ? { state, actions: [] } : step(state, input, facts)),

    /**
     * As after a lost answer, sent just now. What stood in the order before ours is gone with the state: known are the operations
     * of this register's other refunds (`givenBackIds`), and a repeat has the same `ExternalRefundID`.
     */
    resume(order, facts, { mayHaveMoved, foreground, startedAtMs }) {
      const work = { ...newWork(operation, order, facts), startedAtMs, isBackground: !foreground };
      return beginWith(mayHaveMoved ? { ...work, known: [], postedAtMs: facts.nowMs } : work, facts);
    },
  };
}

function newWork(operation: Work['operation'], order: Order<AssistRecalled>, { nowMs }: Facts): Work {
  return {
    ...NEVER_ASKED,
    operation,
    order,
    source: sourceOf(order) ?? NO_SOURCE,
    startedAtMs: nowMs,
    known: null,
    postedAtMs: null,
    refusal: null,
    hasAborted: false,
    failures: 0,
    isBackground: false,
    isAlarmed: false,
  };
}

function beginWith(work: Work, facts: Facts): Result {
  const { order, source } = work;
  const state = inStage('reading', work);
  if (source === NO_SOURCE) return finish(state, refused(NO_SUCH_ORDER), [alarm(work, 'it names no payment')]);
  if (source.isReversal) return finish(state, refused('Возврат отменить нельзя'));
  if (order.amountKopecks > source.amountKopecks) return finish(state, refused('Сумма больше остатка оплаты'));
  return read(state, facts);
}

/** While the receipt is open: owed to the buyer, goes on by itself until it is done. */
export const assistCancel = machineOf('cancel');
/** By the receipt of the sale. */
export const assistRefund = machineOf('refund');

function step(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  // A request of which nobody knows whether it left is first looked for (K17, K28).
  if ('restarted' in input) return read(afterRestart(state, facts), facts);
  if ('timer' in input) {
    const leftMs = missedInMs(work, facts);
    return leftMs === 0 ? read(afterPost(state, facts), facts) : { state, actions: [{ do: 'sleep', ms: leftMs }] };
  }
  if ('cashier' in input) return leave(state);
  const answer = answerTo(work.awaiting, input);
  if (answer === null) return { state, actions: [] };
  const heard = inStage(state.at, { ...work, awaiting: null });
  switch (heard.at) {
    case 'reading':
      return judgeOrders(heard, answer, facts);
    case 'posting':
      return judgePost(heard, answer, facts);
    case 'loggingIn': {
      const token = typeof answer === 'object' ? readAccessToken(answer) : null;
      return token === null ? later(heard, facts) : abort(heard, token, facts);
    }
    case 'aborting':
      // Whatever it says: the order decides.
      return read(inStage('reading', { ...heard.work, hasAborted: true }), facts);
  }
}

/** Esc: a refund that may have arrived goes on behind the cashier's back. */
function leave(state: Working): Result {
  const { work } = state;
  const canLeave = work.operation === 'refund' && work.postedAtMs !== null && !work.isBackground;
  if (!canLeave) return { state, actions: [] };
  return { state: inStage(state.at, { ...work, isBackground: true }), actions: release(state, { number: 'AS-23' }) };
}

/** A cancel in flight may arrive from now on. */
function afterPost(state: Working, { nowMs }: Facts): Working {
  return state.at === 'posting' ? inStage('reading', { ...state.work, postedAtMs: nowMs }) : state;
}

/** The clock may have been set while the program was away: what is not there yet is waited for anew. */
function afterRestart(from: Working, facts: Facts): Working {
  const state = afterPost(from, facts);
  const { postedAtMs } = state.work;
  return inStage(state.at, { ...state.work, postedAtMs: postedAtMs === null ? null : facts.nowMs });
}

// The order

function judgeOrders(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  const orders = typeof answer === 'object' ? readResult(answer, facts.settings) : null;
  if (orders === null) return unread(state, answer, facts);
  if (orders.some(({ orderNumber }) => orderNumber !== work.source.orderNumber)) {
    return dispute(state, 'the number of another order', facts);
  }
  const order = orderAmong(orders, work.source);
  if (order === null) return orders.length > 0 ? dispute(state, 'another bill number', facts) : missing(state, facts);
  const doubt = whyDoubtful(order, facts.settings) ?? (isBigEnough(order, work) ? null : 'another sum');
  if (doubt !== null) return dispute(state, doubt, facts);
  const ours = newOperation(order, work, facts);
  return ours === null ? judgeState(state, order, facts) : finish(state, returned(ours.billNumber));
}

/** Its bill number is known, or it is the one with the money. */
function orderAmong(orders: OrderRecord[], { billNumber }: Source): OrderRecord | null {
  if (billNumber !== null) return orders.findLast((order) => plain(order.billNumber) === billNumber) ?? null;
  const holdsMoney = ({ state }: OrderRecord) => state === 'Approved' || state === 'PartialCanceled';
  return orders.findLast(holdsMoney) ?? orders.at(-1) ?? null;
}

/** Parts may have been given back before: the order is no smaller than what is left of it. */
function isBigEnough(order: OrderRecord, { source }: Work): boolean {
  return order.amountKopecks >= source.amountKopecks;
}

/**
 * A cancel operation of our sum that was not there before ours was sent (assist.md 7), and that is not another attempt's:
 * while this one was undecided, a person may have had the money given back once more.
 */
function newOperation(order: OrderRecord, work: Work, facts: Facts): Operation | null {
  if (work.known === null || work.postedAtMs === null) return null;
  const taken = [...work.known, ...(facts.givenBackIds ?? [])];
  return order.operations.find((one) => isDone(one, work) && !taken.includes(one.billNumber)) ?? null;
}

function isDone(one: Operation, { order }: Work): boolean {
  const isOurSum = one.amountKopecks === order.amountKopecks && one.currency === CURRENCY;
  return one.type === CANCEL_OPERATION && isSuccess(one.responseCode) && isOurSum;
}

function judgeState(from: Working, order: OrderRecord, facts: Facts): Result {
  const { operation, postedAtMs } = from.work;
  switch (order.state) {
    case 'Approved':
    case 'PartialCanceled':
      return postedAtMs === null ? firstPost(from, order, facts) : absent(from, order, facts);
    case 'In Process':
      return operation === 'cancel' ? giveUp(from, facts) : finish(from, refused('Оплата заказа ещё обрабатывается'));
    case 'Canceled':
      // All of it is back with the buyer, whoever did it.
      if (operation === 'cancel') return finish(from, returned(null));
      return postedAtMs === null ? finish(from, refused('Заказ уже отменён полностью')) : absent(from, order, facts);
    case 'Declined':
    case 'Timeout':
      return operation === 'cancel' ? finish(from, returned(null)) : finish(from, refused('Заказ не оплачен'));
    case 'Delayed':
    case 'PartialApproved':
    case 'PartialDelayed':
    case null:
      return dispute(from, `state ${order.state ?? 'nobody knows'}`, facts);
  }
}

function firstPost(from: Working, order: OrderRecord, facts: Facts): Result {
  const { work } = from;
  const known = order.operations.filter(({ type }) => type === CANCEL_OPERATION).map((one) => one.billNumber);
  return post(inStage('posting', { ...work, known }), plain(order.billNumber), facts);
}

/** Sent, and the order shows nothing of it: refused, not there yet, or to be sent again under the same id. */
function absent(state: Working, order: OrderRecord, facts: Facts): Result {
  const { refusal, postedAtMs, askedAtMs } = state.work;
  if (refusal !== null) return finish(state, refusal);
  if (postedAtMs !== null && askedAtMs - postedAtMs < facts.settings.settleMs) return soon(state, facts);
  return order.state === 'Canceled'
    ? finish(state, refused('Заказ уже отменён полностью'))
    : post(state, plain(order.billNumber), facts);
}

/** Never paid: given up, and read again; when it is as open as before, once more after a pause. */
function giveUp(state: Working, facts: Facts): Result {
  return state.work.hasAborted ? later(state, facts) : login(state, facts);
}

function missing(state: Working, facts: Facts): Result {
  const { work } = state;
  const text = work.source.offlineSinceMs === null ? NO_SUCH_ORDER : NOT_DELIVERED;
  if (work.operation === 'refund') return finish(state, refused(text));
  // Cash that was taken without a link: first the server must hear of it.
  if (work.source.offlineSinceMs !== null) return later(state, facts, { number: 'AS-37', text });
  return dispute(state, 'the server has no such order', facts);
}

function unread(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  if (work.operation === 'cancel' || work.isBackground) return later(state, facts);
  const failures = work.failures + 1;
  const isOver = failures >= facts.settings.unreachableAfter || answer === 'notSent';
  if (isOver) return work.postedAtMs === null ? finish(state, NOT_SENT) : later(state, facts);
  const next = soon(state, facts);
  return { state: inStage('reading', { ...work, awaiting: null, failures }), actions: next.actions };
}

// The answer to the cancel

function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const { work } = state;
  if (answer === 'notSent') {
    const isUntouched = work.operation === 'refund' && work.postedAtMs === null;
    return isUntouched ? finish(state, NOT_SENT) : later(state, facts);
  }
  const sent = afterPost(state, facts);
  if (answer === 'lost') return check(sent, facts);
  const order = readCancelled(answer, facts.settings);
  if (order !== null) return judgeCancelled(sent, order, facts);
  const fault = readFault(answer);
  if (fault === null || answer.status >= 500) return check(sent, facts);
  if (answer.status === 401 || answer.status === 403) {
    // In the background the money is owed and the cashier has gone: the settings will be put right.
    return work.isBackground || work.postedAtMs !== null ? later(state, facts) : finish(state, NOT_AUTHORISED);
  }
  const isRefused = fault.first === '5' || fault.first === '10';
  // What was refused may be there already: "more than the rest" after a lost answer.
  return isRefused ? read(inStage('reading', { ...sent.work, refusal: refusedBy(fault) }), facts) : check(sent, facts);
}

function judgeCancelled(state: Working, order: OrderRecord, facts: Facts): Result {
  const { work } = state;
  const isOurs = order.orderNumber === work.source.orderNumber && plain(order.billNumber) === work.source.billNumber;
  const doubt = isOurs && isBigEnough(order, work) ? whyDoubtful(order, facts.settings) : 'another order';
  if (doubt !== null) return dispute(state, doubt, facts);
  const isReversed = order.state === 'Canceled' || order.state === 'PartialCanceled';
  const ours = newOperation(order, work, facts);
  if (isReversed && ours !== null) return finish(state, returned(ours.billNumber));
  const last = order.operations.findLast(({ type }) => type === CANCEL_OPERATION);
  if (last !== undefined && isRefusal(last.responseCode)) {
    const refusal = refused(reasonOf(last.responseCode, last.customerMessage || last.message));
    return read(inStage('reading', { ...work, refusal }), facts);
  }
  return check(state, facts);
}

/** It may have arrived. A cancel goes on in the background, the refund's cashier waits. */
function check(state: Working, facts: Facts): Result {
  return read(inStage('reading', { ...state.work, failures: 0 }), facts);
}

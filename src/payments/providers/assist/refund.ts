/** Return by the receipt of the sale, and the one request that gives money back (assist.md 3.4). */
import { type Answer, meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { inStage, knowing } from '../../kernel/undecided.ts';
import { CANCEL_OPERATION, type OrderRecord, plain, readCancelled } from './answers.ts';
import {
  afterPost,
  dispute,
  type Facts,
  finish,
  isBigEnough,
  later,
  newOperation,
  notThere,
  type Result,
  read,
  returned,
  reversalBy,
  type Working,
  waiting,
} from './reversal.ts';
import { isRefusal, NOT_AUTHORISED, notDelivered, notRefunded, notReturned, reasonOf, unanswered } from './status.ts';
import { reversalRefusalIn, whyDoubtful } from './verdict.ts';
import { cancelRequest, externalRefundIdOf } from './wire.ts';

export const assistRefund = reversalBy({
  isOwed: false,
  post,
  judgePost,
  judgeUnpaid(state, order, facts) {
    if (order.state === 'In Process') return finish(state, notReturned('Оплата заказа ещё обрабатывается', true));
    if (order.state !== 'Canceled') return finish(state, notReturned('Заказ не оплачен', true));
    const waits = state.work.postedAtMs === null ? null : notThere(state, facts);
    return waits ?? finish(state, notReturned('Заказ уже отменён полностью', true));
  },
  judgeMissing: (state) => finish(state, notReturned(notDelivered(state.work.source), true)),
  // Nothing of a paid order is given up.
  judgeAbort: (state, _, facts) => read(state, facts),
});

/** The same id however often it is asked for: the server answers a repeat with what it has done already (3.4). */
export function post(from: Working, billNumber: string, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const { order, source } = from.work;
  const asking = askAs(from.work, 'cancel', nowMs);
  const externalRefundId = externalRefundIdOf(order.orderNumber);
  const reversal = { billNumber, amountKopecks: order.amountKopecks, externalRefundId };
  const state = inStage(from, 'posting', { ...asking, source: { ...source, billNumber }, refusal: null });
  return waiting(state, facts, send(cancelRequest(asking.awaiting, reversal, settings), 'money'));
}

export function judgePost(state: Working, answer: Answer, facts: Facts): Result {
  const { isOwed, isBackground, postedAtMs } = state.work;
  const meaning = meaningOf(
    answer,
    (reply) => readCancelled(reply, facts.settings),
    (reply) => reversalRefusalIn(reply, !isOwed),
  );
  const posted = afterPost(state, facts);
  switch (meaning.is) {
    case 'understood':
      return judgeCancelled(posted, meaning.told, facts);
    case 'refused':
      // What was refused may be there already: "more than the rest" after a lost answer.
      if (meaning.refusal !== NOT_AUTHORISED) return read(knowing(posted, { refusal: meaning.refusal }), facts);
      // In the background the money is owed and the cashier has gone: the settings will be put right.
      return isBackground || postedAtMs !== null
        ? later(state, facts, NOT_AUTHORISED.say)
        : finish(state, NOT_AUTHORISED);
    case 'notSent':
      return !isOwed && postedAtMs === null
        ? finish(state, notRefunded(answer))
        : later(state, facts, unanswered(answer));
    case 'notUnderstood':
    case 'tooLarge':
    case 'lost':
      return check(posted, facts);
  }
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
  if (last === undefined || !isRefusal(last.responseCode)) return check(state, facts);
  const reason = reasonOf(last.responseCode, last.customerMessage || last.message);
  return read(knowing(state, { refusal: notReturned(reason, !state.work.isOwed) }), facts);
}

/** It may have arrived. A cancel goes on in the background, the refund's cashier waits. */
function check(state: Working, facts: Facts): Result {
  return read(knowing(state, { failures: 0 }), facts);
}

/**
 * Taking a payment back while its receipt is open: owed to the buyer, so it goes on by itself until it is done. A paid order is
 * given back by the request of `refund.ts`, one that was never paid is given up by its number (assist.md 3.5).
 */
import { meaningOf } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { inStage, knowing } from '../../kernel/undecided.ts';
import { readAccessToken } from './answers.ts';
import { judgePost, post } from './refund.ts';
import {
  dispute,
  type Facts,
  finish,
  later,
  type Result,
  read,
  returned,
  reversalBy,
  type Working,
  waiting,
} from './reversal.ts';
import { notDelivered, TRIED_AGAIN, unanswered } from './status.ts';
import { abortRequest, loginRequest } from './wire.ts';

export const assistCancel = reversalBy({
  isOwed: true,
  post,
  judgePost,
  judgeUnpaid(state, order, facts) {
    // All of it is back with the buyer, whoever did it, or never left him.
    if (order.state !== 'In Process') return finish(state, returned(null));
    // Read again after it was given up, it is as open as before: once more after a pause.
    return state.work.hasAborted ? later(state, facts, TRIED_AGAIN) : login(state, facts);
  },
  judgeMissing(state, facts) {
    const { source } = state.work;
    if (source.offlineSinceMs === null) return dispute(state, 'the server has no such order', facts);
    // Cash that was taken without a link: first the server must hear of it.
    return later(state, facts, {
      number: 'AS-37',
      text: notDelivered(source),
      params: { 'о чем': 'Отмена в очереди' },
    });
  },
  judgeAbort(state, answer, facts) {
    // Whatever the abort says: the order decides.
    if (state.at === 'aborting') return read(knowing(state, { hasAborted: true }), facts);
    const meaning = meaningOf(answer, readAccessToken);
    return meaning.is === 'understood' ? abort(state, meaning.told, facts) : later(state, facts, unanswered(answer));
  },
});

function login(from: Working, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const asking = askAs(from.work, 'login', nowMs);
  return waiting(inStage(from, 'loggingIn', asking), facts, send(loginRequest(asking.awaiting, settings)));
}

/** The token goes from one answer into one request, and into no state. */
function abort(from: Working, token: string, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const asking = askAs(from.work, 'abort', nowMs);
  const request = abortRequest(asking.awaiting, from.work.source.orderNumber, token, settings);
  return waiting(inStage(from, 'aborting', asking), facts, send(request));
}

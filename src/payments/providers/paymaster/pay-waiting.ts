/** The bill is there: its link, the buyer, the cashier's boxes, and the end after a cancel (paymaster.md 8.1, 8.3, 11). */

import type { HttpReply, Input } from '../../driver.ts';
import { answerTo } from '../../kernel/answer.ts';
import {
  ask,
  type BillState,
  type Facts,
  inStage,
  pause,
  type Result,
  settle,
  shown,
  startCancel,
  stay,
  unanswered,
  undecided,
  warn,
  withBill,
} from './pay-moves.ts';
import { INVALID_OPERATION } from './status.ts';
import { readPayment, readProblem, readStickerPayload } from './wire.ts';

/** An open bill that was just made or found. A link nobody can see is no link: then it is cancelled (8.2.2). */
export function adopt(state: BillState, facts: Facts): Result {
  const { paymentId, cancel, isBackground, isDisputed, qr, link, stickerId } = state.bill;
  if (paymentId === null || isDisputed) return undecided(state, facts);
  if (cancel !== null || isBackground) return startCancel(state, paymentId, facts);
  if (link !== null || qr === 'plate') return startWaiting(state, facts);
  if (stickerId !== null && facts.settings.payloadFallback) {
    return shown(inStage(state, 'linking', state.bill), facts, (next) => ask(next, facts));
  }
  return cancelUnseen(state, paymentId, facts);
}

function cancelUnseen(state: BillState, paymentId: string, facts: Facts): Result {
  return startCancel(withBill(state, { cancel: 'noLink' }), paymentId, facts);
}

function startWaiting(from: BillState, facts: Facts): Result {
  const next = inStage(from, 'waiting', { ...from.bill, awaiting: null });
  return shown(next, facts, (state) => stay(state, pause(state, facts)));
}

/** A question that is repeated until its answers decide; a late answer to an older one is none. */
export function stepQuestion(
  state: BillState,
  input: Input,
  facts: Facts,
  judge: (heard: BillState, reply: HttpReply, facts: Facts) => Result,
): Result {
  const { bill } = state;
  if ('timer' in input) {
    const warned = warn(state, facts);
    if (bill.awaiting !== null) return stay(warned.state, ...warned.actions);
    const asked = ask(warned.state, facts);
    return stay(asked.state, ...warned.actions, ...asked.actions);
  }
  const answer = answerTo(bill.awaiting, input);
  if (answer === null) return stepCashier(state, input, facts);
  const heard = withBill(state, { awaiting: null });
  return typeof answer === 'object' ? judge(heard, answer, facts) : unanswered(heard, facts);
}

/** `linking`, `waiting` and `ending`: until the bill is final. */
export function stepAsking(state: BillState, input: Input, facts: Facts): Result {
  return stepQuestion(state, input, facts, state.at === 'linking' ? judgeSticker : judgeBill);
}

function judgeSticker(state: BillState, reply: HttpReply, facts: Facts): Result {
  const payload = readStickerPayload(reply);
  const { paymentId } = state.bill;
  if (paymentId === null) return unanswered(state, facts);
  if (typeof payload === 'string') return startWaiting(withBill(state, { link: payload, failures: 0 }), facts);
  // The server knows no link of this plate, now or later.
  const isRefused = payload === null || readProblem(reply) !== null;
  return isRefused ? cancelUnseen(state, paymentId, facts) : unanswered(state, facts);
}

function judgeBill(state: BillState, reply: HttpReply, facts: Facts): Result {
  const payment = readPayment(reply);
  // paymaster.md 7: whatever goes wrong with this question, the payment stays pending; also 404 and 401.
  if (payment === null) return unanswered(state, facts);
  return settle(state, payment, facts, (open) => stillOpen(open, facts));
}

function stillOpen(state: BillState, facts: Facts): Result {
  const { bill } = state;
  if (state.at !== 'ending' || bill.isDisputed || bill.paymentId === null) return undecided(state, facts);
  if (bill.isBackground) {
    // Read open once more: the cancel may be repeated, and is followed by a GET again.
    return bill.isReadOpen
      ? startCancel(state, bill.paymentId, facts)
      : undecided(withBill(state, { isReadOpen: true }), facts);
  }
  if (!bill.hasCancelLeft) return startCancel(state, bill.paymentId, facts);
  const tells = bill.isCancelRefused && !bill.isReadOpen;
  const next = withBill(state, { isReadOpen: true, ...(tells ? { box: 'buyerPays' as const } : {}) });
  if (!tells) return undecided(next, facts);
  return shown(next, facts, (told) => undecided(told, facts));
}

/** The answer to the PUT decides nothing; a refusal is remembered for what it says about the buyer. */
export function stepCancelling(state: BillState, input: Input, facts: Facts): Result {
  const answer = answerTo(state.bill.awaiting, input);
  if (answer === null) return stay(state);
  if (answer === 'notSent') {
    // No request yet: it is made when a reading shows that the link is back and the bill still open.
    return unanswered(inStage(state, 'ending', { ...state.bill, awaiting: null, hasCancelLeft: false }), facts);
  }
  const problem = typeof answer === 'object' ? readProblem(answer) : null;
  const isCancelRefused = problem?.code === INVALID_OPERATION;
  return ask(inStage(state, 'ending', { ...state.bill, awaiting: null, isCancelRefused }), facts);
}

/** What the cashier does while the machine asks. */
export function stepCashier(state: BillState, input: Input, facts: Facts): Result {
  const { bill } = state;
  if (bill.isBackground) return stay(state);
  const isEsc = 'cashier' in input && input.cashier === 'cancel';
  const given = 'answer' in input ? input.answer : {};
  const unbox = () => shown(withBill(state, { box: null }), facts, (next) => stay(next));
  // PM-10, after the box that stands; whoever pressed Esc meanwhile needs no QR any more.
  if ('notPrinted' in given && state.at === 'waiting' && bill.qr === 'printed') {
    return shown(withBill(state, { qr: 'failed' }), facts, (next) => stay(next));
  }
  switch (bill.box) {
    case 'noLink':
      return 'retry' in given ? pollAgain(state, facts) : isEsc ? cancelByCashier(state, facts) : stay(state);
    case 'onScreen':
      if ('ok' in given) return shown(withBill(state, { box: null, qr: 'screen' }), facts, (next) => stay(next));
      return isEsc ? cancelByCashier(state, facts) : stay(state);
    case 'buyerPays':
      return isEsc || 'ok' in given ? unbox() : stay(state);
    case null:
      return isEsc ? cancelByCashier(state, facts) : stay(state);
  }
}

/** `Повторить`: the bill stands on the screen again, and is asked for at once. */
function pollAgain(state: BillState, facts: Facts): Result {
  return shown(withBill(state, { box: null }), facts, (next) =>
    next.bill.awaiting === null && next.at !== 'creating' ? ask(next, facts) : stay(next),
  );
}

/** Esc, or `Отменить`. Without an id there is nothing to cancel yet: the list or the POST's answer brings it. */
function cancelByCashier(state: BillState, facts: Facts): Result {
  const { bill } = state;
  if (bill.isBackground || bill.cancel !== null) return stay(state);
  const wanted = withBill(state, { cancel: 'cashier', box: null });
  if (bill.paymentId !== null) return startCancel(wanted, bill.paymentId, facts);
  return shown(wanted, facts, (next) => stay(next));
}

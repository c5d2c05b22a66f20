/**
 * PM-11: the plate still carries an older unpaid amount (K13). Our own POST made nothing; what this till left there is
 * found, cancelled and read until it is final, so that the next try succeeds. A bill of anybody else is never touched.
 */

import type { HttpReply, Input, Order } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import {
  alarm,
  type BillState,
  type Facts,
  finish,
  inStage,
  type OldBill,
  type Result,
  shown,
  sleep,
  stay,
  withBill,
} from './pay-moves.ts';
import { paymentStatus, STICKER_BUSY } from './status.ts';
import { cancelRequest, listRequest, type Payment, readPayment, readPaymentPage, stateRequest } from './wire.ts';

/** The POST was refused while a plate is set up. */
export function beginClearing(from: BillState, facts: Facts): Result {
  const oldBill: OldBill = {
    paymentId: null,
    orderNumber: '',
    wasCancelled: false,
    isSeen: false,
    untilMs: facts.nowMs + facts.settings.graceMs,
  };
  const next = inStage(from, 'clearing', { ...from.bill, awaiting: null, cancel: null, listing: null, oldBill });
  return shown(next, facts, (state) => askOld(state, oldBill, facts));
}

export function stepClearing(state: BillState, input: Input, facts: Facts): Result {
  const { oldBill, awaiting } = state.bill;
  if (oldBill === null) return finish(state, STICKER_BUSY);
  if ('restarted' in input) {
    // K32: the wait begins anew, whatever the clock says now.
    const anew: OldBill = { ...oldBill, untilMs: facts.nowMs + facts.settings.graceMs };
    return shown(withBill(state, { listing: null, oldBill: anew }), facts, (next) => askOld(next, anew, facts));
  }
  if ('timer' in input) return awaiting === null ? askOld(state, oldBill, facts) : stay(state);
  const answer = answerTo(awaiting, input);
  if (answer === null) return stay(state);
  const heard = withBill(state, { awaiting: null });
  if (awaiting?.startsWith('cancel') === true) return askOld(heard, oldBill, facts);
  return oldBill.paymentId === null
    ? judgeList(heard, oldBill, answer, facts)
    : judgeOld(heard, oldBill, answer, facts);
}

/** The list while the bill is looked for, then the bill itself. */
function askOld(state: BillState, { paymentId }: OldBill, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const { startedAtMs } = state.bill;
  if (paymentId !== null) {
    const asking = askAs(state.bill, 'state', nowMs);
    return stay(withBill(state, asking), send(stateRequest(asking.awaiting, settings, paymentId)));
  }
  const listing = state.bill.listing ?? {
    askedAtMs: nowMs,
    endMs: nowMs + settings.listSlackMs,
    cursor: null,
    pages: 0,
  };
  const asking = askAs(state.bill, 'list', nowMs);
  const startMs = startedAtMs - settings.stickerLifeMs - settings.listSlackMs;
  const request = listRequest(asking.awaiting, settings, { startMs, endMs: listing.endMs }, listing.cursor);
  return stay(withBill(state, { ...asking, listing }), send(request));
}

function judgeList(state: BillState, old: OldBill, answer: Answer, facts: Facts): Result {
  const { bill, order } = state;
  const page = typeof answer === 'object' ? readPaymentPage(answer) : null;
  if (page === null || bill.listing === null) return again(withBill(state, { listing: null }), old, facts);
  const open = page.rows.flatMap(({ object }) =>
    object !== null && isOnPlate(bill.stickerId, object) ? [object] : [],
  );
  const isSeen = old.isSeen || open.length > 0;
  const mine = open.find((payment) => isOfThisTill(order, payment));
  if (mine !== undefined && mine.orderNumber !== order.orderNumber) {
    const found: OldBill = { ...old, paymentId: mine.id, orderNumber: mine.orderNumber, isSeen, wasCancelled: true };
    const asking = askAs(bill, 'cancel', facts.nowMs);
    return stay(
      withBill(state, {
        ...asking,
        listing: null,
        oldBill: { ...found, untilMs: facts.nowMs + facts.settings.graceMs },
      }),
      send(cancelRequest(asking.awaiting, facts.settings, mine.id)),
    );
  }
  const seen: OldBill = { ...old, isSeen };
  if (page.cursor !== null && facts.nowMs < old.untilMs) {
    const listing = { ...bill.listing, cursor: page.cursor, pages: bill.listing.pages + 1 };
    return askOld(withBill(state, { listing, oldBill: seen }), seen, facts);
  }
  return finish(state, isSeen ? STICKER_BUSY : (bill.refusal ?? STICKER_BUSY));
}

/** Unpaid, by СБП, and on this plate: a bill that names none may be of a register of our number in another shop. */
function isOnPlate(stickerId: string | null, payment: Payment): boolean {
  const status = paymentStatus(payment);
  return typeof status === 'string' && status !== 'paid' && payment.stickerId === stickerId;
}

/** Order numbers of this till begin with its register number; the plate tells the shop. */
function isOfThisTill({ seller }: Order, { orderNumber }: Payment): boolean {
  return orderNumber.startsWith(`${seller.registerNumber}-`);
}

function judgeOld(state: BillState, old: OldBill, answer: Answer, facts: Facts): Result {
  const payment = typeof answer === 'object' ? oldPayment(old, answer) : null;
  if (payment === null) return again(state, old, facts);
  const status = paymentStatus(payment);
  if (typeof status === 'object') return finish(state, STICKER_BUSY);
  if (status !== 'paid') return again(state, old, facts);
  // Its own attempt, if there is one, learns it by itself; if there is none, somebody has to look.
  const result = finish(state, STICKER_BUSY);
  return stay(result.state, alarm(`the old bill ${old.orderNumber} of this plate was paid`), ...result.actions);
}

function oldPayment(old: OldBill, reply: HttpReply): Payment | null {
  const payment = readPayment(reply);
  return payment !== null && payment.id === old.paymentId && payment.orderNumber === old.orderNumber ? payment : null;
}

/** Asked once more, but the cashier does not wait for ever: nothing of his own is at stake. */
function again(state: BillState, old: OldBill, facts: Facts): Result {
  if (facts.nowMs < old.untilMs) return stay(state, sleep(facts.settings.pollMs));
  const isFound = old.paymentId !== null;
  const result = finish(state, isFound || old.isSeen ? STICKER_BUSY : (state.bill.refusal ?? STICKER_BUSY));
  const text = `the old bill ${old.orderNumber} of this plate is not proven to be cancelled`;
  return isFound ? stay(result.state, alarm(text), ...result.actions) : result;
}

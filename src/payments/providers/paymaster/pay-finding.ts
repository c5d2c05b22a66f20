/** A lost answer to `POST /payments` (paymaster.md 8.2): the list of the shop tells whether there is a bill of ours. */

import type { HttpReply, Input } from '../../driver.ts';
import { askAs, send } from '../../kernel/asking.ts';
import type { Outcome } from '../../outcome.ts';
import {
  absentFromMs,
  alarm,
  ask,
  type BillState,
  dispute,
  endOf,
  type Facts,
  finish,
  giveUpAtMs,
  inStage,
  isClockBack,
  isOurs,
  pause,
  type Result,
  release,
  settle,
  shown,
  stay,
  unanswered,
  undecided,
  withBill,
} from './pay-moves.ts';
import { adopt, stepQuestion } from './pay-waiting.ts';
import { CANCELLED_BY_CASHIER, NOT_REGISTERED, paymentStatus } from './status.ts';
import { createRequest, type Payment, readPaymentPage } from './wire.ts';

/** A cursor that never ends proves nothing. */
const MOST_PAGES = 200;

/** The same key and the same bytes, however often (8.2.3). */
export function post(from: BillState, facts: Facts): Result {
  const { bill, order } = from;
  const asking = askAs(bill, 'create', facts.nowMs);
  const next = inStage(from, 'creating', {
    ...bill,
    ...asking,
    awaiting: null,
    postTag: asking.awaiting,
    postedAtMs: facts.nowMs,
    doubtSinceMs: facts.nowMs,
    posts: bill.posts + 1,
    goodLists: 0,
    listing: null,
  });
  const request = createRequest(asking.awaiting, facts.settings, order.orderNumber, bill.body);
  return shown(next, facts, (state) => stay(state, send(request, 'money')));
}

/** No usable answer to the POST: the list is read at once (8.2). */
export function startFinding(from: BillState, facts: Facts): Result {
  const next = inStage(from, 'finding', { ...from.bill, awaiting: null, listing: null, goodLists: 0 });
  return shown(next, facts, (state) => ask(state, facts));
}

export function stepFinding(state: BillState, input: Input, facts: Facts): Result {
  return stepQuestion(state, input, facts, judgePage);
}

function judgePage(state: BillState, reply: HttpReply, facts: Facts): Result {
  const { bill, order } = state;
  const page = readPaymentPage(reply);
  const { listing } = bill;
  if (page === null || listing === null) return unanswered(state, facts);
  const named = page.rows.filter(({ owner }) => owner === order.orderNumber);
  const ours = named.flatMap(({ object }) => (object !== null && isOurs(state, object, facts) ? [object] : []));
  const best = bestOf(ours);
  if (best !== null) {
    const found = withBill(state, { listing: null, goodLists: 0 });
    const result = settle(found, best, facts, (known) => adopt(known, facts));
    // Only a server that does not honour the key can do that.
    const rows = ours.map(({ id, status }) => `${id} ${status}`).join(', ');
    const twice = alarm(`order ${order.orderNumber} stands ${ours.length} times in the list: ${rows}`);
    return ours.length > 1 ? stay(result.state, twice, ...result.actions) : result;
  }
  if (named.length > 0) return dispute(state, facts);
  if (page.cursor === null) return absent(withBill(state, { listing: null }), listing.askedAtMs, facts);
  if (listing.pages >= MOST_PAGES) return unanswered(state, facts);
  return ask(withBill(state, { listing: { ...listing, cursor: page.cursor, pages: listing.pages + 1 } }), facts);
}

/** Should the number stand twice, the row with the money is the truth, then the one that can still be paid. */
function bestOf(rows: Payment[]): Payment | null {
  const paid = rows.find((row) => paymentStatus(row) === 'paid');
  return paid ?? rows.find((row) => typeof paymentStatus(row) === 'string') ?? rows.at(-1) ?? null;
}

/** A whole list without our number. */
function absent(from: BillState, askedAtMs: number, facts: Facts): Result {
  const { nowMs, settings } = facts;
  const goodLists = from.bill.goodLists + 1;
  const state = withBill(from, { goodLists, failures: 0 });
  const { bill } = state;
  // Nobody ever saw the link of a dynamic QR. A plate may still get the amount, and somebody may pay it (sbp-qr.md 5).
  const isUnseen = bill.stickerId === null;
  const isOver = nowMs >= giveUpAtMs(bill, facts);
  const isFree = bill.isBackground || isClockBack(bill, facts) || (isOver && !isUnseen);
  const later = () => (isFree ? undecided(state, facts) : stay(state, pause(state, facts)));
  if (bill.isDisputed) return later();
  // 8.2.4: the bill's life is over, nothing that is still on its way can be paid.
  if (askedAtMs >= absentFromMs(bill, facts)) return finish(state, endOfAbsence(state));
  const isSettled = goodLists >= 2 && askedAtMs - bill.doubtSinceMs >= settings.settleMs;
  if (!isSettled) return later();
  if (bill.refusal !== null) return finish(state, endOf(bill, bill.refusal));
  if (isOver && isUnseen) return finish(state, endOfAbsence(state));
  if (bill.cancel !== null) {
    if (isUnseen) return finish(state, CANCELLED_BY_CASHIER);
    return bill.isBackground ? later() : release(state, facts);
  }
  return !bill.isBackground && nowMs < bill.expiresAtMs ? post(state, facts) : later();
}

function endOfAbsence({ bill }: BillState): Outcome {
  if (bill.refusal !== null) return endOf(bill, bill.refusal);
  return bill.cancel === 'cashier' && !bill.isBackground ? CANCELLED_BY_CASHIER : NOT_REGISTERED;
}

/**
 * PM-11: the plate still carries an older unpaid amount (K13). Our own POST made nothing; what this till left there is
 * found, cancelled and read until it is final, so that the next try succeeds. A bill of anybody else is never touched.
 */
import type { HttpReply, Input, Order } from '../../driver.ts';
import { type Answer, answerTo } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { inStage, knowing, pause, preceded, stay } from '../../kernel/undecided.ts';
import { alarm, type Facts, finish, type OldBill, type Result, shown, type Working } from './pay-state.ts';
import { paymentStatus, STICKER_BUSY, STICKER_CLEARED, STICKER_PAID } from './status.ts';
import { cancelRequest, listRequest, type Payment, readPayment, readPaymentPage, stateRequest } from './wire.ts';

/** The POST was refused while a plate is set up. */
export function beginClearing(from: Working, facts: Facts): Result {
  const oldBill: OldBill = { paymentId: null, orderNumber: '', isSeen: false, untilMs: patienceEndsMs(facts) };
  const next = inStage(from, 'clearing', { awaiting: null, wantsCancel: false, listing: null, oldBill });
  return shown(next, facts, (state) => askOld(state, oldBill, facts));
}

export function stepClearing(state: Working, input: Input, facts: Facts): Result {
  const { oldBill, awaiting } = state.work;
  if (oldBill === null) return finish(STICKER_BUSY);
  if ('timer' in input) return awaiting === null ? askOld(state, oldBill, facts) : stay(state);
  // Nothing of hers is at stake: our own POST was refused.
  if ('cashier' in input && input.cashier === 'cancel') return giveUp(state, oldBill);
  const answer = answerTo(awaiting, input);
  if (answer === null) return stay(state);
  const heard = knowing(state, { awaiting: null });
  if (awaiting?.startsWith('cancel') === true) return askOld(heard, oldBill, facts);
  const judge = oldBill.paymentId === null ? judgeList : judgeOld;
  return judge(heard, oldBill, answer, facts);
}

/** The program was started again: what was asked is asked once more. */
export function clearAgain(state: Working, facts: Facts): Result {
  const { oldBill } = state.work;
  if (oldBill === null) return finish(STICKER_BUSY);
  return shown(knowing(state, { listing: null }), facts, (next) => askOld(next, oldBill, facts));
}

function patienceEndsMs({ settings, nowMs }: Facts): number {
  return nowMs + settings.graceMs;
}

/** The list while the bill is looked for, with the objects of its short rows, then the bill itself. */
function askOld(state: Working, { paymentId: known }: OldBill, { settings, nowMs }: Facts): Result {
  const rows = state.work.listing?.isRead === true ? (state.work.listing.unnamed ?? []) : [];
  const paymentId = known ?? rows[0] ?? null;
  if (paymentId !== null) {
    const asking = askAs(state.work, 'state', nowMs);
    return stay(knowing(state, asking), send(stateRequest(asking.awaiting, settings, paymentId)));
  }
  const endMs = nowMs + settings.listSlackMs;
  const listing = state.work.listing ?? { askedAtMs: nowMs, endMs, cursor: null, pages: 0 };
  const asking = askAs(state.work, 'list', nowMs);
  const startMs = state.work.startedAtMs - settings.stickerLifeMs - settings.listSlackMs;
  const request = listRequest(asking.awaiting, settings, { startMs, endMs: listing.endMs }, listing.cursor);
  return stay(knowing(state, { ...asking, listing }), send(request));
}

function judgeList(state: Working, old: OldBill, answer: Answer, facts: Facts): Result {
  const { order, stickerId, listing } = state.work;
  if (listing?.isRead === true) return judgeRow(state, old, listing, answer, facts);
  const page = typeof answer === 'object' ? readPaymentPage(answer) : null;
  if (page === null || listing === null) return again(knowing(state, { listing: null }), old, facts);
  const open = page.rows.flatMap(({ object }) => (object !== null && isOnPlate(stickerId, object) ? [object] : []));
  const seen: OldBill = { ...old, isSeen: old.isSeen || open.length > 0 };
  const mine = open.find((payment) => isOfThisTill(order, payment));
  if (mine !== undefined && mine.orderNumber !== order.orderNumber) return cancelOld(state, seen, mine, facts);
  // A short row does not name its plate.
  const short = page.rows.filter((row) => row.isShort && (row.object === null || isOpen(row.object)));
  const unnamed = [...(listing.unnamed ?? []), ...short.flatMap(({ id }) => id ?? [])];
  if (page.cursor !== null && facts.nowMs < old.untilMs) {
    const next = { ...listing, unnamed, cursor: page.cursor, pages: listing.pages + 1 };
    return askOld(knowing(state, { listing: next, oldBill: seen }), seen, facts);
  }
  return unnamed.length === 0
    ? busy(state, seen)
    : askOld(knowing(state, { listing: { ...listing, unnamed, isRead: true }, oldBill: seen }), seen, facts);
}

/** The object of a short row: what lies on our plate is seen, and is ours to cancel where this till has made it. */
function judgeRow(
  state: Working,
  old: OldBill,
  listing: NonNullable<Working['work']['listing']>,
  answer: Answer,
  facts: Facts,
): Result {
  const { order, stickerId } = state.work;
  if (typeof answer !== 'object') return again(state, old, facts);
  const payment = readPayment(answer);
  const isOn = payment !== null && isOnPlate(stickerId, payment);
  const seen: OldBill = { ...old, isSeen: old.isSeen || isOn };
  const isMine = isOn && isOfThisTill(order, payment) && payment.orderNumber !== order.orderNumber;
  if (isMine) return cancelOld(state, seen, payment, facts);
  const unnamed = (listing.unnamed ?? []).slice(1);
  if (unnamed.length === 0 || facts.nowMs >= old.untilMs) return busy(state, seen);
  return askOld(knowing(state, { listing: { ...listing, unnamed }, oldBill: seen }), seen, facts);
}

function cancelOld(state: Working, seen: OldBill, { id, orderNumber }: Payment, facts: Facts): Result {
  const oldBill: OldBill = { ...seen, paymentId: id, orderNumber, untilMs: patienceEndsMs(facts) };
  const asking = askAs(state.work, 'cancel', facts.nowMs);
  const next = knowing(state, { ...asking, listing: null, oldBill });
  return stay(next, send(cancelRequest(asking.awaiting, facts.settings, id)));
}

/** Somebody's amount is there: PM-11; else what the server refused our POST with. */
function busy({ work }: Working, { isSeen, paymentId }: OldBill): Result {
  return finish(isSeen || paymentId !== null ? STICKER_BUSY : (work.refusal ?? STICKER_BUSY));
}

/** Unpaid, by СБП, and on this plate: a bill that names none may be of a register of our number in another shop. */
function isOnPlate(stickerId: string | null, payment: Payment): boolean {
  return isOpen(payment) && payment.stickerId === stickerId;
}

function isOpen(payment: Payment): boolean {
  const status = paymentStatus(payment);
  return typeof status === 'string' && status !== 'paid';
}

/** Order numbers of this till begin with its register number; the plate tells the shop. */
function isOfThisTill({ seller }: Order, { orderNumber }: Payment): boolean {
  return orderNumber.startsWith(`${seller.registerNumber}-`);
}

function judgeOld(state: Working, old: OldBill, answer: Answer, facts: Facts): Result {
  const payment = typeof answer === 'object' ? oldPayment(old, answer) : null;
  if (payment === null) return again(state, old, facts);
  const status = paymentStatus(payment);
  if (typeof status === 'object') return finish(STICKER_CLEARED);
  if (status !== 'paid') return again(state, old, facts);
  // Its own attempt, if there is one, learns it by itself; if there is none, somebody has to look.
  return preceded([alarm(`the old bill ${old.orderNumber} of this plate was paid`)], finish(STICKER_PAID));
}

function oldPayment(old: OldBill, reply: HttpReply): Payment | null {
  const payment = readPayment(reply);
  return payment !== null && payment.id === old.paymentId && payment.orderNumber === old.orderNumber ? payment : null;
}

/** Asked once more, but the cashier does not wait for ever: nothing of his own is at stake. */
function again(state: Working, old: OldBill, facts: Facts): Result {
  return facts.nowMs < old.untilMs ? stay(state, pause(facts.settings.pollMs)) : giveUp(state, old);
}

function giveUp(state: Working, old: OldBill): Result {
  const text = `the old bill ${old.orderNumber} of this plate is not proven to be cancelled`;
  return preceded(old.paymentId === null ? [] : [alarm(text)], busy(state, old));
}

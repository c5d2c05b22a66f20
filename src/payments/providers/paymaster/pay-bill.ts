/**
 * The bill at the server: a lost answer to its POST (paymaster.md 8.2), its link, the buyer, the cashier's boxes, and the end
 * after a cancel (8.1, 8.3, 11).
 */
import type { HttpReply, Input } from '../../driver.ts';
import { answerTo } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import { withSurplus } from '../../kernel/surplus.ts';
import { inStage, knowing, preceded, stay } from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import {
  absentFromMs,
  alarm,
  answered,
  ask,
  dispute,
  endOf,
  type Facts,
  finish,
  giveUpAtMs,
  isClockBack,
  isOurs,
  type Result,
  release,
  settle,
  shown,
  startCancel,
  unanswered,
  undecided,
  untilNext,
  type Work,
  type Working,
  warn,
} from './pay-state.ts';
import { CANCELLED_BY_CASHIER, INVALID_OPERATION, NOT_REGISTERED, NOT_SHOWN, paymentStatus } from './status.ts';
import {
  createRequest,
  type ListRow,
  MOST_PAGES,
  type Payment,
  readOwner,
  readPayment,
  readPaymentPage,
  readProblem,
  readStickerPayload,
} from './wire.ts';

/** The same key and the same bytes, however often (8.2.3). */
export function post(from: Working, body: string, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const { order, posts } = from.work;
  const asking = askAs(from.work, 'create', nowMs);
  const next = inStage(from, 'creating', {
    ...asking,
    awaiting: null,
    body,
    postTag: asking.awaiting,
    listUntilMs: nowMs,
    postedAtMs: nowMs,
    posts: posts + 1,
    goodLists: 0,
    listing: null,
  });
  const request = createRequest(asking.awaiting, settings, order.orderNumber, body);
  return shown(next, facts, (state) => stay(state, send(request, 'money')));
}

/** A question that is repeated until its answers decide; a late answer to an older one is none. */
export function stepAsking(state: Working, input: Input, facts: Facts): Result {
  const { awaiting } = state.work;
  if ('timer' in input) {
    const warned = warn(state, facts);
    return preceded(warned.actions, awaiting === null ? ask(warned.state, facts) : stay(warned.state));
  }
  const answer = answerTo(awaiting, input);
  if (answer === null) return stepCashier(state, input, facts);
  const heard = knowing(state, { awaiting: null });
  return typeof answer === 'object' ? judgeReply(heard, answer, facts) : unanswered(heard, answer, facts);
}

function judgeReply(state: Working, reply: HttpReply, facts: Facts): Result {
  switch (state.at) {
    case 'finding':
      return state.work.listing?.isRead === true ? judgeRow(state, reply, facts) : judgePage(state, reply, facts);
    case 'linking':
      return judgeSticker(state, reply, facts);
    default: {
      const payment = readPayment(reply);
      // paymaster.md 7: whatever goes wrong with this question, the payment stays pending; also 404 and 401.
      return payment === null ? unanswered(state, reply, facts) : settle(state, payment, facts, stillOpen);
    }
  }
}

// A lost answer to the POST

/** No usable answer to it: the list is read at once (8.2). */
export function startFinding(from: Working, facts: Facts): Result {
  const next = inStage(from, 'finding', { awaiting: null, listing: null, goodLists: 0 });
  return shown(next, facts, (state) => ask(state, facts));
}

function judgePage(state: Working, reply: HttpReply, facts: Facts): Result {
  const { order, listing } = state.work;
  const page = readPaymentPage(reply);
  if (page === null || listing === null) return unanswered(state, reply, facts);
  const named = page.rows.filter(({ owner }) => owner === order.orderNumber);
  const ours = named.flatMap(({ object }) => (object !== null && isOurs(state, object, facts) ? [object] : []));
  const best = bestOf(ours);
  if (best !== null) {
    const isShort = named.some((row) => row.isShort && row.object === best);
    const surplus = ours.filter((row) => row !== best && paymentStatus(row) === 'paid').map(({ id }) => id);
    const result = isShort
      ? askRows(state, { ...listing, unnamed: [best.id], isRead: true, isNamed: true, surplus }, facts)
      : withSurplus(settle(knowing(state, { listing: null, goodLists: 0 }), best, facts, adopt), surplus);
    // Only a server that does not honour the key can do that.
    const rows = ours.map(({ id, status }) => `${id} ${status}`).join(', ');
    const twice = alarm(`order ${order.orderNumber} stands ${ours.length} times in the list: ${rows}`);
    return preceded(ours.length > 1 ? [twice] : [], result);
  }
  if (named.length > 0)
    return dispute(
      state,
      facts,
      named.flatMap(({ object }) => object ?? []),
    );
  const isMaybeOurs = ({ owner, amountKopecks }: ListRow<Payment>) =>
    owner === null && amountKopecks === order.amountKopecks;
  const found = page.rows.filter(isMaybeOurs).map(({ id }) => id);
  // A row that cannot be asked for may be ours.
  if (found.includes(null)) return unanswered(state, reply, facts);
  const unnamed = [...(listing.unnamed ?? []), ...found.flatMap((id) => id ?? [])];
  if (page.cursor === null) return askRows(state, { ...listing, unnamed, isRead: true }, facts);
  if (listing.pages >= MOST_PAGES) return unanswered(state, reply, facts);
  const next = { ...listing, unnamed, cursor: page.cursor, pages: listing.pages + 1 };
  return ask(knowing(state, { listing: next }), facts);
}

/**
 * The rows of the list that do not say all that is believed before money counts (whose they are, whether they are tests), one after
 * another; without any the list proves the absence.
 */
function askRows(state: Working, listing: NonNullable<Work['listing']>, facts: Facts): Result {
  const isOver = (listing.unnamed ?? []).length === 0;
  if (isOver) return absent(knowing(state, { listing: null }), listing.askedAtMs, facts);
  return ask(knowing(state, { listing }), facts);
}

function judgeRow(state: Working, reply: HttpReply, facts: Facts): Result {
  const { order, listing } = state.work;
  const owner = readOwner(reply);
  if (owner === undefined || listing === null) return unanswered(state, reply, facts);
  if (owner !== order.orderNumber) {
    if (listing.isNamed === true) return dispute(state, facts, []);
    return askRows(state, { ...listing, unnamed: (listing.unnamed ?? []).slice(1) }, facts);
  }
  const payment = readPayment(reply);
  if (payment === null) return unanswered(state, reply, facts);
  const result = settle(knowing(state, { listing: null, goodLists: 0 }), payment, facts, adopt);
  return withSurplus(result, listing.surplus ?? []);
}

/** Should the number stand twice, the row with the money is the truth, then the one that can still be paid. */
function bestOf(rows: Payment[]): Payment | null {
  const paid = rows.find((row) => paymentStatus(row) === 'paid');
  return paid ?? rows.find((row) => typeof paymentStatus(row) === 'string') ?? rows.at(-1) ?? null;
}

/** A whole list without our number. */
function absent(from: Working, askedAtMs: number, facts: Facts): Result {
  const { nowMs, settings } = facts;
  const state = answered(from, { goodLists: from.work.goodLists + 1 });
  const { work } = state;
  // Nobody ever saw the link of a dynamic QR. A plate may still get the amount, and somebody may pay it (sbp-qr.md 5).
  const isUnseen = work.stickerId === null;
  const isOver = nowMs >= giveUpAtMs(work, facts);
  const isFree = work.isBackground || isClockBack(work, facts) || (isOver && !isUnseen);
  const later = () => (isFree ? undecided(state, facts) : stay(state, untilNext(state, facts)));
  if (work.isDisputed) return later();
  // 8.2.4: the bill's life is over, nothing that is still on its way can be paid.
  if (askedAtMs >= absentFromMs(work, facts)) return finish(endOfAbsence(work));
  const isSettled = work.goodLists >= 2 && askedAtMs - work.postedAtMs >= settings.settleMs;
  if (!isSettled) return later();
  if (work.refusal !== null) return finish(endOf(work, work.refusal));
  if (isOver && isUnseen) return finish(endOfAbsence(work));
  if (work.wantsCancel) {
    if (isUnseen) return finish(CANCELLED_BY_CASHIER);
    return work.isBackground ? later() : release(state, facts);
  }
  // The bytes are gone: the cashier chooses again, where the lost POST can only make a bill that nobody sees.
  if (work.body === null) return isUnseen ? finish(NOT_REGISTERED) : later();
  return !work.isBackground && nowMs < work.expiresAtMs ? post(state, work.body, facts) : later();
}

function endOfAbsence(work: Work): Outcome {
  if (work.refusal !== null) return endOf(work, work.refusal);
  if (work.isUnshowable) return NOT_SHOWN;
  return work.wantsCancel && !work.isBackground ? CANCELLED_BY_CASHIER : NOT_REGISTERED;
}

// The bill is there

/** An open bill that was just made or found. Its link may come with a later reading: rows of a list are short (8.2.2). */
export function adopt(state: Working, facts: Facts): Result {
  const { providerPaymentId, wantsCancel, isBackground, isDisputed, qr, link, stickerId } = state.work;
  if (providerPaymentId === null || isDisputed) return undecided(state, facts);
  if (wantsCancel || isBackground) return startCancel(state, providerPaymentId, facts);
  if (link !== null || qr === 'plate') return startWaiting(state, facts);
  if (stickerId !== null && facts.settings.payloadFallback) {
    return shown(inStage(state, 'linking'), facts, (next) => ask(next, facts));
  }
  return waitForLink(state, facts);
}

/** A link nobody can see is no link: what has none after `linkWaitMs` is cancelled, once. */
function waitForLink(from: Working, facts: Facts): Result {
  const next = inStage(from, 'waiting', { awaiting: null, linklessSinceMs: facts.nowMs });
  return shown(next, facts, (state) =>
    from.at === 'creating' ? stay(state, untilNext(state, facts)) : ask(state, facts),
  );
}

function cancelUnseen(state: Working, paymentId: string, facts: Facts): Result {
  return startCancel(knowing(state, { isUnshowable: true }), paymentId, facts);
}

function startWaiting(from: Working, facts: Facts): Result {
  const next = inStage(from, 'waiting', { awaiting: null });
  return shown(next, facts, (state) => stay(state, untilNext(state, facts)));
}

function judgeSticker(state: Working, reply: HttpReply, facts: Facts): Result {
  const payload = readStickerPayload(reply);
  const { providerPaymentId } = state.work;
  if (providerPaymentId === null) return unanswered(state, reply, facts);
  if (typeof payload === 'string') return startWaiting(answered(state, { link: payload }), facts);
  // The server knows no link of this plate, now or later.
  const isRefused = payload === null || readProblem(reply) !== null;
  return isRefused ? cancelUnseen(state, providerPaymentId, facts) : unanswered(state, reply, facts);
}

function stillOpen(state: Working, facts: Facts): Result {
  const { providerPaymentId, isDisputed, isBackground, hasCancelLeft, isCancelRefused, isReadOpen } = state.work;
  const { linklessSinceMs = null, link } = state.work;
  if (state.at === 'waiting' && linklessSinceMs !== null && providerPaymentId !== null && !isBackground) {
    if (link !== null) {
      return shown(knowing(state, { linklessSinceMs: null }), facts, (told) => undecided(told, facts));
    }
    const isOver = facts.nowMs - linklessSinceMs >= facts.settings.linkWaitMs;
    if (isOver && !isDisputed) return cancelUnseen(state, providerPaymentId, facts);
  }
  if (state.at !== 'ending' || isDisputed || providerPaymentId === null) return undecided(state, facts);
  // In the background: read open once more, the cancel may be repeated, and is followed by a GET again.
  const cancelsAgain = isBackground ? isReadOpen : !hasCancelLeft;
  if (cancelsAgain) return startCancel(state, providerPaymentId, facts);
  const next = knowing(state, { isReadOpen: true });
  if (isBackground || !isCancelRefused || isReadOpen) return undecided(next, facts);
  return shown(knowing(next, { box: 'buyerPays' }), facts, (told) => undecided(told, facts));
}

/** The answer to the PUT decides nothing; a refusal is remembered for what it says about the buyer. */
export function stepCancelling(state: Working, input: Input, facts: Facts): Result {
  const answer = answerTo(state.work.awaiting, input);
  if (answer === null) return stepCashier(state, input, facts);
  const heard = inStage(state, 'ending', { awaiting: null });
  // No request yet: it is made when a reading shows that the link is back and the bill still open.
  if (answer === 'notSent') return unanswered(knowing(heard, { hasCancelLeft: false }), answer, facts);
  const problem = typeof answer === 'object' ? readProblem(answer) : null;
  return ask(knowing(heard, { isCancelRefused: problem?.code === INVALID_OPERATION }), facts);
}

// The cashier

/** What the cashier does while the machine asks. */
export function stepCashier(state: Working, input: Input, facts: Facts): Result {
  const { work } = state;
  if (work.isBackground) return stay(state);
  const isEsc = 'cashier' in input && input.cashier === 'cancel';
  const given = 'answer' in input ? input.answer : {};
  // PM-10, after the box that stands; whoever pressed Esc meanwhile needs no QR any more.
  if ('notPrinted' in given && state.at === 'waiting' && work.qr === 'printed') {
    return shown(knowing(state, { qr: 'failed' }), facts);
  }
  switch (work.box) {
    case 'noLink':
      if ('retry' in given) return pollAgain(state, facts);
      break;
    case 'onScreen':
      if ('ok' in given) return shown(knowing(state, { box: null, qr: 'screen' }), facts);
      break;
    case 'buyerPays':
      return isEsc || 'ok' in given ? shown(knowing(state, { box: null }), facts) : stay(state);
    case null:
      break;
  }
  return isEsc ? cancelByCashier(state, facts) : stay(state);
}

/** `Повторить`: the bill stands on the screen again, and is asked for at once. */
function pollAgain(state: Working, facts: Facts): Result {
  return shown(knowing(state, { box: null }), facts, (next) =>
    next.work.awaiting === null && next.at !== 'creating' ? ask(next, facts) : stay(next),
  );
}

/** Esc, or `Отменить`; once more, and the cancel is left to the background. Without an id there is nothing to cancel yet: the list or the POST's answer brings it. */
function cancelByCashier(state: Working, facts: Facts): Result {
  const { isBackground, wantsCancel, providerPaymentId } = state.work;
  if (isBackground) return stay(state);
  // PM-04 without a link stood for the rest of the bill's life, up to 20 minutes.
  if (wantsCancel) return release(state, facts);
  const wanted = knowing(state, { wantsCancel: true, box: null });
  return providerPaymentId === null ? shown(wanted, facts) : startCancel(wanted, providerPaymentId, facts);
}

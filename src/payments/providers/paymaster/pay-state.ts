/** State of a payment, and what every stage of it needs. */

import type { Action, Order, StepFacts, StepResult } from '../../driver.ts';
import type { Answer } from '../../kernel/answer.ts';
import { askAs, send } from '../../kernel/asking.ts';
import {
  backOff,
  beginUndecided,
  disputed,
  type Finished,
  finished,
  heard,
  inStage,
  isHopeless,
  knowing,
  later,
  leftBecause,
  pause,
  preceded,
  restFor,
  show,
  stay,
  type Undecided,
} from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import {
  buyerPaysPrompt,
  cancellingPrompt,
  clearingPrompt,
  noLinkPrompt,
  onScreenPrompt,
  paperPrompt,
  platePrompt,
  printedPrompt,
  screenPrompt,
  waitPrompt,
} from './prompts.ts';
import { lifeMsOf, type PaymasterSettings, pausesOf } from './settings.ts';
import { ALREADY_PAID, CANCELLED, NOT_SHOWN, notOurs, paymentStatus, undecided as undecidedSay } from './status.ts';
import { CURRENCY, cancelRequest, listRequest, type Payment, stateRequest, stickerRequest } from './wire.ts';

export type Facts = StepFacts<PaymasterSettings>;

/** A list that is being read page by page. */
interface Listing {
  /** Paid bills of our number besides the one that is read. */
  surplus?: string[];
  askedAtMs: number;
  endMs: number;
  cursor: string | null;
  pages: number;
  /** Rows that may be what is looked for and do not say enough: only their own objects tell. */
  unnamed?: string[];
  /** The list has been searched, and those rows are asked for. */
  isRead?: boolean;
  /** The row that is asked for has our number: an object that says another one is strange, not absent. */
  isNamed?: boolean;
}

/** An older unpaid bill of this till that keeps our plate busy (PM-11). */
export interface OldBill {
  /** Null = still looked for. */
  paymentId: string | null;
  orderNumber: string;
  /** Somebody's unpaid amount is on our plate. */
  isSeen: boolean;
  untilMs: number;
}

/**
 * What is known since `POST /payments` was handed out. `failures` counts questions without an answer while the cashier waits,
 * and in the background those that decided nothing.
 */
export interface Work extends Undecided {
  /**
   * The bytes of the POST: a repeat is the same, whatever has become of the settings. Null = they are gone with a state of
   * another version: the same key with other bytes is no repeat (8.2), so there is none.
   */
  body: string | null;
  /** Whose list has it, whatever has become of the settings. */
  merchantId: string;
  stickerId: string | null;
  startedAtMs: number;
  expiresAtMs: number;
  lifeMs: number;
  /** The latest POST, on the clock of its time: the list has to reach so far. */
  listUntilMs: number;
  /** What proves by its absence is counted from here, on today's clock (`Restart`): the creation and the latest POST. */
  lifeSinceMs: number;
  postedAtMs: number;
  posts: number;
  /** Tag of a POST without an answer; its late answer is worth as much as a list. */
  postTag: string | null;
  /** A repeat was refused, which says nothing about the first: the outcome when good lists have no bill of ours. */
  refusal: Outcome | null;
  providerPaymentId: string | null;
  link: string | null;
  /** `paper`: to be printed; `printed`; `failed`: the printer did not; `screen`; `plate`: nothing to show. */
  qr: 'paper' | 'printed' | 'failed' | 'screen' | 'plate';
  listing: Listing | null;
  /** Since when the bill is known without a link, on today's clock; null or absent = it has one, or needs none. */
  linklessSinceMs?: number | null;
  /** Another link than the one on the screen was told; to the log once. */
  isLinkChanged?: boolean;
  /** Whole lists without our number since the latest POST. */
  goodLists: number;
  /** The box over the waiting: PM-03, PM-10, PM-12. */
  box: 'noLink' | 'onScreen' | 'buyerPays' | null;
  /** PM-03 was shown; it comes once (SCR-39). */
  wasWarned: boolean;
  /** Esc was pressed, or the bill can be shown to nobody. */
  wantsCancel: boolean;
  /** Why: it can be shown to nobody. */
  isUnshowable: boolean;
  /** False = the latest PUT certainly did not leave: then it may be sent once more in front of the cashier. */
  hasCancelLeft: boolean;
  /** The PUT was refused with `invalid_operation`: an open bill is then being paid (PM-12). */
  isCancelRefused: boolean;
  /** The bill was read open since the last PUT: only then another one may follow (8.3). */
  isReadOpen: boolean;
  oldBill: OldBill | null;
  /** The server said a word that nobody knows; told to the log once. */
  isAlarmed: boolean;
  /** The cashier chose PayMaster again and waits for one reading. */
  isAskedAgain: boolean;
}

/**
 * - `creating`   the POST is in flight
 * - `finding`    it may have arrived; the list tells (8.2)
 * - `linking`    the bill is there, its link stands on the sticker
 * - `waiting`    for the buyer
 * - `cancelling` the PUT is in flight
 * - `ending`     the bill is read until it is final
 * - `clearing`   the plate was busy: our own older bill is cancelled
 */
type Stage = 'creating' | 'finding' | 'linking' | 'waiting' | 'cancelling' | 'ending' | 'clearing';

export interface Working {
  kind: 'pay';
  at: Stage;
  work: Work;
}

export type PayState = { kind: 'pay'; at: 'starting'; order: Order } | Working | Finished<'pay'>;
export type Result = StepResult<PayState>;

export function begunWith(at: Stage, order: Order, { nowMs, settings }: Facts, more: Partial<Work> = {}): Working {
  const lifeMs = lifeMsOf(settings);
  const work: Work = {
    ...beginUndecided(order),
    body: null,
    merchantId: settings.merchantId,
    stickerId: settings.stickerId,
    startedAtMs: nowMs,
    expiresAtMs: nowMs + lifeMs,
    lifeMs,
    listUntilMs: nowMs,
    lifeSinceMs: nowMs,
    postedAtMs: nowMs,
    posts: 0,
    postTag: null,
    refusal: null,
    providerPaymentId: null,
    link: null,
    qr: settings.display === 0 ? 'paper' : settings.display === 1 ? 'screen' : 'plate',
    listing: null,
    goodLists: 0,
    box: null,
    wasWarned: false,
    wantsCancel: false,
    isUnshowable: false,
    hasCancelLeft: true,
    isCancelRefused: false,
    isReadOpen: false,
    oldBill: null,
    isAlarmed: false,
    isAskedAgain: false,
    ...more,
  };
  return { kind: 'pay', at, work };
}

export function finish(outcome: Outcome, providerPaymentId: string | null = null): StepResult<Finished<'pay'>> {
  return finished('pay', outcome, providerPaymentId);
}

export function alarm(text: string): Action {
  return { do: 'alarm', text: `paymaster: ${text}` };
}

// What the cashier sees

/** What stands on the screen in this state; a background attempt draws nothing. */
function drawn(from: Working, facts: Facts): StepResult<Working> {
  if (from.work.isBackground) return stay(from);
  // A QR that could not be printed is asked about before anything else is waited for.
  const asksScreen = from.at === 'waiting' && from.work.qr === 'failed' && from.work.box === null;
  const state = asksScreen ? knowing(from, { box: 'onScreen' }) : from;
  // The slip goes out once. After a restart it is asked for again: a second one of the same bill does no harm.
  const isPrinting =
    state.at === 'waiting' && state.work.box === null && state.work.qr === 'paper' && state.work.link !== null;
  return stay(isPrinting ? knowing(state, { qr: 'printed' }) : state, ...show(state, promptOf(state, facts)));
}

function promptOf({ at, work }: Working, facts: Facts): Prompt {
  const leftMs = Math.max(0, work.expiresAtMs - facts.nowMs);
  const lastMs = Math.max(0, giveUpAtMs(work, facts) - facts.nowMs);
  if (work.box === 'noLink') return noLinkPrompt(work.wrong?.words ?? null);
  if (work.box === 'onScreen') return onScreenPrompt();
  if (work.box === 'buyerPays') return buyerPaysPrompt();
  if (work.isCancelRefused) return waitPrompt(true, lastMs);
  if (at === 'clearing') return clearingPrompt(Math.max(0, (work.oldBill?.untilMs ?? 0) - facts.nowMs));
  if (work.wantsCancel) return cancellingPrompt(lastMs);
  // No link yet: the buyer has nothing to look at (paymaster.md 8.2).
  if (at === 'waiting' && work.link === null && work.qr !== 'plate') return waitPrompt(true, lastMs);
  if (at !== 'waiting' || work.qr === 'plate') return at === 'waiting' ? platePrompt(leftMs) : waitPrompt(true, lastMs);
  if (work.qr === 'printed') return printedPrompt(leftMs);
  return work.qr === 'paper' ? paperPrompt(work.link ?? '', leftMs) : screenPrompt(work.link ?? '', leftMs);
}

/** Shows what stands now, then does the rest. */
export function shown(from: Working, facts: Facts, then: (state: Working) => Result = (state) => stay(state)): Result {
  const { state, actions } = drawn(from, facts);
  return preceded(actions, then(state));
}

// Time

/** The bill has expired, and the server had its grace (8.1). */
export function giveUpAtMs({ expiresAtMs }: Work, { settings }: Facts): number {
  return expiresAtMs + settings.graceMs;
}

/** A whole list that was asked for from then on and has no row of ours: nothing can come any more, or be paid (8.2.4). */
export function absentFromMs({ lifeSinceMs, lifeMs }: Work, { settings }: Facts): number {
  return lifeSinceMs + lifeMs + settings.graceMs;
}

/** K32: set back over a restart, the clock says nothing of the bill's age, and the cashier would be held for years. */
export function isClockBack({ startedAtMs }: Work, { settings, nowMs }: Facts): boolean {
  return nowMs < startedAtMs - settings.listSlackMs;
}

/** How long until the dialog of assumption 13 may open; 0 = it may now, null = it was, or a cancel is under way. */
function warnInMs({ work }: Working, { settings, nowMs }: Facts): number | null {
  const isDue = !work.wasWarned && !work.isBackground && !work.wantsCancel && work.oldBill === null;
  return isDue ? Math.max(0, work.startedAtMs + settings.waitMs - nowMs) : null;
}

/** Until the next question, but not past the moment of the dialog. */
export function untilNext(state: Working, facts: Facts): Action {
  const { pollMs } = facts.settings;
  if (state.work.isBackground) return backOff(state, pausesOf(facts.settings));
  return restFor(state, Math.min(pollMs, warnInMs(state, facts) || pollMs));
}

/** PM-03: the wait is over and the last question failed, or the first one after that (assumption 13). */
export function warn(state: Working, facts: Facts): StepResult<Working> {
  const isWithoutLink = state.work.failures > 0 || !facts.settings.dialogOnlyWithoutLink;
  if (warnInMs(state, facts) !== 0 || !isWithoutLink || state.work.box !== null) return stay(state);
  return drawn(knowing(state, { box: 'noLink', wasWarned: true }), facts);
}

// Questions

/** Asks what this stage wants to know; the tag is new, so that a late answer to an older question is left alone. */
export function ask(from: Working, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const leftMs = warnInMs(from, facts) ?? 0;
  // A question may hang longer than the moment of the dialog is away.
  const wake: Action[] = leftMs > 0 && leftMs < settings.httpTimeoutMs ? [pause(leftMs)] : [];
  const { providerPaymentId, stickerId } = from.work;
  const [unnamedId] = from.work.listing?.isRead === true ? (from.work.listing.unnamed ?? []) : [];
  if (from.at === 'finding' && unnamedId !== undefined) {
    const asking = askAs(from.work, 'row', nowMs);
    return stay(knowing(from, asking), send(stateRequest(asking.awaiting, settings, unnamedId)), ...wake);
  }
  if (from.at === 'finding' || providerPaymentId === null) {
    const listing = from.work.listing ?? {
      askedAtMs: nowMs,
      // Set back over a restart, the clock must not hide a bill that was made before.
      endMs: Math.max(nowMs, from.work.listUntilMs) + settings.listSlackMs,
      cursor: null,
      pages: 0,
    };
    const asking = askAs(from.work, 'list', nowMs);
    // An amount that reached a plate may be paid: not even a clock that runs ahead may hide it.
    const backMs = settings.listSlackMs + (stickerId === null ? 0 : settings.stickerLifeMs);
    const window = { startMs: from.work.startedAtMs - backMs, endMs: listing.endMs };
    const shop = { ...settings, merchantId: from.work.merchantId };
    const request = listRequest(asking.awaiting, shop, window, listing.cursor);
    return stay(knowing(from, { ...asking, listing }), send(request), ...wake);
  }
  const isLinking = from.at === 'linking' && stickerId !== null;
  const asking = askAs(from.work, isLinking ? 'sticker' : 'state', nowMs);
  const request = isLinking
    ? stickerRequest(asking.awaiting, settings, stickerId)
    : stateRequest(asking.awaiting, settings, providerPaymentId);
  return stay(knowing(from, asking), send(request), ...wake);
}

/** No usable answer: stays as it was (paymaster.md 7), but the link counts as lost. */
export function unanswered({ work, ...from }: Working, answer: Answer, facts: Facts): Result {
  const failures = work.isBackground ? work.failures : work.failures + 1;
  return undecided(heard({ ...from, work: { ...work, failures, listing: null } }, answer), facts);
}

/** A question that did not end the payment. After the bill's life and grace the cashier is set free (8.1, 8.3). */
export function undecided(state: Working, facts: Facts): Result {
  if (state.work.isBackground) return later(state, null, pausesOf(facts.settings));
  const isOver = facts.nowMs >= giveUpAtMs(state.work, facts) || isHopeless(state.work, isPayable(state));
  if (isOver || isClockBack(state.work, facts)) return release(state, facts);
  const warned = warn(state, facts);
  return preceded(warned.actions, stay(warned.state, untilNext(warned.state, facts)));
}

/** The buyer sees what he pays by. */
function isPayable({ at, work }: Working): boolean {
  return at === 'waiting' && !work.wantsCancel && (work.link !== null || work.qr === 'plate');
}

/** PM-06: the cashier is free, the machine goes on until it is decided. */
export function release(from: Working, { settings }: Facts): Result {
  const at = from.work.providerPaymentId === null ? 'finding' : 'ending';
  const told = undecidedSay(cancelOf(from.work));
  const say = isHopeless(from.work) ? leftBecause(from.work, told, 'payment') : told;
  return later(inStage(from, at, { box: null, wantsCancel: true, failures: 0 }), say, pausesOf(settings));
}

/** What is known of the cancel that the cashier wanted. Without an id none can have been sent. */
export function cancelOf({
  wantsCancel,
  providerPaymentId,
  hasCancelLeft,
  isReadOpen,
}: Work): Parameters<typeof undecidedSay>[0] {
  if (!wantsCancel || providerPaymentId === null || !hasCancelLeft) return 'notSent';
  return isReadOpen ? 'open' : 'unknown';
}

// Answers

/** The link is there: in front of the cashier only questions without an answer count. */
export function answered(state: Working, more: Partial<Work> = {}): Working {
  return knowing(state, { ...(state.work.isBackground ? {} : { failures: 0 }), wrong: null, ...more });
}

/**
 * Everything the answer must repeat before it is believed (paymaster.md 4; R5). A test payment is ours only while the till
 * is set to test: the server may hold a token for one (paymaster.md 2, `testMode`).
 */
export function isOurs({ work }: Working, payment: Payment, { settings }: Facts): boolean {
  return (
    payment.orderNumber === work.order.orderNumber &&
    payment.amountKopecks === work.order.amountKopecks &&
    payment.currency === CURRENCY &&
    (settings.testMode || !payment.isTest) &&
    (work.providerPaymentId === null || payment.id === work.providerPaymentId)
  );
}

/**
 * A payment that speaks of us: its status decides.
 * @param stillOpen what to do while it is not final
 */
export function settle(
  from: Working,
  payment: Payment,
  facts: Facts,
  stillOpen: (state: Working, facts: Facts) => Result,
): Result {
  if (!isOurs(from, payment, facts)) return dispute(from, facts, [payment]);
  const { wantsCancel, isAskedAgain, isAlarmed, isLinkChanged = false, order, link, stickerId } = from.work;
  const status = paymentStatus(payment);
  if (status === 'paid') {
    const say = wantsCancel && !isAskedAgain ? { say: ALREADY_PAID } : {};
    return finish({ kind: 'approved', providerPaymentId: payment.id, ...say }, payment.id);
  }
  if (typeof status === 'object') return finish(endOf(from.work, status), payment.id);
  const isNewWord = status === 'strange' && !isAlarmed;
  // The buyer may already have scanned the first one; a plate has a text of its own.
  const isAnotherLink = stickerId === null && link !== null && payment.link !== null && payment.link !== link;
  const known = answered(from, {
    providerPaymentId: payment.id,
    link: link ?? payment.link,
    isAlarmed: isAlarmed || isNewWord,
    isLinkChanged: isLinkChanged || isAnotherLink,
  });
  const words = [
    ...(isNewWord ? [alarm(`order ${order.orderNumber} has the status "${payment.status}"`)] : []),
    ...(isAnotherLink && !isLinkChanged
      ? [alarm(`order ${order.orderNumber} has got another link, the first one stays`)]
      : []),
  ];
  return preceded(words, stillOpen(known, facts));
}

/** What a final state without money means to the cashier: whoever wanted the cancel sees no box (PM-04). */
export function endOf({ wantsCancel, isUnshowable, isBackground }: Work, outcome: Outcome): Outcome {
  if (isUnshowable) return NOT_SHOWN;
  const isExpected = wantsCancel && !isBackground && outcome.kind === 'declined';
  return isExpected ? { ...outcome, say: CANCELLED } : outcome;
}

/**
 * The server speaks of our payment in other figures (R5, K20, vector P-18): never approved, the cashier is told once,
 * and it is asked for an exact row for ever.
 */
export function dispute(from: Working, { settings }: Facts, told: readonly Payment[]): Result {
  const { providerPaymentId, order } = from.work;
  const isTest = !settings.testMode && told.some((payment) => payment.isTest);
  const isAnotherSum = told.some(({ amountKopecks }) => amountKopecks !== order.amountKopecks);
  const why = isTest ? 'says a test payment: the token is not one for money' : 'is not ours';
  const state = answered(inStage(from, providerPaymentId === null ? 'finding' : 'ending'), {
    listing: null,
    box: null,
  });
  return disputed(state, {
    say: notOurs(isTest ? 'testPayment' : isAnotherSum ? 'sum' : 'other'),
    alarm: `paymaster: the answer about order ${order.orderNumber} ${why}`,
    pauses: pausesOf(settings),
  });
}

// Cancel

/** One PUT; whatever it is answered, the following GET decides (8.3). */
export function startCancel(from: Working, paymentId: string, facts: Facts): Result {
  const asking = askAs(from.work, 'cancel', facts.nowMs);
  const next = inStage(from, 'cancelling', {
    ...asking,
    box: null,
    wantsCancel: true,
    hasCancelLeft: true,
    isReadOpen: false,
    isCancelRefused: false,
  });
  return shown(next, facts, (state) => stay(state, send(cancelRequest(asking.awaiting, facts.settings, paymentId))));
}

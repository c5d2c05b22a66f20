/** State of a payment, and the moves between its stages. */

import type { Action, Order, StepFacts, StepResult } from '../../driver.ts';
import { type Asking, askAs, send } from '../../kernel/asking.ts';
import type { Outcome, Say } from '../../outcome.ts';
import type { Prompt } from '../../prompt.ts';
import { backOffMs } from './pauses.ts';
import {
  buyerPaysPrompt,
  cancellingPrompt,
  noLinkPrompt,
  onScreenPrompt,
  paperPrompt,
  platePrompt,
  printedPrompt,
  screenPrompt,
  waitPrompt,
} from './prompts.ts';
import type { PaymasterSettings } from './settings.ts';
import { ALREADY_PAID, CANCELLED, NOT_OURS, NOT_REGISTERED, paymentStatus, UNDECIDED } from './status.ts';
import { CURRENCY, cancelRequest, listRequest, type Payment, stateRequest, stickerRequest } from './wire.ts';

export type Facts = StepFacts<PaymasterSettings>;

/** A list that is being read page by page. */
export interface Listing {
  askedAtMs: number;
  endMs: number;
  cursor: string | null;
  pages: number;
}

/** An older unpaid bill of this till that keeps our plate busy (PM-11). */
export interface OldBill {
  /** Null = still looked for. */
  paymentId: string | null;
  orderNumber: string;
  wasCancelled: boolean;
  /** Somebody's unpaid amount is on our plate. */
  isSeen: boolean;
  untilMs: number;
}

/** What is known since `POST /payments` was handed out. */
export interface Bill extends Asking {
  /** The bytes of the POST: a repeat is the same, whatever has become of the settings. */
  body: string;
  /** Whose list has it, whatever has become of the settings. */
  merchantId: string;
  stickerId: string | null;
  startedAtMs: number;
  expiresAtMs: number;
  /** The latest POST. */
  postedAtMs: number;
  /**
   * What proves by its absence is counted from here: the creation and the latest POST, or a later start of the program (the
   * clock may have been put forward meanwhile, while the POST was still on its way).
   */
  lifeSinceMs: number;
  doubtSinceMs: number;
  posts: number;
  /** Tag of a POST without an answer; its late answer is worth as much as a list. */
  postTag: string | null;
  /** A repeat was refused, which says nothing about the first: the outcome when good lists have no bill of ours. */
  refusal: Outcome | null;
  paymentId: string | null;
  link: string | null;
  /** `paper`: to be printed; `printed`; `failed`: the printer did not; `screen`; `plate`: nothing to show. */
  qr: 'paper' | 'printed' | 'failed' | 'screen' | 'plate';
  listing: Listing | null;
  /** Whole lists without our number since the latest POST. */
  goodLists: number;
  /** Questions without an answer, in a row. */
  failures: number;
  /** Questions in the background that decided nothing, in a row. */
  rounds: number;
  /** The box over the waiting: PM-03, PM-10, PM-12. */
  box: 'noLink' | 'onScreen' | 'buyerPays' | null;
  /** PM-03 was shown; it comes once (SCR-39). */
  wasWarned: boolean;
  /** Why the bill is to be cancelled; null = it is not. */
  cancel: 'cashier' | 'noLink' | null;
  /** False = the latest PUT certainly did not leave: then it may be sent once more in front of the cashier. */
  hasCancelLeft: boolean;
  /** The PUT was refused with `invalid_operation`: an open bill is then being paid (PM-12). */
  isCancelRefused: boolean;
  /** The bill was read open since the last PUT: only then another one may follow (8.3). */
  isReadOpen: boolean;
  oldBill: OldBill | null;
  /** The server said a word that nobody knows; told to the log once. */
  isStrange: boolean;
  /** `unknown` was reported: the cashier is free, no prompts any more. */
  isBackground: boolean;
  /** The cashier chose PayMaster again and waits for one reading. */
  isAskedAgain: boolean;
  /** The server named our payment in other figures: only an exact row is believed, nothing is cancelled. */
  isDisputed: boolean;
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
export type Stage = 'creating' | 'finding' | 'linking' | 'waiting' | 'cancelling' | 'ending' | 'clearing';

interface Always {
  kind: 'pay';
  order: Order;
}

export type PayState = Always &
  ({ at: 'starting' } | { at: Stage; bill: Bill } | { at: 'finished'; paymentId: string | null });

export type BillState = Extract<PayState, { bill: Bill }>;
export type Result = StepResult<PayState>;

export function inStage(state: Always, stage: Stage, bill: Bill): BillState {
  return { kind: 'pay', order: state.order, at: stage, bill };
}

export function withBill(state: BillState, change: Partial<Bill>): BillState {
  return inStage(state, state.at, { ...state.bill, ...change });
}

export function stay(state: PayState, ...actions: Action[]): Result {
  return { state, actions };
}

export function finish(state: Always, outcome: Outcome, paymentId: string | null = null): Result {
  const { kind, order } = state;
  return { state: { kind, order, at: 'finished', paymentId }, actions: [{ do: 'finish', outcome }] };
}

export function alarm(text: string): Action {
  return { do: 'alarm', text: `paymaster: ${text}` };
}

// What the cashier sees

/** What stands on the screen in this state; a background attempt draws nothing. */
export function show(from: BillState, facts: Facts): { state: BillState; actions: Action[] } {
  if (from.bill.isBackground) return { state: from, actions: [] };
  // A QR that could not be printed is asked about before anything else is waited for.
  const asksScreen = from.at === 'waiting' && from.bill.qr === 'failed' && from.bill.box === null;
  const state = asksScreen ? withBill(from, { box: 'onScreen' }) : from;
  const prompt: Action = { do: 'prompt', prompt: promptOf(state, facts) };
  // The slip goes out once. After a restart it is asked for again: a second one of the same bill does no harm.
  const isPrinting = state.at === 'waiting' && state.bill.box === null && state.bill.qr === 'paper';
  return { state: isPrinting ? withBill(state, { qr: 'printed' }) : state, actions: [prompt] };
}

function promptOf({ at, bill }: BillState, facts: Facts): Prompt {
  const leftMs = Math.max(0, bill.expiresAtMs - facts.nowMs);
  const lastMs = Math.max(0, giveUpAtMs(bill, facts) - facts.nowMs);
  if (bill.box === 'noLink') return noLinkPrompt();
  if (bill.box === 'onScreen') return onScreenPrompt();
  if (bill.box === 'buyerPays') return buyerPaysPrompt();
  if (bill.isCancelRefused) return waitPrompt(false, lastMs);
  if (at === 'clearing' || bill.cancel !== null) return cancellingPrompt();
  if (at !== 'waiting' || bill.qr === 'plate') return at === 'waiting' ? platePrompt(leftMs) : waitPrompt(true);
  if (bill.qr === 'printed') return printedPrompt(leftMs);
  return bill.qr === 'paper' ? paperPrompt(bill.link ?? '', leftMs) : screenPrompt(bill.link ?? '', leftMs);
}

/** Shows what stands now, then does the rest. */
export function shown(from: BillState, facts: Facts, then: (state: BillState) => Result): Result {
  const { state, actions } = show(from, facts);
  const result = then(state);
  return { state: result.state, actions: [...actions, ...result.actions] };
}

// Time

/** The bill has expired, and the server had its grace (8.1). */
export function giveUpAtMs(bill: Bill, { settings }: Facts): number {
  return bill.expiresAtMs + settings.graceMs;
}

/** A whole list that was asked for from then on and has no row of ours: nothing can come any more, or be paid (8.2.4). */
export function absentFromMs({ lifeSinceMs, expiresAtMs, startedAtMs }: Bill, { settings }: Facts): number {
  return lifeSinceMs + expiresAtMs - startedAtMs + settings.graceMs;
}

/** K32: set back over a restart, the clock says nothing of the bill's age, and the cashier would be held for years. */
export function isClockBack(bill: Bill, { settings, nowMs }: Facts): boolean {
  return nowMs < bill.startedAtMs - settings.listSlackMs;
}

/** When the dialog of assumption 13 may open; null = it was, or a cancel is under way. */
function warnAtMs({ bill }: BillState, { settings }: Facts): number | null {
  const isDue = !bill.wasWarned && !bill.isBackground && bill.cancel === null && bill.oldBill === null;
  return isDue ? bill.startedAtMs + settings.waitMs : null;
}

export function sleep(ms: number): Action {
  return { do: 'sleep', ms };
}

/** Until the next question, but not past the moment of the dialog. */
export function pause(state: BillState, facts: Facts): Action {
  const { settings, nowMs } = facts;
  if (state.bill.isBackground) return sleep(backOffMs(state.bill.rounds, settings, state.order.attemptId));
  const leftMs = (warnAtMs(state, facts) ?? 0) - nowMs;
  return sleep(leftMs > 0 ? Math.min(settings.pollMs, leftMs) : settings.pollMs);
}

/** PM-03: the wait is over and the last question failed, or the first one after that (assumption 13). */
export function warn(state: BillState, facts: Facts): { state: BillState; actions: Action[] } {
  const atMs = warnAtMs(state, facts);
  const isWithoutLink = state.bill.failures > 0 || !facts.settings.dialogOnlyWithoutLink;
  if (atMs === null || facts.nowMs < atMs || !isWithoutLink || state.bill.box !== null) return { state, actions: [] };
  return show(withBill(state, { box: 'noLink', wasWarned: true }), facts);
}

// Questions

/** Asks what this stage wants to know; the tag is new, so that a late answer to an older question is left alone. */
export function ask(from: BillState, facts: Facts): Result {
  const { settings, nowMs } = facts;
  const leftMs = (warnAtMs(from, facts) ?? 0) - nowMs;
  // A question may hang longer than the moment of the dialog is away.
  const wake: Action[] = leftMs > 0 && leftMs < settings.httpTimeoutMs ? [sleep(leftMs)] : [];
  const { paymentId, stickerId } = from.bill;
  if (from.at === 'finding' || paymentId === null) {
    const listing = from.bill.listing ?? {
      askedAtMs: nowMs,
      // Set back over a restart, the clock must not hide a bill that was made before.
      endMs: Math.max(nowMs, from.bill.postedAtMs) + settings.listSlackMs,
      cursor: null,
      pages: 0,
    };
    const asking = askAs(from.bill, 'list', nowMs);
    // An amount that reached a plate may be paid: not even a clock that runs ahead may hide it.
    const backMs = settings.listSlackMs + (stickerId === null ? 0 : settings.stickerLifeMs);
    const window = { startMs: from.bill.startedAtMs - backMs, endMs: listing.endMs };
    const shop = { ...settings, merchantId: from.bill.merchantId };
    const request = listRequest(asking.awaiting, shop, window, listing.cursor);
    return stay(withBill(from, { ...asking, listing }), send(request), ...wake);
  }
  if (from.at === 'linking' && stickerId !== null) {
    const asking = askAs(from.bill, 'sticker', nowMs);
    return stay(withBill(from, asking), send(stickerRequest(asking.awaiting, settings, stickerId)), ...wake);
  }
  const asking = askAs(from.bill, 'state', nowMs);
  return stay(withBill(from, asking), send(stateRequest(asking.awaiting, settings, paymentId)), ...wake);
}

/** No usable answer: stays as it was (paymaster.md 7), but the link counts as lost. */
export function unanswered(from: BillState, facts: Facts): Result {
  const failed = withBill(from, { failures: from.bill.failures + 1, listing: null });
  return undecided(failed, facts);
}

/** A question that did not end the payment. After the bill's life and grace the cashier is set free (8.1, 8.3). */
export function undecided(from: BillState, facts: Facts): Result {
  const state = withBill(from, { rounds: from.bill.isBackground ? from.bill.rounds + 1 : 0 });
  const isOver = facts.nowMs >= giveUpAtMs(state.bill, facts) || isClockBack(state.bill, facts);
  if (!state.bill.isBackground && isOver) return release(state, facts);
  const warned = warn(state, facts);
  return stay(warned.state, ...warned.actions, pause(warned.state, facts));
}

/** PM-06: the cashier is free, the machine goes on until it is decided. */
export function release(from: BillState, facts: Facts): Result {
  const { bill } = from;
  const state = inStage(from, bill.paymentId === null ? 'finding' : 'ending', {
    ...bill,
    box: null,
    cancel: bill.cancel ?? 'cashier',
    isBackground: true,
    rounds: 1,
  });
  return stay(state, ...freeing(UNDECIDED), pause(state, facts));
}

export function freeing(say: Say): Action[] {
  return [
    { do: 'prompt', prompt: null },
    { do: 'finish', outcome: { kind: 'unknown', say } },
  ];
}

// Answers

/**
 * Everything the answer must repeat before it is believed (paymaster.md 4; R5). A test payment is ours only while the till
 * is set to test: the server may hold a token for one (paymaster.md 2, `testMode`).
 */
export function isOurs({ order, bill }: BillState, payment: Payment, { settings }: Facts): boolean {
  return (
    payment.orderNumber === order.orderNumber &&
    payment.amountKopecks === order.amountKopecks &&
    payment.currency === CURRENCY &&
    (settings.testMode || !payment.isTest) &&
    (bill.paymentId === null || payment.id === bill.paymentId)
  );
}

/**
 * A payment that speaks of us: its status decides.
 * @param stillOpen what to do while it is not final
 */
export function settle(
  from: BillState,
  payment: Payment,
  facts: Facts,
  stillOpen: (state: BillState) => Result,
): Result {
  if (!isOurs(from, payment, facts)) return dispute(from, facts, payment);
  const { cancel, isAskedAgain, isStrange } = from.bill;
  const status = paymentStatus(payment);
  if (status === 'paid') {
    const say = cancel !== null && !isAskedAgain ? { say: ALREADY_PAID } : {};
    return finish(from, { kind: 'approved', providerPaymentId: payment.id, ...say }, payment.id);
  }
  if (typeof status === 'object') return finish(from, endOf(from.bill, status), payment.id);
  const isNewWord = status === 'strange' && !isStrange;
  const result = stillOpen(
    withBill(from, {
      paymentId: payment.id,
      link: from.bill.link ?? payment.link,
      isStrange: isStrange || isNewWord,
      failures: 0,
    }),
  );
  const words = alarm(`order ${from.order.orderNumber} has the status "${payment.status}"`);
  return { state: result.state, actions: [...(isNewWord ? [words] : []), ...result.actions] };
}

/** What a final state without money means to the cashier: whoever wanted the cancel sees no box (PM-04). */
export function endOf({ cancel, isBackground }: Bill, outcome: Outcome): Outcome {
  if (cancel === 'noLink') return NOT_REGISTERED;
  const isExpected = cancel === 'cashier' && !isBackground && outcome.kind === 'declined';
  return isExpected ? { ...outcome, say: CANCELLED } : outcome;
}

/**
 * The server speaks of our payment in other figures (R5, K20, vector P-18): never approved, the cashier is told once,
 * and it is asked for an exact row for ever.
 */
export function dispute(from: BillState, facts: Facts, payment: Payment | null = null): Result {
  const { bill, order } = from;
  const isTest = payment?.isTest === true && !facts.settings.testMode;
  const why = isTest ? 'says a test payment: the token is not one for money' : 'is not ours';
  const state = inStage(from, bill.paymentId === null ? 'finding' : 'ending', {
    ...bill,
    listing: null,
    box: null,
    rounds: bill.rounds + 1,
    isBackground: true,
    isDisputed: true,
  });
  return stay(
    state,
    ...(bill.isDisputed ? [] : [alarm(`the answer about order ${order.orderNumber} ${why}`)]),
    ...(bill.isBackground ? [] : freeing(NOT_OURS)),
    pause(state, facts),
  );
}

// Cancel

/** One PUT; whatever it is answered, the following GET decides (8.3). */
export function startCancel(from: BillState, paymentId: string, facts: Facts): Result {
  const asking = askAs(from.bill, 'cancel', facts.nowMs);
  const next = inStage(from, 'cancelling', {
    ...from.bill,
    ...asking,
    box: null,
    cancel: from.bill.cancel ?? 'cashier',
    hasCancelLeft: true,
    isReadOpen: false,
    isCancelRefused: false,
  });
  return shown(next, facts, (state) => stay(state, send(cancelRequest(asking.awaiting, facts.settings, paymentId))));
}

/** State of a payment, and what every stage of it needs. */
import type { Order, StepFacts, StepResult } from '../../driver.ts';
import { beginUndecided, type Finished, type Undecided } from '../../kernel/undecided.ts';
import type { Outcome } from '../../outcome.ts';
import type { Row } from '../../ports.ts';
import type { PromptPage } from '../../prompt.ts';
import type { OrderRecord } from './answers.ts';
import type { OrderFacts } from './prompts.ts';
import type { AssistSettings, Means } from './settings.ts';
import { paidBy } from './verdict.ts';

export type Facts = StepFacts<AssistSettings>;

/** Known before anything is sent. */
export interface Draft {
  order: Order;
  /** '' = the buyer wants no receipt by mail. */
  email: string;
}

export interface WalkOrder {
  orderNumber: string;
  amountKopecks: number;
  /** '' = none. */
  email: string;
  /** `ЗАКАЗ` without the list of means: stands behind the boxes until the reader works. */
  page: PromptPage;
  limits: WalkLimits;
}

/** How long each kind of waiting in the walk lasts at most. */
export interface WalkLimits {
  /** For a reader that is looked for or connected. */
  linkMs: number;
  /** For the next word of a reader that works. */
  deviceMs: number;
  /** For the cashier's answer. */
  cashierMs: number;
  /** For the slip that is to be signed. */
  slipMs: number;
}

/** The slip that the buyer signs, as far as the printer has told. */
export type SlipFate = 'printing' | 'printed' | 'unconfirmed' | 'notPrinted';

/** Where the walk with the card reader stands (`reader-walk.ts`). */
type WalkStage =
  /** AS-07. Without a name until the reader's driver has told which one it is. */
  | { at: 'last'; name: string | null }
  /** AS-08, AS-09, AS-10, AS-11 */
  | { at: 'search' }
  | { at: 'found'; name: string }
  | { at: 'connect'; name: string }
  | { at: 'none' }
  /** AS-12, and the update that follows it. */
  | { at: 'firmware' }
  | { at: 'update'; percent: number }
  /** AS-13 */
  | { at: 'lost' }
  /** AS-15 is being read; nothing was sent. */
  | { at: 'stopped' }
  /** The pay command is out, the reader has not answered. */
  | { at: 'starting' }
  /** Connected again after the loss of an asked payment: has the reader dropped it? */
  | { at: 'checking' }
  | { at: 'waitCard' }
  | { at: 'card' }
  | { at: 'choose'; options: string[] }
  | { at: 'chooseOnReader' }
  | { at: 'pin'; wrong: boolean }
  | { at: 'signature'; slip: SlipFate }
  | { at: 'processing' }
  | { at: 'remove'; approved: boolean }
  | { at: 'left' }
  | { at: 'ended' };

/** The card reader as far as we have heard of it. */
export interface WalkState {
  order: WalkOrder;
  stage: WalkStage;
  /** The pay command is out, and nobody has proved that nothing came of it. */
  asked: boolean;
  card: 'chip' | 'nfc' | 'stripe' | null;
  display: string[];
  /** The reader was told to stop and has not answered. */
  aborting: boolean;
  /** AS-15 covers the stage until it is read. */
  lowBattery: boolean;
  /** What the buyer signed. */
  slipRows: Row[] | null;
}

/** How long the walk waits at most for what it waits for now. */
export function waitLimitMs({ order: { limits }, stage, lowBattery }: WalkState): number {
  if (lowBattery) return limits.cashierMs;
  switch (stage.at) {
    case 'last':
    case 'search':
    case 'connect':
      return limits.linkMs;
    case 'found':
    case 'none':
    case 'firmware':
    case 'lost':
    case 'stopped':
    case 'choose':
      return limits.cashierMs;
    case 'signature':
      return stage.slip === 'printing' ? limits.slipMs : limits.cashierMs;
    default:
      return limits.deviceMs;
  }
}

/** What is known since something may have been created under our number. */
export interface Work extends Undecided, Draft {
  /** `unknown`: the state that could be read no more took it along. */
  means: Means | 'unknown';
  sentAtMs: number;
  /** What the buyer gave in cash; null = it was not counted. */
  receivedKopecks: number | null;
  /** Nobody else will tell any more; without an order in a good answer asked so long after, nothing was created. */
  doubt: { sinceMs: number; provenAfterMs: number } | null;
  /** The server has named the order: it cannot be absent any more. */
  isSeen: boolean;
  providerPaymentId: string | null;
  /** Named in the answer to our own create: what stands under our number before it is another till's. */
  ownBill: string | null;
  dateMs: number;
  /** On our own clock: the server's may stand wrong, or ours. */
  expiresAtMs: number;
  qr: string | null;
  /** How often the QR that is not there may still be asked for; 0 = it cannot be had. */
  qrTriesLeft: number;
  /** The registration that this needs was asked for in this very payment. */
  isEnrolled: boolean;
  view: View;
  /** The cashier wants another means; what the server says wins. */
  wantsCancel: boolean;
  abortedAtMs: number | null;
  /** The server refused the order: this is the outcome when a good answer has none. */
  refusal: Outcome | null;
  /** When the reader, the program or the cashier at it last said anything. */
  heardAtMs: number;
  walk: WalkState | null;
  readerRows: Row[] | null;
  /** The cashier has chosen Assist again and waits for one answer. */
  isAskedAgain: boolean;
  /** Its oddities stand in the alarm log already. */
  isAlarmed: boolean;
}

/**
 * What the cashier sees while the order is open: `main` = the QR, the program's prompt or plain waiting; `status` = the
 * order without its QR; the others are boxes to be answered.
 */
export type View = 'main' | 'status' | 'abortQuestion' | 'notAborted' | 'programSilent';

/**
 * - `creating`    the order for СБП is on its way
 * - `registering` cash is being reported
 * - `reader`      the reader has the pay command
 * - `enrolling`, `readingQr` the QR that the lost answer had is asked for again (assist.md 15)
 * - `polling`     the state of the order is asked until it is final
 * - `loggingIn`, `aborting` an unpaid order is being given up (assist.md 3.5)
 * - `rereading`   what has become of it
 */
export type Stage =
  | 'creating'
  | 'registering'
  | 'reader'
  | 'polling'
  | 'enrolling'
  | 'readingQr'
  | 'loggingIn'
  | 'aborting'
  | 'rereading';

/** What a later cancel, refund, report or repeat has to know. */
export interface Ended extends Finished<'pay'> {
  email: string;
  means: Means | null;
  /** Cash that the server has not heard of: when it was taken. */
  offlineSinceMs: number | null;
  /** False = no report of that cash can have arrived. */
  mayBeTold: boolean;
}

/** Nothing has been sent. @property selected place of the means in the list of AS-01 */
export type Choosing = { kind: 'pay'; selected: number } & Draft &
  ({ at: 'form' | 'cash' } | { at: 'walk'; walk: WalkState });

export interface Working {
  kind: 'pay';
  at: Stage;
  work: Work;
}

export type PayState = Choosing | Working | Ended;
export type Result = StepResult<PayState>;

export function begunWith(
  at: Stage,
  { order, email }: Draft,
  means: Work['means'],
  { nowMs, settings }: Facts,
  more: Partial<Work> = {},
): Working {
  const work: Work = {
    ...beginUndecided(order),
    email,
    means,
    sentAtMs: nowMs,
    receivedKopecks: null,
    doubt: null,
    isSeen: false,
    providerPaymentId: null,
    ownBill: null,
    dateMs: nowMs,
    expiresAtMs: nowMs + settings.orderLifeMs,
    qr: null,
    qrTriesLeft: settings.unreachableAfter,
    isEnrolled: false,
    view: 'main',
    wantsCancel: false,
    abortedAtMs: null,
    refusal: null,
    heardAtMs: nowMs,
    walk: null,
    readerRows: null,
    isAskedAgain: false,
    isAlarmed: false,
    ...more,
  };
  return { kind: 'pay', at, work };
}

/** A line for the alarm log. */
export function alarmText({ order }: Draft, what: string): string {
  return `assist: order ${order.orderNumber}: ${what}`;
}

/** A state that could not be read took the means with it: the order says which it was, once it is paid. */
export function meansOf({ means }: Work, record: OrderRecord | null): Means | null {
  return means === 'unknown' ? paidBy(record) : means;
}

/** What a page says of the order. */
export function factsOf(work: Work, record: OrderRecord | null, status: string, information: string): OrderFacts {
  const { order } = work;
  return {
    order,
    means: meansOf(work, record),
    status,
    dateMs: record?.dateMs ?? work.dateMs,
    billNumber: record?.billNumber ?? work.providerPaymentId,
    information,
    prepaidKopecks: order.receipt.paidKopecks ?? 0,
  };
}

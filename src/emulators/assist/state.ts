/** What the emulated Assist server remembers. Plain JSON: it is the state file. */
import type { Means, Way } from './settings.ts';

export type OrderState = 'In Process' | 'Approved' | 'PartialCanceled' | 'Canceled' | 'Declined' | 'Timeout';

export interface Operation {
  kind: 'payment' | 'refund';
  /** Its number inside the order, from 1: the `.N` of the extended bill number. */
  ordinal: number;
  sumKopecks: number;
  atMs: number;
  responseCode: string;
  /** Refund: our name of it, null when none was sent. */
  externalRefundId: string | null;
  /** Refund: the sum as it was asked for; null: all that was left. */
  askedKopecks: number | null;
  /** State of the order right after it, for the stored answer of a repeated refund. */
  stateAfter: OrderState;
}

export interface Order {
  billNumber: string;
  orderNumber: string;
  comment: string;
  sumKopecks: number;
  means: Means;
  /** Absent in books of before it was told. */
  way?: Way;
  state: OrderState;
  createdAtMs: number;
  /** Cash: the moment of the sale as the till told it. */
  tillDateMs: number | null;
  operations: Operation[];
  /** In process: when and how it ends by itself. */
  awaiting: Awaiting | null;
  /** A word put in place of the state by a test or a trainer; the money stays as it is. */
  shownState: string | null;
}

export interface Awaiting {
  /** Null: the payer never acts. */
  answerAtMs: number | null;
  responseCode: string;
  expiresAtMs: number;
  /** False: the post of the reader has decided it, a changed buyer does not. */
  isUpToBuyer: boolean;
}

export interface AssistState {
  nextSerial: number;
  orders: Order[];
  /** Tokens of the abort service, as hashes. */
  tokenHashes: string[];
  /** Ids of the till applications that have registered, as hashes, by device. */
  registrations?: Record<string, string>;
  /** How far `control/clock` has moved the clock. */
  clockOffsetMs: number;
}

/** A server on its first day. */
export function emptyState(): AssistState {
  return { nextSerial: 1, orders: [], tokenHashes: [], clockOffsetMs: 0 };
}

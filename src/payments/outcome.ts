import type { Row } from './ports.ts';

/**
 * How an operation with a payment system ended (law 2: no answer is not "no").
 *
 * `approved`, `declined` and `notSent` are proven and final. `unknown` is not an end: the machine that reported it goes on
 * asking and reports again.
 */
export type Outcome =
  | {
      kind: 'approved';
      providerPaymentId: string | null;
      say?: Say;
      /** It was paid in notes and coins: the drawer opens with the receipt. */
      isCash?: true;
      /** Of those, what the buyer has handed over beyond the order and gets back. */
      changeKopecks?: number;
      /** Fields of the payment slip. */
      slip?: Row[];
      /** The money is in the till, but the provider has yet to be told (`Operation` `follow`). */
      follow?: true;
      cards?: LoyaltyCard[];
      operations?: ProviderOperation[];
      /** The provider's ids of further payments of this number and sum: charged twice, they go back by themselves. */
      surplus?: string[];
      /** How many more the list has that are not this register's, or not of this shift. */
      othersCount?: number;
    }
  /**
   * `follow`: proven as far as anybody can tell; it is still looked at for a while, a late success goes back.
   * `linkLost`: the next payment of this system is a probe, as after a request that did not leave (О!плати: OPL-14).
   */
  | { kind: 'declined'; code: DeclineCode; say: Say | null; follow?: true; linkLost?: true }
  | { kind: 'notSent'; say: Say | null }
  | { kind: 'unknown'; say: Say | null };

/** What to tell the cashier: a number of the message catalogue and its blanks. `text` stands in for `<текст сервера>`. */
export interface Say {
  number: string;
  text?: string;
  params?: Record<string, string>;
  /** Shown as a whole screen instead of a box (SCR-43, РЕЗУЛЬТАТ). */
  result?: ResultPage;
}

/** How an order ended, as a whole screen. F8 prints its slip (`approved`), or begins the payment anew (`repeats`). */
export interface ResultPage {
  title: string;
  heading: string;
  rows: Row[];
  repeats: boolean;
}

/** Closed list; every one means: proven that no money moved (or, for a reversal, that none was given back). */
export type DeclineCode =
  | 'refused'
  | 'noFunds'
  | 'timeout'
  | 'cancelled'
  | 'notScanned'
  | 'codeNotEntered'
  | 'buyerCodeRejected'
  | 'rejected'
  | 'notRegistered'
  | 'notAuthorised'
  | 'blocked';

/** A card in the buyer's application. */
export interface LoyaltyCard {
  number: string;
  programName: string;
}

/** One operation as the provider's report tells it (oplati.md 3.6), for the reconciliation. */
export interface ProviderOperation {
  /** О!плати: the label of the report it stands in. */
  shiftLabel?: string;
  providerPaymentId: string;
  orderNumber: string;
  kind: 'payment' | 'reversal';
  amountKopecks: number;
  /** Final and made, final and not made, or not decided. */
  state: 'approved' | 'declined' | 'pending';
}

/** One operation of a shift, as its system may be asked about it. */
export interface Booked {
  orderNumber: string;
  /** Null = the provider never named it. */
  providerPaymentId: string | null;
  kind: ProviderOperation['kind'];
  amountKopecks: number;
  state: ProviderOperation['state'];
  /** A reversal: the payment it goes against. */
  source: { orderNumber: string; providerPaymentId: string | null } | null;
}

/** The register's operations of a shift, or a part of them, for a system that does not know the shift by its label. */
export interface Books {
  openedAtMs: number;
  /** How the order numbers of this register begin, and those of this shift (ADR 0013): `8-`, `8-42-`. */
  registerPrefix: string;
  shiftPrefix: string;
  operations: Booked[];
  /** `orders`: how many orders were asked about before these, and how many there are. */
  progress: { asked: number; all: number };
}

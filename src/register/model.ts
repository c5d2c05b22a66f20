/** The shapes of the domain (domain.md). All of them are JSON: they are stored in the journal as they stand. */

export interface Unit {
  code: string;
  name: string;
  fractional: boolean;
}

/** A row of the goods dictionary, ready to be sold. Text has passed `safeText`. */
export interface Goods {
  code: string;
  /** Main barcode, null when the goods has none. */
  barcode: string | null;
  name: string;
  unit: Unit;
  priceKopecks: number;
  /** 0 = no lower bound. */
  minPriceKopecks: number;
  /** `enablepricemanual` / `requirepricemanual` of AIF. */
  priceEntry: 'forbidden' | 'allowed' | 'required';
  /** `requirequantitymanual` of AIF. */
  quantityRequired: boolean;
  /** `disableinventsale` of AIF. */
  saleForbidden: boolean;
  /** Per position; null = none. */
  quantityLimitThousandths: number | null;
  /** Per document; null = none. */
  documentQuantityLimitThousandths: number | null;
}

/** How the goods came into the receipt (bcode_mode of the modelled program). */
export type Entry = 'code' | 'barcode' | 'scan' | 'search' | 'repeat';

export interface Line {
  /** Position number in the document, 1.., never reused after a storno. */
  positionNumber: number;
  goods: Goods;
  entry: Entry;
  /** The raw code as typed or scanned; null when chosen from the search. */
  enteredCode: string | null;
  priceKopecks: number;
  quantityThousandths: number;
  /** What the line costs: price x quantity less the discount; for a return, what is given back. */
  sumKopecks: number;
  discountKopecks: number;
  /** A line of a return by receipt: the sold line it comes from and what was returned of it before. */
  returned: ReturnedLine | null;
}

export interface ReturnedLine {
  positionNumber: number;
  soldThousandths: number;
  /** What was paid for it, less the parts of that money which went back while the goods stayed sold. */
  paidKopecks: number;
  beforeThousandths: number;
  /** Given back for the goods that came back. */
  beforeKopecks: number;
  /** A part of its money goes back, and the goods stay sold (zPOS: `часть суммы чека`). */
  isPartOfSum?: true;
}

/** A loyalty or discount card in a receipt (SCR-23). */
export interface Card {
  number: string;
  groupCode: number;
  groupName: string;
  /** Hundredths of a percent: 500 = 5 %. */
  discountBasisPoints: number;
  /** Printed before the number: `Карта`, or one with the system's name. */
  title: string;
}

/** The sale a return by receipt goes back to. */
export interface ReturnSource {
  documentId: string;
  number: number;
  closedAt: number;
  /** Its counted payments in the order they were made, with what may still be given back of each. */
  payments: {
    attemptId: string;
    currency: Currency;
    leftKopecks: number;
    orderNumber: string;
    providerPaymentId: string | null;
    /** Absent in a return that an earlier version has opened. */
    startedAt?: number;
    means?: string;
    isCash?: true;
  }[];
}

/** How one payment of the sale goes back: as it was paid, or in cash, where the shop allows that. */
export interface RefundStep {
  /** The payment of the sale. */
  attemptId: string;
  inCash: boolean;
}

/** A voided row, kept for reports (stornogoodsitem). */
export interface StornoLine {
  line: Line;
  at: number;
  cashierCode: string;
  confirmedByCode: string | null;
}

export interface Currency {
  code: number;
  shortName: string;
  name: string;
  /** Which driver takes it: `cash`, `terminal` (АТ), or a payment system's name. */
  provider: string;
  /** Which of the driver's ways it is (Ассист: cash, reader, sbp, softpos); absent or null = it has but one. */
  option?: string | null;
  changeAllowed: boolean;
}

/**
 * - `waiting`    the attempt runs, the cashier watches it
 * - `unknown`    sent, not decided; not counted, the register keeps asking (law 2)
 * - `approved`   counted
 * - `cancelling` approved, its reversal runs; still counted until the provider confirmed
 * - `cancelQueued` the cashier gave the payment back, the reversal waits for the link; not counted
 * - `cancelRefused` the same, and its reversal was refused for good: the money has stayed. Of a closed document only, read
 *   from the attempts (journal/settled-cancels.ts)
 * - the rest are final and not counted
 */
export type PaymentState =
  | 'waiting'
  | 'unknown'
  | 'approved'
  | 'cancelling'
  | 'cancelQueued'
  | 'cancelRefused'
  | 'cancelled'
  | 'declined'
  | 'notSent'
  | 'manualPaid'
  | 'manualNotPaid'
  | 'manualReturned';

/** What is known of a payment only when it has ended: how the buyer paid. */
export interface Tendered {
  /** Where one payment type offers several ways: `наличные`. */
  means?: string;
  /** Its payment system took it in notes and coins, or it went back so. */
  isCash?: true;
  /** Given out of what the buyer handed over, as its system has counted it; the payment's own sum is without it. */
  changeKopecks?: number;
}

/** One money line of a document (moneyitem). Its identity is the attempt's identity, for life. */
export interface Payment extends Tendered {
  attemptId: string;
  currency: Currency;
  amountKopecks: number;
  state: PaymentState;
  startedAt: number;
  /** Provider's own id, when it has told one. */
  providerPaymentId: string | null;
  /** The number the provider knows this attempt by. */
  orderNumber: string;
  /** A refund names the payment of the sale it gives back. */
  sourceAttemptId: string | null;
}

export type DocumentType = 'sale' | 'return' | 'returnBySale';

export interface Document {
  documentId: string;
  number: number;
  type: DocumentType;
  shiftNumber: number;
  cashierCode: string;
  cashierName: string;
  openedAt: number;
  stage: 'goods' | 'subtotal';
  lines: Line[];
  stornoLines: StornoLine[];
  payments: Payment[];
  nextPositionNumber: number;
  card: Card | null;
  /** Return by receipt only. */
  source: ReturnSource | null;
  /** In which order, and by which means, the cashier has decided to give the sale's payments back (DOM-102). */
  refundPlan?: RefundStep[];
}

/** A document as it is kept for ever. */
export interface ClosedDocument extends Document {
  status: 'closed' | 'annulled';
  closedAt: number;
  totalKopecks: number;
  discountKopecks: number;
  receivedKopecks: number;
  changeKopecks: number;
  /** Running number of closed documents, as a fiscal device would count them; null when annulled. */
  fiscalNumber: number | null;
  /** Annulled: the payments that went back with it. Absent in one that an earlier version has annulled: all of them. */
  givenBack?: string[];
}

export interface User {
  code: string;
  name: string;
  /** Printed on the log-in screen (`старший кассир`). */
  rank: string;
  roles: Role[];
}

export type Role = 'cashier' | 'senior' | 'administrator';

export interface Shift {
  number: number;
  openedAt: number;
  /** Label given to payment systems, `ddMMyyyy` of the opening day; stored so that it never moves. */
  label: string;
}

export interface RegisterState {
  /** касса <N> */
  registerNumber: number;
  /** Random, made once per journal: keeps order numbers unique when a root is made anew (oplati.md 13.12). */
  journalId: string;
  user: User | null;
  /** Locked by F12 or idle time; the open document survives. */
  locked: boolean;
  shift: Shift | null;
  lastShiftNumber: number;
  lastDocumentNumber: number;
  lastFiscalNumber: number;
  /** What the next item opens: a sale, or a free return after COMMAND_BACK. */
  mode: 'sale' | 'return';
  /** A card added before the first item; goes into the document that opens next. */
  pendingCard: Card | null;
  /** Wall time of the newest event; receipt time never goes back inside a shift. */
  lastEventAt: number;
  document: Document | null;
  /** The document closed last, until the next one opens (SCR-11). */
  lastClosed: ClosedDocument | null;
}

export function initialState(registerNumber: number, journalId: string): RegisterState {
  return {
    registerNumber,
    journalId,
    user: null,
    locked: false,
    shift: null,
    lastShiftNumber: 0,
    lastDocumentNumber: 0,
    lastFiscalNumber: 0,
    mode: 'sale',
    pendingCard: null,
    lastEventAt: 0,
    document: null,
    lastClosed: null,
  };
}

/** What the emulated О!плати server remembers. Plain JSON: it is the state file. */
import type { PaymentMode } from './settings.ts';

/** What the buyer answers when asked to pay. */
export type BuyerAnswer = 'pay' | 'refuse' | 'lackMoney';

export interface Payment {
  paymentId: number;
  regNum: string;
  /** 1 sale (or a reversal taken back), 3 reversal. */
  paymentType: 1 | 3;
  sumKopecks: number;
  status: number;
  createdAtMs: number;
  paidAtMs: number;
  orderNumber: string;
  shift: string | null;
  sessionId: number | null;
  /** Reversal: what it gives back. */
  sourcePaymentId: number | null;
  /** Status 0: when and how it ends by itself. */
  awaiting: { answerAtMs: number | null; answer: BuyerAnswer; expiresAtMs: number } | null;
  /** Web flow v2. */
  notificationUrl: string | null;
}

export interface Session {
  sessionId: number;
  regNum: string;
  mode: PaymentMode;
  demandedAtMs: number;
  /** When the buyer becomes (or became) ready; null: never, unless told so. */
  readyAtMs: number | null;
  isUsed: boolean;
  /** Ended by a newer demand. */
  isEnded: boolean;
  /** What the buyer scans or types to join. */
  key: string | null;
}

export interface Register {
  regNum: string;
  mode: 'password' | 'token';
  /** Null: the token was reset, or never asked for. */
  secretHash: string | null;
}

export interface LoyaltyCard {
  cardNumber: string;
  programName: string;
}

export interface OplatiState {
  nextPaymentId: number;
  nextSessionId: number;
  payments: Payment[];
  sessions: Session[];
  registers: Register[];
  /** Buyer codes seen or issued, as hashes. */
  buyerCodes: { hash: string; expiresAtMs: number; isSpent: boolean }[];
  /** Null: the wallet has no bottom. */
  balanceKopecks: number | null;
  loyaltyCards: LoyaltyCard[];
  /** How far `control/clock` has moved the clock. */
  clockOffsetMs: number;
}

/** A server on its first day. */
export function emptyState(): OplatiState {
  return {
    nextPaymentId: 1_000_001,
    nextSessionId: 5001,
    payments: [],
    sessions: [],
    registers: [],
    buyerCodes: [],
    balanceKopecks: null,
    loyaltyCards: [],
    clockOffsetMs: 0,
  };
}

/** What the emulated PayMaster server remembers. Plain JSON: it is the state file. */
import { qrcIdOf, sbpLink } from '../sbp-link.ts';

export type PaymentStatus = 'Confirmation' | 'Settled' | 'Cancelled' | 'Rejected';
export type RefundStatus = 'Pending' | 'Success' | 'Rejected';

export interface Payment {
  id: string;
  /** Place among all operations: two may have come in the same millisecond. */
  ordinal: number;
  createdAtMs: number;
  testMode: boolean;
  status: PaymentStatus;
  /** Null until it is final, and when it was cancelled. */
  resultCode: string | null;
  endedAtMs: number | null;
  sumKopecks: number;
  description: string;
  /** `invoice.orderNo`; the API does not insist on it. */
  orderNumber: string | null;
  params: Record<string, string> | null;
  /** Null: a dynamic QR. */
  stickerId: string | null;
  /** How often it was read by its id. */
  reads?: number;
  link: string;
  callbackUrl: string | null;
  idempotencyKey: string | null;
  /** End of the bill as asked for, and as it will be: some buyers come upon a bill that ends at once. */
  billedUntilMs: number;
  expiresAtMs: number;
  /** The payer's bank is at work: the payment can neither be cancelled nor expire any more (sbp-qr.md 5). */
  isPaying: boolean;
  /** What the payer is going to do; null: never by himself. */
  opensAtMs: number | null;
  answersAtMs: number | null;
  /** `Success`, or the code of the refusal. */
  answer: string;
}

export interface Refund {
  id: string;
  ordinal: number;
  createdAtMs: number;
  paymentId: string;
  sumKopecks: number;
  status: RefundStatus;
  resultCode: string | null;
  idempotencyKey: string | null;
  endedAtMs: number | null;
  /** When it ends by itself; null: stays pending. */
  endsAtMs: number | null;
  /** `Success`, or the code of the refusal. */
  answer: string;
}

export interface Sticker {
  id: string;
  isCashLink: boolean;
  isActive: boolean;
  paymentPurpose: string;
  description: string;
  productCode: string;
  /** Fixed sum of an ordinary static QR. */
  sumKopecks: number | null;
  payload: string;
  callbackUrl: string | null;
}

/** An accepted POST, so that its repeat is known (paymaster.md 12, setting 9). */
export interface KeyRecord {
  key: string;
  /** Of the path and the body. */
  requestHash: string;
  objectId: string;
}

export interface PaymasterState {
  nextOrdinal: number;
  nextPaymentId: number;
  nextRefundId: number;
  nextStickerNumber: number;
  payments: Payment[];
  refunds: Refund[];
  stickers: Sticker[];
  keys: KeyRecord[];
  /** How far `control/clock` has moved the clock. */
  clockOffsetMs: number;
}

/** A server on its first day, with the cash link of the conformance vectors registered. */
export function emptyState(): PaymasterState {
  return {
    nextOrdinal: 1,
    nextPaymentId: 900_000_001,
    nextRefundId: 700_000_001,
    nextStickerNumber: 2,
    payments: [],
    refunds: [],
    stickers: [
      {
        id: 'stk-test-1',
        isCashLink: true,
        isActive: true,
        paymentPurpose: 'Оплата, магазин 1, касса 1',
        description: '',
        productCode: '',
        sumKopecks: null,
        payload: sbpLink({ qrcId: qrcIdOf('cashLink', 'V0'), kind: 'static', sumKopecks: null }),
        callbackUrl: null,
      },
    ],
    keys: [],
    clockOffsetMs: 0,
  };
}

/** Settings of the PayMaster emulator: the assumptions of the protocol papers that a server decides. */
import type { DialectTable } from '../dialect.ts';

export interface PaymasterSettings {
  /** The one shop that the token opens; another one is refused. */
  merchantId: string;
  token: string;
  /** The token is one for tests: every payment is a test payment, whatever its body asks for. */
  isTestToken: boolean;
  /** Repeated `Idempotency-Key`: `replay` gives the stored object for the same bytes, `violation` refuses any repeat. */
  idempotency: 'replay' | 'violation';
  /** A cash link that still carries an unpaid amount: refuse the next one, or cancel the old one by force. */
  busySticker: 'refuse' | 'replace';
  /** Life of a bill that names no end. */
  billTtlMs: number;
  /** Life of an amount on a cash link, both ends allowed (sbp-qr.md 8, setting 7). */
  activationMinMs: number;
  activationMaxMs: number;
  amountMinKopecks: number;
  amountMaxKopecks: number;
  /** How `amount.value` is written: `15.3000`, `15.3`, `"15.3000"` (paymaster.md 2). */
  amountForm: 'four decimals' | 'short' | 'text';
  /** Whether dates show their milliseconds; the examples of the paper do not. */
  hasMilliseconds: boolean;
  /** False: `confirmation` stands in the answer to POST only. */
  hasLinkOnRead: boolean;
  /** When the link comes: with POST, with the second reading (`Pending` until then), or not at all. */
  linkAt: 'create' | 'read' | 'never';
  /** Whether the list of refunds may be asked for without a period. */
  refundList: 'period' | 'merchantOnly';
  /** Rows of the list of payments: the documented short ones, those without an order number too, or whole objects. */
  listRows: 'short' | 'unnamed' | 'full';
  /** HTTP status of a violated key; no public source names one. */
  conflictStatus: 409 | 400;
  confirmationType: 'External' | 'ExternalPayment';
  cancelAnswer: 'empty' | 'object';
  /** False: the till must ask the sticker for its link (paymaster.md 12, setting 5). */
  hasLinkOfSticker: boolean;
  pageSize: number;
  /** The body of a notification starts with a BOM (vector P-19). */
  callbackBom: boolean;
}

/** The decisions of paymaster.md 12 and sbp-qr.md 8. */
export const DEFAULT_SETTINGS: PaymasterSettings = {
  merchantId: '00000000-0000-4000-8000-000000000001',
  token: 'paymaster-demo-token',
  isTestToken: false,
  idempotency: 'replay',
  busySticker: 'refuse',
  billTtlMs: 300_000,
  activationMinMs: 60_000,
  activationMaxMs: 1_200_000,
  amountMinKopecks: 100,
  amountMaxKopecks: 100_000_000,
  amountForm: 'four decimals',
  hasMilliseconds: false,
  hasLinkOnRead: true,
  linkAt: 'create',
  refundList: 'period',
  listRows: 'short',
  conflictStatus: 409,
  confirmationType: 'External',
  cancelAnswer: 'empty',
  hasLinkOfSticker: true,
  pageSize: 100,
  callbackBom: false,
};

/** What one server may do in another way than the next; it can be changed while the emulator runs. */
export type Dialect = Pick<
  PaymasterSettings,
  | 'idempotency'
  | 'busySticker'
  | 'amountForm'
  | 'hasMilliseconds'
  | 'hasLinkOnRead'
  | 'linkAt'
  | 'refundList'
  | 'listRows'
  | 'conflictStatus'
  | 'confirmationType'
  | 'cancelAnswer'
  | 'pageSize'
  | 'hasLinkOfSticker'
  | 'callbackBom'
>;

export const DIALECTS: DialectTable<Dialect> = {
  idempotency: ['replay', 'violation'],
  busySticker: ['refuse', 'replace'],
  amountForm: ['four decimals', 'short', 'text'],
  hasMilliseconds: [false, true],
  hasLinkOnRead: [true, false],
  linkAt: ['create', 'read', 'never'],
  refundList: ['period', 'merchantOnly'],
  listRows: ['short', 'unnamed', 'full'],
  conflictStatus: [409, 400],
  confirmationType: ['External', 'ExternalPayment'],
  cancelAnswer: ['empty', 'object'],
  pageSize: [100, 2],
  hasLinkOfSticker: [true, false],
  callbackBom: [false, true],
};

/** Settings of the Assist emulator: the assumptions of the protocol paper (assist.md 12) that a server decides. */
import type { DialectTable } from '../dialect.ts';
import { emulatorBank } from '../sbp-link.ts';

/** How an order is paid: by the link of СБП, by the card reader, by the SoftPOS application, in cash. */
export type Means = 'sbp' | 'card' | 'softPos' | 'cash';
export const MEANS: readonly Means[] = ['sbp', 'card', 'softPos', 'cash'];

export interface AssistSettings {
  merchantId: string;
  login: string;
  password: string;
  /** Secret word of the check values; null: none are asked for, none are given. */
  secretWord: string | null;
  sbpQr: { path: string; qrField: string; expiresField: string };
  /** How long an order waits for its payer. */
  sbpTtlMs: number;
  /** Member id of the bank in the links (sbp-qr.md 8.9). */
  sbpBank: string;
  sbpLimitsKopecks: { min: number; max: number };
  xposPath: string;
  paymentModeField: string;
  /**
   * Values of the field. `CASH` and `11` are those of assist.md 12.7 and 12.11. No paper says how the SoftPOS application
   * marks its payments; `12` is an assumption of this emulator, so that its orders are told from those of a reader.
   */
  paymentModes: Record<Exclude<Means, 'sbp'>, string>;
  /** Value of `meantypename`. */
  meanNames: Record<Means, string>;
  /** `testmode` of every order. */
  testMode: 0 | 1;
  /** True: `orderstate` carries the Russian word, as the server may answer to `Language=RU`. */
  russianStates: boolean;
  /** Faults come inside `fault` or at the root of the JSON; clients must read both (assist.md 6). */
  faultForm: 'framed' | 'root' | 'codes';
  /** Where `packetdate` and `checkvalue` stand: in an object of their own, or in the order (both are published). */
  answerForm: 'checkdata' | 'flat';
  /** Sums of answers: `10.00`, a JSON number, `10,00`. */
  amountForm: 'text' | 'number' | 'comma';
  /** What is hashed where the sum is a number: as it was sent, or always with two decimals. */
  hashedAmount: 'asSent' | 'decimals';
  operationTypeForm: 'text' | 'number';
  /** How a number is answered that nobody has used: an empty list, or fault 10/201 with HTTP 400 or 200. */
  absentOrder: 'emptyList' | 'fault' | 'fault200';
  /** Several orders of one number. */
  orderList: 'oldestFirst' | 'newestFirst';
  /**
   * Means that the rights of the merchant forbid. The paper names no answer for it; this emulator answers HTTP 403 with
   * fault 10/100, because 401 and 403 are the answers that promise that nothing was created (assist.md 6).
   */
  forbiddenMeans: readonly Means[];
}

/** The decisions of assist.md 12; merchant and login are those of its conformance vectors. */
export const DEFAULT_SETTINGS: AssistSettings = {
  merchantId: '123456',
  login: 'demo_user',
  password: 'assist-demo-password',
  secretWord: null,
  sbpQr: { path: '/pay/fastpay.cfm', qrField: 'qrcode', expiresField: 'expirationtime' },
  sbpTtlMs: 900_000,
  sbpBank: emulatorBank,
  sbpLimitsKopecks: { min: 100, max: 100_000_000 },
  xposPath: '/xpos/payment.cfm',
  paymentModeField: 'PaymentMode',
  paymentModes: { cash: 'CASH', card: '11', softPos: '12' },
  meanNames: { sbp: 'СБП', card: 'КАРТА', softPos: 'КАРТА', cash: 'НАЛИЧНЫЕ' },
  testMode: 0,
  russianStates: false,
  faultForm: 'framed',
  answerForm: 'checkdata',
  amountForm: 'text',
  hashedAmount: 'asSent',
  operationTypeForm: 'text',
  absentOrder: 'emptyList',
  orderList: 'oldestFirst',
  forbiddenMeans: [],
};

/** What one server may do in another way than the next; it can be changed while the emulator runs. */
export type Forms = Pick<
  AssistSettings,
  | 'russianStates'
  | 'faultForm'
  | 'testMode'
  | 'answerForm'
  | 'amountForm'
  | 'hashedAmount'
  | 'operationTypeForm'
  | 'absentOrder'
  | 'orderList'
>;

export const DIALECTS: DialectTable<Forms> = {
  russianStates: [false, true],
  faultForm: ['framed', 'root', 'codes'],
  testMode: [0, 1],
  answerForm: ['checkdata', 'flat'],
  amountForm: ['text', 'number', 'comma'],
  hashedAmount: ['asSent', 'decimals'],
  operationTypeForm: ['text', 'number'],
  absentOrder: ['emptyList', 'fault', 'fault200'],
  orderList: ['oldestFirst', 'newestFirst'],
};

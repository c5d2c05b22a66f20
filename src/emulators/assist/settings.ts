/** Settings of the Assist emulator: the assumptions of the protocol paper (assist.md 12) that a server decides. */
import type { DialectTable } from '../dialect.ts';
import { emulatorBank } from '../sbp-link.ts';

/** How an order is paid: by the link of СБП, by the card reader, by the SoftPOS application, in cash. */
export type Means = 'sbp' | 'card' | 'softPos' | 'cash';
export const MEANS: readonly Means[] = ['sbp', 'card', 'softPos', 'cash'];

/** By which service an order was made: the form that answers with a QR, the page, the form of the till, its SOAP service. */
export type Way = 'direct' | 'page' | 'form' | 'mpos';

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
  /** Sums of answers: a JSON number, `10.00`, `10,00`. */
  amountForm: 'number' | 'text' | 'comma';
  /** What is hashed where the sum is a number: as it was sent, or always with two decimals. */
  hashedAmount: 'asSent' | 'decimals';
  operationTypeForm: 'number' | 'text';
  /** How a number is answered that nobody has used: fault 10/201 with HTTP 400 or 200, or an empty list. */
  absentOrder: 'fault' | 'fault200' | 'emptyList';
  /** Several orders of one number. */
  orderList: 'oldestFirst' | 'newestFirst';
  /** Codes of the refusals: by the published tables, or as the first paper had them. */
  refusals: 'published' | 'old';
  /** A second `payment` of the till application under a number: the stored order where the sum is the same, 11/107, or another order. */
  usedNumber: 'stored' | 'refuse' | 'second';
  /** Whether `mobileorderresult` wants the registration it gave. */
  registration: 'demanded' | 'free';
  /** The answer to a `payment` of СБП has its QR. */
  hasQrAtOnce: boolean;
  /** `mobileorderresult` repeats the QR of an order that waits. */
  hasQrOnRead: boolean;
  /** HTTP status of a SOAP fault. */
  soapFaultStatus: 200 | 500;
  /** What an operation tells besides what decides. */
  operationFields: 'full' | 'minimal';
  /**
   * Means that the rights of the merchant forbid. The paper names no answer for it; this emulator answers HTTP 403, because
   * 401 and 403 are the answers that promise that nothing was created (assist.md 6).
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
  amountForm: 'number',
  hashedAmount: 'asSent',
  operationTypeForm: 'number',
  absentOrder: 'fault',
  orderList: 'oldestFirst',
  refusals: 'published',
  usedNumber: 'stored',
  registration: 'demanded',
  hasQrAtOnce: true,
  hasQrOnRead: true,
  soapFaultStatus: 200,
  operationFields: 'full',
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
  | 'refusals'
  | 'usedNumber'
  | 'registration'
  | 'hasQrAtOnce'
  | 'hasQrOnRead'
  | 'soapFaultStatus'
  | 'operationFields'
>;

export const DIALECTS: DialectTable<Forms> = {
  russianStates: [false, true],
  faultForm: ['framed', 'root', 'codes'],
  testMode: [0, 1],
  answerForm: ['checkdata', 'flat'],
  amountForm: ['number', 'text', 'comma'],
  hashedAmount: ['asSent', 'decimals'],
  operationTypeForm: ['number', 'text'],
  absentOrder: ['fault', 'fault200', 'emptyList'],
  orderList: ['oldestFirst', 'newestFirst'],
  refusals: ['published', 'old'],
  usedNumber: ['stored', 'refuse', 'second'],
  registration: ['demanded', 'free'],
  hasQrAtOnce: [true, false],
  hasQrOnRead: [true, false],
  soapFaultStatus: [200, 500],
  operationFields: ['full', 'minimal'],
};

/** Settings of Assist: `assist.conf` and the assumptions of assist.md 12 that concern the client. */
import type { Pauses } from '../../kernel/asking.ts';
import { NETWORK_DEFAULTS, type NetworkSettings } from '../../network.ts';

/** A way to pay an order (assist.md 4); also `Tender.option` when each has a payment type of its own. */
export type Means = 'cash' | 'reader' | 'sbp' | 'softpos';

/** In the order of SCR-40. */
export const ALL_MEANS: readonly Means[] = ['cash', 'reader', 'sbp', 'softpos'];

/** What each is called: in the list of an order, as a payment type, and as `Способ оплаты:` of a result. */
export const MEANS_NAMES: Record<Means, { name: string; short: string; result: string; word: string }> = {
  cash: { name: 'Наличные', short: 'АсНал', result: 'НАЛИЧНЫЕ', word: 'наличные' },
  reader: { name: 'Картридер', short: 'АсКарт', result: 'КАРТА', word: 'картридер' },
  sbp: { name: 'СБП', short: 'АсСБП', result: 'СБП', word: 'СБП' },
  softpos: { name: 'SoftPOS', short: 'АсСофт', result: 'SoftPOS', word: 'SoftPOS' },
};

/** Where each service is, below `serverUrl` (assist.md 14). */
export const ASSIST_PATHS = {
  /** СБП by `direct`, by `page`; cash by `form`. */
  sbp: '/pay/fastpay.cfm',
  page: '/pay/payrequest.cfm',
  cash: '/xpos/payment.cfm',
  mposPayment: '/mpos/mobilepayment.cfm',
  mposCancel: '/mpos/mobilecancel.cfm',
  mposResult: '/orderresult/mobileorderresult.cfm',
  registration: '/registration/mobileregistration.cfm',
  result: '/orderresult/orderresult.cfm',
  state: '/orderstate/orderstate.cfm',
  cancel: '/cancel/wscancel.cfm',
  login: '/api/v1/auth/login.cfm',
  abort: '/api/v1/order/cancel.cfm',
};

export type AssistPaths = typeof ASSIST_PATHS;

export interface AssistSettings {
  network: NetworkSettings;
  /** Given by the support of Assist; '' = not set up (assist.md 12.1). */
  serverUrl: string;
  merchantId: string;
  login: string;
  password: string;
  /** Limit of one HTTP request (assist.md 2). */
  timeoutMs: number;
  /**
   * Which service makes the order of СБП (assist.md 14): `mpos` = the one of Assist's own till application (15), `page` = the
   * address of Assist's own page (3.1), `direct` = a service of our own making (3.2).
   */
  sbpMode: 'mpos' | 'page' | 'direct';
  /** Which one registers cash (assist.md 14): `mpos` as above, `form` = a service of our own making (12.7). */
  cashMode: 'mpos' | 'form';
  /** One payment type for all means, or one each. */
  currencies: 'one' | 'four';
  /** Means the user has a right to; the others are not offered (AS-39). */
  means: readonly Means[];
  /** assist.md 12.19: set = requests carry a check value, and answers must. */
  secretWord: string | null;
  /** Command line of the payment program; '' = there is no SoftPOS here. */
  softPosProgram: string;
  /** Device of the card reader; '' = there is none. */
  readerUrl: string;
  /** Orders of a test shop count as money: training only (assist.md 3.3). */
  acceptsTestOrders: boolean;
  /** assist.md 12.8: cash that could not be reported counts, and is reported later. */
  cashOffline: boolean;
  paths: AssistPaths;
  /** Fields of the answer to `direct` (assist.md 12.4). */
  direct: { qrField: string; expiresField: string };
  /** What tells cash in `form` (assist.md 12.7). */
  form: { modeField: string; modeValue: string };
  /** Who we are to the services of `mpos` (assist.md 15). `deviceId` '' = made of the register's number. */
  mpos: { applicationName: string; applicationVersion: string; deviceId: string };
  /** assist.md 12.18: pause between questions about an order, for so long, and then. */
  pollMs: number;
  pollFastForMs: number;
  pollSlowMs: number;
  /** Questions go on so long after the QR has expired; then only every `recheckMs`. */
  expiredForMs: number;
  /** Life of an order when the server names none: the same as the emulator's (assist.md 12.6). */
  orderLifeMs: number;
  /** assist.md 7: how often a lost answer is asked after, and how long an order must be absent. */
  settlePollMs: number;
  settleMs: number;
  /** assist.md 12.9: no order so long after the reader or the program has ended = not paid. */
  deviceSettleMs: number;
  /** A payment program that outlived the register may take a card for so long; then its order's life is over, too. */
  programLifeMs: number;
  /** A reader or a program that says nothing so long is as good as lost. */
  deviceSilenceMs: number;
  /** A reader that is not found, or does not connect, so long is not there. */
  readerLinkMs: number;
  /** A slip for the signature that is not on paper so long after it was sent to the printer has not been printed. */
  slipPrintMs: number;
  /** A question of the reader's walk that nobody answers so long is given up. */
  cashierWaitMs: number;
  /** Watch list: how often, and for how long (assist.md 7). */
  recheckMs: number;
  watchForMs: number;
  /** So many unanswered questions in a row set the cashier free (AS-23). */
  unreachableAfter: number;
  /** Longest pause of the back-off while the server is unreachable. */
  backOffMaxMs: number;
}

export const ASSIST_DEFAULTS: AssistSettings = {
  network: NETWORK_DEFAULTS,
  serverUrl: '',
  merchantId: '',
  login: '',
  password: '',
  timeoutMs: 20_000,
  sbpMode: 'mpos',
  cashMode: 'mpos',
  currencies: 'one',
  means: ALL_MEANS,
  secretWord: null,
  softPosProgram: '',
  readerUrl: '',
  acceptsTestOrders: false,
  cashOffline: true,
  paths: ASSIST_PATHS,
  direct: { qrField: 'qrcode', expiresField: 'expirationtime' },
  form: { modeField: 'PaymentMode', modeValue: 'CASH' },
  mpos: { applicationName: 'kassa', applicationVersion: '1.0', deviceId: '' },
  pollMs: 3_000,
  pollFastForMs: 120_000,
  pollSlowMs: 10_000,
  expiredForMs: 60_000,
  orderLifeMs: 900_000,
  settlePollMs: 5_000,
  settleMs: 30_000,
  deviceSettleMs: 60_000,
  programLifeMs: 900_000,
  deviceSilenceMs: 180_000,
  readerLinkMs: 60_000,
  slipPrintMs: 20_000,
  cashierWaitMs: 900_000,
  recheckMs: 600_000,
  watchForMs: 3 * 24 * 3_600_000,
  unreachableAfter: 3,
  backOffMaxMs: 60_000,
};

export function isSetUp({ serverUrl, merchantId, login, password }: AssistSettings): boolean {
  return [serverUrl, merchantId, login, password].every((value) => value !== '');
}

/** What can be offered: allowed, and its device or program is named. */
export function offeredMeans({ means, readerUrl, softPosProgram }: AssistSettings): Means[] {
  return ALL_MEANS.filter(
    (one) =>
      means.includes(one) && (one !== 'reader' || readerUrl !== '') && (one !== 'softpos' || softPosProgram !== ''),
  );
}

/** Questions that got no usable answer: asked again with these pauses. */
export function pausesOf({ settlePollMs, backOffMaxMs }: AssistSettings): Pauses {
  return { firstMs: settlePollMs, mostMs: backOffMaxMs };
}

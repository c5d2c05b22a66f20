/** Settings of О!плати: `oplati.conf` and the assumptions of oplati.md 13 that concern the client. */
import type { Pauses } from '../../kernel/asking.ts';
import { NETWORK_DEFAULTS, type NetworkSettings } from '../../network.ts';

/** Artix `mode`: 0 the buyer's QR is scanned, 1 sticker and confirmation code, 2 a QR per payment on the screen. */
export type OplatiMode = 0 | 1 | 2;

export interface OplatiSettings {
  network: NetworkSettings;
  /** `http://host:port`, with or without `/ms-pay`. */
  url: string;
  /** Limit of one HTTP request. */
  timeoutMs: number;
  regNum: string;
  mode: OplatiMode;
  /** Set = the register works in password mode and never asks for a token (oplati.md 2). */
  password: string | null;
  /** oplati.md 13.2: what the wire calls each Artix mode. */
  paymentModes: Record<OplatiMode, number>;
  /** oplati.md 13.1: where a token is asked for, below `/ms-pay`, and the header that it is sent in. */
  tokenPath: string;
  tokenHeader: string;
  /** oplati.md 13.3, 13.4, 13.6: field names nobody outside has seen yet. */
  confirmCodeField: string;
  buyerQrField: string;
  loyaltyCardNumberField: string;
  /** oplati.md 13.11: what a reversal is sent under; whichever of the two the server repeats is believed. */
  reversalOrderNumber: 'unique' | 'sale';
  /** Pause between questions about the session (3.2). */
  readyPollMs: number;
  /** Pause between questions about a payment or the report; the server allows no less than 5 s (3.4). */
  paymentPollMs: number;
  /** So long OPL-21 waits for the buyer's code. */
  buyerCodeMs: number;
  /** Life of a session as shown to the buyer (oplati.md 13.13). */
  sessionTtlMs: number;
  /** The driver itself gives a session up after this long without "ready" (oplati.md 7). */
  sessionMs: number;
  /** Time the server gives the buyer for his PIN (oplati.md 13.15), shown as a countdown. */
  confirmTtlMs: number;
  /** After this long in status 0 the hint offers Esc. */
  pinWaitMs: number;
  /** A good report asked for this long after the POST and without our row proves that nothing was registered. */
  absenceProofMs: number;
  /** Watch list (oplati.md 8.2): the pauses between two looks grow from the first to the longest, for so long in all. */
  watchFirstMs: number;
  watchMostMs: number;
  watchForMs: number;
  /** Steps that cannot move money are sent so many times before OPL-01. */
  harmlessTries: number;
  retryPauseMs: number;
  /** So many unanswered questions in a row make the report unreachable (OPL-16). */
  unreachableAfter: number;
  /** Longest pause of the back-off while the server is unreachable. */
  backOffMaxMs: number;
}

export const OPLATI_DEFAULTS: OplatiSettings = {
  network: NETWORK_DEFAULTS,
  url: 'http://localhost',
  timeoutMs: 10_000,
  regNum: '',
  mode: 0,
  password: null,
  paymentModes: { 0: 1, 1: 2, 2: 3 },
  tokenPath: '/pos/tokens',
  tokenHeader: 'token',
  confirmCodeField: 'confirmCode',
  buyerQrField: 'consumerQr',
  loyaltyCardNumberField: 'cardNumber',
  reversalOrderNumber: 'unique',
  readyPollMs: 3_000,
  paymentPollMs: 5_000,
  buyerCodeMs: 300_000,
  sessionTtlMs: 60_000,
  sessionMs: 66_000,
  confirmTtlMs: 180_000,
  pinWaitMs: 200_000,
  absenceProofMs: 75_000,
  watchFirstMs: 30_000,
  watchMostMs: 1_800_000,
  watchForMs: 3 * 24 * 3_600_000,
  harmlessTries: 3,
  retryPauseMs: 1_000,
  unreachableAfter: 3,
  backOffMaxMs: 60_000,
};

/** Between questions that got no answer. */
export function pausesOf({ paymentPollMs, backOffMaxMs }: OplatiSettings): Pauses {
  return { firstMs: paymentPollMs, mostMs: backOffMaxMs };
}

/** Between two looks at a watched payment. */
export function watchPausesOf({ watchFirstMs, watchMostMs }: OplatiSettings): Pauses {
  return { firstMs: watchFirstMs, mostMs: watchMostMs };
}

/** `<host>/ms-pay` without a trailing slash (oplati.md 2); a url with a path of its own is left as it is. */
export function baseUrlOf(url: string): string {
  const trimmed = url.trim().replace(/\/+$/, '');
  return /^[a-z]+:\/\/[^/]+$/i.test(trimmed) ? `${trimmed}/ms-pay` : trimmed;
}

/** Settings of PayMaster СБП: `paymaster.conf` and the assumptions of paymaster.md 12 that concern the client. */
import type { Pauses } from '../../kernel/asking.ts';
import { NETWORK_DEFAULTS, type NetworkSettings } from '../../network.ts';

/** Where the QR goes (paymaster.md 11): 0 on the receipt paper, 1 on the screen, 2 nowhere: the buyer uses the plate. */
export type QrDisplay = 0 | 1 | 2;

export interface PaymasterSettings {
  network: NetworkSettings;
  /** `https://host` or with a path of its own. */
  url: string;
  /** Bearer token. Secret. */
  token: string;
  /** Lives only inside the till (paymaster.md 1): a blank of the purpose. */
  posId: string;
  merchantId: string;
  /** paymaster.md 12.2: set = cash link, null = a new QR per payment. */
  stickerId: string | null;
  display: QrDisplay;
  /** paymaster.md 12.16; blanks `{shop}`, `{till}`, `{pos}`. */
  purposeTemplate: string;
  testMode: boolean;
  /** Where the processing notifies of a bill's end (paymaster.md 10), as it is seen from there; '' = nowhere. */
  callbackUrl: string;
  /** A part of the receipt's sum only with display 1 (PM-16). */
  partOnlyOnScreen: boolean;
  minimumKopecks: number;
  maximumKopecks: number;
  /** paymaster.md 12.3: numbers of the till; they may not overlap (PM-14). The words of the wire decide, never these. */
  successStates: number[];
  failureStates: number[];
  /** paymaster.md 12.5: no `paymentUrl` -> the sticker's `payload`. */
  payloadFallback: boolean;
  /** paymaster.md 12.13: the dialog opens only while the last poll failed. */
  dialogOnlyWithoutLink: boolean;
  /** paymaster.md 12.12. */
  pollMs: number;
  httpTimeoutMs: number;
  /** After this long the dialog PM-03 may open. */
  waitMs: number;
  /** Life of a bill. */
  billTtlMs: number;
  /** What a bill that has expired gets on top, before nobody knows its end. */
  graceMs: number;
  /** A good list asked for this long after the POST and without our number: the POST did not arrive. */
  settleMs: number;
  /** A bill without a link is asked for so long before it is cancelled (paymaster.md 8.2): the link may come with a later reading. */
  linkWaitMs: number;
  /** How far the window of a list reaches beyond our own times: clocks differ (8.2). */
  listSlackMs: number;
  /** Longest life of an amount on a plate (sbp-qr.md 5, rule 4): how far back an unpaid bill is looked for. */
  stickerLifeMs: number;
  /** So many unanswered questions in a row set the cashier of a return free. */
  unreachableAfter: number;
  /** Longest pause between questions in the background. */
  backOffMaxMs: number;
}

export const PAYMASTER_DEFAULTS: PaymasterSettings = {
  network: NETWORK_DEFAULTS,
  url: 'https://paymaster.ru/api/v2',
  token: '',
  posId: '',
  merchantId: '',
  stickerId: null,
  display: 1,
  purposeTemplate: 'Оплата, магазин {shop}, касса {till}',
  testMode: false,
  callbackUrl: '',
  partOnlyOnScreen: false,
  minimumKopecks: 100,
  maximumKopecks: 100_000_000,
  successStates: [5],
  failureStates: [6],
  payloadFallback: true,
  dialogOnlyWithoutLink: true,
  pollMs: 3_000,
  httpTimeoutMs: 10_000,
  waitMs: 120_000,
  billTtlMs: 300_000,
  graceMs: 30_000,
  settleMs: 15_000,
  linkWaitMs: 30_000,
  listSlackMs: 300_000,
  stickerLifeMs: 1_200_000,
  unreachableAfter: 3,
  backOffMaxMs: 60_000,
};

/** Without a trailing slash; a bare host gets the path of the public API (paymaster.md 2). */
export function baseUrlOf(url: string): string {
  const trimmed = url.trim().replace(/\/+$/, '');
  return /^[a-z]+:\/\/[^/]+$/i.test(trimmed) ? `${trimmed}/api/v2` : trimmed;
}

/** PM-14: a state that means both "paid" and "not paid". */
export function statesOverlap({ successStates, failureStates }: PaymasterSettings): boolean {
  return successStates.some((state) => failureStates.includes(state));
}

/** Questions that nobody waits for: asked again with these pauses. */
export function pausesOf({ pollMs, backOffMaxMs }: PaymasterSettings): Pauses {
  return { firstMs: pollMs, mostMs: backOffMaxMs };
}

/** sbp-qr.md 5, rule 4: an amount on a plate lives at least so long. */
const SHORTEST_ON_PLATE_MS = 60_000;
/** The server counts the life on its own clock and from the arrival: at the very limits it would refuse every bill. */
const CLOCKS_DIFFER_MS = 5_000;

/** How long a bill that is made now lives. */
export function lifeMsOf({ billTtlMs, stickerId, stickerLifeMs }: PaymasterSettings): number {
  if (stickerId === null) return billTtlMs;
  return Math.min(Math.max(billTtlMs, SHORTEST_ON_PLATE_MS + CLOCKS_DIFFER_MS), stickerLifeMs - CLOCKS_DIFFER_MS);
}

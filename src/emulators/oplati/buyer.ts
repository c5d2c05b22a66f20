/** The buyer with the phone: when he acts, what he answers, the codes and cards in his application. */
import { randomBytes } from 'node:crypto';
import type { BuyerName } from '../buyer-name.ts';
import { hashOf } from './registers.ts';
import type { OplatiSettings, PaymentMode } from './settings.ts';
import type { BuyerAnswer, LoyaltyCard, OplatiState } from './state.ts';

export interface BuyerOverrides {
  /** When he scans or types the code; null: never. */
  delayMs?: number | null;
  /** Given: the application asks for the PIN; he answers so long after, or never (null). */
  pinAfterMs?: number | null;
}

interface Behaviour {
  /** In parts of the usual delay, so that a quick buyer is quick in everything; null: never. */
  readyAfterDelays: number | null;
  answer: BuyerAnswer;
  pinAfterDelays?: number;
  hasFreshCode?: false;
  hasCards?: false;
}

// With the usual delay of 4 s the slow one is ready after 20 s and answers the PIN after 15 s.
const BEHAVIOURS: Record<BuyerName, Behaviour> = {
  pays: { readyAfterDelays: 1, answer: 'pay' },
  declines: { readyAfterDelays: 1, answer: 'refuse' },
  poor: { readyAfterDelays: 1, answer: 'lackMoney' },
  silent: { readyAfterDelays: null, answer: 'pay' },
  slow: { readyAfterDelays: 5, answer: 'pay', pinAfterDelays: 3.75 },
  expired: { readyAfterDelays: null, answer: 'pay', hasFreshCode: false },
  'no-card': { readyAfterDelays: 1, answer: 'pay', hasCards: false },
};

/** The second code of vector O-9: its time was over before it was shown. */
const EXPIRED_CODE = 'KCkqKywtLi8wMTIzNDU2Nzg5Ojs=';

export class Buyer {
  private readonly state: OplatiState;
  private readonly settings: OplatiSettings;
  private readonly delayMs: number;
  private behaviour: Behaviour;
  private overrides: BuyerOverrides = {};

  constructor(state: OplatiState, settings: OplatiSettings, name: BuyerName, delayMs: number) {
    this.state = state;
    this.settings = settings;
    this.delayMs = delayMs;
    this.behaviour = BEHAVIOURS[name];
  }

  become(name: BuyerName, overrides: BuyerOverrides = {}): void {
    this.behaviour = BEHAVIOURS[name];
    this.overrides = overrides;
  }

  get answer(): BuyerAnswer {
    return this.behaviour.answer;
  }

  get cards(): LoyaltyCard[] {
    return this.behaviour.hasCards === false ? [] : this.state.loyaltyCards;
  }

  /** How long after the demand he is ready; null: never. A shown code needs no further act of his (oplati.md 13.4). */
  readyAfterMs(mode: PaymentMode | 'web'): number | null {
    if (this.overrides.delayMs !== undefined) return this.overrides.delayMs;
    const { readyAfterDelays } = this.behaviour;
    if (readyAfterDelays === null) return null;
    return mode === 'buyerQr' ? 0 : readyAfterDelays * this.delayMs;
  }

  /** @returns undefined: no PIN is asked; else when he answers, null for never */
  pinAfterMs(): number | null | undefined {
    if (this.overrides.pinAfterMs !== undefined) return this.overrides.pinAfterMs;
    const { pinAfterDelays } = this.behaviour;
    return pinAfterDelays === undefined ? undefined : pinAfterDelays * this.delayMs;
  }

  /** Shows a fresh one-time code, good for a minute. */
  issueCode(nowMs: number): string {
    const code = `${this.settings.buyerQrPrefix}${randomPayload()}`;
    const expiresAtMs = nowMs + this.settings.buyerQrTtlMs;
    this.state.buyerCodes.push({ hash: hashOf(code), expiresAtMs, isSpent: false });
    return code;
  }

  /** Spends a scanned code. A well-formed code never seen before is fresh, so that one may simply be typed in. */
  spendCode(scanned: string, nowMs: number): boolean {
    const code = scanned.trim();
    const { buyerQrPrefix } = this.settings;
    const payload = code.slice(buyerQrPrefix.length);
    if (this.behaviour.hasFreshCode === false || !code.startsWith(buyerQrPrefix)) return false;
    if (!/^[\w-]{27}[\w=-]$/.test(payload) || payload === EXPIRED_CODE) return false;
    const known = this.state.buyerCodes.find(({ hash }) => hash === hashOf(code));
    if (known === undefined) {
      this.state.buyerCodes.push({ hash: hashOf(code), expiresAtMs: nowMs, isSpent: true });
      return true;
    }
    if (known.isSpent || nowMs >= known.expiresAtMs) return false;
    known.isSpent = true;
    return true;
  }
}

/** The 28 characters of a QR: 20 bytes, URL-safe base64 with its padding (oplati.md 9). */
export function randomPayload(): string {
  return randomBytes(20).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

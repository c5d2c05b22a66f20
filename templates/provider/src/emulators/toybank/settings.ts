/** How the emulated Toybank server behaves: the decisions of toybank.md 12, and its buyers. */
import type { BuyerName } from '../buyer-name.ts';

export type PaymentStatus = 'waiting' | 'paid' | 'refused' | 'noFunds' | 'expired' | 'cancelled';

export interface ToybankEmulatorSettings {
  /** Bearer token. */
  token: string;
  /** Life of a payment that nobody confirms. */
  paymentTtlMs: number;
  /** When the usual buyer answers. */
  buyerDelayMs: number;
}

export const TOYBANK_EMULATOR_DEFAULTS: ToybankEmulatorSettings = {
  token: 'toybank-demo-token',
  paymentTtlMs: 120_000,
  buyerDelayMs: 2_000,
};

/** `afterDelays` in parts of the usual delay; null = he never answers. */
export const BUYERS: Record<BuyerName, { afterDelays: number | null; answer: PaymentStatus; ttlMs?: number }> = {
  pays: { afterDelays: 1, answer: 'paid' },
  declines: { afterDelays: 1, answer: 'refused' },
  poor: { afterDelays: 1, answer: 'noFunds' },
  silent: { afterDelays: null, answer: 'paid' },
  slow: { afterDelays: 15, answer: 'paid' },
  expired: { afterDelays: null, answer: 'paid', ttlMs: 1_000 },
  'no-card': { afterDelays: 1, answer: 'paid' },
};

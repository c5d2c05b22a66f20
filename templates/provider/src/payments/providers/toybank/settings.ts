/** Settings of Toybank: `toybank.conf` and the assumptions of toybank.md 12 that concern the client. */
import type { Pauses } from '../../kernel/asking.ts';

export interface ToybankSettings {
  url: string;
  /** Bearer token. Secret. */
  token: string;
  /** Limit of one HTTP request. */
  timeoutMs: number;
  /** Pause between questions about a payment. */
  pollMs: number;
  /** The server itself ends a payment that the buyer has not confirmed so long. */
  buyerMs: number;
  /** The server does not know our number so long after the POST: it never arrived. */
  absenceProofMs: number;
  /** So many unanswered questions in a row make the server unreachable. */
  unreachableAfter: number;
  /** Longest pause of the back-off. */
  backOffMaxMs: number;
}

export const TOYBANK_DEFAULTS: ToybankSettings = {
  url: 'http://localhost',
  token: '',
  timeoutMs: 10_000,
  pollMs: 3_000,
  buyerMs: 180_000,
  absenceProofMs: 30_000,
  unreachableAfter: 3,
  backOffMaxMs: 60_000,
};

/** Between questions that got no answer. */
export function pausesOf({ pollMs, backOffMaxMs }: ToybankSettings): Pauses {
  return { firstMs: pollMs, mostMs: backOffMaxMs };
}

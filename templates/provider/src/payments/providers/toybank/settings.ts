/** Settings of Toybank: `toybank.conf` and the assumptions of toybank.md 12 that concern the client. */
export interface ToybankSettings {
  url: string;
  /** Bearer token. Secret. */
  token: string;
  /** Limit of one HTTP request. */
  timeoutMs: number;
  /** Pause between questions about a payment. */
  pollMs: number;
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
  absenceProofMs: 30_000,
  unreachableAfter: 3,
  backOffMaxMs: 60_000,
};

/**
 * Growing pause between questions that got no answer, with jitter so that the registers of a shop do not ask in step. The
 * jitter comes from the attempt's identity: a machine has no random.
 * @param failures in a row; 0 = the plain pause
 */
export function backOffMs(failures: number, settings: ToybankSettings, attemptId: string): number {
  if (failures === 0) return settings.pollMs;
  const pauseMs = Math.min(settings.pollMs * 2 ** Math.min(failures - 1, 16), settings.backOffMaxMs);
  let hash = failures;
  for (const character of attemptId) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return Math.round(pauseMs * (0.85 + (0.15 * hash) / 65_521));
}

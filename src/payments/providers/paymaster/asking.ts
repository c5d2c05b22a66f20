/** Pauses between questions that nobody waits for. Tags and answers: `../oplati/asking.ts`, the same for every provider. */
import type { PaymasterSettings } from './settings.ts';

/**
 * Growing pause of a machine in the background, with jitter so that the registers of a shop do not ask in step. The jitter
 * comes from the attempt's identity: a machine has no random.
 * @param rounds without a decision, in a row
 */
export function backOffMs(rounds: number, settings: PaymasterSettings, attemptId: string): number {
  const pauseMs = Math.min(settings.pollMs * 2 ** Math.min(Math.max(rounds - 1, 0), 16), settings.backOffMaxMs);
  let hash = rounds;
  for (const character of attemptId) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return Math.max(settings.pollMs, Math.round(pauseMs * (0.85 + (0.15 * hash) / 65_521)));
}

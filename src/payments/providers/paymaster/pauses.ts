import { growingPauseMs } from '../../kernel/asking.ts';
import type { PaymasterSettings } from './settings.ts';

/** How long a question that nobody waits for rests before it is asked again. @param rounds without a decision, in a row */
export function backOffMs(rounds: number, settings: PaymasterSettings, attemptId: string): number {
  return growingPauseMs(rounds, { firstMs: settings.pollMs, mostMs: settings.backOffMaxMs }, attemptId);
}

import { growingPauseMs } from '../../asking.ts';
import type { OplatiSettings } from './settings.ts';

/** How long an unanswered question rests before it is asked again. @param failures in a row */
export function backOffMs(failures: number, settings: OplatiSettings, attemptId: string): number {
  const pauses = { firstMs: settings.paymentPollMs, mostMs: settings.backOffMaxMs };
  return growingPauseMs(failures, pauses, attemptId);
}

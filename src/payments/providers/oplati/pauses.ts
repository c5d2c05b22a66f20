import { growingPauseMs } from '../../kernel/asking.ts';
import type { OplatiSettings } from './settings.ts';

/** How long a watched payment rests before it is looked for again. @param looks so far */
export function watchPauseMs(looks: number, settings: OplatiSettings, attemptId: string): number {
  const pauses = { firstMs: settings.watchFirstMs, mostMs: settings.watchMostMs };
  return growingPauseMs(looks + 1, pauses, attemptId);
}

/** How long an unanswered question rests before it is asked again. @param failures in a row */
export function backOffMs(failures: number, settings: OplatiSettings, attemptId: string): number {
  const pauses = { firstMs: settings.paymentPollMs, mostMs: settings.backOffMaxMs };
  return growingPauseMs(failures, pauses, attemptId);
}

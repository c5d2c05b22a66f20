/** How long to wait before the next question (assist.md 7). */
import { type Asking, growingPauseMs } from '../../kernel/asking.ts';
import type { AssistSettings } from './settings.ts';

/** How long an unanswered question rests before it is asked again. @param failures in a row */
export function backOffMs(failures: number, settings: AssistSettings, attemptId: string): number {
  const pauses = { firstMs: settings.settlePollMs, mostMs: settings.backOffMaxMs };
  return growingPauseMs(failures, pauses, attemptId);
}

/**
 * Every 3 s for 2 minutes, then every 10 s; once the order must long have been closed by the server only as often as the
 * watch list is checked.
 */
export function pollPauseMs(
  age: { sinceMs: number; expiresAtMs: number },
  nowMs: number,
  settings: AssistSettings,
): number {
  if (nowMs > age.expiresAtMs + settings.expiredForMs) return settings.recheckMs;
  return nowMs - age.sinceMs < settings.pollFastForMs ? settings.pollMs : settings.pollSlowMs;
}

/**
 * How long the answer to a question may still come. It is 0 when nothing is awaited, and when it is missed: a step that
 * would have moved money for a payment decided by hand is thrown away (DOM-90), and the answer it was made of with it.
 */
export function missedInMs(
  { awaiting, askedAtMs }: Asking,
  { nowMs, settings }: { nowMs: number; settings: AssistSettings },
): number {
  return awaiting === null ? 0 : Math.max(0, askedAtMs + 2 * settings.timeoutMs - nowMs);
}

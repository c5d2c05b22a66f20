/** How long to wait before the next question (assist.md 7). */
import { createHash } from 'node:crypto';
import type { AssistSettings } from './settings.ts';

/**
 * Growing pause between questions that got no answer, with jitter so that the registers of a shop do not ask in step.
 * The jitter comes from the attempt's identity: a machine has no random.
 * @param failures in a row, 1 or more
 */
export function backOffMs(failures: number, settings: AssistSettings, attemptId: string): number {
  const { settlePollMs, backOffMaxMs } = settings;
  const pauseMs = Math.min(settlePollMs * 2 ** Math.min(failures - 1, 16), Math.max(settlePollMs, backOffMaxMs));
  const [byte = 0] = createHash('md5').update(`${attemptId}/${failures}`).digest();
  return Math.max(settlePollMs, Math.round(pauseMs * (0.85 + (0.15 * byte) / 255)));
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

/** The server looks no further back than three days unless it is told to (assist.md 3.3). */
export function windowFor(sinceMs: number, nowMs: number): { sinceMs: number; untilMs: number } | null {
  const dayMs = 24 * 3_600_000;
  if (nowMs - sinceMs < 2.5 * dayMs) return null;
  return { sinceMs: sinceMs - dayMs, untilMs: nowMs + dayMs };
}

import { messageOf, textOf } from '../../dialogs/messages/index.ts';
import type { Attempt } from '../../payments/attempt.ts';
import type { Driver, Input } from '../../payments/driver.ts';
import type { Outcome, Say } from '../../payments/outcome.ts';
import { log, markStalled, patchUi, putAttempt, type Turn } from '../turn.ts';
import type { Due } from './due.ts';
import { missedBy } from './missed.ts';
import { waitForToken } from './token-first.ts';

/** How long an attempt whose settings cannot be read waits before it looks at them again. */
const STALLED_PAUSE_MS = 5000;

/** All that a step needs of us. */
interface Ready {
  attempt: Attempt;
  /** null = begin. One that has lost an input hears a restart: it goes on by asking. */
  input: Input | null;
  settings: unknown;
  token: string | null;
}

/**
 * Settings that can be read, of him whose order it is, and the secret that a reversal cannot fetch itself.
 * @returns what is due instead of a step when one of them is missing
 */
export function readyFor(turn: Turn, attempt: Attempt, driver: Driver, input: Input | null): Ready | { due: Due[] } {
  const settings = turn.facts.driverSettings(driver.name);
  const token = turn.facts.token(driver.name);
  const bad = 'file' in settings ? settings : foreignAccount(attempt, driver, settings.settings);
  const lack = 'file' in settings ? null : (driver.lacks?.(settings.settings) ?? null);
  if ('file' in settings || bad !== null || lack !== null || token === 'damaged') {
    const sayBad: Say =
      bad !== null
        ? { number: 'SYS-08', params: { файл: bad.file, параметр: bad.parameter } }
        : { number: lack ?? 'SYS-11' };
    return {
      due:
        input === null && attempt.foreground ? endUnasked(turn, attempt, sayBad) : stall(turn, attempt, input, sayBad),
    };
  }
  const isWoken = input !== null && ('timer' in input || 'askNow' in input);
  const isMended = isWoken && turn.state.stalled.includes(attempt.attemptId);
  if (isMended) {
    const stalled = turn.state.stalled.filter((attemptId) => attemptId !== attempt.attemptId);
    turn.state = { ...turn.state, stalled };
  }
  const usable = { settings: settings.settings, token: token.token };
  const due = waitForToken(turn, attempt, driver, input, usable);
  if (due !== null) return { due };
  return isMended
    ? { ...usable, attempt: { ...attempt, wakeAtMs: null }, input: { restarted: missedBy(turn, attempt) } }
    : { ...usable, attempt, input };
}

/** The order was made as somebody else: our settings of today can neither ask about it nor prove that it is not there. */
function foreignAccount(
  attempt: Attempt,
  driver: Driver,
  settings: unknown,
): { file: string; parameter: string } | null {
  const isOurs = attempt.account === undefined || attempt.account === driver.account?.(settings);
  return isOurs ? null : { file: `${driver.name}.conf`, parameter: `незавершенная операция ждет ${attempt.account}` };
}

/**
 * The settings of a running attempt cannot be read. Its input, which may be the answer about money, is lost to the
 * machine; when they are mended the machine asks for the state, as after a restart. Esc sets the cashier free meanwhile:
 * the payment is then undecided.
 */
function stall(turn: Turn, attempt: Attempt, input: Input | null, sayBad: Say): Due[] {
  const { attemptId, foreground } = attempt;
  const why = textOf(messageOf(sayBad.number), sayBad.params ?? {});
  if (!turn.state.stalled.includes(attemptId)) {
    log(turn, 'error', attempt.provider, `order=${attempt.order.orderNumber}: ждет. ${why}`);
  }
  markStalled(turn, attemptId);
  const waiting: Attempt = { ...attempt, wakeAtMs: turn.facts.now() + STALLED_PAUSE_MS };
  if (foreground && input !== null && 'cashier' in input) return endUnasked(turn, waiting, sayBad);
  putAttempt(turn, waiting);
  if (foreground) patchUi(turn, { status: why });
  return [];
}

/**
 * An end that the provider has no part in. Where nothing that moves money has been asked of it there is nothing to be
 * undecided about.
 */
function endUnasked(turn: Turn, before: Attempt, sayBad: Say): Due[] {
  const outcome: Outcome = { kind: before.state === 'intent' ? 'notSent' : 'unknown', say: sayBad };
  const attempt: Attempt = { ...before, state: outcome.kind, outcome, foreground: false, prompt: null };
  putAttempt(turn, attempt);
  return [{ do: 'settle', ended: { attempt, outcome, wasForeground: before.foreground, wasAsked: false } }];
}

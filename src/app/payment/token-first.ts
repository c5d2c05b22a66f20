import type { Attempt } from '../../payments/attempt.ts';
import type { Driver, Input } from '../../payments/driver.ts';
import type { Outcome } from '../../payments/outcome.ts';
import type { Currency } from '../../register/model.ts';
import { markStalled, putAttempt, type Turn } from '../turn.ts';
import type { Due, Ended } from './due.ts';

/** How long a reversal without a secret waits before the secret is asked for again. */
const TOKEN_PAUSE_MS = 60_000;

/**
 * Payments and cards fetch the token themselves. A reversal must find one; after the cure of OPL-04 (token.conf deleted,
 * program restarted) there is none, and while a cancel is queued no payment is allowed that would fetch it (OPL-13).
 * @returns null when there is nothing to wait for; else the token is due, and the attempt goes on when it is there
 */
export function waitForToken(
  turn: Turn,
  attempt: Attempt,
  driver: Driver,
  input: Input | null,
  secrets: { settings: unknown; token: string | null },
): Due[] | null {
  const isReversal = attempt.operation === 'refund' || attempt.operation === 'cancel';
  if (!isReversal || driver.token === undefined) return null;
  if (driver.secrets(secrets.settings, secrets.token).length > 0) return null;
  // What comes back for a request of its own, it must hear.
  if (input !== null && !('timer' in input) && !('askNow' in input) && !('restarted' in input)) return null;
  // Woken, it goes on by asking: what it was given now is lost to its machine.
  markStalled(turn, attempt.attemptId);
  putAttempt(turn, { ...attempt, wakeAtMs: turn.facts.now() + TOKEN_PAUSE_MS });
  const isAsked = turn.state.attempts.some(
    ({ provider, operation }) => provider === driver.name && operation === 'token',
  );
  if (isAsked) return [];
  const currency = { name: attempt.currencyName, provider: driver.name } as Currency;
  return [{ do: 'begin', wanted: { operation: 'token', currency, document: null, foreground: false } }];
}

/** The token has come, or it has not: what waited for it goes on, or ends and tells the cashier why it cannot. */
export function settleToken(turn: Turn, { attempt: token, outcome }: Ended): Due[] {
  const { attempts, stalled } = turn.state;
  return attempts.flatMap((attempt): Due[] => {
    const isReversal = attempt.operation === 'refund' || attempt.operation === 'cancel';
    if (!isReversal || attempt.provider !== token.provider || !stalled.includes(attempt.attemptId)) return [];
    if (outcome.kind !== 'approved') {
      return attempt.foreground && attempt.driverState === null ? [endUnsent(turn, attempt, outcome)] : [];
    }
    // The token is stored when this turn is over.
    putAttempt(turn, { ...attempt, wakeAtMs: turn.facts.now() });
    return [];
  });
}

/** Nothing has left for this reversal, so a refused token ends it; without a link a cancel joins the queue. */
function endUnsent(turn: Turn, before: Attempt, why: Outcome): Due {
  const isQueued = before.operation === 'cancel' && why.kind === 'notSent';
  const outcome: Outcome = isQueued ? { kind: 'unknown', say: { number: 'OPL-12' } } : why;
  const attempt: Attempt = { ...before, state: outcome.kind, outcome, foreground: false, prompt: null };
  putAttempt(turn, attempt);
  return { do: 'settle', ended: { attempt, outcome, wasForeground: true, wasAsked: true } };
}

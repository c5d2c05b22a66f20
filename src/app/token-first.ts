import type { Attempt } from '../payments/attempt.ts';
import type { Driver, Input } from '../payments/driver.ts';
import type { Outcome } from '../payments/outcome.ts';
import type { Currency } from '../register/model.ts';
import { beginAttempt } from './attempts.ts';
import { settle } from './settling.ts';
import { putAttempt, type Turn } from './turn.ts';

/** How long a reversal without a secret waits before the secret is asked for again. */
const TOKEN_PAUSE_MS = 60_000;

/**
 * Payments and cards fetch the token themselves. A reversal must find one; after the cure of OPL-04 (token.conf deleted,
 * program restarted) there is none, and while a cancel is queued no payment is allowed that would fetch it (OPL-13).
 * @returns true when the attempt has to wait: the token is being asked for, and the attempt goes on when it is there
 */
export function waitsForToken(
  turn: Turn,
  attempt: Attempt,
  driver: Driver,
  input: Input | null,
  secrets: { settings: unknown; token: string | null },
): boolean {
  const isReversal = attempt.operation === 'refund' || attempt.operation === 'cancel';
  if (!isReversal || driver.requestToken === null) return false;
  if (driver.secrets(secrets.settings, secrets.token).length > 0) return false;
  // What comes back for a request of its own, it must hear.
  if (input !== null && !('timer' in input) && !('restarted' in input)) return false;
  // Woken, it goes on by asking: what it was given now is lost to its machine.
  turn.state = { ...turn.state, stalled: [...new Set([...turn.state.stalled, attempt.attemptId])] };
  putAttempt(turn, { ...attempt, wakeAtMs: turn.facts.now() + TOKEN_PAUSE_MS });
  const isAsked = turn.state.attempts.some(
    ({ provider, operation }) => provider === driver.name && operation === 'token',
  );
  const currency = { name: attempt.currencyName, provider: driver.name } as Currency;
  if (!isAsked) beginAttempt(turn, { operation: 'token', currency, document: null, foreground: false });
  return true;
}

/** The token has come, or it has not: what waited for it goes on, or tells the cashier why it cannot. */
export function settleToken(turn: Turn, token: Attempt, outcome: Outcome): void {
  const { attempts, stalled } = turn.state;
  for (const attempt of attempts) {
    const isReversal = attempt.operation === 'refund' || attempt.operation === 'cancel';
    if (!isReversal || attempt.provider !== token.provider || !stalled.includes(attempt.attemptId)) continue;
    // The token is stored when this turn is over.
    if (outcome.kind === 'approved') putAttempt(turn, { ...attempt, wakeAtMs: turn.facts.now() });
    else if (attempt.foreground && attempt.driverState === null) endUnsent(turn, attempt, outcome);
  }
}

/** Nothing has left for this reversal, so a refused token ends it; without a link a cancel joins the queue. */
function endUnsent(turn: Turn, attempt: Attempt, outcome: Outcome): void {
  const isQueued = attempt.operation === 'cancel' && outcome.kind === 'notSent';
  const ended: Outcome = isQueued ? { kind: 'unknown', say: { number: 'OPL-12' } } : outcome;
  const after: Attempt = { ...attempt, state: ended.kind, outcome: ended, foreground: false, prompt: null };
  putAttempt(turn, after);
  settle(turn, after, ended, true);
}

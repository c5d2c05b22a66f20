import type { Attempt } from '../../payments/attempt.ts';
import type { Driver, HttpRequest, Input } from '../../payments/driver.ts';
import { advance } from '../../payments/gateway.ts';
import type { Outcome } from '../../payments/outcome.ts';
import type { Currency } from '../../register/model.ts';
import type { Turn } from '../turn.ts';
import { attemptFor } from './orders.ts';

export interface CheckQuestion {
  attempt: Attempt;
  /** Null = there is nothing to ask. */
  request: HttpRequest | null;
  /** What came of it; null = it is not known yet. */
  outcome: Outcome | null;
}

/**
 * The question of `Проверить связь`, which moves no money, or the next step of it. Nothing of it is journaled, as nothing depends on it
 * after a start.
 * @param asked the attempt that was begun with the question; null = begin
 * @returns the number of the message that says why nothing can be asked; null = the system has no such question
 */
export function checkQuestion(
  turn: Turn,
  driver: Driver,
  asked: Attempt | null = null,
  input: Input | null = null,
): CheckQuestion | { cannot: string } | null {
  const settings = turn.facts.driverSettings(driver.name);
  const token = turn.facts.token(driver.name);
  if (driver.check === undefined || 'file' in settings) return null;
  if (token === 'damaged') return { cannot: 'SYS-11' };
  const lack = driver.lacks?.(settings.settings) ?? null;
  if (lack !== null) return { cannot: lack };
  const currency = { name: driver.title, provider: driver.name } as Currency;
  const wanted = { operation: 'check', currency, document: null, foreground: false } as const;
  const { attempt, sends, reported } = advance(asked ?? attemptFor(turn, wanted, driver), driver, input, {
    settings: settings.settings,
    token: token.token,
    nowMs: turn.facts.now(),
    utcOffsetMinutes: turn.facts.rules.utcOffsetMinutes,
    usedCodes: { has: () => false },
  });
  return { attempt, request: sends[0] ?? null, outcome: reported };
}

import { isFinal } from '../payments/attempt.ts';
import type { OplatiChange } from '../ui/step.ts';
import type { Due } from './payment/due.ts';
import { context } from './state.ts';
import { log, openContext, say, type Turn } from './turn.ts';

/** Settings of О!плати; only the administrator, and the mode not while an operation runs. */
export function changeOplati(turn: Turn, change: OplatiChange): void {
  if (!isAdministrator(turn)) return say(turn, 'DOM-04');
  const now = turn.facts.oplatiService();
  if (change.otherCashless === false && now.enabled) return say(turn, 'OPL-32');
  if (change.enabled === true && !now.otherCashless) return say(turn, 'OPL-32');
  const isRunning = turn.state.attempts.some(({ provider, foreground }) => provider === 'oplati' && foreground);
  // The answer to a key of this page: in the queue of messages it would wait until the page is left.
  // Another register number could not even ask about what this one has begun.
  const isBegun = turn.state.attempts.some((attempt) => attempt.provider === 'oplati' && !isFinal(attempt));
  if ((change.mode !== undefined && isRunning) || (change.regNum !== undefined && isBegun))
    return openContext(turn, context('message', { number: 'OPL-36', params: {} }));
  log(turn, 'info', 'settings', `О!плати: ${JSON.stringify(change)}, ${turn.state.register.user?.code ?? '-'}`);
  turn.effects.push({ do: 'changeOplati', change });
}

/** `Получить токен`. */
export function requestToken(turn: Turn): Due[] {
  const currency = turn.facts.currencies().find(({ provider }) => provider === 'oplati');
  if (!isAdministrator(turn)) say(turn, 'DOM-04');
  else if (turn.facts.oplatiService().regNum === '') say(turn, 'OPL-35');
  else if (currency !== undefined) return [{ do: 'begin', wanted: { operation: 'token', currency, document: null } }];
  return [];
}

function isAdministrator(turn: Turn): boolean {
  return turn.state.register.user?.roles.includes('administrator') === true;
}
